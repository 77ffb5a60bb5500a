module.exports = {
  apps: [
    {
      name: 'api',
      script: 'src/server.js',
      instances: 4,
      kill_timeout: 3000,
      env_production: { PORT: 8080 },
    },
  ],
};
