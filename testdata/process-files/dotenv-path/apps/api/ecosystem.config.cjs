const path = require('path');
require('dotenv').config({ path: path.resolve(__dirname, '../../config/.env.production') });
require('dotenv').config({ path: path.join(__dirname, '.env.local'), override: true });
const parsed = require('dotenv').config({ path: '../../config/.env.production' }).parsed;
const { parsed: local } = require('dotenv').config({ path: __dirname + '/.env.local' });
const manual = require('dotenv').parse(require('fs').readFileSync(path.join(__dirname, '.env.local')));
module.exports = { apps: [{ name: 'api', script: 'x.js', env: { A: process.env.A, B: process.env.B, C: process.env.C, PARSED: parsed.A, L: local.B, M: manual.B, ...manual }, env_production: parsed }] };
