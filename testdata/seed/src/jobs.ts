import cron from 'node-cron';
import nodemailer from 'nodemailer';

const transport = nodemailer.createTransport({ host: 'localhost' });

export function startScheduledJobs(): void {
  cron.schedule('0 7 * * *', () => {
    transport.sendMail({ to: 'team@example.org', subject: 'Daily report' }).catch(console.error);
  });
}
