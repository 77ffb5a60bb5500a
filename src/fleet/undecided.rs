//! What could not be decided, and which rules would have asked for it.

use std::collections::BTreeSet;

use crate::checkout::{Place, Span, normalize, parent};
use crate::ecosystem::Ecosystem;
use crate::js::{NodeKind, SyntaxError};
use crate::modules::Modules;
use crate::modules::entry::Entry;
use crate::pm2::{Doubt, Runtime, Workers};

use super::{Action, App, Fleet, Port};

/// Something that was not known before run time and that rules would have asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Undecided {
    /// Where.
    pub place: Place,
    /// What was not known.
    pub what: String,
    /// Why.
    pub why: String,
    /// Which rules could not speak.
    pub rules: Vec<&'static str>,
}

/// What rules ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// What a program does.
    Program,
    /// How many workers an app has, and of what kind.
    Workers,
    /// Which port a server opens.
    Port,
}

/// How many of the paths looked for are named.
const NAMED_TRIES: usize = 3;

/// What of `ecosystems` and their `fleet` is not known, each once at its first place, in the order of the places; `asking` gives the rules that ask a question.
pub fn undecided(
    ecosystems: &[Ecosystem],
    fleet: &Fleet<'_>,
    modules: &Modules<'_>,
    asking: fn(Question) -> Vec<&'static str>,
) -> Vec<Undecided> {
    let mut undecided = Undecideds { asking, list: Vec::new() };
    for (file, error) in modules.syntax_errors() {
        undecided.unread(Place::new(file, error.span), &error);
    }
    ecosystems.iter().for_each(|ecosystem| undecided.apps(ecosystem));
    for app in &fleet.apps {
        undecided.entry(app);
        undecided.run(app, modules);
        undecided.workers(app);
        undecided.ports(app);
    }
    let mut list = undecided.list;
    list.sort();
    let mut known = BTreeSet::new();
    list.retain(|undecided| known.insert((undecided.what.clone(), undecided.why.clone())));
    list
}

struct Undecideds {
    asking: fn(Question) -> Vec<&'static str>,
    list: Vec<Undecided>,
}

impl Undecideds {
    fn add(&mut self, question: Question, place: Place, what: String, why: impl Into<String>) {
        self.list.push(Undecided { place, what, why: why.into(), rules: (self.asking)(question) });
    }

    fn unread(&mut self, place: Place, error: &SyntaxError) {
        let what = format!("what `{}` does", place.file);
        self.add(Question::Program, place, what, format!("it does not parse: {}", error.message));
    }

    /// Which apps there are.
    fn apps(&mut self, ecosystem: &Ecosystem) {
        for (place, why) in ecosystem.unknown_apps() {
            let further = if ecosystem.apps.is_empty() { "" } else { "further " };
            self.add(Question::Program, place, format!("which {further}apps `{}` has", ecosystem.file), &*why);
        }
    }

    /// What the app runs.
    fn entry(&mut self, app: &App<'_>) {
        let launch = app.launch;
        let place = app.app.place_or_entry(launch.script_place.as_ref().or(app.app.option_place("script")));
        let what = format!("what `{}` does", app.app.name);
        match (&launch.script, &app.entry) {
            (None, _) if launch.command_line.is_none() => {
                self.add(Question::Program, place, what, why_no_script(app));
            }
            (Some(script), Some(Entry::Missing { tried })) if app.script.is_none() => {
                self.add(Question::Program, place, what, missing(script, tried));
            }
            (Some(_), None) if launch.interpreter.runtime == Runtime::Unknown => {
                self.add(Question::Program, place, what, "its interpreter is not known");
            }
            _ => {}
        }
    }

    /// Where its program was not followed.
    fn run(&mut self, app: &App<'_>, modules: &Modules<'_>) {
        let is_lowered = |file| matches!(modules.lowered(file), Some(Ok(_)));
        if let Some(source) = app.source().filter(|source| !app.is_complete && is_lowered(source)) {
            let what = format!("all that `{source}` does");
            let why = "it does more than is followed; its first part was";
            self.add(Question::Program, Place::new(source.clone(), Span::default()), what, why);
        }
        for (effect, seen) in app.reached() {
            if let Action::Missing(specifier) = &seen.action {
                let file = normalize(parent(&effect.place.file), specifier).filter(|_| specifier.starts_with('.'));
                let what = format!("what `{}` does", file.as_deref().unwrap_or(specifier));
                self.add(Question::Program, effect.place.clone(), what, "it is not in the checkout");
            }
        }
    }

    fn workers(&mut self, app: &App<'_>) {
        let launch = app.launch;
        let place = |option| app.app.place_or_entry(app.app.option_place(option));
        let name = &app.app.name;
        if let Some(Doubt::Unknown(why)) = &launch.mode_doubt {
            let what = format!("whether `{name}` runs in cluster or in fork mode");
            self.add(Question::Workers, place("exec_mode"), what, &**why);
        }
        if let (Workers::Unknown(why), _) | (_, Some(Doubt::Unknown(why))) = (&launch.workers, &launch.workers_doubt) {
            self.add(Question::Workers, place("instances"), format!("how many processes `{name}` has"), &**why);
        }
    }

    fn ports(&mut self, app: &App<'_>) {
        for (effect, _, listen) in app.listens() {
            if let Port::Unknown(why) = &listen.port {
                let what = format!("on which port `{}` listens", app.app.name);
                self.add(Question::Port, effect.place.clone(), what, &**why);
            }
        }
    }
}

fn why_no_script(app: &App<'_>) -> String {
    let options = &app.app.options;
    match (options.value("script").map(|script| &script.kind), &options.open) {
        (Some(NodeKind::Unknown(why)), _) | (None, Some(why)) => format!("its script is not known: {why}"),
        _ => "its script is not known".to_owned(),
    }
}

fn missing(script: &str, tried: &[String]) -> String {
    let others = tried.iter().filter(|path| *path != script.trim_start_matches("./")).take(NAMED_TRIES);
    let others: Vec<String> = others.map(|path| format!("`{path}`")).collect();
    let absence = format!("neither `{script}` nor a source of it is in the checkout");
    if others.is_empty() { absence } else { format!("{absence}; looked for {} too", others.join(", ")) }
}
