//! The pipeline: the whole way of the data, once, in order.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;

use crate::archive::{self, Timeline};
use crate::catalog::Catalog;
use crate::checkout::Checkout;
use crate::commands::{self, Command};
use crate::daemon::Daemon;
use crate::ecosystem::{self, Ecosystem, Facts};
use crate::evidence::probes::Probes;
use crate::evidence::{Join, Pages, log_formats, own_logs};
use crate::finding::Finding;
use crate::fleet::{self, App, Effect, Fleet, Undecided, Worker};
use crate::modules::{Modules, Resolver};
use crate::pm2::{Version, Workers};
use crate::rules::{self, pages::PAGES};
use crate::settings::Settings;
use crate::suppress::Waivers;

/// Runs the pipeline.
///
/// # Errors
/// The root cannot be opened.
pub fn check(request: &Request) -> io::Result<Report> {
    Checkout::open(&request.root).map(|checkout| check_in(checkout, request))
}

/// [`check`] in an open checkout.
pub fn check_in(checkout: Checkout, request: &Request) -> Report {
    let resolver = Resolver::new(&checkout);
    let modules = Modules::new(&checkout, &resolver);
    let sources = archive::Sources {
        logs: &request.logs,
        jlist: request.jlist.as_deref(),
        signatures: &request.settings.signatures,
        own: None,
        formats: &[],
        window: archive::Window::default(),
    };
    let production = request.settings.production.over(archive::production(&sources));
    let version = production.pm2_version.as_deref().and_then(Version::parse).unwrap_or_default();
    let facts = Facts { version, node: production.node_version.clone() };
    let (mut ecosystems, commands) = commands::started(&modules, &request.paths, &facts);
    if let Some(env) = &request.env {
        ecosystem::select_environment(&mut ecosystems, env);
    }
    let skipped = leave_out(&mut ecosystems, &request.settings);
    let catalog = Catalog::with(request.settings.catalog.clone());
    let fleet = fleet::simulate(&modules, &ecosystems, &catalog);
    let probes = Probes::of(&fleet, &modules);
    let own = own_logs(&checkout, &ecosystems);
    let own = archive::OwnLogs { root: checkout.root(), files: &own };
    let formats = log_formats(&ecosystems);
    let sources = archive::Sources { own: request.has_archive().then_some(own), formats: &formats, ..sources };
    let timeline = archive::scan(&sources, &probes.list);
    let daemon = Daemon::read(&checkout);
    let findings = rules::run(&rules::Context {
        modules: &modules,
        ecosystems: &ecosystems,
        fleet: &fleet,
        commands: &commands,
        daemon: &daemon,
        production: &production,
        timeline: &timeline,
    });
    let pages = Pages {
        confirms: rules::confirms,
        worsens: rules::worsens,
        contradicts: rules::contradicts,
        reported_as: rules::known,
    };
    let join = Join::new(&modules, &fleet, &timeline, &probes, pages);
    let findings = join.apply(findings);
    let strangers = if request.has_archive() { join.strangers() } else { Vec::new() };
    let findings = settle(findings, &looked_at(&ecosystems, &fleet, &commands), &modules, request);
    let mut undecided = fleet::undecided(&ecosystems, &fleet, &modules, rules::asking);
    undecided.extend(strangers.iter().cloned());
    let apps = fleet.apps.into_iter().map(AppSummary::of).collect();
    let files = checkout.files_read();
    Report { files, apps, skipped, findings, undecided, strangers, timeline, rules: request.rules(), checkout }
}

/// Takes out what the settings leave out: process files, and apps; how many apps there were.
fn leave_out(ecosystems: &mut Vec<Ecosystem>, settings: &Settings) -> usize {
    let count = |ecosystems: &[Ecosystem]| ecosystems.iter().map(|ecosystem| ecosystem.apps.len()).sum::<usize>();
    let all = count(ecosystems);
    ecosystems.retain(|ecosystem| !settings.exclude.cover(&ecosystem.file));
    for ecosystem in ecosystems.iter_mut() {
        ecosystem.apps.retain(|app| !settings.skip_apps.cover(&app.name));
    }
    all - count(ecosystems)
}

/// Every file that findings may point at.
fn looked_at(ecosystems: &[Ecosystem], fleet: &Fleet<'_>, commands: &[Command]) -> Vec<Arc<str>> {
    let process_files = ecosystems.iter().map(|ecosystem| &ecosystem.file);
    let sources = fleet.apps.iter().flat_map(|app| &app.files);
    let scripts = commands.iter().map(|command| &command.place.file);
    let mut files: Vec<Arc<str>> = process_files.chain(sources).chain(scripts).cloned().collect();
    files.sort();
    files.dedup();
    files
}

/// The last stage: gives each the severity that the settings want, marks what is waived in `files` (those that were
/// looked at) or by the settings, keeps what was asked for, and puts it in order.
pub fn settle(
    mut findings: Vec<Finding>,
    files: &[Arc<str>],
    modules: &Modules<'_>,
    request: &Request,
) -> Vec<Finding> {
    let settings = &request.settings;
    if request.honour_waivers {
        let looks_for = |rule: &str| request.env.is_none() && request.looks_for(rule);
        let (today, is_whole) = (request.today, request.paths.is_empty());
        Waivers { files, modules, settings, today, looks_for: &looks_for, is_whole }.apply(&mut findings);
    }
    findings.retain(|finding| settings.reports(finding.rule) && request.concerns(finding));
    for finding in &mut findings {
        finding.severity = settings.severity.get(finding.rule).copied().unwrap_or(finding.severity);
    }
    findings.sort_by(|a, b| order(a).cmp(&order(b)));
    findings
}

/// File, line, column, rule; what has no place comes last.
fn order(finding: &Finding) -> impl Ord + '_ {
    (finding.location.is_none(), &finding.location, finding.rule, &finding.message)
}

/// What is asked of one run of `pm2lint check`.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The checkout.
    pub root: PathBuf,
    /// What was named, relative to the root; empty: the whole checkout.
    pub paths: Vec<Arc<str>>,
    /// Archives: copied `~/.pm2`, log folders, log files.
    pub logs: Vec<PathBuf>,
    /// A saved `pm2 jlist`.
    pub jlist: Option<PathBuf>,
    /// Only this environment (`production` for `env_production`).
    pub env: Option<Arc<str>>,
    /// Rules, thresholds and waivers.
    pub settings: Settings,
    /// Waivers in the code and the settings count; without them everything is reported.
    pub honour_waivers: bool,
    /// The day on which it is asked whether a waiver still holds.
    pub today: Date,
}

impl Request {
    /// Whether there is anything beside the checkout.
    fn has_archive(&self) -> bool {
        !self.logs.is_empty() || self.jlist.is_some()
    }

    /// Whether a fault of `rule` would be found: the rule is asked for, and what it needs was given.
    pub fn looks_for(&self, rule: &str) -> bool {
        self.settings.reports(rule) && (self.has_archive() || !rules::needs_archive(rule))
    }

    /// The rules that are looked for.
    fn rules(&self) -> Vec<&'static str> {
        PAGES.iter().map(|page| page.id).filter(|rule| self.looks_for(rule)).collect()
    }

    /// Whether `finding` is not left out by the settings and touches what was named: a file, something below a folder, or an app's process file.
    fn concerns(&self, finding: &Finding) -> bool {
        let named = |file: &str| self.paths.iter().any(|path| is_below(file, path));
        let places = finding.location.iter().chain(finding.related.iter().map(|related| &related.place));
        let is_process_file = |file: &str| finding.apps.iter().any(|app| &*app.config == file);
        if finding.location.as_ref().is_some_and(|place| self.settings.exclude.cover(&place.file)) {
            return false;
        }
        self.paths.is_empty()
            || places.map(|place| &*place.file).any(named)
            || finding.apps.iter().any(|app| named(&app.config))
            || finding.location.as_ref().is_none_or(|place| is_process_file(&place.file))
    }
}

/// Whether `path` is `folder` or lies below it; both relative to the checkout.
fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What one run found.
pub struct Report {
    /// The files that were read, for drawing.
    pub checkout: Checkout,
    /// Every app under every environment looked at.
    pub apps: Vec<AppSummary>,
    /// How many apps the settings leave out.
    pub skipped: usize,
    /// Sorted by file, line, column, rule; waived ones too.
    pub findings: Vec<Finding>,
    /// What could not be decided.
    pub undecided: Vec<Undecided>,
    /// Of what could not be decided: apps of the archive that the checkout does not have, and the other way round.
    pub strangers: Vec<Undecided>,
    /// What the archives tell.
    pub timeline: Timeline,
    /// The rules that were looked for.
    pub rules: Vec<&'static str>,
    /// How many files were read.
    pub files: usize,
}

/// One app under one environment: what outlives the run.
#[derive(Clone, Debug)]
pub struct AppSummary {
    /// PM2's name of the app.
    pub name: Arc<str>,
    /// The process file, relative to the checkout.
    pub config: Arc<str>,
    /// `production` for `env_production`; `None` for the base.
    pub env: Option<Arc<str>>,
    /// `cluster` or `fork`.
    pub mode: &'static str,
    /// How many workers.
    pub instances: Instances,
    /// The script as PM2 sees it, if known.
    pub script: Option<Arc<str>>,
    /// The source file that was followed, relative to the checkout, if one was found.
    pub entry: Option<Arc<str>>,
    /// Its processes.
    pub workers: Vec<Worker>,
    /// What they do.
    pub effects: Vec<Effect>,
}

impl AppSummary {
    fn of(app: App<'_>) -> Self {
        Self {
            name: app.launch.name.clone(),
            config: app.app.config.clone(),
            env: app.launch.env_name.clone(),
            mode: app.launch.mode.name(),
            instances: Instances::of(&app.launch.workers),
            script: app.launch.script.clone(),
            entry: app.source().cloned(),
            workers: app.workers,
            effects: app.effects,
        }
    }
}

/// How many workers an app has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instances {
    /// That many.
    Count(u32),
    /// One per CPU of the host.
    Max,
    /// Not known, and why.
    Unknown(Arc<str>),
}

impl Instances {
    fn of(workers: &Workers) -> Self {
        match workers {
            Workers::Count(count) => Self::Count(*count),
            Workers::Max => Self::Max,
            Workers::AllBut(_) => Self::Unknown(workers.to_string().into()),
            Workers::Unknown(why) => Self::Unknown(why.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkout::{Place, Span};
    use crate::finding::{AppRef, Severity};

    fn at(rule: &'static str, file: &str, start: u32) -> Finding {
        let app = AppRef { name: "api".into(), config: "ecosystem.config.js".into(), envs: Vec::new() };
        Finding::new(rule, Severity::Error, "").at(Place::new(file, Span::new(start, start)), "").app(app)
    }

    fn settled(findings: Vec<Finding>, paths: &[&str]) -> Vec<(&'static str, Option<Place>)> {
        let folder = tempfile::tempdir().unwrap();
        let paths = paths.iter().map(|path| Arc::from(*path)).collect();
        let request = Request { paths, honour_waivers: true, ..Request::default() };
        let checkout = Checkout::open(folder.path()).unwrap();
        let resolver = Resolver::new(&checkout);
        let findings = settle(findings, &[], &Modules::new(&checkout, &resolver), &request);
        findings.into_iter().map(|finding| (finding.rule, finding.location)).collect()
    }

    #[test]
    fn findings_come_by_file_place_and_rule_and_those_without_a_place_last() {
        let placeless = Finding::new("crash-loop", Severity::Error, "");
        let sorted = [at("b", "a.js", 1), at("a", "a.js", 2), at("c", "a.js", 2), at("a", "b.js", 0), placeless];
        let mut shuffled = sorted.to_vec();
        shuffled.reverse();
        let expected: Vec<_> = sorted.into_iter().map(|finding| (finding.rule, finding.location)).collect();
        assert_eq!(settled(shuffled, &[]), expected);
    }

    #[test]
    fn named_files_limit_what_is_reported_to_them_and_the_process_file() {
        let all = || {
            let elsewhere = at("c", "lib/cron.js", 0).related(Some(Place::new("src/a.js", Span::default())), "");
            vec![at("a", "src/a.js", 0), at("b", "src/ab.js", 0), at("d", "ecosystem.config.js", 0), elsewhere]
        };
        let rules = |paths: &[&str]| settled(all(), paths).into_iter().map(|(rule, _)| rule).collect::<Vec<_>>();
        assert_eq!(rules(&["src/a.js"]), ["d", "c", "a"]);
        assert_eq!(rules(&["src"]), ["d", "c", "a", "b"]);
        assert_eq!(rules(&["ecosystem.config.js"]), ["d", "c", "a", "b"]);
    }
}
