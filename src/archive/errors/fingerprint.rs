//! Which printed errors are the same one.

use crate::archive::timeline::ErrorBlock;

/// Equal for errors of one cause: class, code, message without its numbers, and the place in the app.
pub(in crate::archive) fn fingerprint(error: &ErrorBlock) -> String {
    let mut text = String::with_capacity(error.message.len() + 128);
    text.extend([&error.class, "\n", error.code.as_deref().unwrap_or_default(), "\n"]);
    without_numbers(&error.message, &mut text);
    text.push('\n');
    if let Some(frame) = error.app_frame() {
        text.extend([&frame.path, ":", &frame.line.to_string()]);
    }
    text
}

/// Writes `text` to `plain` with `#` for each number and each hexadecimal id.
fn without_numbers(text: &str, plain: &mut String) {
    for piece in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
        let has_digit = word.bytes().any(|b| b.is_ascii_digit());
        if has_digit && word.len() >= 8 && word.bytes().all(|b| b.is_ascii_hexdigit()) {
            plain.push('#');
        } else if has_digit {
            hash(word, plain);
        } else {
            plain.push_str(word);
        }
        plain.push_str(piece.get(word.len()..).unwrap_or_default());
    }
}

/// `#` for each run of digits.
fn hash(word: &str, plain: &mut String) {
    let mut was_digit = false;
    for c in word.chars() {
        let is_digit = c.is_ascii_digit();
        match (is_digit, was_digit) {
            (true, true) => {}
            (true, false) => plain.push('#'),
            (false, _) => plain.push(c),
        }
        was_digit = is_digit;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_ids_do_not_tell_messages_apart() {
        let mut plain = String::new();
        without_numbers("order 17 of user 5f3a9c01d2 (é12) failed at 10.0.0.1:5432", &mut plain);
        assert_eq!(plain, "order # of user # (é#) failed at #.#.#.#:#");
    }
}
