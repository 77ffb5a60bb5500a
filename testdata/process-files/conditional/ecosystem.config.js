const isWin = process.platform === 'win32';
const config = { apps: [{ name: 'web', script: isWin ? 'npm.cmd' : 'npm', args: 'start' }] };
if (process.env.WITH_WORKER) config.apps.push({ name: 'worker', script: 'worker.js' });
if (!process.env.CI) { config.apps.push({ name: 'cron', script: 'cron.js' }); } else config.apps.length = 0;
if (process.env.NODE_ENV === 'production') { config.apps[0].instances = 'max'; config.apps[0].exec_mode = 'cluster'; }
const required = ['A_KEY']; for (const k of required) { if (!process.env[k]) console.warn(`${k} missing`); }
module.exports = config;
