//! What a plain scalar is: the core schema of YAML 1.2, and dates, as js-yaml 4 has them.

use granit_parser::Tag;

use crate::js::NodeKind;

/// The value of an unquoted scalar without a tag. `yes`, `on` and `012` are no longer what they were in YAML 1.1.
pub fn plain(text: &str) -> NodeKind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => NodeKind::Null,
        "true" | "True" | "TRUE" => NodeKind::Bool(true),
        "false" | "False" | "FALSE" => NodeKind::Bool(false),
        _ => match number(text) {
            Some(number) => NodeKind::Number(number),
            None if is_date(text) => NodeKind::Unknown("YAML makes a date of it".into()),
            None => NodeKind::String(text.into()),
        },
    }
}

/// The value of a scalar under a tag; `None`: PM2's YAML knows no such tag, or the text is none such.
pub fn tagged(text: &str, tag: &Tag) -> Option<NodeKind> {
    let (handle, suffix) = tag.parts();
    let wanted = match (handle, tag.core_suffix()) {
        ("", _) | ("!", _) if suffix.is_empty() || suffix == "!" => "str",
        (_, Some(core)) => core,
        _ if ["binary", "timestamp"]
            .iter()
            .any(|kind| tag.suffix_in_namespace("tag:yaml.org,2002:").as_deref() == Some(kind)) =>
        {
            return Some(NodeKind::Unknown("YAML makes an object of it".into()));
        }
        _ => return None,
    };
    let value = plain(text);
    match (wanted, &value) {
        ("str", _) => Some(NodeKind::String(text.into())),
        ("null", NodeKind::Null) | ("bool", NodeKind::Bool(_)) | ("int" | "float", NodeKind::Number(_)) => Some(value),
        _ => None,
    }
}

fn number(text: &str) -> Option<f64> {
    let (sign, body) = match text.as_bytes().first()? {
        b'-' => (-1.0, &text[1..]),
        b'+' => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    let magnitude = match body {
        ".inf" | ".Inf" | ".INF" => f64::INFINITY,
        ".nan" | ".NaN" | ".NAN" if body == text => f64::NAN,
        _ if body.starts_with('.') && body != text => return None,
        _ => based(body).or_else(|| decimal(body))?,
    };
    Some(sign * magnitude)
}

/// `0b101`, `0o17`, `0xff`.
fn based(body: &str) -> Option<f64> {
    let (digits, radix) = [("0b", 2), ("0o", 8), ("0x", 16)]
        .iter()
        .find_map(|(prefix, radix)| Some((body.strip_prefix(prefix)?, *radix)))?;
    let is_number = digits.chars().all(|c| c.is_digit(radix));
    is_number.then(|| u128::from_str_radix(digits, radix).ok().map(|number| number as f64)).flatten()
}

/// Digits, with a fraction and an exponent, as Rust reads them too: no `_`, no `inf`.
fn decimal(body: &str) -> Option<f64> {
    let is_numeric = body.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'));
    let starts = body.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let number: f64 = body.parse().ok().filter(|_| is_numeric && starts)?;
    number.is_finite().then_some(number)
}

/// `2026-11-22`, with or without a time.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits =
        |range: std::ops::Range<usize>| bytes.get(range).is_some_and(|digits| digits.iter().all(u8::is_ascii_digit));
    let is_day =
        digits(0..4) && digits(5..7) && digits(8..10) && bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-');
    let time = text.get(10..).unwrap_or_default();
    is_day && (time.is_empty() || (time.starts_with(['T', 't', ' ']) && time.matches(':').count() >= 2))
}
