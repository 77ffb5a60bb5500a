//! `rules/pm2/options.toml`: PM2's options, and the keys that people take for one.

use std::collections::BTreeMap;
use std::fmt::Write as _;

const FILE: &str = "rules/pm2/options.toml";

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    option: Vec<Spec>,
    wish: Vec<Wish>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    name: String,
    types: Vec<String>,
    types_4: Option<Vec<String>>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    choices: Vec<String>,
    #[serde(default)]
    units: BTreeMap<String, u64>,
    #[serde(default)]
    desc: String,
    min: Option<f64>,
    unit: Option<String>,
    default: Option<String>,
    #[serde(default = "oldest")]
    since: u8,
    #[serde(default = "yes")]
    applied: bool,
    #[serde(default = "yes")]
    kept: bool,
    meaning: String,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    keys: Vec<String>,
    option: Option<String>,
    advice: Option<String>,
}

fn oldest() -> u8 {
    4
}

fn yes() -> bool {
    true
}

/// The Rust source of the table: a pair of a slice of `Spec` and a slice of `Wish`. Panics on a malformed file: the build is the place to hear of it.
pub fn table() -> String {
    let text = std::fs::read_to_string(FILE).unwrap_or_else(|error| panic!("{FILE}: {error}"));
    let file: File = toml::from_str(&text).unwrap_or_else(|error| panic!("{FILE}: {error}"));
    let mut table = String::from("(&[\n");
    for spec in &file.option {
        let _ = writeln!(table, "    {},", spec.source());
    }
    table += "], &[\n";
    for wish in &file.wish {
        assert!(wish.is_useful(&file.option), "{FILE}: wish {:?} names no option and gives no advice", wish.keys);
        let _ = writeln!(
            table,
            "    Wish {{ keys: &{:?}, option: {:?}, advice: {:?} }},",
            wish.keys, wish.option, wish.advice
        );
    }
    table + "])\n"
}

impl Wish {
    fn is_useful(&self, options: &[Spec]) -> bool {
        match &self.option {
            Some(option) => options.iter().any(|spec| spec.name == *option),
            None => self.advice.is_some(),
        }
    }
}

impl Spec {
    fn source(&self) -> String {
        let types = variants(&self.types);
        let types_4 = variants(self.types_4.as_ref().unwrap_or(&self.types));
        let units: Vec<(&String, &u64)> = self.units.iter().collect();
        format!(
            "Spec {{ name: {:?}, types: &[{types}], types_4: &[{types_4}], aliases: &{:?}, choices: &{:?}, units: &{units:?}, desc: {:?}, min: {:?}, \
             unit: {:?}, default: {:?}, since: {}, applied: {}, kept: {}, meaning: {:?} }}",
            self.name,
            self.spellings(),
            self.choices,
            self.desc,
            self.min,
            self.unit,
            self.default,
            self.since,
            self.applied,
            self.kept,
            self.meaning
        )
    }

    /// The aliases with the camelCase one as the last: lib/tools/Config.js:32 (v7.0.4).
    fn spellings(&self) -> Vec<String> {
        let mut spellings = self.aliases.clone();
        spellings.push(camel_case(&self.name));
        spellings
    }
}

/// The variants of `Type` that are called so.
fn variants(names: &[String]) -> String {
    names.iter().map(|name| format!("Type::{}", capitalised(name))).collect::<Vec<_>>().join(", ")
}

/// `kill_timeout` -> `killTimeout`; a name of one word stays as it is.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_string();
    words.fold(first, |spelling, word| spelling + &capitalised(word))
}

fn capitalised(word: &str) -> String {
    let (head, tail) = word.split_at(1);
    head.to_uppercase() + tail
}
