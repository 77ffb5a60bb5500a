//! The evaluator against Node: programs and what Node made of them, recorded by `tests/oracle/record.mjs` in
//! `testdata/oracle/`. What the evaluator claims to know must be what Node got; what it leaves open is counted, and shown
//! where `PM2LINT_UNKNOWN` is set.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test ends there, and says what it counted")]

use std::fs;
use std::sync::Arc;

use pm2lint::js::eval::{Call, Host, Interpreter, Limits, Loaded, Reaction, Variable};
use pm2lint::js::heap::Heap;
use pm2lint::js::value::Value;
use pm2lint::js::{Node, NodeKind, lower, number_to_string, with_large_stack};
use serde_json::Value as Json;

/// A world with Node's own modules and one library.
struct Bare;

impl Host for Bare {
    fn load(&mut self, _from: &str, specifier: &str) -> Loaded {
        Loaded::Library(specifier.trim_start_matches("node:").into())
    }

    fn variable(&mut self, _name: &str) -> Variable {
        Variable::Unset
    }

    fn variables(&mut self) -> Vec<(Arc<str>, Value)> {
        Vec::new()
    }

    fn text(&mut self, _file: &str) -> Option<Arc<str>> {
        None
    }

    fn exists(&mut self, _file: &str) -> Option<bool> {
        None
    }

    fn constant(&mut self, _symbol: &str) -> Option<Value> {
        None
    }

    fn call(&mut self, _heap: &Heap, _call: &Call<'_>) -> Reaction {
        Reaction::default()
    }
}

/// What the program exports, and whether a condition on the way was undecided: then that is for when nothing throws.
fn evaluate(program: &str) -> (Node, bool) {
    let ir = match lower("program.js", program) {
        Ok(ir) => Arc::new(ir),
        Err(error) => return (Node::new(NodeKind::Unknown(error.message.into())), false),
    };
    let mut host = Bare;
    let mut run = Interpreter::new(&mut host, Limits::PROCESS_FILE);
    let module = run.run(&"program.js".into(), ir);
    let exported = run.exported(module);
    let is_undecided = run.guards().iter().any(|guard| guard.outcome.is_none());
    (exported.unwrap_or_else(|why| Node::new(NodeKind::Unknown(format!("{why:?}").into()))), is_undecided)
}

/// How much of one or more values is known.
#[derive(Default)]
struct Tally {
    known: usize,
    unknown: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn compare(&mut self, ours: &Node, nodes: &Json, at: &str) {
        match (&ours.kind, nodes) {
            (NodeKind::Unknown(_), _) => self.unknown += leaves(nodes),
            (NodeKind::Array(elements), Json::Array(expected)) if ours.open.is_some() => {
                self.find_in_order(elements, expected, at);
            }
            (NodeKind::Array(elements), Json::Array(expected)) => {
                for (index, expected) in expected.iter().enumerate() {
                    self.part(ours, elements.get(index), expected, &format!("{at}[{index}]"));
                }
                if elements.len() > expected.len() {
                    self.wrong.push(format!("{at}: {} elements, not {}", elements.len(), expected.len()));
                }
            }
            (NodeKind::Object(entries), Json::Object(expected)) if !is_mark(expected) => {
                for (key, expected) in expected {
                    self.part(ours, ours.get(key), expected, &format!("{at}.{key}"));
                }
                let keys: Vec<&str> = entries.iter().map(|entry| &*entry.key).collect();
                let closed = ours.open.is_none() && entries.iter().all(|entry| !entry.value.is_unknown());
                let wanted: Vec<&str> = expected.keys().map(String::as_str).collect();
                let surplus =
                    entries.iter().find(|entry| !entry.value.is_unknown() && !expected.contains_key(&*entry.key));
                if let Some(entry) = surplus {
                    self.wrong.push(format!("{at}.{} should not be there", entry.key));
                } else if closed && keys != wanted {
                    self.wrong.push(format!("{at}: keys {keys:?}, not {wanted:?}"));
                }
            }
            (kind, expected) if scalar(kind).as_ref() == Some(expected) || same_number(kind, expected) => {
                self.known += 1
            }
            (kind, expected) => self.wrong.push(format!("{at}: {kind:?}, not {expected}")),
        }
    }

    /// An open array holds at least these elements, in this order; others may be between them.
    fn find_in_order(&mut self, elements: &[Node], expected: &[Json], at: &str) {
        let mut elements = elements.iter().filter(|element| !element.is_unknown()).peekable();
        for (index, expected) in expected.iter().enumerate() {
            let mut found = Tally::default();
            let matches = elements.peek().is_some_and(|element| {
                found.compare(element, expected, &format!("{at}[{index}]"));
                found.wrong.is_empty()
            });
            match matches {
                true => {
                    elements.next();
                    self.known += found.known;
                    self.unknown += found.unknown;
                }
                false => self.unknown += leaves(expected),
            }
        }
        if let Some(element) = elements.next() {
            self.wrong.push(format!("{at} holds {element:?} or less than that"));
        }
    }

    fn part(&mut self, whole: &Node, part: Option<&Node>, expected: &Json, at: &str) {
        match part {
            Some(part) => self.compare(part, expected, at),
            None if whole.open.is_some() => self.unknown += leaves(expected),
            None => self.wrong.push(format!("{at} is missing, Node has {expected}")),
        }
    }
}

fn holds_unknown(node: &Node) -> bool {
    let entries = node.entries().iter().map(|entry| &entry.value);
    node.is_unknown() || node.elements().iter().chain(entries).any(holds_unknown)
}

fn leaves(json: &Json) -> usize {
    match json {
        Json::Array(elements) => elements.iter().map(leaves).sum::<usize>().max(1),
        Json::Object(entries) if !is_mark(entries) => entries.values().map(leaves).sum::<usize>().max(1),
        _ => 1,
    }
}

/// `{"$undefined": true}` and its kin stand for what JSON cannot say.
fn is_mark(entries: &serde_json::Map<String, Json>) -> bool {
    entries.len() == 1 && entries.keys().all(|key| key.starts_with('$'))
}

fn scalar(kind: &NodeKind) -> Option<Json> {
    Some(match kind {
        NodeKind::Undefined => serde_json::json!({ "$undefined": true }),
        NodeKind::Null => Json::Null,
        NodeKind::Bool(value) => Json::Bool(*value),
        NodeKind::String(text) => Json::String(text.to_string()),
        NodeKind::Function(name) => serde_json::json!({ "$function": name }),
        NodeKind::Number(number) if !number.is_finite() => {
            serde_json::json!({ "$number": number_to_string(*number) })
        }
        _ => return None,
    })
}

fn same_number(kind: &NodeKind, expected: &Json) -> bool {
    matches!(kind, NodeKind::Number(number) if expected.as_f64() == Some(*number))
}

/// Compares every program of a recording; the most that may be left open, in thousandths of all values.
fn check(recording: &str, most_unknown: usize) {
    let folder = std::env::var("PM2LINT_ORACLE");
    let folder = folder.unwrap_or_else(|_| format!("{}/testdata/oracle", env!("CARGO_MANIFEST_DIR")));
    let text = fs::read_to_string(format!("{folder}/{recording}.jsonl")).unwrap();
    let mut total = Tally::default();
    with_large_stack(|| {
        for line in text.lines() {
            let record: Json = serde_json::from_str(line).unwrap();
            let program = record["program"].as_str().unwrap();
            let (ours, is_undecided) = evaluate(program);
            let mut tally = Tally::default();
            match record.get("value") {
                Some(value) => tally.compare(&ours, value, "exports"),
                None if !ours.is_unknown() && !is_undecided && !holds_unknown(&ours) => {
                    tally.wrong.push(format!("Node throws {}", record["throws"]))
                }
                None => {}
            }
            if std::env::var_os("PM2LINT_UNKNOWN").is_some() && tally.unknown > 0 {
                println!("{program}unknown: {ours:?}\n");
            }
            total.known += tally.known;
            total.unknown += tally.unknown;
            total.wrong.extend(tally.wrong.first().map(|wrong| format!("{program}{wrong}\n")));
        }
    });
    let share = total.unknown * 1000 / (total.known + total.unknown);
    println!("{recording}: {} known, {} unknown ({share}‰), {} wrong", total.known, total.unknown, total.wrong.len());
    let wrong = total.wrong.len();
    total.wrong.sort_by_key(String::len);
    assert!(wrong == 0, "{wrong} programs come out wrong, the shortest:\n{}", total.wrong[..wrong.min(12)].join("\n"));
    assert!(share <= most_unknown, "{share}‰ are needlessly unknown");
}

#[test]
fn programs_without_unknowns() {
    check("known", 8);
}

#[test]
fn programs_that_ask_a_library() {
    check("partial", 160);
}

#[test]
fn tricky_programs() {
    check("tricky", 10);
}

/// Recorded programs, put into each other: loops and recursion that never end, and code as deep as the parser takes it.
mod wrapped {
    use proptest::prelude::*;

    use super::*;

    /// Far less than a process file may burn, so that many programs can be tried.
    const LIMITS: Limits = Limits { fuel: 60_000, ..Limits::PROCESS_FILE };

    #[derive(Clone, Debug)]
    enum Shape {
        Loop(u64),
        Recursion(u64),
        Callbacks(u64),
        Forever,
        Twice,
        Blocks(usize),
        Calls(usize),
        Class,
        Attempt,
        Doubling(usize),
    }

    fn shape() -> impl Strategy<Value = Shape> {
        let count = prop::sample::select(vec![0_u64, 1, 3, 50, 5_000, 1_000_000_000]);
        let depth = prop::sample::select(vec![1_usize, 10, 200, 3_000]);
        prop_oneof![
            count.clone().prop_map(Shape::Loop),
            count.clone().prop_map(Shape::Recursion),
            count.prop_map(Shape::Callbacks),
            Just(Shape::Forever),
            Just(Shape::Twice),
            depth.clone().prop_map(Shape::Blocks),
            depth.clone().prop_map(Shape::Calls),
            Just(Shape::Class),
            Just(Shape::Attempt),
            depth.prop_map(Shape::Doubling),
        ]
    }

    impl Shape {
        fn wrap(&self, inner: &str) -> String {
            match self {
                Self::Loop(turns) => format!("for (let turn = 0; turn < {turns}; turn++) {{ {inner} }}"),
                Self::Recursion(depth) => {
                    format!("(function again(left) {{ if (left > 0) again(left - 1); {inner} }})({depth});")
                }
                Self::Callbacks(count) => format!("Array.from({{ length: {count} }}).forEach(() => {{ {inner} }});"),
                Self::Forever => format!("while (true) {{ {inner} }}"),
                Self::Twice => format!("{{ {inner} }} {{ {inner} }}"),
                Self::Blocks(depth) => format!("{}{inner}{}", "{".repeat(*depth), "}".repeat(*depth)),
                Self::Calls(depth) => format!("{}{inner}{}", "(() => {".repeat(*depth), "})();".repeat(*depth)),
                Self::Class => format!("class Made {{ static made = new Made(); static {{ {inner} }} }}"),
                Self::Attempt => format!("try {{ {inner} }} catch {{ {inner} }} finally {{ {inner} }}"),
                Self::Doubling(times) => {
                    format!("let grown = ['x']; {} {inner}", "grown = [...grown, grown + grown];".repeat(*times))
                }
            }
        }
    }

    fn recorded() -> Vec<String> {
        let text = fs::read_to_string(format!("{}/testdata/oracle/known.jsonl", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let program = |line: &str| serde_json::from_str::<Json>(line).unwrap()["program"].as_str().unwrap().to_owned();
        text.lines().map(program).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 120, max_shrink_iters: 40, ..ProptestConfig::default() })]

        #[test]
        fn every_program_ends(
            program in prop::sample::select(recorded()),
            shapes in prop::collection::vec(shape(), 1..6),
        ) {
            let program = shapes.iter().fold(program, |inner, shape| shape.wrap(&inner));
            let is_known_of_a_spent_run = with_large_stack(|| {
                let Ok(ir) = lower("program.js", &program) else { return false };
                let mut host = Bare;
                let mut run = Interpreter::new(&mut host, LIMITS);
                let module = run.run(&"program.js".into(), Arc::new(ir));
                run.exported(module).is_ok() && run.is_spent()
            });
            prop_assert!(!is_known_of_a_spent_run, "fuel ended it, and yet something is known of it");
        }
    }
}
