module.exports = {
  apps: [{
    name: 'app',
    script: 'dist/server.js',
    exec_mode: 'cluster',
    instances: 'max',
    max_memory_restart: '1500M',
    kill_timeout: 8000,
    listen_timeout: 10000,
    wait_ready: true,
    max_restarts: 15,
    min_uptime: '10s',
    restart_delay: 5000,
    exp_backoff_restart_delay: 100,
  }],
};
