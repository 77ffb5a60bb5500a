const both = { script: 'server.js', instances: 2, exec_mode: 'cluster' };

module.exports = { apps: [{ name: 'api', ...both }, { name: 'batch', ...both, env: { PORT: '3001' } }] };
