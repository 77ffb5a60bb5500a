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
];

/// `pm_id`, which other apps have a part in.
const PM_ID: &[Way] = &[
    way("if (process.env.pm_id === '0') job()", ["???", "???", "?"]),
    way("if (process.env.pm_id === 0) job()", NONE),
    way("if (process.env.pm_id == 0) job()", ["???", "???", "?"]),
    way("(() => { if (process.env.pm_id % require('os').cpus().length !== 0) return; job() })()", ["???", "???", "?"]),
    way("if (process.env.pm_id === undefined) job()", NONE),
    way("if ('pm_id' in process.env) job()", ALL),
    way("if (process.env.PM2_HOME) job()", ALL),
    way("if (typeof process.env.pm_id !== 'undefined') job()", ALL),
    way(
        "require('pm2').list((error, list) => { const ids = list.filter((one) => one.name === process.env.name).map((one) => one.pm_id); if (Math.min(...ids) === Number(process.env.pm_id)) job() })",
        ["???", "???", "?"],
    ),
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
            "const cron = require('node-cron');\nfunction job() {{ cron.schedule('* * * * *', () => fetch('/x')) }}\n{}\n",
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
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let fleet = fleet(folder.path());
    let reached: Vec<(&str, String)> =
        fleet["apps"].as_array().unwrap().iter().map(|app| (app["name"].as_str().unwrap(), reach(app))).collect();
    assert_eq!(reached, [("api", "..".into()), ("worker", "x".into())]);
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
