//! What pm2lint says: a finding, where it points, whom it concerns and what proves it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::checkout::Place;

/// How bad it is when it happens. Fixed by the rule, never moved by confidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ValueEnum)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Hurts under some load, restart or deploy.
    Warning,
    /// Breaks.
    Error,
}

/// How sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ValueEnum)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// It would vanish were an assumption wrong.
    Low,
    /// One undecided step, or an assumption that does not change the outcome.
    Medium,
    /// Everything was decided.
    High,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        })
    }
}

/// An app that a finding concerns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct AppRef {
    /// PM2's name of the app.
    pub name: Arc<str>,
    /// The process file, relative to the checkout.
    pub config: Arc<str>,
    /// The environments (`production` for `env_production`) it holds in; empty: in the base and all.
    pub envs: Vec<Arc<str>>,
}

/// A second place that a finding needs to be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What is there.
    pub message: String,
}

/// What in an archive confirms a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// `log`, `daemon`, `status`, or `absence` for a line that never came.
    pub kind: &'static str,
    /// Which `--logs` argument, from 0.
    pub archive: usize,
    /// The file, relative to the archive, with `/`.
    pub file: Arc<str>,
    /// The first line that says so, from 1.
    pub line: Option<u64>,
    /// How often.
    pub count: u64,
    /// RFC 3339, with an offset only where the zone is known.
    pub first: Option<String>,
    /// As `first`, the last time.
    pub last: Option<String>,
    /// The first such line, cut to a readable length.
    pub excerpt: String,
    /// The bytes of `excerpt` that say so, where it is known which: for drawing.
    #[serde(skip)]
    pub hit: Option<Range<usize>>,
}

/// A change of the sources that mends a finding, as its rule states it; [`crate::fix`] knows how it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it may do besides.
    pub safety: Safety,
    /// All of them, or none.
    pub changes: Vec<Change>,
}

/// What a fix may do besides mending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Safety {
    /// It says what was meant; nothing else can change.
    Safe,
    /// What runs changes: somebody should look at it.
    Unsafe,
}

/// One step of a [`Fix`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The property with its name at `key` gets another name.
    Rename {
        /// Where its name is.
        key: Place,
        /// The new one.
        to: Arc<str>,
    },
    /// The property with its name at `key` goes.
    Remove {
        /// Where its name is.
        key: Place,
    },
    /// An object of a process file gets a property, in place of the one with its name at `key`.
    Set {
        /// The object.
        object: Place,
        /// Where the name is now, if there is one.
        key: Option<Place>,
        /// The name.
        name: &'static str,
        /// The value.
        value: Literal,
    },
    /// An expression becomes another one.
    Replace {
        /// The expression.
        place: Place,
        /// The other one.
        text: String,
    },
    /// The statement that is the call at `call` runs only where `condition` holds.
    Guard {
        /// The call.
        call: Place,
        /// An expression.
        condition: String,
    },
    /// `statement` runs once the call at `listen` has opened the port.
    WhenListening {
        /// The call.
        listen: Place,
        /// With its semicolon.
        statement: &'static str,
    },
}

/// A value in a process file, whatever its language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// A whole number.
    Number(u64),
    /// `true`, `false`
    Bool(bool),
    /// A string without anything to escape, which is quoted as the file quotes.
    String(Arc<str>),
    /// Whole numbers.
    Numbers(&'static [u64]),
}

/// One finding: one rule, one primary place, one cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id.
    pub rule: &'static str,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// Whom it concerns.
    pub apps: Vec<AppRef>,
    /// What is wrong, and why: one or two sentences with the numbers.
    pub message: String,
    /// The change to make, for this code.
    pub help: String,
    /// Where. `None`: no file of the checkout says it (an incident alone).
    pub location: Option<Place>,
    /// What the primary place shows, a few words under the line.
    pub label: String,
    /// Enclosing function or option path: part of the fingerprint, stable when lines move.
    pub scope: String,
    /// The other places.
    pub related: Vec<Related>,
    /// What the logs say.
    pub evidence: Vec<Evidence>,
    /// The rule whose finding tells of what happened, where this one has a share in it only.
    pub told_by: Option<&'static str>,
    /// How to mend it, where that can be written down.
    pub fix: Option<Fix>,
    /// The reason of the waiver that covers it.
    pub waived: Option<Waiver>,
}

/// Why a finding is not counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiver {
    /// As written by the user.
    pub reason: String,
    /// Where it is written.
    #[serde(skip)]
    pub source: WaiverSource,
}

/// Where a waiver is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaiverSource {
    /// In a comment in the code.
    Comment,
    /// In the settings.
    Settings,
    /// In the baseline.
    Baseline,
}

impl Waiver {
    /// A waiver that a comment gives.
    pub fn by_comment(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), source: WaiverSource::Comment }
    }

    /// A waiver that the settings give.
    pub fn by_settings(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), source: WaiverSource::Settings }
    }

    /// The waiver of what the baseline holds.
    pub fn by_baseline() -> Self {
        Self { reason: "in the baseline".to_owned(), source: WaiverSource::Baseline }
    }
}

impl Finding {
    /// A finding of `rule` without a place yet; the builder methods fill in the rest.
    pub fn new(rule: &'static str, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity,
            confidence: Confidence::High,
            apps: Vec::new(),
            message: message.into(),
            help: String::new(),
            location: None,
            label: String::new(),
            scope: String::new(),
            related: Vec::new(),
            evidence: Vec::new(),
            told_by: None,
            fix: None,
            waived: None,
        }
    }

    /// The primary place, and what it shows.
    #[must_use]
    pub fn at(mut self, place: Place, label: impl Into<String>) -> Self {
        self.location = Some(place);
        self.label = label.into();
        self
    }

    /// Another place that explains.
    #[must_use]
    pub fn related(mut self, place: Option<Place>, message: impl Into<String>) -> Self {
        if let Some(place) = place {
            self.related.push(Related { place, message: message.into() });
        }
        self
    }

    /// What to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// How to mend it: `changes` that leave everything else as it is.
    #[must_use]
    pub fn safe_fix(self, changes: impl IntoIterator<Item = Change>) -> Self {
        self.fix(Safety::Safe, changes)
    }

    /// How to mend it: `changes` that somebody should look at.
    #[must_use]
    pub fn unsafe_fix(self, changes: impl IntoIterator<Item = Change>) -> Self {
        self.fix(Safety::Unsafe, changes)
    }

    fn fix(mut self, safety: Safety, changes: impl IntoIterator<Item = Change>) -> Self {
        let changes: Vec<Change> = changes.into_iter().collect();
        self.fix = (!changes.is_empty()).then_some(Fix { safety, changes });
        self
    }

    /// How sure.
    #[must_use]
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// No surer than `limit`.
    #[must_use]
    pub fn at_most(mut self, limit: Confidence) -> Self {
        self.confidence = self.confidence.min(limit);
        self
    }

    /// One step less sure: it hangs on one thing more.
    #[must_use]
    pub fn hedged(mut self) -> Self {
        self.confidence = match self.confidence {
            Confidence::High => Confidence::Medium,
            Confidence::Medium | Confidence::Low => Confidence::Low,
        };
        self
    }

    /// Enclosing function or option path.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = scope.into();
        self
    }

    /// Whom it concerns.
    #[must_use]
    pub fn app(mut self, app: AppRef) -> Self {
        self.apps.push(app);
        self
    }
}
