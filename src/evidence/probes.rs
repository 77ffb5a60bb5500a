//! Which of the program's texts the logs are searched for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::archive::{Probe, ProbeHit, Timeline};
use crate::checkout::Place;
use crate::fleet::{Action, App, Fleet};
use crate::modules::Modules;

use super::texts::{Text, Way, exits_of, texts_of};

/// Texts that are searched; of more the least telling are left out.
const MOST: usize = 4000;

/// The program's texts and what is searched for them.
#[derive(Default)]
pub struct Probes {
    /// For the archive.
    pub list: Vec<Probe>,
    /// In the order of their places, each with the position of its probe.
    texts: Vec<(Text, usize)>,
}

impl Probes {
    /// What the programs of all apps complain of, and all that is printed in files that do something that matters.
    pub fn of(fleet: &Fleet<'_>, modules: &Modules<'_>) -> Self {
        let files: BTreeSet<&Arc<str>> = fleet.apps.iter().flat_map(|app| &app.files).collect();
        let telling: BTreeSet<&Arc<str>> = fleet.apps.iter().flat_map(telling_files).collect();
        let mut texts: Vec<Text> = Vec::new();
        for file in files {
            let Some(Ok(module)) = modules.lowered(file) else { continue };
            let is_telling = telling.contains(file) || exits_of(&module).next().is_some();
            let is_asked = |text: &Text| text.way != Way::Word || is_telling;
            texts.extend(texts_of(file, &module).into_iter().filter(is_asked));
        }
        Self::searching(texts)
    }

    fn searching(mut texts: Vec<Text>) -> Self {
        if texts.len() > MOST {
            texts.sort_by_key(|text| text.way);
            texts.truncate(MOST);
            texts.sort_by(|a, b| a.place.cmp(&b.place));
        }
        let mut probes = Self::default();
        let mut known = BTreeMap::new();
        for text in texts {
            let at = *known.entry(text.line.clone()).or_insert_with(|| {
                probes.list.push(text.line.clone());
                probes.list.len() - 1
            });
            probes.texts.push((text, at));
        }
        probes
    }

    /// The texts within `function`.
    pub(super) fn within<'p>(&'p self, function: &'p Place) -> impl Iterator<Item = &'p (Text, usize)> + 'p {
        self.of_file(&function.file).filter(|(text, _)| function.span.contains(text.place.span))
    }

    /// The texts of a file.
    pub(super) fn of_file<'p>(&'p self, file: &'p str) -> impl Iterator<Item = &'p (Text, usize)> + 'p {
        let start = self.texts.partition_point(|(text, _)| *text.place.file < *file);
        self.texts.iter().skip(start).take_while(move |(text, _)| *text.place.file == *file)
    }
}

/// Where the hits of a text are.
pub(super) fn hits(timeline: &Timeline, position: usize) -> &[ProbeHit] {
    timeline.probes.get(position).map_or(&[], |probe| &probe.hits)
}

/// Files with an effect that tells something when its function prints, or with such a function.
fn telling_files<'a>(app: &'a App<'_>) -> impl Iterator<Item = &'a Arc<str>> {
    let told = app.effects.iter().filter(|effect| effect.seen.iter().flatten().any(|seen| is_telling(&seen.action)));
    let functions = app.entered.iter().filter(|(cause, _)| cause.is_some()).map(|(_, function)| &function.file);
    told.map(|effect| &effect.place.file).chain(functions)
}

fn is_telling(action: &Action) -> bool {
    matches!(
        action,
        Action::Listen(_)
            | Action::Schedule(_)
            | Action::Signal(_)
            | Action::Handler { .. }
            | Action::Ready
            | Action::Consume
            | Action::Exit
            | Action::Singleton(_)
            | Action::Send(_)
    )
}
