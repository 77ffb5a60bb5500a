//! `rules/catalog/*.toml`: npm libraries that serve, schedule, shut down, lock, keep state.

use std::fmt::{Debug, Write};

#[path = "../src/catalog/model/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the library uses the rest")]
mod model;

use model::{Entries, Named, kinds};

/// The Rust source of the tables: per kind of entry the entries, and their symbols in byte order, each with the
/// position of its entry. A symbol of which there are entries for several versions stands once for each, in their order.
pub fn table() -> String {
    let entries = read();
    let mut source = String::new();
    macro_rules! print {
        ($($name:ident: $entry:ident,)+) => {$(
            print_kind(&mut source, stringify!($name), stringify!($entry), &entries.$name);
        )+};
    }
    kinds!(print);
    let mut same: Vec<(&str, &str)> = Vec::new();
    same.extend(entries.same.iter().flat_map(|same| same.others.iter().map(|other| (&**other, &*same.value))));
    same.sort_unstable();
    for pair in same.windows(2) {
        assert!(pair[0].0 != pair[1].0, "rules/catalog: `{}` stands twice under [[same]]", pair[0].0);
    }
    write!(
        source,
        "pub static SCRIPTS: &[Script] = &{:?};\npub static SAME: &[(&str, &str)] = &{same:?};\n",
        entries.script
    )
    .unwrap_or_else(|error| panic!("{error}"));
    source
}

fn read() -> Entries {
    let mut files: Vec<_> = std::fs::read_dir("rules/catalog")
        .unwrap_or_else(|error| panic!("rules/catalog: {error}"))
        .map(|entry| entry.unwrap_or_else(|error| panic!("rules/catalog: {error}")).path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    let texts =
        files.iter().map(|file| std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{file:?}: {error}")));
    texts.zip(&files).fold(Entries::EMPTY, |mut all, (text, file)| {
        let entries: Entries = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        macro_rules! append {
            ($($name:ident: $entry:ident,)+) => { $(all.$name.extend(entries.$name);)+ };
        }
        kinds!(append);
        all.script.extend(entries.script);
        all.same.extend(entries.same);
        all
    })
}

fn print_kind<E: Named + Debug>(source: &mut String, name: &str, entry: &str, entries: &[E]) {
    let mut calls: Vec<(&str, usize)> = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        calls.extend(entry.calls().iter().map(|call| (&**call, index)));
    }
    calls.sort_unstable();
    for pair in calls.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        let is_hidden = entries[pair[0].1].versions().is_none();
        assert!(!is_hidden, "rules/catalog: the second `{}` under [[{name}]] is never found", pair[1].0);
    }
    write!(
        source,
        "pub mod {name} {{\nuse super::*;\n\
         pub static TABLE: Table<{entry}> = Table {{ entries: &{entries:?}, calls: &{calls:?} }};\n}}\n"
    )
    .unwrap_or_else(|error| panic!("{error}"));
}
