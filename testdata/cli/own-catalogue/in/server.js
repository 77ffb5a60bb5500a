const { createApp } = require('@acme/http');
const jobs = require('@acme/jobs');

const app = createApp({ port: 8080 });
app.serve();
jobs.every('5m', () => console.log('sending reminders'));

process.on('SIGINT', () => app.halt(() => process.exit(0)));
