require('dotenv-flow').config({ silent: true });
module.exports = { apps: [{ name: 'a', script: 'a.js', env: { A: process.env.A, B: process.env.B } }] };
