//! `rules/logs/*.toml`: what log lines mean.

use std::fmt::Write as _;
use std::path::Path;

#[derive(serde::Deserialize)]
struct Page {
    signature: Vec<Signature>,
}

/// One signature, without its samples: they are for the tests.
#[derive(serde::Deserialize)]
struct Signature {
    id: String,
    literal: String,
    pattern: String,
}

/// The Rust source of the tables `DAEMON` and `APP`.
pub fn table() -> String {
    let mut source = String::new();
    for (name, file) in [("DAEMON", "rules/logs/daemon.toml"), ("APP", "rules/logs/app.toml")] {
        let _ = writeln!(source, "/// `{file}`.\npub(in crate::archive) static {name}: &[Signature] = &[");
        for Signature { id, literal, pattern } in read(Path::new(file)).signature {
            let _ = writeln!(source, "    Signature::known({id:?}, {literal:?}, {pattern:?}),");
        }
        source.push_str("];\n");
    }
    source
}

fn read(path: &Path) -> Page {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
