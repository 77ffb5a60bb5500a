//! Every known leaf of a process file points at the literal or expression that gave it, whatever way it took.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends there")]

use pm2lint::checkout::Checkout;
use pm2lint::ecosystem;
use pm2lint::js::{Node, NodeKind};
use pm2lint::modules::{Modules, Resolver};

/// Runs `look` on what `file` of the checkout in `testdata` exports.
fn with_root(folder: &str, file: &str, look: impl FnOnce(&Checkout, &Node)) {
    let checkout = Checkout::open(format!("{}/testdata/{folder}", env!("CARGO_MANIFEST_DIR")).as_ref()).unwrap();
    let resolver = Resolver::new(&checkout);
    let modules = Modules::new(&checkout, &resolver);
    let root =
        ecosystem::root(&modules, &file.into()).unwrap_or_else(|problem| panic!("{folder}: {}", problem.message));
    look(&checkout, &root);
}

fn leaves<'n>(node: &'n Node, at: &str, found: &mut Vec<(String, &'n Node)>) {
    match &node.kind {
        NodeKind::Array(elements) => {
            elements.iter().enumerate().for_each(|(index, element)| leaves(element, &format!("{at}.{index}"), found));
        }
        NodeKind::Object(entries) => {
            entries.iter().for_each(|entry| leaves(&entry.value, &format!("{at}.{}", entry.key), found));
        }
        NodeKind::Unknown(_) => {}
        _ => found.push((at.trim_start_matches('.').to_owned(), node)),
    }
}

/// `file: text` of a leaf's origin.
fn origin(checkout: &Checkout, leaf: &Node) -> String {
    let Some(place) = &leaf.origin else { return "nowhere".into() };
    let source = checkout.source(&place.file).unwrap_or_else(|| panic!("{} is no file", place.file));
    format!("{}: {}", place.file, &source.text()[place.span.start as usize..place.span.end as usize])
}

fn assert_origins(file: &str, expected: &[(&str, &str)]) {
    with_root("origins", file, |checkout, root| {
        let mut found = Vec::new();
        leaves(root, "", &mut found);
        let found: Vec<_> = found.iter().map(|(at, leaf)| (at.clone(), origin(checkout, leaf))).collect();
        let found: Vec<_> = found.iter().map(|(at, origin)| (&**at, &**origin)).collect();
        assert_eq!(found, expected, "{file}");
    });
}

#[test]
fn values_come_through_spreads_constants_calls_and_required_files() {
    let here = |text: &str| format!("ecosystem.config.js: {text}");
    let base = |text: &str| format!("config/base.js: {text}");
    let data = |text: &str| format!("config/data.json: {text}");
    let mut expected: Vec<(String, String)> = Vec::new();
    for (index, queue) in ["'mail'", "'sms'"].iter().enumerate() {
        for (key, origin) in [
            ("name", here(queue)),
            ("script", here("'default.js'")),
            ("args.0", here("'--name'")),
            ("args.1", here(queue)),
            ("instances", here("1 + 1")),
            ("exec_mode", base("'cluster'")),
            ("env.NODE_ENV", base("'production'")),
            ("kill_timeout", here("8000")),
        ] {
            expected.push((format!("apps.{index}.{key}"), origin));
        }
    }
    for (key, origin) in [
        ("name", here("'api'")),
        ("script", here("'./api.js'")),
        ("args.0", here("'--name'")),
        ("args.1", here("'api'")),
        ("instances", here("1 + 1")),
        ("cwd", here("'/srv/api'")),
        ("env.PORT", data("3000")),
        ("env.TAG", data("\"b\"")),
        ("env.NODE_ENV", base("'production'")),
        ("max_memory_restart", here("JSON.parse(fs.readFileSync(`${__dirname}/config/data.json`, 'utf8'))")),
        ("autorestart", here("false")),
        ("listen_timeout", here("Number('3000')")),
    ] {
        expected.push((format!("apps.2.{key}"), origin));
    }
    let expected: Vec<_> = expected.iter().map(|(at, origin)| (&**at, &**origin)).collect();
    assert_origins("ecosystem.config.js", &expected);
}

#[test]
fn values_come_through_merge_keys_of_yaml() {
    let expected = [
        ("defaults.instances", "pm2.yml: 2"),
        ("defaults.env.NODE_ENV", "pm2.yml: production"),
        ("apps.0.instances", "pm2.yml: 2"),
        ("apps.0.env.NODE_ENV", "pm2.yml: production"),
        ("apps.0.name", "pm2.yml: web"),
        ("apps.0.script", "pm2.yml: web.js"),
    ];
    assert_origins("pm2.yml", &expected);
}

#[test]
fn values_of_json_are_expressions() {
    let expected = [
        ("apps.0.name", "process.json: 'json'"),
        ("apps.0.script", "process.json: \"j.js\""),
        ("apps.0.instances", "process.json: 1 + 1"),
    ];
    assert_origins("process.json", &expected);
}

/// Of whatever process file: each known leaf has an origin, and where that is a literal, it says the same.
#[test]
fn no_leaf_is_without_an_origin_or_at_another_literal() {
    let folder = format!("{}/testdata/process-files", env!("CARGO_MANIFEST_DIR"));
    for case in std::fs::read_dir(folder).unwrap() {
        let case = case.unwrap();
        let recorded = std::fs::read_to_string(case.path().join("node.json")).unwrap();
        let recorded: serde_json::Value = serde_json::from_str(&recorded).unwrap();
        let name = case.file_name().into_string().unwrap();
        with_root(&format!("process-files/{name}"), recorded["file"].as_str().unwrap(), |checkout, root| {
            let mut found = Vec::new();
            leaves(root, "", &mut found);
            for (at, leaf) in found {
                let origin = origin(checkout, leaf);
                assert!(says(&origin, leaf), "{name}: {at} is {:?}, and comes from {origin}", leaf.kind);
            }
        });
    }
}

/// Whether the text of an origin may have given the leaf.
fn says(origin: &str, leaf: &Node) -> bool {
    let Some((_, text)) = origin.split_once(": ") else { return false };
    let simple = text.len() > 1 && text.starts_with(['\'', '"']) && !text.contains('\\') && text.ends_with(&text[..1]);
    match &leaf.kind {
        NodeKind::String(value) if simple && text[1..text.len() - 1].find(&text[..1]).is_none() => {
            text[1..text.len() - 1] == **value
        }
        NodeKind::Number(number) if text.parse::<f64>().is_ok() => text.parse() == Ok(*number),
        NodeKind::Bool(value) if matches!(text, "true" | "false") => text == value.to_string(),
        // What YAML leaves empty is null.
        _ => !text.is_empty() || leaf.kind == NodeKind::Null,
    }
}
