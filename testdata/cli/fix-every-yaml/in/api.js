const cron = require('node-cron');

const server = require('http').createServer((req, res) => res.end('ok')).listen(3000);

process.on('SIGINT', () => {
  server.close(() => process.exit(0));
  setTimeout(() => process.exit(1), 5000);
});

cron.schedule('0 3 * * *', () => {
  console.log('nightly');
});

if (process.env.NODE_APP_INSTANCE === 0) {
  cron.schedule('0 4 * * *', () => console.log('later'));
}
