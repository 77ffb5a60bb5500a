const http = require('http');
const scheduler = require('./scheduler');

const server = http.createServer((req, res) => res.end('lake')).listen(34020, '127.0.0.1', () => {
  console.log('lake listening');
});
if (process.env.NODE_APP_INSTANCE === 0) {
  scheduler.start();
}

function stop() { server.close(() => process.exit(0)); setTimeout(() => process.exit(1), 1000).unref(); server.closeIdleConnections && server.closeIdleConnections(); }
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
