const cfg = { apps: [{ name: 'a', script: 'a.js' }] };
(async () => { await null; cfg.apps.push({ name: 'late', script: 'late.js' }); })();
setTimeout(() => { cfg.apps[0].instances = 9; }, 10); process.on('exit', () => {}); console.log('loaded');
Promise.resolve().then(() => { cfg.x = 1; });
module.exports = cfg;
