//! Where a checkout keeps commands.

use std::sync::Arc;

use super::dockerfile::{Dockerfile, is_dockerfile};
use crate::checkout::{Place, Source, Span, file_name, parent};
use crate::ecosystem::{self, Ecosystem, is_aside, yaml};
use crate::js::{Node, NodeKind};
use crate::modules::Modules;

/// Text for a shell, or the words of one command.
pub(super) struct Script {
    /// As the shell gets it.
    pub text: String,
    /// As it stands in the file.
    pub raw: String,
    /// The words, where no shell is asked.
    pub words: Option<Vec<String>>,
    /// Where `raw` is.
    pub place: Place,
    /// The folder that paths are taken from.
    pub folder: Arc<str>,
    /// Its name in package.json.
    pub name: Option<Arc<str>>,
}

/// Keys of compose and CI files under which commands are.
const KEYS: [&str; 14] = [
    "run",
    "script",
    "scripts",
    "command",
    "commands",
    "entrypoint",
    "before_script",
    "after_script",
    "after_success",
    "deploy",
    "before_deploy",
    "after_deploy",
    "install",
    "cmd",
];

/// Every script that speaks of PM2.
pub(super) fn scripts(modules: &Modules<'_>, ecosystems: &[Ecosystem]) -> Vec<Script> {
    let checkout = modules.checkout();
    let mut scripts = Vec::new();
    for file in checkout.files().iter().filter(|file| !is_aside(file)) {
        let Some(read) = reader(file) else { continue };
        if let Some(source) = checkout.source(file).filter(|source| source.text().contains("pm2")) {
            read(modules, &source, &mut scripts);
        }
    }
    for ecosystem in ecosystems {
        deploy_section(modules, ecosystem, &mut scripts);
    }
    scripts
}

type Reader = fn(&Modules<'_>, &Source, &mut Vec<Script>);

/// How a file of that name is read; `None`: it holds no commands.
fn reader(file: &str) -> Option<Reader> {
    let name = file_name(file);
    let is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    let in_ci = file.starts_with(".github/") || file.starts_with(".circleci/") || file.starts_with(".gitea/");
    let ci_names = ["compose", "pipelines", "gitlab-ci", "travis", "buildspec", "appspec", "cloudbuild"];
    match name {
        "package.json" => Some(package),
        name if is_dockerfile(name) => Some(docker),
        name if is_yaml && (in_ci || ci_names.iter().any(|part| name.contains(part))) => Some(pipeline),
        name if name.ends_with(".sh") || name.ends_with(".bash") => Some(shell),
        name if name.starts_with("Procfile") => Some(procfile),
        name if name.ends_with(".service") => Some(unit),
        _ => None,
    }
}

fn package(modules: &Modules<'_>, source: &Source, scripts: &mut Vec<Script>) {
    let Ok(root) = ecosystem::evaluate(modules, source.path()) else { return };
    let entries = root.get("scripts").map(Node::entries).unwrap_or_default();
    let named = |script: Script, name: &Arc<str>| Script { name: Some(name.clone()), ..script };
    scripts.extend(entries.iter().filter_map(|entry| Some(named(of_node(source, &entry.value)?, &entry.key))));
}

fn shell(_: &Modules<'_>, source: &Source, scripts: &mut Vec<Script>) {
    let text: &str = source.text();
    let span = Span::new(0, u32::try_from(text.len()).unwrap_or(u32::MAX));
    scripts.push(of_text(source, text, span));
}

fn procfile(_: &Modules<'_>, source: &Source, scripts: &mut Vec<Script>) {
    for line in 1..=source.line_count() {
        let (span, text) = (source.line_span(line), source.line_text(line));
        let Some((name, command)) = text.split_once(':') else { continue };
        let start = span.start + name.len() as u32 + 1;
        scripts.push(of_text(source, command, Span::new(start, span.end)));
    }
}

/// A unit of systemd: `ExecStart=`, `ExecReload=` ...; signs in front of the program say how it is run.
fn unit(_: &Modules<'_>, source: &Source, scripts: &mut Vec<Script>) {
    let mut line = 1;
    while line <= source.line_count() {
        let first = source.line_span(line);
        while line < source.line_count() && source.line_text(line).ends_with('\\') {
            line += 1;
        }
        let span = Span::new(first.start, source.line_span(line).end);
        line += 1;
        let Some((key, value)) = source.slice(span).split_once('=') else { continue };
        let command = value.trim_start_matches(['@', '-', ':', '+', '!', ' ']);
        if key.trim().starts_with("Exec") {
            let start = span.end - command.len() as u32;
            scripts.push(of_text(source, command, Span::new(start, span.end)));
        }
    }
}

fn docker(_: &Modules<'_>, source: &Source, scripts: &mut Vec<Script>) {
    let file = Dockerfile::parse(source);
    let running = file.instructions.iter();
    for instruction in running.filter(|instruction| matches!(&*instruction.keyword, "RUN" | "CMD" | "ENTRYPOINT")) {
        let script = of_text(source, &instruction.arguments, instruction.place.span);
        let raw = source.slice(instruction.place.span).to_owned();
        scripts.push(Script { words: instruction.exec_form(), raw, ..script });
    }
}

fn pipeline(_: &Modules<'_>, source: &Source, scripts: &mut Vec<Script>) {
    if let Ok(root) = yaml::parse(source.path(), source.text()) {
        search(source, &root, scripts);
    }
}

/// Looks for the keys of commands at and below `node`.
fn search(source: &Source, node: &Node, scripts: &mut Vec<Script>) {
    node.elements().iter().for_each(|item| search(source, item, scripts));
    for entry in node.entries() {
        match KEYS.contains(&&*entry.key) {
            true => take(source, &entry.value, scripts),
            false => search(source, &entry.value, scripts),
        }
    }
}

/// Takes what stands under a key of commands: one, several, or the words of one.
fn take(source: &Source, node: &Node, scripts: &mut Vec<Script>) {
    match &node.kind {
        NodeKind::String(_) => scripts.extend(of_node(source, node)),
        NodeKind::Array(items) => match words(items) {
            Some(words) => scripts.extend(of_array(source, node, words)),
            None => items.iter().for_each(|item| take(source, item, scripts)),
        },
        _ => search(source, node, scripts),
    }
}

/// The words of one command: an array whose first item is a program and no command line.
fn words(items: &[Node]) -> Option<Vec<String>> {
    let words: Option<Vec<String>> = items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
    words.filter(|words| words.len() > 1 && words.first().is_some_and(|first| !first.contains(' ')))
}

/// The hooks of the deploy section: `deploy.production['post-deploy']`.
fn deploy_section(modules: &Modules<'_>, ecosystem: &Ecosystem, scripts: &mut Vec<Script>) {
    let targets = ecosystem.root.get("deploy").map(Node::entries).unwrap_or_default();
    for hook in targets.iter().flat_map(|target| target.value.entries()) {
        let source = hook.value.origin.as_ref().and_then(|place| modules.checkout().source(&place.file));
        scripts.extend(source.and_then(|source| of_node(&source, &hook.value)).filter(|_| is_hook(&hook.key)));
    }
}

fn is_hook(key: &str) -> bool {
    key.starts_with("pre-") || key.starts_with("post-")
}

fn of_node(source: &Source, node: &Node) -> Option<Script> {
    let span = node.origin.as_ref()?.span;
    Some(Script { raw: source.slice(span).to_owned(), ..of_text(source, node.as_str()?, span) })
}

fn of_array(source: &Source, node: &Node, words: Vec<String>) -> Option<Script> {
    let span = node.origin.as_ref()?.span;
    Some(Script { words: Some(words), ..of_text(source, "", span) })
}

fn of_text(source: &Source, text: &str, span: Span) -> Script {
    Script {
        text: text.to_owned(),
        raw: text.to_owned(),
        words: None,
        place: Place::new(source.path().clone(), span),
        folder: parent(source.path()).into(),
        name: None,
    }
}
