//! Decorators, and the types that TypeScript writes down for them.

use super::super::heap::Class;
use super::super::ir::{self, ClassMember, ExprId, ExprsId, FunctionId, MemberKind};
use super::super::value::{ObjectId, Value};
use super::{Activation, Eval, Interpreter};

impl Interpreter<'_> {
    /// Decorates a member of the class or prototype `target`, parameters first.
    pub(super) fn decorate_member(
        &mut self,
        at: &mut Activation<'_>,
        member: &ClassMember,
        target: ObjectId,
    ) -> Eval<()> {
        let Some(name) = member.key.and_then(|key| at.ir.static_key(key)) else { return Ok(()) };
        let (key, class) = (Value::string(name), Value::object(target));
        let MemberKind::Method(function) = member.kind else {
            self.decorate(at, member.decorators, vec![class, key])?;
            return Ok(());
        };
        self.decorate_parameters(at, function, &class, &key)?;
        if at.ir[member.decorators].is_empty() {
            return Ok(());
        }
        let descriptor = Value::object(self.heap.allocate(Class::Plain, None));
        let method = self.get(&class, name)?;
        self.describe_method(&descriptor, method.clone());
        self.decorate(at, member.decorators, vec![class, key, descriptor.clone()])?;
        match self.heap.data(&descriptor, "value").cloned() {
            Some(decorated) if self.heap.is_function(&decorated) && !decorated.same(&method) => {
                self.define_hidden(target, name.into(), decorated);
            }
            _ => {}
        }
        Ok(())
    }

    fn describe_method(&mut self, descriptor: &Value, method: Value) {
        if let Some(descriptor) = descriptor.as_object() {
            self.heap.set(descriptor, "value", method, None);
        }
    }

    /// Decorates a class whose members are, the parameters of its constructor first. Gives the class that takes its place: a
    /// decorator may return another one.
    pub(super) fn decorate_class(&mut self, at: &mut Activation<'_>, class: &ir::Class, constructor: ObjectId) -> Eval {
        let target = Value::object(constructor);
        if let Some(function) = class.constructor {
            self.decorate_parameters(at, function, &target, &Value::undefined())?;
        }
        let decorated = self.decorate(at, class.decorators, vec![target.clone()])?;
        Ok(decorated.into_iter().next().unwrap_or(target))
    }

    fn decorate_parameters(
        &mut self,
        at: &mut Activation<'_>,
        function: FunctionId,
        target: &Value,
        key: &Value,
    ) -> Eval<()> {
        let ir = at.ir;
        for (position, param) in ir[function].params.iter().enumerate() {
            let arguments = vec![target.clone(), key.clone(), Value::number(position as f64)];
            self.decorate(at, param.decorators, arguments)?;
        }
        Ok(())
    }

    /// Evaluates decorators from the top and applies them from the bottom, as TypeScript does. Gives what the next one would be
    /// given.
    fn decorate(
        &mut self,
        at: &mut Activation<'_>,
        decorators: ExprsId,
        mut arguments: Vec<Value>,
    ) -> Eval<Vec<Value>> {
        let decorators = &at.ir[decorators];
        let mut given = Vec::with_capacity(decorators.len());
        for decorator in decorators {
            given.push((self.eval(at, *decorator)?, at.origin(*decorator)));
        }
        for (decorator, site) in given.into_iter().rev() {
            let function = at.function.as_ref();
            match decorator.as_symbol() {
                // What a library's decorator gets it keeps for later: nothing of it runs now.
                Some(symbol) => {
                    let reaction = self.ask_host(symbol, &decorator, &arguments, site, function, false);
                    self.react(reaction, symbol, &decorator, site)?;
                }
                None => {
                    let made = self.invoke(decorator, Value::undefined(), arguments.clone(), site, function, false)?;
                    let other = self.heap.data(&made, "value").cloned();
                    match (arguments.as_mut_slice(), other) {
                        ([class], _) if self.heap.is_function(&made) => *class = made,
                        ([_, _, descriptor], Some(method)) => {
                            let descriptor = descriptor.clone();
                            self.describe_method(&descriptor, method);
                        }
                        _ => {}
                    }
                }
            }
        }
        Ok(arguments)
    }

    /// `Reflect.getMetadata(key, target, property)` for the keys that TypeScript sets (`emitDecoratorMetadata`); the
    /// types are evaluated when asked for, so that modules may import each other in a circle.
    pub(super) fn metadata(&mut self, arguments: &[Value]) -> Eval<Option<Value>> {
        let [key, target, ..] = arguments else { return Ok(None) };
        Ok(match (key.as_str(), arguments.get(2)) {
            (Some("design:paramtypes"), None) => Some(self.parameter_types(target)?),
            (Some("design:type"), Some(property)) => Some(self.property_type(target, property.as_str())?),
            _ => None,
        })
    }

    fn parameter_types(&mut self, constructor: &Value) -> Eval {
        let Some(Class::Constructor { module, class, env, superclass }) = self.class_of(constructor) else {
            return Ok(Value::undefined());
        };
        let ir = self.instances[module.0 as usize].ir.clone();
        let is_own = superclass.is_none() || is_decorated(&ir, &ir[class]);
        let Some(function) = ir[class].constructor.filter(|_| is_own) else {
            return match superclass {
                Some(superclass) => self.parameter_types(&superclass),
                None => Ok(self.array(Vec::new())),
            };
        };
        let mut types = Vec::new();
        for param in &ir[function].params {
            types.push(self.type_in(&ir, module, env, param.type_name)?);
        }
        Ok(self.array(types))
    }

    fn property_type(&mut self, prototype: &Value, property: Option<&str>) -> Eval {
        let constructor = self.get(prototype, "constructor")?;
        let Some(Class::Constructor { module, class, env, .. }) = self.class_of(&constructor) else {
            return Ok(Value::undefined());
        };
        let ir = self.instances[module.0 as usize].ir.clone();
        let name = |key| ir.static_key(key);
        let is_it = |member: &&ClassMember| property.is_some() && member.key.and_then(name) == property;
        let type_name = ir[class].members.iter().find(is_it).and_then(|member| member.type_name);
        self.type_in(&ir, module, env, type_name)
    }

    fn class_of(&self, constructor: &Value) -> Option<Class> {
        Some(self.heap.object(constructor.as_object()?).class.clone())
    }

    /// The value that a type's name has at run time.
    fn type_in(
        &mut self,
        ir: &ir::Module,
        module: super::ModuleId,
        env: super::EnvId,
        type_name: Option<ExprId>,
    ) -> Eval {
        let Some(type_name) = type_name else { return Ok(Value::undefined()) };
        let mut at = Activation::new(ir, module, env, Value::undefined());
        self.eval(&mut at, type_name)
    }
}

/// Whether TypeScript writes down the types of the constructor's parameters.
fn is_decorated(ir: &ir::Module, class: &ir::Class) -> bool {
    let has_any = |decorators: ExprsId| !ir[decorators].is_empty();
    let mut params = class.constructor.iter().flat_map(|function| &ir[*function].params);
    has_any(class.decorators) || params.any(|param| has_any(param.decorators))
}
