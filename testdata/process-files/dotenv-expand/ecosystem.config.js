const dotenv = require('dotenv');
const { expand } = require('dotenv-expand');
const env = expand(dotenv.config());
module.exports = { apps: [{ name: 'a', script: 'a.js', env: { URL: process.env.URL, HOST: process.env.HOST, ALL: env.parsed.URL } }] };
