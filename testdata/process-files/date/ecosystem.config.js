const started = new Date().toISOString(); const t = Date.now();
module.exports = { apps: [{ name: 'a', script: 'a.js', env: { STARTED: started, T: t, RANDOM: Math.random(), PID: process.pid, VER: process.version, ARCH: process.arch }, out_file: `logs/${new Date().toISOString().slice(0, 10)}.log` }] };
