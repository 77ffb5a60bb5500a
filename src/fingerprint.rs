//! What a finding is called for ever: a name that stays when lines move, apps are renamed and environments come and go.

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use crate::checkout::Checkout;
use crate::finding::Finding;

/// The fingerprints of `findings`, in their order: 32 hex digits each, hashed from the rule, the file, the enclosing
/// function or option path, the text of the place, and the ordinal among findings that agree in all of these.
pub fn fingerprints(findings: &[Finding], checkout: &Checkout) -> Vec<String> {
    let mut seen = FxHashMap::default();
    findings
        .iter()
        .map(|finding| {
            let identity = identity(finding, checkout);
            let ordinal: &mut u32 = seen.entry(identity.clone()).or_default();
            *ordinal += 1;
            digest(&format!("{identity}\0{ordinal}"))
        })
        .collect()
}

fn identity(finding: &Finding, checkout: &Checkout) -> String {
    let file = finding.location.as_ref().map_or("", |place| &place.file);
    [finding.rule, file, &finding.scope, &text(finding, checkout)].join("\0")
}

/// The first line of the place, whitespace evened out: what follows may change without making it another finding.
fn text(finding: &Finding, checkout: &Checkout) -> String {
    let Some(place) = &finding.location else { return String::new() };
    let Some(source) = checkout.source(&place.file) else { return String::new() };
    let line = source.slice(place.span).lines().next().unwrap_or_default();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkout::{Place, Span};
    use crate::finding::{AppRef, Severity};

    /// The fingerprints of one finding at each occurrence of `listen` in `text`.
    fn of(text: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.js"), text).unwrap();
        let findings: Vec<Finding> = text
            .match_indices("listen")
            .map(|(at, _)| {
                let span = Span::new(at as u32, text.len() as u32);
                let app = AppRef { name: at.to_string().into(), config: "e.js".into(), envs: Vec::new() };
                Finding::new("shared-port", Severity::Error, at.to_string()).at(Place::new("a.js", span), "").app(app)
            })
            .collect();
        fingerprints(&findings, &Checkout::open(folder.path()).unwrap())
    }

    #[test]
    fn lines_that_move_and_apps_that_change_keep_the_fingerprint() {
        assert_eq!(of("listen(80)\nfoo()"), of("// new\n\n  listen(80)\r\nbar()"));
    }

    #[test]
    fn another_text_is_another_finding() {
        assert_ne!(of("listen(80)"), of("listen(81)"));
    }

    #[test]
    fn equals_are_told_apart_by_their_order() {
        let two = of("listen(80)\nlisten(80)");
        assert_ne!(two[0], two[1]);
        assert_eq!(two[0], of("listen(80)")[0]);
    }
}
