//! The ids of the nodes of a [`Module`], and how lists of them are kept.

use std::num::NonZeroU32;
use std::ops::Index;

use super::{
    Argument, Binding, Class, Conditional, Element, Expr, Function, Key, Module, Pattern, Property, Scope, Stmt,
    Template,
};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident: $table:ident of $node:ty,)+) => {$(
        $(#[$doc])*
        // Never zero, so that an `Option` of it takes four bytes too.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(NonZeroU32);

        impl $name {
            /// The first of its table.
            pub const FIRST: Self = Self(NonZeroU32::MIN);

            /// Of the node at `position` of its table.
            pub fn new(position: usize) -> Self {
                // A node takes a byte of source at the least, and positions in sources are `u32`.
                Self(NonZeroU32::MIN.saturating_add(position as u32))
            }

            /// The position in its table.
            pub fn index(self) -> usize {
                self.0.get() as usize - 1
            }
        }

        impl Index<$name> for Module {
            type Output = $node;

            fn index(&self, id: $name) -> &$node {
                &self.$table[id.index()]
            }
        }
    )+};
}

ids! {
    /// An expression of a [`Module`].
    ExprId: exprs of Expr,
    /// A statement of a [`Module`].
    StmtId: stmts of Stmt,
    /// A binding or assignment pattern of a [`Module`].
    PatternId: patterns of Pattern,
    /// The name of a property of a [`Module`].
    KeyId: keys of Key,
    /// A function of a [`Module`]; the first is the module's own body.
    FunctionId: functions of Function,
    /// A class of a [`Module`].
    ClassId: classes of Class,
    /// A declared name of a [`Module`].
    BindingId: bindings of Binding,
    /// A lexical scope of a [`Module`]; the first is the module's own.
    ScopeId: scopes of Scope,
    /// A name, or the text of a literal, of a [`Module`]; equal ones are one.
    TextId: texts of str,
    /// A number of a [`Module`].
    NumberId: numbers of f64,
    /// A `?:` of a [`Module`].
    ConditionalId: conditionals of Conditional,
    /// A template of a [`Module`].
    TemplateId: templates of Template,
    /// Some expressions of a [`Module`], in order.
    ExprsId: expr_lists of [ExprId],
    /// Some statements of a [`Module`], in order.
    StmtsId: stmt_lists of [StmtId],
    /// The arguments of a call of a [`Module`].
    ArgumentsId: arguments of [Argument],
    /// The elements of an array literal of a [`Module`].
    ElementsId: elements of [Element],
    /// The function declarations of a scope of a [`Module`].
    HoistedId: hoisted of [(BindingId, FunctionId)],
    /// The members of an object literal of a [`Module`].
    PropertiesId: properties of [Property],
}

/// Lists, one behind the other; the first is the empty one.
#[derive(Debug)]
pub struct Lists<T> {
    items: Vec<T>,
    /// Where each list ends; the next one begins there.
    ends: Vec<u32>,
}

impl<T> Lists<T> {
    /// Appends a list and says which one it is.
    pub(in crate::js) fn push(&mut self, list: Vec<T>) -> usize {
        if list.is_empty() {
            return 0;
        }
        self.items.extend(list);
        self.ends.push(self.items.len() as u32);
        self.ends.len() - 1
    }

    #[cfg(test)]
    pub(super) fn size(&self) -> usize {
        self.items.capacity() * size_of::<T>() + self.ends.capacity() * size_of::<u32>()
    }

    /// Gives back what it grew by in advance.
    pub(in crate::js) fn shrink_to_fit(&mut self) {
        self.items.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { items: Vec::new(), ends: vec![0] }
    }
}

impl<T> Index<usize> for Lists<T> {
    type Output = [T];

    fn index(&self, list: usize) -> &[T] {
        let start = list.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.items[start as usize..self.ends[list] as usize]
    }
}
