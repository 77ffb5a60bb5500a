//! The arguments of a call, as the catalogue speaks of them.

use std::sync::Arc;

use super::effect::Port;
use super::host::WorkerHost;
use crate::catalog::{Condition, Kind, Libraries, Listen, Literal, Place, Role, Test, Which};
use crate::js::eval::Call;
use crate::js::heap::{Class, Heap};
use crate::js::value::{Kind as ValueKind, Nature, Taint, Value};
use crate::pm2::EnvValue;
use crate::pm2::environment::Lookup;

/// A call's arguments, and what its receiver was made with.
pub(super) struct Arguments<'a> {
    pub heap: &'a Heap,
    pub call: &'a Call<'a>,
    pub host: &'a WorkerHost<'a>,
}

/// Objects within objects that hold a function.
const MAX_HELD: usize = 3;

impl<'a> Arguments<'a> {
    /// What the catalogue says of the calls in this file.
    pub fn libraries(&self) -> Libraries<'a, 'a> {
        self.host.libraries(self.call)
    }

    /// Argument number `index`.
    pub fn at(&self, index: usize) -> Option<&Value> {
        self.call.arguments.get(index)
    }

    /// The functions among the arguments, and in options one level down.
    pub fn functions(&self) -> Vec<Value> {
        self.call.arguments.iter().filter(|value| self.heap.is_function(value)).cloned().collect()
    }

    /// The symbol of the plugin that `app.register(plugin, options)` registers.
    pub fn registered(&self) -> Option<&str> {
        self.at(0).filter(|_| self.call.symbol.ends_with(".register"))?.as_symbol().map(|symbol| &**symbol)
    }

    /// The last argument that is a function.
    pub fn last_function(&self) -> Option<Value> {
        self.call.arguments.iter().rev().find(|value| self.heap.is_function(value)).cloned()
    }

    /// The function that a library's object among the arguments holds, as a job holds a task that was made with it.
    pub fn held_function(&self) -> Option<Value> {
        self.call.arguments.iter().find_map(|value| self.function_in(value, MAX_HELD))
    }

    fn function_in(&self, value: &Value, depth: usize) -> Option<Value> {
        if self.heap.is_function(value) {
            return Some(value.clone());
        }
        let made = self.host.made(value).filter(|_| depth > 0)?;
        made.with.iter().find_map(|value| self.function_in(value, depth - 1))
    }

    /// The value at `place`, if one is given.
    pub fn value(&self, place: &Place) -> Option<Value> {
        let (list, which, option) = match place {
            Place::Argument { argument, option } => (self.call.arguments, *argument, option),
            Place::Creation { creation, option } => {
                let made = self.host.made(self.of_library())?;
                (made.with.as_slice(), *creation, option)
            }
            Place::Environment { env } => return self.variable(env),
            Place::Flag { flag } => return self.flag(flag),
        };
        let value = match which {
            Which::Index(index) => list.get(usize::from(index)).cloned(),
            Which::Role(Role::Last) => list.iter().rev().find(|value| self.heap.is_function(value)).cloned(),
            Which::Role(Role::Any) => list.iter().find(|value| !value.is_undefined()).cloned(),
        }?;
        match option {
            Some(path) => self.option(&value, path),
            None => (!value.is_undefined()).then_some(value),
        }
    }

    /// The library's object whose method is called: that of a class of the program's is what its `super(...)` made.
    fn of_library(&self) -> &Value {
        match self.call.receiver.as_object().map(|id| &self.heap.object(id).class) {
            Some(Class::Derived(made)) => made,
            _ => self.call.receiver,
        }
    }

    fn option(&self, value: &Value, path: &str) -> Option<Value> {
        let mut value = value.clone();
        for key in path.split('.') {
            match &value.kind {
                ValueKind::Object(id) => {
                    let open = self.heap.object(*id).open.clone();
                    value = match (self.heap.data(&value, key), open) {
                        (Some(found), _) => found.clone(),
                        (None, Some(why)) => Value::unknown(why),
                        (None, None) => return None,
                    };
                }
                _ => return None,
            }
        }
        (!value.is_undefined()).then_some(value)
    }

    fn variable(&self, name: &str) -> Option<Value> {
        match self.host.env.get(name) {
            Lookup::Set(EnvValue::Known(text)) => Some(Value::string(text.clone())),
            Lookup::Set(EnvValue::Unknown(why) | EnvValue::Filled(why)) => Some(Value::unknown(why.clone())),
            _ => None,
        }
    }

    fn flag(&self, flag: &str) -> Option<Value> {
        let mut words = self.host.args.iter();
        words.find(|word| &***word == flag)?;
        words.next().map(|word| Value::string(word.clone()))
    }

    /// A port that is written and has no value, where that is not the same as none at all.
    fn undefined_port(&self, entry: &Listen) -> Option<&Value> {
        let written = entry.port.iter().find_map(|place| match place {
            Place::Argument { argument: Which::Index(index), option } => {
                let argument = self.at(usize::from(*index))?;
                match option {
                    Some(key) => self.heap.data(argument, key),
                    None => Some(argument),
                }
            }
            _ => None,
        });
        written.filter(|value| value.is_undefined() && entry.default_port.is_none_or(|port| port == 0))
    }

    /// The value at the first of `places` that has one.
    pub fn first(&self, places: &[Place]) -> Option<Value> {
        places.iter().find_map(|place| self.value(place))
    }

    /// The limit in ms at the first of `places` that has one, else `default`.
    pub fn limit(&self, places: &[Place], default: Option<u32>) -> Option<u64> {
        let given = self.first(places).and_then(|limit| limit.as_number()).map(|limit| limit as u64);
        given.or(default.map(u64::from))
    }

    /// The text of option `key` of argument number `index`.
    pub fn option_text(&self, index: usize, key: &str) -> Option<Arc<str>> {
        let value = self.option(self.at(index)?, key)?;
        self.text(&value)
    }

    /// The function at `place`.
    pub fn function(&self, place: &Place) -> Option<Value> {
        match place {
            Place::Argument { argument: Which::Role(Role::Any), option: None } => self.last_function(),
            _ => self.value(place).filter(|value| self.heap.is_function(value)),
        }
    }

    /// The words at `place`: one, an array, or a text with spaces.
    pub fn words(&self, place: &Place) -> Vec<Arc<str>> {
        let Some(value) = self.value(place) else { return Vec::new() };
        let texts = match self.heap.elements(&value) {
            Some(elements) => elements.to_vec(),
            None => vec![value],
        };
        let words = texts.iter().filter_map(Value::as_str).flat_map(str::split_whitespace);
        words.map(Arc::from).collect()
    }

    /// Whether all conditions hold, as far as is known.
    pub fn all(&self, conditions: &[Condition]) -> bool {
        conditions.iter().all(|condition| self.holds(condition))
    }

    /// Whether any condition surely holds.
    pub fn any(&self, conditions: &[Condition]) -> bool {
        conditions.iter().any(|condition| self.holds(condition))
    }

    /// What the first condition that surely holds depends on; `None`: none does.
    pub fn because(&self, conditions: &[Condition]) -> Option<Taint> {
        let holding = conditions.iter().find(|condition| self.holds(condition))?;
        Some(self.value(&holding.place).map_or(Taint::NONE, |value| value.taint))
    }

    fn holds(&self, condition: &Condition) -> bool {
        match &condition.place {
            Place::Argument { argument: Which::Role(Role::Any), option } => {
                self.call.arguments.iter().any(|argument| {
                    let value =
                        option.as_ref().map_or_else(|| Some(argument.clone()), |path| self.option(argument, path));
                    self.passes(&condition.test, &value)
                })
            }
            place => self.passes(&condition.test, &self.value(place)),
        }
    }

    fn passes(&self, test: &Test, value: &Option<Value>) -> bool {
        match (test, value) {
            (Test::Is(Kind::Given), value) => value.is_some(),
            (Test::Is(Kind::Missing), value) => value.is_none(),
            (_, None) => false,
            (Test::Is(Kind::Number), Some(value)) => is_number(value),
            (Test::Is(Kind::Truthy), Some(value)) => value.truthy() == Some(true),
            (Test::Is(Kind::Fixed), Some(value)) => !value.is_unknown() && !value.taint.of_instance(),
            (Test::Equals(Literal::Bool(wanted)), Some(value)) => {
                matches!(value.kind, ValueKind::Bool(own) if own == *wanted)
            }
            (Test::Equals(Literal::String(wanted)), Some(value)) => self.text(value).as_deref() == Some(&**wanted),
            (Test::Contains(part), Some(value)) => self.text(value).is_some_and(|text| text.contains(&**part)),
        }
    }

    /// A value's text: a string, a number, or an array's elements with commas.
    pub fn text(&self, value: &Value) -> Option<Arc<str>> {
        match &value.kind {
            ValueKind::String(text) => Some(text.clone()),
            ValueKind::Number(number) => Some(crate::js::number_to_string(*number).into()),
            ValueKind::Object(_) => {
                let parts: Option<Vec<Arc<str>>> =
                    self.heap.elements(value)?.iter().map(|element| element.as_str().map(Arc::from)).collect();
                Some(parts?.join(",").into())
            }
            _ => None,
        }
    }

    /// A payload in a few words.
    pub fn describe(&self, value: &Value) -> Arc<str> {
        if let Some(text) = self.text(value) {
            return text;
        }
        match &value.kind {
            ValueKind::Object(id) => {
                let keys: Vec<String> = self
                    .heap
                    .object(*id)
                    .properties
                    .iter()
                    .map(|(key, _)| match self.heap.data(value, key).and_then(|value| self.text(value)) {
                        Some(text) => format!("{key}: '{text}'"),
                        None => key.to_string(),
                    })
                    .collect();
                format!("{{ {} }}", keys.join(", ")).into()
            }
            _ => "a message".into(),
        }
    }
}

fn is_number(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Number(_) => true,
        ValueKind::String(text) => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()),
        ValueKind::Unknown(unknown) => unknown.nature == Nature::Number,
        _ => false,
    }
}

/// The port that a call opens, and what it depends on.
pub(super) fn port_of(arguments: &Arguments<'_>, entry: &Listen) -> (Port, Taint) {
    let mut taint = Taint::NONE;
    for place in entry.port.iter() {
        let Some(value) = arguments.value(place) else { continue };
        if arguments.heap.is_function(&value) || value.as_object().is_some() {
            continue;
        }
        taint = taint.with(value.taint);
        return (port(&value), taint);
    }
    if let Some(undefined) = arguments.undefined_port(entry) {
        return (Port::Undefined, undefined.taint);
    }
    (entry.default_port.filter(|port| *port > 0).map_or(Port::Any, Port::Number), taint)
}

fn port(value: &Value) -> Port {
    match &value.kind {
        ValueKind::Number(number) if *number == 0.0 => Port::Any,
        ValueKind::Number(number) if *number > 0.0 && *number < 65_536.0 => Port::Number(*number as u16),
        ValueKind::String(text) => match text.parse::<u16>() {
            Ok(0) => Port::Any,
            Ok(number) => Port::Number(number),
            Err(_) => Port::Path(text.clone()),
        },
        ValueKind::Number(number) if number.is_nan() => Port::NotANumber,
        ValueKind::Null => Port::Any,
        ValueKind::Unknown(unknown) => Port::Unknown(unknown.why.clone()),
        _ => Port::Unknown("no port".into()),
    }
}
