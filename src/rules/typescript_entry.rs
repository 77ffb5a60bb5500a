//! `typescript-entry`: a TypeScript file as script and nothing that runs TypeScript. PM2 5 to 7 look for bun, PM2 4 for ts-node;
//! PM2 7 makes do with a Node that strips types, from 22.18 on. lib/Common.js:426 (v7.0.4).

use super::same_cause::add;
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Confidence, Finding, Severity};
use crate::pm2::{Launch, Version};

/// Looks for TypeScript without an interpreter.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for (app, launch) in ecosystem.launches() {
        let script = launch.script.as_deref().unwrap_or_default();
        let Some(extension) = [".ts", ".tsx"].into_iter().find(|extension| script.ends_with(extension)) else {
            continue;
        };
        let strips = extension == ".ts" && strips_types(ecosystem);
        if launch.interpreter.place.is_none() && launch.command_line.is_none() && !strips {
            add(findings, finding(app, launch, extension, ecosystem.version));
        }
    }
}

/// PM2 7 on a Node that runs TypeScript itself.
fn strips_types(ecosystem: &Ecosystem) -> bool {
    let mut numbers = ecosystem.node.iter().flat_map(|version| version.split('.')).map_while(|part| part.parse::<u32>().ok());
    let (major, minor) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    ecosystem.version == Version::V7 && (major, minor) >= (22, 18)
}

fn finding(app: &App, launch: &Launch, extension: &str, version: Version) -> Finding {
    let can_strip = version == Version::V7 && extension == ".ts";
    let (wanted, confidence) = match version {
        Version::V4 => (
            "PM2 4 runs it with its own ts-node, and refuses to start the app where that is not installed",
            Confidence::Medium,
        ),
        _ if can_strip => (
            "PM2 7 runs it with bun or a Node from 22.18 on, and refuses to start the app where there is neither",
            Confidence::Low,
        ),
        _ => ("PM2 runs it with bun, and refuses to start the app where bun is not installed", Confidence::Medium),
    };
    let message = format!(
        "the script is TypeScript and no `interpreter` is written: {wanted}; a loader in `node_args` does not change that"
    );
    Finding::new("typescript-entry", Severity::Error, message)
        .at(app.place_or_entry(launch.script_place.as_ref()), "TypeScript")
        .help(
            "compile it and name the JavaScript file; or write `interpreter: 'node'` with `node_args: '--import tsx'`",
        )
        .confidence(confidence)
        .scope("script")
        .app(app.reference_in(launch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::{ecosystem, findings};

    #[test]
    fn typescript_without_an_interpreter_is_told() {
        assert_eq!(findings(check, "apps: [{ script: src/a.ts }, { script: b.tsx }]").len(), 2);
        assert!(
            findings(
                check,
                "apps: [{ script: a.ts, interpreter: tsx }, { script: dist/a.js }, { script: npx tsx a.ts }]"
            )
            .is_empty()
        );
    }

    #[test]
    fn what_is_installed_decides_the_confidence() {
        let confidence = |version| {
            let mut found = Vec::new();
            check(&Ecosystem { version, ..ecosystem("apps: [{ script: a.ts }]") }, &mut found);
            found[0].confidence
        };
        assert_eq!((confidence(Version::V7), confidence(Version::V6)), (Confidence::Low, Confidence::Medium));
    }
}
