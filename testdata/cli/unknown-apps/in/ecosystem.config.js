module.exports = require('company-pm2')('production');
