//! Process files for tests: whatever their name, their text is YAML (JSON is YAML too).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Ecosystem, Problem, ProcessFile, Sources, load, problem, yaml};
use crate::finding::Finding;
use crate::js::Node;
use crate::pm2::Version;

/// A checkout in memory.
pub struct Files(BTreeMap<&'static str, &'static str>);

impl Sources for Files {
    fn text(&self, file: &str) -> Option<Arc<str>> {
        self.0.get(file).map(|text| (*text).into())
    }

    fn evaluate(&self, file: &str) -> Result<Node, Problem> {
        let file: Arc<str> = file.into();
        let text = self.text(&file).unwrap_or_default();
        yaml::parse(&file, &text).map_err(|error| problem::broken_yaml(&file, &error))
    }

    fn is_es_module(&self, _file: &Arc<str>) -> bool {
        false
    }
}

/// The first of the files as PM2 7 reads it.
pub fn ecosystem_in<const N: usize>(files: [(&'static str, &'static str); N]) -> Option<Ecosystem> {
    load(&ProcessFile::named(files[0].0), &Files(files.into()), Version::V7)
}

/// `ecosystem.config.js` with this text, which must be a process file.
pub fn ecosystem(text: &'static str) -> Ecosystem {
    ecosystem_in([("ecosystem.config.js", text)]).expect("a process file")
}

/// What a rule says of `ecosystem.config.js`: each finding as the text of its place and its message.
pub fn findings(check: fn(&Ecosystem, &mut Vec<Finding>), text: &'static str) -> Vec<(String, String)> {
    let mut findings = Vec::new();
    check(&ecosystem(text), &mut findings);
    let place = |finding: &Finding| {
        finding.location.as_ref().map_or("", |place| &text[place.span.start as usize..place.span.end as usize])
    };
    findings.iter().map(|finding| (place(finding).to_string(), finding.message.clone())).collect()
}

/// As [`findings`], of one app with these options: where it finds something, in order.
pub fn places(check: fn(&Ecosystem, &mut Vec<Finding>), options: &str) -> Vec<String> {
    of_app(check, options).into_iter().map(|(place, _)| place).collect()
}

/// As [`findings`], of one app with these options: what it says.
pub fn messages(check: fn(&Ecosystem, &mut Vec<Finding>), options: &str) -> Vec<String> {
    of_app(check, options).into_iter().map(|(_, message)| message).collect()
}

/// As [`findings`], of one app with these options.
pub fn of_app(check: fn(&Ecosystem, &mut Vec<Finding>), options: &str) -> Vec<(String, String)> {
    findings(check, format!("apps: [{{ script: a.js, {options} }}]").leak())
}
