module.exports = {
  apps: [
    {
      name: 'gw',
      script: 'server.js',
      instances: 2,
      exec_mode: 'cluster',
      kill_timeout: 3000,
    },
  ],
};
