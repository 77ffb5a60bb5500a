//! Classes and `new`.

use std::sync::Arc;

use super::super::heap::{Class, Closure, EnvId, Property, Slot};
use super::super::ir::{self, ArgumentsId, ClassId, ClassMember, ExprId, FunctionId, Key, MemberKind, Module, ScopeId};
use super::super::value::{ModuleId, Nature, ObjectId, Origin, Value};
use super::builtins::Given;
use super::literal::key_origin;
use super::{Activation, Eval, Interpreter};

impl Interpreter<'_> {
    /// A class's value: its constructor.
    pub(super) fn class(&mut self, at: &mut Activation<'_>, id: ClassId) -> Eval {
        let class = &at.ir[id];
        let superclass = match class.superclass {
            Some(superclass) => Some(self.eval(at, superclass)?),
            None => None,
        };
        let inherited = superclass.as_ref().and_then(Value::as_object);
        let own_scope: Option<ScopeId> = class.self_binding.map(|(scope, _)| scope);
        let strict = std::mem::replace(&mut at.strict, true);
        let made = self.in_scope(at, own_scope, |run, at| {
            let constructor = run.heap.allocate(
                Class::Constructor { module: at.module, class: id, env: at.env, superclass: superclass.clone() },
                inherited,
            );
            let parent = inherited.map(|parent| run.prototype_of_function(parent));
            let prototype = run.prototype_of_function(constructor);
            run.heap.set_prototype(prototype, parent);
            run.define_hidden(prototype, "constructor".into(), Value::object(constructor));
            if let Some((_, binding)) = class.self_binding {
                run.initialise(at, binding, Value::object(constructor));
            }
            for member in &class.members {
                run.define_member(at, member, constructor, prototype)?;
            }
            let made = run.decorate_class(at, class, constructor)?;
            if let Some((_, binding)) = class.self_binding {
                run.initialise(at, binding, made.clone());
            }
            Ok(made)
        });
        at.strict = strict;
        made
    }

    fn define_member(
        &mut self,
        at: &mut Activation<'_>,
        member: &ClassMember,
        constructor: ObjectId,
        prototype: ObjectId,
    ) -> Eval<()> {
        let target = if member.is_static { constructor } else { prototype };
        let key = match member.key {
            Some(key) => self.key(at, key)?,
            None => None,
        };
        match (member.kind, key) {
            (MemberKind::Method(function), Some(key)) => {
                let method = self.method(at, function, target);
                self.define_hidden(target, key, method);
            }
            (MemberKind::Getter(function), Some(key)) => {
                self.define_accessor(at, target, key.clone(), Some(function), None);
                self.hide(target, &key);
            }
            (MemberKind::Setter(function), Some(key)) => {
                self.define_accessor(at, target, key.clone(), None, Some(function));
                self.hide(target, &key);
            }
            (MemberKind::Field(init), Some(key)) if member.is_static => {
                let value = self.field_value(at.module, at.env, init, Value::object(constructor), constructor)?;
                let place = member.key.map(|key| key_origin(at, key));
                self.heap.set(constructor, key, value, place);
            }
            (MemberKind::StaticBlock(function), _) => {
                self.field_value(at.module, at.env, Some(function), Value::object(constructor), constructor)?;
            }
            _ => {}
        }
        self.decorate_member(at, member, target)
    }

    pub(super) fn define_hidden(&mut self, id: ObjectId, key: Arc<str>, value: Value) {
        self.heap.define(id, key, Property::hidden(Slot::Value(value)));
    }

    /// Keeps a property from `for in`, `Object.keys` and spread.
    fn hide(&mut self, id: ObjectId, key: &Arc<str>) {
        if let Some(property) = self.heap.object(id).properties.get(key).cloned() {
            self.heap.define(id, key.clone(), Property { enumerable: false, ..property });
        }
    }

    pub(super) fn define_accessor(
        &mut self,
        at: &Activation<'_>,
        id: ObjectId,
        key: Arc<str>,
        getter: Option<FunctionId>,
        setter: Option<FunctionId>,
    ) {
        let (mut get, mut set) = match self.heap.object(id).properties.get(&key).map(|found| &found.slot) {
            Some(Slot::Accessor { get, set }) => (get.clone(), set.clone()),
            _ => (None, None),
        };
        if let Some(getter) = getter {
            get = Some(self.method(at, getter, id));
        }
        if let Some(setter) = setter {
            set = Some(self.method(at, setter, id));
        }
        let accessor = Property::hidden(Slot::Accessor { get, set });
        self.heap.define(id, key, Property { enumerable: true, ..accessor });
    }

    fn field_value(
        &mut self,
        module: ModuleId,
        env: EnvId,
        init: Option<FunctionId>,
        this: Value,
        home: ObjectId,
    ) -> Eval {
        let Some(function) = init else { return Ok(Value::undefined()) };
        let closure =
            Closure { module, function, env, this: Some(Box::new(this.clone())), home: Some(home), strict: true };
        self.call_closure(&closure, this, Vec::new())
    }

    /// `new callee(arguments)`
    pub(super) fn new_object(
        &mut self,
        at: &mut Activation<'_>,
        id: ExprId,
        callee: ExprId,
        arguments: ArgumentsId,
    ) -> Eval {
        let callee = self.eval(at, callee)?;
        let arguments = self.arguments(at, arguments)?;
        let site = at.origin(id);
        self.construct(callee, arguments, site, at.function.as_ref())
    }

    pub(super) fn construct(
        &mut self,
        callee: Value,
        arguments: Vec<Value>,
        site: Origin,
        function: Option<&Arc<str>>,
    ) -> Eval {
        let choices = callee.clone().into_choices();
        if choices.len() > 1 {
            let mut made = Vec::new();
            for choice in choices {
                made.extend(self.maybe(site, "which class is made is not known", |run| {
                    run.construct(choice, arguments.clone(), site, function)
                })?);
            }
            return Ok(Value::one_of(made, "which class is made is not known"));
        }
        let Some(id) = callee.as_object() else {
            if let Some(value) = self.construct_builtin(&callee, &Given::new(&arguments, site, function))? {
                return Ok(value.or_origin(site));
            }
            let made = self.invoke(callee, Value::undefined(), arguments, site, function, false)?;
            return Ok(as_object(made));
        };
        match self.heap.object(id).class.clone() {
            Class::Constructor { .. } => {
                let prototype = self.prototype_of_function(id);
                let instance = self.heap.allocate(Class::Plain, Some(prototype));
                self.called_from(site, function, |run| {
                    run.initialise_instance(id, instance, arguments, site, function)
                })?;
                Ok(Value::object(instance))
            }
            Class::Closure(closure) => {
                let prototype = self.prototype_of_function(id);
                let instance = self.heap.allocate(Class::Plain, Some(prototype));
                let this = Value::object(instance);
                let result = self.called_from(site, function, |run| run.call_closure(&closure, this, arguments))?;
                Ok(if result.as_object().is_some() { result } else { Value::object(instance) })
            }
            _ => self.invoke(callee, Value::undefined(), arguments, site, function, false),
        }
    }

    /// Runs fields and constructor of class `id` on `instance`; base classes first, as `super(...)` asks for.
    fn initialise_instance(
        &mut self,
        id: ObjectId,
        instance: ObjectId,
        arguments: Vec<Value>,
        site: Origin,
        function: Option<&Arc<str>>,
    ) -> Eval<()> {
        let Class::Constructor { module, class, env, superclass } = self.heap.object(id).class.clone() else {
            return Ok(());
        };
        let ir = self.instances[module.0 as usize].ir.clone();
        let class = &ir[class];
        let home = self.prototype_of_function(id);
        let this = Value::object(instance);
        match class.constructor {
            Some(constructor) => {
                if superclass.is_none() {
                    self.run_fields(&ir, module, env, class, &this, home)?;
                }
                let closure = Closure {
                    module,
                    function: constructor,
                    env,
                    this: Some(Box::new(this.clone())),
                    home: Some(home),
                    strict: true,
                };
                self.call_closure(&closure, this, arguments)?;
            }
            None => {
                if let Some(superclass) = superclass {
                    self.super_construct(&superclass, instance, arguments, site, function)?;
                }
                self.run_fields(&ir, module, env, class, &this, home)?;
            }
        }
        Ok(())
    }

    fn super_construct(
        &mut self,
        superclass: &Value,
        instance: ObjectId,
        arguments: Vec<Value>,
        site: Origin,
        function: Option<&Arc<str>>,
    ) -> Eval<()> {
        match superclass.as_object() {
            Some(parent) => self.initialise_instance(parent, instance, arguments, site, function),
            None => {
                let made = self.construct(superclass.clone(), arguments, site, function)?;
                self.heap.change(instance, |class| *class = Class::Derived(made));
                Ok(())
            }
        }
    }

    /// `super(arguments)`
    pub(super) fn call_super(&mut self, at: &mut Activation<'_>, arguments: Vec<Value>, site: Origin) -> Eval {
        let (Some(instance), Some(home)) = (at.this.as_object(), at.home) else { return Ok(Value::undefined()) };
        let constructor = self.heap.data(&Value::object(home), "constructor").and_then(Value::as_object);
        let Some(own) = constructor else { return Ok(Value::undefined()) };
        let Class::Constructor { module, class, env, superclass } = self.heap.object(own).class.clone() else {
            return Ok(Value::undefined());
        };
        if let Some(superclass) = superclass {
            let function = at.function.clone();
            self.super_construct(&superclass, instance, arguments, site, function.as_ref())?;
        }
        let ir = self.instances[module.0 as usize].ir.clone();
        let this = at.this.clone();
        self.run_fields(&ir, module, env, &ir[class], &this, home)?;
        Ok(Value::undefined())
    }

    fn run_fields(
        &mut self,
        ir: &Module,
        module: ModuleId,
        env: EnvId,
        class: &ir::Class,
        this: &Value,
        home: ObjectId,
    ) -> Eval<()> {
        for member in class.members.iter().filter(|member| !member.is_static) {
            let (MemberKind::Field(init), Some(key)) = (member.kind, member.key) else { continue };
            let Key::Static(name, span) = ir[key] else { continue };
            let value = self.field_value(module, env, init, this.clone(), home)?;
            if let (Some(id), true) = (this.as_object(), init.is_some() || member.type_name.is_none()) {
                let name = self.text(module, name);
                self.heap.set(id, name, value, Some(Origin { module, span }));
            }
        }
        Ok(())
    }

    /// `super` as an object: the prototype above the one the running method was defined on.
    pub(super) fn super_value(&mut self, at: &Activation<'_>) -> Value {
        let Some(home) = at.home else { return Value::unknown("`super` outside a method") };
        match self.heap.object(home).prototype {
            Some(parent) => Value::object(parent),
            None => match at.this.as_object().map(|this| &self.heap.object(this).class) {
                Some(Class::Derived(made)) => made.clone(),
                _ => Value::unknown("a method of a base class"),
            },
        }
    }
}

fn as_object(value: Value) -> Value {
    match value.as_symbol() {
        Some(symbol) => {
            Value { origin: value.origin, taint: value.taint, ..Value::symbol(symbol.clone(), Nature::Object) }
        }
        None => value,
    }
}
