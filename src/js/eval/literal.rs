//! Literals with parts: templates, arrays, objects.

use std::sync::Arc;

use super::super::heap::{Class, Slot};
use super::super::ir::{Binary, Element, ExprId, Key, Property};
use super::super::value::{Kind, Nature, ObjectId, Origin, Value};
use super::{Activation, Eval, Interpreter};

impl Interpreter<'_> {
    /// A new array.
    pub(super) fn array(&mut self, elements: Vec<Value>) -> Value {
        Value::object(self.heap.allocate(Class::Array(elements), None))
    }

    /// A new regular expression.
    pub(super) fn regex(&mut self, pattern: &Arc<str>, flags: &Arc<str>) -> Value {
        let class = Class::Regex { pattern: pattern.clone(), flags: flags.clone() };
        Value::object(self.heap.allocate(class, None))
    }

    pub(super) fn template(&mut self, at: &mut Activation<'_>, texts: &[Arc<str>], holes: &[ExprId]) -> Eval {
        let mut texts = texts.iter();
        let mut whole = Value::string(texts.next().cloned().unwrap_or_else(|| "".into()));
        for (hole, text) in holes.iter().zip(texts) {
            let part = self.eval(at, *hole)?;
            let part = self.to_string(&part);
            whole = self.binary(Binary::Add, &whole, &part);
            whole = self.binary(Binary::Add, &whole, &Value::string(text.clone()));
        }
        Ok(whole)
    }

    pub(super) fn tagged_template(
        &mut self,
        at: &mut Activation<'_>,
        id: ExprId,
        tag: ExprId,
        texts: &[Arc<str>],
        holes: &[ExprId],
    ) -> Eval {
        let tag = self.eval(at, tag)?;
        let texts = texts.iter().map(|text| Value::string(text.clone())).collect();
        let mut arguments = vec![self.array(texts)];
        for hole in holes {
            arguments.push(self.eval(at, *hole)?);
        }
        let site = at.origin(id);
        self.invoke(tag, Value::undefined(), arguments, site, at.function.as_ref(), false)
    }

    pub(super) fn array_literal(&mut self, at: &mut Activation<'_>, parts: &[Element]) -> Eval {
        let mut elements = Vec::with_capacity(parts.len());
        let mut open = None;
        for part in parts {
            match part {
                Element::Value(value) => elements.push(self.eval(at, *value)?),
                Element::Hole => elements.push(Value::undefined()),
                Element::Spread(value) => {
                    let value = self.eval(at, *value)?;
                    let (known, more) = self.iterate(&value);
                    elements.extend(known.into_iter().map(|element| element.tainted(value.taint)));
                    open = open.or(more);
                }
            }
        }
        let array = self.array(elements);
        if let (Some(why), Some(id)) = (open, array.as_object()) {
            self.heap.open(id, why);
        }
        Ok(array)
    }

    pub(super) fn object_literal(&mut self, at: &mut Activation<'_>, parts: &[Property]) -> Eval {
        let id = self.heap.allocate(Class::Plain, None);
        for part in parts {
            match part {
                Property::Value { key, value } => {
                    let origin = key_origin(at, key);
                    let key = self.key(at, key)?;
                    let value = match at.ir.exprs[value.index()] {
                        super::super::ir::Expr::Function(function) if !at.ir.functions[function.index()].is_arrow => {
                            self.method(at, function, id).or_origin(at.origin(*value))
                        }
                        _ => self.eval(at, *value)?,
                    };
                    match key {
                        Some(key) => self.heap.set(id, key, value, Some(origin)),
                        None => self.heap.open(id, "a property's name is computed and not known".into()),
                    }
                }
                Property::Getter { key, function } => {
                    if let Some(key) = self.key(at, key)? {
                        self.define_accessor(at, id, key, Some(*function), None);
                    }
                }
                Property::Setter { key, function } => {
                    if let Some(key) = self.key(at, key)? {
                        self.define_accessor(at, id, key, None, Some(*function));
                    }
                }
                Property::Spread(value) => {
                    let value = self.eval(at, *value)?;
                    self.spread_into(id, &value)?;
                }
            }
        }
        Ok(Value::object(id))
    }

    /// Copies the own enumerable properties of `value`; getters are run.
    pub(super) fn spread_into(&mut self, target: ObjectId, value: &Value) -> Eval<()> {
        match &value.kind {
            Kind::Object(source) => {
                for (key, element, origin) in self.own_properties(*source)? {
                    self.heap.set(target, key, element.tainted(value.taint), origin);
                }
                if let Some(why) = self.openness(*source) {
                    self.heap.open(target, why);
                }
            }
            Kind::String(text) => {
                for (position, letter) in text.chars().enumerate() {
                    self.heap.set(target, position.to_string(), Value::string(letter.to_string()), None);
                }
            }
            Kind::Unknown(unknown) if unknown.choices.is_empty() => {
                if !matches!(unknown.nature, Nature::Bool | Nature::Number) {
                    self.heap.open(target, unknown.why.clone());
                }
            }
            Kind::Unknown(unknown) => {
                let why = unknown.why.clone();
                for choice in value.clone().into_choices() {
                    self.maybe(&why, |run| run.spread_into(target, &choice))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Why an object may have more properties than are known.
    pub(super) fn openness(&self, id: ObjectId) -> Option<Arc<str>> {
        let object = self.heap.object(id);
        match object.class {
            Class::Environment => Some("other environment variables".into()),
            _ => object.open.clone(),
        }
    }

    /// Own enumerable properties with their values.
    pub(super) fn own_properties(&mut self, id: ObjectId) -> Eval<Vec<(Arc<str>, Value, Option<Origin>)>> {
        let mut found = Vec::new();
        if let Class::Environment = self.heap.object(id).class {
            found.extend(self.host.variables().into_iter().map(|(name, value)| (name, value, None)));
        }
        if let Class::Array(elements) = &self.heap.object(id).class {
            found.extend(
                elements.iter().enumerate().map(|(position, value)| (position.to_string().into(), value.clone(), None)),
            );
        }
        let own: Vec<_> = self
            .heap
            .object(id)
            .properties
            .iter()
            .filter(|(_, property)| property.enumerable)
            .map(|(key, property)| (key.clone(), property.clone()))
            .collect();
        for (key, property) in own {
            let value = match property.slot {
                Slot::Value(value) => value,
                Slot::Accessor { get: Some(getter), .. } => self.get_by(getter, &Value::object(id))?,
                Slot::Accessor { get: None, .. } => Value::undefined(),
            };
            found.push((key, value, property.key_origin));
        }
        Ok(found)
    }

    /// The names `for in` and `Object.keys` give, and why there may be more.
    pub(super) fn keys(&mut self, value: &Value) -> (Vec<Arc<str>>, Option<Arc<str>>) {
        match &value.kind {
            Kind::Object(id) => {
                let keys = match self.own_properties(*id) {
                    Ok(found) => found.into_iter().map(|(key, _, _)| key).collect(),
                    Err(_) => Vec::new(),
                };
                (keys, self.openness(*id))
            }
            Kind::Unknown(unknown) => (Vec::new(), Some(unknown.why.clone())),
            _ => (Vec::new(), None),
        }
    }

    /// The elements that iteration gives, and why there may be more.
    pub(super) fn iterate(&mut self, value: &Value) -> (Vec<Value>, Option<Arc<str>>) {
        match &value.kind {
            Kind::String(text) => (text.chars().map(|letter| Value::string(letter.to_string())).collect(), None),
            Kind::Object(id) => {
                let open = self.heap.object(*id).open.clone();
                match self.heap.object(*id).class.clone() {
                    Class::Array(elements) | Class::Set(elements) => (elements, open),
                    Class::Map(entries) => {
                        let pairs = entries.into_iter().map(|(key, value)| self.array(vec![key, value])).collect();
                        (pairs, open)
                    }
                    _ => (Vec::new(), Some("what is iterated is not known".into())),
                }
            }
            Kind::Unknown(unknown) => (Vec::new(), Some(unknown.why.clone())),
            _ => (Vec::new(), None),
        }
    }
}

fn key_origin(at: &Activation<'_>, key: &Key) -> Origin {
    match key {
        Key::Static(_, span) => Origin { module: at.module, span: *span },
        Key::Computed(expr) => at.origin(*expr),
    }
}
