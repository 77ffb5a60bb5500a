//! `pm2lint config`

use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;
use serde_json::{Value, json};

use super::root::Target;
use super::{Exit, Failure, print};
use crate::checkout::{Checkout, below};
use crate::ecosystem::{ProcessFile, candidates, discover, root, to_json};
use crate::js::Node;
use crate::modules::Modules;
use crate::modules::resolve::Resolver;

/// Shows what PM2 gets from each process file
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Checkout (default: here), folder or process file
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The checkout's folder [default: the repository round PATH]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Per app, the options in force and where they are written.
    Text,
    /// `{"files":[{"file","value","apps":[{"name","options"}]}]}`
    Json,
}

/// One process file, evaluated.
struct Evaluated {
    file: Arc<str>,
    value: Result<Node, String>,
}

impl Args {
    pub fn run(self) -> Result<Exit, Failure> {
        let target = Target::find(&self.paths, self.root.as_deref())?;
        let checkout = Checkout::open(&target.root)
            .map_err(|error| Failure::usage(format!("cannot open {}: {error}", target.root.display())))?;
        let files = process_files(&checkout, &target);
        let resolver = Resolver::new(&checkout);
        let modules = Modules::new(&checkout, &resolver);
        let evaluated: Vec<Evaluated> = files
            .into_iter()
            .map(|file| {
                let value = root(&modules, &file.path).map_err(|problem| problem.message);
                Evaluated { file: file.path, value }
            })
            .collect();
        print(&match self.format {
            Format::Text => text(&evaluated),
            Format::Json => json(&evaluated),
        })?;
        Ok(if evaluated.is_empty() && target.has_directory { Exit::NoApps } else { Exit::Clean })
    }
}

/// The files that were named, and the process files below the folders that were.
fn process_files(checkout: &Checkout, target: &Target) -> Vec<ProcessFile> {
    let is_named = |path: &str| target.paths.iter().any(|named| &**named == path);
    let is_wanted =
        |path: &str| target.paths.is_empty() || target.paths.iter().any(|named| below(path, named).is_some());
    let named = target.paths.iter().filter(|path| checkout.is_file(path)).map(|path| ProcessFile::named(path.clone()));
    let files = candidates(checkout).filter(|file| is_wanted(file) && !is_named(file));
    let found = discover(files, |file| checkout.source(file).map(|source| source.text().clone()));
    named.chain(found).collect()
}

fn json(evaluated: &[Evaluated]) -> String {
    let file = |evaluated: &Evaluated| match &evaluated.value {
        Ok(value) => json!({ "file": evaluated.file, "value": to_json(value), "apps": [] }),
        Err(why) => json!({ "file": evaluated.file, "value": { "$unknown": why }, "apps": [] }),
    };
    let files: Vec<Value> = evaluated.iter().map(file).collect();
    serde_json::to_string_pretty(&json!({ "files": files })).unwrap_or_default() + "\n"
}

fn text(evaluated: &[Evaluated]) -> String {
    evaluated.iter().map(|evaluated| format!("{}\n", evaluated.file)).collect()
}
