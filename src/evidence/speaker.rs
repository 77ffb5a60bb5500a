//! Who said it: the places in the program of which a line or a message without a stack may be.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::archive::{ErrorBlock, Incident};
use crate::checkout::Place;
use crate::finding::Evidence;
use crate::fleet::{Action, App, Effect};
use crate::js::eval::When;

use super::Join;
use super::observe::innermost;
use super::probes::hits;
use super::texts::{Text, Way};

/// Lines between what is printed and the end that follows it.
const NEAR: u32 = 12;

impl Join<'_> {
    /// Where an error is made whose stack leads nowhere in the checkout, by its message: of several texts that fit those that say
    /// most of it.
    pub(super) fn made_at(&self, error: &ErrorBlock, app: &App<'_>) -> Vec<Place> {
        let own = app.files.iter().flat_map(|file| self.probes.of_file(file)).map(|(text, _)| text);
        let fitting: Vec<&Text> =
            own.filter(|text| text.way == Way::Thrown && text.line.fits(&error.message)).collect();
        let most = fitting.iter().map(|text| text.line.weight()).max();
        let told = fitting.into_iter().filter(|text| Some(text.line.weight()) == most);
        told.map(|text| text.place.clone()).collect()
    }

    /// What the program says right before an end of its own while it loads, if it was said about as often as it ended.
    pub(super) fn last_words(&self, app: &App<'_>, incident: &Incident) -> Option<(Place, Evidence)> {
        let ends = app.reached().filter(|(_, seen)| {
            seen.when == When::Load && matches!(seen.action, Action::Exit | Action::Failure | Action::Throw)
        });
        let before: BTreeSet<(usize, &Place)> = ends.flat_map(|(effect, _)| self.said_before(app, effect)).collect();
        let said =
            before.into_iter().flat_map(|(at, place)| hits(self.timeline, at).iter().map(move |hit| (hit, place)));
        let own = said.filter(|(hit, _)| hit.app.as_deref().is_some_and(|name| self.identity.is(name, &app.app.name)));
        let often = own.filter(|(hit, _)| hit.evidence.count * 2 >= incident.count.div_ceil(self.writers(incident)));
        often.max_by_key(|(hit, _)| hit.evidence.count).map(|(hit, place)| (place.clone(), hit.evidence.clone()))
    }

    /// The logs that the incident's lines may be spread over.
    fn writers(&self, incident: &Incident) -> u64 {
        (incident.workers.len() as u64).max(1)
    }

    /// The texts just above `end` in its function.
    fn said_before<'j>(&'j self, app: &'j App<'_>, end: &'j Effect) -> Vec<(usize, &'j Place)> {
        let Some(source) = self.modules.checkout().source(&end.place.file) else { return Vec::new() };
        let line = |place: &Place| source.position(place.span.start).line;
        let home: Option<&Place> = innermost(app, end);
        let file: &Arc<str> = &end.place.file;
        let near = self.probes.of_file(file).filter(|(text, _)| {
            let is_inside = home.is_none_or(|home| home.span.contains(text.place.span));
            is_inside && line(&text.place) <= line(&end.place) && line(&end.place) - line(&text.place) <= NEAR
        });
        near.map(|(text, at)| (*at, &text.place)).collect()
    }
}
