//! What TypeScript erases, and what it adds at run time: namespaces, `import =`, `export =`.

use swc_common::Spanned;

use super::hoist::Declarations;
use super::*;

/// Whether nothing of a declaration is left at run time.
pub(super) fn is_erased(decl: &swc::Decl) -> bool {
    match decl {
        swc::Decl::TsInterface(_) | swc::Decl::TsTypeAlias(_) => true,
        swc::Decl::Class(class) => class.declare,
        swc::Decl::Fn(function) => function.declare || function.function.body.is_none(),
        swc::Decl::Var(var) => var.declare,
        swc::Decl::Using(_) => false,
        swc::Decl::TsEnum(enumeration) => enumeration.declare,
        swc::Decl::TsModule(module) => module.declare || module.global || !has_values(module.body.as_ref()),
    }
}

/// The name that a namespace binds; `declare module 'x'` binds none.
pub(super) fn namespace_name(module: &swc::TsModuleDecl) -> Option<&swc::Ident> {
    module.id.as_ident()
}

/// A namespace that only declares types does not exist at run time.
fn has_values(body: Option<&swc::TsNamespaceBody>) -> bool {
    match body {
        Some(swc::TsNamespaceBody::TsModuleBlock(block)) => block.body.iter().any(is_value),
        Some(swc::TsNamespaceBody::TsNamespaceDecl(inner)) => has_values(Some(&inner.body)),
        None => false,
    }
}

fn is_value(item: &swc::ModuleItem) -> bool {
    match item {
        swc::ModuleItem::Stmt(swc::Stmt::Decl(decl)) => !is_erased(decl),
        swc::ModuleItem::ModuleDecl(swc::ModuleDecl::ExportDecl(export)) => !is_erased(&export.decl),
        swc::ModuleItem::ModuleDecl(swc::ModuleDecl::TsImportEquals(import)) => !import.is_type_only,
        swc::ModuleItem::ModuleDecl(_) => false,
        swc::ModuleItem::Stmt(_) => true,
    }
}

impl Lowering<'_> {
    /// `namespace N { export const a = 1 }` is `const N = {}; { const a = 1; N.a = a }`. A namespace that goes on with a
    /// class, a function or an earlier namespace adds to that.
    pub(super) fn namespace(&mut self, module: &swc::TsModuleDecl, out: &mut Vec<StmtId>) {
        if let (Some(name), Some(body)) = (namespace_name(module), &module.body) {
            self.namespace_object(name, body, module.span, out);
        }
    }

    fn namespace_object(
        &mut self,
        name: &swc::Ident,
        body: &swc::TsNamespaceBody,
        span: swc_common::Span,
        out: &mut Vec<StmtId>,
    ) {
        let Some(binding) = self.resolve(&name.sym) else { return };
        let is_own = self.binding(binding).kind == BindingKind::Const;
        if self.opened.insert(binding) && is_own {
            let object = self.add_expr(Expr::Object(PropertiesId::FIRST), name.span);
            self.declare_const(binding, object, name.span, out);
        }
        let (scope, body) = match body {
            swc::TsNamespaceBody::TsModuleBlock(block) => self.namespace_block(&block.body, binding),
            swc::TsNamespaceBody::TsNamespaceDecl(inner) => self.inner_namespace(inner, binding),
        };
        let body = self.add_stmts(body);
        out.push(self.add_stmt(Stmt::Block { scope, body }, span));
    }

    fn namespace_block(&mut self, items: &[swc::ModuleItem], namespace: BindingId) -> (Option<ScopeId>, Vec<StmtId>) {
        self.in_block(&Declarations::of_items(items), |this| {
            let mut body = Vec::with_capacity(items.len());
            for item in items {
                match item {
                    swc::ModuleItem::Stmt(stmt) => this.statement(stmt, &mut body),
                    swc::ModuleItem::ModuleDecl(decl) => this.namespace_item(decl, namespace, &mut body),
                }
            }
            body
        })
    }

    fn namespace_item(&mut self, decl: &swc::ModuleDecl, namespace: BindingId, out: &mut Vec<StmtId>) {
        match decl {
            swc::ModuleDecl::ExportDecl(export) => {
                self.declaration(&export.decl, out);
                for declared in Declarations::of_declaration(&export.decl) {
                    self.add_to_namespace(namespace, declared.name, declared.span, out);
                }
            }
            swc::ModuleDecl::TsImportEquals(import) => {
                self.import_alias(import, out);
                if import.is_export {
                    self.add_to_namespace(namespace, &import.id.sym, import.id.span, out);
                }
            }
            _ => {}
        }
    }

    /// `namespace A.B { }` is `namespace A { export namespace B { } }`.
    fn inner_namespace(
        &mut self,
        inner: &swc::TsNamespaceDecl,
        namespace: BindingId,
    ) -> (Option<ScopeId>, Vec<StmtId>) {
        let declaration = hoist::Declaration::new(&inner.id, BindingKind::Const);
        self.in_block(&[declaration], |this| {
            let mut body = Vec::new();
            this.namespace_object(&inner.id, &inner.body, inner.span, &mut body);
            this.add_to_namespace(namespace, &inner.id.sym, inner.id.span, &mut body);
            body
        })
    }

    /// `N.name = name`
    fn add_to_namespace(&mut self, namespace: BindingId, name: &str, span: swc_common::Span, out: &mut Vec<StmtId>) {
        let Some(binding) = self.resolve(name) else { return };
        let object = self.add_expr(Expr::Name(namespace), span);
        let value = self.add_expr(Expr::Name(binding), span);
        self.assign_member(object, name, value, span, out);
    }

    /// `object.name = value`
    fn assign_member(
        &mut self,
        object: ExprId,
        name: &str,
        value: ExprId,
        span: swc_common::Span,
        out: &mut Vec<StmtId>,
    ) {
        let key = self.static_key(name, span);
        let member = self.add_expr(Expr::Member { object, key, optional: false }, span);
        let target = self.add_pattern(Pattern::Member(member));
        let assign = self.add_expr(Expr::Assign { target, value }, span);
        out.push(self.add_stmt(Stmt::Expr(assign), span));
    }

    pub(super) fn declare_const(
        &mut self,
        binding: BindingId,
        init: ExprId,
        span: swc_common::Span,
        out: &mut Vec<StmtId>,
    ) {
        let pattern = self.add_pattern(Pattern::Name(binding));
        let declare = Stmt::Declare { kind: BindingKind::Const, pattern, init: Some(init) };
        out.push(self.add_stmt(declare, span));
    }

    /// `import x = require('y')`, `import x = A.b`, either of them with `export` before it.
    pub(super) fn import_equals(&mut self, import: &swc::TsImportEqualsDecl, out: &mut Vec<StmtId>) {
        self.import_alias(import, out);
        if import.is_export {
            self.export_local(&import.id.sym, &import.id.sym);
        }
    }

    fn import_alias(&mut self, import: &swc::TsImportEqualsDecl, out: &mut Vec<StmtId>) {
        let Some(binding) = self.resolve(&import.id.sym).filter(|_| !import.is_type_only) else { return };
        match &import.module_ref {
            swc::TsModuleRef::TsExternalModuleRef(external) => {
                self.add_import(&external.expr, vec![(ImportName::Require, binding)]);
            }
            swc::TsModuleRef::TsEntityName(name) => {
                let value = self.entity_name(name);
                self.declare_const(binding, value, import.span, out);
            }
        }
    }

    /// `export = expression`, which TypeScript takes only where its output is CommonJS.
    pub(super) fn export_assignment(&mut self, export: &swc::TsExportAssignment, out: &mut Vec<StmtId>) {
        let value = self.expr(&export.expr);
        let module = self.text("module");
        let module = self.add_expr(Expr::Global(module), export.span);
        self.assign_member(module, "exports", value, export.span, out);
        self.module.exports.push(Export::Assigned);
        self.module.is_esm = false;
    }

    /// The name that an annotation refers to, as an expression.
    pub(super) fn type_name(&mut self, annotation: &swc::TsTypeAnn) -> Option<ExprId> {
        let reference = annotation.type_ann.as_ts_type_ref()?;
        Some(self.entity_name(&reference.type_name))
    }

    fn entity_name(&mut self, name: &swc::TsEntityName) -> ExprId {
        match name {
            swc::TsEntityName::Ident(ident) => self.name_expr(ident),
            swc::TsEntityName::TsQualifiedName(qualified) => {
                let object = self.entity_name(&qualified.left);
                let key = self.static_key(&qualified.right.sym, qualified.right.span);
                self.add_expr(Expr::Member { object, key, optional: false }, qualified.span())
            }
        }
    }
}
