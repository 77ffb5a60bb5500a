//! The format of `.env` files, as the `dotenv` package reads it (lib/main.js of version 16).

use std::sync::{Arc, LazyLock};

use regex::Regex;

/// One assignment: the name, and the value with its quotes, if it has one. Quoted values may go over several lines.
static ASSIGNMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let value = r#"\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+"#;
    let line = r"(?m)^\s*(?:export\s+)?([A-Za-z0-9_.-]+)(?:\s*=\s*?|:\s+?)(VALUE)?\s*(?:#.*)?$";
    Regex::new(&line.replace("VALUE", value)).ok()
});

/// Names with their texts, in the order of a JavaScript object.
pub type Variables = Vec<(Arc<str>, Arc<str>)>;

/// The variables of a `.env` file; of equal names the last text.
pub fn parse(text: &str) -> Variables {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut variables = Variables::new();
    for found in ASSIGNMENT.iter().flat_map(|assignment| assignment.captures_iter(&text)) {
        let value = found.get(2).map_or("", |value| value.as_str());
        set(&mut variables, &found[1], unquote(value.trim()).into());
    }
    variables
}

/// Sets a variable where it stands, else behind all others.
pub fn set(variables: &mut Variables, name: &str, text: Arc<str>) {
    match variables.iter_mut().find(|(known, _)| **known == *name) {
        Some((_, known)) => *known = text,
        None => variables.push((name.into(), text)),
    }
}

/// The text of a variable.
pub fn get<'v>(variables: &'v Variables, name: &str) -> Option<&'v Arc<str>> {
    variables.iter().find(|(known, _)| **known == *name).map(|(_, text)| text)
}

/// Only double quotes give `\n` and `\r` a meaning.
fn unquote(value: &str) -> String {
    let Some(quote) = value.chars().next().filter(|letter| matches!(letter, '\'' | '"' | '`')) else {
        return value.to_owned();
    };
    let inside = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)).unwrap_or(value);
    if quote == '"' { inside.replace("\\n", "\n").replace("\\r", "\r") } else { inside.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What dotenv 16 makes of each.
    #[test]
    fn values_are_read_as_dotenv_does() {
        for (text, value) in [
            ("A=1", "1"),
            ("A = spaced out  ", "spaced out"),
            ("export A=1", "1"),
            ("A: yaml", "yaml"),
            ("A=", ""),
            ("A=word # comment", "word"),
            ("A=a#b", "a"),
            ("A='a#b' # c", "a#b"),
            ("A=\"a\\nb\"", "a\nb"),
            ("A='a\\nb'", "a\\nb"),
            ("A=\"two\nlines\"", "two\nlines"),
            ("A=\"unclosed", "\"unclosed"),
            ("A=`it's \"so\"`", "it's \"so\""),
            ("A=1\r\nB=2\r\n", "1"),
            ("A=1\nA=2", "2"),
            ("# A=1\nA=x=y", "x=y"),
        ] {
            let variables = parse(text);
            assert_eq!(get(&variables, "A").map(|value| &**value), Some(value), "{text}");
        }
    }

    #[test]
    fn what_is_no_assignment_is_left_out() {
        assert!(parse("# A=1\n\nA\n").is_empty());
    }
}
