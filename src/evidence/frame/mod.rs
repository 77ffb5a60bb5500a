//! From a stack of the host to a place in the checkout.
//!
//! The host had the files elsewhere, built, or as another commit had them: paths are matched from their end, built files are
//! taken back to their sources, and where the line does not hold what the stack says, that is looked for near it.

mod import;
mod path;
mod shape;
mod sourcemap;

use std::sync::Arc;

use crate::archive::{ErrorBlock, Frame};
use crate::checkout::{Place, Span};
use crate::modules::Modules;

use super::Join;
use path::{Match, Roots};
use shape::Shape;
pub(super) use sourcemap::Maps;

/// A place that a stack speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Where.
    pub place: Place,
    /// The line of the stack is another one here, or no line is known: the place was found by what it does.
    pub is_approximate: bool,
}

impl Join<'_> {
    /// The innermost frame of an error that lies in the checkout.
    pub(super) fn frame_place(&self, error: &ErrorBlock, app: Option<&str>) -> Option<Found> {
        let own = error.frames.iter().enumerate().filter(|(_, frame)| frame.is_app());
        let below = || error.cause.as_ref().and_then(|cause| self.frame_place(cause, app));
        own.filter_map(|(index, _)| self.locate(error, index, app)).next().or_else(below)
    }

    /// Where frame number `index` of a stack is.
    pub(super) fn locate(&self, error: &ErrorBlock, index: usize, app: Option<&str>) -> Option<Found> {
        let frame = error.frames.get(index)?;
        let shape = Shape::of(error, index)?;
        match self.roots(app).find(self.modules, &frame.path)? {
            Match::Itself(file) => match self.maps.original(self.modules.checkout(), &file, frame) {
                Some(original) => place_of(self.modules, &original.path, &original, &shape),
                None => self.in_source(&file, &shape).or_else(|| place_of(self.modules, &file, frame, &shape)),
            },
            Match::Source(file) => anywhere(self.modules, &file, &shape),
        }
    }

    /// The place in what the file, which was built, was built from.
    fn in_source(&self, built: &str, shape: &Shape<'_>) -> Option<Found> {
        anywhere(self.modules, &self.modules.resolver().source_of(built)?.into(), shape)
    }

    /// Where the app's files may lie in the checkout.
    fn roots(&self, app: Option<&str>) -> Roots<'_> {
        let known = app.and_then(|name| self.app(name));
        let hosts = self.timeline.processes.iter().filter(|process| Some(&*process.name) == app);
        Roots {
            cwd: known.map_or("", |app| &app.launch.cwd.value),
            files: known.map_or(&[], |app| &app.files),
            host_cwds: hosts.filter_map(|process| process.pm2_env.get("pm_cwd")?.as_str()).collect(),
        }
    }

    /// Whether two places may be of one statement.
    pub(super) fn is_near(&self, one: &Place, other: &Place) -> bool {
        let Some(source) = self.modules.checkout().source(&one.file).filter(|_| one.file == other.file) else {
            return false;
        };
        let line = |place: &Place| source.position(place.span.start).line;
        line(one).abs_diff(line(other)) <= NEAR
    }
}

/// Lines between a frame of a stack and a finding that speak of the same statement.
const NEAR: u32 = 3;

fn lowered(modules: &Modules<'_>, file: &Arc<str>) -> Option<Arc<crate::js::ir::Module>> {
    modules.lowered(file)?.ok()
}

fn anywhere(modules: &Modules<'_>, file: &Arc<str>, shape: &Shape<'_>) -> Option<Found> {
    let place = shape.anywhere(file, &*lowered(modules, file)?)?;
    Some(Found { place, is_approximate: true })
}

/// The line of `frame` in `file`, or the one near it that does what the stack says.
fn place_of(modules: &Modules<'_>, file: &Arc<str>, frame: &Frame, shape: &Shape<'_>) -> Option<Found> {
    let source = modules.checkout().source(file)?;
    let elsewhere = lowered(modules, file).and_then(|module| shape.elsewhere(&source, &module, frame));
    if let Some(span) = elsewhere {
        return Some(Found { place: Place::new(file.clone(), span), is_approximate: true });
    }
    if frame.line > source.line_count() {
        return None;
    }
    let line = source.line_span(frame.line);
    let text = source.slice(line);
    let indent = text.len() - text.trim_start().len();
    Some(Found {
        place: Place::new(file.clone(), Span::new(line.start + indent as u32, line.end)),
        is_approximate: false,
    })
}
