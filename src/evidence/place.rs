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
        own.filter_map(|frame| self.locate(frame, incident)).next().or_else(below)
    }

    fn locate(&self, frame: &Frame, incident: &Incident) -> Option<Place> {
        let file = self.file(&frame.path, incident)?;
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
    pub(super) fn file(&self, path: &str, incident: &Incident) -> Option<Arc<str>> {
        let path = path.replace('\\', "/");
        let below_cwd = self.cwds(incident).find_map(|(host, here)| {
            let below = path.strip_prefix(host)?.strip_prefix('/')?;
            normalize(here, below)
        });
        let tails = path.match_indices('/').map(|(slash, _)| path[slash + 1..].to_owned());
        below_cwd.into_iter().chain(tails).find(|file| self.checkout.is_file(file)).map(Arc::from)
    }

    /// The working directories of the app: on the host, and in the checkout.
    fn cwds<'s>(&'s self, incident: &'s Incident) -> impl Iterator<Item = (&'s str, &'s str)> {
        let here = self.app(incident).map_or("", |app| &*app.launch.cwd.value);
        let named = self.timeline.processes.iter().filter(|process| Some(&process.name) == incident.app.as_ref());
        named.filter_map(move |process| Some((process.pm2_env.get("pm_cwd")?.as_str()?, here)))
    }
}
