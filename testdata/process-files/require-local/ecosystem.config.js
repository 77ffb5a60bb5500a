const base = require('./config/base');
const { ports: { api, web: webPort } } = require('./config');
const data = require('./config/data.json');
const helper = require('./config/helper').default;
module.exports = { apps: [ { ...base, name: 'api', env: { ...base.env, PORT: api } }, Object.assign({}, base, data.web, { env: { PORT: webPort } }), helper('w', { instances: data.n }) ] };
