//! Apps that only one side knows: the archive, or the checkout.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::checkout::{Place, Span};
use crate::fleet::{App, Undecided};

use super::Join;

impl Join<'_> {
    /// The apps that ran and that no process file starts, and those of the same process files that never ran.
    pub fn strangers(&self) -> Vec<Undecided> {
        let (known, unknown): (BTreeSet<&Arc<str>>, BTreeSet<&Arc<str>>) =
            self.ran().partition(|name| self.app(name).is_some());
        let is_seen = |app: &App<'_>| known.iter().any(|name| self.identity.is(name, &app.app.name));
        let used: BTreeSet<&Arc<str>> =
            self.fleet.apps.iter().filter(|app| is_seen(app)).map(|app| &app.app.config).collect();
        let of_none = self.fleet.apps.first().map(|app| &app.app.config);
        let Some(config) = used.first().copied().or(of_none) else { return Vec::new() };
        let strange = unknown.into_iter().map(|name| Undecided {
            place: Place::new(config.clone(), Span::default()),
            what: format!("what `{name}` of the archive is"),
            why: "no process file of the checkout starts an app of that name or script".into(),
            rules: Vec::new(),
        });
        let mut told = BTreeSet::new();
        let absent = self.fleet.apps.iter().filter(|app| used.contains(&app.app.config) && !is_seen(app));
        let absent = absent.filter(|app| told.insert(&app.app.name)).map(|app| Undecided {
            place: app.app.place_or_entry(None),
            what: format!("how `{}` fares", app.app.name),
            why: "the archive has neither a log nor a process of it".into(),
            rules: Vec::new(),
        });
        strange.chain(absent).collect()
    }

    /// The names of all apps of the archive, without PM2's own modules.
    fn ran(&self) -> impl Iterator<Item = &Arc<str>> {
        let processes = move || self.timeline.processes.iter();
        let is_module = move |name: &Arc<str>| {
            processes()
                .any(|process| process.name == *name && process.pm2_env.get("pmx_module").is_some_and(|is| *is == true))
        };
        let logged = self.timeline.apps.iter().map(|app| &app.name);
        logged.chain(processes().map(|process| &process.name)).filter(move |name| !is_module(name))
    }
}
