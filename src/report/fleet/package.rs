//! What the script of a package does by itself: its program is not followed, but known.

use std::sync::Arc;

use serde::Serialize;

use crate::catalog::{Place, Script, Text};
use crate::fleet::App;
use crate::pm2::EnvValue;
use crate::pm2::environment::{Lookup, worker_env};
use crate::report::canvas::printable;

/// A script that the catalogue knows.
#[derive(Serialize)]
pub(super) struct Package<'a> {
    package: &'a str,
    listens: bool,
    /// The first worker's, where it listens; `None`: not known.
    port: Option<String>,
    signals: Vec<&'a str>,
    ready: bool,
    forks: bool,
}

impl<'a> Package<'a> {
    /// The script that `app` runs, if it is of a package.
    pub fn of(app: &'a App<'_>) -> Option<Self> {
        let script = app.script?;
        Some(Self {
            package: script.packages.first()?,
            listens: script.listens,
            port: port(script, app).filter(|_| script.listens),
            signals: script.signals.iter().map(|signal| &**signal).collect(),
            ready: script.ready,
            forks: script.forks,
        })
    }

    /// One line below the heading of the app.
    pub fn line(&self) -> String {
        let port = self.port.as_ref().map_or("a port".to_owned(), |port| format!("port {}", printable(port)));
        let does = [
            self.listens.then(|| format!("listens on {port}")),
            (!self.signals.is_empty()).then(|| format!("handles {}", self.signals.join(" and "))),
            self.ready.then(|| "sends `ready`".to_owned()),
            self.forks.then(|| "forks processes of its own".to_owned()),
        ];
        let does: Vec<String> = does.into_iter().flatten().collect();
        let does = if does.is_empty() { "not followed".to_owned() } else { does.join(", ") };
        format!("  by itself ({}): {does}\n", self.package)
    }
}

/// What is given, else the script's own; `None`: not known.
fn port(script: &Script, app: &App<'_>) -> Option<String> {
    let mut env = worker_env(app.launch, 0);
    let args = match &app.launched {
        Some(launched) => {
            launched.assign(&mut env);
            &launched.args
        }
        None => &app.launch.args.value,
    };
    for place in script.port.iter() {
        match place {
            Place::Flag { flag } if let Some(port) = given(flag, args) => return Some(port),
            Place::Environment { env: name } => match env.get(name) {
                Lookup::Set(EnvValue::Known(port)) => return Some(port.to_string()),
                Lookup::Set(_) => return None,
                Lookup::Undefined | Lookup::Open => {}
            },
            _ => {}
        }
    }
    script.default_port.map(|port| port.to_string())
}

/// `-p 4000`, `--port=4000`
fn given(flag: &Text, args: &[Arc<str>]) -> Option<String> {
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.strip_prefix(&**flag) {
            Some("") => return args.next().map(ToString::to_string),
            Some(rest) if let Some(value) = rest.strip_prefix('=') => return Some(value.to_owned()),
            _ => {}
        }
    }
    None
}
