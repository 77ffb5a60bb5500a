import http from 'node:http';
import { fileURLToPath } from 'node:url';
import cron from 'node-cron';

const isMain = process.argv[1] === fileURLToPath(import.meta.url);

async function start() {
  if (!isMain) return;
  cron.schedule('0 2 * * *', () => fetch('https://billing.example.org/run'));
  http.createServer((request, response) => response.end('ok')).listen(3000);
}

start();
