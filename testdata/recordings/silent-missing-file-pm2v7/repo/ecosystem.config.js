module.exports = { apps: [{ name: 'ledger', script: 'src/app.js', instances: 2, exec_mode: 'cluster' }] };
