const fs = require('fs');
const path = require('path');
const pkg = JSON.parse(fs.readFileSync(path.join(__dirname, 'package.json'), 'utf8'));
const settings = JSON.parse(fs.readFileSync('./config/settings.json'));
const { name, version } = require('./package.json');
const lines = fs.readFileSync(path.resolve(__dirname, 'config', 'list.txt'), 'utf-8').split(/\r?\n/).filter(Boolean).filter(l => !l.startsWith('#'));
const hasProd = fs.existsSync(path.join(__dirname, 'config/prod.json'));
module.exports = {
  apps: [
    { name: pkg.name, script: pkg.main, instances: settings.instances, env: { VERSION: pkg.version, ...settings.env, PROD: hasProd } },
    ...lines.map((line, i) => { const [n, s] = line.split(':').map(x => x.trim()); return { name: `${name}-${n}`, script: s, env: { N: i, V: version } }; }),
  ],
};
