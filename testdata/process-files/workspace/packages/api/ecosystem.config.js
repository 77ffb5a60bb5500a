const { PORTS, app } = require('@acme/shared');
const { defaults } = require('@acme/shared/pm2');
module.exports = { apps: [{ ...app('api'), ...defaults, env: { PORT: PORTS.api } }] };
