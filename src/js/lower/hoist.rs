//! Which names a body, a block or a loop's head declares, before anything in it is lowered.

use swc_common::{Span, Spanned};
use swc_ecma_ast as swc;

use super::typescript::{is_erased, namespace_name};
use crate::js::ir::BindingKind;

/// The name under which an anonymous `export default function` or class is bound; no identifier can clash with it.
pub(super) const DEFAULT: &str = "default";

/// A name about to be declared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declaration<'a> {
    pub(super) name: &'a str,
    pub(super) kind: BindingKind,
    pub(super) span: Span,
    /// Gives way to whatever else has the name in its scope.
    pub(super) is_implied: bool,
}

impl<'a> Declaration<'a> {
    pub(super) fn new(ident: &'a swc::Ident, kind: BindingKind) -> Self {
        Self { name: &ident.sym, kind, span: ident.span, is_implied: false }
    }

    pub(super) fn implied(ident: &'a swc::Ident, kind: BindingKind) -> Self {
        Self { is_implied: true, ..Self::new(ident, kind) }
    }
}

/// The declarations found so far, in source order.
#[derive(Default)]
pub(super) struct Declarations<'a> {
    pub(super) found: Vec<Declaration<'a>>,
    /// In sloppy code a function declared in a block is a `var` of the function around, too (ECMA-262, B.3.2).
    pub(super) is_sloppy: bool,
}

impl<'a> Declarations<'a> {
    /// What a block declares for itself: `let`, `const`, classes and functions.
    pub(super) fn of_block(stmts: &'a [swc::Stmt]) -> Vec<Declaration<'a>> {
        let mut declarations = Self::default();
        stmts.iter().for_each(|stmt| declarations.lexical(stmt));
        declarations.found
    }

    /// What the cases of a `switch`, which are one block, declare.
    pub(super) fn of_cases(cases: &'a [swc::SwitchCase]) -> Vec<Declaration<'a>> {
        let mut declarations = Self::default();
        cases.iter().flat_map(|case| &case.cons).for_each(|stmt| declarations.lexical(stmt));
        declarations.found
    }

    /// What a function's body declares: its own block's names, then every `var` beneath.
    pub(super) fn of_body(stmts: &'a [swc::Stmt], is_sloppy: bool) -> Vec<Declaration<'a>> {
        let mut declarations = Self { found: Vec::new(), is_sloppy };
        stmts.iter().for_each(|stmt| declarations.lexical(stmt));
        stmts.iter().for_each(|stmt| declarations.vars(stmt));
        declarations.found
    }

    /// What a module or namespace declares, imports included.
    pub(super) fn of_items(items: &'a [swc::ModuleItem]) -> Vec<Declaration<'a>> {
        let mut declarations = Self::default();
        for item in items {
            match item {
                swc::ModuleItem::Stmt(stmt) => declarations.lexical(stmt),
                swc::ModuleItem::ModuleDecl(decl) => declarations.module_declaration(decl),
            }
        }
        for item in items {
            match item {
                swc::ModuleItem::Stmt(stmt) => declarations.vars(stmt),
                swc::ModuleItem::ModuleDecl(swc::ModuleDecl::ExportDecl(export)) => {
                    declarations.vars_of_declaration(&export.decl);
                }
                swc::ModuleItem::ModuleDecl(_) => {}
            }
        }
        declarations.found
    }

    /// What one declaration declares, `var` included.
    pub(super) fn of_declaration(decl: &'a swc::Decl) -> Vec<Declaration<'a>> {
        let mut declarations = Self::default();
        declarations.lexical_declaration(decl);
        declarations.vars_of_declaration(decl);
        declarations.found
    }

    /// What a pattern declares.
    pub(super) fn of_pattern(pattern: &'a swc::Pat, kind: BindingKind) -> Vec<Declaration<'a>> {
        let mut declarations = Self::default();
        declarations.pattern(pattern, kind);
        declarations.found
    }

    /// What the head of a `for (const x of xs)` declares for each turn.
    pub(super) fn of_loop_head(head: &'a swc::ForHead) -> Vec<Declaration<'a>> {
        let mut declarations = Self::default();
        match head {
            swc::ForHead::VarDecl(var) => declarations.lexical_variables(var),
            swc::ForHead::UsingDecl(using) => declarations.declarators(&using.decls, BindingKind::Const),
            swc::ForHead::Pat(_) => {}
        }
        declarations.found
    }

    /// What the head of a `for (let i = 0; ...)` declares.
    pub(super) fn of_loop_init(init: Option<&'a swc::VarDeclOrExpr>) -> Vec<Declaration<'a>> {
        let mut declarations = Self::default();
        if let Some(swc::VarDeclOrExpr::VarDecl(var)) = init {
            declarations.lexical_variables(var);
        }
        declarations.found
    }

    fn name(&mut self, ident: &'a swc::Ident, kind: BindingKind) {
        self.found.push(Declaration::new(ident, kind));
    }

    fn lexical(&mut self, stmt: &'a swc::Stmt) {
        match stmt {
            swc::Stmt::Decl(decl) => self.lexical_declaration(decl),
            swc::Stmt::Labeled(labeled) => self.lexical(&labeled.body),
            _ => {}
        }
    }

    fn lexical_declaration(&mut self, decl: &'a swc::Decl) {
        if is_erased(decl) {
            return;
        }
        match decl {
            swc::Decl::Class(class) => self.name(&class.ident, BindingKind::Class),
            swc::Decl::Fn(function) => self.name(&function.ident, BindingKind::Function),
            swc::Decl::Var(var) => self.lexical_variables(var),
            swc::Decl::Using(using) => self.declarators(&using.decls, BindingKind::Const),
            swc::Decl::TsEnum(enumeration) => self.name(&enumeration.id, BindingKind::Const),
            swc::Decl::TsModule(module) => {
                if let Some(ident) = namespace_name(module) {
                    self.name(ident, BindingKind::Const);
                }
            }
            swc::Decl::TsInterface(_) | swc::Decl::TsTypeAlias(_) => {}
        }
    }

    fn lexical_variables(&mut self, var: &'a swc::VarDecl) {
        if var.kind != swc::VarDeclKind::Var {
            self.declarators(&var.decls, variable_kind(var.kind));
        }
    }

    fn declarators(&mut self, declarators: &'a [swc::VarDeclarator], kind: BindingKind) {
        declarators.iter().for_each(|declarator| self.pattern(&declarator.name, kind));
    }

    fn vars_of_declaration(&mut self, decl: &'a swc::Decl) {
        if let swc::Decl::Var(var) = decl {
            self.var(var);
        }
    }

    fn var(&mut self, var: &'a swc::VarDecl) {
        if var.kind == swc::VarDeclKind::Var && !var.declare {
            self.declarators(&var.decls, BindingKind::Var);
        }
    }

    /// Every `var` in a statement of a body.
    fn vars(&mut self, stmt: &'a swc::Stmt) {
        match stmt {
            swc::Stmt::Decl(decl) => self.vars_of_declaration(decl),
            swc::Stmt::Labeled(labeled) => self.vars(&labeled.body),
            swc::Stmt::Block(block) => self.vars_of_block(&block.stmts),
            swc::Stmt::With(with) => self.vars_beneath(&with.body),
            swc::Stmt::If(branch) => {
                self.vars_beneath(&branch.cons);
                branch.alt.iter().for_each(|alt| self.vars_beneath(alt));
            }
            swc::Stmt::Switch(switch) => switch.cases.iter().for_each(|case| self.vars_of_block(&case.cons)),
            swc::Stmt::Try(attempt) => self.vars_of_try(attempt),
            swc::Stmt::While(turn) => self.vars_beneath(&turn.body),
            swc::Stmt::DoWhile(turn) => self.vars_beneath(&turn.body),
            swc::Stmt::For(turn) => {
                if let Some(swc::VarDeclOrExpr::VarDecl(var)) = &turn.init {
                    self.var(var);
                }
                self.vars_beneath(&turn.body);
            }
            swc::Stmt::ForIn(turn) => self.vars_of_loop(&turn.left, &turn.body),
            swc::Stmt::ForOf(turn) => self.vars_of_loop(&turn.left, &turn.body),
            swc::Stmt::Empty(_)
            | swc::Stmt::Debugger(_)
            | swc::Stmt::Return(_)
            | swc::Stmt::Break(_)
            | swc::Stmt::Continue(_)
            | swc::Stmt::Throw(_)
            | swc::Stmt::Expr(_) => {}
        }
    }

    fn vars_of_try(&mut self, attempt: &'a swc::TryStmt) {
        self.vars_of_block(&attempt.block.stmts);
        attempt.handler.iter().for_each(|handler| self.vars_of_block(&handler.body.stmts));
        attempt.finalizer.iter().for_each(|finalizer| self.vars_of_block(&finalizer.stmts));
    }

    fn vars_of_loop(&mut self, head: &'a swc::ForHead, body: &'a swc::Stmt) {
        if let swc::ForHead::VarDecl(var) = head {
            self.var(var);
        }
        self.vars_beneath(body);
    }

    fn vars_of_block(&mut self, stmts: &'a [swc::Stmt]) {
        stmts.iter().for_each(|stmt| self.vars_beneath(stmt));
    }

    /// As [`Self::vars`], for a statement that is not the body's own.
    fn vars_beneath(&mut self, stmt: &'a swc::Stmt) {
        match stmt {
            swc::Stmt::Decl(swc::Decl::Fn(function)) if self.is_sloppy && escapes_its_block(function) => {
                self.found.push(Declaration::implied(&function.ident, BindingKind::Var));
            }
            _ => self.vars(stmt),
        }
    }

    fn pattern(&mut self, pattern: &'a swc::Pat, kind: BindingKind) {
        match pattern {
            swc::Pat::Ident(ident) => self.name(ident, kind),
            swc::Pat::Array(array) => array.elems.iter().flatten().for_each(|element| self.pattern(element, kind)),
            swc::Pat::Rest(rest) => self.pattern(&rest.arg, kind),
            swc::Pat::Object(object) => object.props.iter().for_each(|property| self.property(property, kind)),
            swc::Pat::Assign(assign) => self.pattern(&assign.left, kind),
            swc::Pat::Invalid(_) | swc::Pat::Expr(_) => {}
        }
    }

    fn property(&mut self, property: &'a swc::ObjectPatProp, kind: BindingKind) {
        match property {
            swc::ObjectPatProp::KeyValue(pair) => self.pattern(&pair.value, kind),
            swc::ObjectPatProp::Assign(shorthand) => self.name(&shorthand.key, kind),
            swc::ObjectPatProp::Rest(rest) => self.pattern(&rest.arg, kind),
        }
    }

    fn module_declaration(&mut self, decl: &'a swc::ModuleDecl) {
        match decl {
            swc::ModuleDecl::Import(import) if !import.type_only => {
                import
                    .specifiers
                    .iter()
                    .filter_map(imported_local)
                    .for_each(|local| self.name(local, BindingKind::Import));
            }
            swc::ModuleDecl::ExportDecl(export) => self.lexical_declaration(&export.decl),
            swc::ModuleDecl::ExportDefaultDecl(export) => self.found.extend(default_declaration(export)),
            swc::ModuleDecl::TsImportEquals(import) if !import.is_type_only => {
                let kind = match import.module_ref {
                    swc::TsModuleRef::TsEntityName(_) => BindingKind::Const,
                    swc::TsModuleRef::TsExternalModuleRef(_) => BindingKind::Import,
                };
                self.name(&import.id, kind);
            }
            _ => {}
        }
    }
}

/// The name that an import specifier binds, unless it is a type's.
pub(super) fn imported_local(specifier: &swc::ImportSpecifier) -> Option<&swc::Ident> {
    match specifier {
        swc::ImportSpecifier::Named(named) => (!named.is_type_only).then_some(&named.local),
        swc::ImportSpecifier::Default(default) => Some(&default.local),
        swc::ImportSpecifier::Namespace(namespace) => Some(&namespace.local),
    }
}

/// What `export default function` or `export default class` binds; nothing for an overload or an interface.
pub(super) fn default_declaration(export: &swc::ExportDefaultDecl) -> Option<Declaration<'_>> {
    let (ident, kind) = match &export.decl {
        swc::DefaultDecl::Class(class) => (class.ident.as_ref(), BindingKind::Class),
        swc::DefaultDecl::Fn(function) if function.function.body.is_some() => {
            (function.ident.as_ref(), BindingKind::Function)
        }
        swc::DefaultDecl::Fn(_) | swc::DefaultDecl::TsInterfaceDecl(_) => return None,
    };
    let anonymous = Declaration { name: DEFAULT, kind, span: export.decl.span(), is_implied: false };
    Some(ident.map_or(anonymous, |ident| Declaration::new(ident, kind)))
}

/// Whether sloppy code sees a function declared in a block outside of it as well.
pub(super) fn escapes_its_block(function: &swc::FnDecl) -> bool {
    !function.function.is_async && !function.function.is_generator && function.function.body.is_some()
}

/// The kind of binding that `var`, `let` and `const` make.
pub(super) fn variable_kind(kind: swc::VarDeclKind) -> BindingKind {
    match kind {
        swc::VarDeclKind::Var => BindingKind::Var,
        swc::VarDeclKind::Let => BindingKind::Let,
        swc::VarDeclKind::Const => BindingKind::Const,
    }
}
