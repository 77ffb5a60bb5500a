//! What TypeScript adds at run time: enums, namespaces, `import =`, `export =`; and what it erases.

use swc_common::Spanned;

use super::hoist::Declarations;
use super::*;
use crate::js::number::number_to_string;

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

/// The value of an enum's member, as far as the compiler computes it.
#[derive(Clone)]
enum Constant {
    Number(f64),
    String(Arc<str>),
}

/// An enum's members so far.
struct Enumeration<'a> {
    name: &'a str,
    known: Vec<(Arc<str>, Constant)>,
    properties: Vec<Property>,
}

impl Lowering<'_> {
    /// `enum E { A, B = 'b' }` is `const E = { A: 0, 0: 'A', B: 'b' }`.
    pub(super) fn enumeration(&mut self, enumeration: &swc::TsEnumDecl, out: &mut Vec<StmtId>) {
        let Some(binding) = self.resolve(&enumeration.id.sym) else { return };
        let mut members = Enumeration { name: &enumeration.id.sym, known: Vec::new(), properties: Vec::new() };
        if !self.opened.insert(binding) {
            let earlier = self.add_expr(Expr::Name(binding), enumeration.id.span);
            members.properties.push(Property::Spread(earlier));
        }
        let mut next = Some(0.0);
        for member in &enumeration.members {
            next = self.enum_member(member, next, &mut members);
        }
        let object = self.add_expr(Expr::Object(members.properties), enumeration.span);
        self.declare_const(binding, object, enumeration.span, out);
    }

    /// Adds a member and says which number an uninitialised one after it has.
    fn enum_member(
        &mut self,
        member: &swc::TsEnumMember,
        next: Option<f64>,
        members: &mut Enumeration<'_>,
    ) -> Option<f64> {
        let (name, span) = match &member.id {
            swc::TsEnumMemberId::Ident(ident) => (self.text(&ident.sym), ident.span),
            swc::TsEnumMemberId::Str(string) => (self.text(&string.value.to_string_lossy()), string.span),
        };
        let constant = match &member.init {
            Some(init) => self.constant(init, members),
            None => next.map(Constant::Number),
        };
        let value = match (&constant, &member.init) {
            (Some(Constant::Number(number)), _) => self.add_expr(Expr::Number(*number), member.span),
            (Some(Constant::String(string)), _) => self.add_expr(Expr::String(string.clone()), member.span),
            (None, Some(init)) => self.expr(init),
            (None, None) => self.add_expr(Expr::Undefined, member.span),
        };
        let key = self.static_key(&name, span);
        members.properties.push(Property::Value { key, value });

        let reverse = match &constant {
            Some(Constant::Number(number)) => Some(self.static_key(&number_to_string(*number), member.span)),
            Some(Constant::String(_)) => None,
            None => Some(Key::Computed(value)),
        };
        if let Some(key) = reverse {
            let value = self.add_expr(Expr::String(name.clone()), span);
            members.properties.push(Property::Value { key, value });
        }
        let following = match constant {
            Some(Constant::Number(number)) => Some(number + 1.0),
            _ => None,
        };
        members.known.extend(constant.map(|constant| (name, constant)));
        following
    }

    /// Folds what TypeScript calls a constant enum expression.
    fn constant(&mut self, expr: &swc::Expr, members: &Enumeration<'_>) -> Option<Constant> {
        match expr::without_types(expr) {
            swc::Expr::Lit(swc::Lit::Num(number)) => Some(Constant::Number(number.value)),
            swc::Expr::Lit(swc::Lit::Str(string)) => Some(Constant::String(self.text(&string.value.to_string_lossy()))),
            swc::Expr::Tpl(template) if template.exprs.is_empty() => {
                let cooked = template.quasis.first()?.cooked.as_ref()?;
                Some(Constant::String(self.text(&cooked.to_string_lossy())))
            }
            swc::Expr::Ident(ident) => members.get(&ident.sym),
            swc::Expr::Member(member) if member.obj.as_ident()?.sym == members.name => {
                members.get(expr::member_name(member)?)
            }
            swc::Expr::Unary(unary) => fold_unary(unary.op, self.constant(&unary.arg, members)?),
            swc::Expr::Bin(binary) => {
                let left = self.constant(&binary.left, members)?;
                let right = self.constant(&binary.right, members)?;
                self.fold_binary(binary.op, left, right)
            }
            _ => None,
        }
    }

    fn fold_binary(&mut self, operator: swc::BinaryOp, left: Constant, right: Constant) -> Option<Constant> {
        use swc::BinaryOp;
        let (left, right) = match (left, right) {
            (Constant::Number(left), Constant::Number(right)) => (left, right),
            (left, right) if operator == BinaryOp::Add => {
                let joined = format!("{}{}", left.into_text(), right.into_text());
                return Some(Constant::String(self.text(&joined)));
            }
            _ => return None,
        };
        Some(Constant::Number(match operator {
            BinaryOp::Add => left + right,
            BinaryOp::Sub => left - right,
            BinaryOp::Mul => left * right,
            BinaryOp::Div => left / right,
            BinaryOp::Mod => left % right,
            BinaryOp::Exp => left.powf(right),
            BinaryOp::BitOr => f64::from(to_int32(left) | to_int32(right)),
            BinaryOp::BitAnd => f64::from(to_int32(left) & to_int32(right)),
            BinaryOp::BitXor => f64::from(to_int32(left) ^ to_int32(right)),
            BinaryOp::LShift => f64::from(to_int32(left).wrapping_shl(to_int32(right) as u32)),
            BinaryOp::RShift => f64::from(to_int32(left).wrapping_shr(to_int32(right) as u32)),
            BinaryOp::ZeroFillRShift => f64::from((to_int32(left) as u32).wrapping_shr(to_int32(right) as u32)),
            _ => return None,
        }))
    }

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
            let object = self.add_expr(Expr::Object(Vec::new()), name.span);
            self.declare_const(binding, object, name.span, out);
        }
        let (scope, body) = match body {
            swc::TsNamespaceBody::TsModuleBlock(block) => self.namespace_block(&block.body, binding),
            swc::TsNamespaceBody::TsNamespaceDecl(inner) => self.inner_namespace(inner, binding),
        };
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

    fn declare_const(&mut self, binding: BindingId, init: ExprId, span: swc_common::Span, out: &mut Vec<StmtId>) {
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

    /// `export = expression`
    pub(super) fn export_assignment(&mut self, export: &swc::TsExportAssignment, out: &mut Vec<StmtId>) {
        let value = self.expr(&export.expr);
        let module = self.text("module");
        let module = self.add_expr(Expr::Global(module), export.span);
        self.assign_member(module, "exports", value, export.span, out);
        self.module.exports.push(Export::Assigned);
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

impl Enumeration<'_> {
    fn get(&self, name: &str) -> Option<Constant> {
        let (_, constant) = self.known.iter().find(|(known, _)| &**known == name)?;
        Some(constant.clone())
    }
}

impl Constant {
    fn into_text(self) -> Arc<str> {
        match self {
            Self::Number(number) => number_to_string(number).into(),
            Self::String(string) => string,
        }
    }
}

fn fold_unary(operator: swc::UnaryOp, operand: Constant) -> Option<Constant> {
    let Constant::Number(number) = operand else { return None };
    match operator {
        swc::UnaryOp::Minus => Some(Constant::Number(-number)),
        swc::UnaryOp::Plus => Some(Constant::Number(number)),
        swc::UnaryOp::Tilde => Some(Constant::Number(f64::from(!to_int32(number)))),
        _ => None,
    }
}

/// ECMA-262, 7.1.6.
fn to_int32(number: f64) -> i32 {
    let wrapped = number.trunc().rem_euclid(4_294_967_296.0);
    // A cast saturates: infinities and NaN, which wrap to NaN, become 0 as they should.
    wrapped as u32 as i32
}
