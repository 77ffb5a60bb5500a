import cron from 'node-cron';

async function* pages() {
  yield 1;
}
for await (const page of pages()) {
  cron.schedule('1 * * * *', () => fetch(`/${page}`));
}

async function one() {
  await new Promise((done) => setTimeout(done, 10));
  cron.schedule('2 * * * *', () => fetch('/one'));
}
async function two() {
  try {
    await fetch('/');
  } finally {
    cron.schedule('3 * * * *', () => fetch('/two'));
  }
}
await Promise.all([one(), two()]);
process.send?.('ready');

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    try {
      await fetch('/bye');
      process.exit(0);
    } catch {
      process.exit(1);
    }
  });
}
