module.exports = {
  apps: [
    {
      name: 'api',
      kill_timeout: 12000,
      script: 'server.js',
      exec_mode: 'cluster',
      instances: 2,
      wait_ready: true,
      max_memory_restart: '300M', // resident memory
    },
    {
      name: 'worker',
      script: 'worker.js',
      exp_backoff_restart_delay: 100,
    },
  ],
};
