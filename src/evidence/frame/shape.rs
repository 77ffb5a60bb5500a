//! What the code at a frame does, as far as the stack tells: which function it is in, what it calls, what it throws.
//!
//! Where the archive is of another commit, the line holds something else; the call is then found by this.

use std::sync::Arc;

use crate::archive::{ErrorBlock, Frame};
use crate::checkout::{Place, Source, Span};
use crate::js::ir::{Expr, Key, Module, Stmt};

use super::super::texts::{Way, texts_of};

/// So many lines from its own a call may have moved, where its function is not known.
const DRIFT: u32 = 60;

/// What is known of the code at a frame.
#[derive(Clone, Debug)]
pub(super) struct Shape<'a> {
    /// The function, by the last part of its name.
    function: Option<&'a str>,
    /// What is called or read there.
    name: Option<&'a str>,
    /// The message, where it is made there.
    message: Option<&'a str>,
}

/// Something in a module that may stand in a stack.
struct Site<'m> {
    span: Span,
    name: Option<&'m str>,
}

impl<'a> Shape<'a> {
    /// Of frame number `index` in the stack of `error`.
    pub fn of(error: &'a ErrorBlock, index: usize) -> Option<Self> {
        let frame = error.frames.get(index)?;
        let inner = index.checked_sub(1).and_then(|inner| error.frames.get(inner));
        let called = inner.filter(|inner| inner.is_app()).and_then(|inner| last_name(inner.function.as_deref()?));
        let (name, message) = match index {
            0 => (read_by_engine(&error.message), Some(&*error.message).filter(|message| !message.is_empty())),
            _ => (called, None),
        };
        Some(Self { function: frame.function.as_deref().and_then(last_name), name, message })
    }

    /// Where it is instead, if the line of `frame` does not hold it.
    pub fn elsewhere(&self, source: &Source, module: &Module, frame: &Frame) -> Option<Span> {
        let line_of = |span: Span| source.position(span.start).line;
        let sites = sites(module);
        let on_line = |span: Span| line_of(span) <= frame.line && frame.line <= source.position(span.end).line;
        let here: Vec<&Site<'_>> = sites.iter().filter(|site| line_of(site.span) == frame.line).collect();
        let home = self.home(module).filter(|home| !on_line(*home));
        let is_named_here = self.name.is_none_or(|name| here.iter().any(|site| site.name == Some(name)));
        let made = self.made(module);
        let is_made_here = made.is_empty() || made.iter().any(|span| on_line(*span));
        if home.is_none() && !here.is_empty() && is_named_here && is_made_here {
            return None;
        }
        let named = sites.iter().filter(|site| self.name.is_some() && site.name == self.name).map(|site| site.span);
        let is_close = |span: &Span| match home.or_else(|| self.home(module)) {
            Some(home) => home.contains(*span),
            None => line_of(*span).abs_diff(frame.line) <= DRIFT,
        };
        let candidates: Vec<Span> = if made.is_empty() { named.collect() } else { made };
        let nearest = candidates.into_iter().filter(is_close).min_by_key(|span| line_of(*span).abs_diff(frame.line));
        nearest.or_else(|| home.map(|home| head(source, home)))
    }

    /// Where it is in a module of which no line is known.
    pub fn anywhere(&self, file: &Arc<str>, module: &Module) -> Option<Place> {
        let home = self.home(module);
        let is_inside = |span: &Span| home.is_none_or(|home| home.contains(*span));
        let sites = sites(module);
        let named = sites.iter().filter(|site| self.name.is_some() && site.name == self.name).map(|site| site.span);
        let mut candidates = self.made(module).into_iter().chain(named).filter(is_inside);
        candidates.next().or(home).map(|span| Place::new(file.clone(), span))
    }

    /// The only function of that name.
    fn home(&self, module: &Module) -> Option<Span> {
        let name = self.function?;
        let mut named =
            module.functions.iter().skip(1).filter(|function| function.name.is_some_and(|own| module[own] == *name));
        named.next().filter(|_| named.next().is_none()).map(|function| function.span)
    }

    /// Where an error with this message is made.
    fn made(&self, module: &Module) -> Vec<Span> {
        let Some(message) = self.message else { return Vec::new() };
        let texts = texts_of(&"".into(), module).into_iter();
        texts.filter(|text| text.way == Way::Thrown && text.line.fits(message)).map(|text| text.place.span).collect()
    }
}

/// `connect` of `async Pool.connect`, `onTimeout` of `Timeout._x [as onTimeout]`; nothing of `<anonymous>`.
fn last_name(function: &str) -> Option<&str> {
    let function = match function.split_once(" [as ") {
        Some((_, name)) => name.trim_end_matches(']'),
        None => function,
    };
    let name = function.rsplit(['.', ' ']).next()?;
    (!name.is_empty() && !name.starts_with('<')).then_some(name)
}

/// What V8 says that could not be read, called or found: `x` of `Cannot read properties of undefined (reading 'x')`.
fn read_by_engine(message: &str) -> Option<&str> {
    let reading = message.split_once("(reading '").or_else(|| message.split_once("(setting '"));
    if let Some((_, rest)) = reading {
        return rest.split('\'').next();
    }
    let subject = ["is not a function", "is not defined", "is not a constructor", "is not iterable"]
        .iter()
        .find_map(|end| message.strip_suffix(end))?;
    last_name(subject.trim_end())
}

/// Every call, construction, member and `throw` of a module.
fn sites(module: &Module) -> Vec<Site<'_>> {
    let exprs = module.exprs().filter_map(|(expr, span)| {
        let (span, name) = match expr {
            Expr::Call { callee, .. } | Expr::New { callee, .. } => (span, module.last_name(callee)),
            Expr::Member { key, .. } => match module[key] {
                Key::Static(name, at) => (at, Some(&module[name])),
                Key::Computed(_) => return None,
            },
            Expr::Await(_) | Expr::Import(_) => (span, None),
            Expr::Global(name) => (span, Some(&module[name])),
            _ => return None,
        };
        Some(Site { span, name })
    });
    let throws = module.stmts().filter(|(stmt, _)| matches!(stmt, Stmt::Throw(_)));
    exprs.chain(throws.map(|(_, span)| Site { span, name: None })).collect()
}

/// The first line of a function.
fn head(source: &Source, function: Span) -> Span {
    let line = source.line_span(source.position(function.start).line);
    Span::new(function.start, line.end.min(function.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "// a comment\n\
        const db = require('./db');\n\
        \n\
        async function main() {\n\
          await db.connect();\n\
          if (!process.env.KEY) throw new Error(`no key for ${db.name}`);\n\
          serve(db.pool.size);\n\
        }\n\
        \n\
        function serve(size) { console.log(size); }\n\
        main();\n";

    fn frame(function: Option<&str>, path: &str, line: u32) -> Frame {
        Frame { function: function.map(Arc::from), path: path.into(), line, column: 3 }
    }

    /// The line where the frame with `index` is found, if not its own.
    fn moved(message: &str, frames: Vec<Frame>, index: usize) -> Option<u32> {
        let error = ErrorBlock { message: message.into(), frames, ..ErrorBlock::default() };
        let source = Source::new("a.js", CODE);
        let module = crate::js::lower("a.js", CODE).unwrap();
        let shape = Shape::of(&error, index).unwrap();
        let span = shape.elsewhere(&source, &module, &error.frames[index])?;
        Some(source.position(span.start).line)
    }

    #[test]
    fn a_line_that_does_what_the_stack_says_is_taken() {
        for (message, line) in
            [("no key for x", 6), ("refused", 5), ("Cannot read properties of null (reading 'size')", 7)]
        {
            assert_eq!(moved(message, vec![frame(Some("main"), "/a.js", line)], 0), None, "{message}");
        }
    }

    #[test]
    fn what_moved_is_found_by_its_message_its_call_or_its_function() {
        let own = |line| vec![frame(Some("main"), "/a.js", line)];
        assert_eq!(moved("no key for x", own(4), 0), Some(6));
        assert_eq!(moved("Cannot read properties of null (reading 'size')", own(5), 0), Some(7));
        assert_eq!(moved("refused", vec![frame(Some("async main"), "/a.js", 2)], 0), Some(4));
        let called = vec![frame(Some("serve"), "/a.js", 10), frame(Some("main"), "/a.js", 5)];
        assert_eq!(moved("x", called, 1), Some(7));
    }

    #[test]
    fn names_in_stacks_are_read() {
        for (function, name) in [
            ("async Pool.connect", Some("connect")),
            ("Timeout._tick [as _onTimeout]", Some("_onTimeout")),
            ("new Shop", Some("Shop")),
            ("Object.<anonymous>", None),
        ] {
            assert_eq!(last_name(function), name, "{function}");
        }
        assert_eq!(read_by_engine("db.query is not a function"), Some("query"));
    }
}
