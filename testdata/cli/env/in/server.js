const http = require('http');
const cron = require('node-cron');

const server = http.createServer((request, response) => response.end('ok')).listen(process.env.PORT || 3000);
if (process.env.JOBS === 'on') cron.schedule('0 3 * * *', () => fetch('https://example.com/invoices', { method: 'POST' }));
process.on('SIGINT', () => server.close(() => process.exit(0)));
