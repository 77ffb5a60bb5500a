const os = require('os');
const n = os.cpus().length;
const half = Math.max(1, Math.floor(n / 2));
const workers = process.env.NODE_ENV === 'production' ? half : 1;
module.exports = { apps: [
 { name: 'a', script: 'a.js', instances: n, exec_mode: 'cluster' },
 { name: 'b', script: 'b.js', instances: half },
 { name: 'c', script: 'c.js', instances: workers },
 { name: 'd', script: 'd.js', instances: os.cpus().length > 4 ? 4 : 2, cwd: process.cwd(), max_memory_restart: `${Math.floor(os.totalmem() / 1024 / 1024 * 0.5)}M`, env: { HOST: os.hostname(), EOL: os.EOL, PLAT: process.platform, HOMEDIR: os.homedir() } },
]};
