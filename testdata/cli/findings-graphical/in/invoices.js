const nodemailer = require('nodemailer');

exports.sendInvoices = () => nodemailer.createTransport({}).sendMail({ to: 'customers@example.com' });
