//! What keeps PM2 from getting apps out of a process file.

use std::sync::Arc;

use super::discover::is_taken;
use super::{Sources, yaml};
use crate::checkout::{Place, Span, ancestors, normalize};
use crate::js::{Node, NodeKind};

/// Why a process file is not what it was meant to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Which kind of.
    pub kind: ProblemKind,
    /// Where.
    pub place: Place,
    /// What is wrong, and what PM2 does.
    pub message: String,
    /// The change to make.
    pub help: String,
    /// What makes it so, in another file.
    pub because: Option<Place>,
}

/// What is wrong with a process file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// It does not parse.
    Syntax,
    /// It throws before it has exported what it means to.
    Throws,
    /// What it exports holds no app that PM2 could start.
    NoApps,
    /// PM2 does not take a file of that name for a process file, and would run it as an app.
    FileName,
    /// ES module and CommonJS are mixed up.
    Module,
}

/// JavaScript, TypeScript or PM2's JSON that does not parse, or throws.
pub fn broken_script(place: Place, error: &str) -> Problem {
    Problem {
        kind: ProblemKind::Syntax,
        place,
        message: format!("PM2 cannot read this file, and starts none of its apps: {error}"),
        help: "correct it; `node` with this file shows the same error".into(),
        because: None,
    }
}

/// A process file that throws when PM2 loads it.
pub fn throwing(place: Place, error: &str) -> Problem {
    Problem {
        kind: ProblemKind::Throws,
        place,
        message: format!("this file throws when PM2 loads it, and none of its apps is started: {error}"),
        help: "`node -e 'require(\"./ecosystem.config.js\")'` in the file's folder shows the same error".into(),
        because: None,
    }
}

/// YAML that does not parse.
pub fn broken_yaml(file: &Arc<str>, error: &yaml::Error) -> Problem {
    Problem {
        kind: ProblemKind::Syntax,
        place: Place::new(file.clone(), error.span),
        message: format!("PM2 cannot read this file, and starts none of its apps: {}", error.message),
        help: "correct the YAML".into(),
        because: None,
    }
}

/// An entry without a script, and what it is instead.
pub fn without_script(file: &Arc<str>, entry: &Node, root: &Node) -> Problem {
    let place = entry.origin.clone().unwrap_or_else(|| whole(file));
    let name = entry.get("name").and_then(Node::as_str);
    let (kind, what, help) = match (&entry.kind, name) {
        (NodeKind::Function(_), _) => (
            ProblemKind::NoApps,
            "this exports a function, which PM2 does not call".into(),
            "export what the function returns".into(),
        ),
        (NodeKind::Object(_), _) if std::ptr::eq(entry, root) && entry.get("default").is_some() => {
            return default_export(file, root);
        }
        (NodeKind::Object(_), Some(name)) => {
            (ProblemKind::NoApps, format!("the app `{name}` has no `script`"), "give it a `script`".into())
        }
        (NodeKind::Object(_), None) if std::ptr::eq(entry, root) => return without_apps(place, root),
        (NodeKind::Object(_), None) => {
            (ProblemKind::NoApps, "this app has no `script`".into(), "give it a `script`".into())
        }
        _ => (
            ProblemKind::NoApps,
            "this is no app: PM2 takes an object with a `script`".into(),
            "export `{ apps: [{ name, script }] }`".into(),
        ),
    };
    Problem { kind, place, message: without_path(&what), help, because: None }
}

/// Apps, or what was meant to be some, in the default export.
pub fn default_export(file: &Arc<str>, root: &Node) -> Problem {
    Problem {
        kind: ProblemKind::Module,
        place: root.get("default").and_then(|default| default.origin.clone()).unwrap_or_else(|| whole(file)),
        message: without_path("PM2 does not look into the default export of an ES module"),
        help: "write `export const apps = [...]`, or rename the file to `.config.cjs` and write `module.exports = { apps: [...] }`".into(),
        because: None,
    }
}

fn without_path(what: &str) -> String {
    format!("{what}: `pm2 start` says \"No script path - aborting\"")
}

/// A file that exports an object which holds no apps, at the key that was meant as `apps` if there is one.
fn without_apps(place: Place, root: &Node) -> Problem {
    let near = root.entries().iter().find(|entry| {
        matches!(entry.value.kind, NodeKind::Array(_)) && strsim::levenshtein(&entry.key.to_lowercase(), "apps") <= 2
    });
    let help = match near {
        Some(entry) => format!("rename `{}` to `apps`", entry.key),
        None => "export `{ apps: [{ name, script }] }`".into(),
    };
    Problem {
        kind: ProblemKind::NoApps,
        place: near.and_then(|entry| entry.key_origin.clone()).unwrap_or(place),
        message: without_path("this file exports neither `apps` nor a `script`"),
        help,
        because: None,
    }
}

/// A file that exports apps under a name that PM2 does not take.
pub fn misnamed(file: &Arc<str>) -> Problem {
    let base = file.rsplit('/').next().unwrap_or(file);
    let (stem, suffix) = base.rsplit_once('.').unwrap_or((base, ""));
    let stem = stem.replace(".config", "");
    let (message, help) = match suffix {
        "ts" | "cts" | "mts" => (
            format!(
                "PM2 loads no process file in TypeScript: `pm2 start {base}` takes the file itself for an app, which fails where Node runs no \
                 TypeScript, and else ends at once and is restarted over and over"
            ),
            format!(
                "write it as `{stem}.config.cjs` with `module.exports = {{ apps: [...] }}`; \
                 `/** @type {{import('pm2').StartOptions[]}} */` above the list keeps the types checked"
            ),
        ),
        _ => (
            format!(
                "PM2 does not take `{base}` for a process file, because its name holds none of .config.js, .config.cjs, .config.mjs, .json, .yml: \
                 `pm2 start {base}` runs the file itself as an app, which ends at once and is restarted over and over"
            ),
            format!("rename it to `{stem}.config.{}`", if suffix == "mjs" { "mjs" } else { "js" }),
        ),
    };
    Problem { kind: ProblemKind::FileName, place: whole(file), message, help, because: None }
}

/// CommonJS in a file that Node loads as an ES module, because of `"type": "module"`, `.mjs` or an `import`.
pub fn mixed_modules(file: &Arc<str>, sources: &dyn Sources) -> Option<Problem> {
    let base = file.rsplit('/').next().unwrap_or(file);
    let is_script = is_taken(file) && (base.ends_with(".js") || base.ends_with(".mjs"));
    let text = is_script.then(|| sources.text(file)).flatten()?;
    let at = text.find("module.exports")?;
    if has_export_syntax(&text) {
        return None;
    }
    let package = es_package(file, sources).filter(|_| base.ends_with(".js"));
    let (reason, help) = if base.ends_with(".mjs") {
        ("of its name", renamed(base))
    } else if package.is_some() {
        ("package.json says \"type\": \"module\"", renamed(base))
    } else if sources.is_es_module(file) {
        ("it has an `import`, if it takes that at all", "write `require()` in place of `import`".into())
    } else {
        return None;
    };
    let start = u32::try_from(at).ok()?;
    Some(Problem {
        kind: ProblemKind::Module,
        place: Place::new(file.clone(), Span::new(start, start + 14)),
        message: format!(
            "Node loads this file as an ES module because {reason}, where `module` is not defined: PM2 says \"File {base} malformated\" and starts nothing"
        ),
        help,
        because: package,
    })
}

fn renamed(base: &str) -> String {
    let stem = base.trim_end_matches(".mjs").trim_end_matches(".js");
    format!("rename it to `{stem}.cjs`, and the commands that name it too")
}

fn has_export_syntax(text: &str) -> bool {
    text.lines().any(|line| line.trim_start().starts_with("export "))
}

/// Where the nearest package.json at or above the file says `"type": "module"`.
fn es_package(file: &str, sources: &dyn Sources) -> Option<Place> {
    let mut packages = ancestors(file).filter_map(|folder| normalize(folder, "package.json"));
    let package = packages.find(|package| sources.text(package).is_some())?;
    let package = sources.evaluate(&package).ok()?;
    let kind = package.entry("type").filter(|kind| kind.value.as_str() == Some("module"))?;
    kind.key_origin.clone()
}

fn whole(file: &Arc<str>) -> Place {
    Place::new(file.clone(), Span::new(0, 0))
}
