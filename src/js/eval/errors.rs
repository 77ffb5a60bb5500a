//! What JavaScript throws by itself.

use std::sync::Arc;

use super::super::heap::Class;
use super::super::value::{Kind, Taint, Value};
use super::{Abrupt, Eval, Interpreter};

impl Interpreter<'_> {
    /// JavaScript throws here. A program that is explored for its calls goes on with an undecided value, and so does
    /// what only an assumption makes throw.
    pub(super) fn fail(&mut self, name: &'static str, message: impl Into<String>, because: Taint) -> Eval {
        let message = message.into();
        match self.is_exact() && because.is_none() {
            true => Err(Abrupt::Throw(self.error(name, &message))),
            false => Ok(Value::unknown(message).tainted(because)),
        }
    }

    /// An error object of the builtin class `name`.
    pub(super) fn error(&mut self, name: &'static str, message: &str) -> Value {
        self.error_with(name, Value::string(message))
    }

    /// An error object with a message that may be undecided.
    pub(super) fn error_with(&mut self, name: &'static str, message: Value) -> Value {
        let id = self.heap.allocate(Class::Error(name), None);
        self.define_hidden(id, "stack".into(), Value::unknown("where an error was made"));
        self.define_hidden(id, "message".into(), message);
        Value::object(id)
    }

    /// What an error says, as Node prints it: `TypeError: x is not a function`.
    pub(super) fn error_text(&mut self, error: &Value) -> Arc<str> {
        match self.to_string(error).kind {
            Kind::String(text) => text,
            _ => "an error".into(),
        }
    }
}

/// The builtin error class called `name`.
pub(super) fn error_class(name: &str) -> Option<&'static str> {
    ["Error", "TypeError", "RangeError", "SyntaxError", "ReferenceError", "EvalError", "URIError"]
        .into_iter()
        .find(|known| *known == name)
}
