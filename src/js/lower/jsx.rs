//! JSX: nobody asks for its value, but what stands in it runs.

use super::*;

impl Lowering<'_> {
    pub(super) fn jsx_element(&mut self, element: &swc::JSXElement) -> Expr {
        let mut parts = Vec::new();
        self.jsx_name(&element.opening.name, &mut parts);
        for attribute in &element.opening.attrs {
            match attribute {
                swc::JSXAttrOrSpread::JSXAttr(attribute) => self.jsx_attribute(attribute, &mut parts),
                swc::JSXAttrOrSpread::SpreadElement(spread) => parts.push(self.expr(&spread.expr)),
            }
        }
        self.jsx_parts(&element.children, &mut parts);
        Expr::Opaque(self.add_exprs(parts))
    }

    pub(super) fn jsx_children(&mut self, children: &[swc::JSXElementChild]) -> Expr {
        let mut parts = Vec::new();
        self.jsx_parts(children, &mut parts);
        Expr::Opaque(self.add_exprs(parts))
    }

    /// A component is a value: `Page` of `<Page />`, `ui` of `<ui.Page />`. A lower-case name is a tag.
    fn jsx_name(&mut self, name: &swc::JSXElementName, parts: &mut Vec<ExprId>) {
        match name {
            swc::JSXElementName::Ident(ident) if ident.sym.starts_with(char::is_lowercase) => {}
            swc::JSXElementName::Ident(ident) => parts.push(self.name_expr(ident)),
            swc::JSXElementName::JSXMemberExpr(member) => {
                if let Some(ident) = jsx_root(&member.obj) {
                    parts.push(self.name_expr(ident));
                }
            }
            swc::JSXElementName::JSXNamespacedName(_) => {}
        }
    }

    fn jsx_attribute(&mut self, attribute: &swc::JSXAttr, parts: &mut Vec<ExprId>) {
        match &attribute.value {
            Some(swc::JSXAttrValue::JSXExprContainer(container)) => self.jsx_container(container, parts),
            Some(swc::JSXAttrValue::JSXElement(element)) => {
                let lowered = self.jsx_element(element);
                parts.push(self.add_expr(lowered, element.span));
            }
            Some(swc::JSXAttrValue::JSXFragment(fragment)) => self.jsx_parts(&fragment.children, parts),
            Some(swc::JSXAttrValue::Str(_)) | None => {}
        }
    }

    fn jsx_parts(&mut self, children: &[swc::JSXElementChild], parts: &mut Vec<ExprId>) {
        for child in children {
            match child {
                swc::JSXElementChild::JSXText(_) => {}
                swc::JSXElementChild::JSXExprContainer(container) => self.jsx_container(container, parts),
                swc::JSXElementChild::JSXSpreadChild(spread) => parts.push(self.expr(&spread.expr)),
                swc::JSXElementChild::JSXElement(element) => {
                    let lowered = self.jsx_element(element);
                    parts.push(self.add_expr(lowered, element.span));
                }
                swc::JSXElementChild::JSXFragment(fragment) => self.jsx_parts(&fragment.children, parts),
            }
        }
    }

    fn jsx_container(&mut self, container: &swc::JSXExprContainer, parts: &mut Vec<ExprId>) {
        if let swc::JSXExpr::Expr(expr) = &container.expr {
            parts.push(self.expr(expr));
        }
    }
}

fn jsx_root(object: &swc::JSXObject) -> Option<&swc::Ident> {
    match object {
        swc::JSXObject::Ident(ident) => Some(ident),
        swc::JSXObject::JSXMemberExpr(member) => jsx_root(&member.obj),
    }
}
