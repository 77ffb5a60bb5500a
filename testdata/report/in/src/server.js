const http = require('node:http');
const cron = require('node-cron');

const server = http.createServer(handle).listen(process.env.PORT);

cron.schedule('0 3 * * *', sendInvoices);

process.on('SIGINT', () => {
	server.close(() => process.exit(0));
	setTimeout(() => process.exit(1), 8000); // “late” by 5 s
});
