const cron = require('node-cron');
const app = require('express')();

function* jobs() {
  yield cron.schedule('1 * * * *', () => fetch('/generator'));
}
for (const job of jobs()) job.start();

{
  const process = { env: { NODE_APP_INSTANCE: '0' }, on() {}, send() {} };
  process.on('SIGINT', () => {});
  process.send('ready');
}

const asyncHandler = (handle) => (request, response, next) => Promise.resolve(handle(request, response)).catch(next);
app.get('/end', asyncHandler(async () => process.exit(3)));
app.listen(3000);

class Server {
  start() {
    setTimeout(() => this.tick(), 10);
  }
  tick() {
    cron.schedule('2 * * * *', () => fetch('/method of an instance'));
  }
}
new Server().start();

const table = {
  go: () => cron.schedule('3 * * * *', () => fetch('/member')),
  stay: () => cron.schedule('4 * * * *', () => fetch('/never called')),
};
table['go']();
[table].forEach(({ go }) => go.call(null));

function dead() {
  process.on('SIGTERM', () => {});
}

(function () {
  cron.schedule('5 * * * *', () => fetch('/at once'));
})();
const curried = (minute) => (hour) => cron.schedule(`${minute} ${hour} * * *`, () => fetch('/curried'));
curried(6)(7);
new Map([['a', () => cron.schedule('7 * * * *', () => fetch('/map'))]]).get('a')();
