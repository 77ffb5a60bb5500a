// The apps of the shop.
const shared = { listen_timeout: 0, max_memory_restarts: '300M' }; // for all

module.exports = {
  wait_ready: false,
  apps: [
    {
      name: 'api',
      script: 'api.js',
      instances: 2,
      exec_mode: 'cluster',
      wait_ready: true,
      kill_timeout: 3000,
      restart_delay: 500,
      exp_backoff_restart_delay: 100,
      ...shared,
    },
    { name: 'web', script: 'web.js', instances: 2, exec_mode: 'fork' }, // one host
    { name: 'drain', script: 'drain.js' },
    { name: 'mail', script: 'mail.js', cwd: '.', error: 'err.log', error_file: 'mail.log', env: { NODE_ENV: 'production', instances: 1 } },
  ],
};
