const yaml = require('js-yaml'); const fs = require('fs');
const doc = yaml.load(fs.readFileSync(__dirname + '/apps.yaml', 'utf8'));

module.exports = { apps: doc.apps.map(a => ({ ...a, env: { ...doc.env, ...a.env } })) };
