process.on('uncaughtException', (error) => {
  console.error('uncaught', error);
});
const config = require('./config/production');
require('http').createServer((req, res) => res.end(config.name)).listen(36860);
