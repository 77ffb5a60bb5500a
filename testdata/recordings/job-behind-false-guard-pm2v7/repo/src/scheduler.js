const { ToadScheduler, SimpleIntervalJob, AsyncTask } = require('toad-scheduler');

const scheduler = new ToadScheduler();

const compact = new AsyncTask('compact', async () => {
  console.log('compacted 12 segments');
}, (error) => console.error('compaction failed', error));

exports.start = function start() {
  scheduler.addSimpleIntervalJob(new SimpleIntervalJob({ seconds: 2, runImmediately: true }, compact));
};
