const pkg = require('./package'); const { name, version, config: { pm2: options } } = pkg;
const short = name.split('/').pop(); const [major, minor] = version.split('.').map(Number);
module.exports = { apps: [{ name: `${short}-v${major}.${minor}`, script: pkg.scripts.start.split(' ')[1], ...options, env: { npm_package_version: process.env.npm_package_version || version } }] };
