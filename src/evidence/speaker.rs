//! Who said it: the places in the program of which a line or a message without a stack may be.

use std::collections::BTreeSet;

use crate::archive::{ErrorBlock, Incident};
use crate::checkout::Place;
use crate::finding::Evidence;
use crate::fleet::{Action, App, Effect, Seen};

use super::Join;
use super::observe::innermost;
use super::probes::hits;
use super::texts::{Text, Way, exits_of};

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

    /// What the program says right before an end of its own that nobody asked for, if it was said about as often as it ended.
    pub(super) fn last_words(&self, app: &App<'_>, incident: &Incident) -> Option<(Place, Evidence)> {
        let ends = self.ends(app);
        let before: BTreeSet<(usize, &Place)> = ends.iter().flat_map(|end| self.said_before(app, end)).collect();
        let said =
            before.into_iter().flat_map(|(at, place)| hits(self.timeline, at).iter().map(move |hit| (hit, place)));
        let own = said.filter(|(hit, _)| hit.app.as_deref().is_some_and(|name| self.identity.is(name, &app.app.name)));
        let often = own.filter(|(hit, _)| hit.evidence.count * 2 >= incident.count.div_ceil(self.writers(incident)));
        often.max_by_key(|(hit, _)| hit.evidence.count).map(|(hit, place)| (place.clone(), hit.evidence.clone()))
    }

    /// Where the program may end itself: what was followed, and every `process.exit` that is written in it; without those that a
    /// signal makes it come to.
    fn ends(&self, app: &App<'_>) -> Vec<Place> {
        let followed =
            app.reached().filter(|(_, seen)| matches!(seen.action, Action::Exit | Action::Failure | Action::Throw));
        let (asked, own): (Vec<_>, Vec<_>) = followed.partition(|(_, seen)| is_told_to_stop(app, seen));
        let written = app.files.iter().filter_map(|file| Some((file, self.modules.lowered(file)?.ok()?)));
        let written = written.flat_map(|(file, module)| {
            exits_of(&module).map(|span| Place::new(file.clone(), span)).collect::<Vec<_>>()
        });
        let written = written.filter(|place| asked.iter().all(|(effect, _)| effect.place != *place));
        own.iter().map(|(effect, _)| effect.place.clone()).chain(written).collect()
    }

    /// The logs that the incident's lines may be spread over.
    fn writers(&self, incident: &Incident) -> u64 {
        (incident.workers.len() as u64).max(1)
    }

    /// The texts just above `end`, in a function that holds it.
    fn said_before<'j>(&'j self, app: &App<'_>, end: &'j Place) -> Vec<(usize, &'j Place)> {
        let Some(source) = self.modules.checkout().source(&end.file) else { return Vec::new() };
        let line = |place: &Place| source.position(place.span.start).line;
        let near = self.probes.of_file(&end.file).filter(|(text, _)| {
            let is_around = innermost(app, &text.place).is_none_or(|home| home.span.contains(end.span));
            is_around && line(&text.place) <= line(end) && line(end) - line(&text.place) <= NEAR
        });
        near.map(|(text, at)| (*at, &text.place)).collect()
    }
}

/// Whether a signal makes it come there: PM2 asked for that end.
fn is_told_to_stop(app: &App<'_>, seen: &Seen) -> bool {
    app.causes(seen).filter_map(Effect::best).any(|above| matches!(above.action, Action::Signal(_)))
}
