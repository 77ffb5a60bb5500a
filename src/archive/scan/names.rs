//! Whose a log is: file names and `pm2 logs` only have a mangled or shortened name of the app.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::lives::Lives;
use crate::archive::text::decode::Origin;
use crate::archive::text::naming::mangled;
use crate::archive::timeline::Process;

/// `pm2 logs --nostream` cuts names to this length, in characters.
const TAG: usize = 8;

/// The names of all apps, and which apps had which number.
pub(in crate::archive) struct Names {
    apps: BTreeSet<Arc<str>>,
    by_id: BTreeMap<u32, BTreeSet<Arc<str>>>,
}

impl Names {
    /// As the lists of processes and the daemon's log tell.
    pub fn new(processes: &[Process], lives: &Lives) -> Self {
        let mut names = Self { apps: BTreeSet::new(), by_id: BTreeMap::new() };
        let listed = processes.iter().map(|process| (&process.name, process.pm_id));
        for (app, id) in listed.chain(lives.workers.keys().map(|(app, id)| (app, Some(*id)))) {
            names.apps.insert(app.clone());
            if let Some(id) = id {
                names.by_id.entry(id).or_default().insert(app.clone());
            }
        }
        names
    }

    /// All apps.
    pub fn apps(&self) -> impl Iterator<Item = &Arc<str>> {
        self.apps.iter()
    }

    /// `origin` with the app's own name where it can be told.
    pub fn resolve(&self, origin: Origin) -> Origin {
        let Some(written) = origin.app.clone().filter(|app| !self.apps.contains(app)) else { return origin };
        let of_id = origin.pm_id.and_then(|id| self.by_id.get(&id));
        let mangled = of_id.unwrap_or(&self.apps).iter().find(|app| mangled(app) == *written);
        let cut = || of_id?.iter().find(|app| written.chars().count() == TAG && app.starts_with(&*written));
        let app = mangled.or_else(cut).cloned().unwrap_or(written);
        Origin { app: Some(app), ..origin }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mangled_and_shortened_names_are_known_again() {
        let apps = [("li/we ird", 3), ("orders-api", 0), ("new", 1)];
        let by_id = apps.iter().map(|(app, id)| (*id, BTreeSet::from([Arc::from(*app)]))).collect();
        let names = Names { apps: apps.iter().map(|(app, _)| Arc::from(*app)).collect(), by_id };
        for (written, pm_id, app) in [
            ("li-we-ird", None, "li/we ird"),
            ("orders-a", Some(0), "orders-api"),
            ("orders", Some(0), "orders"),
            ("gone", Some(1), "gone"),
            ("stranger", None, "stranger"),
        ] {
            let origin = names.resolve(Origin { app: Some(written.into()), pm_id });
            assert_eq!(origin.app.as_deref(), Some(app), "{written}");
        }
    }
}
