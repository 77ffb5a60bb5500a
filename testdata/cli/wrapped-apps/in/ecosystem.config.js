const { defineConfig } = require('company-pm2');

module.exports = defineConfig({
  apps: [{ name: 'api', script: 'server.js', exec_mod: 'cluster' }],
});
