//! `JSON`.

use std::sync::Arc;

use super::super::super::heap::Class;
use super::super::super::value::{Kind, Nature, ObjectId, Value};
use super::super::{Eval, Interpreter};

impl Interpreter<'_> {
    pub(super) fn json(&mut self, name: &str, arguments: &[Value]) -> Eval<Option<Value>> {
        let first = arguments.first().cloned().unwrap_or_else(Value::undefined);
        match name {
            "parse" => {
                let Some(text) = first.as_str() else {
                    let why = first.why().cloned().unwrap_or_else(|| "a text that is not known".into());
                    return Ok(Some(Value::unknown(why).tainted(first.taint)));
                };
                match serde_json::from_str::<serde_json::Value>(text) {
                    Ok(parsed) => Ok(Some(self.from_json(parsed).tainted(first.taint))),
                    Err(error) => {
                        let error = self.error(&error.to_string());
                        Err(super::super::Abrupt::Throw(error))
                    }
                }
            }
            "stringify" => {
                let indent = arguments.get(2).is_some_and(|indent| !indent.is_undefined());
                let replacer = arguments.get(1).is_some_and(|replacer| replacer.is_nullish() != Some(true));
                let text = if indent || replacer { None } else { self.to_json(&first, 0) };
                Ok(Some(match text {
                    Some(text) => Value::string(text).tainted(first.taint),
                    None => Value::unknown_of(Nature::String, "`JSON.stringify`").tainted(first.taint),
                }))
            }
            _ => Ok(None),
        }
    }

    fn from_json(&mut self, json: serde_json::Value) -> Value {
        match json {
            serde_json::Value::Null => Value::new(Kind::Null),
            serde_json::Value::Bool(value) => Value::bool(value),
            serde_json::Value::Number(number) => Value::number(number.as_f64().unwrap_or(f64::NAN)),
            serde_json::Value::String(text) => Value::string(text),
            serde_json::Value::Array(elements) => {
                let elements = elements.into_iter().map(|element| self.from_json(element)).collect();
                self.array(elements)
            }
            serde_json::Value::Object(entries) => {
                let id = self.heap.allocate(Class::Plain, None);
                for (key, value) in entries {
                    let value = self.from_json(value);
                    self.heap.set(id, key, value, None);
                }
                Value::object(id)
            }
        }
    }

    /// The text, where every part is known and plain.
    fn to_json(&mut self, value: &Value, depth: u32) -> Option<String> {
        if depth > 60 {
            return None;
        }
        Some(match &value.kind {
            Kind::Null => "null".into(),
            Kind::Bool(value) => value.to_string(),
            Kind::Number(number) if number.is_finite() => crate::js::number_to_string(*number),
            Kind::Number(_) => "null".into(),
            Kind::String(text) => serde_json::to_string(&**text).ok()?,
            Kind::Object(id) => self.object_to_json(*id, depth)?,
            Kind::Undefined | Kind::BigInt(_) | Kind::Unknown(_) => return None,
        })
    }

    fn object_to_json(&mut self, id: ObjectId, depth: u32) -> Option<String> {
        if self.heap.object(id).open.is_some() {
            return None;
        }
        match self.heap.object(id).class.clone() {
            Class::Array(elements) => {
                let parts: Option<Vec<String>> = elements
                    .iter()
                    .map(|element| match element.is_undefined() || self.heap.is_function(element) {
                        true => Some("null".into()),
                        false => self.to_json(element, depth + 1),
                    })
                    .collect();
                Some(format!("[{}]", parts?.join(",")))
            }
            Class::Plain => {
                let mut parts = Vec::new();
                for (key, value, _) in self.own_properties(id).ok()? {
                    if !value.is_undefined() && !self.heap.is_function(&value) {
                        let key: Arc<str> = key;
                        parts.push(format!(
                            "{}:{}",
                            serde_json::to_string(&*key).ok()?,
                            self.to_json(&value, depth + 1)?
                        ));
                    }
                }
                Some(format!("{{{}}}", parts.join(",")))
            }
            _ => None,
        }
    }
}
