//! What is bound or assigned: declared names, destructuring, assignment targets.

use swc_common::Spanned;

use super::*;

impl Lowering<'_> {
    /// A pattern of a declaration, parameter or assignment: names are looked up, so hoisting has to come first.
    pub(super) fn pattern(&mut self, pattern: &swc::Pat) -> PatternId {
        match pattern {
            swc::Pat::Ident(ident) => self.name_pattern(ident),
            swc::Pat::Array(array) => self.array_pattern(array),
            swc::Pat::Object(object) => self.object_pattern(object),
            swc::Pat::Assign(assign) => self.default_pattern(assign),
            swc::Pat::Rest(rest) => self.pattern(&rest.arg),
            swc::Pat::Expr(expr) => self.expr_pattern(expr),
            swc::Pat::Invalid(invalid) => self.no_pattern(invalid.span),
        }
    }

    pub(super) fn name_pattern(&mut self, ident: &swc::Ident) -> PatternId {
        let pattern = match self.resolve(&ident.sym) {
            Some(binding) => Pattern::Name(binding),
            None => Pattern::Global(self.text(&ident.sym)),
        };
        self.add_pattern(pattern)
    }

    pub(super) fn default_pattern(&mut self, assign: &swc::AssignPat) -> PatternId {
        let pattern = self.pattern(&assign.left);
        let name = pattern_name(&assign.left).map(|name| self.text(name));
        let value = self.named_expr(&assign.right, name);
        self.add_pattern(Pattern::Default { pattern, value })
    }

    /// The target of `=` and its kin.
    pub(super) fn assign_target(&mut self, target: &swc::AssignTarget) -> PatternId {
        match target {
            swc::AssignTarget::Simple(simple) => self.simple_target(simple),
            swc::AssignTarget::Pat(swc::AssignTargetPat::Array(array)) => self.array_pattern(array),
            swc::AssignTarget::Pat(swc::AssignTargetPat::Object(object)) => self.object_pattern(object),
            swc::AssignTarget::Pat(swc::AssignTargetPat::Invalid(invalid)) => self.no_pattern(invalid.span),
        }
    }

    /// The head of a `for (... in ...)` or `for (... of ...)`.
    pub(super) fn loop_target(&mut self, head: &swc::ForHead) -> PatternId {
        let declarators = match head {
            swc::ForHead::Pat(pattern) => return self.pattern(pattern),
            swc::ForHead::VarDecl(var) => &var.decls,
            swc::ForHead::UsingDecl(using) => &using.decls,
        };
        match declarators.first() {
            Some(declarator) => self.pattern(&declarator.name),
            None => self.no_pattern(head.span()),
        }
    }

    /// An expression in the place of a target.
    pub(super) fn expr_pattern(&mut self, expr: &swc::Expr) -> PatternId {
        match expr::without_types(expr) {
            swc::Expr::Ident(ident) => self.name_pattern(ident),
            target => {
                let target = self.expr(target);
                self.add_pattern(Pattern::Member(target))
            }
        }
    }

    fn simple_target(&mut self, target: &swc::SimpleAssignTarget) -> PatternId {
        match target {
            swc::SimpleAssignTarget::Ident(ident) => self.name_pattern(ident),
            swc::SimpleAssignTarget::Member(member) => {
                let member = self.member_expr(member);
                self.add_pattern(Pattern::Member(member))
            }
            swc::SimpleAssignTarget::SuperProp(member) => {
                let lowered = self.super_member(member);
                let member = self.add_expr(lowered, member.span);
                self.add_pattern(Pattern::Member(member))
            }
            swc::SimpleAssignTarget::OptChain(chain) => {
                let chain = self.chain(chain);
                self.add_pattern(Pattern::Member(chain))
            }
            swc::SimpleAssignTarget::Paren(paren) => self.expr_pattern(&paren.expr),
            swc::SimpleAssignTarget::TsAs(cast) => self.expr_pattern(&cast.expr),
            swc::SimpleAssignTarget::TsSatisfies(cast) => self.expr_pattern(&cast.expr),
            swc::SimpleAssignTarget::TsNonNull(cast) => self.expr_pattern(&cast.expr),
            swc::SimpleAssignTarget::TsTypeAssertion(cast) => self.expr_pattern(&cast.expr),
            swc::SimpleAssignTarget::TsInstantiation(cast) => self.expr_pattern(&cast.expr),
            swc::SimpleAssignTarget::Invalid(invalid) => self.no_pattern(invalid.span),
        }
    }

    fn array_pattern(&mut self, array: &swc::ArrayPat) -> PatternId {
        let mut elements = Vec::with_capacity(array.elems.len());
        let mut rest = None;
        for element in &array.elems {
            match element {
                Some(swc::Pat::Rest(pattern)) => rest = Some(self.pattern(&pattern.arg)),
                Some(pattern) => elements.push(Some(self.pattern(pattern))),
                None => elements.push(None),
            }
        }
        self.add_pattern(Pattern::Array(Box::new(ArrayPattern { elements: elements.into(), rest })))
    }

    fn object_pattern(&mut self, object: &swc::ObjectPat) -> PatternId {
        let mut properties = Vec::with_capacity(object.props.len());
        let mut rest = None;
        for property in &object.props {
            match property {
                swc::ObjectPatProp::KeyValue(pair) => {
                    let key = self.key(&pair.key);
                    properties.push((key, self.pattern(&pair.value)));
                }
                swc::ObjectPatProp::Assign(shorthand) => properties.push(self.shorthand_pattern(shorthand)),
                swc::ObjectPatProp::Rest(pattern) => rest = Some(self.pattern(&pattern.arg)),
            }
        }
        self.add_pattern(Pattern::Object(Box::new(ObjectPattern { properties: properties.into(), rest })))
    }

    /// `{ name }`, `{ name = value }`
    fn shorthand_pattern(&mut self, shorthand: &swc::AssignPatProp) -> (KeyId, PatternId) {
        let key = self.static_key(&shorthand.key.sym, shorthand.key.span);
        let pattern = self.name_pattern(&shorthand.key);
        let Some(default) = &shorthand.value else {
            return (key, pattern);
        };
        let name = self.text(&shorthand.key.sym);
        let value = self.named_expr(default, Some(name));
        (key, self.add_pattern(Pattern::Default { pattern, value }))
    }

    /// Stands where the parser found no target.
    fn no_pattern(&mut self, span: swc_common::Span) -> PatternId {
        let nothing = self.add_expr(Expr::Opaque(ExprsId::FIRST), span);
        self.add_pattern(Pattern::Member(nothing))
    }
}

/// The name that an anonymous function takes from a pattern it is given to.
pub(super) fn pattern_name(pattern: &swc::Pat) -> Option<&str> {
    match pattern {
        swc::Pat::Ident(ident) => Some(&ident.sym),
        swc::Pat::Assign(assign) => pattern_name(&assign.left),
        swc::Pat::Expr(expr) => expr::target_name(expr),
        _ => None,
    }
}
