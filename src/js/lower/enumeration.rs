//! TypeScript's enums, their values computed as its compiler does.

use std::sync::Arc;

use super::*;
use crate::js::number::number_to_string;

/// Bytes of the longest text that is put together from others.
const LONGEST_STRING: usize = 1 << 16;

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
    /// The value of a member without initialiser.
    next: Option<f64>,
}

impl Lowering<'_> {
    /// `enum E { A, B = 'b' }` is `const E = { A: 0, 0: 'A', B: 'b' }`.
    pub(super) fn enumeration(&mut self, enumeration: &swc::TsEnumDecl, out: &mut Vec<StmtId>) {
        let Some(binding) = self.resolve(&enumeration.id.sym) else { return };
        let mut members = Enumeration::new(&enumeration.id.sym);
        if !self.opened.insert(binding) {
            let earlier = self.add_expr(Expr::Name(binding), enumeration.id.span);
            members.properties.push(Property::Spread(earlier));
        }
        for member in &enumeration.members {
            self.enum_member(member, &mut members);
        }
        let properties = self.add_properties(members.properties);
        let object = self.add_expr(Expr::Object(properties), enumeration.span);
        self.declare_const(binding, object, enumeration.span, out);
    }

    fn enum_member(&mut self, member: &swc::TsEnumMember, members: &mut Enumeration<'_>) {
        let (name, span) = match &member.id {
            swc::TsEnumMemberId::Ident(ident) => (Arc::from(&*ident.sym), ident.span),
            swc::TsEnumMemberId::Str(string) => (string.value.to_string_lossy().into(), string.span),
        };
        let constant = match &member.init {
            Some(init) => self.constant(init, members),
            None => members.next.map(Constant::Number),
        };
        let key = self.static_key(&name, span);
        let value = self.enum_value(constant.as_ref(), member);
        members.properties.push(Property::Value { key, value });
        if let Some(key) = self.reverse_key(constant.as_ref(), value, member.span) {
            let value = Expr::String(self.text(&name));
            let value = self.add_expr(value, span);
            members.properties.push(Property::Value { key, value });
        }
        members.add(name, constant);
    }

    fn enum_value(&mut self, constant: Option<&Constant>, member: &swc::TsEnumMember) -> ExprId {
        let value = match (constant, &member.init) {
            (Some(Constant::Number(number)), _) => Expr::Number(self.number(*number)),
            (Some(Constant::String(string)), _) => Expr::String(self.text(string)),
            (None, Some(init)) => return self.expr(init),
            (None, None) => Expr::Undefined,
        };
        self.add_expr(value, member.span)
    }

    /// The key under which a number leads back to its name. A value that is not known may be one.
    fn reverse_key(&mut self, constant: Option<&Constant>, value: ExprId, span: swc_common::Span) -> Option<KeyId> {
        match constant {
            Some(Constant::Number(number)) => Some(self.static_key(&number_to_string(*number), span)),
            Some(Constant::String(_)) => None,
            None => Some(self.add_key(Key::Computed(value))),
        }
    }

    /// Folds what TypeScript calls a constant enum expression.
    fn constant(&mut self, expr: &swc::Expr, members: &Enumeration<'_>) -> Option<Constant> {
        match expr::without_types(expr) {
            swc::Expr::Lit(swc::Lit::Num(number)) => Some(Constant::Number(number.value)),
            swc::Expr::Lit(swc::Lit::Str(string)) => Some(Constant::String(string.value.to_string_lossy().into())),
            swc::Expr::Tpl(template) if template.exprs.is_empty() => {
                let cooked = template.quasis.first()?.cooked.as_ref()?;
                Some(Constant::String(cooked.to_string_lossy().into()))
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
                // Members that double the one before would fill the memory.
                return (joined.len() <= LONGEST_STRING).then(|| Constant::String(joined.into()));
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
}

impl<'a> Enumeration<'a> {
    fn new(name: &'a str) -> Self {
        Self { name, known: Vec::new(), properties: Vec::new(), next: Some(0.0) }
    }

    fn add(&mut self, name: Arc<str>, constant: Option<Constant>) {
        self.next = match constant {
            Some(Constant::Number(number)) => Some(number + 1.0),
            _ => None,
        };
        self.known.extend(constant.map(|constant| (name, constant)));
    }

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
