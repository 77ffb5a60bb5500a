const server = require('http').createServer((req, res) => res.end('ok')).listen(3002);
process.on('SIGINT', () => {
  setTimeout(() => server.close(() => process.exit(0)), 4000);
});
