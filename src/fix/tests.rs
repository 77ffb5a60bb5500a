//! What each change makes of a file. `§` marks the bytes that a change is about.

use std::sync::Arc;

use super::*;
use crate::finding::{Literal, Safety};
use crate::modules::Resolver;
use crate::modules::fixture::fixture;

/// The text of `file` after the change that `change` asks for at the marked bytes. `None`: it cannot be written.
fn changed(file: &str, marked: &str, change: impl Fn(Place) -> Change) -> Option<String> {
    let parts: Vec<&str> = marked.split('§').collect();
    let [head, middle, tail] = parts[..] else { panic!("two marks are needed") };
    let text = format!("{head}{middle}{tail}");
    let span = Span::new(head.len() as u32, (head.len() + middle.len()) as u32);
    let fixture = fixture(&format!("=== {file}\n{text}"));
    let checkout = &fixture.checkout;
    let resolver = Resolver::new(checkout);
    let fix = Fix { safety: Safety::Safe, changes: vec![change(Place::new(file, span))] };
    let edits = edits(&fix, &Modules::new(checkout, &resolver))?;
    apply(&text, &edits)
}

fn remove(file: &str, marked: &str) -> Option<String> {
    changed(file, marked, |key| Change::Remove { key })
}

fn insert(file: &str, marked: &str) -> Option<String> {
    let value = Literal::String("cluster".into());
    changed(file, marked, |object| Change::Set { object, key: None, name: "exec_mode", value: value.clone() })
}

fn set(file: &str, marked: &str) -> Option<String> {
    let change = |key: Place| {
        let value = Literal::Number(9000);
        Change::Set {
            object: Place::new(key.file.clone(), Span::default()),
            key: Some(key),
            name: "kill_timeout",
            value,
        }
    };
    changed(file, marked, change)
}

fn rename(file: &str, marked: &str) -> Option<String> {
    changed(file, marked, |key| Change::Rename { key, to: Arc::from("wait_ready") })
}

fn guard(marked: &str) -> Option<String> {
    changed("a.js", marked, |call| Change::Guard { call, condition: "first".into() })
}

fn ready(marked: &str) -> Option<String> {
    changed("a.ts", marked, |listen| Change::WhenListening { listen, statement: "ready();" })
}

#[test]
fn a_property_gets_another_name_in_its_own_quotes() {
    assert_eq!(rename("a.js", "x = { §wate§: 1 }").unwrap(), "x = { wait_ready: 1 }");
    assert_eq!(rename("a.json", "{ §\"wate\"§: 1 }").unwrap(), "{ \"wait_ready\": 1 }");
    assert_eq!(rename("a.yml", "a: 1\n§wate§: 2 # why\n").unwrap(), "a: 1\nwait_ready: 2 # why\n");
}

#[test]
fn a_property_goes_with_its_comma_and_its_line() {
    assert_eq!(
        remove("a.js", "x = {\n  a: 1,\n  §b§: 2, // two\n  c: 3,\n}").unwrap(),
        "x = {\n  a: 1,\n  // two\n  c: 3,\n}"
    );
    assert_eq!(remove("a.js", "x = {\n  a: 1,\n  §b§: 2,\n  c: 3,\n}").unwrap(), "x = {\n  a: 1,\n  c: 3,\n}");
    assert_eq!(remove("a.js", "x = { a: 1, §b§: f(2, 3) }").unwrap(), "x = { a: 1 }");
    assert_eq!(remove("a.js", "x = { §a§: 1, b: 2 }").unwrap(), "x = { b: 2 }");
    assert_eq!(remove("a.json", "{\n\t\"a\": 1,\n\t§\"b\"§: 2\n}\n").unwrap(), "{\n\t\"a\": 1\n}\n");
    assert_eq!(remove("a.yml", "a: 1\n§b§: 2 # why\nc: 3\n").unwrap(), "a: 1\nc: 3\n");
    assert_eq!(remove("a.yml", "x: { a: 1, §b§: 2 }\n").unwrap(), "x: { a: 1 }\n");
    assert_eq!(remove("a.yml", "- §a§: 1\n  b: 2\n"), None, "the dash stands on its line");
}

#[test]
fn a_property_comes_behind_the_first_as_the_file_writes_them() {
    assert_eq!(
        insert("a.js", "x = §{\n\ta: 1, // one\n}§").unwrap(),
        "x = {\n\ta: 1,\n\texec_mode: 'cluster', // one\n}"
    );
    assert_eq!(insert("a.js", "x = §{\n  a: 1\n}§").unwrap(), "x = {\n  a: 1,\n  exec_mode: 'cluster'\n}");
    assert_eq!(insert("a.js", "x = §{ a: \"1\", b }§").unwrap(), "x = { a: \"1\", exec_mode: \"cluster\", b }");
    assert_eq!(insert("a.js", "x = §{ a, b }§").unwrap(), "x = { a, exec_mode: 'cluster', b }");
    assert_eq!(insert("a.json", "§{ \"a\": 1 }§").unwrap(), "{ \"a\": 1, \"exec_mode\": \"cluster\" }");
    assert_eq!(insert("a.js", "x = §{ ...y }§"), None, "there is no first one");
}

#[test]
fn a_value_is_changed_where_it_stands() {
    assert_eq!(set("a.js", "x = { §kill_timeout§: 3 * 1000 }").unwrap(), "x = { kill_timeout: 9000 }");
    assert_eq!(set("a.yml", "§kill_timeout§: 3000 # ms\n").unwrap(), "kill_timeout: 9000 # ms\n");
    assert_eq!(set("a.js", "const kill_timeout = 3;\nx = { §kill_timeout§ }"), None, "it is the name, too");
}

#[test]
fn a_statement_is_guarded_where_it_is_nothing_but_the_call() {
    assert_eq!(guard("§f(1)§;").unwrap(), "if (first) f(1);");
    assert_eq!(guard("async () => { await §f()§; }").unwrap(), "async () => { if (first) await f(); }");
    assert_eq!(guard("const job = §f()§;"), None, "its value is used");
    assert_eq!(guard("if (a) §f()§; else g();"), None, "the `else` would belong to another `if`");
    assert_eq!(guard("x = () => §f()§;"), None, "it is no statement");
}

#[test]
fn what_happens_when_it_listens_is_said_in_its_callback() {
    assert_eq!(ready("§s.listen(1, () => { a(); })§").unwrap(), "s.listen(1, () => { ready(); a(); })");
    assert_eq!(ready("§s.listen(1, () => {\n  a();\n})§").unwrap(), "s.listen(1, () => {\n  ready();\n  a();\n})");
    assert_eq!(ready("§s.listen(1, () => {})§").unwrap(), "s.listen(1, () => { ready(); })");
    assert_eq!(ready("§s.listen(1, () => a())§").unwrap(), "s.listen(1, () => { ready(); a(); })");
    assert_eq!(ready("§s.listen(1, function () { a() })§").unwrap(), "s.listen(1, function () { ready(); a() })");
    assert_eq!(ready("§s.listen(1)§;").unwrap(), "s.listen(1, () => { ready(); });");
    let awaited = ready("async () => {\n  await §s.listen(1)§;\n}").unwrap();
    assert_eq!(awaited, "async () => {\n  await s.listen(1);\n  ready();\n}");
    assert_eq!(ready("§s.listen()§;"), None, "where it listens is not known");
}
