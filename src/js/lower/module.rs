//! The module as a whole: its body, what it imports and what it exports.

use std::borrow::Cow;

use swc_common::Spanned;

use super::function::{Head, has_use_strict};
use super::hoist::{DEFAULT, Declarations, default_declaration};
use super::*;

impl Lowering<'_> {
    /// Lowers a whole file.
    pub(super) fn program(mut self, program: &swc::Program) -> Result<Module, SyntaxError> {
        self.add_function(&Head::anonymous(program.span()));
        self.open_scope();
        let body = match program {
            swc::Program::Module(module) => self.module_body(&module.body),
            swc::Program::Script(script) => self.script_body(&script.body),
        };
        self.finish(body)
    }

    /// Lowers an expression as a file that exports it.
    pub(super) fn lone_expr(mut self, expr: &swc::Expr) -> Result<Module, SyntaxError> {
        self.add_function(&Head::anonymous(expr.span()));
        self.open_scope();
        let value = self.expr(expr);
        let export = self.add_stmt(Stmt::ExportDefault(value), expr.span());
        self.finish(vec![export])
    }

    fn finish(mut self, body: Vec<StmtId>) -> Result<Module, SyntaxError> {
        let body = self.add_stmts(body);
        if let Some(function) = self.module.functions.first_mut() {
            function.body = Body::Block(body);
        }
        self.close_scope();
        self.module.shrink_to_fit();
        self.fault.map_or(Ok(self.module), Err)
    }

    fn script_body(&mut self, stmts: &[swc::Stmt]) -> Vec<StmtId> {
        self.is_strict = has_use_strict(stmts);
        self.declare_all(&Declarations::of_body(stmts, !self.is_strict));
        self.statements(stmts)
    }

    fn module_body(&mut self, items: &[swc::ModuleItem]) -> Vec<StmtId> {
        self.is_strict = true;
        self.module.is_esm = true;
        self.declare_all(&Declarations::of_items(items));
        let mut body = Vec::with_capacity(items.len());
        for item in items {
            match item {
                swc::ModuleItem::Stmt(stmt) => self.statement(stmt, &mut body),
                swc::ModuleItem::ModuleDecl(decl) => self.module_declaration(decl, &mut body),
            }
        }
        body
    }

    fn module_declaration(&mut self, decl: &swc::ModuleDecl, out: &mut Vec<StmtId>) {
        match decl {
            swc::ModuleDecl::Import(import) => self.import(import),
            swc::ModuleDecl::ExportDecl(export) => {
                self.declaration(&export.decl, out);
                for declared in Declarations::of_declaration(&export.decl) {
                    self.export_local(declared.name, declared.name);
                }
            }
            swc::ModuleDecl::ExportNamed(export) => self.export_named(export),
            swc::ModuleDecl::ExportDefaultDecl(export) => self.export_default(export, out),
            swc::ModuleDecl::ExportDefaultExpr(export) => {
                let name = self.text(DEFAULT);
                let value = self.named_expr(&export.expr, Some(name));
                out.push(self.add_stmt(Stmt::ExportDefault(value), export.span));
            }
            swc::ModuleDecl::ExportAll(export) if !export.type_only => {
                let import = self.add_import(&export.src, Vec::new());
                self.module.exports.push(Export::All { import });
            }
            swc::ModuleDecl::TsImportEquals(import) => self.import_equals(import, out),
            swc::ModuleDecl::TsExportAssignment(export) => self.export_assignment(export, out),
            swc::ModuleDecl::ExportAll(_) | swc::ModuleDecl::TsNamespaceExport(_) => {}
        }
    }

    fn import(&mut self, import: &swc::ImportDecl) {
        let names: Vec<_> = import.specifiers.iter().filter_map(|specifier| self.import_name(specifier)).collect();
        let is_erased = import.type_only || (names.is_empty() && !import.specifiers.is_empty());
        if !is_erased {
            self.add_import(&import.src, names);
        }
    }

    /// Which export is bound to what; nothing for a type.
    fn import_name(&mut self, specifier: &swc::ImportSpecifier) -> Option<(ImportName, BindingId)> {
        let local = hoist::imported_local(specifier)?;
        let name = match specifier {
            swc::ImportSpecifier::Default(_) => ImportName::Named(self.text(DEFAULT)),
            swc::ImportSpecifier::Namespace(_) => ImportName::Namespace,
            swc::ImportSpecifier::Named(named) => match &named.imported {
                Some(imported) => ImportName::Named(self.export_name(imported)),
                None => ImportName::Named(self.text(&local.sym)),
            },
        };
        Some((name, self.resolve(&local.sym)?))
    }

    /// Appends an import and says where.
    pub(super) fn add_import(&mut self, specifier: &swc::Str, names: Vec<(ImportName, BindingId)>) -> u32 {
        let span = self.span(specifier.span);
        let specifier = self.text(&specifier.value.to_string_lossy());
        push(&mut self.module.imports, Import { specifier, span, names: names.into() }) as u32
    }

    fn export_name(&mut self, name: &swc::ModuleExportName) -> TextId {
        self.text(&exported_text(name))
    }

    /// Exports what `local` names as `name`; nothing if it names a type.
    pub(super) fn export_local(&mut self, name: &str, local: &str) {
        if let Some(binding) = self.resolve(local) {
            let name = self.text(name);
            self.module.exports.push(Export::Local { name, binding });
        }
    }

    fn export_named(&mut self, export: &swc::NamedExport) {
        if export.type_only {
            return;
        }
        match &export.src {
            Some(source) => self.export_from(export, source),
            None => {
                for specifier in export.specifiers.iter().filter_map(value_specifier) {
                    let name = specifier.exported.as_ref().unwrap_or(&specifier.orig);
                    self.export_local(&exported_text(name), &exported_text(&specifier.orig));
                }
            }
        }
    }

    fn export_from(&mut self, export: &swc::NamedExport, source: &swc::Str) {
        let names: Vec<_> = export.specifiers.iter().filter_map(|specifier| self.reexport(specifier)).collect();
        if names.is_empty() && !export.specifiers.is_empty() {
            return;
        }
        let import = self.add_import(source, Vec::new());
        let exports = names.into_iter().map(|(name, imported)| Export::From { name, import, imported });
        self.module.exports.extend(exports);
    }

    /// The exported name and which of the other module's exports it is; nothing for a type.
    fn reexport(&mut self, specifier: &swc::ExportSpecifier) -> Option<(TextId, ImportName)> {
        match specifier {
            swc::ExportSpecifier::Namespace(namespace) => {
                Some((self.export_name(&namespace.name), ImportName::Namespace))
            }
            swc::ExportSpecifier::Default(default) => {
                Some((self.text(&default.exported.sym), ImportName::Named(self.text(DEFAULT))))
            }
            swc::ExportSpecifier::Named(_) => {
                let named = value_specifier(specifier)?;
                let imported = self.export_name(&named.orig);
                let name = named.exported.as_ref().map(|name| self.export_name(name));
                Some((name.unwrap_or(imported), ImportName::Named(imported)))
            }
        }
    }

    /// A declaration as any other, under the binding that hoisting gave it.
    fn export_default(&mut self, export: &swc::ExportDefaultDecl, out: &mut Vec<StmtId>) {
        let Some(declared) = default_declaration(export) else { return };
        let Some(binding) = self.resolve(declared.name) else { return };
        let name = Some(self.text(declared.name));
        match &export.decl {
            swc::DefaultDecl::Class(class) => {
                let class = self.class(&class.class, name, class.ident.as_ref());
                out.push(self.add_stmt(Stmt::Class { binding, class }, export.span));
            }
            swc::DefaultDecl::Fn(function) => {
                let function = self.plain_function(&function.function, name, None);
                self.hoist(binding, function);
            }
            swc::DefaultDecl::TsInterfaceDecl(_) => {}
        }
        self.export_local(DEFAULT, declared.name);
    }
}

fn exported_text(name: &swc::ModuleExportName) -> Cow<'_, str> {
    match name {
        swc::ModuleExportName::Ident(ident) => Cow::Borrowed(&ident.sym),
        swc::ModuleExportName::Str(string) => string.value.to_string_lossy(),
    }
}

/// `a as b` of a named export, unless it is a type's.
fn value_specifier(specifier: &swc::ExportSpecifier) -> Option<&swc::ExportNamedSpecifier> {
    specifier.as_named().filter(|named| !named.is_type_only)
}
