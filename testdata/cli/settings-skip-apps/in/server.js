const http = require('http');
const cron = require('node-cron');
const { sendInvoices } = require('./invoices');

const server = http.createServer((request, response) => response.end('ok')).listen(3000);
cron.schedule('0 3 * * *', sendInvoices);
process.on('SIGINT', () => server.close(() => process.exit(0)));
