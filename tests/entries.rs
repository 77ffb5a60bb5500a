//! From the script that PM2 is given to the source, and from there through whatever imports to the job: each checkout has one
//! job in its app, and the fleet shows it at its line.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends there")]

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use serde_json::Value as Json;

/// A checkout: its files, and where its jobs are.
struct Checkout {
    about: &'static str,
    files: &'static [(&'static str, &'static str)],
    jobs: &'static [&'static str],
}

/// A process file of one app.
macro_rules! app {
    ($options:literal) => {
        ("ecosystem.config.js", concat!("module.exports = { apps: [{ name: 'app', ", $options, " }] }"))
    };
}

/// A program whose second line is a job.
const JOB: &str = "const cron = require('node-cron');\ncron.schedule('0 3 * * *', () => fetch('/x'));\n";
/// The same as a module.
const MODULE: &str = "import cron from 'node-cron';\ncron.schedule('0 3 * * *', () => fetch('/x'));\n";
/// A function that is the job's only way.
const START: &str =
    "import cron from 'node-cron';\nexport const start = () => cron.schedule('0 3 * * *', () => fetch('/x'));\n";

const IMPORTS: &[Checkout] = &[
    Checkout {
        about: "a chain of promises, of which an earlier one waits itself",
        files: &[
            app!("script: 'app.js'"),
            (
                "app.js",
                "const load = async () => { await fetch('/x'); return require('./start'); };
Promise.resolve().then(() => load()).then((loaded) => loaded.start());",
            ),
            ("start.js", START),
        ],
        jobs: &["start.js:2"],
    },
    Checkout {
        about: "all modules of a folder, by a promise of its names",
        files: &[
            app!("script: 'app.mjs'"),
            (
                "app.mjs",
                "import { readdir } from 'node:fs/promises'; import path from 'node:path'; import { fileURLToPath, pathToFileURL } from 'node:url';
const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), 'jobs');
for (const file of await readdir(folder)) {
  const { start } = await import(pathToFileURL(path.join(folder, file)).href);
  start();
}",
            ),
            ("jobs/nightly.mjs", START),
        ],
        jobs: &["jobs/nightly.mjs:2"],
    },
    Checkout {
        about: "an index file, and a folder with a package.json",
        files: &[
            app!("script: 'app.js'"),
            ("app.js", "require('./jobs'); require('./more')"),
            ("jobs/index.js", JOB),
            ("more/package.json", r#"{ "main": "lib/main" }"#),
            ("more/lib/main.js", JOB),
        ],
        jobs: &["jobs/index.js:2", "more/lib/main.js:2"],
    },
    Checkout {
        about: "a package's own #imports and exports by its own name",
        files: &[
            app!("script: 'app.mjs'"),
            (
                "package.json",
                r##"{ "name": "shop", "imports": { "#jobs/*": "./src/jobs/*.js" }, "exports": { "./late": { "import": "./src/late.mjs", "require": "./src/none.js" } } }"##,
            ),
            ("app.mjs", "import '#jobs/night'; import 'shop/late';"),
            ("src/jobs/night.js", JOB),
            ("src/late.mjs", MODULE),
        ],
        jobs: &["src/jobs/night.js:2", "src/late.mjs:2"],
    },
    Checkout {
        about: "a workspace of npm or yarn, by its exports",
        files: &[
            app!("script: 'apps/api/index.js'"),
            ("package.json", r#"{ "workspaces": ["apps/*", "packages/*"] }"#),
            ("apps/api/package.json", r#"{ "name": "api", "dependencies": { "@shop/jobs": "*" } }"#),
            ("apps/api/index.js", "const { start } = require('@shop/jobs/night'); start()"),
            ("packages/jobs/package.json", r#"{ "name": "@shop/jobs", "exports": { "./night": "./src/night.js" } }"#),
            (
                "packages/jobs/src/night.js",
                "exports.start = () =>\n  require('node-cron').schedule('0 3 * * *', () => fetch('/x'))",
            ),
        ],
        jobs: &["packages/jobs/src/night.js:2"],
    },
    Checkout {
        about: "a workspace of pnpm whose main is built",
        files: &[
            app!("script: 'apps/api/dist/index.js'"),
            ("pnpm-workspace.yaml", "packages:\n  - 'apps/*'\n  - 'packages/*'\n"),
            ("package.json", "{}"),
            ("apps/api/package.json", r#"{ "name": "api", "dependencies": { "jobs": "workspace:*" } }"#),
            ("apps/api/tsconfig.json", r#"{ "compilerOptions": { "rootDir": "src", "outDir": "dist" } }"#),
            ("apps/api/src/index.ts", "import { start } from 'jobs'; start();"),
            ("packages/jobs/package.json", r#"{ "name": "jobs", "main": "dist/index.js" }"#),
            ("packages/jobs/tsconfig.json", r#"{ "compilerOptions": { "rootDir": "src", "outDir": "dist" } }"#),
            ("packages/jobs/src/index.ts", START),
        ],
        jobs: &["packages/jobs/src/index.ts:2"],
    },
    Checkout {
        about: "paths of TypeScript, and .js that means .ts",
        files: &[
            app!("script: 'dist/main.js'"),
            (
                "tsconfig.json",
                r#"{ "compilerOptions": { "rootDir": "src", "outDir": "dist", "baseUrl": ".", "paths": { "@jobs/*": ["src/jobs/*"] } } }"#,
            ),
            ("src/main.ts", "import { start } from '@jobs/night'; import './late.js'; start();"),
            ("src/jobs/night.ts", START),
            ("src/late.ts", MODULE),
        ],
        jobs: &["src/late.ts:2", "src/jobs/night.ts:2"],
    },
    Checkout {
        about: "JSON decides",
        files: &[
            app!("script: 'app.js'"),
            ("config/default.json", r#"{ "jobs": { "night": true, "noon": false } }"#),
            (
                "app.js",
                "const { jobs } = require('./config/default.json');\nif (jobs.night) require('./night');\nif (jobs.noon) require('./noon');",
            ),
            ("night.js", JOB),
            ("noon.js", JOB),
        ],
        jobs: &["night.js:2"],
    },
    Checkout {
        about: "an import whose argument is computed",
        files: &[
            app!("script: 'app.mjs', env: { JOB: 'night' }"),
            ("app.mjs", "const jobs = await import(`./jobs/${process.env.JOB}.mjs`); jobs.start();"),
            ("jobs/night.mjs", START),
            ("jobs/noon.mjs", START),
        ],
        jobs: &["jobs/night.mjs:2"],
    },
    Checkout {
        about: "all files of a folder",
        files: &[
            app!("script: 'app.js'"),
            (
                "app.js",
                "const fs = require('fs'); const path = require('path'); const folder = path.join(__dirname, 'jobs');\nfs.readdirSync(folder).filter((name) => name.endsWith('.js')).forEach((name) => require(path.join(folder, name))());",
            ),
            (
                "jobs/a.js",
                "const cron = require('node-cron');\nmodule.exports = () => cron.schedule('0 3 * * *', () => fetch('/x'));",
            ),
            (
                "jobs/b.js",
                "const cron = require('node-cron');\nmodule.exports = () => cron.schedule('0 4 * * *', () => fetch('/x'));",
            ),
        ],
        jobs: &["jobs/a.js:2", "jobs/b.js:2"],
    },
];

const BUILT: &[Checkout] = &[
    Checkout {
        about: "a folder that a command compiles into another, under names of their own",
        files: &[
            app!("script: 'bin/production.js'"),
            ("package.json", r#"{ "scripts": { "compile": "babel code/ --out-dir app/ --retain-lines" } }"#),
            ("bin/production.js", "require('../app');"),
            ("code/index.js", MODULE),
        ],
        jobs: &["code/index.js:2"],
    },
    Checkout {
        about: "outDir and rootDir of an extended tsconfig",
        files: &[
            app!("script: 'build/server.js'"),
            ("tsconfig.base.json", r#"{ "compilerOptions": { "rootDir": "./source", "outDir": "./build" } }"#),
            ("tsconfig.json", "{ // comments are welcome\n \"extends\": \"./tsconfig.base.json\", }"),
            ("source/server.ts", MODULE),
        ],
        jobs: &["source/server.ts:2"],
    },
    Checkout {
        about: "references of a solution",
        files: &[
            app!("script: 'out/server/main.js'"),
            ("tsconfig.json", r#"{ "files": [], "references": [{ "path": "./server" }] }"#),
            (
                "server/tsconfig.json",
                r#"{ "compilerOptions": { "rootDir": ".", "outDir": "../out/server", "composite": true } }"#,
            ),
            ("server/main.ts", MODULE),
        ],
        jobs: &["server/main.ts:2"],
    },
    Checkout {
        about: "the tsconfig that the build script names",
        files: &[
            app!("script: 'lib/main.js'"),
            ("package.json", r#"{ "scripts": { "build": "tsc -p tsconfig.build.json" } }"#),
            ("tsconfig.json", r#"{ "compilerOptions": { "noEmit": true } }"#),
            (
                "tsconfig.build.json",
                r#"{ "extends": "./tsconfig.json", "compilerOptions": { "outDir": "lib" }, "include": ["server"] }"#,
            ),
            ("server/main.ts", MODULE),
        ],
        jobs: &["server/main.ts:2"],
    },
    Checkout {
        about: "nest-cli.json",
        files: &[
            app!("script: 'dist/main.js'"),
            ("nest-cli.json", r#"{ "sourceRoot": "server", "entryFile": "main" }"#),
            ("tsconfig.json", r#"{ "compilerOptions": { "outDir": "./dist" } }"#),
            ("server/main.ts", MODULE),
        ],
        jobs: &["server/main.ts:2"],
    },
    Checkout {
        about: "nest-cli.json of a monorepo",
        files: &[
            app!("script: 'dist/apps/worker/main.js'"),
            (
                "nest-cli.json",
                r#"{ "monorepo": true, "root": "apps/api", "projects": { "api": { "root": "apps/api", "sourceRoot": "apps/api/src", "entryFile": "main" }, "worker": { "root": "apps/worker", "sourceRoot": "apps/worker/src", "entryFile": "main" } } }"#,
            ),
            ("apps/api/src/main.ts", "export {};"),
            ("apps/worker/src/main.ts", MODULE),
        ],
        jobs: &["apps/worker/src/main.ts:2"],
    },
    Checkout {
        about: "tsup by its script",
        files: &[
            app!("script: 'dist/index.js'"),
            ("package.json", r#"{ "scripts": { "build": "tsup app/index.ts --format cjs" } }"#),
            ("app/index.ts", MODULE),
        ],
        jobs: &["app/index.ts:2"],
    },
    Checkout {
        about: "tsup by its configuration",
        files: &[
            app!("script: 'dist/server.js'"),
            ("package.json", r#"{ "scripts": { "build": "tsup" } }"#),
            (
                "tsup.config.ts",
                "import { defineConfig } from 'tsup'; export default defineConfig({ entry: ['app/server.ts'], outDir: 'dist' });",
            ),
            ("app/server.ts", MODULE),
        ],
        jobs: &["app/server.ts:2"],
    },
    Checkout {
        about: "esbuild by its script",
        files: &[
            app!("script: 'out/bundle.js'"),
            (
                "package.json",
                r#"{ "scripts": { "build": "esbuild server/main.ts --bundle --platform=node --outfile=out/bundle.js" } }"#,
            ),
            ("server/main.ts", MODULE),
        ],
        jobs: &["server/main.ts:2"],
    },
    Checkout {
        about: "esbuild by a program that writes into a folder of its own",
        files: &[
            app!("script: 'bin/api.js'"),
            ("package.json", "{}"),
            ("esbuild.mjs", "build({ entryPoints: ['src/run.ts'], outfile: 'bin/api.js' })"),
            ("src/run.ts", MODULE),
        ],
        jobs: &["src/run.ts:2"],
    },
    Checkout {
        about: "webpack, whose entry is joined of its parts",
        files: &[
            app!("script: 'dist/bundle.js'"),
            ("package.json", "{}"),
            (
                "webpack.config.js",
                "module.exports = { entry: path.join(__dirname, 'src', 'boot.ts'), output: { filename: 'bundle.js' } };",
            ),
            ("src/boot.ts", MODULE),
        ],
        jobs: &["src/boot.ts:2"],
    },
    Checkout {
        about: "esbuild by a program",
        files: &[
            app!("script: 'out/bundle.js'"),
            ("package.json", r#"{ "scripts": { "build": "node esbuild.config.js" } }"#),
            (
                "esbuild.config.js",
                "require('esbuild').build({ entryPoints: ['server/main.ts'], bundle: true, outfile: 'out/bundle.js' });",
            ),
            ("server/main.ts", MODULE),
        ],
        jobs: &["server/main.ts:2"],
    },
    Checkout {
        about: "swc",
        files: &[
            app!("script: 'lib/main.js'"),
            ("package.json", r#"{ "scripts": { "build": "swc server -d lib --strip-leading-paths" } }"#),
            ("server/main.ts", MODULE),
        ],
        jobs: &["server/main.ts:2"],
    },
    Checkout {
        about: "babel",
        files: &[
            app!("script: 'lib/main.js'"),
            ("package.json", r#"{ "scripts": { "build": "babel server --out-dir lib" } }"#),
            ("server/main.js", MODULE),
        ],
        jobs: &["server/main.js:2"],
    },
    Checkout {
        about: "webpack by its configuration",
        files: &[
            app!("script: 'out/server.js'"),
            ("package.json", r#"{ "scripts": { "build": "webpack" } }"#),
            (
                "webpack.config.js",
                "const path = require('path'); module.exports = { entry: './server/main.ts', target: 'node', output: { path: path.resolve(__dirname, 'out'), filename: 'server.js' } };",
            ),
            ("server/main.ts", MODULE),
        ],
        jobs: &["server/main.ts:2"],
    },
    Checkout {
        about: "a source map beside the built file",
        files: &[
            app!("script: 'out/a.js'"),
            (
                "out/a.js",
                "\"use strict\";\nrequire('node-cron').schedule('0 3 * * *', () => fetch('/x'));\n//# sourceMappingURL=a.js.map\n",
            ),
            (
                "out/a.js.map",
                r#"{ "version": 3, "file": "a.js", "sources": ["../server/b.ts"], "names": [], "mappings": ";AACA" }"#,
            ),
            ("server/b.ts", MODULE),
        ],
        jobs: &["server/b.ts:2"],
    },
];

const DECORATED: &[Checkout] = &[Checkout {
    about: "decorators that return another class, below one and in place of one",
    files: &[
        app!("script: 'app.ts'"),
        (
            "app.ts",
            "import cron from 'node-cron';
const job = () => cron.schedule('0 3 * * *', () => fetch('/x'));
const Below = <T extends new (...given: any[]) => any>(target: T) => class extends target {
  constructor(...given: any[]) { super(...given); job(); }
};
const Instead = (_: unknown): any => class { start() { cron.schedule('0 4 * * *', () => fetch('/y')); } };
@Below class Nightly {}
@Instead class Gone { start() { cron.schedule('0 5 * * *', () => fetch('/z')); } }
new Nightly();
new Gone().start();",
        ),
    ],
    jobs: &["app.ts:2", "app.ts:6"],
}];

const LAUNCHED: &[Checkout] = &[
    Checkout {
        about: "npm as a cluster worker: what it starts is none, and has no channel",
        files: &[
            app!("script: 'npm', args: 'start', exec_mode: 'cluster', instances: 2"),
            ("package.json", r#"{ "scripts": { "start": "node app.js" } }"#),
            ("app.js", "if (require('cluster').isPrimary && !process.send) require('./job')"),
            ("job.js", JOB),
        ],
        jobs: &["job.js:2"],
    },
    Checkout {
        about: "a command line, which PM2 gives to a shell",
        files: &[
            app!("script: 'cd api && PORT=3000 npx tsx app.ts'"),
            ("api/app.ts", "import './job'"),
            ("api/job.ts", MODULE),
        ],
        jobs: &["api/job.ts:2"],
    },
    Checkout {
        about: "npm start",
        files: &[
            app!("script: 'npm', args: 'start'"),
            ("package.json", r#"{ "scripts": { "start": "node --max-old-space-size=512 server/app.js" } }"#),
            ("server/app.js", JOB),
        ],
        jobs: &["server/app.js:2"],
    },
    Checkout {
        about: "npm run, a script that names another",
        files: &[
            app!("script: 'npm', args: 'run serve -- --port 3000'"),
            ("package.json", r#"{ "scripts": { "serve": "npm run prod", "prod": "NODE_ENV=production node app" } }"#),
            ("app.js", JOB),
        ],
        jobs: &["app.js:2"],
    },
    Checkout {
        about: "variables on the way, and no channel to PM2 behind npm",
        files: &[
            app!("script: 'npm', args: 'start'"),
            ("package.json", r#"{ "scripts": { "start": "cd server && ROLE=jobs node app.js" } }"#),
            (
                "server/app.js",
                "const { ROLE } = process.env;\nif (ROLE === 'jobs' && !process.send) require('./jobs');\nif (ROLE !== 'jobs' || process.send) require('./none');",
            ),
            ("server/jobs.js", JOB),
            ("server/none.js", JOB),
        ],
        jobs: &["server/jobs.js:2"],
    },
    Checkout {
        about: "yarn, npx and pnpm exec, with a loader that watches",
        files: &[
            app!("script: 'yarn', args: 'dev'"),
            ("package.json", r#"{ "scripts": { "dev": "pnpm exec tsx watch src/app.ts" } }"#),
            ("src/app.ts", MODULE),
        ],
        jobs: &["src/app.ts:2"],
    },
    Checkout {
        about: "a workspace, named to each package manager in its own way",
        files: &[
            (
                "ecosystem.config.js",
                "module.exports = { apps: [
                    { name: 'a', script: 'pnpm', args: '--filter @x/a start' },
                    { name: 'b', script: 'yarn', args: 'workspace b run start' },
                    { name: 'c', script: 'npm', args: 'run start --workspace=apps/c' },
                    { name: 'd', script: 'npm', args: '--prefix apps/d start' },
                ] }",
            ),
            ("package.json", r#"{ "private": true, "workspaces": ["apps/*"] }"#),
            ("apps/a/package.json", r#"{ "name": "@x/a", "scripts": { "start": "node ." }, "main": "a.js" }"#),
            ("apps/a/a.js", JOB),
            ("apps/b/package.json", r#"{ "name": "b", "scripts": { "start": "node b.js" } }"#),
            ("apps/b/b.js", JOB),
            ("apps/c/package.json", r#"{ "name": "c", "scripts": { "start": "node c.js" } }"#),
            ("apps/c/c.js", JOB),
            ("apps/d/package.json", r#"{ "name": "d", "scripts": { "start": "node d.js" } }"#),
            ("apps/d/d.js", JOB),
        ],
        jobs: &["apps/a/a.js:2", "apps/b/b.js:2", "apps/c/c.js:2", "apps/d/d.js:2"],
    },
    Checkout {
        about: "nest start, of a project",
        files: &[
            app!("script: 'npm', args: 'start'"),
            ("package.json", r#"{ "scripts": { "start": "nest start api" } }"#),
            (
                "nest-cli.json",
                r#"{ "monorepo": true, "projects": { "api": { "root": "apps/api", "sourceRoot": "apps/api/src" } } }"#,
            ),
            ("apps/api/src/main.ts", MODULE),
        ],
        jobs: &["apps/api/src/main.ts:2"],
    },
    Checkout {
        about: "node itself, which has the channel",
        files: &[
            app!("script: 'node', args: ['--enable-source-maps', 'app.js', '--jobs']"),
            ("app.js", "if (process.send && process.argv.includes('--jobs')) require('./jobs');"),
            ("jobs.js", JOB),
        ],
        jobs: &["jobs.js:2"],
    },
    Checkout {
        about: "yarn",
        files: &[
            app!("script: 'yarn', args: ['serve'], interpreter: 'none'"),
            ("package.json", r#"{ "scripts": { "serve": "cross-env NODE_ENV=production node app.js" } }"#),
            ("app.js", JOB),
        ],
        jobs: &["app.js:2"],
    },
    Checkout {
        about: "pnpm in the app's folder",
        files: &[
            app!("script: 'pnpm', args: 'run start', cwd: './api'"),
            ("api/package.json", r#"{ "scripts": { "start": "node dist/main.js" } }"#),
            ("api/tsconfig.json", r#"{ "compilerOptions": { "rootDir": "src", "outDir": "dist" } }"#),
            ("api/src/main.ts", MODULE),
        ],
        jobs: &["api/src/main.ts:2"],
    },
    Checkout {
        about: "npx and tsx",
        files: &[app!("script: 'npx', args: 'tsx src/main.ts'"), ("package.json", "{}"), ("src/main.ts", MODULE)],
        jobs: &["src/main.ts:2"],
    },
    Checkout {
        about: "ts-node as script",
        files: &[
            app!("script: 'node_modules/.bin/ts-node', args: '-r tsconfig-paths/register src/main.ts'"),
            ("package.json", "{}"),
            ("src/main.ts", MODULE),
        ],
        jobs: &["src/main.ts:2"],
    },
    Checkout {
        about: "ts-node as interpreter",
        files: &[app!("script: 'src/main.ts', interpreter: 'ts-node', exec_mode: 'fork'"), ("src/main.ts", MODULE)],
        jobs: &["src/main.ts:2"],
    },
];

/// Where the jobs are that the app comes to.
fn jobs(checkout: &Checkout) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in checkout.files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_pm2lint"));
    let output =
        command.args(["fleet", "--format", "json", "--root"]).arg(folder.path()).arg(folder.path()).output().unwrap();
    let fleet: Json = serde_json::from_slice(&output.stdout).unwrap();
    let effects = fleet["apps"].as_array().unwrap().iter().flat_map(|app| app["effects"].as_array().unwrap());
    let is_reached = |effect: &&Json| effect["reach"].as_array().unwrap().iter().any(|reach| reach != "no");
    effects
        .filter(|effect| effect["kind"] == "schedule")
        .filter(is_reached)
        .map(|effect| format!("{}:{}", effect["file"].as_str().unwrap(), effect["line"]))
        .collect()
}

fn check(checkouts: &[Checkout]) {
    let mut wrong = String::new();
    for checkout in checkouts {
        let found = jobs(checkout);
        if found != checkout.jobs {
            writeln!(wrong, "{}: {found:?}, not {:?}", checkout.about, checkout.jobs).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn imports_lead_to_the_job() {
    check(IMPORTS);
}

#[test]
fn built_files_lead_to_their_sources() {
    check(BUILT);
}

#[test]
fn decorators_may_put_another_class_in_place() {
    check(DECORATED);
}

#[test]
fn launchers_lead_to_the_program() {
    check(LAUNCHED);
}
