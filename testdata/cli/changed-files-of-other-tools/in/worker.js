const { Worker } = require('bullmq');

const worker = new Worker('mail', async (job) => console.log(job.id));

process.on('SIGINT', async () => {
  await worker.close();
  process.exit(0);
});
