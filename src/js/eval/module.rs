//! Modules: loading, linking, CommonJS and ES exports.

use std::sync::Arc;

use super::super::heap::Class;
use super::super::ir::{Body, Export, ExprId, ImportName, Module, ScopeId};
use super::super::node::Node;
use super::super::value::{Kind, ModuleId, Nature, ObjectId, Origin, Value};
use super::expr::ROOT;
use super::function::is_strict;
use super::{Abrupt, Activation, Eval, Instance, Interpreter, Interruption, Language, Loaded};

impl Interpreter<'_> {
    /// Runs `ir` as the entry and everything it leads to. What is then known is read with [`Interpreter::exports`].
    pub fn run(&mut self, file: &Arc<str>, ir: Arc<Module>) -> ModuleId {
        if ir.is_esm {
            self.attempt_module();
        }
        let module = self.instantiate(file.clone(), ir, Language::Program);
        self.run_entry(module);
        if !self.is_exact() {
            self.drain();
        }
        module
    }

    /// Runs a JSON file as an expression.
    pub fn run_json(&mut self, file: &Arc<str>, ir: Arc<Module>) -> ModuleId {
        let module = self.instantiate(file.clone(), ir, Language::Json);
        self.run_entry(module);
        module
    }

    fn run_entry(&mut self, module: ModuleId) {
        self.interruption = match self.run_module(module) {
            Ok(()) => None,
            Err(Abrupt::Throw(error)) => {
                let place = self.thrown_at.unwrap_or(super::Origin { module, span: Default::default() });
                Some(Interruption::Throws(self.error_text(&error), self.place(place)))
            }
            Err(Abrupt::Spent) => Some(Interruption::Spent),
            Err(_) => Some(Interruption::Exits),
        };
    }

    /// What `require` of the entry gives, as plain data. One that imports and yet assigns `module.exports` is taken as it was
    /// meant: TypeScript makes CommonJS of it, Node refuses it.
    ///
    /// # Errors
    /// The entry did not run to its end: what it exports by then is nothing that anybody gets.
    pub fn exported(&mut self, module: ModuleId) -> Result<Node, Interruption> {
        let value = self.exports(module);
        let mut node = self.to_node(&value);
        if self.instances[module.0 as usize].ir.is_esm && node.entries().is_empty() && node.open.is_none() {
            let assigned = self.assigned(module);
            node = self.to_node(&assigned);
        }
        let interruption = self.interruption.clone();
        match interruption.or_else(|| self.is_spent().then_some(Interruption::Spent)) {
            Some(interruption) => Err(interruption),
            None => Ok(node),
        }
    }

    /// What `require` of the module gives.
    pub fn exports(&mut self, module: ModuleId) -> Value {
        let instance = &self.instances[module.0 as usize];
        if instance.language == Language::Json {
            return self
                .heap
                .data(&Value::object(instance.namespace), "default")
                .cloned()
                .unwrap_or_else(Value::undefined);
        }
        if instance.ir.is_esm {
            return Value::object(instance.namespace);
        }
        self.assigned(module)
    }

    /// `module.exports`
    fn assigned(&self, module: ModuleId) -> Value {
        let holder = Value::object(self.instances[module.0 as usize].module);
        self.heap.data(&holder, "exports").cloned().unwrap_or_else(Value::undefined)
    }

    fn instantiate(&mut self, file: Arc<str>, ir: Arc<Module>, language: Language) -> ModuleId {
        let id = ModuleId(self.instances.len() as u32);
        let names = ir.scopes.first().map_or(0, |scope| scope.names);
        let env = self.heap.enter(None, id, ScopeId::FIRST, names);
        let namespace = self.heap.allocate(Class::Namespace(id), None);
        let exports = self.heap.allocate(Class::Plain, None);
        let module = self.heap.allocate(Class::Plain, None);
        self.heap.set(module, "exports", Value::object(exports), None);
        if self.is_exact() {
            self.heap.open(module, "what Node keeps in `module`".into());
        }
        let exports = Value::object(exports);
        let texts = vec![None; ir.texts.count()].into();
        self.instances.push(Instance { file: file.clone(), ir, texts, env, module, exports, namespace, language });
        self.by_file.insert(file, id);
        id
    }

    fn run_module(&mut self, id: ModuleId) -> Eval<()> {
        let instance = &self.instances[id.0 as usize];
        let (ir, env) = (instance.ir.clone(), instance.env);
        let this = if ir.is_esm { Value::undefined() } else { instance.exports.clone() };
        let mut at = Activation::new(&ir, id, env, this);
        at.strict |= ir.functions.first().is_some_and(|function| is_strict(&ir, function.body));
        self.hoist(&at, ScopeId::FIRST);
        self.link(id, &ir)?;
        let before = (self.path, self.async_depth);
        self.async_depth = 0;
        let result = match ir.functions.first().map(|function| function.body) {
            Some(Body::Block(body)) => self.statements(&mut at, &ir[body]).map(|_| ()),
            _ => Ok(()),
        };
        (self.path, self.async_depth) = before;
        self.dead_rest = None;
        self.complete_namespace(id, &ir);
        match result {
            Err(left @ (Abrupt::Throw(_) | Abrupt::Spent | Abrupt::Exit)) => Err(left),
            _ => Ok(()),
        }
    }

    /// Loads what is imported, in order, and binds the names.
    fn link(&mut self, id: ModuleId, ir: &Arc<Module>) -> Eval<()> {
        for import in &ir.imports {
            let origin = super::Origin { module: id, span: import.span };
            let imported = self.require(origin, &ir[import.specifier], ImportKind::Static)?;
            for (name, binding) in &import.names {
                let value = self.pick(&imported, ir, *name)?.or_origin(origin);
                let env = self.instances[id.0 as usize].env;
                if let Some(cell) = self.heap.find(env, id, ScopeId::FIRST, ir[*binding].position) {
                    self.heap.write(cell, value);
                }
            }
        }
        self.re_export(id, ir)
    }

    fn pick(&mut self, imported: &Value, ir: &Module, name: ImportName) -> Eval {
        match name {
            ImportName::Namespace => Ok(imported.clone()),
            ImportName::Require => self.default_of(imported),
            ImportName::Named(name) if ir[name] == *"default" => self.default_of(imported),
            ImportName::Named(name) => self.get(imported, &ir[name]),
        }
    }

    /// The default export: `default` where there is one, else the whole (CommonJS).
    fn default_of(&mut self, imported: &Value) -> Eval {
        match imported.as_object() {
            Some(id) if self.heap.object(id).properties.get("default").is_some() => self.get(imported, "default"),
            Some(id) => match self.heap.object(id).class {
                Class::Namespace(module) if self.instances[module.0 as usize].ir.is_esm => {
                    self.get(imported, "default")
                }
                _ => Ok(imported.clone()),
            },
            None => self.get(imported, "default"),
        }
    }

    fn re_export(&mut self, id: ModuleId, ir: &Arc<Module>) -> Eval<()> {
        let namespace = self.instances[id.0 as usize].namespace;
        for export in &ir.exports {
            let (import, name) = match export {
                Export::From { import, .. } => (*import, Some(export)),
                Export::All { import } => (*import, None),
                _ => continue,
            };
            let Some(import) = ir.imports.get(import as usize) else { continue };
            let origin = super::Origin { module: id, span: import.span };
            let from = self.require(origin, &ir[import.specifier], ImportKind::Static)?;
            match name {
                Some(Export::From { name, imported, .. }) => {
                    let value = self.pick(&from, ir, *imported)?;
                    self.heap.set(namespace, &ir[*name], value, None);
                }
                _ if from.as_symbol().is_some() => self.inherit_from_library(namespace, from),
                _ => self.spread_into(namespace, &from)?,
            }
        }
        Ok(())
    }

    /// `export * from 'library'`: what the module does not export by itself, the library may.
    fn inherit_from_library(&mut self, namespace: ObjectId, library: Value) {
        let exports = self.heap.allocate(Class::Derived(library), None);
        self.heap.set_prototype(namespace, Some(exports));
    }

    /// Copies what the module's ES exports are by now into its namespace object.
    fn complete_namespace(&mut self, id: ModuleId, ir: &Arc<Module>) {
        let namespace = self.instances[id.0 as usize].namespace;
        for export in &ir.exports {
            if let Export::Local { name, .. } = export {
                let value = self.namespace_member(id, &ir[*name]);
                self.heap.set(namespace, &ir[*name], value, None);
            }
        }
    }

    /// An ES export while the module is still running.
    pub(super) fn namespace_member(&mut self, module: ModuleId, key: &str) -> Value {
        let instance = &self.instances[module.0 as usize];
        let ir = instance.ir.clone();
        let binding = ir.exports.iter().find_map(|export| match export {
            Export::Local { name, binding } if ir[*name] == *key => Some(*binding),
            _ => None,
        });
        let Some(binding) = binding else { return self.inherited(instance.namespace, key) };
        let cell = self.heap.find(instance.env, module, ir[binding].scope, ir[binding].position);
        match cell.and_then(|cell| self.heap.read(cell)) {
            Some(value) => value.clone(),
            None => Value::unknown(format!("`{key}` is imported in a circle")),
        }
    }

    pub(super) fn export_default(&mut self, module: ModuleId, value: Value) {
        let namespace = self.instances[module.0 as usize].namespace;
        self.heap.set(namespace, "default", value, None);
    }

    /// What `require(specifier)` or `import` gives.
    pub(super) fn require(&mut self, site: super::Origin, specifier: &str, kind: ImportKind) -> Eval {
        let inside = specifier.strip_prefix("file://").unwrap_or(specifier).strip_prefix(ROOT);
        // What a model asks for in the checkout, the program that called it does.
        let from = if inside.is_some() { self.seen_at(site).module } else { site.module };
        let file = self.instances[from.0 as usize].file.clone();
        let specifier = match inside {
            Some(path) => &*relative_to(&file, path.trim_start_matches('/')),
            None => specifier,
        };
        match self.host.load(&file, specifier) {
            Loaded::Library(name) => Ok(Value::symbol(name, Nature::Object)),
            Loaded::Opaque(why) => Ok(Value::unknown(why)),
            Loaded::Missing => self.missing_module(site, specifier, kind),
            Loaded::Module { file, ir } => self.module_value(file, ir, Language::Program),
            Loaded::Model { file, ir } => self.module_value(file, ir, Language::Model),
            Loaded::Json { file, ir } => self.module_value(file, ir, Language::Json),
        }
    }

    /// What is caught is thrown; else the program goes on, for the file may be made before it runs. Where values must
    /// be exact, either may happen.
    fn missing_module(&mut self, site: super::Origin, specifier: &str, kind: ImportKind) -> Eval {
        let why = format!("`{specifier}` is not in the checkout");
        if self.is_exact() {
            self.throw_perhaps(&why);
            return Ok(Value::unknown(why));
        }
        let is_caught = self.is_tried();
        if is_caught && kind == ImportKind::Require {
            return Err(Abrupt::Throw(self.error("Error", &format!("Cannot find module '{specifier}'"))));
        }
        if !is_caught && kind != ImportKind::Dynamic && !self.is_model(site.module) {
            self.host.missing(specifier, site, self.path);
        }
        Ok(Value::unknown(why))
    }

    fn module_value(&mut self, file: Arc<str>, ir: Arc<Module>, language: Language) -> Eval {
        let module = match self.by_file.get(&file) {
            Some(module) => *module,
            None => {
                let module = self.instantiate(file, ir, language);
                self.depth += 1;
                let result = if self.depth > super::MAX_DEPTH { Ok(()) } else { self.run_module(module) };
                self.depth -= 1;
                result?;
                module
            }
        };
        Ok(self.exports(module))
    }

    pub(super) fn dynamic_import(&mut self, at: &mut Activation<'_>, specifier: ExprId) -> Eval {
        let site = at.origin(specifier);
        let specifier = self.eval(at, specifier)?;
        let specifier = self.path_of_url(specifier)?;
        let value = match specifier.as_str() {
            Some(specifier) => self.require(site, specifier, ImportKind::Dynamic)?,
            None => Value::unknown("which module is imported is not known"),
        };
        Ok(self.promise(Some(value)))
    }

    /// The path of a file of the checkout, relative to it, from an absolute or relative path as the program has it.
    pub(super) fn checkout_path(&self, path: &str) -> Option<String> {
        match path.strip_prefix(ROOT) {
            Some(relative) => Some(relative.trim_start_matches('/').to_owned()),
            None if path.starts_with('/') => None,
            None => Some(path.trim_start_matches("./").to_owned()),
        }
    }

    /// Calls `function` at `site` after all that the program does by itself, as what runs it would.
    pub fn call_from_outside(&mut self, function: Value, arguments: Vec<Value>, site: Origin) {
        // Whatever it gives, nobody gets.
        let _ = self.invoke(function, Value::undefined(), arguments, site, None, false);
        self.drain();
    }
}

/// How a module was asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ImportKind {
    /// `import ... from`
    Static,
    /// `import()`
    Dynamic,
    /// `require()`
    Require,
}

/// The specifier by which `file` means `path`, both relative to the checkout.
fn relative_to(file: &str, path: &str) -> String {
    format!("./{}{path}", "../".repeat(file.matches('/').count()))
}

impl Value {
    /// Whether it is a plain `undefined`.
    pub fn is_undefined(&self) -> bool {
        matches!(self.kind, Kind::Undefined)
    }
}
