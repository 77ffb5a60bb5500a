//! Texts that the program prints and that tell whether, and where, a function ran.

use std::sync::Arc;

use crate::archive::Probe;
use crate::checkout::Place;
use crate::fleet::{Action, Fleet};
use crate::js::ir::{Expr, ExprId, Key, Module};
use crate::modules::Modules;

/// The texts to search, each with the effect whose function prints it.
#[derive(Default)]
pub struct Probes {
    /// For the archive.
    pub list: Vec<Probe>,
    effects: Vec<Place>,
}

impl Probes {
    /// What the jobs, the handlers of signals and the callbacks of `listen` of all apps print.
    pub fn of(fleet: &Fleet<'_>, modules: &Modules<'_>) -> Self {
        let mut probes = Self::default();
        let effects = fleet.apps.iter().flat_map(|app| &app.effects);
        for effect in effects {
            let told = effect
                .seen
                .iter()
                .flatten()
                .find(|seen| matches!(seen.action, Action::Schedule(_) | Action::Signal(_) | Action::Listen(_)));
            let Some(callback) = told.and_then(|seen| seen.callback.as_ref()) else { continue };
            if !probes.effects.contains(&effect.place) {
                probes.add(&effect.place, printed_in(modules, callback));
            }
        }
        probes
    }

    fn add(&mut self, effect: &Place, texts: Vec<Arc<str>>) {
        for text in texts {
            self.list.push(Probe { id: self.list.len() as u32, text: text.to_string() });
            self.effects.push(effect.clone());
        }
    }

    /// The numbers of the texts that the function behind the effect at `place` prints.
    pub fn ids_of<'p>(&'p self, place: &'p Place) -> impl Iterator<Item = u32> + 'p {
        self.effects.iter().enumerate().filter(move |(_, effect)| *effect == place).map(|(id, _)| id as u32)
    }
}

/// Methods of `console` and of loggers.
const PRINTS: [&str; 6] = ["log", "info", "warn", "error", "debug", "trace"];

/// Shortest text that tells anything.
const SHORTEST: usize = 6;

/// The constant parts of what a function prints, one for each call.
fn printed_in(modules: &Modules<'_>, function: &Place) -> Vec<Arc<str>> {
    let Some(Ok(module)) = modules.lowered(&function.file) else { return Vec::new() };
    let inside = |id: usize| module.expr_spans.get(id).is_some_and(|span| function.span.contains(*span));
    let calls = module.exprs.iter().enumerate().filter(|(id, _)| inside(*id));
    let mut texts: Vec<Arc<str>> = calls.filter_map(|(_, expr)| printed_by(&module, expr)).collect();
    texts.dedup();
    texts.truncate(4);
    texts
}

fn printed_by(module: &Module, expr: &Expr) -> Option<Arc<str>> {
    let Expr::Call { callee, arguments, .. } = expr else { return None };
    let Expr::Member { key: Key::Static(method, _), .. } = &module.exprs[callee.index()] else { return None };
    PRINTS.contains(&&**method).then(|| arguments.iter().find_map(|argument| constant_part(module, argument.value)))?
}

fn constant_part(module: &Module, id: ExprId) -> Option<Arc<str>> {
    let longest = match &module.exprs[id.index()] {
        Expr::String(text) => text.lines().max_by_key(|line| line.len())?.into(),
        Expr::Template { texts, .. } => {
            Arc::from(texts.iter().flat_map(|text| text.lines()).max_by_key(|line| line.len())?)
        }
        Expr::Binary { left, .. } => return constant_part(module, *left),
        _ => return None,
    };
    let longest: Arc<str> = longest;
    (longest.trim().len() >= SHORTEST).then_some(longest)
}
