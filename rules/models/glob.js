// Files by patterns.
module.exports = require('pm2lint/globs');
