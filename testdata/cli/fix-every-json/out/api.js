const cron = require('node-cron');

const server = require('http').createServer((req, res) => res.end('ok')).listen(3000, () => { if (process.send) process.send('ready'); });

process.on('SIGINT', () => {
  server.close(() => process.exit(0));
  setTimeout(() => process.exit(1), 5000);
});

if (Number(process.env.NODE_APP_INSTANCE ?? 0) === 0) cron.schedule('0 3 * * *', () => {
  console.log('nightly');
});

if (Number(process.env.NODE_APP_INSTANCE ?? 0) === 0) {
  cron.schedule('0 4 * * *', () => console.log('later'));
}
