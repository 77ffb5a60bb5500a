//! The format of `.env` files, as the `dotenv` package reads it.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The variables of a `.env` file; of equal names the last.
pub fn parse(text: &str) -> BTreeMap<Arc<str>, Arc<str>> {
    text.lines().filter_map(line).map(|(name, value)| (name.into(), value.into())).collect()
}

fn line(line: &str) -> Option<(&str, String)> {
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    is_name.then(|| (name, unquote(value.trim())))
}

fn unquote(value: &str) -> String {
    for quote in ['"', '\'', '`'] {
        if let Some((inner, _)) = value.strip_prefix(quote).and_then(|rest| rest.split_once(quote)) {
            return if quote == '"' { inner.replace("\\n", "\n") } else { inner.to_owned() };
        }
    }
    value.split('#').next().unwrap_or_default().trim().to_owned()
}
