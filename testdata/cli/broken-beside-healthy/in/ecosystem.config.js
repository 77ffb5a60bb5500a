module.exports = {
  apps: [{ name: 'web', script: 'web.js', instances: 2, exec_mode: 'cluster', env_production: { PORT: 80 } }],
};
