import http from 'node:http';
import cron from 'node-cron';
import { createTransport } from 'nodemailer';

const server = http.createServer((request, response) => response.end('ok')).listen(3000);
/*
 * pm2lint-ignore unguarded-cron -- the mail server drops duplicates
 */
export const jobs = [
  cron.schedule('0 3 * * *', () => createTransport({}).sendMail({ to: 'customers@example.com' })),
];
const text: string = '// pm2lint-ignore unguarded-cron -- a text is no comment';
console.log(text);
process.on('SIGINT', () => server.close(() => process.exit(0)));
