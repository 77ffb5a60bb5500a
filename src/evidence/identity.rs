//! Which app of the checkout an app of the archive is: the same one may go by another name there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::archive::{Process, Timeline, mangled};
use crate::fleet::{App, Fleet};

/// The checkout's names of the apps that the archive knows, by the archive's.
pub(super) struct Identity {
    known: BTreeMap<Arc<str>, BTreeSet<Arc<str>>>,
}

impl Identity {
    /// By name, by the name that a variable gives it, by the name in its log files, and by the script that runs.
    pub fn of(fleet: &Fleet<'_>, timeline: &Timeline) -> Self {
        let mut known: BTreeMap<Arc<str>, BTreeSet<Arc<str>>> = BTreeMap::new();
        for app in &fleet.apps {
            for name in [app.launch.name.clone(), app.app.name.clone(), mangled(&app.app.name).into()] {
                known.entry(name).or_default().insert(app.app.name.clone());
            }
        }
        let (named, strange): (Vec<&Process>, Vec<&Process>) =
            timeline.processes.iter().partition(|process| known.contains_key(&process.name));
        let roots: BTreeSet<String> =
            named.into_iter().flat_map(|process| roots(fleet, process)).map(|(root, _)| root).collect();
        for process in strange {
            if let Some(app) = by_script(fleet, process, &roots) {
                known.entry(process.name.clone()).or_default().insert(app);
            }
        }
        Self { known }
    }

    /// Whether the archive's `name` is the checkout's `app`.
    pub fn is(&self, name: &str, app: &str) -> bool {
        self.known.get(name).is_some_and(|apps| apps.contains(app))
    }
}

/// The only app that runs what `process` runs, from one of the `roots` of the checkout on the host.
fn by_script(fleet: &Fleet<'_>, process: &Process, roots: &BTreeSet<String>) -> Option<Arc<str>> {
    let is_known = |root: &str| roots.is_empty() || roots.contains(root);
    let apps = self::roots(fleet, process).filter(|(root, _)| is_known(root)).map(|(_, app)| &app.app.name);
    let mut apps = apps.collect::<BTreeSet<_>>().into_iter();
    apps.next().filter(|_| apps.next().is_none()).cloned()
}

/// Where the checkout would lie on the host if `process` ran the script of an app, for each app.
fn roots<'f, 'e>(fleet: &'f Fleet<'e>, process: &Process) -> impl Iterator<Item = (String, &'f App<'e>)> {
    let running = process.pm2_env.get("pm_exec_path").and_then(serde_json::Value::as_str);
    let running = running.map(|path| path.replace('\\', "/"));
    fleet.apps.iter().filter_map(move |app| {
        let script = app.launch.script_path()?;
        let root = running.as_ref()?.strip_suffix(&*script)?;
        root.ends_with('/').then(|| (root.to_owned(), app))
    })
}
