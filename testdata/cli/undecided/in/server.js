const http = require('http');
const config = require('config');

const server = http.createServer().listen(config.get('port'));
process.on('SIGINT', () => server.close(() => process.exit(0)));
