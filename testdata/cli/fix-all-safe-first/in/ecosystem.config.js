module.exports = {
  apps: [{ name: 'api', script: 'api.js', instances: 2, exec_mode: 'cluster', kill_timout: 3000 }],
};
