//! Functions, methods, arrows, and the code that classes run on their own.

use super::hoist::{Declaration, Declarations};
use super::*;

/// What is known of a function before its code is.
pub(super) struct Head<'a> {
    /// The name it is given.
    pub(super) name: Option<TextId>,
    /// A function expression's own name, to be bound inside.
    pub(super) own_name: Option<&'a swc::Ident>,
    pub(super) span: swc_common::Span,
    pub(super) is_async: bool,
    pub(super) is_generator: bool,
    pub(super) is_arrow: bool,
}

impl Head<'_> {
    /// Code that no `function` keyword or arrow stands before.
    pub(super) fn anonymous(span: swc_common::Span) -> Self {
        Self { name: None, own_name: None, span, is_async: false, is_generator: false, is_arrow: false }
    }
}

/// A parameter, however it was written.
pub(super) struct Parameter<'a> {
    pub(super) target: Target<'a>,
    pub(super) decorators: &'a [swc::Decorator],
    /// TypeScript: `private x` in a constructor.
    pub(super) is_property: bool,
    /// Whether the type is wanted: dependency injection reads the constructor's.
    pub(super) is_injectable: bool,
}

/// What a parameter binds.
pub(super) enum Target<'a> {
    Pattern(&'a swc::Pat),
    Name(&'a swc::BindingIdent),
    Default(&'a swc::AssignPat),
}

impl<'a> Parameter<'a> {
    pub(super) fn plain(pattern: &'a swc::Pat) -> Self {
        Self { target: Target::Pattern(pattern), decorators: &[], is_property: false, is_injectable: false }
    }

    pub(super) fn of_function(param: &'a swc::Param) -> Self {
        Self { decorators: &param.decorators, ..Self::plain(&param.pat) }
    }

    pub(super) fn of_constructor(param: &'a swc::ParamOrTsParamProp) -> Self {
        match param {
            swc::ParamOrTsParamProp::Param(param) => Self { is_injectable: true, ..Self::of_function(param) },
            swc::ParamOrTsParamProp::TsParamProp(property) => {
                let target = match &property.param {
                    swc::TsParamPropParam::Ident(ident) => Target::Name(ident),
                    swc::TsParamPropParam::Assign(assign) => Target::Default(assign),
                };
                Self { target, decorators: &property.decorators, is_property: true, is_injectable: true }
            }
        }
    }

    fn declarations(&self) -> Vec<Declaration<'a>> {
        match self.target {
            Target::Pattern(pattern) => Declarations::of_pattern(pattern, BindingKind::Param),
            Target::Name(ident) => vec![Declaration::new(ident, BindingKind::Param)],
            Target::Default(assign) => Declarations::of_pattern(&assign.left, BindingKind::Param),
        }
    }

    /// The plain name it binds, if it is one.
    fn ident(&self) -> Option<&'a swc::BindingIdent> {
        let pattern = match self.target {
            Target::Name(ident) => return Some(ident),
            Target::Pattern(swc::Pat::Assign(assign)) | Target::Default(assign) => &*assign.left,
            Target::Pattern(pattern) => pattern,
        };
        pattern.as_ident()
    }
}

/// A function's code.
pub(super) enum Code<'a> {
    Block(&'a [swc::Stmt]),
    /// One expression, and the name it takes if it is an anonymous function.
    Expr(&'a swc::Expr, Option<TextId>),
}

impl Code<'_> {
    fn is_strict(&self) -> bool {
        matches!(self, Code::Block(stmts) if has_use_strict(stmts))
    }
}

impl Lowering<'_> {
    /// A function declaration, expression or method with a body.
    pub(super) fn plain_function(
        &mut self,
        function: &swc::Function,
        name: Option<TextId>,
        own_name: Option<&swc::Ident>,
    ) -> FunctionId {
        let head = Head {
            name,
            own_name,
            span: function.span,
            is_async: function.is_async,
            is_generator: function.is_generator,
            is_arrow: false,
        };
        let params: Vec<_> = function.params.iter().map(Parameter::of_function).collect();
        let stmts = function.body.as_ref().map_or(&[][..], |body| &body.stmts);
        self.function(head, &params, Code::Block(stmts))
    }

    pub(super) fn arrow(&mut self, arrow: &swc::ArrowExpr, name: Option<TextId>) -> FunctionId {
        let head = Head { name, is_async: arrow.is_async, is_arrow: true, ..Head::anonymous(arrow.span) };
        let params: Vec<_> = arrow.params.iter().map(Parameter::plain).collect();
        let code = match &*arrow.body {
            swc::ArrowFunctionBody::FunctionBody(body) => Code::Block(&body.stmts),
            swc::ArrowFunctionBody::Expr(expr) => Code::Expr(expr, None),
        };
        self.function(head, &params, code)
    }

    pub(super) fn function(&mut self, head: Head<'_>, params: &[Parameter<'_>], code: Code<'_>) -> FunctionId {
        let around = (self.function, self.is_strict);
        self.is_strict |= code.is_strict();
        let (id, self_binding) = self.open_function(&head, params, &code);
        let (params, rest) = self.params(params);
        let body = match code {
            Code::Block(stmts) => Body::Block(self.statement_list(stmts)),
            Code::Expr(expr, name) => Body::Expr(self.named_expr(expr, name)),
        };
        self.close_scope();
        (self.function, self.is_strict) = around;

        let function = &mut self.module.functions[id.index()];
        (function.self_binding, function.params, function.rest, function.body) = (self_binding, params, rest, body);
        id
    }

    /// Opens a function's scope with everything that it declares. Its code comes later.
    fn open_function(
        &mut self,
        head: &Head<'_>,
        params: &[Parameter<'_>],
        code: &Code<'_>,
    ) -> (FunctionId, Option<BindingId>) {
        self.add_function(head);
        self.open_scope();
        for param in params {
            self.declare_all(&param.declarations());
        }
        if let Code::Block(stmts) = code {
            self.declare_all(&Declarations::of_body(stmts, !self.is_strict));
        }
        let self_binding = head.own_name.and_then(|own_name| self.declare_own_name(own_name));
        (self.function, self_binding)
    }

    /// A parameter or variable of the same name hides the function's own.
    fn declare_own_name(&mut self, own_name: &swc::Ident) -> Option<BindingId> {
        let known = self.module.bindings.len();
        let binding = self.declare(Declaration::implied(own_name, BindingKind::Function));
        (binding.index() >= known).then_some(binding)
    }

    /// Adds a function without code, makes it the current one and expects its scope next.
    pub(super) fn add_function(&mut self, head: &Head<'_>) {
        let function = Function {
            name: head.name,
            scope: ScopeId::new(self.module.scopes.len()),
            self_binding: None,
            params: Box::default(),
            rest: None,
            body: Body::Block(StmtsId::FIRST),
            span: self.span(head.span),
            is_async: head.is_async,
            is_generator: head.is_generator,
            is_arrow: head.is_arrow,
        };
        self.function = FunctionId::new(push(&mut self.module.functions, function));
    }

    fn params(&mut self, params: &[Parameter<'_>]) -> (Box<[Param]>, Option<PatternId>) {
        let mut lowered = Vec::with_capacity(params.len());
        let mut rest = None;
        for param in params {
            match param.target {
                Target::Pattern(swc::Pat::Rest(pattern)) => rest = Some(self.pattern(&pattern.arg)),
                _ => lowered.push(self.param(param)),
            }
        }
        (lowered.into(), rest)
    }

    fn param(&mut self, param: &Parameter<'_>) -> Param {
        let decorators = self.decorators(param.decorators);
        let pattern = match param.target {
            Target::Pattern(pattern) => self.pattern(pattern),
            Target::Name(ident) => self.name_pattern(ident),
            Target::Default(assign) => self.default_pattern(assign),
        };
        let ident = param.ident();
        let property = ident.filter(|_| param.is_property).map(|ident| self.text(&ident.sym));
        let type_name = ident
            .filter(|_| param.is_injectable)
            .and_then(|ident| ident.type_ann.as_deref())
            .and_then(|annotation| self.type_name(annotation));
        Param { pattern, property, type_name, decorators }
    }
}

/// Whether a body's directives hold `'use strict'`.
pub(super) fn has_use_strict(stmts: &[swc::Stmt]) -> bool {
    stmts.iter().map_while(directive).any(|directive| directive == "use strict")
}

fn directive(stmt: &swc::Stmt) -> Option<&str> {
    match &stmt.as_expr()?.expr.as_lit()? {
        swc::Lit::Str(string) => string.value.as_str(),
        _ => None,
    }
}
