module.exports = {
  apps: [
    {
      name: 'zombie',
      script: 'server.js',
      instances: 2,
      exec_mode: 'cluster',
    },
  ],
};
