// What one PM2 makes of the entries in HOST/cases.json, to HOST/answers.json: `node ask.cjs PM2-FOLDER HOST`, started by record.mjs.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const [folder, HOST] = process.argv.slice(2);
const CHECKOUT = path.join(HOST, 'app');

// Four CPUs, whatever this machine has; the daemon's part asks when it is loaded.
os.cpus = () => Array.from({ length: 4 }, () => ({ model: '', speed: 0, times: {} }));

const load = name => require(path.join(folder, name));
const API = load('lib/API.js');
const Common = load('lib/Common.js');
const Config = load('lib/tools/Config.js');
const God = load('lib/God.js');
if (fs.existsSync(path.join(folder, 'lib/OtelManager.js'))) load('lib/OtelManager.js').ensureInstalled = () => true;

let started = [];
const startProcess = (env, answer) => {
  started.push({ ...env });
  const once = (event, listener) => event === 'online' && listener();
  answer(null, { pm2_env: Object.assign(env, { wait_ready: false }), process: { pid: 0 }, once });
};
God.nodeApp = startProcess;
God.forkMode = startProcess;
God.registerCron = () => {};
God.notify = () => {};
God.finalizeProcedure = () => {};
// A variable with the app's name for what `pm2 set` says of it: `{}`.
load('lib/API/Modules/Modularizer.js').getAdditionalConf = () => ({});
God.watch = { enable() {}, disable() {} };
God.getNewId = () => Object.keys(God.clusters_db).length;

const BASE = { ...process.env };

/** After so many ms without an answer `pm2 start` is taken to hang. Nothing here waits for anything outside. */
const PATIENCE = 300;

function reset() {
  started = [];
  God.clusters_db = {};
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, BASE);
  process.chdir(CHECKOUT);
}

/** `{ $nan: true }` and the like become what they stand for. */
function decode(value) {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(decode);
  if (value.$nan) return NaN;
  if (value.$undefined) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, decode(inner)]));
}

function encode(value) {
  if (typeof value === 'number' && !Number.isFinite(value)) return Number.isNaN(value) ? { $nan: true } : { $number: String(value) };
  if (value === undefined) return { $undefined: true };
  if (typeof value === 'string') return plain(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(encode);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [plain(key), encode(inner)]));
}

/** Paths of this machine by names that hold everywhere. */
function plain(text) {
  return text.replaceAll(process.execPath, '<node>').replaceAll(folder, '<pm2>').replaceAll(CHECKOUT, '<root>').replaceAll(HOST, '<host>');
}

/** What the validation says: the options, or PM2's words for what it refuses. */
function verify(app) {
  try {
    Config._errors = [];
    const config = Common.verifyConfs([app]);
    if (!(config instanceof Error)) return { config: options(config[0] ?? {}) };
    return { errors: Config._errors.length > 0 ? Config._errors.map(plain) : [plain(config.message)] };
  } catch (error) {
    return { throws: plain(`${error.name}: ${error.message}`) };
  }
}

/** Without those that are what they are by default, and without who runs this. */
function options(config) {
  const defaults = { vizion: true, autostart: true, autorestart: true, instance_var: 'NODE_APP_INSTANCE', pmx: true, automation: true, treekill: true, windowsHide: true, kill_retry_time: 100, username: 'root' };
  const kept = Object.entries(config).filter(([key, value]) => defaults[key] !== value && value !== undefined && !(key === 'env' && Object.keys(value).length === 0));
  return encode(Object.fromEntries(kept));
}

const ATTRIBUTES = [
  'name', 'namespace', 'exec_mode', 'args', 'node_args', 'exec_interpreter', 'pm_exec_path', 'pm_cwd', 'pm_out_log_path', 'pm_err_log_path', 'pm_log_path', 'merge_logs', 'kill_timeout', 'listen_timeout', 'wait_ready', 'autorestart',
  'autostart', 'max_restarts', 'min_uptime', 'restart_delay', 'exp_backoff_restart_delay', 'cron_restart', 'max_memory_restart', 'watch', 'treekill', 'pmx', 'stop_exit_codes', 'shutdown_with_message', 'instance_var', 'increment_var', 'log_date_format',
];
const OF_PM2 = /^(PM2_HOME|unique_id|PWD|PATH|HOME|PM2_SILENT|PM2_USAGE|PM2_JSON_PROCESSING|io|current_conf)$/;

/** What would be started: the first process, and what tells the others apart. */
function launch() {
  const [first] = started;
  if (!first) return null;
  const attributes = ATTRIBUTES.filter(key => first[key] !== undefined).map(key => [key, encode(first[key])]);
  const env = Object.entries(first.env ?? {}).filter(([key]) => !OF_PM2.test(key));
  const increment = first.increment_var && { increments: started.slice(0, 4).map(process => encode(process[first.increment_var])) };
  return { processes: started.length, ...Object.fromEntries(attributes), env: encode(Object.fromEntries(env)), ...numbers(first), ...increment };
}

/** The numbers that the processes get, where they are not 0, 1, 2 ... */
function numbers({ instance_var = 'NODE_APP_INSTANCE' }) {
  const numbers = started.slice(0, 4).map(process => encode(process[instance_var]));
  return numbers.some((number, at) => number !== at) && { numbers };
}

/** What `pm2 start` of a file with this one app would start. */
function start({ app, env }) {
  const client = Object.assign(Object.create(API.prototype), {
    cwd: CHECKOUT,
    pm2_home: process.env.PM2_HOME,
    Client: { executeRemote: (method, message, answer) => (method === 'prepare' ? God.prepare(JSON.parse(JSON.stringify(message)), answer) : answer(null, [])) },
  });
  return new Promise(resolve => {
    setTimeout(resolve, PATIENCE, { hangs: true });
    try {
      client._startJson({ apps: [app] }, { env }, 'restartProcessId', error => {
        const errors = [error].flat().filter(Boolean).map(one => plain(one.message ?? String(one)));
        resolve(errors.length > 0 ? { fails: errors } : { launch: launch() });
      });
    } catch (error) {
      resolve({ throws: plain(`${error.name}: ${error.message}`) });
    }
  });
}

/** What differs from the start of `{ script: 'app.js' }`; `null`: it is not there. */
function unusual(launch, usual) {
  const keys = [...new Set([...Object.keys(launch), ...Object.keys(usual)])];
  const differs = key => JSON.stringify(launch[key]) !== JSON.stringify(usual[key]);
  return Object.fromEntries(keys.filter(differs).map(key => [key, launch[key] ?? null]));
}

async function answer(one) {
  reset();
  const verdict = verify(decode(one.app));
  if (!verdict.config) return verdict;
  reset();
  return { ...verdict, ...(await start({ app: decode(one.app), env: one.env })) };
}

async function main() {
  const answers = [];
  reset();
  const usual = await start({ app: { script: 'app.js' } });
  for (const one of JSON.parse(fs.readFileSync(path.join(HOST, 'cases.json'), 'utf8'))) {
    const given = await answer(one);
    answers.push({ ...given, ...(given.launch && { launch: unusual(given.launch, usual.launch) }) });
  }
  fs.writeFileSync(path.join(HOST, 'answers.json'), JSON.stringify({ usual: usual.launch, answers }));
  process.exit(0);
}

main();
