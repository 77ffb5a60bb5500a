//! `JSON`.

use std::sync::Arc;

use super::super::super::heap::Class;
use super::super::super::value::{Kind, Nature, ObjectId, Origin, Taint, Value};
use super::super::operators::to_integer;
use super::super::{Abrupt, Eval, Interpreter};
use super::{Given, reason};
use crate::js::number_to_string;

/// How `JSON.stringify` writes.
struct Writer<'a> {
    replacer: Option<Value>,
    /// The only properties that are written.
    only: Option<Vec<Arc<str>>>,
    gap: String,
    above: Vec<ObjectId>,
    given: &'a Given<'a>,
}

/// What becomes of a value.
enum Json {
    Text(String),
    /// Nothing: a function or `undefined`.
    Nothing,
    Unknown(Arc<str>),
}

impl Interpreter<'_> {
    pub(super) fn json(&mut self, name: &str, given: &Given<'_>) -> Eval<Option<Value>> {
        let first = given.at(0);
        Ok(Some(
            match name {
                "parse" => self.parse_json(&first, given)?,
                "stringify" => {
                    let json = match self.writer(given)? {
                        Some(mut writer) => self.write_json("", first.clone(), &mut writer)?,
                        None => Json::Unknown("how JSON is written".into()),
                    };
                    match json {
                        Json::Text(text) => Value::string(text),
                        Json::Nothing => Value::undefined(),
                        Json::Unknown(why) => Value::unknown_of(Nature::String, why),
                    }
                }
                _ => return Ok(None),
            }
            .tainted(first.taint),
        ))
    }

    fn parse_json(&mut self, text: &Value, given: &Given<'_>) -> Eval {
        let text = self.to_string(text);
        let Some(text) = text.as_str() else { return Ok(Value::unknown(reason(&text))) };
        self.burn_for(text.len() as u64)?;
        let parsed = match serde_json::from_str::<serde_json::Value>(text) {
            Ok(parsed) => self.read_json(parsed, given.site)?,
            Err(error) if error.is_syntax() || error.is_eof() => {
                // The parser's own limits are no syntax errors of JavaScript.
                let is_limit = error.to_string().contains("recursion") || error.to_string().contains("surrogate");
                return match is_limit || error.to_string().contains("out of range") {
                    true => Ok(Value::unknown("JSON that is not followed")),
                    false => self.fail("SyntaxError", error.to_string(), text_taint(given)),
                };
            }
            Err(_) => Value::unknown("JSON that is not followed"),
        };
        let reviver = given.at(1);
        if self.heap.is_function(&reviver) {
            self.call_perhaps(&reviver, &"what JSON becomes".into())?;
            return Ok(Value::unknown("what JSON becomes"));
        }
        Ok(parsed)
    }

    /// Every part is given by the call that reads it, at `site`.
    fn read_json(&mut self, json: serde_json::Value, site: Origin) -> Eval {
        self.burn()?;
        let value = match json {
            serde_json::Value::Null => Value::new(Kind::Null),
            serde_json::Value::Bool(value) => Value::bool(value),
            serde_json::Value::Number(number) => Value::number(number.as_f64().unwrap_or(f64::NAN)),
            serde_json::Value::String(text) => Value::string(text),
            serde_json::Value::Array(elements) => {
                let elements =
                    elements.into_iter().map(|element| self.read_json(element, site)).collect::<Eval<Vec<_>>>()?;
                self.array(elements)
            }
            serde_json::Value::Object(entries) => {
                let id = self.heap.allocate(Class::Plain, None);
                for (key, value) in entries {
                    let value = self.read_json(value, site)?;
                    self.heap.set(id, key, value, None);
                }
                Value::object(id)
            }
        };
        Ok(value.at(site))
    }

    /// `None` where the arguments are not known.
    fn writer<'a>(&mut self, given: &'a Given<'a>) -> Eval<Option<Writer<'a>>> {
        let (replacer, space) = (given.at(1), given.at(2));
        let gap = match &space.kind {
            Kind::Number(number) => " ".repeat(to_integer(*number).clamp(0.0, 10.0) as usize),
            Kind::String(text) => text.chars().take(10).collect(),
            Kind::Unknown(_) => return Ok(None),
            _ => String::new(),
        };
        let mut writer = Writer { replacer: None, only: None, gap, above: Vec::new(), given };
        if self.heap.is_function(&replacer) {
            writer.replacer = Some(replacer);
        } else if let Some(elements) = self.heap.elements(&replacer).map(<[Value]>::to_vec) {
            writer.only = Some(elements.iter().filter_map(|element| self.property_key(element)).collect());
        } else if replacer.is_unknown() {
            return Ok(None);
        }
        Ok(Some(writer))
    }

    fn write_json(&mut self, key: &str, value: Value, writer: &mut Writer<'_>) -> Eval<Json> {
        self.burn()?;
        let mut value = value;
        if value.as_object().is_some() {
            let method = self.get(&value, "toJSON")?;
            if self.heap.is_function(&method) {
                let given = writer.given;
                value = self.invoke(method, value, vec![Value::string(key)], given.site, given.function, false)?;
            } else if method.is_unknown() {
                return Ok(Json::Unknown(reason(&method)));
            }
        }
        if let Some(replacer) = writer.replacer.clone() {
            let (arguments, given) = (vec![Value::string(key), value], writer.given);
            value = self.invoke(replacer, Value::undefined(), arguments, given.site, given.function, false)?;
        }
        Ok(match &value.kind {
            Kind::Null => Json::Text("null".into()),
            Kind::Bool(value) => Json::Text(value.to_string()),
            Kind::Number(number) if number.is_finite() => Json::Text(number_to_string(*number)),
            Kind::Number(_) => Json::Text("null".into()),
            Kind::String(text) => Json::Text(quoted(text)),
            Kind::Undefined | Kind::Hole => Json::Nothing,
            Kind::Unknown(unknown) => Json::Unknown(unknown.why.clone()),
            Kind::BigInt(_) => {
                let error = self.error("TypeError", "Do not know how to serialize a BigInt");
                return Err(Abrupt::Throw(error));
            }
            Kind::Object(_) if self.heap.is_function(&value) => Json::Nothing,
            Kind::Object(id) => self.write_object(*id, writer)?,
        })
    }

    fn write_object(&mut self, id: ObjectId, writer: &mut Writer<'_>) -> Eval<Json> {
        let object = self.heap.object(id);
        if let Some(why) = &object.open {
            return Ok(Json::Unknown(why.clone()));
        }
        if let Class::Environment | Class::Derived(_) | Class::Namespace(_) = object.class {
            return Ok(Json::Unknown("an object that is not known as a whole".into()));
        }
        if writer.above.contains(&id) {
            let error = self.error("TypeError", "Converting circular structure to JSON");
            return Err(Abrupt::Throw(error));
        }
        if writer.above.len() > MAX_NESTING {
            return Ok(Json::Unknown("an object too deep to follow".into()));
        }
        let is_array = matches!(object.class, Class::Array(_));
        writer.above.push(id);
        let parts = if is_array { self.array_parts(id, writer)? } else { self.object_parts(id, writer)? };
        writer.above.pop();
        Ok(match parts {
            Ok(parts) => {
                let text = writer.wrap(&parts, if is_array { ['[', ']'] } else { ['{', '}'] });
                self.burn_for(text.len() as u64)?;
                Json::Text(text)
            }
            Err(why) => Json::Unknown(why),
        })
    }

    fn array_parts(&mut self, id: ObjectId, writer: &mut Writer<'_>) -> Eval<Result<Vec<String>, Arc<str>>> {
        let elements = self.heap.array(id).to_vec();
        let mut parts = Vec::with_capacity(elements.len());
        for (index, element) in elements.into_iter().enumerate() {
            match self.write_json(&index.to_string(), element, writer)? {
                Json::Text(text) => parts.push(text),
                Json::Nothing => parts.push("null".into()),
                Json::Unknown(why) => return Ok(Err(why)),
            }
        }
        Ok(Ok(parts))
    }

    fn object_parts(&mut self, id: ObjectId, writer: &mut Writer<'_>) -> Eval<Result<Vec<String>, Arc<str>>> {
        let own = self.own_properties(id)?;
        let own: Vec<_> = match &writer.only {
            Some(only) => {
                let named = |name: &Arc<str>| own.iter().find(|(key, ..)| key == name).cloned();
                only.iter().filter_map(named).collect()
            }
            None => own,
        };
        let colon = if writer.gap.is_empty() { ":" } else { ": " };
        let mut parts = Vec::new();
        for (key, value, _) in own {
            match self.write_json(&key, value, writer)? {
                Json::Text(text) => parts.push(format!("{}{colon}{text}", quoted(&key))),
                Json::Nothing => {}
                Json::Unknown(why) => return Ok(Err(why)),
            }
        }
        Ok(Ok(parts))
    }
}

impl Writer<'_> {
    /// The parts of an object that lies in those [`Writer::above`].
    fn wrap(&self, parts: &[String], [open, close]: [char; 2]) -> String {
        if self.gap.is_empty() || parts.is_empty() {
            return format!("{open}{}{close}", parts.join(","));
        }
        let outer = format!("\n{}", self.gap.repeat(self.above.len()));
        let inner = format!("{outer}{}", self.gap);
        format!("{open}{inner}{}{outer}{close}", parts.join(&format!(",{inner}")))
    }
}

fn text_taint(given: &Given<'_>) -> Taint {
    given.at(0).taint
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// Deepest nesting that is written.
const MAX_NESTING: usize = 100;
