const jobs = [{ name: 'sweep', every: 700, run: async () => console.log('swept') }];
const timers = jobs.map((j) => setInterval(() => j.run().catch((e) => console.error(j.name, 'failed', e)), j.every));
process.on('SIGINT', () => { timers.forEach(clearInterval); process.exit(0); });
