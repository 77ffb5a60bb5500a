module.exports = { apps: [{ name: 'lake', script: 'src/index.js', instances: 2, exec_mode: 'cluster', kill_timeout: 3000 }] };
