const base = { killTimeout: 5000, max_memory_restart: '300M', env: { PORT: 3000, JWT_SECRET: 'x' } };

module.exports = {
  apps: [
    {
      ...base,
      name: 'api',
      script: 'src/main.js',
      instances: 'max',
      env_production: { PORT: 8080, NODE_ENV: 'production' },
      env_dev: { name: 'api-dev' },
    },
  ],
};
