const settings = require('./settings');
const http = require('http');
const srv = http.createServer((q, r) => r.end(settings.title)).listen(settings.port);
process.on('SIGINT', () => srv.close(() => process.exit(0)));
