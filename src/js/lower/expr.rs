//! Expressions.

use swc_common::Spanned;

use super::*;
use crate::js::number::number_to_string;

impl Lowering<'_> {
    pub(super) fn expr(&mut self, expr: &swc::Expr) -> ExprId {
        self.named_expr(expr, None)
    }

    /// As [`Self::expr`]; an anonymous function or class is called `name`.
    pub(super) fn named_expr(&mut self, expr: &swc::Expr, name: Option<TextId>) -> ExprId {
        let expr = without_types(expr);
        let lowered = match expr {
            swc::Expr::Fn(function) => self.function_expr(function, name),
            swc::Expr::Arrow(arrow) => Expr::Function(self.arrow(arrow, name)),
            swc::Expr::Class(class) => Expr::Class(self.class(&class.class, name, class.ident.as_ref())),
            _ => self.expr_kind(expr),
        };
        self.add_expr(lowered, expr.span())
    }

    fn expr_kind(&mut self, expr: &swc::Expr) -> Expr {
        match expr {
            swc::Expr::This(_) => Expr::This,
            swc::Expr::Array(array) => self.array(array),
            swc::Expr::Object(object) => self.object(object),
            swc::Expr::Unary(unary) => self.unary(unary),
            swc::Expr::Update(update) => self.update(update),
            swc::Expr::Bin(binary) => self.binary(binary),
            swc::Expr::Assign(assign) => self.assign(assign),
            swc::Expr::Member(member) => self.member(member),
            swc::Expr::SuperProp(member) => self.super_member(member),
            swc::Expr::Cond(conditional) => self.conditional(conditional),
            swc::Expr::Call(call) => self.call(call),
            swc::Expr::New(new) => self.new_expr(new),
            swc::Expr::Seq(sequence) => {
                let exprs = self.exprs(&sequence.exprs);
                Expr::Sequence(self.add_exprs(exprs))
            }
            swc::Expr::Ident(ident) => self.identifier(ident),
            swc::Expr::Lit(literal) => self.literal(literal),
            swc::Expr::Tpl(template) => self.template(template),
            swc::Expr::TaggedTpl(tagged) => self.tagged_template(tagged),
            swc::Expr::Yield(resume) => {
                Expr::Yield { value: resume.arg.as_ref().map(|value| self.expr(value)), delegates: resume.delegate }
            }
            swc::Expr::MetaProp(meta) => match meta.kind {
                swc::MetaPropKind::NewTarget => Expr::NewTarget,
                swc::MetaPropKind::ImportMeta => Expr::ImportMeta,
            },
            swc::Expr::Await(wait) => Expr::Await(self.expr(&wait.arg)),
            swc::Expr::PrivateName(name) => Expr::String(self.text(&format!("#{}", name.name))),
            swc::Expr::OptChain(chain) => Expr::Chain(self.chain(chain)),
            swc::Expr::JSXElement(element) => self.jsx_element(element),
            swc::Expr::JSXFragment(fragment) => self.jsx_children(&fragment.children),
            _ => Expr::Opaque(ExprsId::FIRST),
        }
    }

    fn function_expr(&mut self, function: &swc::FnExpr, name: Option<TextId>) -> Expr {
        let own_name = function.ident.as_ref();
        let name = own_name.map(|ident| self.text(&ident.sym)).or(name);
        Expr::Function(self.plain_function(&function.function, name, own_name))
    }

    pub(super) fn name_expr(&mut self, ident: &swc::Ident) -> ExprId {
        let lowered = self.identifier(ident);
        self.add_expr(lowered, ident.span)
    }

    fn identifier(&mut self, ident: &swc::Ident) -> Expr {
        match self.resolve(&ident.sym) {
            Some(binding) => Expr::Name(binding),
            None if ident.sym == "undefined" => Expr::Undefined,
            None => Expr::Global(self.text(&ident.sym)),
        }
    }

    fn literal(&mut self, literal: &swc::Lit) -> Expr {
        match literal {
            swc::Lit::Str(string) => Expr::String(self.text(&string.value.to_string_lossy())),
            swc::Lit::Bool(bool) => Expr::Bool(bool.value),
            swc::Lit::Null(_) => Expr::Null,
            swc::Lit::Num(number) => Expr::Number(self.number(number.value)),
            swc::Lit::BigInt(number) => Expr::BigInt(self.text(&number.value.to_string())),
            swc::Lit::Regex(regex) => Expr::Regex { pattern: self.text(&regex.exp), flags: self.text(&regex.flags) },
            swc::Lit::JSXText(_) => Expr::Opaque(ExprsId::FIRST),
        }
    }

    pub(super) fn number(&mut self, number: f64) -> NumberId {
        NumberId::new(push(&mut self.module.numbers, number))
    }

    fn template(&mut self, template: &swc::Tpl) -> Expr {
        let texts = self.template_texts(template);
        match texts[..] {
            [text] => Expr::String(text),
            _ => Expr::Template(self.add_template(texts, Box::default(), &template.exprs)),
        }
    }

    fn tagged_template(&mut self, tagged: &swc::TaggedTpl) -> Expr {
        let tag = self.expr(&tagged.tag);
        let texts = self.template_texts(&tagged.tpl);
        let raws = tagged.tpl.quasis.iter().map(|quasi| self.text(&quasi.raw)).collect();
        Expr::TaggedTemplate { tag, template: self.add_template(texts, raws, &tagged.tpl.exprs) }
    }

    fn add_template(&mut self, texts: Box<[TextId]>, raws: Box<[TextId]>, holes: &[Box<swc::Expr>]) -> TemplateId {
        let holes = self.exprs(holes).into();
        TemplateId::new(push(&mut self.module.templates, Template { texts, raws, holes }))
    }

    /// The cooked texts; where a tagged template's escape has no meaning, the text as written.
    fn template_texts(&mut self, template: &swc::Tpl) -> Box<[TextId]> {
        let quasis = template.quasis.iter();
        quasis
            .map(|quasi| match &quasi.cooked {
                Some(cooked) => self.text(&cooked.to_string_lossy()),
                None => self.text(&quasi.raw),
            })
            .collect()
    }

    fn exprs(&mut self, exprs: &[Box<swc::Expr>]) -> Vec<ExprId> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    fn array(&mut self, array: &swc::ArrayLit) -> Expr {
        let elements = array.elems.iter().map(|element| match element {
            Some(element) if element.spread.is_some() => Element::Spread(self.expr(&element.expr)),
            Some(element) => Element::Value(self.expr(&element.expr)),
            None => Element::Hole,
        });
        let elements = elements.collect();
        Expr::Array(ElementsId::new(self.module.elements.push(elements)))
    }

    fn object(&mut self, object: &swc::ObjectLit) -> Expr {
        let properties = object.props.iter().map(|property| match property {
            swc::PropOrSpread::Spread(spread) => Property::Spread(self.expr(&spread.expr)),
            swc::PropOrSpread::Prop(property) => self.property(property),
        });
        let properties = properties.collect();
        Expr::Object(self.add_properties(properties))
    }

    fn property(&mut self, property: &swc::Prop) -> Property {
        match property {
            swc::Prop::Shorthand(ident) => {
                let key = self.static_key(&ident.sym, ident.span);
                Property::Value { key, value: self.name_expr(ident) }
            }
            swc::Prop::KeyValue(pair) => {
                let key = self.key(&pair.key);
                let name = self.key_name(key);
                let value = self.named_expr(&pair.value, name);
                Property::Value { key, value }
            }
            swc::Prop::Assign(assign) => {
                self.refuse(assign.span, "Invalid shorthand property initializer: write `:`, not `=`");
                let key = self.static_key(&assign.key.sym, assign.key.span);
                Property::Value { key, value: self.expr(&assign.value) }
            }
            swc::Prop::Getter(getter) => {
                let (key, function) = self.method(&getter.key, &getter.function);
                Property::Getter { key, function }
            }
            swc::Prop::Setter(setter) => {
                let (key, function) = self.method(&setter.key, &setter.function);
                Property::Setter { key, function }
            }
            swc::Prop::Method(method) => {
                let (key, function) = self.method(&method.key, &method.function);
                Property::Value { key, value: self.add_expr(Expr::Function(function), method.function.span) }
            }
        }
    }

    fn method(&mut self, key: &swc::PropName, function: &swc::Function) -> (KeyId, FunctionId) {
        let key = self.key(key);
        let name = self.key_name(key);
        let function = self.plain_function(function, name, None);
        (key, function)
    }

    pub(super) fn key(&mut self, key: &swc::PropName) -> KeyId {
        match key {
            swc::PropName::Ident(ident) => self.static_key(&ident.sym, ident.span),
            swc::PropName::Str(string) => self.static_key(&string.value.to_string_lossy(), string.span),
            swc::PropName::Num(number) => self.static_key(&number_to_string(number.value), number.span),
            swc::PropName::BigInt(number) => self.static_key(&number.value.to_string(), number.span),
            swc::PropName::Computed(computed) => {
                let expr = self.expr(&computed.expr);
                self.add_key(Key::Computed(expr))
            }
        }
    }

    pub(super) fn static_key(&mut self, name: &str, span: swc_common::Span) -> KeyId {
        let (name, span) = (self.text(name), self.span(span));
        self.add_key(Key::Static(name, span))
    }

    /// The name that an anonymous function takes from the property it is given to.
    pub(super) fn key_name(&self, key: KeyId) -> Option<TextId> {
        match self.module[key] {
            Key::Static(name, _) => Some(name),
            Key::Computed(_) => None,
        }
    }

    pub(super) fn private_key(&mut self, name: &swc::PrivateName) -> KeyId {
        self.static_key(&format!("#{}", name.name), name.span)
    }

    fn unary(&mut self, unary: &swc::UnaryExpr) -> Expr {
        let operator = match unary.op {
            swc::UnaryOp::Minus => Unary::Minus,
            swc::UnaryOp::Plus => Unary::Plus,
            swc::UnaryOp::Bang => Unary::Not,
            swc::UnaryOp::Tilde => Unary::BitNot,
            swc::UnaryOp::TypeOf => Unary::TypeOf,
            swc::UnaryOp::Void if unary.arg.is_lit() => return Expr::Undefined,
            swc::UnaryOp::Void => Unary::Void,
            swc::UnaryOp::Delete => Unary::Delete,
        };
        Expr::Unary { operator, operand: self.expr(&unary.arg) }
    }

    fn update(&mut self, update: &swc::UpdateExpr) -> Expr {
        let target = self.expr_pattern(&update.arg);
        Expr::Update { increment: update.op == swc::UpdateOp::PlusPlus, prefix: update.prefix, target }
    }

    fn binary(&mut self, binary: &swc::BinExpr) -> Expr {
        let left = self.expr(&binary.left);
        let right = self.expr(&binary.right);
        match operator(binary.op) {
            Operator::Binary(operator) => Expr::Binary { operator, left, right },
            Operator::Logical(operator) => Expr::Logical { operator, left, right },
        }
    }

    fn assign(&mut self, assign: &swc::AssignExpr) -> Expr {
        let target = self.assign_target(&assign.left);
        let name = assigned_name(&assign.left).map(|name| self.text(name));
        let value = self.named_expr(&assign.right, name);
        match assign.op.to_update().map(operator) {
            None => Expr::Assign { target, value },
            Some(Operator::Binary(operator)) => Expr::AssignBinary { operator, target, value },
            Some(Operator::Logical(operator)) => Expr::AssignLogical { operator, target, value },
        }
    }

    fn conditional(&mut self, conditional: &swc::CondExpr) -> Expr {
        let test = self.expr(&conditional.test);
        let then = self.expr(&conditional.cons);
        let otherwise = self.expr(&conditional.alt);
        let conditional = Conditional { test, then, otherwise };
        Expr::Conditional(ConditionalId::new(push(&mut self.module.conditionals, conditional)))
    }

    /// A member as a node of its own, for assignment targets.
    pub(super) fn member_expr(&mut self, member: &swc::MemberExpr) -> ExprId {
        let lowered = self.member(member);
        self.add_expr(lowered, member.span)
    }

    fn member(&mut self, member: &swc::MemberExpr) -> Expr {
        let object = self.expr(&member.obj);
        let key = self.member_key(&member.prop);
        Expr::Member { object, key, optional: false }
    }

    pub(super) fn super_member(&mut self, member: &swc::SuperPropExpr) -> Expr {
        let object = self.add_expr(Expr::Super, member.obj.span);
        let key = match &member.prop {
            swc::SuperProp::Ident(ident) => self.static_key(&ident.sym, ident.span),
            swc::SuperProp::Computed(computed) => self.computed_key(computed),
        };
        Expr::Member { object, key, optional: false }
    }

    fn member_key(&mut self, key: &swc::MemberProp) -> KeyId {
        match key {
            swc::MemberProp::Ident(ident) => self.static_key(&ident.sym, ident.span),
            swc::MemberProp::PrivateName(name) => self.private_key(name),
            swc::MemberProp::Computed(computed) => self.computed_key(computed),
        }
    }

    /// `a['b']` is `a.b`, `a[0]` is `a.0`.
    fn computed_key(&mut self, computed: &swc::ComputedPropName) -> KeyId {
        match without_types(&computed.expr) {
            swc::Expr::Lit(swc::Lit::Str(string)) => self.static_key(&string.value.to_string_lossy(), string.span),
            swc::Expr::Lit(swc::Lit::Num(number)) => self.static_key(&number_to_string(number.value), number.span),
            expr => {
                let expr = self.expr(expr);
                self.add_key(Key::Computed(expr))
            }
        }
    }

    fn call(&mut self, call: &swc::CallExpr) -> Expr {
        let callee = match &call.callee {
            swc::Callee::Import(_) => return self.import_call(call),
            swc::Callee::Super(keyword) => self.add_expr(Expr::Super, keyword.span),
            swc::Callee::Expr(callee) => self.expr(callee),
        };
        Expr::Call { callee, arguments: self.arguments(&call.args), optional: false }
    }

    fn import_call(&mut self, call: &swc::CallExpr) -> Expr {
        let specifier = match call.args.first() {
            Some(specifier) => self.expr(&specifier.expr),
            None => self.add_expr(Expr::Undefined, call.span),
        };
        Expr::Import(specifier)
    }

    fn new_expr(&mut self, new: &swc::NewExpr) -> Expr {
        let callee = self.expr(&new.callee);
        Expr::New { callee, arguments: self.arguments(new.args.as_deref().unwrap_or_default()) }
    }

    fn arguments(&mut self, arguments: &[swc::ExprOrSpread]) -> ArgumentsId {
        let arguments = arguments.iter();
        let arguments =
            arguments.map(|each| Argument { value: self.expr(&each.expr), spread: each.spread.is_some() }).collect();
        ArgumentsId::new(self.module.arguments.push(arguments))
    }

    /// The last link of an optional chain, without the [`Expr::Chain`] around the whole.
    pub(super) fn chain(&mut self, chain: &swc::OptChainExpr) -> ExprId {
        let link = match &*chain.base {
            swc::OptChainBase::Member(member) => {
                let object = self.chain_link(&member.obj);
                let key = self.member_key(&member.prop);
                Expr::Member { object, key, optional: chain.optional }
            }
            swc::OptChainBase::Call(call) => {
                let callee = self.chain_link(&call.callee);
                Expr::Call { callee, arguments: self.arguments(&call.args), optional: chain.optional }
            }
        };
        self.add_expr(link, chain.span)
    }

    /// What a link hangs on: the rest of the chain, or where it starts.
    fn chain_link(&mut self, expr: &swc::Expr) -> ExprId {
        match expr {
            swc::Expr::OptChain(chain) => self.chain(chain),
            swc::Expr::TsNonNull(non_null) => self.chain_link(&non_null.expr),
            _ => self.expr(expr),
        }
    }
}

enum Operator {
    Binary(Binary),
    Logical(Logical),
}

fn operator(operator: swc::BinaryOp) -> Operator {
    use swc::BinaryOp;
    Operator::Binary(match operator {
        BinaryOp::LogicalOr => return Operator::Logical(Logical::Or),
        BinaryOp::LogicalAnd => return Operator::Logical(Logical::And),
        BinaryOp::NullishCoalescing => return Operator::Logical(Logical::Nullish),
        BinaryOp::EqEq => Binary::Equal,
        BinaryOp::NotEq => Binary::NotEqual,
        BinaryOp::EqEqEq => Binary::StrictEqual,
        BinaryOp::NotEqEq => Binary::StrictNotEqual,
        BinaryOp::Lt => Binary::Less,
        BinaryOp::LtEq => Binary::LessEqual,
        BinaryOp::Gt => Binary::Greater,
        BinaryOp::GtEq => Binary::GreaterEqual,
        BinaryOp::LShift => Binary::ShiftLeft,
        BinaryOp::RShift => Binary::ShiftRight,
        BinaryOp::ZeroFillRShift => Binary::ShiftRightUnsigned,
        BinaryOp::Add => Binary::Add,
        BinaryOp::Sub => Binary::Subtract,
        BinaryOp::Mul => Binary::Multiply,
        BinaryOp::Div => Binary::Divide,
        BinaryOp::Mod => Binary::Remainder,
        BinaryOp::BitOr => Binary::BitOr,
        BinaryOp::BitXor => Binary::BitXor,
        BinaryOp::BitAnd => Binary::BitAnd,
        BinaryOp::In => Binary::In,
        BinaryOp::InstanceOf => Binary::InstanceOf,
        BinaryOp::Exp => Binary::Power,
    })
}

/// The expression that is left when parentheses and TypeScript's casts are gone.
pub(super) fn without_types(mut expr: &swc::Expr) -> &swc::Expr {
    loop {
        expr = match expr {
            swc::Expr::Paren(paren) => &paren.expr,
            swc::Expr::TsTypeAssertion(cast) => &cast.expr,
            swc::Expr::TsConstAssertion(cast) => &cast.expr,
            swc::Expr::TsNonNull(cast) => &cast.expr,
            swc::Expr::TsAs(cast) => &cast.expr,
            swc::Expr::TsInstantiation(cast) => &cast.expr,
            swc::Expr::TsSatisfies(cast) => &cast.expr,
            _ => return expr,
        };
    }
}

/// The name that an anonymous function takes from an assignment's target: `f` of `f = `, `a.f = ` and `a['f'] = `.
fn assigned_name(target: &swc::AssignTarget) -> Option<&str> {
    match target.as_simple()? {
        swc::SimpleAssignTarget::Ident(ident) => Some(&ident.sym),
        swc::SimpleAssignTarget::Member(member) => member_name(member),
        _ => None,
    }
}

/// As [`assigned_name`], for an expression in the place of a target.
pub(super) fn target_name(target: &swc::Expr) -> Option<&str> {
    match without_types(target) {
        swc::Expr::Ident(ident) => Some(&ident.sym),
        swc::Expr::Member(member) => member_name(member),
        _ => None,
    }
}

pub(super) fn member_name(member: &swc::MemberExpr) -> Option<&str> {
    match &member.prop {
        swc::MemberProp::Ident(ident) => Some(&ident.sym),
        swc::MemberProp::PrivateName(name) => Some(&name.name),
        swc::MemberProp::Computed(computed) => computed.expr.as_lit()?.as_str()?.value.as_str(),
    }
}
