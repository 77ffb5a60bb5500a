const http = require('http');

const server = http.createServer((req, res) => res.end('chat'));

server.on('error', (error) => {
  console.error('server trouble', error);
});

server.listen(process.env.CHAT_PORT, '127.0.0.1', () => {
  console.log('chat server started');
});

process.on('SIGINT', () => { server.close(() => process.exit(0)); setTimeout(() => process.exit(0), 800).unref(); });
