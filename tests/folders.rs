//! Programs that load whole folders: each of them loads the job that lies in `jobs/deep/nightly.js`, and the fleet shows it.

#![allow(clippy::unwrap_used, reason = "a test ends there")]

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use serde_json::Value as Json;

const JOB: &str = "const cron = require('node-cron');\ncron.schedule('0 3 * * *', () => fetch('/x'));\n";

/// The library or function, the extension, and the program.
const PROGRAMS: &[(&str, &str, &str)] = &[
    (
        "glob.sync",
        "js",
        "require('glob').sync('./jobs/**/*.js').forEach((file) => require(require('path').resolve(file)));",
    ),
    (
        "glob with a callback and an extended pattern",
        "js",
        "require('glob')(__dirname + '/{jobs,no}/**/*.+(js|ts)', (error, files) => files.forEach((file) => require(file)));",
    ),
    (
        "glob by a promise, and modules by their addresses",
        "mjs",
        "import { glob } from 'glob'; import { pathToFileURL } from 'node:url';
for (const file of await glob('**/*.js', { cwd: 'jobs', absolute: true })) await import(pathToFileURL(file));",
    ),
    (
        "fast-glob",
        "mjs",
        "import fg from 'fast-glob';
const files = await fg(['jobs/**/*.js', '!jobs/*.js'], { absolute: true });
await Promise.all(files.map((file) => import(file)));",
    ),
    (
        "globby",
        "mjs",
        "import { globbySync } from 'globby'; import path from 'node:path';
for (const file of globbySync('jobs/**')) await import(path.join(import.meta.dirname, file));",
    ),
    ("require-all", "js", "require('require-all')({ dirname: __dirname + '/jobs' });"),
    ("require-dir", "js", "require('require-dir')('./jobs', { recurse: true });"),
    ("require-directory", "js", "require('require-directory')(module, './jobs');"),
    ("consign", "js", "require('consign')({ cwd: __dirname }).include('jobs').then('no').into({});"),
    ("webpack", "js", "const found = require.context('./jobs', true, /\\.js$/); found.keys().forEach(found);"),
    ("Vite", "mjs", "const found = import.meta.glob('./jobs/**/*.js'); for (const file in found) await found[file]();"),
    (
        "promisify(fs.readdir)",
        "js",
        "const fs = require('fs'); const path = require('path'); const { promisify } = require('util');
const readdir = promisify(fs.readdir);
const load = async (folder) => Promise.all((await readdir(folder)).map(async (name) => {
  const file = path.resolve(folder, name);
  if (/\\.js$/.test(name)) require(file); else await load(file);
}));
load('jobs');",
    ),
    (
        "fs.readdir with a callback",
        "js",
        "const fs = require('fs'); const path = require('path');
const folder = path.join(__dirname, 'jobs/deep');
fs.readdir(folder, (error, names) => { for (const name of names) require(path.join(folder, name)); });",
    ),
    (
        "fs.readdirSync that goes deeper by itself",
        "js",
        "const fs = require('fs'); const path = require('path');
const entries = fs.readdirSync('jobs', { recursive: true, withFileTypes: true });
entries.filter((entry) => entry.isFile()).forEach((entry) => require(path.resolve(entry.parentPath, entry.name)));",
    ),
    (
        "@fastify/autoload, of plugins",
        "js",
        "const app = require('fastify')();
app.register(require('@fastify/autoload'), { dir: __dirname + '/plugins' });",
    ),
];

/// A plugin of fastify, wrapped and with a hook, that loads the job.
const PLUGIN: &str = "module.exports = require('fastify-plugin')(async (app) => {
  app.addHook('onReady', async () => require('../jobs/deep/nightly'));
});";

fn jobs(files: &[(String, String)], apps: &str) -> Vec<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    fs::write(folder.path().join("ecosystem.config.js"), format!("module.exports = {{ apps: [{apps}] }};")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_pm2lint"));
    let output =
        command.args(["fleet", "--format", "json", "--root"]).arg(folder.path()).arg(folder.path()).output().unwrap();
    let fleet: Json = serde_json::from_slice(&output.stdout).unwrap();
    let place =
        |effect: &Json| format!("{}:{} {}", effect["file"].as_str().unwrap(), effect["line"], effect["reach"][0]);
    let of_app = |app: &Json| app["effects"].as_array().unwrap().iter().map(place).collect();
    fleet["apps"].as_array().unwrap().iter().map(of_app).collect()
}

fn file(name: &str, text: &str) -> (String, String) {
    (name.to_owned(), text.to_owned())
}

#[test]
fn what_is_excluded_is_not_loaded() {
    let program = "require('consign')({ cwd: __dirname }).include('jobs').exclude('jobs/deep').into({});";
    let files = [file("jobs/deep/nightly.js", JOB), file("app.js", program)];
    assert_eq!(jobs(&files, "{ name: 'app', script: 'app.js' }"), [Vec::<String>::new()]);
}

#[test]
fn whole_folders_are_loaded() {
    let mut files = vec![file("jobs/deep/nightly.js", JOB), file("plugins/jobs.js", PLUGIN)];
    let mut apps = String::new();
    for (number, (_, extension, program)) in PROGRAMS.iter().enumerate() {
        files.push(file(&format!("{number}.{extension}"), program));
        write!(apps, "{{ name: 'app{number}', script: '{number}.{extension}' }}, ").unwrap();
    }
    for (found, (about, ..)) in jobs(&files, &apps).iter().zip(PROGRAMS) {
        assert_eq!(*found, ["jobs/deep/nightly.js:2 \"yes\""], "{about}");
    }
}

/// The sources are TypeScript, and when the program runs there is JavaScript: it looks for that.
#[test]
fn a_compiled_program_finds_what_was_compiled() {
    let tsconfig = r#"{ "compilerOptions": { "outDir": "dist", "rootDir": "src" } }"#;
    let main = "import fs from 'fs'; import path from 'path';
const own = path.basename(__filename);
for (const name of fs.readdirSync(__dirname)) {
  if (name !== own && name.endsWith('.js')) require(path.join(__dirname, name));
}";
    let job = "import cron from 'node-cron';\ncron.schedule('0 3 * * *', () => fetch('/x'));\n";
    let files = [
        file("tsconfig.json", tsconfig),
        file("src/main.ts", main),
        file("src/nightly.ts", job),
        file("src/types.d.ts", "declare const x: number;"),
    ];
    let apps =
        "{ name: 'compiled', script: 'dist/main.js' }, { name: 'loaded', script: 'src/main.ts', interpreter: 'tsx' }";
    assert_eq!(jobs(&files, apps), [vec!["src/nightly.ts:2 \"yes\"".to_owned()], Vec::new()]);
}
