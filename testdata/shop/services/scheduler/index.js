const cron = require('node-cron');
const { Pool } = require('pg');

const pool = new Pool({ max: 2 });

const jobs = [
  cron.schedule('15 3 * * *', () => run('expired carts', "DELETE FROM carts WHERE updated_at < now() - interval '90 days'")),
  cron.schedule('45 3 * * *', () => run('sales totals', 'REFRESH MATERIALIZED VIEW sales_totals')),
];

async function run(name, statement) {
  try {
    const { rowCount } = await pool.query(statement);
    console.log(`${name}: ${rowCount} rows`);
  } catch (error) {
    console.error(`${name}: failed`, error);
  }
}

process.once('SIGINT', async () => {
  for (const job of jobs) job.stop();
  try {
    await pool.end();
  } finally {
    process.exit(0);
  }
});

console.log(`scheduler: ${jobs.length} jobs`);
