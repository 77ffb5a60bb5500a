import http from 'node:http';
import { config } from './config.js';

const server = http.createServer((req, res) => res.end(config.name.toUpperCase()));
console.log(`serving ${config.name.toUpperCase()}`);
server.listen(config.port);
process.on('SIGINT', () => server.close(() => process.exit(0)));
