//! Literals with parts: templates, arrays, objects.

use std::sync::Arc;

use super::super::heap::{Class, Property, Slot, array_index};
use super::super::ir::{self, Element, ExprId, Key, KeyId, Template, TextId};
use super::super::value::{Kind, Nature, ObjectId, Origin, Taint, Value};
use super::builtins::{text_of_units, units};
use super::{Activation, Eval, Interpreter, MAX_ELEMENTS};

/// An own property: its name, its value, and the place of its name.
pub(super) type Own = (Arc<str>, Value, Option<Origin>);

impl Interpreter<'_> {
    /// A new array; of a very long one the elements are not followed.
    pub(super) fn array(&mut self, elements: Vec<Value>) -> Value {
        let is_short = elements.len() <= MAX_ELEMENTS;
        let id = self.heap.allocate(Class::Array(if is_short { elements } else { Vec::new() }), None);
        if !is_short {
            self.heap.open(id, "an array too long to follow".into());
        }
        Value::object(id)
    }

    /// A new regular expression.
    pub(super) fn regex(&mut self, pattern: Arc<str>, flags: Arc<str>) -> Value {
        let id = self.heap.allocate(Class::Regex { pattern, flags }, None);
        self.define_hidden(id, "lastIndex".into(), Value::number(0.0));
        Value::object(id)
    }

    /// The same object, open where there is a reason.
    pub(super) fn opened(&mut self, value: Value, why: Option<Arc<str>>) -> Value {
        if let (Some(why), Some(id)) = (why, value.as_object()) {
            self.heap.open(id, why);
        }
        value
    }

    pub(super) fn template(&mut self, at: &mut Activation<'_>, template: &Template) -> Eval {
        let mut texts = template.texts.iter().map(|text| &at.ir[*text]);
        let mut whole = Value::string(texts.next().unwrap_or_default());
        for (hole, text) in template.holes.iter().zip(texts) {
            let part = self.eval(at, *hole)?;
            let part = self.to_string(&part);
            whole = self.concatenate(&whole, &part)?.tainted(whole.taint.with(part.taint));
            whole = self.concatenate(&whole, &Value::string(text))?.tainted(whole.taint);
        }
        Ok(whole)
    }

    pub(super) fn tagged_template(
        &mut self,
        at: &mut Activation<'_>,
        id: ExprId,
        tag: ExprId,
        template: &Template,
    ) -> Eval {
        let tag = self.eval(at, tag)?;
        let text = |text: &TextId| Value::string(&at.ir[*text]);
        let mut array = |texts: &[TextId]| self.array(texts.iter().map(text).collect());
        let [cooked, raw] = [&template.texts, &template.raws].map(|texts| array(texts));
        if let Some(cooked) = cooked.as_object() {
            self.define_hidden(cooked, "raw".into(), raw);
        }
        let mut arguments = vec![cooked];
        for hole in &template.holes {
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
                Element::Hole => elements.push(Value::new(Kind::Hole)),
                Element::Spread(value) => {
                    let value = self.eval(at, *value)?;
                    let (known, more) = self.iterate(&value)?;
                    self.burn_for(known.len() as u64)?;
                    elements.extend(known.into_iter().map(|element| element.tainted(value.taint)));
                    open = open.or(more.map(|why| (why, elements.len())));
                }
            }
        }
        Ok(self.array_open_from(elements, open))
    }

    pub(super) fn object_literal(&mut self, at: &mut Activation<'_>, parts: &[ir::Property]) -> Eval {
        let id = self.heap.allocate(Class::Plain, None);
        for part in parts {
            match *part {
                ir::Property::Value { key, value } => {
                    let origin = key_origin(at, key);
                    let sets_prototype = matches!(at.ir[key], Key::Static(name, _) if at.ir[name] == *"__proto__");
                    let key = self.key(at, key)?;
                    let value = match at.ir[value] {
                        ir::Expr::Function(function) if !at.ir[function].is_arrow => {
                            self.method(at, function, id).or_origin(at.origin(value))
                        }
                        _ => self.eval(at, value)?,
                    };
                    match key {
                        Some(_) if sets_prototype => self.heap.set_prototype(id, value.as_object()),
                        Some(key) => self.heap.define(id, key, Property::data(value, Some(origin))),
                        None => self.blur_properties(id, &value, &"a property's name is computed and not known".into()),
                    }
                }
                ir::Property::Getter { key, function } => {
                    if let Some(key) = self.key(at, key)? {
                        self.define_accessor(at, id, key, Some(function), None);
                    }
                }
                ir::Property::Setter { key, function } => {
                    if let Some(key) = self.key(at, key)? {
                        self.define_accessor(at, id, key, None, Some(function));
                    }
                }
                ir::Property::Spread(value) => {
                    let value = self.eval(at, value)?;
                    self.spread_into(id, &value)?;
                }
            }
        }
        Ok(Value::object(id))
    }

    /// Copies the own enumerable properties of `value`; getters are run.
    pub(super) fn spread_into(&mut self, target: ObjectId, value: &Value) -> Eval<()> {
        match &value.kind {
            Kind::Unknown(unknown) if !unknown.choices.is_empty() => {
                let why = unknown.why.clone();
                return self.spread_any(target, value, &why);
            }
            Kind::Unknown(unknown) if matches!(unknown.nature, Nature::Bool | Nature::Number | Nature::BigInt) => {
                return Ok(());
            }
            _ => {}
        }
        if let Some(why) = self.unlisted(value) {
            self.overwrite_unknown(target, value, &why);
        }
        for (key, element, origin) in self.own_values(value)? {
            let element = element.tainted(value.taint);
            match self.is_doubtful(value, &key) {
                true => self.set_perhaps(target, key, element, origin),
                false => self.heap.define(target, key, Property::data(element, origin)),
            }
        }
        Ok(())
    }

    /// Copies the properties of one of several values.
    fn spread_any(&mut self, target: ObjectId, value: &Value, why: &Arc<str>) -> Eval<()> {
        let mut all = Vec::new();
        for choice in value.clone().into_choices() {
            let mark = self.heap.watch();
            let result = self.spread_into(target, &choice);
            all.push(self.heap.take_back(mark));
            result?;
        }
        self.heap.join(all, why);
        Ok(())
    }

    /// Whether a property of `value` may not be there.
    pub(super) fn is_doubtful(&self, value: &Value, key: &str) -> bool {
        let id = value.as_object();
        id.is_some_and(|id| self.heap.object(id).properties.get(key).is_some_and(|own| own.doubtful))
    }

    /// Sets a property of `target`, or leaves it as it is.
    fn set_perhaps(&mut self, target: ObjectId, key: Arc<str>, value: Value, origin: Option<Origin>) {
        let before = self.heap.object(target).properties.get(&key);
        let old = match before.map(|before| &before.slot) {
            Some(Slot::Value(old)) => old.clone(),
            Some(Slot::Accessor { .. }) => Value::unknown("a property that may have been replaced"),
            None => Value::undefined(),
        };
        let doubtful = before.is_none_or(|before| before.doubtful);
        let value = value.or(old, "whether a property is set is not known");
        self.heap.define(target, key, Property { doubtful, ..Property::data(value, origin) });
    }

    /// What comes from properties that are not known: any, but of an environment only what nothing in the checkout sets.
    fn overwrite_unknown(&mut self, target: ObjectId, source: &Value, why: &Arc<str>) {
        let is_environment =
            source.as_object().is_some_and(|id| matches!(self.heap.object(id).class, Class::Environment));
        if !is_environment {
            return self.blur_properties(target, &Value::unknown(why.clone()), why);
        }
        let own: Vec<_> =
            self.heap.object(target).properties.iter().map(|(key, own)| (key.clone(), own.clone())).collect();
        for (key, own) in own {
            let variable = self.environment_variable(&key);
            let slot = match own.slot {
                _ if variable.is_unknown() => Slot::Value(variable),
                Slot::Value(value) => Slot::Value(value.tainted(variable.taint)),
                slot => slot,
            };
            self.heap.define(target, key, Property { slot, ..own });
        }
        self.heap.open(target, why.clone());
    }

    /// Why a value may have more properties than are known.
    pub(super) fn unlisted(&self, value: &Value) -> Option<Arc<str>> {
        match &value.kind {
            Kind::Object(id) => self.openness(*id),
            Kind::Unknown(unknown) => Some(unknown.why.clone()),
            _ => None,
        }
    }

    /// Why an object may have more properties than are known.
    pub(super) fn openness(&self, id: ObjectId) -> Option<Arc<str>> {
        let object = self.heap.object(id);
        match &object.class {
            Class::Environment => Some("other environment variables".into()),
            Class::Derived(made) if made.as_object().is_none() => Some("what a library keeps in its objects".into()),
            _ => object.open.clone(),
        }
    }

    /// Own enumerable properties of any value, with their values.
    pub(super) fn own_values(&mut self, value: &Value) -> Eval<Vec<Own>> {
        match &value.kind {
            Kind::Object(id) => self.own_properties(*id),
            Kind::String(text) => {
                self.burn_for(text.len() as u64)?;
                let units = text.encode_utf16().enumerate();
                Ok(units.map(|(at, unit)| (at.to_string().into(), text_of_units(&[unit]), None)).collect())
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Own enumerable properties with their values.
    pub(super) fn own_properties(&mut self, id: ObjectId) -> Eval<Vec<Own>> {
        let keys = self.own_keys(id);
        self.burn_for(keys.len() as u64 * 4)?;
        let mut found = Vec::with_capacity(keys.len());
        let environment: Vec<(Arc<str>, Value)> = match self.heap.object(id).class {
            Class::Environment => self.host.variables(),
            _ => Vec::new(),
        };
        for key in keys {
            let (slot, origin) = match self.heap.object(id).properties.get(&key) {
                Some(own) => (Some(own.slot.clone()), own.key_origin),
                None => (None, None),
            };
            let value = match slot {
                Some(Slot::Value(value)) => value,
                Some(Slot::Accessor { get: Some(getter), .. }) => self.get_by(getter, &Value::object(id))?,
                Some(Slot::Accessor { get: None, .. }) => Value::undefined(),
                None => match environment.iter().find(|(name, _)| *name == key) {
                    Some((_, value)) => value.clone(),
                    None => self.element(id, &key),
                },
            };
            found.push((key, value, origin));
        }
        Ok(found)
    }

    fn element(&self, id: ObjectId, key: &str) -> Value {
        let index = array_index(key).map(|index| index as usize);
        let element = index.and_then(|index| self.heap.array(id).get(index));
        element.cloned().unwrap_or_else(Value::undefined).filled()
    }

    /// The names of own enumerable properties.
    fn own_keys(&mut self, id: ObjectId) -> Vec<Arc<str>> {
        let mut keys: Vec<Arc<str>> = match &self.heap.object(id).class {
            Class::Environment => self.host.variables().into_iter().map(|(name, _)| name).collect(),
            Class::Array(elements) => {
                let there = elements.iter().enumerate().filter(|(_, element)| !matches!(element.kind, Kind::Hole));
                there.map(|(position, _)| position.to_string().into()).collect()
            }
            _ => Vec::new(),
        };
        let own = self.heap.object(id).properties.iter().filter(|(_, property)| property.enumerable);
        let own: Vec<Arc<str>> = own.map(|(key, _)| key.clone()).filter(|key| !keys.contains(key)).collect();
        keys.extend(own);
        keys
    }

    /// The names that `Object.keys` gives, and why there may be more.
    pub(super) fn keys(&mut self, value: &Value) -> (Vec<Arc<str>>, Option<Arc<str>>) {
        let keys = match &value.kind {
            Kind::Object(id) => {
                let keys = self.own_keys(*id);
                let is_sure = |key: &Arc<str>| !self.is_doubtful(value, key);
                if !keys.iter().all(is_sure) && self.is_exact() {
                    let sure = keys.into_iter().take_while(is_sure).collect();
                    return (sure, Some("which properties there are is not known".into()));
                }
                keys
            }
            Kind::String(text) => (0..units(text)).map(|position| position.to_string().into()).collect(),
            _ => Vec::new(),
        };
        (keys, self.unlisted(value))
    }

    /// The names that `for in` gives: inherited ones too.
    pub(super) fn enumerable_keys(&mut self, value: &Value) -> (Vec<Arc<str>>, Option<Arc<str>>) {
        let (mut keys, more) = self.keys(value);
        let mut next = value.as_object().and_then(|id| self.heap.object(id).prototype);
        while let Some(id) = next {
            let inherited = self.own_keys(id);
            keys.extend(inherited.into_iter().filter(|key| !keys.contains(key)).collect::<Vec<_>>());
            next = self.heap.object(id).prototype;
        }
        (keys, more)
    }

    /// The elements that iteration gives, and why there may be more.
    pub(super) fn iterate(&mut self, value: &Value) -> Eval<(Vec<Value>, Option<Arc<str>>)> {
        match &value.kind {
            Kind::String(text) => {
                self.burn_for(text.len() as u64)?;
                Ok((text.chars().map(|letter| Value::string(letter.to_string())).collect(), None))
            }
            Kind::Object(id) => self.iterate_object(*id, value.taint),
            Kind::Unknown(unknown) => {
                self.throw_perhaps(&unknown.why);
                Ok((Vec::new(), Some(unknown.why.clone())))
            }
            _ => self.not_iterable(value.taint),
        }
    }

    fn not_iterable(&mut self, because: Taint) -> Eval<(Vec<Value>, Option<Arc<str>>)> {
        let value = self.fail("TypeError", "it is not iterable", because)?;
        Ok((Vec::new(), value.why().cloned()))
    }

    fn iterate_object(&mut self, id: ObjectId, because: Taint) -> Eval<(Vec<Value>, Option<Arc<str>>)> {
        self.begin_generator(id)?;
        let object = self.heap.object(id);
        let open = object.open.clone();
        let given = match &object.class {
            Class::Array(elements) => {
                let firm = if open.is_some() && self.is_exact() { object.firm } else { elements.len() };
                elements.iter().take(firm).cloned().map(Value::filled).collect()
            }
            Class::Set(elements) => elements.clone(),
            Class::Map(entries) => {
                let entries = entries.clone();
                entries.into_iter().map(|(key, value)| self.array(vec![key, value])).collect()
            }
            Class::Iterator(elements) => {
                let elements = elements.clone();
                self.heap.change(id, |class| *class = Class::Iterator(Vec::new()));
                elements
            }
            Class::Plain | Class::Regex { .. } | Class::Error(_) if open.is_none() && object.prototype.is_none() => {
                return self.not_iterable(because);
            }
            _ => return Ok((Vec::new(), Some("what is iterated is not known".into()))),
        };
        self.burn_for(given.len() as u64)?;
        Ok((given, open))
    }
}

/// Where the name of a property stands.
pub(super) fn key_origin(at: &Activation<'_>, key: KeyId) -> Origin {
    match at.ir[key] {
        Key::Static(_, span) => Origin { module: at.module, span },
        Key::Computed(expr) => at.origin(expr),
    }
}
