const server = require('http').createServer((req, res) => res.end('ok')).listen(3001);
process.on('SIGINT', () => server.close(() => process.exit(0)));
