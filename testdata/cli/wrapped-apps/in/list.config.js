module.exports = require('company-pm2').defineApps([
  { name: 'mailer', script: 'mailer.js', max_restarts: "many" },
]);
