module.exports = {
  apps: [
    {
      name: 'search',
      script: 'server.js',
      instances: 3,
      exec_mode: 'cluster',
      merge_logs: true,
    },
  ],
};
