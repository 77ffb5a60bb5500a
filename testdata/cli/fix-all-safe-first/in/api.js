const server = require('http').createServer((req, res) => res.end('ok')).listen(3000);
process.on('SIGINT', () => {
  server.close(() => process.exit(0));
  setTimeout(() => process.exit(1), 10000);
});
