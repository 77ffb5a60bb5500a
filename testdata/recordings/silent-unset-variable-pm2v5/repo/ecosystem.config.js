const pkg = require('./package.json');
module.exports = { apps: [{ name: pkg.name, script: 'bin/www', exec_mode: 'cluster', instances: '2' }] };
