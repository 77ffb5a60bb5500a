//! How many bytes a module takes.

use std::fs;
use std::mem::{size_of, size_of_val};

use walkdir::WalkDir;

use super::*;
use crate::js::{lower, with_large_stack};

impl Module {
    /// With all that it holds.
    fn size(&self) -> usize {
        size_of::<Self>() + self.tables() + self.boxes()
    }

    fn tables(&self) -> usize {
        let spans = self.expr_spans.size() + self.stmt_spans.size();
        let nodes = table(&self.exprs) + table(&self.stmts) + table(&self.patterns) + table(&self.keys);
        let declared = table(&self.functions) + table(&self.classes) + table(&self.bindings) + table(&self.scopes);
        let parts = self.texts.size() + table(&self.numbers) + table(&self.conditionals) + table(&self.templates);
        let lists = self.expr_lists.size() + self.stmt_lists.size() + self.arguments.size();
        let literals = self.elements.size() + self.properties.size() + self.hoisted.size();
        spans + nodes + declared + parts + lists + literals + table(&self.imports) + table(&self.exports)
    }

    /// What single nodes hold by themselves.
    fn boxes(&self) -> usize {
        let stmts = self.stmts.iter().map(|stmt| match stmt {
            Stmt::For(_) => size_of::<For>(),
            Stmt::ForIn(_) | Stmt::ForOf(_) => size_of::<ForEach>(),
            Stmt::Switch(switch) => size_of::<Switch>() + size_of_val(&*switch.cases),
            Stmt::Try(_) => size_of::<Try>(),
            _ => 0,
        });
        let patterns = self.patterns.iter().map(|pattern| match pattern {
            Pattern::Object(object) => size_of_val(&**object) + size_of_val(&*object.properties),
            Pattern::Array(array) => size_of_val(&**array) + size_of_val(&*array.elements),
            _ => 0,
        });
        let templates = self.templates.iter().map(|template| {
            size_of_val(&*template.texts) + size_of_val(&*template.raws) + size_of_val(&*template.holes)
        });
        let functions = self.functions.iter().map(|function| size_of_val(&*function.params));
        let classes = self.classes.iter().map(|class| size_of_val(&*class.members));
        let imports = self.imports.iter().map(|import| size_of_val(&*import.names));
        let nodes = stmts.chain(patterns).chain(templates);
        nodes.chain(functions).chain(classes).chain(imports).sum()
    }
}

fn table<T>(table: &Vec<T>) -> usize {
    table.capacity() * size_of::<T>()
}

#[test]
fn nodes_are_small() {
    let names = [size_of::<Option<ExprId>>(), size_of::<Key>(), size_of::<Binding>()];
    assert_eq!(names, [4, 12, 24]);
    let nodes = [size_of::<Expr>(), size_of::<Stmt>(), size_of::<Pattern>()];
    assert_eq!(nodes, [12, 16, 16]);
    let parts = [size_of::<Argument>(), size_of::<Element>(), size_of::<Property>()];
    assert_eq!(parts, [8, 8, 12]);
    let declared = [size_of::<Function>(), size_of::<Scope>(), size_of::<Param>(), size_of::<ClassMember>()];
    assert_eq!(declared, [56, 20, 16, 32]);
}

/// The programs of this repository are dense: they have hardly any comments. `PM2LINT_SOURCES` names others to be measured
/// (docs/performance.md).
#[test]
#[allow(clippy::print_stdout, reason = "it is what a measurement is for")]
fn a_module_takes_a_few_bytes_for_each_of_its_source() {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");
    let sources = std::env::var("PM2LINT_SOURCES").unwrap_or_else(|_| own.to_owned());
    let (mut source, mut modules) = (0, 0);
    with_large_stack(|| {
        for (path, text) in programs(&sources) {
            let Ok(module) = lower(&path, &text) else { continue };
            source += text.len();
            modules += module.size();
        }
    });
    let ratio = modules as f64 / source as f64;
    assert!(ratio < 5.0, "{ratio:.2} bytes for each of {source}");
    println!("{ratio:.2} bytes for each of {source}");
}

/// Programs as people write them, by their path: built ones, and those of packages, are left out.
fn programs(folder: &str) -> impl Iterator<Item = (String, String)> {
    const OTHERS: [&str; 6] = ["node_modules", "vendor", "public", "dist", "build", ".git"];
    let is_own = |name: &str| !OTHERS.contains(&name) && !name.contains(".min.") && !name.ends_with(".d.ts");
    let walk =
        WalkDir::new(folder).into_iter().filter_entry(move |entry| entry.file_name().to_str().is_some_and(is_own));
    walk.filter_map(|entry| {
        let path = entry.ok()?.into_path();
        let extension = path.extension()?.to_str()?;
        let is_program = matches!(extension, "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx");
        let text = is_program.then(|| fs::read_to_string(&path).ok())??;
        Some((path.to_str()?.to_owned(), text))
    })
}
