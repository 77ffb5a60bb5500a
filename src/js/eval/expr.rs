//! Expressions.

use std::sync::Arc;

use super::super::ir::{
    Binary, Binding, BindingId, BindingKind, Conditional, Expr, ExprId, Key, KeyId, Logical, Module, TextId, Unary,
};
use super::super::value::{Kind, ModuleId, Nature, Taint, Value};
use super::builtins::{is_global, of_later_node};
use super::{Abrupt, Activation, Eval, Interpreter};

impl Interpreter<'_> {
    /// The value of an expression; its origin is the expression unless something nearer gave the value.
    pub(super) fn eval(&mut self, at: &mut Activation<'_>, id: ExprId) -> Eval {
        let result = self.expression(at, id);
        if let Err(Abrupt::Throw(_)) = result {
            self.thrown_at.get_or_insert(at.origin(id));
        }
        result
    }

    fn expression(&mut self, at: &mut Activation<'_>, id: ExprId) -> Eval {
        self.burn()?;
        let awaited = std::mem::take(&mut at.awaited);
        let ir = at.ir;
        let value = match ir[id] {
            Expr::Undefined => Value::undefined(),
            Expr::Null => Value::new(Kind::Null),
            Expr::Bool(value) => Value::bool(value),
            Expr::Number(number) => Value::number(ir[number]),
            Expr::String(text) => Value::string(self.text(at.module, text)),
            Expr::BigInt(digits) => Value::new(Kind::BigInt(ir[digits].into())),
            Expr::Regex { pattern, flags } => self.regex(ir[pattern].into(), ir[flags].into()),
            Expr::Template(template) => self.template(at, &ir[template])?,
            Expr::TaggedTemplate { tag, template } => self.tagged_template(at, id, tag, &ir[template])?,
            Expr::Array(elements) => self.array_literal(at, &ir[elements])?,
            Expr::Object(properties) => self.object_literal(at, &ir[properties])?,
            Expr::Function(function) => self.closure(at, function),
            Expr::Class(class) => self.class(at, class)?,
            Expr::Name(binding) => self.name(at, binding)?,
            Expr::Global(name) => self.global(at, name)?,
            Expr::This => at.this.clone(),
            Expr::Super => self.super_value(at),
            Expr::NewTarget => Value::unknown("`new.target`"),
            Expr::ImportMeta => Value::symbol("import.meta", Nature::Object),
            Expr::Member { object, key, optional } => self.member(at, object, key, optional)?,
            Expr::Call { callee, arguments, optional } => self.call(at, id, callee, arguments, optional, awaited)?,
            Expr::New { callee, arguments } => self.new_object(at, id, callee, arguments)?,
            Expr::Import(specifier) => self.dynamic_import(at, specifier)?,
            Expr::Chain(inner) => match self.eval(at, inner) {
                Err(Abrupt::Short) => Value::undefined(),
                other => other?,
            },
            Expr::Unary { operator, operand } => self.unary(at, operator, operand)?,
            Expr::Binary { operator, left, right } => self.binary_expr(at, operator, left, right)?,
            Expr::Logical { operator, left, right } => self.logical(at, operator, left, right)?,
            Expr::Conditional(conditional) => self.conditional(at, &ir[conditional])?,
            Expr::Assign { target, value } => self.assign_expr(at, target, value)?,
            Expr::AssignBinary { operator, target, value } => self.assign_binary(at, id, operator, target, value)?,
            Expr::AssignLogical { operator, target, value } => self.assign_logical(at, operator, target, value)?,
            Expr::Update { increment, prefix, target } => self.update(at, increment, prefix, target)?,
            Expr::Sequence(parts) => self.sequence(at, &ir[parts])?,
            Expr::Await(operand) => {
                at.awaited = true;
                let value = self.eval(at, operand)?;
                self.wait_for(&value);
                if self.is_exact() && self.async_depth > 0 {
                    return Err(Abrupt::Suspended);
                }
                self.settle(value)?
            }
            Expr::Yield { value, delegates } => self.yield_value(at, value, delegates)?,
            Expr::Opaque(parts) => {
                self.sequence(at, &ir[parts])?;
                Value::unknown_of(Nature::Object, "JSX")
            }
        };
        Ok(self.placed(value, at.origin(id)))
    }

    fn sequence(&mut self, at: &mut Activation<'_>, parts: &[ExprId]) -> Eval {
        let mut last = Value::undefined();
        for part in parts {
            last = self.eval(at, *part)?;
        }
        Ok(last)
    }

    pub(super) fn name(&mut self, at: &Activation<'_>, id: BindingId) -> Eval {
        let Some(cell) = self.variable_cell(at, id) else {
            return Ok(Value::unknown(format!("`{}` is out of reach here", &at.ir[at.ir[id].name])));
        };
        match self.heap.read(cell) {
            Some(value) => Ok(value.clone()),
            None => self.not_yet(at.ir, &at.ir[id]),
        }
    }

    fn not_yet(&mut self, ir: &Module, binding: &Binding) -> Eval {
        match binding.kind {
            BindingKind::Var => Ok(Value::undefined()),
            _ if self.async_depth > 0 && !self.is_exact() => Err(Abrupt::NotYet),
            _ => {
                let message = format!("Cannot access '{}' before initialization", &ir[binding.name]);
                self.fail("ReferenceError", message, Taint::NONE)
            }
        }
    }

    pub(super) fn global(&mut self, at: &Activation<'_>, name: TextId) -> Eval {
        match self.known_global(at, name) {
            Some(value) => Ok(value),
            None => self.fail("ReferenceError", format!("{} is not defined", &at.ir[name]), Taint::NONE),
        }
    }

    /// The absolute path of a module when the program runs.
    pub(super) fn path_at_run(&self, module: ModuleId) -> String {
        format!("{ROOT}/{}", self.host.at_run(self.file(module)))
    }

    /// The absolute path of a module's folder.
    pub(super) fn folder_of(&self, module: ModuleId) -> Value {
        let path = self.path_at_run(module);
        Value::string(path.rsplit_once('/').map_or("", |(folder, _)| folder))
    }

    /// The value of an undeclared name; `None` where Node has none. In a program that is explored there may be any.
    fn known_global(&mut self, at: &Activation<'_>, id: TextId) -> Option<Value> {
        let name = &at.ir[id];
        let instance = &self.instances[at.module.0 as usize];
        Some(match name {
            "NaN" => Value::number(f64::NAN),
            "Infinity" => Value::number(f64::INFINITY),
            "module" => Value::object(instance.module),
            "exports" => instance.exports.clone(),
            "__filename" => Value::string(self.path_at_run(at.module)),
            "__dirname" => self.folder_of(at.module),
            "arguments" => {
                let further = at.arguments.last().filter(|last| last.is_further()).cloned();
                self.argument_list(at.arguments.clone(), further)
            }
            _ => match self.global_value(name) {
                Some(value) => value,
                None => match self.host.constant(name) {
                    Some(value) => value,
                    None if self.is_exact() && !is_global(name) => return of_later_node(name),
                    None => Value::symbol(self.text(at.module, id), global_nature(name)),
                },
            },
        })
    }

    fn member(&mut self, at: &mut Activation<'_>, object: ExprId, key: KeyId, optional: bool) -> Eval {
        let is_super = matches!(at.ir[object], Expr::Super);
        let object_at = object;
        let object = self.eval(at, object)?;
        if optional && object.is_nullish() == Some(true) {
            return Err(Abrupt::Short);
        }
        self.demands(&object, "read", at.origin(object_at));
        match self.key(at, key)? {
            Some(key) if is_super && object.as_object().is_some() => self.get_for(&object, &at.this.clone(), &key),
            Some(key) => self.get(&object, &key),
            None => {
                self.uses_entry(at, &object, key, false);
                Ok(self.any_property(&object))
            }
        }
    }

    /// A property that is not known by name: any of them.
    fn any_property(&mut self, object: &Value) -> Value {
        Value::unknown("which property is read is not known").tainted(object.taint)
    }

    /// The text of a key; `None` where it is computed and not known.
    pub(super) fn key(&mut self, at: &mut Activation<'_>, key: KeyId) -> Eval<Option<Arc<str>>> {
        match at.ir[key] {
            Key::Static(name, _) => Ok(Some(self.text(at.module, name))),
            Key::Computed(expr) => {
                let value = self.eval(at, expr)?;
                Ok(self.property_key(&value))
            }
        }
    }

    fn unary(&mut self, at: &mut Activation<'_>, operator: Unary, operand: ExprId) -> Eval {
        match (operator, at.ir[operand]) {
            (Unary::Delete, _) => self.delete(at, operand),
            (Unary::TypeOf, Expr::Global(name)) if self.known_global(at, name).is_none() => {
                Ok(Value::string("undefined"))
            }
            _ => {
                let operand = self.eval(at, operand)?;
                self.unary_value(operator, operand)
            }
        }
    }

    fn delete(&mut self, at: &mut Activation<'_>, operand: ExprId) -> Eval {
        let ir = at.ir;
        let operand = match ir[operand] {
            Expr::Chain(inner) => inner,
            _ => operand,
        };
        let Expr::Member { object, key, optional } = ir[operand] else {
            self.eval(at, operand)?;
            return Ok(Value::bool(true));
        };
        let object = self.eval(at, object)?;
        if optional && object.is_nullish() == Some(true) {
            return Ok(Value::bool(true));
        }
        match self.key(at, key)? {
            Some(key) => self.delete_property(at, &object, &key),
            None => {
                self.blur(&object, &"a property is deleted whose name is not known".into());
                Ok(Value::bool(true))
            }
        }
    }

    fn binary_expr(&mut self, at: &mut Activation<'_>, operator: Binary, left: ExprId, right: ExprId) -> Eval {
        let left = self.eval(at, left)?;
        let right = self.eval(at, right)?;
        self.binary(operator, &left, &right)
    }

    fn logical(&mut self, at: &mut Activation<'_>, operator: Logical, left: ExprId, right: ExprId) -> Eval {
        let place = at.origin(left);
        let left = self.eval(at, left)?;
        let wanted = goes_right(operator, &left);
        self.either(
            at,
            place,
            &left,
            wanted,
            operator != Logical::Or,
            |run, at| run.eval(at, right),
            |run, _| Ok(run.narrowed(operator, left.clone())),
        )
    }

    /// What an undecided left side is where it ends a logical expression.
    pub(super) fn narrowed(&self, operator: Logical, left: Value) -> Value {
        let is_open = matches!(&left.kind, Kind::Unknown(unknown) if unknown.choices.is_empty());
        if operator != Logical::And || !is_open || !self.is_exact() {
            return left;
        }
        let falsy = [Kind::Bool(false), Kind::Undefined, Kind::Null, Kind::Number(0.0), Kind::String("".into())];
        let why = left.why().cloned().unwrap_or_default();
        let choices = falsy.into_iter().chain([Kind::Number(f64::NAN)]).map(|kind| Value { kind, ..left.clone() });
        Value::one_of(choices, &why)
    }

    fn conditional(&mut self, at: &mut Activation<'_>, whole: &Conditional) -> Eval {
        let Conditional { test, then, otherwise } = *whole;
        let place = at.origin(test);
        let test = self.eval(at, test)?;
        let outcome = test.truthy();
        self.either(at, place, &test, outcome, true, |run, at| run.eval(at, then), |run, at| run.eval(at, otherwise))
    }
}

/// Whether a logical operator goes on to its right side; `None` where undecided.
pub(super) fn goes_right(operator: Logical, left: &Value) -> Option<bool> {
    match operator {
        Logical::And => left.truthy(),
        Logical::Or => left.truthy().map(|truthy| !truthy),
        Logical::Nullish => left.is_nullish(),
    }
}

/// The path that stands for the checkout's own: absolute for `path.resolve`, and known again when a value is shown.
pub(crate) const ROOT: &str = "/<root>";

fn global_nature(name: &str) -> Nature {
    match is_global(name) {
        true => Nature::Object,
        false => Nature::Anything,
    }
}
