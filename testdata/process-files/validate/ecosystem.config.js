const assert = require('assert'); const util = require('util');
const required = ['script', 'name'];
const check = app => { for (const key of required) assert(app[key], `${key} is missing`); assert.strictEqual(typeof app.name, 'string'); return app; };
const port = Number.parseInt('3000', 10); if (Number.isNaN(port) || port < 1024) { console.error('bad port'); process.exit(1); }
module.exports = { apps: [{ name: 'a', script: 'a.js', env: { PORT: port } }].map(check) };
