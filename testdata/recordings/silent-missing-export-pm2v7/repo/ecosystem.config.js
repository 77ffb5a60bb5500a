module.exports = { apps: [{ name: 'undef', script: 'lib/server.js', instances: 2, exec_mode: 'cluster' }] };
