module.exports = {
  apps: [
    {
      name: 'api',
      script: 'server.js',
      exec_mode: 'cluster',
      instances: 2,
      wait_ready: true,
      max_memory_restar: '300M', // resident memory
      kill_timeout: 0,
    },
    {
      name: 'worker',
      script: 'worker.js',
      restart_delay: 4000,
      exp_backoff_restart_delay: 100,
    },
  ],
};
