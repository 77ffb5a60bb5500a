//! Models of libraries: what they do is seen where the program called them.

use std::sync::Arc;

use super::super::heap::Class;
use super::super::value::{ModuleId, Origin, Value};
use super::module::ImportKind;
use super::{Caller, Eval, Interpreter, Language, When};

/// Methods by which containers are asked for what they hold.
const ASKING: [&str; 5] = ["get", "resolve", "make", "getInstance", "instantiate"];

impl Interpreter<'_> {
    /// Whether a module stands for a library.
    pub(super) fn is_model(&self, module: ModuleId) -> bool {
        self.instances.get(module.0 as usize).is_some_and(|instance| instance.language == Language::Model)
    }

    /// The function of a model that does what the call of `symbol` does, where that is worth it: while the program starts,
    /// for something that it was given.
    pub(super) fn stand_in(&mut self, symbol: &str, arguments: &[Value], site: Origin) -> Eval<Option<Value>> {
        let is_something = |value: &Value| value.as_object().is_some() || value.as_str().is_some();
        let is_given = self.path.when == When::Load && arguments.iter().any(is_something);
        let Some((model, name)) = self.host.stand_in(symbol).filter(|_| is_given) else { return Ok(None) };
        let model = self.require(site, &model, ImportKind::Require)?;
        self.get(&model, &name).map(Some)
    }

    /// What a container that is not known may make when it is asked for a class of the program's while that starts:
    /// `container.get(Server)`.
    pub(super) fn perhaps_made(&mut self, symbol: &str, arguments: &[Value], site: Origin) -> Eval<Option<Value>> {
        let method = symbol.rsplit('.').next().unwrap_or(symbol);
        let class = arguments.first().and_then(Value::as_object).map(|id| &self.heap.object(id).class);
        let asks_for_class = ASKING.contains(&method) && matches!(class, Some(Class::Constructor { .. }));
        if !asks_for_class || self.is_model(site.module) || self.is_exact() || self.path.when != When::Load {
            return Ok(None);
        }
        let container = self.require(site, "pm2lint/container", ImportKind::Require)?;
        let make = self.get(&container, "construct")?;
        let class = arguments[..1].to_vec();
        self.maybe(site, "a container may make it", |run| {
            run.invoke(make, Value::undefined(), class, site, None, false)
        })
    }

    /// `steps(value)` of `pm2lint`, for models: `{ name, given }` of each call that made a value of a library's.
    pub(super) fn steps(&mut self, value: &Value) -> Value {
        let steps = self.host.steps(value);
        let calls = steps.into_iter().map(|(name, given)| {
            let call = self.heap.allocate(Class::Plain, None);
            let given = self.array(given);
            self.heap.set(call, "name", Value::string(name), None);
            self.heap.set(call, "given", given, None);
            Value::object(call)
        });
        let calls = calls.collect();
        self.array(calls)
    }

    /// Runs a call at `site`, which is where models are seen that it leads to, if the program makes it.
    pub(super) fn called_from<R>(
        &mut self,
        site: Origin,
        function: Option<&Arc<str>>,
        run: impl FnOnce(&mut Self) -> R,
    ) -> R {
        if self.is_model(site.module) {
            return run(self);
        }
        let before = std::mem::replace(&mut self.caller, Caller { site, function: function.cloned() });
        let result = run(self);
        self.caller = before;
        result
    }

    /// A value with the nearest place that gave it: what a model made of data is given by the program's expression.
    pub(super) fn placed(&self, value: Value, expression: Origin) -> Value {
        let is_models = |origin: Origin| self.is_exact() && self.is_model(origin.module);
        match value.origin {
            Some(origin) if is_models(origin) && !is_models(expression) => value.at(expression),
            _ => value.or_origin(expression),
        }
    }

    /// Where the program sees `place`.
    pub(super) fn seen_at(&self, place: Origin) -> Origin {
        if self.is_model(place.module) { self.caller.site } else { place }
    }

    /// Place and function where the program sees a call of `callee`: a model's call of what a library gave earlier is
    /// seen where the library gave it.
    pub(super) fn as_the_program_sees(
        &self,
        site: Origin,
        function: Option<&Arc<str>>,
        callee: &Value,
    ) -> (Origin, Option<Arc<str>>) {
        if !self.is_model(site.module) {
            return (site, function.cloned());
        }
        let is_result = callee.as_symbol().is_some_and(|symbol| symbol.ends_with("()"));
        let given_at = callee.origin.filter(|origin| is_result && !self.is_model(origin.module));
        (given_at.unwrap_or(self.caller.site), self.caller.function.clone())
    }
}

/// `isKnown(value)` of `pm2lint`, for models: the value, or one that it may be, is neither undecided nor `undefined`.
pub(super) fn is_known(value: &Value) -> bool {
    value.clone().into_choices().iter().any(|choice| !choice.is_unknown() && !choice.is_undefined())
}
