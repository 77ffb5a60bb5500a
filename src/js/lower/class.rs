//! Classes.

use super::function::{Code, Head, Parameter};
use super::hoist::Declaration;
use super::*;

/// What methods have in common, whatever their key.
struct Method<'a> {
    function: &'a swc::Function,
    kind: swc::MethodKind,
    is_static: bool,
    span: swc_common::Span,
}

/// What fields have in common, whatever their key.
struct Field<'a> {
    value: Option<&'a swc::Expr>,
    annotation: Option<&'a swc::TsTypeAnn>,
    decorators: &'a [swc::Decorator],
    is_static: bool,
    span: swc_common::Span,
}

macro_rules! method {
    ($node:expr) => {
        Method { function: &$node.function, kind: $node.kind, is_static: $node.is_static, span: $node.span }
    };
}

macro_rules! field {
    ($node:expr) => {
        Field {
            value: $node.value.as_deref(),
            annotation: $node.type_ann.as_deref(),
            decorators: &$node.decorators,
            is_static: $node.is_static,
            span: $node.span,
        }
    };
}

impl Lowering<'_> {
    /// A class; `own_name` is bound inside, where it is there before the class is finished.
    pub(super) fn class(&mut self, class: &swc::Class, name: Option<TextId>, own_name: Option<&swc::Ident>) -> ClassId {
        let decorators = self.decorators(&class.decorators);
        let around = std::mem::replace(&mut self.is_strict, true);
        let declaration = own_name.map(|ident| Declaration::new(ident, BindingKind::Class));
        let (scope, (binding, mut lowered)) = self.in_block(declaration.as_slice(), |this| {
            let binding = own_name.and_then(|ident| this.resolve(&ident.sym));
            (binding, this.class_body(class))
        });
        self.is_strict = around;

        lowered.name = own_name.map(|ident| self.text(&ident.sym)).or(name);
        lowered.decorators = decorators;
        lowered.self_binding = scope.zip(binding);
        ClassId::new(push(&mut self.module.classes, lowered))
    }

    fn class_body(&mut self, class: &swc::Class) -> Class {
        let superclass = class.super_class.as_ref().map(|superclass| self.expr(superclass));
        let mut constructor = None;
        let mut members = Vec::with_capacity(class.body.len());
        for member in &class.body {
            match member {
                swc::ClassMember::Constructor(method) => constructor = self.constructor(method).or(constructor),
                member => members.extend(self.class_member(member)),
            }
        }
        Class {
            name: None,
            self_binding: None,
            superclass,
            constructor,
            members: members.into(),
            decorators: ExprsId::FIRST,
            span: self.span(class.span),
        }
    }

    /// Nothing for an overload, which has no body.
    fn constructor(&mut self, constructor: &swc::Constructor) -> Option<FunctionId> {
        let body = constructor.body.as_ref()?;
        let name = Some(self.text("constructor"));
        let head = Head { name, ..Head::anonymous(constructor.span) };
        let params: Vec<_> = constructor.params.iter().map(Parameter::of_constructor).collect();
        Some(self.function(head, &params, Code::Block(&body.stmts)))
    }

    /// Nothing for what only the type checker sees.
    fn class_member(&mut self, member: &swc::ClassMember) -> Option<ClassMember> {
        match member {
            swc::ClassMember::Method(method) if method.function.body.is_some() => {
                let key = self.key(&method.key);
                Some(self.class_method(key, &method!(method)))
            }
            swc::ClassMember::PrivateMethod(method) if method.function.body.is_some() => {
                let key = self.private_key(&method.key);
                Some(self.class_method(key, &method!(method)))
            }
            swc::ClassMember::ClassProp(field) if !field.declare && !field.is_abstract => {
                let key = self.key(&field.key);
                Some(self.field(key, &field!(field)))
            }
            swc::ClassMember::PrivateProp(field) => {
                let key = self.private_key(&field.key);
                Some(self.field(key, &field!(field)))
            }
            swc::ClassMember::AutoAccessor(field) if !field.is_abstract => {
                let key = match &field.key {
                    swc::Key::Private(name) => self.private_key(name),
                    swc::Key::Public(name) => self.key(name),
                };
                Some(self.field(key, &field!(field)))
            }
            swc::ClassMember::StaticBlock(block) => Some(self.static_block(block)),
            _ => None,
        }
    }

    fn class_method(&mut self, key: KeyId, method: &Method<'_>) -> ClassMember {
        let decorators = self.decorators(&method.function.decorators);
        let name = self.key_name(key);
        let function = self.plain_function(method.function, name, None);
        let kind = match method.kind {
            swc::MethodKind::Method => MemberKind::Method(function),
            swc::MethodKind::Getter => MemberKind::Getter(function),
            swc::MethodKind::Setter => MemberKind::Setter(function),
        };
        let span = self.span(method.span);
        ClassMember { key: Some(key), is_static: method.is_static, kind, decorators, type_name: None, span }
    }

    fn field(&mut self, key: KeyId, field: &Field<'_>) -> ClassMember {
        let decorators = self.decorators(field.decorators);
        let name = self.key_name(key);
        let value = field.value.map(|value| self.field_value(value, name));
        let type_name = field.annotation.and_then(|annotation| self.type_name(annotation));
        let (kind, span) = (MemberKind::Field(value), self.span(field.span));
        ClassMember { key: Some(key), is_static: field.is_static, kind, decorators, type_name, span }
    }

    fn field_value(&mut self, value: &swc::Expr, name: Option<TextId>) -> FunctionId {
        let span = swc_common::Spanned::span(value);
        self.function(Head::anonymous(span), &[], Code::Expr(value, name))
    }

    fn static_block(&mut self, block: &swc::StaticBlock) -> ClassMember {
        let function = self.function(Head::anonymous(block.span), &[], Code::Block(&block.body.stmts));
        let (kind, span) = (MemberKind::StaticBlock(function), self.span(block.span));
        ClassMember { key: None, is_static: true, kind, decorators: ExprsId::FIRST, type_name: None, span }
    }

    pub(super) fn decorators(&mut self, decorators: &[swc::Decorator]) -> ExprsId {
        let decorators = decorators.iter().map(|decorator| self.expr(&decorator.expr)).collect();
        self.add_exprs(decorators)
    }
}
