const fs = require('fs');
function loadEnv(file) {
  const env = {};
  if (!fs.existsSync(file)) return env;
  fs.readFileSync(file, 'utf8').split('\n').forEach(line => {
    const m = line.match(/^\s*([\w.-]+)\s*=\s*(.*)?\s*$/);
    if (m != null) { let value = m[2] || ''; value = value.replace(/^['"]|['"]$/g, ''); env[m[1]] = value; }
  });
  return env;
}
const env = loadEnv(__dirname + '/prod.env');
const missing = loadEnv('nothing.env');
module.exports = { apps: [{ name: env.NAME, script: 'a.js', env: { ...env, ...missing, K: Object.keys(env).length } }] };
