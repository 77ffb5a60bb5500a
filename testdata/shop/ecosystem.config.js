const base = {
  cwd: __dirname,
  time: true,
  min_uptime: '5s',
  max_restarts: 10,
  kill_timeout: 5000,
};

const production = { NODE_ENV: 'production' };

module.exports = {
  apps: [
    {
      ...base,
      name: 'api',
      script: 'services/api/dist/server.js',
      exec_mode: 'cluster',
      instances: 2,
      wait_ready: true,
      listen_timeout: 4000,
      env_production: { ...production, PORT: 3000 },
    },
    {
      ...base,
      name: 'web',
      script: 'services/web/server.js',
      exec_mode: 'fork',
      instances: 2,
      max_memory_restar: '300M',
      env_production: { ...production, PORT: 8080 },
    },
    {
      ...base,
      name: 'mailer',
      script: 'services/mailer/worker.js',
      env_production: production,
    },
    {
      ...base,
      name: 'scheduler',
      script: 'services/scheduler/index.js',
      env_production: production,
    },
    {
      ...base,
      name: 'prices',
      script: 'services/prices/index.js',
      env_production: production,
    },
  ],
};
