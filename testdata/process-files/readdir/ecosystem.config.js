const fs = require('fs'); const path = require('path');
const services = fs.readdirSync(path.join(__dirname, 'services')).filter(f => fs.statSync(path.join(__dirname, 'services', f)).isDirectory());
const dirents = fs.readdirSync('services', { withFileTypes: true }).filter(d => d.isFile() && d.name.endsWith('.js')).map(d => path.basename(d.name, '.js'));
module.exports = { apps: services.map(s => ({ name: s, script: `services/${s}/index.js`, env: require(`./services/${s}/env.json`) })).concat(dirents.map(name => ({ name, script: `services/${name}.js` }))) };
