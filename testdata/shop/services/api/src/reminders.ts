import cron from 'node-cron';
import { Queue } from 'bullmq';
import { pool } from './db';

const mail = new Queue('mail');

async function remindAbandonedCarts(): Promise<void> {
  const { rows } = await pool.query(
    "SELECT email FROM carts WHERE paid_at IS NULL AND updated_at < now() - interval '1 day'",
  );
  for (const { email } of rows) {
    await mail.add('reminder', { to: email, subject: 'You left something in your cart' });
  }
  console.log(`reminders: ${rows.length} carts`);
}

export function startReminders(): void {
  cron.schedule('* * * * *', () => {
    remindAbandonedCarts().catch((error) => console.error('reminders failed', error));
  });
}
