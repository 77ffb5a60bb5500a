//! "Run it in one worker only", in all the ways that people write it: the workers that reach the job are those that PM2 makes
//! reach it, in cluster mode and in fork mode with several instances, and with one.
//!
//! All checkouts are one: a process file with three apps for each way, whose script registers a job.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends there")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;

/// A way to choose a worker, as a program with `job()` in it.
struct Way {
    program: &'static str,
    /// Options of the app.
    options: &'static str,
    /// Other files beside the program.
    files: &'static [(&'static str, &'static str)],
    /// Per worker: it registers the job (`x`), it does not (`.`), that is not decided (`?`). In cluster mode and in fork mode with
    /// three instances, and in fork mode with one.
    expected: [&'static str; 3],
}

const fn way(program: &'static str, expected: [&'static str; 3]) -> Way {
    Way { program, options: "", files: &[], expected }
}

const FIRST: [&str; 3] = ["x..", "x..", "x"];
const ALL: [&str; 3] = ["xxx", "xxx", "x"];
const NONE: [&str; 3] = ["...", "...", "."];
const UNKNOWN: [&str; 3] = ["???", "???", "?"];

/// `NODE_APP_INSTANCE`, which is a string in both modes, with any number of instances.
const INSTANCE: &[Way] = &[
    way("if (process.env.NODE_APP_INSTANCE === '0') job()", FIRST),
    way("if (process.env.NODE_APP_INSTANCE == 0) job()", FIRST),
    way("if (process.env.NODE_APP_INSTANCE == '0') job()", FIRST),
    way("if (process.env.NODE_APP_INSTANCE === 0) job()", NONE),
    way("(() => { if (process.env.NODE_APP_INSTANCE !== 0) return; job() })()", NONE),
    way("if (Number(process.env.NODE_APP_INSTANCE) === 0) job()", FIRST),
    way("if (+process.env.NODE_APP_INSTANCE === 0) job()", FIRST),
    way("if (parseInt(process.env.NODE_APP_INSTANCE, 10) === 0) job()", FIRST),
    Way {
        options: "env: { NODE_APP_INSTANCE: '' }",
        ..way("if (Number(process.env.NODE_APP_INSTANCE) === 0) job()", ALL)
    },
    way("if (parseInt(process.env.NODE_APP_INSTANCE || '0', 10) === 0) job()", FIRST),
    way("if (Number(process.env.NODE_APP_INSTANCE ?? 0) === 0) job()", FIRST),
    way("if ((+process.env.NODE_APP_INSTANCE || 0) === 0) job()", FIRST),
    way("const x = process.env.NODE_APP_INSTANCE; if (!x || x === '0') job()", FIRST),
    way("const x = process.env.NODE_APP_INSTANCE; if (x === undefined || x === '0') job()", FIRST),
    way("if ([undefined, '0'].includes(process.env.NODE_APP_INSTANCE)) job()", FIRST),
    way("const env = { ...process.env }; if (env.NODE_APP_INSTANCE === '0') job()", FIRST),
    way("global.env = process.env; if (env.NODE_APP_INSTANCE === '0') job()", FIRST),
    way("worker = process.env.NODE_APP_INSTANCE; if (globalThis.worker === '0') job()", FIRST),
    way("const env = Object.assign({}, process.env); if (env.NODE_APP_INSTANCE === '0') job()", FIRST),
    way("const { HOME, ...env } = process.env; if (env.NODE_APP_INSTANCE === '0') job()", FIRST),
    way("if ((process.env.NODE_APP_INSTANCE ?? '0') === '0') job()", FIRST),
    way("const x = process.env.NODE_APP_INSTANCE; if (x ? x === '0' : true) job()", FIRST),
    way("if (!process.env.NODE_APP_INSTANCE) job()", NONE),
    way("if (process.env.NODE_APP_INSTANCE) job()", ALL),
    way("const x = process.env.NODE_APP_INSTANCE; if (x == null || x == '0') job()", FIRST),
    way("const x = process.env.NODE_APP_INSTANCE; (() => { if (x != null && x != '0') return; job() })()", FIRST),
    way("if (process.env.NODE_APP_INSTANCE < 1) job()", FIRST),
    way("if (process.env.NODE_APP_INSTANCE <= 0) job()", FIRST),
    way("if (process.env.NODE_APP_INSTANCE == false) job()", FIRST),
    way("if (Boolean(Number(process.env.NODE_APP_INSTANCE)) === false) job()", FIRST),
    way("if (process.env.NODE_APP_INSTANCE === '1') job()", [".x.", ".x.", "."]),
    way("switch (process.env.NODE_APP_INSTANCE) { case 0: job() }", NONE),
    way(
        "switch (process.env.NODE_APP_INSTANCE) { case '1': break; case '2': case '0': job(); break; default: }",
        ["x.x", "x.x", "x"],
    ),
    way("if (process.env.NODE_APP_INSTANCE % 2 === 1) job()", [".x.", ".x.", "."]),
    way("const { NODE_APP_INSTANCE = 0 } = process.env; if (NODE_APP_INSTANCE === 0) job()", NONE),
    way("const { NODE_APP_INSTANCE: n } = process.env; if (n === '0') job()", FIRST),
    way("if (process.env['NODE_APP_INSTANCE'] === '0') job()", FIRST),
    way("if (process?.env?.NODE_APP_INSTANCE === '0') job()", FIRST),
    way(
        "const { cleanEnv, num } = require('envalid'); const env = cleanEnv(process.env, { NODE_APP_INSTANCE: num({ default: 0 }) }); if (env.NODE_APP_INSTANCE === 0) job()",
        FIRST,
    ),
    way(
        "const { z } = require('zod'); const env = z.object({ NODE_APP_INSTANCE: z.coerce.number().int().default(0) }).parse(process.env); if (env.NODE_APP_INSTANCE === 0) job()",
        FIRST,
    ),
    way(
        "const { z } = require('zod'); const { data } = z.object({ NODE_APP_INSTANCE: z.string().optional().transform((n) => n === undefined || n === '0') }).safeParse(process.env); if (data.NODE_APP_INSTANCE) job()",
        FIRST,
    ),
    way(
        "const convict = require('convict'); const config = convict({ instance: { format: 'int', default: 0, env: 'NODE_APP_INSTANCE' } }); if (config.get('instance') === 0) job()",
        FIRST,
    ),
    way(
        "const Joi = require('joi'); const { value: env } = Joi.object({ NODE_APP_INSTANCE: Joi.number().default(0) }).unknown().validate(process.env); if (env.NODE_APP_INSTANCE === 0) job()",
        FIRST,
    ),
    Way {
        files: &[(
            "config.js",
            "exports.instance = process.env.NODE_APP_INSTANCE; exports.isLeader = () => exports.instance === '0'",
        )],
        ..way("const config = require('./config'); if (config.isLeader()) job()", FIRST)
    },
    Way {
        files: &[(
            "config.mjs",
            "export const instance = Number(process.env.NODE_APP_INSTANCE || 0); export default { instance }",
        )],
        ..way("import('./config.mjs').then(({ instance }) => { if (instance === 0) job() })", FIRST)
    },
    Way { options: "instance_var: 'INSTANCE_ID'", ..way("if (process.env.NODE_APP_INSTANCE === '0') job()", NONE) },
    Way { options: "instance_var: 'INSTANCE_ID'", ..way("if (process.env.INSTANCE_ID === '0') job()", FIRST) },
    way("if (process.env.INSTANCE_ID === '0') job()", NONE),
    Way { options: "env: { NODE_APP_INSTANCE: 0 }", ..way("if (process.env.NODE_APP_INSTANCE === '0') job()", ALL) },
    Way { options: "env: { NODE_APP_INSTANCE: 1 }", ..way("if (process.env.NODE_APP_INSTANCE === '0') job()", NONE) },
    way("if (process.env['NODE APP INSTANCE'] === '0') job()", NONE),
    way("delete process.env.NODE_APP_INSTANCE; if (process.env.NODE_APP_INSTANCE === '0') job()", NONE),
    way("delete process.env.NODE_APP_INSTANCE; if (!process.env.NODE_APP_INSTANCE) job()", ALL),
    way("if (process.env.instances === '3') job()", ["xxx", "xxx", "."]),
    way("if (process.env.NODE_APP_INSTANCE === '0') job(); delete process.env.NODE_APP_INSTANCE", FIRST),
    // A file of variables does not change those that are set, unless it is told to.
    Way {
        files: &[(".env", "NODE_APP_INSTANCE=0")],
        ..way(
            "require('dotenv').config({ path: __dirname + '/.env' }); if (process.env.NODE_APP_INSTANCE === '0') job()",
            FIRST,
        )
    },
    Way {
        files: &[(".env", "NODE_APP_INSTANCE=0")],
        ..way(
            "require('dotenv').config({ path: __dirname + '/.env', override: true }); if (process.env.NODE_APP_INSTANCE === '0') job()",
            ALL,
        )
    },
    Way {
        files: &[(".env", "NODE_APP_INSTANCE=1")],
        ..way(
            "require('dotenv').config({ path: __dirname + '/.env', override: true }); if (process.env.NODE_APP_INSTANCE === '0') job()",
            NONE,
        )
    },
    Way {
        options: "increment_var: 'PORT', env: { PORT: 3000 }",
        ..way("if (process.env.PORT === '3000') job()", FIRST)
    },
    // Options that switch a job, and what starts one.
    way("cron.schedule('* * * * *', work, { scheduled: process.env.NODE_APP_INSTANCE === '0' })", FIRST),
    way("cron.schedule('* * * * *', work, { scheduled: process.env.NODE_APP_INSTANCE === 0 })", NONE),
    way(
        "const { CronJob } = require('cron'); new CronJob('* * * * *', work, null, process.env.NODE_APP_INSTANCE === '0')",
        FIRST,
    ),
    way(
        "const { CronJob } = require('cron'); const one = new CronJob('* * * * *', work); if (process.env.NODE_APP_INSTANCE === '0') one.start()",
        FIRST,
    ),
    way(
        "const { CronJob } = require('cron'); const one = new CronJob('* * * * *', work); if (process.env.NODE_APP_INSTANCE === 0) one.start()",
        NONE,
    ),
    way("const { CronJob } = require('cron'); new CronJob('* * * * *', work)", NONE),
    way("cron.schedule('* * * * *', work, { scheduled: require('fs').readFileSync('/etc/on').length > 0 })", UNKNOWN),
];

/// `pm_id`, which other apps have a part in.
const PM_ID: &[Way] = &[
    way("if (process.env.pm_id === '0') job()", UNKNOWN),
    way("if (process.env.pm_id === 0) job()", NONE),
    way("if (process.env.pm_id == 0) job()", UNKNOWN),
    way("(() => { if (process.env.pm_id % require('os').cpus().length !== 0) return; job() })()", UNKNOWN),
    way("if (process.env.pm_id === undefined) job()", NONE),
    way("if ('pm_id' in process.env) job()", ALL),
    way("if (process.env.PM2_HOME) job()", ALL),
    way("if (typeof process.env.pm_id !== 'undefined') job()", ALL),
    way(
        "require('pm2').list((error, list) => { const ids = list.filter((one) => one.name === process.env.name).map((one) => one.pm_id); if (Math.min(...ids) === Number(process.env.pm_id)) job() })",
        UNKNOWN,
    ),
    // The command line sets it, `pm2-runtime` does not.
    way("if (process.env.PM2_USAGE) job()", UNKNOWN),
    way("if (process.env.PM2_USAGE === 'CLI') job()", UNKNOWN),
];

/// Workers that come to terms with each other over PM2's bus or list.
const BUS: &[Way] = &[
    way(
        "require('pm2').connect(() => require('pm2').list((error, list) => { if (list && list[0].pm_id == process.env.pm_id) job() }))",
        UNKNOWN,
    ),
    way(
        "const pm2 = require('pm2'); const { promisify } = require('util'); (async () => { const list = await promisify(pm2.list).call(pm2); if (list[0].pm_id == process.env.pm_id) job() })()",
        UNKNOWN,
    ),
    way(
        "require('pm2').launchBus((error, bus) => bus.on('process:msg', ({ data }) => { if (data.leader === process.env.pm_id) job() }))",
        UNKNOWN,
    ),
    way(
        "process.on('message', (packet) => { if (packet.data && packet.data.leader === process.env.pm_id) job() }); process.send({ type: 'process:msg', data: {} })",
        UNKNOWN,
    ),
    way("process.on('message', (message) => { if (message === 'lead') job() })", UNKNOWN),
];

/// The `cluster` module, to which PM2's cluster workers are workers, and its forked processes primaries.
const CLUSTER: &[Way] = &[
    way("if (require('cluster').isMaster) job()", ["...", "xxx", "x"]),
    way("const cluster = require('node:cluster'); if (cluster.isPrimary) job()", ["...", "xxx", "x"]),
    way("if (!require('cluster').isWorker) job()", ["...", "xxx", "x"]),
    way("if (require('cluster').worker?.id === 1) job()", ["???", "...", "."]),
    way("const { worker } = require('cluster'); if (worker && worker.id % 2 === 0) job()", ["???", "...", "."]),
    way("if (require('worker_threads').isMainThread) job()", ALL),
    // The last is the worker that the app forks itself.
    way("const cluster = require('cluster'); if (cluster.isPrimary) { job(); cluster.fork() }", ["...", "xxx.", "x."]),
];

/// One script for several purposes.
const SPLIT: &[Way] = &[
    Way { options: "args: '--cron'", ..way("if (process.argv.includes('--cron')) job()", ALL) },
    way("if (process.argv.includes('--cron')) job()", NONE),
    Way { options: "env: { ROLE: 'cron' }", ..way("if (process.env.ROLE === 'cron') job()", ALL) },
    way("if (process.env.ROLE === 'cron') job()", NONE),
    way("if (process.env.ENABLE_CRON !== 'false') job()", ALL),
    Way { options: "env: { ENABLE_CRON: false }", ..way("if (process.env.ENABLE_CRON) job()", ALL) },
    Way { options: "env: { ENABLE_CRON: false }", ..way("if (process.env.ENABLE_CRON === 'true') job()", NONE) },
    way("if (process.env.name.startsWith('way')) job()", ALL),
    way("if (process.env.name === 'cron') job()", NONE),
    way("if (process.env.pm_exec_path) job()", ALL),
    way("if (process.env.exec_mode === 'cluster_mode') job()", ["xxx", "...", "."]),
];

/// How each worker reaches an effect.
fn marks(effect: &Json) -> String {
    let mark = |reach: &Json| match reach.as_str().unwrap() {
        "yes" => 'x',
        "maybe" => '?',
        _ => '.',
    };
    effect["reach"].as_array().unwrap().iter().map(mark).collect()
}

fn write(root: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// What `pm2lint fleet` says of a checkout.
fn fleet(root: &Path) -> Json {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pm2lint"));
    let output = command.args(["fleet", "--format", "json", "--root"]).arg(root).arg(root).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// How the workers of an app reach its job.
fn reach(app: &Json) -> String {
    let jobs = app["effects"].as_array().unwrap().iter().find(|effect| effect["kind"] == "schedule");
    jobs.map_or_else(|| ".".repeat(app["workers"].as_array().unwrap().len()), marks)
}

fn check(ways: &[Way]) {
    let folder = tempfile::tempdir().unwrap();
    let mut config = String::from("module.exports = { apps: [\n");
    for (index, way) in ways.iter().enumerate() {
        let own = folder.path().join(format!("way{index}"));
        fs::create_dir(&own).unwrap();
        let program = format!(
            "const cron = require('node-cron');\nfunction work() {{ fetch('/x') }}\nfunction job() {{ cron.schedule('* * * * *', work) }}\n{}\n",
            way.program
        );
        fs::write(own.join("app.js"), program).unwrap();
        way.files.iter().for_each(|(name, text)| fs::write(own.join(name), text).unwrap());
        for (mode, instances) in [("cluster", 3), ("fork", 3), ("fork", 1)] {
            let options = way.options;
            writeln!(config, "{{ name: 'way{index}-{mode}{instances}', script: 'way{index}/app.js', exec_mode: '{mode}', instances: {instances}, {options} }},").unwrap();
        }
    }
    fs::write(folder.path().join("ecosystem.config.js"), config + "] }").unwrap();
    let fleet = fleet(folder.path());
    let apps = fleet["apps"].as_array().unwrap();
    assert_eq!(apps.len(), ways.len() * 3);
    let mut wrong = String::new();
    for (way, apps) in ways.iter().zip(apps.chunks(3)) {
        let computed: Vec<String> = apps.iter().map(reach).collect();
        if computed != way.expected {
            writeln!(wrong, "{} ({}): {computed:?}, not {:?}", way.program, way.options, way.expected).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn guards_by_instance_number() {
    check(INSTANCE);
}

#[test]
fn guards_by_pm_id() {
    check(PM_ID);
}

#[test]
fn guards_by_messages() {
    check(BUS);
}

#[test]
fn guards_by_the_cluster_module() {
    check(CLUSTER);
}

#[test]
fn scripts_with_several_purposes() {
    check(SPLIT);
}

/// A job inside which `take` decides, of all that `setup` made, and whether the other workers are kept out.
struct Lock {
    setup: &'static str,
    take: &'static str,
    coordinates: bool,
}

const fn coordinates(setup: &'static str, take: &'static str) -> Lock {
    Lock { setup, take, coordinates: true }
}

const fn leaves_all(setup: &'static str, take: &'static str) -> Lock {
    Lock { setup, take, coordinates: false }
}

const LOCKS: &[Lock] = &[
    coordinates(
        "const Redlock = require('redlock').default; const redlock = new Redlock([new (require('ioredis'))()], { retryCount: 0 })",
        "const lock = await redlock.acquire(['job'], 60000);",
    ),
    coordinates(
        "const Redlock = require('redlock'); const redlock = new Redlock([new (require('ioredis'))()])",
        "const lock = await redlock.lock('job', 60000);",
    ),
    coordinates(
        "const Redis = require('ioredis'); const redis = new Redis()",
        "if (!(await redis.set('job', 1, 'NX', 'EX', 60))) return;",
    ),
    coordinates(
        "const Redis = require('ioredis'); const redis = new Redis()",
        "if (!(await redis.set('job', 1, 'PX', 60000, 'NX'))) return;",
    ),
    coordinates(
        "const redis = require('redis').createClient()",
        "const won = await redis.set('job', '1', { NX: true, EX: 60 }); if (!won) return;",
    ),
    // An answer that nobody looks at stops nobody.
    leaves_all(
        "const Redis = require('ioredis'); const redis = new Redis()",
        "await redis.set('job', 1, 'NX', 'EX', 60);",
    ),
    leaves_all(
        "const redis = require('redis').createClient()",
        "const won = await redis.setNX('job', '1'); console.log(won);",
    ),
    coordinates(
        "const redis = require('redis').createClient(); const take = async () => (await redis.set('job', '1', { NX: true, EX: 60 })) === 'OK'",
        "if (await take()) await fetch('/y'); return;",
    ),
    coordinates(
        "const redis = require('redis').createClient()",
        "return redis.set('job', '1', { NX: true, EX: 60 }).then((won) => won && fetch('/y'));",
    ),
    coordinates(
        "const Redis = require('ioredis'); const redis = new Redis()",
        "redis.set('job', 1, 'NX', 'EX', 60, (error, won) => { if (won) fetch('/y') }); return;",
    ),
    coordinates(
        "const { Mutex } = require('redis-semaphore'); const Redis = require('ioredis'); const mutex = new Mutex(new Redis(), 'job')",
        "if (!(await mutex.tryAcquire())) return;",
    ),
    // The others wait for their turn, and then run it as well.
    leaves_all(
        "const { Mutex } = require('redis-semaphore'); const Redis = require('ioredis'); const mutex = new Mutex(new Redis(), 'job')",
        "await mutex.acquire();",
    ),
    coordinates(
        "const { Pool } = require('pg'); const db = new Pool()",
        "const { rows } = await db.query('SELECT pg_try_advisory_lock(42) AS won'); if (!rows[0].won) return;",
    ),
    leaves_all(
        "const { Pool } = require('pg'); const db = new Pool()",
        "await db.query('SELECT pg_advisory_xact_lock(42)');",
    ),
    coordinates(
        "const db = require('mysql2/promise').createPool({})",
        "const [[{ won }]] = await db.query(`SELECT GET_LOCK('job', 0) AS won`); if (!won) return;",
    ),
    coordinates(
        "const { MongoClient } = require('mongodb'); const jobs = new MongoClient('mongodb://db').db('shop').collection('jobs')",
        "const won = await jobs.findOneAndUpdate({ name: 'job', lockedUntil: { $lt: new Date() } }, { $set: { lockedUntil: new Date(Date.now() + 60000) } }); if (!won) return;",
    ),
    coordinates(
        "const { Pool } = require('pg'); const db = new Pool()",
        "const { rows } = await db.query('DELETE FROM jobs WHERE id IN (SELECT id FROM jobs FOR UPDATE SKIP LOCKED) RETURNING *'); for (const row of rows) await fetch(row.url); return;",
    ),
    // The one whose insert succeeds does the work.
    coordinates(
        "const { MongoClient } = require('mongodb'); const runs = new MongoClient('mongodb://db').db('shop').collection('runs')",
        "try { await runs.insertOne({ job: 'nightly', day: day() }) } catch (error) { if (error.code === 11000) return; throw error }",
    ),
    coordinates(
        "const { MongoClient } = require('mongodb'); const runs = new MongoClient('mongodb://db').db('shop').collection('runs')",
        "try { await runs.insertOne({ _id: 'nightly' }) } catch { return }",
    ),
    coordinates(
        "const { Pool } = require('pg'); const db = new Pool()",
        "try { await db.query('INSERT INTO runs (day) VALUES (CURRENT_DATE)') } catch (error) { if (error.code !== '23505') throw error; return }",
    ),
    coordinates(
        "const { PrismaClient } = require('@prisma/client'); const db = new PrismaClient()",
        "try { await db.run.create({ data: { day: 1 } }) } catch (error) { if (error.code === 'P2002') return; throw error }",
    ),
    leaves_all(
        "const { Pool } = require('pg'); const db = new Pool()",
        "try { await db.query('INSERT INTO runs (day) VALUES (CURRENT_DATE)') } catch (error) { console.error(error) }",
    ),
    // A leader, found by an id that each makes for itself.
    coordinates(
        "const redis = require('redis').createClient(); const id = require('crypto').randomUUID()",
        "if ((await redis.get('leader')) !== id) return;",
    ),
    coordinates(
        "const redis = require('redis').createClient(); const { v4 } = require('uuid'); const id = `worker-${v4()}`",
        "const leader = await redis.get('leader'); if (leader !== id) return;",
    ),
    coordinates(
        "const redis = require('redis').createClient()",
        "const leader = await redis.get('leader'); if (Number(leader) !== process.pid) return;",
    ),
    leaves_all(
        "const redis = require('redis').createClient()",
        "const isOn = await redis.get('jobs'); if (!isOn) return;",
    ),
    coordinates("const lockfile = require('proper-lockfile')", "await lockfile.lock('job.lock');"),
    coordinates("const fs = require('fs')", "try { fs.openSync('job.lock', 'wx'); } catch { return; }"),
    // Mutexes within one process.
    leaves_all(
        "const { Mutex } = require('async-mutex'); const mutex = new Mutex()",
        "const release = await mutex.acquire();",
    ),
    leaves_all("const limit = require('p-limit')(1)", "await limit(() => fetch('/y'));"),
    leaves_all("let isRunning = false", "if (isRunning) return; isRunning = true;"),
];

/// Elections before a job is registered, and what is none.
const ELECTIONS: &[(&str, bool)] = &[
    (
        "const redis = require('redis').createClient(); redis.set('leader', '1', { NX: true }).then((won) => { if (won) cron.schedule('* * * * *', work) })",
        true,
    ),
    (
        "const redis = require('redis').createClient(); const id = require('crypto').randomUUID(); redis.get('leader').then((leader) => { if (leader === id) cron.schedule('* * * * *', work) })",
        true,
    ),
    (
        "const redis = require('redis').createClient(); redis.get('jobs').then((jobs) => { if (jobs === 'on') cron.schedule('* * * * *', work) })",
        false,
    ),
];

/// Options by which the scheduler itself coordinates, or seems to.
const SCHEDULERS: &[(&str, bool)] = &[
    ("require('node-cron').schedule('* * * * *', work, { distributed: true })", true),
    ("require('node-cron').schedule('* * * * *', work, { noOverlap: true })", false),
    ("new (require('croner').Cron)('* * * * *', { protect: true }, work)", false),
    (
        "require('cron').CronJob.from({ cronTime: '* * * * * *', onTick: work, waitForCompletion: true, start: true })",
        false,
    ),
];

/// Which of the programs, each an app with three workers, have a job that every worker runs.
fn repeated(programs: &[String]) -> Vec<bool> {
    let folder = tempfile::tempdir().unwrap();
    let mut config = String::from("module.exports = { apps: [\n");
    for (index, program) in programs.iter().enumerate() {
        fs::write(folder.path().join(format!("{index}.js")), program).unwrap();
        writeln!(config, "{{ name: '{index}', script: '{index}.js', exec_mode: 'cluster', instances: 3 }},").unwrap();
    }
    fs::write(folder.path().join("ecosystem.config.js"), config + "] }").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_pm2lint"));
    let output = command.args(["check", "--select", "unguarded-cron", "--format", "json", "--root"]);
    let output = output.arg(folder.path()).arg(folder.path()).output().unwrap();
    let report: Json = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let is_found = |index: usize| findings.iter().any(|one| one["location"]["file"] == format!("{index}.js"));
    (0..programs.len()).map(is_found).collect()
}

#[test]
fn locks_inside_the_job() {
    let program = |Lock { setup, take, .. }: &Lock| {
        format!(
            "const cron = require('node-cron');\n{setup};\ncron.schedule('* * * * *', async () => {{ {take} await fetch('/x'); }});\n"
        )
    };
    let programs: Vec<String> = LOCKS.iter().map(program).collect();
    for (lock, is_repeated) in LOCKS.iter().zip(repeated(&programs)) {
        assert_eq!(is_repeated, !lock.coordinates, "{}; {}", lock.setup, lock.take);
    }
}

#[test]
fn elections_of_a_leader() {
    let program = |(program, _): &(&str, bool)| {
        format!("const cron = require('node-cron');\nconst work = () => fetch('/x');\n{program};\n")
    };
    let programs: Vec<String> = ELECTIONS.iter().map(program).collect();
    for ((program, elects), is_repeated) in ELECTIONS.iter().zip(repeated(&programs)) {
        assert_eq!(is_repeated, !elects, "{program}");
    }
}

#[test]
fn schedulers_that_coordinate() {
    let program = |(call, _): &(&str, bool)| format!("const work = () => fetch('/x');\n{call};\n");
    let programs: Vec<String> = SCHEDULERS.iter().map(program).collect();
    for ((call, coordinates), is_repeated) in SCHEDULERS.iter().zip(repeated(&programs)) {
        assert_eq!(is_repeated, !coordinates, "{call}");
    }
}

/// Two apps of one checkout: the job is where the root module imports it.
#[test]
fn jobs_of_nest_belong_to_the_app_whose_root_module_has_them() {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("package.json", r#"{ "dependencies": { "@nestjs/core": "10", "@nestjs/schedule": "4" } }"#),
        ("tsconfig.json", r#"{ "compilerOptions": { "rootDir": "src", "outDir": "dist", "experimentalDecorators": true } }"#),
        ("ecosystem.config.js", "module.exports = { apps: [
            { name: 'api', script: 'dist/main.js', exec_mode: 'cluster', instances: 2 },
            { name: 'worker', script: 'dist/worker.js', exec_mode: 'fork', instances: 1 },
        ] }"),
        ("src/main.ts", "import { NestFactory } from '@nestjs/core'; import { ApiModule } from './api.module';
            async function bootstrap() { const app = await NestFactory.create(ApiModule); await app.listen(3000); } bootstrap();"),
        ("src/api.module.ts", "import { Module } from '@nestjs/common'; import { Jobs } from './jobs';
            @Module({ providers: [] }) export class ApiModule {}"),
        ("src/worker.ts", "import { NestFactory } from '@nestjs/core'; import { WorkerModule } from './worker.module';
            async function bootstrap() { await NestFactory.createApplicationContext(WorkerModule); } bootstrap();"),
        ("src/worker.module.ts", "import { Module } from '@nestjs/common'; import { ScheduleModule } from '@nestjs/schedule'; import { Jobs } from './jobs';
            @Module({ imports: [ScheduleModule.forRoot()], providers: [Jobs] }) export class WorkerModule {}"),
        ("src/jobs.ts", "import { Injectable } from '@nestjs/common'; import { Cron } from '@nestjs/schedule';
            @Injectable() export class Jobs {
              @Cron('0 3 * * *') nightly() { return fetch('/x'); }
            }"),
    ];
    write(folder.path(), &files);
    let fleet = fleet(folder.path());
    let reached: Vec<(&str, String)> =
        fleet["apps"].as_array().unwrap().iter().map(|app| (app["name"].as_str().unwrap(), reach(app))).collect();
    assert_eq!(reached, [("api", "..".into()), ("worker", "x".into())]);
}

/// `disabled` is an option like any other: it was not looked at worker by worker.
#[test]
fn jobs_of_nest_may_be_disabled_in_all_workers_but_one() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[
            ("package.json", r#"{ "dependencies": { "@nestjs/core": "10", "@nestjs/schedule": "4" } }"#),
            ("tsconfig.json", r#"{ "compilerOptions": { "rootDir": "src", "outDir": "dist" } }"#),
            (
                "ecosystem.config.js",
                "module.exports = { apps: [{ name: 'api', script: 'dist/main.js', exec_mode: 'cluster', instances: 3 }] }",
            ),
            (
                "src/main.ts",
                "import { NestFactory } from '@nestjs/core'; import { Module } from '@nestjs/common';
            import { ScheduleModule } from '@nestjs/schedule'; import { Jobs } from './jobs';
            @Module({ imports: [ScheduleModule.forRoot()], providers: [Jobs] }) class AppModule {}
            async function bootstrap() { await NestFactory.createApplicationContext(AppModule); } bootstrap();",
            ),
            (
                "src/jobs.ts",
                "import { Injectable } from '@nestjs/common'; import { Cron } from '@nestjs/schedule';
            const isFirst = process.env.NODE_APP_INSTANCE === '0';
            @Injectable() export class Jobs {
              @Cron('0 3 * * *', { disabled: !isFirst }) first() { return fetch('/x'); }
              @Cron('0 4 * * *', { disabled: process.env.NODE_APP_INSTANCE !== 0 }) none() { return fetch('/x'); }
              @Cron('0 5 * * *', { disabled: process.env.ROLE === 'web' }) all() { return fetch('/x'); }
            }",
            ),
        ],
    );
    let fleet = fleet(folder.path());
    let effects = fleet["apps"][0]["effects"].as_array().unwrap();
    let jobs: Vec<String> = effects.iter().filter(|effect| effect["kind"] == "schedule").map(marks).collect();
    assert_eq!(jobs, ["x..", "...", "xxx"]);
}

/// A number that one environment sets counts in that one alone.
#[test]
fn numbers_set_for_one_environment() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[
            (
                "ecosystem.config.js",
                "module.exports = { apps: [{ name: 'api', script: 'app.js', exec_mode: 'cluster', instances: 3,
            env_production: { NODE_APP_INSTANCE: '0' }, env_staging: { NODE_APP_INSTANCE: '1' } }] }",
            ),
            (
                "app.js",
                "if (process.env.NODE_APP_INSTANCE === '0') require('node-cron').schedule('* * * * *', () => fetch('/x'))",
            ),
        ],
    );
    let fleet = fleet(folder.path());
    let reached: Vec<(Option<&str>, String)> =
        fleet["apps"].as_array().unwrap().iter().map(|app| (app["env"].as_str(), reach(app))).collect();
    assert_eq!(reached, [(None, "x..".into()), (Some("production"), "xxx".into()), (Some("staging"), "...".into())]);
}

/// `cron_restart` with `autorestart: false` runs a script at its times, and it ends by itself: there is nothing to guard.
#[test]
fn a_job_that_pm2_starts_is_no_schedule_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[
            (
                "ecosystem.config.js",
                "module.exports = { apps: [{ name: 'nightly', script: 'app.js', exec_mode: 'fork', instances: 1,
            cron_restart: '0 3 * * *', autorestart: false }] }",
            ),
            ("app.js", "fetch('/x').then(() => process.exit(0), () => process.exit(1))"),
        ],
    );
    let output = Command::new(env!("CARGO_BIN_EXE_pm2lint"))
        .args(["check", "--root"])
        .arg(folder.path())
        .arg(folder.path())
        .output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(reach(&fleet(folder.path())["apps"][0]), ".");
}

/// Generated conditions, with what Node made of each in every worker of `api`: `tests/oracle/guards.mjs` recorded them.
#[test]
fn conditions_come_out_as_in_node() {
    let folder = tempfile::tempdir().unwrap();
    let recorded = fs::read_to_string(format!("{}/testdata/oracle/guards.jsonl", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let recorded: Vec<Json> = recorded.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let config = "module.exports = { apps: [{ name: 'api', script: 'app.js', instances: 4, exec_mode: 'cluster',
        env: { NODE_ENV: 'production', ROLE: 'cron,web', PORT: 3000, EMPTY: '' } }] }";
    fs::write(folder.path().join("ecosystem.config.js"), config).unwrap();
    let mut program = String::from("const cron = require('node-cron');\n");
    for record in &recorded {
        writeln!(program, "if ({}) cron.schedule('* * * * *', () => fetch('/x'));", record["guard"].as_str().unwrap())
            .unwrap();
    }
    fs::write(folder.path().join("app.js"), program).unwrap();
    let fleet = fleet(folder.path());
    let effects = fleet["apps"][0]["effects"].as_array().unwrap();
    let (mut undecided, mut wrong) = (0, String::new());
    for (position, record) in recorded.iter().enumerate() {
        let node: String =
            record["holds"].as_array().unwrap().iter().map(|holds| if *holds == true { 'x' } else { '.' }).collect();
        let ours = effects.iter().find(|effect| effect["line"] == position + 2).map_or("....".into(), marks);
        undecided += usize::from(ours.contains('?'));
        let contradicts = ours.chars().zip(node.chars()).any(|(ours, node)| ours != '?' && ours != node);
        if contradicts {
            writeln!(wrong, "{}: {ours}, Node has {node}", record["guard"]).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(undecided * 20 < recorded.len(), "{undecided} of {} are needlessly undecided", recorded.len());
}
