// The apps of the shop.
const shared = { max_memory_restart: '300M' }; // for all

module.exports = {
  wait_ready: false,
  apps: [
    {
      name: 'api',
      script: 'api.js',
      instances: 2,
      exec_mode: 'cluster',
      wait_ready: true,
      kill_timeout: 7000,
      exp_backoff_restart_delay: 100,
      ...shared,
    },
    { name: 'web', script: 'web.js', instances: 2, exec_mode: 'cluster' }, // one host
    { name: 'drain', kill_timeout: 6000, script: 'drain.js' },
    { name: 'mail', kill_timeout: 5000, instances: 1, script: 'mail.js', cwd: '.', error_file: 'mail.log', env: { NODE_ENV: 'production' } },
  ],
};
