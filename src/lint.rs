//! The pipeline: the whole way of the data, once, in order.

use std::io;
use std::sync::Arc;

use crate::archive::{self, OwnLogs, Production, Sources, Timeline};
use crate::catalog::Catalog;
use crate::checkout::Checkout;
use crate::commands::{self, Command};
use crate::daemon::Daemon;
use crate::ecosystem::{Ecosystem, Facts};
use crate::evidence::probes::Probes;
use crate::evidence::{Join, Pages, log_formats, own_logs};
use crate::finding::Finding;
use crate::fleet::{self, Fleet};
use crate::modules::{Modules, Resolver};
use crate::outcome::{AppSummary, Report};
use crate::pm2::Version;
use crate::request::Request;
use crate::rules;
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
    let production = request.settings.production.over(archive::production(&request.archives()));
    let (mut ecosystems, commands) = commands::started(&modules, &request.paths, &facts(&production));
    let skipped = request.narrow(&mut ecosystems);
    let catalog = Catalog::with(request.settings.catalog.clone());
    let fleet = fleet::simulate(&modules, &ecosystems, &catalog);
    let probes = Probes::of(&fleet, &modules);
    let timeline = scan(&checkout, &ecosystems, &probes, request);
    let findings = rules::run(&rules::Context {
        modules: &modules,
        ecosystems: &ecosystems,
        fleet: &fleet,
        commands: &commands,
        daemon: &Daemon::read(&checkout),
        production: &production,
        timeline: &timeline,
    });
    let join = Join::new(&modules, &fleet, &timeline, &probes, PAGES);
    let findings = join.apply(findings);
    let findings = settle(findings, &looked_at(&ecosystems, &fleet, &commands), &modules, request);
    let strangers = if request.has_archive() { join.strangers() } else { Vec::new() };
    let mut undecided = fleet::undecided(&ecosystems, &fleet, &modules, rules::asking);
    undecided.extend(strangers.iter().cloned());
    let apps = fleet.apps.into_iter().map(AppSummary::of).collect();
    let files = checkout.files_read();
    Report { files, apps, skipped, findings, undecided, strangers, timeline, rules: request.rules(), checkout }
}

/// What the rules' pages say of archives.
const PAGES: Pages = Pages {
    confirms: rules::confirms,
    worsens: rules::worsens,
    contradicts: rules::contradicts,
    reported_as: rules::known,
};

/// What reading process files needs to know of production.
fn facts(production: &Production) -> Facts {
    let version = production.pm2_version.as_deref().and_then(Version::parse).unwrap_or_default();
    Facts { version, node: production.node_version.clone() }
}

/// Reads the archives that were named, and where there are any, the logs in the checkout itself.
fn scan(checkout: &Checkout, ecosystems: &[Ecosystem], probes: &Probes, request: &Request) -> Timeline {
    let files = own_logs(checkout, ecosystems);
    let own = request.has_archive().then_some(OwnLogs { root: checkout.root(), files: &files });
    let formats = log_formats(ecosystems);
    archive::scan(&Sources { own, formats: &formats, ..request.archives() }, &probes.list)
}

/// Every file that findings may point at.
fn looked_at(ecosystems: &[Ecosystem], fleet: &Fleet<'_>, commands: &[Command]) -> Vec<Arc<str>> {
    let process_files = ecosystems.iter().map(|ecosystem| &ecosystem.file);
    let behind = fleet.behind.iter().map(|behind| &behind.app);
    let sources = fleet.apps.iter().chain(behind).flat_map(|app| &app.files);
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
