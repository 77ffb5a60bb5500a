//! `Function.prototype`, for functions of the program and for builtin ones.

use std::sync::Arc;

use super::super::super::heap::Class;
use super::super::super::value::Value;
use super::super::{Eval, Interpreter};
use super::{Given, type_of};

impl Interpreter<'_> {
    pub(super) fn function_method(&mut self, this: &Value, name: &str, given: &Given<'_>) -> Eval<Option<Value>> {
        match name {
            "call" => {
                let rest = given.from(1).all().to_vec();
                self.invoke(this.clone(), given.at(0), rest, given.site, given.function, false).map(Some)
            }
            "apply" => {
                let rest = self.list(&given.at(1))?;
                self.invoke(this.clone(), given.at(0), rest, given.site, given.function, false).map(Some)
            }
            "bind" => {
                let (target, this) = (this.clone(), given.at(0));
                let bound = Class::Bound { target, this, arguments: given.from(1).all().to_vec() };
                Ok(Some(Value::object(self.heap.allocate(bound, None))))
            }
            _ => self.object_method(this, name, given),
        }
    }

    /// The elements of an array as arguments.
    fn list(&mut self, list: &Value) -> Eval<Vec<Value>> {
        if list.is_nullish() == Some(true) {
            return Ok(Vec::new());
        }
        let (mut elements, more) = self.iterate(list)?;
        elements.extend(more.map(Value::further));
        Ok(elements)
    }

    /// Methods of builtin prototypes, and builtin functions by way of `call`, `apply` and `bind`.
    pub(in super::super) fn call_borrowed(
        &mut self,
        symbol: &str,
        this: &Value,
        given: &Given<'_>,
    ) -> Eval<Option<Value>> {
        if let Some((function, name @ ("call" | "apply" | "bind"))) = symbol.rsplit_once('.')
            && is_builtin(function)
        {
            let function = Value::symbol(Arc::<str>::from(function), super::Nature::Object);
            return self.function_method(&function, name, given);
        }
        match symbol.split_once(".prototype.") {
            Some((_, name)) if type_of(symbol).is_some() => match this.is_nullish() {
                Some(true) => {
                    self.fail("TypeError", format!("{symbol} called on null or undefined"), this.taint).map(Some)
                }
                _ if self.is_of(symbol, this) => self.call_method(this, name, given),
                _ => Ok(Some(Value::unknown(format!("`{symbol}` of something else")))),
            },
            _ => Ok(None),
        }
    }

    /// Whether a method of a builtin prototype is called on what it is for.
    fn is_of(&self, symbol: &str, this: &Value) -> bool {
        let class = symbol.split('.').next().unwrap_or_default();
        let own = this.as_object().and_then(|id| self.builtin_class(id));
        match class {
            "Array" => own == Some("Array"),
            "String" => this.as_str().is_some(),
            "Object" => true,
            _ => own.is_none_or(|own| own == class),
        }
    }
}

/// Functions that are computed here, whoever calls them.
fn is_builtin(symbol: &str) -> bool {
    let namespace = symbol.split('.').next().unwrap_or_default();
    type_of(symbol) == Some("function")
        || (matches!(namespace, "Math" | "Object" | "Array" | "JSON" | "Number" | "path") && !symbol.contains('('))
}
