//! Errors of which the code shows that nobody can have caught them.
//!
//! In fork mode PM2 prints a rejection that nobody handled as an app prints an error that it caught. Where the program drops
//! the promise, it was not caught.

use std::sync::Arc;

use crate::archive::{ESM_LOADER, ErrorBlock, Exception, Incident, IncidentKind, LoggedError, Proof, missing_module};
use crate::checkout::Span;
use crate::js::ir::{BindingId, BindingKind, Export, Expr, ExprId, FunctionId, Module, Pattern, Stmt};

use super::Join;

impl Join<'_> {
    /// The rejections that the logs alone do not tell from errors that were handled.
    pub(super) fn dropped_rejections(&self) -> Vec<Incident> {
        let open = self.timeline.errors.iter().filter(|error| error.uncaught.is_none() && error.rejections == 0);
        let is_lost = |error: &&LoggedError| {
            let app = error.app.as_deref();
            self.failed_import(&error.error, app).is_some() && !self.loads_at_will(app) || self.is_dropped(error)
        };
        open.filter(is_lost).map(rejection).collect()
    }

    fn is_dropped(&self, logged: &LoggedError) -> bool {
        let found = self.frame_place(&logged.error, logged.app.as_deref()).filter(|found| !found.is_approximate);
        let Some(place) = found.map(|found| found.place) else { return false };
        let Some(Ok(module)) = self.modules.lowered(&place.file) else { return false };
        Promises { module: &module }.are_dropped_at(place.span) || self.is_chain_dropped(logged).unwrap_or(false)
    }

    /// Whether nobody on the way out catches: not the functions that waited for one another, and not who called the outermost.
    /// `None`: a part of the way is not in the checkout as it ran.
    fn is_chain_dropped(&self, logged: &LoggedError) -> Option<bool> {
        let error = &logged.error;
        let own = (0..error.frames.len()).filter(|index| error.frames[*index].is_app());
        let links: Option<Vec<Link>> = own.map(|index| self.link(error, index, logged.app.as_deref())).collect();
        let links = links?;
        let (outermost, inner) = links.split_last()?;
        let is_loading = error.frames.iter().any(|frame| frame.path.contains(ESM_LOADER));
        if is_loading && self.loads_at_will(logged.app.as_deref()) {
            return Some(false);
        }
        let is_lost = outermost.is_forgotten(is_loading)
            || inner.last().is_some_and(Link::is_async) && outermost.promises().is_unanswered_at(outermost.at);
        Some(is_lost && inner.iter().all(|link| !link.promises().is_caught_on_the_way(link)))
    }

    /// Whether the program has an `import()` of what may be a module of its own: it can catch what goes wrong in that.
    fn loads_at_will(&self, app: Option<&str>) -> bool {
        let Some(app) = app.and_then(|name| self.app(name)) else { return true };
        let modules = app.files.iter().filter_map(|file| self.modules.lowered(file)?.ok());
        modules.into_iter().any(|module| {
            module.exprs.iter().any(|expr| match *expr {
                Expr::Import(specifier) => match module[specifier] {
                    Expr::String(name) => module[name].starts_with(['.', '/', '#']),
                    _ => true,
                },
                _ => false,
            })
        })
    }

    fn link(&self, error: &ErrorBlock, index: usize, app: Option<&str>) -> Option<Link> {
        let found = self.locate(error, index, app).filter(|found| !found.is_approximate)?;
        let source = self.modules.checkout().source(&found.place.file)?;
        let column = error.frames[index].column.saturating_sub(1) as usize;
        let line = source.line_text(source.position(found.place.span.start).line);
        let module = self.modules.lowered(&found.place.file)?.ok()?;
        Some(Link {
            module,
            at: source.line_span(source.position(found.place.span.start).line).start + u32::try_from(column).ok()?,
            line: found.place.span,
            waits: line.get(column..).is_some_and(|rest| rest.starts_with("await")),
        })
    }
}

/// A place on the way of an error.
struct Link {
    module: Arc<Module>,
    line: Span,
    /// The call, as the stack has it.
    at: u32,
    /// It waits there for the promise that failed.
    waits: bool,
}

impl Link {
    fn promises(&self) -> Promises<'_> {
        Promises { module: &self.module }
    }

    /// What goes wrong there rejects a promise.
    fn is_async(&self) -> bool {
        self.promises().function_around(self.line).is_some_and(|function| self.module[function].is_async)
    }

    /// Nobody gets the error beyond this: the body of an ES module that nothing but Node runs, or a function whose promise is dropped.
    fn is_forgotten(&self, is_loading: bool) -> bool {
        let promises = self.promises();
        match promises.function_around(self.line) {
            Some(function) => {
                self.module[function].is_async
                    && !promises.is_caught_on_the_way(self)
                    && promises.is_result_dropped(function)
            }
            None => self.module.is_esm && (is_loading || self.waits) && !promises.is_caught_on_the_way(self),
        }
    }
}

fn rejection(logged: &LoggedError) -> Incident {
    let rejected = || {
        IncidentKind::UnhandledRejection(Exception {
            error: logged.error.clone(),
            proof: Proof::Dropped,
            silent: Vec::new(),
            stopped: Vec::new(),
        })
    };
    Incident {
        kind: missing_module(&logged.error).map_or_else(rejected, IncidentKind::ModuleNotFound),
        app: logged.app.clone(),
        workers: logged.workers.clone(),
        count: logged.count,
        first: logged.first,
        last: logged.last,
        evidence: logged.evidence.clone(),
    }
}

/// What becomes of the promises of a module.
struct Promises<'m> {
    module: &'m Module,
}

impl Promises<'_> {
    /// Whether an error made in the line `line` can only reject a promise that is dropped.
    fn are_dropped_at(&self, line: Span) -> bool {
        self.is_rejected_and_dropped(line)
            || self.function_around(line).is_some_and(|function| {
                self.module[function].is_async
                    && !self.is_caught(line, self.module[function].span)
                    && self.is_result_dropped(function)
            })
    }

    /// `Promise.reject(...);` and nothing else with it.
    fn is_rejected_and_dropped(&self, line: Span) -> bool {
        let overlaps = |span: Span| span.start < line.end && line.start < span.end;
        self.dropped_calls().any(|(callee, _, span)| overlaps(span) && self.is_promise_reject(callee))
    }

    fn is_promise_reject(&self, callee: ExprId) -> bool {
        self.module.member(callee).is_some_and(|(object, name)| name == "reject" && self.is_global(object, "Promise"))
    }

    fn is_global(&self, expr: ExprId, name: &str) -> bool {
        matches!(self.module[expr], Expr::Global(global) if self.module[global] == *name)
    }

    /// Calls whose result nobody looks at: the callee, the arguments, the statement.
    fn dropped_calls(&self) -> impl Iterator<Item = (ExprId, Vec<ExprId>, Span)> + '_ {
        self.module.stmts().filter_map(|(statement, span)| {
            let Stmt::Expr(expr) = statement else { return None };
            let Expr::Call { callee, arguments, .. } = self.module[*expr] else { return None };
            Some((callee, self.module[arguments].iter().map(|argument| argument.value).collect(), span))
        })
    }

    /// Whether a call at `at` gives a promise, and nobody takes its failure: it is a statement of its own, and nothing follows but
    /// `then` and `finally`.
    fn is_unanswered_at(&self, at: u32) -> bool {
        let ids = (0..self.module.exprs.len()).map(ExprId::new);
        let calls = ids.filter(|id| matches!(self.module[*id], Expr::Call { .. }));
        let around =
            calls.map(|id| (self.module.expr_span(id), id)).filter(|(span, _)| (span.start..span.end).contains(&at));
        let Some((_, call)) = around.min_by_key(|(span, _)| span.end - span.start) else { return false };
        self.module
            .stmts
            .iter()
            .any(|statement| matches!(statement, Stmt::Expr(expr) if self.begins(*expr) == Some(call)))
    }

    /// The call with which a chain begins that takes no failure.
    fn begins(&self, expr: ExprId) -> Option<ExprId> {
        let Expr::Call { callee, arguments, .. } = self.module[expr] else { return None };
        match self.module.member(callee) {
            Some((object, "then")) if self.module[arguments].len() == 1 => self.begins(object),
            Some((object, "finally")) => self.begins(object),
            Some((_, "then" | "catch")) => None,
            _ => Some(expr),
        }
    }

    /// The innermost function that holds the line.
    fn function_around(&self, line: Span) -> Option<FunctionId> {
        let functions = self.module.functions.iter().enumerate().skip(1);
        let around = functions.filter(|(_, function)| function.span.contains(line));
        let innermost = around.min_by_key(|(_, function)| function.span.end - function.span.start);
        innermost.map(|(index, _)| FunctionId::new(index))
    }

    /// Whether a `catch` of the function at `function` takes what is thrown in the line.
    fn is_caught(&self, line: Span, function: Span) -> bool {
        self.module.stmts.iter().any(|statement| match statement {
            Stmt::Try(attempt) if attempt.handler.is_some() => {
                let block = self.module.stmt_span(attempt.block);
                block.start < line.end && line.start < block.end && function.contains(block)
            }
            _ => false,
        })
    }

    /// Whether a `catch` takes what is thrown at the place, of a `try` or of the promise that is made there.
    fn is_caught_on_the_way(&self, link: &Link) -> bool {
        let around = self.function_around(link.line).map(|function| self.module[function].span);
        let is_answered = || {
            self.module.exprs.iter().any(|expr| match *expr {
                Expr::Member { object, key, .. } => {
                    let receiver = self.module.expr_span(object);
                    let name = self.module.static_key(key);
                    name.is_some_and(|name| matches!(name, "catch" | "then"))
                        && receiver.start < link.line.end
                        && link.line.start < receiver.end
                }
                _ => false,
            })
        };
        self.is_caught(link.line, around.unwrap_or(Span::new(0, u32::MAX))) || (!link.waits && is_answered())
    }

    /// Whether nobody gets the promise that the function returns: it is called and forgotten, or handed to what ignores it.
    fn is_result_dropped(&self, function: FunctionId) -> bool {
        let is_it = |expr: ExprId| matches!(self.module[expr], Expr::Function(id) if id == function);
        let is_ignored = self.dropped_calls().any(|(callee, arguments, _)| {
            is_it(callee) || (self.ignores_results(callee) && arguments.into_iter().any(is_it))
        });
        is_ignored || self.name_of(function).is_some_and(|name| self.is_always_forgotten(name))
    }

    /// Timers and emitters call back and look at nothing that is returned.
    fn ignores_results(&self, callee: ExprId) -> bool {
        match self.module[callee] {
            Expr::Global(name) => matches!(&self.module[name], "setTimeout" | "setInterval" | "setImmediate"),
            _ => self.module.member(callee).is_some_and(|(_, name)| matches!(name, "on" | "once" | "addListener")),
        }
    }

    fn name_of(&self, function: FunctionId) -> Option<BindingId> {
        let declared = self.module.scopes.iter().flat_map(|scope| &self.module[scope.hoisted]);
        let declared = declared.filter(|(_, id)| *id == function).map(|(name, _)| *name).next();
        declared.or_else(|| self.module.stmts.iter().find_map(|statement| self.constant_name(statement, function)))
    }

    /// `name` of `const name = async () => ...`.
    fn constant_name(&self, statement: &Stmt, function: FunctionId) -> Option<BindingId> {
        let Stmt::Declare { kind: BindingKind::Const, pattern, init: Some(init) } = statement else { return None };
        let is_it = matches!(self.module[*init], Expr::Function(id) if id == function);
        match self.module[*pattern] {
            Pattern::Name(name) if is_it => Some(name),
            _ => None,
        }
    }

    /// Every use of the name is a call whose result is dropped.
    fn is_always_forgotten(&self, name: BindingId) -> bool {
        let is_it = |expr: ExprId| matches!(self.module[expr], Expr::Name(id) if id == name);
        let uses = self.module.exprs.iter().filter(|expr| matches!(expr, Expr::Name(id) if *id == name)).count();
        let forgotten = self.dropped_calls().filter(|(callee, ..)| is_it(*callee)).count();
        let is_exported = self
            .module
            .exports
            .iter()
            .any(|export| matches!(export, Export::Local { binding, .. } if *binding == name));
        uses > 0 && uses == forgotten && !is_exported
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::js::lower;

    /// Whether the line of `text` that holds `throws` is one of a promise that is dropped.
    fn is_dropped(text: &str) -> bool {
        let module = lower("a.js", text).unwrap();
        let at = text.find("new Error").unwrap();
        let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
        Promises { module: &module }.are_dropped_at(Span::new(start as u32, end as u32))
    }

    #[test]
    fn promises_that_are_forgotten_cannot_be_handled() {
        for text in [
            "app.get('/', (req, res) => {\n  res.end();\n  Promise.reject(new Error('x'));\n});",
            "setInterval(async () => {\n  throw new Error('x');\n}, 1000);",
            "queue.on('job', async (job) => {\n  if (!job) {\n    throw new Error('x');\n  }\n});",
            "(async () => {\n  throw new Error('x');\n})();",
            "async function start() {\n  throw new Error('x');\n}\nstart();",
        ] {
            assert!(is_dropped(text), "{text}");
        }
    }

    #[test]
    fn promises_that_somebody_gets_may_be_handled() {
        for text in [
            "const later = () => {\n  return Promise.reject(new Error('x'));\n};\nlater().catch(console.error);",
            "Promise.reject(new Error('x')).catch(console.error);",
            "setInterval(async () => {\n  try {\n    throw new Error('x');\n  } catch (error) {\n    console.error(error);\n  }\n}, 1000);",
            "async function start() {\n  throw new Error('x');\n}\nstart().catch(console.error);",
            "async function start() {\n  throw new Error('x');\n}\nstart();\nmodule.exports = { start };",
            "export async function start() {\n  throw new Error('x');\n}\nstart();",
            "app.get('/', async () => {\n  throw new Error('x');\n});",
            "app.get('/', () => {\n  console.error(new Error('x'));\n});",
        ] {
            assert!(!is_dropped(text), "{text}");
        }
    }
}
