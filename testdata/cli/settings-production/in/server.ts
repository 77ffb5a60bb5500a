import http from 'node:http';

const server: http.Server = http.createServer((request, response) => response.end('ok')).listen(3000);
process.on('SIGINT', () => server.close(() => process.exit(0)));
