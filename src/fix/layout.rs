//! Where the objects of a file and their properties are written, in JavaScript, JSON and YAML alike.

use std::sync::Arc;

use crate::checkout::{Place, Span, split_extension};
use crate::ecosystem::yaml;
use crate::js::Node;
use crate::js::ir::{Expr, Key, Module, Property as IrProperty};
use crate::modules::Modules;

/// A property as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Property {
    /// Its name, with quotes.
    pub key: Span,
    /// Its value.
    pub value: Span,
}

/// An object as written: where, and its properties in order, spread ones left out.
#[derive(Debug)]
pub(super) struct Object {
    /// With its braces, where it has some.
    pub span: Span,
    /// In order.
    pub properties: Vec<Property>,
}

/// The object at `place`.
pub(super) fn object(modules: &Modules<'_>, place: &Place) -> Option<Object> {
    objects(modules, &place.file)?.into_iter().find(|object| object.span == place.span)
}

/// The object that has a property with its name at `key`, and which it is.
pub(super) fn property(modules: &Modules<'_>, key: &Place) -> Option<(Object, usize)> {
    objects(modules, &key.file)?.into_iter().find_map(|object| {
        let at = object.properties.iter().position(|property| property.key == key.span)?;
        Some((object, at))
    })
}

/// Whether the file is YAML to PM2.
pub(super) fn is_yaml(file: &str) -> bool {
    matches!(split_extension(file).1, "yaml" | "yml")
}

fn objects(modules: &Modules<'_>, file: &Arc<str>) -> Option<Vec<Object>> {
    if is_yaml(file) {
        let root = yaml::parse(file, modules.checkout().source(file)?.text()).ok()?;
        let mut objects = Vec::new();
        collect(&root, &mut objects);
        return Some(objects);
    }
    let module = modules.lowered(file)?.ok()?;
    Some(module.exprs().filter_map(|(expr, span)| of_expr(&module, expr, span)).collect())
}

fn of_expr(module: &Module, expr: Expr, span: Span) -> Option<Object> {
    let Expr::Object(properties) = expr else { return None };
    let written = |property: &IrProperty| match property {
        IrProperty::Value { key, value } => match module[*key] {
            Key::Static(_, key) => Some(Property { key, value: module.expr_span(*value) }),
            Key::Computed(_) => None,
        },
        _ => None,
    };
    Some(Object { span, properties: module[properties].iter().filter_map(written).collect() })
}

/// Objects that an alias shows again are the same bytes: the first is enough.
fn collect(node: &Node, objects: &mut Vec<Object>) {
    let written = node.entries().iter().filter_map(|entry| {
        Some(Property { key: entry.key_origin.as_ref()?.span, value: entry.value.origin.as_ref()?.span })
    });
    if let Some(origin) = &node.origin {
        objects.push(Object { span: origin.span, properties: written.collect() });
    }
    node.entries().iter().for_each(|entry| collect(&entry.value, objects));
    node.elements().iter().for_each(|element| collect(element, objects));
}
