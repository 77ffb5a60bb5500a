//! The texts that a module can print: literals on their way to a log, as patterns of lines.

use std::sync::Arc;

use crate::archive::Probe;
use crate::checkout::{Place, Span};
use crate::js::ir::{Argument, Binary, Expr, ExprId, Module, Stmt};

/// A literal on its way to a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    /// The call that prints it, or the error that is made of it.
    pub place: Place,
    /// How it comes to a log.
    pub way: Way,
    /// What the line looks like.
    pub line: Probe,
}

/// How a text comes to a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// As the message of an error.
    Thrown,
    /// Printed as an error or warning.
    Complaint,
    /// Printed.
    Word,
}

/// Methods of `console` and of loggers (pino, winston, log4js, bunyan, Nest), and what their text is.
const PRINTS: [(&str, Way); 21] = [
    ("alert", Way::Complaint),
    ("crit", Way::Complaint),
    ("critical", Way::Complaint),
    ("debug", Way::Word),
    ("emerg", Way::Complaint),
    ("error", Way::Complaint),
    ("exception", Way::Complaint),
    ("fatal", Way::Complaint),
    ("http", Way::Word),
    ("info", Way::Word),
    ("log", Way::Word),
    ("mark", Way::Word),
    ("notice", Way::Word),
    ("silly", Way::Word),
    ("success", Way::Word),
    ("trace", Way::Word),
    ("verbose", Way::Word),
    ("warn", Way::Complaint),
    ("warning", Way::Complaint),
    ("write", Way::Word),
    ("writeln", Way::Word),
];

/// Fewest letters of a text that tells anything.
const LETTERS: usize = 5;
/// Arguments of `console.log` that are put together.
const ARGUMENTS: usize = 6;
/// Nesting of `+` that is followed.
const DEPTH: usize = 24;

/// Every text that the module in `file` can print, in the order of its places.
pub(super) fn texts_of(file: &Arc<str>, module: &Module) -> Vec<Text> {
    let of_exprs = module.exprs().filter_map(|(expr, span)| {
        let (way, bits, begins) = said_by(module, expr)?;
        Some((span, way, line(bits, begins)?))
    });
    let of_throws = module.stmts().filter_map(|(stmt, span)| {
        let Stmt::Throw(thrown) = stmt else { return None };
        let mut bits = Bits::default();
        bits.read(module, *thrown, 0);
        Some((span, Way::Thrown, line(bits, false)?))
    });
    let all = of_exprs.chain(of_throws);
    let mut texts: Vec<Text> =
        all.map(|(span, way, line)| Text { place: Place::new(file.clone(), span), way, line }).collect();
    texts.sort_by(|a, b| a.place.cmp(&b.place));
    texts
}

/// Every call of `process.exit` and its like in a module.
pub(super) fn exits_of(module: &Module) -> impl Iterator<Item = Span> {
    module.exprs().filter(|(expr, _)| is_exit(module, *expr)).map(|(_, span)| span)
}

fn is_exit(module: &Module, expr: Expr) -> bool {
    let Expr::Call { callee, .. } = expr else { return false };
    module.member(callee).is_some_and(|(object, method)| {
        matches!(method, "exit" | "abort" | "reallyExit") && module.last_name(object) == Some("process")
    })
}

/// What an expression prints or throws.
fn said_by(module: &Module, expr: Expr) -> Option<(Way, Bits, bool)> {
    match expr {
        Expr::New { callee, arguments } if is_error(module, callee) => {
            Some((Way::Thrown, Bits::of_first(module, &module[arguments]), false))
        }
        Expr::Call { callee, arguments, .. } => said_by_call(module, callee, &module[arguments]),
        _ => None,
    }
}

fn said_by_call(module: &Module, callee: ExprId, arguments: &[Argument]) -> Option<(Way, Bits, bool)> {
    match module[callee] {
        Expr::Member { .. } => {
            let (object, method) = module.member(callee)?;
            let (_, way) = *PRINTS.iter().find(|(name, _)| *name == method)?;
            Some(match module.last_name(object) {
                Some("console") => (way, Bits::of_all(module, arguments), true),
                Some("stderr") => (Way::Complaint, Bits::of_first(module, arguments), true),
                Some("stdout") => (way, Bits::of_first(module, arguments), true),
                _ if matches!(method, "write" | "writeln") => return None,
                _ => (way, Bits::of_first(module, arguments), false),
            })
        }
        Expr::Name(_) | Expr::Global(_) if is_error(module, callee) => {
            Some((Way::Thrown, Bits::of_first(module, arguments), false))
        }
        Expr::Name(_) => {
            let name = module.last_name(callee)?.to_lowercase();
            let prints = ["log", "debug", "print", "warn", "info"].iter().any(|word| name.contains(word));
            prints.then(|| (Way::Word, Bits::of_first(module, arguments), false))
        }
        _ => None,
    }
}

fn is_error(module: &Module, callee: ExprId) -> bool {
    module.last_name(callee).is_some_and(|name| name.ends_with("Error") || name.ends_with("Exception"))
}

/// Parts of a text: those that are known, and holes.
#[derive(Default)]
struct Bits(Vec<Option<String>>);

impl Bits {
    /// Of the first argument that is a text: loggers take an object before it.
    fn of_first(module: &Module, arguments: &[Argument]) -> Self {
        let mut all = arguments.iter().take(ARGUMENTS).map(|argument| {
            let mut bits = Self::default();
            bits.read(module, argument.value, 0);
            bits
        });
        all.find(|bits| bits.0.iter().any(Option::is_some)).unwrap_or_default()
    }

    /// Of all arguments, with a space between, as `console` prints them.
    fn of_all(module: &Module, arguments: &[Argument]) -> Self {
        let mut bits = Self::default();
        let mut rest = arguments.iter().take(ARGUMENTS);
        while let Some(argument) = rest.next() {
            let is_first = bits.0.is_empty();
            if !is_first {
                bits.text(" ");
            }
            if argument.spread {
                bits.0.push(None)
            } else {
                bits.read(module, argument.value, 0)
            }
            if is_first && matches!(module[argument.value], Expr::String(_)) {
                let taken = bits.0.iter().filter(|bit| bit.is_none()).count();
                rest.by_ref().take(taken).for_each(drop);
            }
        }
        bits
    }

    fn read(&mut self, module: &Module, id: ExprId, depth: usize) {
        match module[id] {
            Expr::String(text) => self.format(&module[text]),
            Expr::Template(template) | Expr::TaggedTemplate { template, .. } => {
                for (position, text) in module[template].texts.iter().enumerate() {
                    if position > 0 {
                        self.0.push(None);
                    }
                    self.text(&module[*text]);
                }
            }
            Expr::Binary { operator: Binary::Add, left, right } if depth < DEPTH => {
                self.read(module, left, depth + 1);
                self.read(module, right, depth + 1);
            }
            _ => self.0.push(None),
        }
    }

    /// A text in which `%s` and its like may stand for the next argument.
    fn format(&mut self, text: &str) {
        let mut pieces = text.split('%');
        self.text(pieces.next().unwrap_or_default());
        for piece in pieces {
            match piece.chars().next() {
                Some('s' | 'd' | 'i' | 'f' | 'j' | 'o' | 'O' | 'c') => {
                    self.0.push(None);
                    self.text(&piece[1..]);
                }
                _ => self.text(&format!("%{piece}")),
            }
        }
    }

    fn text(&mut self, text: &str) {
        let plain = uncoloured(text);
        match self.0.last_mut() {
            Some(Some(last)) => last.push_str(&plain),
            _ => self.0.push(Some(plain)),
        }
    }
}

/// Without the colours of a terminal, which the logs are read without.
fn uncoloured(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    pieces.for_each(|piece| plain.push_str(piece.split_once('m').map_or(piece, |(_, rest)| rest)));
    plain
}

/// The line of what is said that tells most; `None`: it tells nothing.
fn line(bits: Bits, begins: bool) -> Option<Probe> {
    let mut lines: Vec<Vec<Option<String>>> = vec![Vec::new()];
    for bit in bits.0 {
        let Some(text) = bit else {
            lines.last_mut()?.push(None);
            continue;
        };
        let mut pieces = text.split('\n');
        lines.last_mut()?.push(pieces.next().map(str::to_owned));
        pieces.for_each(|piece| lines.push(vec![Some(piece.to_owned())]));
    }
    let probes = lines.into_iter().rev().map(|line| probe(line, begins));
    probes.max_by_key(letters).filter(|probe| letters(probe) >= LETTERS)
}

fn probe(line: Vec<Option<String>>, begins: bool) -> Probe {
    let begins = begins && line.first().is_some_and(|first| first.as_ref().is_some_and(|text| !text.trim().is_empty()));
    let mut parts: Vec<String> = line.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    if let Some(last) = parts.last_mut() {
        last.truncate(last.trim_end().len());
    }
    parts.retain(|part| !part.trim().is_empty());
    Probe { parts, begins }
}

/// The letters of the part that has most of them.
fn letters(probe: &Probe) -> usize {
    let count = |part: &String| part.chars().filter(|c| c.is_alphabetic()).count();
    probe.parts.iter().map(count).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(code: &str) -> Vec<(Way, String, bool)> {
        let module = crate::js::lower("a.js", code).unwrap();
        let told = texts_of(&"a.js".into(), &module).into_iter();
        told.map(|text| (text.way, text.line.parts.join("*"), text.line.begins)).collect()
    }

    #[test]
    fn what_is_printed_is_a_pattern() {
        for (code, way, parts, begins) in [
            ("console.log('worker', process.pid, 'is up');", Way::Word, "worker * is up", true),
            ("console.log(`sent ${n} mails`);", Way::Word, "sent * mails", true),
            (
                "console.error('cannot reach ' + host + ', giving up');",
                Way::Complaint,
                "cannot reach *, giving up",
                true,
            ),
            ("console.log('admin %s %s', url, status, 'in time');", Way::Word, "admin * in time", true),
            ("logger.info({ id }, 'order stored');", Way::Word, "order stored", false),
            ("log.fatal('100%% of the disk');", Way::Complaint, "100%% of the disk", false),
            ("process.stderr.write('no licence\\nsee manual\\n');", Way::Complaint, "no licence", true),
            (
                "const debugJobs = debug('jobs'); debugJobs('cleaning %d carts', n);",
                Way::Word,
                "cleaning * carts",
                false,
            ),
            ("console.log('\\u001b[32mready to serve\\u001b[0m');", Way::Word, "ready to serve", true),
        ] {
            assert_eq!(texts(code), [(way, parts.to_owned(), begins)], "{code}");
        }
    }

    #[test]
    fn messages_of_errors_are_thrown_or_handed_on() {
        let code = "reject(new TypeError('bad input')); throw createError(400, `no order ${id}`);";
        let expected = [(Way::Thrown, "bad input".to_owned(), false), (Way::Thrown, "no order".to_owned(), false)];
        assert_eq!(texts(code), expected);
    }

    #[test]
    fn what_says_nothing_or_is_no_print_is_left_out() {
        for code in ["console.log(x);", "console.log('ok');", "res.write('hello world');", "f('hello world');"] {
            assert_eq!(texts(code), [], "{code}");
        }
    }
}
