module.exports = {
  apps: [{ name: 'shop', script: 'server.js', instances: 2, exec_mode: 'cluster' }],
};
