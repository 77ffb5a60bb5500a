module.exports = {
  apps: [
    { name: 'api', script: 'server.js' },
    { name: 'gone', script: 'dist/gone.js' },
    { name: 'many', script: 'server.js', exec_mode: 'cluster', instances: require('host-facts').cpus },
  ],
};
