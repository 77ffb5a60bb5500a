//! Process files and programs that never end, or grow without end: fuel ends them, and pm2lint ends as usual.

#![allow(clippy::unwrap_used, reason = "a test ends there")]

use std::process::Command;

/// Each once as a process file, and once as the script of an app.
const PROGRAMS: [&str; 18] = [
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
