const cron = require('node-cron');

exports.report = () => {
  cron.schedule('0 6 * * *', () => fetch('https://reports.example/day'));
  cron.schedule('0 7 * * 1', () => fetch('https://reports.example/week'));
};

exports.clean = () => {
  for (const table of require('config').get('tables')) {
    cron.schedule('0 3 * * *', () => fetch(`https://clean.example/${table}`));
  }
};
