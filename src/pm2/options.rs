//! The table of PM2's options, from `rules/pm2/options.toml`, and ways to find one.

use super::Version;

/// What a value may be: `Object.prototype.toString` without `[object ]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are JavaScript's")]
pub enum Type {
    Array,
    Boolean,
    Number,
    Object,
    String,
}

/// One option of an app.
#[derive(Debug, PartialEq)]
pub struct Spec {
    /// As PM2 calls it.
    pub name: &'static str,
    /// What it may be. A numeric string counts as a number.
    pub types: &'static [Type],
    /// What PM2 4 lets it be.
    types_4: &'static [Type],
    /// Other spellings, first wins; the last is the camelCase one, which for a name of one word is the name again.
    pub aliases: &'static [&'static str],
    /// The strings that are allowed; empty: all.
    pub choices: &'static [&'static str],
    /// The suffixes that a string may have, and what they stand for.
    pub units: &'static [(&'static str, u64)],
    /// What PM2 says of a string that is none of the choices and has no such suffix.
    pub desc: &'static str,
    /// The smallest number.
    pub min: Option<f64>,
    /// `ms` or `bytes`, where it is a number with a unit.
    pub unit: Option<&'static str>,
    /// In force where it is not given, as JSON.
    pub default: Option<&'static str>,
    /// The first major version of PM2 that knows it.
    pub since: u8,
    /// Whether a restart or reload of the edited file puts it in force; the others wait for `pm2 delete` and a new start.
    pub applied: bool,
    /// Whether a running app shows it under this name with the value that came out of the process file.
    pub kept: bool,
    /// One line.
    pub meaning: &'static str,
}

impl Spec {
    /// What PM2 `version` lets it be.
    pub fn types_in(&self, version: Version) -> &'static [Type] {
        if version == Version::V4 { self.types_4 } else { self.types }
    }

    /// Whether PM2 `version` knows it.
    pub fn is_known_to(&self, version: Version) -> bool {
        self.since <= version.major()
    }

    /// Every spelling, in PM2's order of precedence.
    pub fn spellings(&self) -> impl Iterator<Item = &'static str> {
        let aliases = self.aliases.iter().copied().filter(|alias| *alias != self.name);
        std::iter::once(self.name).chain(aliases)
    }
}

/// Keys that people write and PM2 does not know.
#[derive(Debug)]
struct Wish {
    keys: &'static [&'static str],
    option: Option<&'static str>,
    advice: Option<&'static str>,
}

const TABLE: (&[Spec], &[Wish]) = include!(concat!(env!("OUT_DIR"), "/options.rs"));

/// Every option, in the order of PM2's schema.
pub fn all() -> &'static [Spec] {
    TABLE.0
}

/// The option that PM2 calls `name`.
pub fn named(name: &str) -> Option<&'static Spec> {
    all().iter().find(|spec| spec.name == name)
}

/// The option that any spelling of it names: `killTimeout`, `interpreter`, `err_file`.
pub fn find(spelling: &str) -> Option<&'static Spec> {
    named(spelling).or_else(|| all().iter().find(|spec| spec.aliases.contains(&spelling)))
}

/// Whether PM2 reads a key as the variables of an environment: `^env_\S*$`.
pub fn is_env_block(key: &str) -> bool {
    key.starts_with("env_") && find(key).is_none() && !key.contains(char::is_whitespace)
}

/// What to write in place of a key that PM2 does not know.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Advice {
    /// The option that was meant.
    pub option: Option<&'static Spec>,
    /// What to do, where a new name alone is not enough.
    pub text: Option<&'static str>,
}

/// What was meant by a key that PM2 does not know: a known wish, or the only option with nearly that name.
pub fn advise(key: &str) -> Option<Advice> {
    let wish = TABLE.1.iter().find(|wish| wish.keys.contains(&key));
    if find(key).is_some() {
        return None;
    }
    match wish {
        Some(wish) => Some(Advice { option: wish.option.and_then(named), text: wish.advice }),
        None => nearest(key).map(|option| Advice { option: Some(option), text: None }),
    }
}

fn nearest(key: &str) -> Option<&'static Spec> {
    let wanted = plain(key);
    let tolerance = match wanted.len() {
        0..=3 => return None,
        4..=6 => 1,
        7..=11 => 2,
        _ => 3,
    };
    let distance = |spec: &Spec| {
        let spellings = spec.spellings().filter(|spelling| spelling.len() > 3);
        spellings.map(|spelling| strsim::damerau_levenshtein(&wanted, &plain(spelling))).min()
    };
    let ranked = all().iter().filter_map(|spec| Some((distance(spec)?, spec)));
    let best = ranked.min_by_key(|(distance, _)| *distance)?;
    (best.0 <= tolerance).then_some(best.1)
}

/// The letters of a key alone: `exec-mode`, `execMode ` and `exec_mode` are one.
fn plain(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_names_one_option() {
        for spec in all() {
            for spelling in spec.spellings() {
                assert_eq!(find(spelling).map(|found| found.name), Some(spec.name), "{spelling}");
            }
        }
    }

    #[test]
    fn aliases_stand_in_the_order_of_precedence() {
        let error = find("err_file").unwrap();
        assert_eq!(
            error.spellings().collect::<Vec<_>>(),
            ["error_file", "err_log", "err_file", "err", "error", "errorFile"]
        );
    }

    #[test]
    fn no_wish_is_an_option() {
        for key in TABLE.1.iter().flat_map(|wish| wish.keys) {
            assert!(find(key).is_none(), "{key}");
        }
    }

    #[test]
    fn typos_find_the_option_that_was_meant() {
        let meant = |key| advise(key).and_then(|advice| advice.option).map(|spec| spec.name);
        assert_eq!(meant("wate_ready"), Some("wait_ready"));
        assert_eq!(meant("marge_logs"), Some("merge_logs"));
        assert_eq!(meant("exec-mode"), Some("exec_mode"));
        assert_eq!(meant("instance"), Some("instances"));
        assert_eq!(meant("max_memory"), Some("max_memory_restart"));
        assert_eq!(meant("description"), None);
        assert_eq!(meant("version"), None);
        assert_eq!(meant("tags"), None);
    }

    #[test]
    fn wishes_without_an_option_give_advice() {
        let advice = advise("env_file").unwrap();
        assert_eq!(advice.option, None);
        assert!(advice.text.unwrap().contains(".env"));
    }

    #[test]
    fn env_blocks_are_no_options() {
        assert!(is_env_block("env_production"));
        assert!(!is_env_block("env"));
        assert!(!is_env_block("env_a b"));
    }
}
