import http from 'node:http';

http.createServer((request, response) => response.end('ok')).listen(3001);
