//! Patterns of regular expressions in Rust's engine, where that means the same.

use regex::{Regex, RegexBuilder};

/// A pattern that both engines understand alike.
#[derive(Debug)]
pub(in super::super) struct Pattern {
    pub regex: Regex,
    flags: String,
    is_ascii: bool,
    /// It may match half of a character that takes two units, or between the halves.
    splits_characters: bool,
    groups: Vec<Certainty>,
}

/// Whether both engines agree on what a group matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Certainty {
    Always,
    /// JavaScript takes no empty turn of something repeated.
    UnlessEmpty,
    /// JavaScript forgets groups inside something repeated with every turn.
    Never,
}

impl Pattern {
    /// `None` where the pattern means something else in Rust's engine, or cannot be said there.
    pub fn new(pattern: &str, flags: &str) -> Option<Self> {
        if flags.contains(['y', 'v', 'd']) || pattern.len() > MAX_PATTERN {
            return None;
        }
        let mut translation = Translation { dot_all: flags.contains('s'), ..Translation::default() };
        translation.pattern(pattern)?;
        let regex = RegexBuilder::new(&translation.out)
            .case_insensitive(flags.contains('i'))
            .multi_line(flags.contains('m'))
            .size_limit(1 << 20)
            .dfa_size_limit(1 << 20)
            .build()
            .ok()?;
        Some(Self {
            splits_characters: translation.takes_any || regex.is_match(""),
            regex,
            flags: flags.to_owned(),
            is_ascii: pattern.is_ascii(),
            groups: translation.groups,
        })
    }

    /// Whether both engines see the same in a text.
    pub fn reads(&self, text: &str) -> bool {
        let foreign_case = self.has('i') && !(text.is_ascii() && self.is_ascii);
        let foreign_lines = self.has('m') && text.contains(['\r', '\u{2028}', '\u{2029}']);
        let halves = !self.has('u') && self.splits_characters && text.chars().any(|letter| letter.len_utf16() > 1);
        let is_long = text.len().saturating_mul(self.regex.as_str().len()) > MAX_WORK;
        !(foreign_case || foreign_lines || halves || is_long)
    }

    pub fn has(&self, flag: char) -> bool {
        self.flags.contains(flag)
    }

    /// Whether the engines agree on group `number`, from 1 on.
    pub fn certainty(&self, number: usize) -> Certainty {
        self.groups.get(number - 1).copied().unwrap_or(Certainty::Never)
    }
}

const MAX_PATTERN: usize = 2000;

/// Most bytes of text times bytes of pattern.
const MAX_WORK: usize = 1 << 24;

/// White space as `\s` means it.
const SPACE: &str = r"\t\n\x0B\x0C\r \u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}";

#[derive(Default)]
struct Translation {
    out: String,
    dot_all: bool,
    /// Some part takes any letter but a few.
    takes_any: bool,
    groups: Vec<Certainty>,
    /// For each open group, how many groups there were before it, and whether it is one that captures.
    open: Vec<(usize, bool)>,
}

impl Translation {
    fn pattern(&mut self, pattern: &str) -> Option<()> {
        let mut rest = pattern;
        while let Some(letter) = rest.chars().next() {
            let after = &rest[letter.len_utf8()..];
            self.takes_any |= letter == '.' || matches!(rest.get(..2), Some("[^" | "\\D" | "\\W" | "\\S"));
            rest = match letter {
                '\\' => self.escape(after)?,
                '[' => self.class(after)?,
                '(' => self.open_group(after)?,
                ')' => self.close_group(after)?,
                '{' => self.braces(after),
                '.' => self.put(if self.dot_all { "(?s:.)" } else { r"[^\n\r\u{2028}\u{2029}]" }, after),
                '^' | '$' | '|' | '*' | '+' | '?' => self.put(letter.encode_utf8(&mut [0; 4]), after),
                _ => self.literal(letter, after),
            };
        }
        self.open.is_empty().then_some(())
    }

    fn put<'p>(&mut self, text: &str, rest: &'p str) -> &'p str {
        self.out.push_str(text);
        rest
    }

    fn literal<'p>(&mut self, letter: char, rest: &'p str) -> &'p str {
        self.put(&regex::escape(letter.encode_utf8(&mut [0; 4])), rest)
    }

    fn escape<'p>(&mut self, rest: &'p str) -> Option<&'p str> {
        let letter = rest.chars().next()?;
        let after = &rest[letter.len_utf8()..];
        Some(match letter {
            'd' => self.put("[0-9]", after),
            'D' => self.put("[^0-9]", after),
            'w' => self.put("[A-Za-z0-9_]", after),
            'W' => self.put("[^A-Za-z0-9_]", after),
            's' => self.put(&format!("[{SPACE}]"), after),
            'S' => self.put(&format!("[^{SPACE}]"), after),
            'b' => self.put(r"(?-u:\b)", after),
            'B' => self.put(r"(?-u:\B)", after),
            _ => {
                let (letter, after) = escaped(rest)?;
                self.literal(letter, after)
            }
        })
    }

    fn class<'p>(&mut self, rest: &'p str) -> Option<&'p str> {
        let (negated, mut rest) = match rest.strip_prefix('^') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        if rest.starts_with(']') {
            return None;
        }
        self.out.push_str(if negated { "[^" } else { "[" });
        loop {
            let (one, after) = class_member(rest)?;
            rest = after;
            let range = rest.strip_prefix('-').filter(|after| !after.starts_with(']'));
            match (one, range.map(class_member)) {
                (Member::Letter(from), Some(Some((Member::Letter(to), after)))) => {
                    self.out.push_str(&format!("{}-{}", in_class(from), in_class(to)));
                    rest = after;
                }
                (_, Some(None)) => return None,
                (Member::Letter(letter), _) => self.out.push_str(&in_class(letter)),
                (Member::Set(set), _) => self.out.push_str(set),
                (Member::Space, _) => self.out.push_str(SPACE),
            }
            if let Some(after) = rest.strip_prefix(']') {
                return Some(self.put("]", after));
            }
        }
    }

    fn open_group<'p>(&mut self, rest: &'p str) -> Option<&'p str> {
        let before = self.groups.len();
        let named = rest.strip_prefix("?<").filter(|name| !name.starts_with(['=', '!']));
        let (text, after, captures) = match (rest.strip_prefix("?:"), named) {
            (Some(after), _) => ("(?:".to_owned(), after, false),
            (None, Some(named)) => {
                let (name, after) = named.split_once('>')?;
                (format!("(?P<{name}>"), after, true)
            }
            (None, None) if rest.starts_with('?') => return None,
            (None, None) => ("(".to_owned(), rest, true),
        };
        if captures {
            self.groups.push(Certainty::Always);
        }
        self.open.push((before, captures));
        Some(self.put(&text, after))
    }

    fn close_group<'p>(&mut self, rest: &'p str) -> Option<&'p str> {
        let (before, captures) = self.open.pop()?;
        let repeated = rest.starts_with(['*', '+']) || is_quantifier(rest);
        let inner = before + usize::from(captures);
        if repeated {
            self.groups[inner..].fill(Certainty::Never);
        }
        if repeated || rest.starts_with('?') {
            for group in &mut self.groups[before..] {
                *group = if *group == Certainty::Always { Certainty::UnlessEmpty } else { *group };
            }
        }
        Some(self.put(")", rest))
    }

    fn braces<'p>(&mut self, rest: &'p str) -> &'p str {
        let text = if is_quantifier(&format!("{{{rest}")) { "{" } else { r"\{" };
        if text == "{"
            && let Some((inside, after)) = rest.split_once('}')
        {
            self.out.push_str(&format!("{{{inside}}}"));
            return after;
        }
        self.put(text, rest)
    }
}

/// Whether a text begins with `{2}`, `{2,}` or `{2,3}`.
fn is_quantifier(text: &str) -> bool {
    let inside = text.strip_prefix('{').and_then(|text| text.split_once('}')).map(|(inside, _)| inside);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    inside.is_some_and(|inside| match inside.split_once(',') {
        Some((from, to)) => is_number(from) && (to.is_empty() || is_number(to)),
        None => is_number(inside),
    })
}

enum Member {
    Letter(char),
    Set(&'static str),
    Space,
}

/// The first member of the inside of a class, and what follows it.
fn class_member(text: &str) -> Option<(Member, &str)> {
    let letter = text.chars().next()?;
    let after = &text[letter.len_utf8()..];
    if letter != '\\' {
        return (letter != ']').then_some((Member::Letter(letter), after));
    }
    let set = match after.as_bytes().first()? {
        b'd' => Member::Set("0-9"),
        b'D' => Member::Set("[^0-9]"),
        b'w' => Member::Set("A-Za-z0-9_"),
        b'W' => Member::Set("[^A-Za-z0-9_]"),
        b's' => Member::Space,
        b'b' => Member::Letter('\u{8}'),
        b'S' | b'B' => return None,
        _ => {
            let (letter, after) = escaped(after)?;
            return Some((Member::Letter(letter), after));
        }
    };
    Some((set, &after[1..]))
}

/// The letter that an escape stands for, without its backslash, and what follows.
fn escaped(text: &str) -> Option<(char, &str)> {
    let letter = text.chars().next()?;
    let after = &text[letter.len_utf8()..];
    let code = |digits: &str| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
    Some(match letter {
        'n' => ('\n', after),
        'r' => ('\r', after),
        't' => ('\t', after),
        'f' => ('\u{c}', after),
        'v' => ('\u{b}', after),
        '0' if !after.starts_with(|digit: char| digit.is_ascii_digit()) => ('\0', after),
        'x' => (code(after.get(..2)?)?, &after[2..]),
        'u' if !after.starts_with('{') => (code(after.get(..4)?)?, &after[4..]),
        letter if letter.is_alphanumeric() => return None,
        letter => (letter, after),
    })
}

/// A letter inside a class.
fn in_class(letter: char) -> String {
    match letter {
        'A'..='Z' | 'a'..='z' | '0'..='9' => letter.to_string(),
        _ => format!("\\x{{{:x}}}", u32::from(letter)),
    }
}
