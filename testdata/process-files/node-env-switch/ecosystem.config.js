const env = process.env.NODE_ENV || 'staging';
const configs = { staging: { instances: 1, host: 'stage.example.com' }, production: { instances: 4, host: 'example.com' } };
const current = configs[env] || configs.staging;
if (!current) throw new Error('unknown env');
const { instances, host } = current;
const envs = Object.keys(configs).reduce((all, key) => ({ ...all, [`env_${key}`]: { NODE_ENV: key, HOST: configs[key].host } }), {});
module.exports = { apps: [{ name: `api_${env}`, script: 'x.js', instances, ...envs }], deploy: Object.fromEntries(Object.entries(configs).map(([k, v]) => [k, { host: [v.host], ref: `origin/${k === 'production' ? 'main' : 'develop'}`, path: '/srv/' + k, 'post-deploy': ['npm ci', 'npm run build', `pm2 reload ecosystem.config.js --env ${k}`].join(' && ') }])) };
