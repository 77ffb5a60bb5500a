const http = require('http');
const log = require('pino')();
const server = http.createServer((req, res) => {
  const error = new Error('upstream timed out: listen EADDRINUSE: address already in use :::3000 (said the user)');
  log.error({ err: error, url: req.url }, 'request failed');
  res.statusCode = 502;
  res.end('bad');
});
server.listen(24920, '127.0.0.1', () => log.info('up'));

function stop() { server.close(() => process.exit(0)); setTimeout(() => process.exit(1), 1000).unref(); server.closeIdleConnections && server.closeIdleConnections(); }
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
