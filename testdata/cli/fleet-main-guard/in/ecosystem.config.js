module.exports = {
  apps: [{ name: 'orders', script: 'server.mjs', exec_mode: 'cluster', instances: 2 }],
};
