const apps = [];
outer: for (let i = 0; i < 4; i++) { for (const k of ['a', 'b', 'c']) { if (i === 1) continue outer; if (i === 3 && k === 'b') break outer; apps.push({ name: k + i, script: k + '.js' }); } }
function port(name) { switch (name) { case 'a': case 'b': return 80; case 'c': { return 81; } default: throw new Error('no port for ' + name); } }
for (const app of apps) { try { app.env = { PORT: port(app.name[0]) }; } catch { app.env = {}; } finally { app.autorestart = true; } }
let n = 0; do { n += 2; } while (n < 5); while (true) { if (++n > 9) break; }
for (const i in apps) { apps[i].kill_timeout = 1000 * (Number(i) + 1); }
let o; const t = o?.deep?.er ?? apps[0]?.env?.['PORT']; o ??= { v: 1 }; o.v ||= 2; o.w &&= 3;
var hoisted = typeof later; function later() {}
const { a = 5, ...others } = { b: 2, c: 3 }; const [x, , y = 'dflt', ...z] = 'pqrst';
apps.push({ name: `t${t}`, script: 's.js', args: [n, o, hoisted, a, others, x, y, z].map(v => JSON.stringify(v)), env: { REGEX: 'v1.2.3'.match(/v(\d+)\.(?<minor>\d+)/).groups.minor, R2: 'a-b-c'.replace(/-(\w)/g, (m, c) => c.toUpperCase()), D: 0.1 + 0.2, H: (255).toString(16), P: '7'.padStart(3, '0'), NEG: -0 === 0, T: [3, 10, 2].sort().join(), B: 1_000_000, U: void 0 } });
exports.apps = apps;
