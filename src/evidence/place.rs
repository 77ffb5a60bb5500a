//! From a stack frame of the host to a place in the checkout.

use std::sync::Arc;

use crate::archive::{ErrorBlock, Frame, Incident};
use crate::checkout::{Place, Span, normalize};

use super::Join;

impl Join<'_> {
    /// The innermost frame of an error that lies in the checkout.
    pub(super) fn frame_place(&self, error: &ErrorBlock, incident: &Incident) -> Option<Place> {
        let own = error.frames.iter().filter(|frame| frame.is_app());
        let below = || error.cause.as_ref().and_then(|cause| self.frame_place(cause, incident));
        own.filter_map(|frame| self.locate(frame, incident.app.as_deref())).next().or_else(below)
    }

    pub(super) fn locate(&self, frame: &Frame, app: Option<&str>) -> Option<Place> {
        let file = self.file(&frame.path, app)?;
        let source = self.checkout.source(&file)?;
        if frame.line > source.line_count() {
            return None;
        }
        let line = source.line_span(frame.line);
        let text = source.slice(line);
        let indent = text.len() - text.trim_start().len();
        Some(Place::new(file, Span::new(line.start + indent as u32, line.end)))
    }

    /// The file of the checkout that lay at `path` on the host: below the app's working directory there, else by the
    /// longest tail that is a file here.
    fn file(&self, path: &str, app: Option<&str>) -> Option<Arc<str>> {
        let path = path.replace('\\', "/");
        let below_cwd = self.cwds(app).find_map(|(host, here)| {
            let below = path.strip_prefix(host)?.strip_prefix('/')?;
            normalize(here, below)
        });
        let tails = path.match_indices('/').map(|(slash, _)| path[slash + 1..].to_owned());
        below_cwd.into_iter().chain(tails).find(|file| self.checkout.is_file(file)).map(Arc::from)
    }

    /// The working directories of the app: on the host, and in the checkout.
    fn cwds<'s>(&'s self, app: Option<&'s str>) -> impl Iterator<Item = (&'s str, &'s str)> {
        let here = app.and_then(|name| self.app(name)).map_or("", |app| &*app.launch.cwd.value);
        let named = self.timeline.processes.iter().filter(move |process| Some(&*process.name) == app);
        named.filter_map(move |process| Some((process.pm2_env.get("pm_cwd")?.as_str()?, here)))
    }

    /// Whether two places may be of one statement.
    pub(super) fn is_near(&self, one: &Place, other: &Place) -> bool {
        let Some(source) = self.checkout.source(&one.file).filter(|_| one.file == other.file) else { return false };
        let line = |place: &Place| source.position(place.span.start).line;
        line(one).abs_diff(line(other)) <= NEAR
    }
}

/// Lines between a frame of a stack and a finding that speak of the same statement.
const NEAR: u32 = 3;
