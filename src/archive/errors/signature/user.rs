//! A user's own signatures: `[[signature]]` in `pm2lint.toml`, in the form of `rules/logs/app.toml`.

use std::ops::Range;

use regex::Regex;
use serde::Deserialize;
use toml::Spanned;

use super::Signature;

/// A signature as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenSignature {
    id: Spanned<String>,
    literal: Spanned<String>,
    pattern: Spanned<String>,
    samples: Spanned<Vec<Spanned<String>>>,
}

impl WrittenSignature {
    /// The signature, if it reads each of its samples.
    ///
    /// # Errors
    /// Where in the file something is wrong, and what.
    pub fn checked(self) -> Result<Signature, (Range<usize>, String)> {
        let Self { id, literal, pattern, samples } = self;
        if id.get_ref().trim().is_empty() {
            return Err((id.span(), "a signature has an `id`: what it is called in reports".into()));
        }
        if literal.get_ref().trim().is_empty() {
            return Err((literal.span(), "`literal` is a text that every such line has; it is empty".into()));
        }
        let regex = Regex::new(pattern.get_ref()).map_err(|error| {
            let why = error.to_string();
            (pattern.span(), format!("`pattern` is no regular expression: {}", why.lines().last().unwrap_or_default()))
        })?;
        if samples.get_ref().is_empty() {
            return Err((samples.span(), "a signature has at least one line in `samples` that it reads".into()));
        }
        for sample in samples.get_ref() {
            if !sample.get_ref().contains(literal.get_ref()) {
                return Err((sample.span(), format!("this sample does not contain `{}`", literal.get_ref())));
            }
            if !regex.is_match(sample.get_ref()) {
                return Err((sample.span(), format!("`{}` does not match this sample", pattern.get_ref())));
            }
        }
        let [id, literal, pattern] = [id, literal, pattern].map(|text| text.into_inner().into());
        Ok(Signature { id, literal, pattern })
    }
}
