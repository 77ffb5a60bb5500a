const http = require('http');
const cron = require('node-cron');
const { sendInvoices } = require('./invoices');

const server = http.createServer((request, response) => response.end('ok')).listen(3000);
if (Number(process.env.NODE_APP_INSTANCE) === 0) cron.schedule('0 3 * * *', sendInvoices);
if (process.env.REPORTS) setInterval(() => fetch('https://example.com'), 60000);
process.send('ready');
process.on('SIGINT', () => server.close(() => process.exit(0)));
