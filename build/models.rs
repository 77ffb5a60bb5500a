//! `rules/models/**/*.js`: small programs that do what a library does, for programs to be run with.

use std::path::{Path, PathBuf};

/// The Rust source of the table: the library's name, behind `@` the versions that are meant where it is not for any, and the program;
/// in order of name.
pub fn table() -> String {
    let mut models = Vec::new();
    collect(Path::new("rules/models"), &mut models);
    let text =
        |path: &PathBuf| std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut table: Vec<_> = models.iter().map(|path| (library(path), text(path))).collect();
    table.sort();
    format!("&{table:?}")
}

fn collect(folder: &Path, models: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.unwrap_or_else(|error| panic!("{}: {error}", folder.display())).path();
        match path.is_dir() {
            true => collect(&path, models),
            false => models.push(path),
        }
    }
}

/// `@nestjs/core` of `rules/models/@nestjs/core.js`.
fn library(path: &Path) -> String {
    let name = path.with_extension("");
    let name = name.strip_prefix("rules/models").unwrap_or(&name);
    name.to_string_lossy().replace('\\', "/")
}
