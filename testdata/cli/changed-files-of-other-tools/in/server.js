const express = require('express');
const cron = require('node-cron');
const { sendInvoices } = require('./invoices');

const app = express();
const server = app.listen(3000, () => {
  console.log('listening');
});

cron.schedule('0 3 * * *', sendInvoices);

process.on('SIGINT', () => {
  server.close(() => process.exit(0));
  setTimeout(() => process.exit(1), 10000).unref();
});
