const base = require('../ecosystem.base.config.js'); base.apps.forEach((app, index) => { app.cwd = __dirname + '/..'; app.increment_var = index ? undefined : 'PORT'; });
module.exports = base.withEnv({ NODE_ENV: 'production' });
