const { Worker } = require('bullmq');
const { deliver } = require('./transport');

const worker = new Worker('mail', async (job) => {
  await deliver(job.data);
  console.log(`mail: ${job.name} to ${job.data.to}`);
});

worker.on('failed', (job, error) => console.error(`mail: ${job?.id} failed: ${error.message}`));

process.on('SIGTERM', async () => {
  console.log('mail: finishing the current job');
  try {
    await worker.close();
  } finally {
    process.exit(0);
  }
});
