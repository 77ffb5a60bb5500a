// The app entries that PM2 is asked about. `{ $nan: true }` and `{ $undefined: true }` stand for what JSON cannot say.

const NAN = { $nan: true };
const UNDEFINED = { $undefined: true };

/** One of each type, and the strings that PM2 takes for a number or nearly. */
const VALUES = [
  'text', '', '0', '5', '5.5', '-1', ' 7 ', '0x10', '1e3', '5s', 'true', 'false', 'a b', 0, 1, 5, 1.5, -1, true, false, null, UNDEFINED, NAN,
  [], ['a'], ['a', 'b'], [5], ['5'], [1, 2], {}, { a: 1 },
];

const SCRIPT = { script: 'app.js' };
const entry = options => ({ app: { ...SCRIPT, ...options } });
const each = (option, values) => values.map(value => entry({ [option]: value }));

/** Options whose wrong values end PM2 in ways of their own come with fitting values only. */
const OWN_VALUES = {
  script: [],
  uid: ['root', 0, 'nobody-at-all', '', null],
  gid: [],
  trace: [false, 'yes', 1],
  deep_monitoring: [false, 'yes', 1],
};

/** Every option under every spelling with every value. */
function everyValue(schema) {
  const names = Object.keys(schema).filter(name => !name.startsWith('^'));
  return names.flatMap(name => each(name, OWN_VALUES[name] ?? VALUES));
}

function camelCase(name) {
  const [first, ...rest] = name.split('_');
  return first + rest.map(word => (word.length > 1 ? word[0].toUpperCase() + word.slice(1) : word)).join('');
}

function spellings(name, { alias = [] }) {
  return [...new Set([name, ...[alias].flat(), camelCase(name)])];
}

/** A value that the option takes, another one, and a falsy one. */
function fitting(name, { type }) {
  const own = {
    exec_mode: ['cluster', 'fork', ''], max_memory_restart: ['300M', '1G', 0], min_uptime: ['10s', 2000, 0],
    cron_restart: ['0 3 * * *', '0 4 * * *', ''], script: ['app.js', 'other.js', ''],
  };
  const byType = { number: [5000, 8000, 0], boolean: [true, false, false], string: ['one', 'two', ''], array: [['one'], ['two'], []], object: [{ a: 1 }, { b: 2 }, null] };
  return own[name] ?? byType[[type].flat().at(-1)];
}

/** Spellings alone, against each other in both orders, and with a falsy one before and after. */
function everySpelling(schema) {
  const options = Object.entries(schema).filter(([name]) => !/^\^|^(uid|gid|trace|deep_monitoring)$/.test(name));
  return options.flatMap(([name, spec]) => {
    const [one, two, falsy] = fitting(name, spec);
    const base = name === 'script' ? {} : SCRIPT;
    const app = options => ({ app: { ...base, ...options } });
    const [first, ...others] = spellings(name, spec);
    return others.flatMap((other, at) => [
      app({ [other]: one }), app({ [other]: falsy }), app({ [first]: one, [other]: two }), app({ [first]: falsy, [other]: one }),
      app({ [others[(at + 1) % others.length]]: one, [other]: two }),
    ]);
  });
}

const INSTANCES = [1, 2, 4, 0, -1, -2, -3, -9, 1.5, '4', 'max', '-1', '50%', '4,', 'half', 'max-1', '', [2], 300];
const MODES = [UNDEFINED, 'cluster', 'fork', 'cluster_mode', 'fork_mode', 'Cluster', 'clustered', ''];

function instancesAndModes() {
  const plain = INSTANCES.filter(value => value !== 300).flatMap(instances => MODES.map(exec_mode => entry({ instances, exec_mode })));
  const camel = INSTANCES.slice(0, 6).map(instances => entry({ instances, execMode: 'cluster' }));
  const merged = [1, 'max', UNDEFINED].flatMap(instances => [true, false, NAN].flatMap(merge_logs => ['cluster', 'fork', UNDEFINED]
    .map(exec_mode => entry({ instances, merge_logs, exec_mode }))));
  const forced = ['cluster', 'fork', UNDEFINED].map(exec_mode => entry({ execute_command: true, instances: 2, exec_mode }));
  return [...plain, ...camel, ...merged, ...forced, entry({ instances: 2, combine_logs: true }), entry({ combine_logs: false })];
}

const INTERPRETERS = [
  'node', 'none', 'bash', 'python3', 'python', 'ruby', 'tsx', 'bun', 'deno', './node_modules/.bin/tsx', './bin/mynode', './bin/node', 'missing-program', '', true,
];
const SCRIPTS = [
  'app.js', './app.js', 'dist/main.js', './dist/../app.js', 'run.sh', 'job.py', 'job.rb', 'job.php', 'job.pl', 'start', 'app.mjs', 'app.cjs', 'app.ts', 'app.tsx', 'npm', 'bash', 'python3', 'node',
  '.hidden.js', 'a.b.js', 'missing.js', 'node app.js --port 1', 'npm run start', './my app.js', 'PORT=3 node app.js', ' app.js', 'app.js ', 5, true, ['app.js'], {}, null, '',
];

function scripts() {
  const extra = { args: ['x'], node_args: '--inspect' };
  return SCRIPTS.flatMap(script => [
    { app: { script } }, { app: { script, instances: 2 } }, { app: { script, exec_mode: 'cluster' } }, { app: { script, name: 'named', ...extra } },
  ]);
}

function scriptSpellings() {
  const apps = ['cmd', 'command', 'exec'].flatMap(key => [{ [key]: 'app.js' }, { [key]: 'node app.js' }, { [key]: 'app.js', script: 'other.js' }, { [key]: '' }, { [key]: 5 }]);
  return [...apps, { cmd: 'app.js', command: 'other.js' }, { command: 'app.js', exec: 'other.js' }, {}, { name: 'only' }].map(app => ({ app }));
}

function interpreters() {
  return INTERPRETERS.flatMap(interpreter => ['app.js', 'job.py', 'app.ts', 'start'].flatMap(script => [
    { app: { script, interpreter } }, { app: { script, interpreter, instances: 2 } }, { app: { script, exec_interpreter: interpreter, exec_mode: 'cluster' } },
  ]));
}

const WORDS = [
  'a b', '--port 3000 -v', '--name="a b" c', "--name='a b'", '"a b" c', "'a b'", 'a="b"', 'x --y=z', '  a   b  ', 'a\tb', '"unclosed a', 'a"b c"d', '--a=\'b c\' "d e" f', '""', '\\"a b\\"', 'a, b', 'é ü',
  '--json={"a":1}', '-e "x=1"',
];

function words() {
  const options = ['args', 'node_args', 'interpreter_args', 'ignore_watch', 'nodeArgs', 'interpreterArgs'];
  const lists = [['a b', 'c'], [1, true, null], [''], [['x']]];
  return options.flatMap(option => each(option, [...WORDS, ...(option === 'args' || option === 'node_args' ? lists : [])]));
}

const DIRECTORIES = ['dist', './dist', '/tmp', '.', '..', '', '~', 'missing', '/', './dist/'];

function directories() {
  return DIRECTORIES.flatMap(cwd => ['app.js', 'main.js', '../app.js', 'missing.js'].map(script => ({ app: { script, cwd } })));
}

const ENVS = [
  {}, { PORT: 3000 }, { A: 'x', B: true, C: 1.5, D: null, E: [1, 2], F: { g: 1 }, G: '' }, { A: UNDEFINED }, { N: NAN }, 'PORT=1', '', null, 5, true, [], [{ name: 'A', value: 1 }],
];

function environments() {
  const base = ENVS.flatMap(env => [entry({ env }), entry({ env, port: 4000 }), entry({ env, exec_mode: 'cluster', instances: 2 })]);
  const blocks = ENVS.map(env_production => ({ ...entry({ env: { A: 'base', B: 1 }, env_production }), env: 'production' }));
  const unselected = ENVS.map(env_production => entry({ env: { A: 'base' }, env_production }));
  const other = [
    { ...entry({ env: { A: 1 } }), env: 'production' }, { ...entry({ env_staging: { A: 1 } }), env: 'production' }, { ...entry({ 'env_a b': { A: 1 } }), env: 'a b' },
    { ...entry({ env_: { A: 1 } }), env: '' }, { ...entry({ envProduction: { A: 1 } }), env: 'production' }, { ...entry({ 'env-production': { A: 1 } }), env: 'production' },
    { ...entry({ port: 4000, env_production: { PORT: 5000 } }), env: 'production' }, { ...entry({ port: 4000, env_production: { B: 1 } }), env: 'production' },
    { ...entry({ append_env_to_name: true, env_production: {} }), env: 'production' }, { ...entry({ append_env_to_name: true, env_production: {} }) },
    { ...entry({ append_env_to_name: true, name: 'x', env_production: { name: 'y' } }), env: 'production' },
  ];
  return [...base, ...blocks, ...unselected, ...other];
}

/** Variables with the names of options: they overwrite them at launch. */
function overwriting() {
  const variables = {
    name: ['renamed', 5], namespace: ['other'], exec_mode: ['cluster', 'cluster_mode', 'fork', 'fork_mode'], instances: [4, '4', 'max', 0], max_restarts: [3, '3', 0], min_uptime: [5000, '10s'], kill_timeout: ['9000', 9000, 0],
    listen_timeout: [9000], wait_ready: [true, 'true', false, 'false', 0], autorestart: [false, 'false', true], watch: ['true', false, true], cron_restart: ['0 3 * * *'], max_memory_restart: ['300M', 300],
    args: ['x y', ['x']], node_args: ['--inspect', ['--inspect']], merge_logs: [true, 'false', false], treekill: [false, 'false'], restart_delay: [100, '100'], exp_backoff_restart_delay: [100], instance_var: ['WORKER'], NODE_APP_INSTANCE: [7, '7'],
    increment_var: ['PORT'], status: ['x'], pm_id: [9], stop_exit_codes: [[0], 1], shutdown_with_message: [true], pmx: [false, 'false'], exec_interpreter: ['python3'], interpreter: ['python3'], cwd: ['/tmp'], script: ['x.js'],
    pm_cwd: ['/tmp'], pm_exec_path: ['/x.js'], source_map_support: [false], vizion: [false], autostart: [true], port: [1], env: ['x'], username: ['x'], time: [true], log_type: ['json'], log_date_format: ['x'],
  };
  return Object.entries(variables).flatMap(([name, values]) => values.flatMap(value => [
    entry({ instances: 2, env: { [name]: value } }),
    { ...entry({ instances: 2, exec_mode: 'fork', kill_timeout: 2000, env: { A: 1 }, env_production: { [name]: value } }), env: 'production' },
  ]));
}

const PATTERNS = [
  '0 3 * * *', '0 0 3 * * *', '*/5 * * * *', '* * * * *', '0 3 * *', '0 3', '0 3 * * * * *', '60 * * * *', '0 24 * * *', '0 0 32 * *', '0 0 * 13 *', '0 0 * * 7', '0 0 * * 8', '0 0 0 * *', '0 0 * 0 *', '0 0 L * *', '0 0 ? * ?', '1-5 * * * *',
  '5-1 * * * *', '*/0 * * * *', '*/90 * * * *', '0,30 * * * *', '0,60 * * * *', 'a * * * *', '0 0 * JAN MON', '0 0 * jan sun-tue', '@daily', '@reboot', '0 0 3 * * MON-FRI', '2030-01-01T00:00:00', '2001-01-01T00:00:00', '', ' ', '0', 0, 5, true,
  [1], '0  3  *  *  *', ' 0 3 * * * ', '0 3 * * * # x', '*/5', '5/10 * * * *', '0-59/5 * * * *', '0 0 1W * *', '0 0 * * 5#2', '0 0 * * 5L', '-1 * * * *', '1.5 * * * *', '0 3 * * ,', ', * * * *', '1- * * * *', '* * * * * *', '00 03 * * *',
];
const SIZES = ['300M', '1G', '512K', '300MB', '300m', '1.5G', '5 M', '300', 'M', 'G', '0', '0M', '9', '', '1e3M', '-1M', '100%', 104857600, 0, -5, 1.5, '١M', '10T', '10B', ' 10M', '10M ', '99999999999999999999G'];
const TIMES = ['10s', '1m', '2h', '500', '5000ms', '50', 50, 99, 100, 1, '1', '0s', 's', '1.5s', '10S', '10 s', '1d', -1, 0, '', 100.5, '3s', '1m30s', '99'];
const CODES = [[0], [0, 1], ['0'], [], 0, 5, '5', '0', ['x'], [null], [1.5], 'x', true, {}];
const LOGS = ['app.log', './logs/app.log', '/tmp/logs/x.log', 'x.txt', 'logs/x', 'NULL', '/dev/null', '/dev/stdout', '~/x.log', '', true, false, 5, null, 'a.log.d/x.log', 'name.LOG'];
const NAMES = ['api', 'my api', 'a/b', 'ünï', 'a-1', '1', 5, '', null, true, ['a'], 'a.b', 'all', ' ', 'a\\b', 'very-long-name-'.repeat(5)];

function constrained() {
  const files = ['out_file', 'error_file', 'log_file', 'pid_file', 'out', 'error', 'log'].flatMap(option => LOGS.flatMap(file => [entry({ [option]: file }), entry({ [option]: file, instances: 2 })]));
  return [
    ...each('cron_restart', PATTERNS), ...each('cron', PATTERNS.slice(0, 8)), ...each('cronRestart', PATTERNS.slice(4, 8)), ...each('max_memory_restart', SIZES), ...each('min_uptime', TIMES),
    ...each('kill_timeout', TIMES), ...each('exp_backoff_restart_delay', TIMES.slice(0, 10)), ...each('stop_exit_codes', CODES), ...files, ...each('name', NAMES), ...each('namespace', NAMES),
    ...[true, false, 'true', 1].flatMap(time => [entry({ time }), entry({ time, log_date_format: 'YYYY' })]),
    ...[true, false, 'x', 1].flatMap(automation => [entry({ automation }), entry({ automation, pmx: true })]),
    ...each('filter_env', [true, false, [], ['HO'], 'HOME', '', ['']]),
    ...each('increment_var', ['PORT', 'WORKER']).map(({ app }) => ({ app: { ...app, instances: 3, env: { PORT: 3000 } } })),
    entry({ instances: 3, increment_var: 'PORT' }), entry({ instances: 3, increment_var: 'PORT', port: 3000 }), entry({ instances: 3, instance_var: 'WORKER' }), entry({ instances: 3, instance_var: 'WORKER', env: { WORKER: 5 } }),
    entry({ disable_trace: true }), entry({ disable_trace: true, trace: true }), entry({ user: 'root' }), entry({ uid: 'root', gid: 'root' }), entry({ uid: 'root', gid: 'no-such-group' }),
  ];
}

/** Keys that PM2 does not know, and what whole entries look like in the field. */
function whole() {
  return [
    entry({ exec_mod: 'cluster', instance: 4, max_memory: '1G', 'exec-mode': 'cluster', ready: true, env_file: '.env', __proto_: 1 }),
    entry({ name: 'api', instances: 'max', exec_mode: 'cluster', watch: false, max_memory_restart: '1G', env: { NODE_ENV: 'development' }, env_production: { NODE_ENV: 'production', PORT: 8080 } }),
    { ...entry({ name: 'api', instances: 4, exec_mode: 'cluster', wait_ready: true, listen_timeout: 10000, kill_timeout: 5000, env: { NODE_ENV: 'development' }, env_production: { NODE_ENV: 'production', PORT: 8080 } }), env: 'production' },
    entry({ name: 'w', autorestart: false, cron_restart: '0 3 * * *', exec_mode: 'fork', time: true, log_date_format: 'YYYY-MM-DD HH:mm Z', error_file: 'logs/err.log', out_file: 'logs/out.log', merge_logs: true }),
    entry({ maxMemoryRestart: '300M', execMode: 'cluster', killTimeout: 4000, restartDelay: 100, errorFile: 'a.log', outFile: 'b.log', logFile: 'c.log', pidFile: 'd.pid', nodeArgs: '--inspect', execInterpreter: 'node', cronRestart: '0 3 * * *', mergeLogs: true }),
    entry({ interpreter: 'node@18' }), entry({ interpreter: 'node@18', exec_mode: 'cluster' }), { app: null }, { app: 5 }, { app: 'app.js' }, { app: [] },
    entry({ node_args: [], args: [] }), entry({ watch: ['src'], ignore_watch: ['node_modules', 'logs'], watch_options: { followSymlinks: false }, watch_delay: 1000 }),
    entry({ post_update: ['npm install'], force: true, io: { tracing: true }, v8: true, event_loop_inspector: true, source_map_support: false, disable_source_map_support: true }),
    { app: { script: 'npm', args: 'start', name: 'web' } }, { app: { script: 'npm', args: 'run start:prod', instances: 2 } }, { app: { script: 'node_modules/next/dist/bin/next', args: 'start -p 3000', instances: 'max' } },
  ];
}

/** Every case once, in a fixed order. */
export function cases(schema) {
  const all = [
    everyValue(schema), everySpelling(schema), instancesAndModes(), scripts(), scriptSpellings(), interpreters(), words(), directories(), environments(), overwriting(), constrained(), whole(),
  ].flat();
  const seen = new Map(all.map(one => [JSON.stringify(one), one]));
  return [...seen.values()];
}
