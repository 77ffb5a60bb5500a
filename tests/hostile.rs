//! Process files and programs that never end, or grow without end: fuel ends them, and pm2lint ends as usual.

#![allow(clippy::unwrap_used, reason = "a test ends there")]

use std::process::Command;

/// Each once as a process file, and once as the script of an app.
const PROGRAMS: [&str; 22] = [
    "function f(n) { return f(n + 1) } const value = f(0)",
    "function f(n) { return n < 2 ? 1 : f(n - 1) + f(n - 2) } const value = f(40)",
    "let value = 'x'; for (let i = 0; i < 60; i++) value += value",
    "const value = 'x'.repeat(1e9)",
    "const value = 'x'.padStart(1e12)",
    "const value = Array(1e9).fill({})",
    "const value = []; for (let i = 0; i < 1e8; i++) value.push(i)",
    "let value = [1]; for (let i = 0; i < 40; i++) value = [...value, ...value]",
    "let value = [1]; for (let i = 0; i < 40; i++) value = value.concat(value)",
    "let value = []; for (let i = 0; i < 200000; i++) value = [value]",
    "let a = {}; for (let i = 0; i < 200000; i++) a = { a }; const value = JSON.stringify(a) + a",
    "const value = { get x() { return this.x } }.x",
    "const value = {}; value.value = value; String(value)",
    "const value = {}; value.__proto__ = value; value.x",
    "const value = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.replace(/(a+)+$/, '')",
    "const value = Array.from({ length: 5000 }, (_, i) => String(i)).sort(() => 1)",
    "while (true) {} const value = 1",
    "const o = { get a() { throw o }, toString() { throw 1 } }; let value; try { value = o.a } catch {} `${o}`",
    "const value = new Proxy({}, { get: (target, key, proxy) => proxy[key] }).x",
    "const step = () => { setImmediate(step); process.nextTick(step); Promise.resolve().then(step) }; step(); const value = 1",
    "process.on('message', function handler(message) { process.on('message', handler); handler(message) }); const value = 1",
    "const h = (f) => (...a) => f(h(f))(...a); const value = h((x) => x)(1)",
];

#[test]
fn no_program_ends_the_tool() {
    for program in PROGRAMS {
        let folder = tempfile::tempdir().unwrap();
        let config = format!("{program}; module.exports = {{ apps: [{{ script: 'a.js', args: value }}] }}");
        std::fs::write(folder.path().join("ecosystem.config.js"), config).unwrap();
        let other = "module.exports = { apps: [{ script: 'a.js' }] }";
        std::fs::write(folder.path().join("pm2.config.js"), other).unwrap();
        let script = format!("{program}; require('http').createServer().listen(value)");
        std::fs::write(folder.path().join("a.js"), script).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_pm2lint"));
        let output = command.args(["check", "--fail-on", "never", "--format", "json", "--root"]).arg(folder.path());
        let output = output.arg(folder.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Launchers that lead to each other or nowhere, modules that wait for each other, and decorators that never come to an end.
#[test]
fn no_circle_ends_the_tool() {
    let apps = [
        "script: 'npm', args: 'start'",
        "script: 'npm', args: '--prefix ../../.. start'",
        "script: 'yarn', args: '--cwd'",
        "script: 'yarn', args: 'workspace'",
        "script: 'pnpm', args: '--filter'",
        "script: 'npm', args: 'run -- -- --'",
        "script: 'npx', args: 'npx npx npx npx npx npx npx npx npx npx'",
        "script: 'a.mjs'",
        "script: 'decorated.ts'",
    ];
    let apps: String = apps.iter().map(|app| format!("{{ {app} }},")).collect();
    let files = [
        ("ecosystem.config.js", format!("module.exports = {{ apps: [{apps}] }}")),
        ("package.json", r#"{ "scripts": { "start": "yarn again", "again": "npm start" } }"#.into()),
        ("a.mjs", "import { b } from './b.mjs'; export const a = await b();".into()),
        ("b.mjs", "import { a } from './a.mjs'; export const b = async () => a; await import('./a.mjs');".into()),
        (
            "decorated.ts",
            "const Self = (_: unknown): any => Self; const Below = (target: any): any => class extends target {};
            @Self class A {} new A(); for (let i = 0; i < 1e6; i++) { @Below class B {} new B(); }"
                .into(),
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    files.iter().for_each(|(name, text)| std::fs::write(folder.path().join(name), text).unwrap());
    let mut command = Command::new(env!("CARGO_BIN_EXE_pm2lint"));
    let output = command.args(["fleet", "--root"]).arg(folder.path()).arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}
