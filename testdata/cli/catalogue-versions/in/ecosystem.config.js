module.exports = {
  apps: [
    { name: 'older', script: 'v2/app.js', exec_mode: 'cluster', instances: 2 },
    { name: 'newer', script: 'v3/app.js', exec_mode: 'cluster', instances: 2 },
  ],
};
