import { openDatabase } from './db.js';
import { createServer } from 'node:http';

const run = async () => {
  const db = await openDatabase({ host: '127.0.0.1', port: 23999 });
  const server = createServer((req, res) => res.end(String(db)));
  server.listen(23112);
  process.on('SIGINT', () => server.close(() => process.exit(0)));
};
run();
