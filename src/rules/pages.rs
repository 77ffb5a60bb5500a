//! The pages of the rules: `rules/<id>.md`, compiled in. `explain` prints them, reports take names and severities from them.

use crate::finding::Severity;

/// One page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// The rule's id, as users write it in waivers.
    pub id: &'static str,
    /// The default severity.
    pub severity: Severity,
    /// What the rule is about: `listen`, `startup`, `readiness`, `shutdown`, `schedule`, `state`, `config`, `incident`, `waiver`.
    pub category: &'static str,
    /// The version that had it first.
    pub since: &'static str,
    /// What is wrong, in one line.
    pub summary: &'static str,
    /// The incidents in an archive that confirm a finding of this rule.
    pub confirmed_by: &'static [&'static str],
    /// The page in Markdown, without its front matter.
    pub text: &'static str,
}

const fn page_of(id: &'static str, severity: Severity, category: &'static str) -> Page {
    Page { id, severity, category, since: "0.1.0", summary: "", confirmed_by: &[], text: "" }
}

/// All pages, sorted by id.
pub const PAGES: &[Page] = &[
    page_of("async-exit-handler", Severity::Warning, "shutdown"),
    page_of("broken-instance-guard", Severity::Error, "schedule"),
    page_of("closed-wrong-object", Severity::Error, "shutdown"),
    page_of("conditional-ready-signal", Severity::Warning, "readiness"),
    page_of("conflicting-aliases", Severity::Warning, "config"),
    page_of("crash-loop", Severity::Error, "incident"),
    page_of("crash-taken-for-stop", Severity::Error, "config"),
    page_of("cron-restart-in-cluster", Severity::Warning, "schedule"),
    page_of("cwd-relative-script", Severity::Warning, "config"),
    page_of("deploy-misconfigured", Severity::Warning, "config"),
    page_of("docker-signal-lost", Severity::Error, "config"),
    page_of("double-listen", Severity::Error, "listen"),
    page_of("dropped-by-reload", Severity::Warning, "incident"),
    page_of("dropped-option", Severity::Warning, "config"),
    page_of("duplicate-app-name", Severity::Error, "config"),
    page_of("duplicate-job", Severity::Error, "incident"),
    page_of("early-ready-signal", Severity::Warning, "readiness"),
    page_of("endless-restart", Severity::Warning, "startup"),
    page_of("env-overrides-option", Severity::Error, "config"),
    page_of("esm-config", Severity::Error, "config"),
    page_of("exclusive-listen", Severity::Error, "listen"),
    page_of("forced-kill", Severity::Error, "incident"),
    page_of("fork-port-conflict", Severity::Error, "listen"),
    page_of("fragile-instance-guard", Severity::Info, "schedule"),
    page_of("hardcoded-secret", Severity::Error, "config"),
    page_of("ignored-interpreter", Severity::Error, "listen"),
    page_of("implicit-cluster", Severity::Info, "listen"),
    page_of("in-memory-rate-limit", Severity::Warning, "state"),
    page_of("in-memory-session", Severity::Error, "state"),
    page_of("in-memory-state", Severity::Info, "state"),
    page_of("ineffective-filter-env", Severity::Warning, "config"),
    page_of("inspect-port-conflict", Severity::Warning, "listen"),
    page_of("invalid-node-args", Severity::Error, "config"),
    page_of("invalid-option", Severity::Error, "config"),
    page_of("late-environment", Severity::Error, "startup"),
    page_of("late-forced-exit", Severity::Error, "shutdown"),
    page_of("launcher-in-cluster", Severity::Error, "listen"),
    page_of("listen-in-master", Severity::Error, "listen"),
    page_of("log-file-conflict", Severity::Warning, "config"),
    page_of("lost-args", Severity::Error, "config"),
    page_of("main-guard-never-true", Severity::Error, "startup"),
    page_of("memory-limit-above-heap", Severity::Warning, "config"),
    page_of("memory-restart-loop", Severity::Error, "incident"),
    page_of("misleading-status", Severity::Info, "config"),
    page_of("misplaced-option", Severity::Error, "config"),
    page_of("missing-env-var", Severity::Info, "startup"),
    page_of("missing-ps", Severity::Warning, "config"),
    page_of("missing-ready-signal", Severity::Error, "readiness"),
    page_of("missing-sigint-handler", Severity::Warning, "shutdown"),
    page_of("missing-sticky-sessions", Severity::Error, "state"),
    page_of("module-not-found", Severity::Error, "incident"),
    page_of("nested-cluster", Severity::Warning, "listen"),
    page_of("non-node-in-cluster", Severity::Error, "listen"),
    page_of("one-shot-restarted", Severity::Error, "startup"),
    page_of("orphaned-children", Severity::Warning, "config"),
    page_of("out-of-memory", Severity::Error, "incident"),
    page_of("overridden-restart-delay", Severity::Warning, "startup"),
    page_of("partial-listen", Severity::Error, "listen"),
    page_of("pool-times-workers", Severity::Warning, "state"),
    page_of("port-in-use", Severity::Error, "incident"),
    page_of("ready-timeout", Severity::Warning, "incident"),
    page_of("reload-by-id", Severity::Info, "config"),
    page_of("reload-in-fork-mode", Severity::Warning, "readiness"),
    page_of("script-not-found", Severity::Error, "startup"),
    page_of("secondary-listener", Severity::Warning, "listen"),
    page_of("shared-port", Severity::Error, "listen"),
    page_of("short-keep-alive", Severity::Info, "listen"),
    page_of("short-kill-timeout", Severity::Warning, "shutdown"),
    page_of("short-listen-timeout", Severity::Warning, "readiness"),
    page_of("short-min-uptime", Severity::Warning, "startup"),
    page_of("shutdown-message-mismatch", Severity::Error, "shutdown"),
    page_of("shutdown-never-exits", Severity::Error, "shutdown"),
    page_of("shutdown-without-drain", Severity::Warning, "shutdown"),
    page_of("sigterm-only-handler", Severity::Error, "shutdown"),
    page_of("singleton-per-worker", Severity::Warning, "schedule"),
    page_of("suspicious-value", Severity::Warning, "config"),
    page_of("swallowed-listen-error", Severity::Warning, "listen"),
    page_of("swallowed-startup-failure", Severity::Error, "startup"),
    page_of("syntax-error", Severity::Error, "config"),
    page_of("typescript-entry", Severity::Error, "startup"),
    page_of("unapplied-change", Severity::Warning, "config"),
    page_of("uncaught-exception", Severity::Error, "incident"),
    page_of("undefined-env-block", Severity::Warning, "config"),
    page_of("undefined-port", Severity::Warning, "listen"),
    page_of("uneven-load", Severity::Info, "incident"),
    page_of("unguarded-cron", Severity::Error, "schedule"),
    page_of("unguarded-process-send", Severity::Info, "readiness"),
    page_of("unhandled-rejection", Severity::Error, "incident"),
    page_of("unknown-option", Severity::Warning, "config"),
    page_of("unreadable-config", Severity::Error, "config"),
    page_of("unresolved-module", Severity::Error, "startup"),
    page_of("unselected-env-block", Severity::Info, "config"),
    page_of("unserialisable-message", Severity::Error, "state"),
    page_of("unused-ready-signal", Severity::Info, "readiness"),
    page_of("unused-waiver", Severity::Warning, "waiver"),
    page_of("watch-in-production", Severity::Error, "config"),
];

/// The page of a rule.
pub fn page(id: &str) -> Option<&'static Page> {
    PAGES.binary_search_by_key(&id, |page| page.id).ok().and_then(|at| PAGES.get(at))
}
