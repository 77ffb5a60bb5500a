import http from 'node:http';
import { startScheduledJobs } from './jobs';

const server = http.createServer((_req, res) => res.end('ok\n'));
server.listen(3000);

process.on('SIGINT', () => {
  server.close(() => {
    console.log('Connections drained, exiting');
    process.exit(0);
  });
  setTimeout(() => process.exit(1), 8000);
});

if (process.env.NODE_APP_INSTANCE === '0') {
  startScheduledJobs();
}
