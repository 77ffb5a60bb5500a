exports.sendInvoices = () => require('nodemailer').createTransport({}).sendMail({ to: 'customers@example.com' });
