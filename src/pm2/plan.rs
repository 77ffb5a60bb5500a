//! From the options of an app to what PM2 would run under one environment.

use std::sync::Arc;

use super::environment::{self, Merged};
use super::interpreter;
use super::launch::{Doubt, Interpreter, Launch, Mode, Setting, Workers};
use super::{Options, Version, words};
use crate::checkout::Place;
use crate::js::{Node, NodeKind};

/// What the process file itself decides of a launch.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// The process file, relative to the checkout.
    pub config: &'a str,
    /// The PM2 that runs it.
    pub version: Version,
}

/// What PM2 would run under `env_name`, or without `--env`.
pub fn launch(options: &Options, env_name: Option<&Arc<str>>, setup: Setup<'_>) -> Launch {
    Planner { options, env: Merged::of(options, env_name.map(|name| &**name)), setup }.launch(env_name)
}

/// One launch under way.
struct Planner<'a> {
    options: &'a Options,
    env: Merged,
    setup: Setup<'a>,
}

/// The value that an attribute of the process has at launch, and what set it.
struct Attribute<'a> {
    value: &'a Node,
    place: Option<&'a Place>,
}

impl Planner<'_> {
    fn launch(&self, env_name: Option<&Arc<str>>) -> Launch {
        let written = self.text_option("script");
        let command_line = written.as_ref().filter(|script| script.contains(' ') && self.is_rewritten()).cloned();
        let script = command_line.as_ref().map(|_| "bash".into()).or_else(|| written.clone());
        let interpreter = interpreter::of(self.options, script.as_deref(), self.setup.version);
        let (mode, mode_doubt) = self.mode(&interpreter.command);
        let interpreter = self.overwritten_interpreter().unwrap_or(interpreter);
        Launch {
            env_name: env_name.cloned(),
            name: self.name(env_name),
            namespace: self.namespace(),
            mode,
            mode_doubt,
            workers: self.workers(),
            workers_doubt: self.setting(self.option("instances"), (), |_| Some(())).doubt,
            interpreter,
            script,
            script_place: self.options.place("script").cloned(),
            args: self.args(command_line.as_ref()),
            command_line,
            cwd: self.cwd(),
            node_args: self.words("node_args"),
            env: self.env.variables(mode),
            env_open: self.env.open.clone(),
            attributes: environment::attributes(self.options, mode),
            instance_var: self.instance_var(),
            increment_var: self.option_text("increment_var").filter(|name| !name.value.is_empty()),
            kill_timeout: or_default(self.number("kill_timeout", 1600), 1600),
            listen_timeout: or_default(self.number("listen_timeout", 3000), 3000),
            wait_ready: self.flag("wait_ready", false),
            shutdown_with_message: self.flag("shutdown_with_message", false),
            treekill: self.flag("treekill", true),
            autorestart: self.autorestart(),
            stop_exit_codes: self.stop_exit_codes(),
            max_restarts: self.number("max_restarts", 16),
            min_uptime: self.number("min_uptime", 1000),
            restart_delay: self.number("restart_delay", 0),
            exp_backoff: self.number("exp_backoff_restart_delay", 0),
            cron_restart: self
                .text("cron_restart")
                .filter(|cron| cron.doubt.is_some() || !cron.value.trim().is_empty()),
            max_memory_restart: self.max_memory_restart(),
            watch: self.flag("watch", false),
            merge_logs: self.merge_logs(),
            out_file: self.option_text("out_file"),
            error_file: self.option_text("error_file"),
            log_file: self.option_text("log_file"),
            pmx: self.pmx(),
        }
    }

    /// The option, unless a variable of the same name overwrites it: `Utility.extend(env_copy, env_copy.env)`, lib/God.js:178 (v7.0.3).
    fn attribute(&self, name: &str) -> Option<Attribute<'_>> {
        let variable = self.env.overwriting(name);
        let variable = variable.map(|entry| Attribute { value: &entry.value, place: super::resolve::place(entry) });
        variable.or_else(|| self.option(name))
    }

    fn option(&self, name: &str) -> Option<Attribute<'_>> {
        let option = self.options.get(name)?;
        Some(Attribute { value: &option.value, place: option.place() })
    }

    fn setting<T>(
        &self,
        attribute: Option<Attribute<'_>>,
        default: T,
        read: impl Fn(&Node) -> Option<T>,
    ) -> Setting<T> {
        match attribute {
            None => Setting { value: default, place: None, doubt: self.options.open.clone().map(Doubt::Unknown) },
            Some(Attribute { value, place }) => {
                Setting { value: read(value).unwrap_or(default), place: place.cloned(), doubt: doubt_of(value) }
            }
        }
    }

    fn number(&self, name: &str, default: u64) -> Setting<u64> {
        self.setting(self.attribute(name), default, |value| number_of(value).map(|number| number.max(0.0) as u64))
    }

    fn flag(&self, name: &str, default: bool) -> Setting<bool> {
        self.setting(self.attribute(name), default, Node::truthy)
    }

    fn words(&self, name: &str) -> Setting<Vec<Arc<str>>> {
        self.setting(self.attribute(name), Vec::new(), |value| Some(words_of(value)))
    }

    fn text(&self, name: &str) -> Option<Setting<Arc<str>>> {
        let attribute = self.attribute(name)?;
        Some(self.setting(Some(attribute), "".into(), |value| value.as_str().map(Into::into)))
    }

    fn option_text(&self, name: &str) -> Option<Setting<Arc<str>>> {
        let option = self.option(name)?;
        Some(self.setting(Some(option), "".into(), |value| value.as_str().map(Into::into)))
    }

    fn text_option(&self, name: &str) -> Option<Arc<str>> {
        self.options.value(name).and_then(Node::as_str).map(Into::into)
    }

    /// A command line counts as one only before PM2 looks at `exec`: lib/Common.js:698 (v7.0.4).
    fn is_rewritten(&self) -> bool {
        self.options.get("script").is_some_and(|script| &*script.written.key != "exec")
    }

    fn overwriting_text(&self, name: &str) -> Option<Arc<str>> {
        environment::plain_text(&self.env.overwriting(name)?.value)
    }

    /// The interpreter of a forked process, where a variable overwrites it after PM2 has decided the mode.
    fn overwritten_interpreter(&self) -> Option<Interpreter> {
        let variable = self.env.overwriting("exec_interpreter")?;
        let command = environment::plain_text(&variable.value)?;
        let place = super::resolve::place(variable).cloned();
        Some(Interpreter { runtime: interpreter::runtime(&command), command, place })
    }

    fn namespace(&self) -> Arc<str> {
        let written = self.text("namespace").map(|setting| setting.value);
        written.filter(|name| !name.is_empty()).unwrap_or_else(|| "default".into())
    }

    /// A variable is compared as it is, so that a text with a unit limits nothing: lib/Worker.js:80 (v6.0.14).
    fn max_memory_restart(&self) -> Option<Setting<u64>> {
        let limit = self.attribute("max_memory_restart")?;
        if limit.value.as_str().is_some_and(|text| text.trim().parse::<f64>().is_err()) {
            return None;
        }
        Some(self.number("max_memory_restart", 0)).filter(|limit| limit.doubt.is_some() || limit.value > 0)
    }

    /// lib/Common.js:340 (v7.0.4); at launch only the literal `cluster_mode` gives a cluster, lib/God.js:252.
    fn mode(&self, interpreter: &str) -> (Mode, Option<Doubt>) {
        let mode_of = |is_cluster| if is_cluster { Mode::Cluster } else { Mode::Fork };
        if let Some(variable) = self.env.overwriting("exec_mode") {
            return (mode_of(variable.value.as_str() == Some("cluster_mode")), doubt_of(&variable.value));
        }
        if self.options.is_on("execute_command") {
            return (Mode::Fork, None);
        }
        if let Some(value) = self.options.value("exec_mode") {
            let is_cluster = value.as_str().is_some_and(|text| text.starts_with("cluster"));
            return (mode_of(is_cluster), doubt_of(value));
        }
        let Some(instances) = self.options.value("instances") else {
            return (Mode::Fork, self.options.open.clone().map(Doubt::Unknown));
        };
        let shares = interpreter::is_clustered(interpreter, self.setup.version);
        let counts = instances.as_number().is_none_or(|count| count >= 1.0 || count == 0.0 || count == -1.0);
        (mode_of(shares && counts), doubt_of(instances).filter(|_| shares))
    }

    /// lib/God.js:138 (v7.0.3).
    fn workers(&self) -> Workers {
        let Some(value) = self.options.value("instances") else {
            return self.options.open.clone().map_or(Workers::Count(1), Workers::Unknown);
        };
        match &value.kind {
            NodeKind::Number(count) if count.is_nan() => Workers::Unknown("it is NaN".into()),
            NodeKind::Number(count) => match count.trunc() as i64 {
                0 => Workers::Max,
                count @ ..0 => Workers::AllBut(u32::try_from(-count).unwrap_or(u32::MAX)),
                count => Workers::Count(u32::try_from(count).unwrap_or(u32::MAX)),
            },
            NodeKind::Unknown(_) if value.of_cpus => Workers::OfCpus,
            NodeKind::Unknown(why) => Workers::Unknown(why.clone()),
            _ => Workers::Count(1),
        }
    }

    fn name(&self, env_name: Option<&Arc<str>>) -> Arc<str> {
        if let Some(name) = self.overwriting_text("name") {
            return name;
        }
        match env_name {
            Some(env) if self.options.is_on("append_env_to_name") => format!("{}-{env}", name(self.options)).into(),
            _ => name(self.options),
        }
    }

    fn cwd(&self) -> Setting<Arc<str>> {
        let folder = self.setup.config.rsplit_once('/').map_or("", |(folder, _)| folder);
        self.setting(self.option("cwd"), folder.into(), |value| value.as_str().map(|cwd| join(folder, cwd)))
    }

    /// A command line replaces the arguments: lib/Common.js:756 (v7.0.4).
    fn args(&self, command_line: Option<&Arc<str>>) -> Setting<Vec<Arc<str>>> {
        match (command_line, self.env.overwriting("args")) {
            (Some(line), None) => Setting {
                value: vec!["-c".into(), line.clone()],
                place: self.options.place("script").cloned(),
                doubt: None,
            },
            _ => self.words("args"),
        }
    }

    fn instance_var(&self) -> Setting<Arc<str>> {
        self.setting(self.option("instance_var"), "NODE_APP_INSTANCE".into(), |value| value.as_str().map(Into::into))
    }

    /// `autorestart === false || autorestart === "false"`: lib/God.js:441 (v7.0.4).
    fn autorestart(&self) -> Setting<bool> {
        self.setting(self.attribute("autorestart"), true, |value| {
            Some(value.kind != NodeKind::Bool(false) && value.as_str() != Some("false"))
        })
    }

    fn stop_exit_codes(&self) -> Setting<Vec<i64>> {
        self.setting(self.attribute("stop_exit_codes"), Vec::new(), |value| {
            let single = std::slice::from_ref(value);
            let codes = if matches!(value.kind, NodeKind::Array(_)) { value.elements() } else { single };
            Some(codes.iter().filter_map(number_of).map(|code| code as i64).collect())
        })
    }

    /// lib/Common.js:862 (v7.0.4).
    fn merge_logs(&self) -> Setting<bool> {
        let written = self.flag("merge_logs", self.options.merges_logs);
        Setting {
            value: written.value || (self.options.merges_logs && self.env.overwriting("merge_logs").is_none()),
            ..written
        }
    }

    /// `automation: false` switches it off: lib/Common.js:837 (v7.0.4).
    fn pmx(&self) -> Setting<bool> {
        match self.option("automation").filter(|option| option.value.truthy() == Some(false)) {
            Some(automation) => Setting { value: false, place: automation.place.cloned(), doubt: None },
            None => self.setting(self.attribute("pmx"), true, |value| {
                Some(value.kind != NodeKind::Bool(false) && value.as_str() != Some("false"))
            }),
        }
    }
}

/// The name of an app as the process file has it: the script's where none is written. lib/Common.js:922 (v7.0.4).
pub fn name(options: &Options) -> Arc<str> {
    let text = |option| options.value(option).and_then(Node::as_str).filter(|text| !text.is_empty());
    text("name").unwrap_or_else(|| stem(text("script").unwrap_or("undefined"))).into()
}

/// `x || default`, as PM2 reads its timeouts.
fn or_default(setting: Setting<u64>, default: u64) -> Setting<u64> {
    Setting { value: if setting.value == 0 { default } else { setting.value }, ..setting }
}

fn doubt_of(value: &Node) -> Option<Doubt> {
    match &value.kind {
        NodeKind::Unknown(_) if value.of_cpus => None,
        NodeKind::Unknown(why) => Some(Doubt::Unknown(why.clone())),
        _ if value.assumed_unset.is_empty() => None,
        _ => Some(Doubt::Assumed(value.assumed_unset.clone())),
    }
}

fn number_of(value: &Node) -> Option<f64> {
    value.as_number().or_else(|| value.as_str().and_then(words::parse_int)).filter(|number| !number.is_nan())
}

fn words_of(value: &Node) -> Vec<Arc<str>> {
    match &value.kind {
        NodeKind::String(text) => vec![text.clone()],
        _ => value.elements().iter().filter_map(environment::plain_text).collect(),
    }
}

/// The file name without its last extension.
fn stem(script: &str) -> &str {
    let base = script.trim_end_matches('/').rsplit('/').next().unwrap_or(script);
    match base.rfind('.') {
        Some(dot) if dot > 0 => &base[..dot],
        _ => base,
    }
}

/// `path` seen from `folder`, with `.` and `..` resolved. A path below the checkout is relative to it; another absolute one stays as it is.
pub(super) fn join(folder: &str, path: &str) -> Arc<str> {
    if path.starts_with('/') {
        return path.into();
    }
    let (folder, path) = match path.strip_prefix("<root>") {
        Some(rest) => ("", rest),
        None => (folder, path),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let absolute = if folder.starts_with('/') { "/" } else { "" };
    (absolute.to_owned() + &parts.join("/")).into()
}

#[cfg(test)]
mod tests;
