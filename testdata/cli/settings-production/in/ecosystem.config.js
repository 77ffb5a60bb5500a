module.exports = { apps: [{ name: 'api', script: 'server.ts', exec_mode: 'fork' }] };
