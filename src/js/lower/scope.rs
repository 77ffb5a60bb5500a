//! Scopes and the names in sight.

use super::hoist::Declaration;
use super::*;

impl Lowering<'_> {
    /// Does `work` in a new scope that declares `declarations`; without any, in the scope around.
    pub(super) fn in_block<T>(
        &mut self,
        declarations: &[Declaration<'_>],
        work: impl FnOnce(&mut Self) -> T,
    ) -> (Option<ScopeId>, T) {
        if declarations.is_empty() {
            return (None, work(self));
        }
        let (scope, outcome) = self.in_scope(declarations, work);
        (Some(scope), outcome)
    }

    /// Does `work` in a new scope that declares `declarations`.
    pub(super) fn in_scope<T>(
        &mut self,
        declarations: &[Declaration<'_>],
        work: impl FnOnce(&mut Self) -> T,
    ) -> (ScopeId, T) {
        let scope = self.open_scope();
        self.declare_all(declarations);
        let outcome = work(self);
        self.close_scope();
        (scope, outcome)
    }

    /// Makes a new scope of the current function, inside the current one, the current one.
    pub(super) fn open_scope(&mut self) -> ScopeId {
        let parent = (!self.module.scopes.is_empty()).then_some(self.scope);
        let first = BindingId::new(self.module.bindings.len());
        let scope = Scope { parent, function: self.function, first, names: 0, hoisted: HoistedId::FIRST };
        self.scope = ScopeId::new(push(&mut self.module.scopes, scope));
        self.hoisted.push(Vec::new());
        self.scope
    }

    /// Takes the current scope's names out of sight and goes back to its parent.
    pub(super) fn close_scope(&mut self) {
        for binding in self.module.declared(self.scope) {
            if let Some(bindings) = self.visible.get_mut(&binding.name) {
                bindings.pop();
            }
        }
        let hoisted = self.hoisted.pop().unwrap_or_default();
        let scope = &mut self.module.scopes[self.scope.index()];
        scope.hoisted = HoistedId::new(self.module.hoisted.push(hoisted));
        self.scope = scope.parent.unwrap_or(self.scope);
    }

    pub(super) fn declare_all(&mut self, declarations: &[Declaration<'_>]) {
        for declaration in declarations {
            self.declare(*declaration);
        }
    }

    /// Declares a name in the current scope. A name declared there already (`var x; var x`) keeps its binding.
    pub(super) fn declare(&mut self, declaration: Declaration<'_>) -> BindingId {
        if let Some(known) = self.resolve(declaration.name)
            && self.binding(known).scope == self.scope
        {
            self.check_clash(known, declaration);
            return known;
        }
        let name = self.text(declaration.name);
        let span = self.span(declaration.span);
        let id = BindingId::new(self.module.bindings.len());
        // Whatever a scope declares it declares before a scope inside it does: its names follow one another.
        let scope = &mut self.module.scopes[self.scope.index()];
        let binding = Binding { name, kind: declaration.kind, scope: self.scope, position: scope.names, span };
        scope.names += 1;
        self.module.bindings.push(binding);
        self.visible.entry(name).or_default().push(id);
        id
    }

    /// TypeScript merges what JavaScript takes for a clash, and its compiler reports the rest.
    fn check_clash(&mut self, known: BindingId, declaration: Declaration<'_>) {
        let clashes = is_lexical(self.binding(known).kind) || is_lexical(declaration.kind);
        if clashes && !declaration.is_implied && self.dialect == Dialect::JavaScript {
            let message = format!("Identifier '{}' has already been declared", declaration.name);
            self.refuse(declaration.span, message);
        }
    }

    pub(super) fn binding(&self, id: BindingId) -> &Binding {
        &self.module[id]
    }

    /// The innermost binding of `name` in sight.
    pub(super) fn resolve(&self, name: &str) -> Option<BindingId> {
        self.visible.get(self.texts.get(name)?)?.last().copied()
    }

    /// The binding of `name` that the innermost one hides.
    pub(super) fn resolve_hidden(&self, name: &str) -> Option<BindingId> {
        self.visible.get(self.texts.get(name)?)?.iter().rev().nth(1).copied()
    }

    /// Initialises `binding` with `function` whenever the current scope is entered.
    pub(super) fn hoist(&mut self, binding: BindingId, function: FunctionId) {
        if let Some(hoisted) = self.hoisted.last_mut() {
            hoisted.push((binding, function));
        }
    }
}

/// Whether a kind of declaration wants a name of its own.
fn is_lexical(kind: BindingKind) -> bool {
    matches!(kind, BindingKind::Let | BindingKind::Const | BindingKind::Class | BindingKind::Import)
}
