// `node load.cjs ROOT FILE`: prints what PM2 gets from a process file, run in its folder on the host that `HOST` describes.
const Module = require('node:module');
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const vm = require('node:vm');

const host = JSON.parse(process.env.HOST);
const [root, file] = process.argv.slice(2);
const path = join(root, file);
process.chdir(dirname(path));
process.env = new Proxy({ PATH: process.env.PATH, HOME: process.env.HOME }, {
  set: (target, key, value) => Reflect.set(target, key, String(value)),
});
process.argv = [process.execPath, `/${host.folder}/pm2`, 'start', file];
simulate();

function simulate() {
  const os = require('node:os');
  os.cpus = () => Array.from({ length: host.cpus }, () => ({ model: host.folder }));
  os.availableParallelism = () => host.cpus;
  os.totalmem = os.freemem = () => host.memory;
  os.hostname = () => host.folder;
  Math.random = () => host.random;
  for (const [name, text] of Object.entries(host.machine)) Object.defineProperty(process, name, { value: text });
  const Real = Date;
  globalThis.Date = class Date extends Real {
    constructor(...args) { args.length ? super(...args) : super(Real.now() + host.time); }
    static now() { return Real.now() + host.time; }
  };
  const child = require('node:child_process');
  const printed = (_, ...rest) => (rest.some(options => options?.encoding) ? host.prints : Buffer.from(host.prints));
  child.execSync = child.execFileSync = printed;
  child.spawnSync = (...args) => ({ status: 0, stdout: printed(...args), stderr: printed(...args) });
  console.log = console.warn = console.error = console.info = () => {};
}

function typescript(source, isModule) {
  const ts = require(require.resolve('typescript', { paths: [root] }));
  const module = isModule ? ts.ModuleKind.ESNext : ts.ModuleKind.CommonJS;
  return ts.transpileModule(source, { compilerOptions: { module, target: ts.ScriptTarget.ES2022, esModuleInterop: true } }).outputText;
}

/** Encoded at once: PM2 reads the apps before anything that the file leaves for later runs. */
async function value() {
  Module._extensions['.ts'] = (module, name) => module._compile(typescript(readFileSync(name, 'utf8')), name);
  if (/\.json/.test(file)) return encode(vm.runInThisContext(`(${readFileSync(path, 'utf8')})`));
  if (/\.ya?ml$/.test(file)) return encode(require(require.resolve('js-yaml', { paths: [root] })).load(readFileSync(path, 'utf8')));
  if (/\.mjs$/.test(file)) return encode({ ...await import(path) });
  return encode(require(path));
}

function encode(value) {
  if (value === undefined) return { $undefined: true };
  if (typeof value === 'function') return { $function: value.name };
  if (typeof value === 'symbol' || typeof value === 'bigint') return { $other: typeof value };
  if (Number.isNaN(value)) return { $nan: true };
  if (value === Infinity || value === -Infinity) return { $number: String(value) };
  if (value instanceof Date) return { $other: 'a date' };
  if (typeof value === 'string') return value.replaceAll(root, '<root>');
  if (Array.isArray(value)) return Array.from(value, encode);
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, encode(part)]));
  return value;
}

const print = process.stdout.write.bind(process.stdout);
value().then(result => print(JSON.stringify({ value: result })), error => print(JSON.stringify({ throws: String(error?.name ?? error) + (process.env.DEBUG ? error.stack:'') }))).finally(() => process.exit());
