//! Where a large log may be cut, so that several threads read it and tell what one would.
//!
//! A cut lies where nothing is being read: so many lines before it hold no needle that every error has ended there, and so many
//! lines after it that no error reaches back over it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use aho_corasick::AhoCorasick;

use crate::archive::errors::assemble;
use crate::archive::text::{lines, unpack};

/// So many lines without a needle come before a cut.
const BEFORE: usize = assemble::LONGEST as usize + 2;
/// So many come after it.
const AFTER: usize = lines::CONTEXT + 1;

/// How a log is cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cutting {
    /// How large a part is, in bytes.
    pub part: u64,
    /// So much is looked at for each cut, in bytes.
    pub window: u64,
}

impl Default for Cutting {
    /// A part is read in some 20 ms, which is worth a thread.
    fn default() -> Self {
        Self { part: 64 << 20, window: 512 << 10 }
    }
}

/// The parts of the log at `path`, in bytes; one if it is small, packed or nowhere quiet. The last one has no end: logs grow.
pub(super) fn parts(path: &Path, needles: &AhoCorasick, cutting: Cutting) -> Vec<Range<u64>> {
    let cuts = cuts(path, needles, cutting).unwrap_or_default();
    let begins = [0].into_iter().chain(cuts.iter().copied());
    begins.zip(cuts.iter().copied().chain([u64::MAX])).map(|(begin, end)| begin..end).collect()
}

/// The text of one of the [`parts`].
///
/// # Errors
/// As [`unpack::open`].
pub(super) fn open(path: &Path, part: &Range<u64>) -> io::Result<Box<dyn Read>> {
    if part.start == 0 {
        return Ok(Box::new(unpack::open(path)?.take(part.end)));
    }
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(part.start))?;
    Ok(Box::new(file.take(part.end - part.start)))
}

fn cuts(path: &Path, needles: &AhoCorasick, Cutting { part, window }: Cutting) -> io::Result<Vec<u64>> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut cuts = Vec::new();
    if size < 2 * part || !unpack::is_plain(&mut file)? {
        return Ok(cuts);
    }
    let mut text = Vec::new();
    for begin in (1..size / part).map(|number| number * part) {
        file.seek(SeekFrom::Start(begin))?;
        text.clear();
        file.by_ref().take(window).read_to_end(&mut text)?;
        cuts.extend(quiet(&text, needles).map(|at| begin + at as u64));
    }
    Ok(cuts)
}

/// The first place in `text` with enough lines without needles around it.
fn quiet(text: &[u8], needles: &AhoCorasick) -> Option<usize> {
    let line_end = |from: usize| Some(from + memchr::memchr(b'\n', text.get(from..)?)? + 1);
    let mut begin = line_end(0)?;
    loop {
        let hit = needles.find(text.get(begin..)?).map_or(text.len(), |hit| begin + hit.start());
        let mut ends = memchr::memchr_iter(b'\n', text.get(begin..hit)?).map(|end| begin + end + 1);
        if let (Some(at), Some(_)) = (ends.nth(BEFORE - 1), ends.nth(AFTER - 1)) {
            return Some(at);
        }
        begin = line_end(hit)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needles() -> AhoCorasick {
        AhoCorasick::new(["hit"]).unwrap()
    }

    #[test]
    fn a_cut_has_quiet_lines_on_both_sides() {
        let calm = "calm\n".repeat(BEFORE + AFTER);
        let text = format!("half a line\n{}hit\n{calm}hit\n", "calm\n".repeat(BEFORE));
        let at = quiet(text.as_bytes(), &needles()).unwrap();
        assert!(text[..at].ends_with(&format!("hit\n{}", "calm\n".repeat(BEFORE))), "after enough lines");
        assert!(text[at..].starts_with(&"calm\n".repeat(AFTER)), "before as many as matter");
        assert_eq!(quiet(format!("half\n{}", &calm[5..]).as_bytes(), &needles()), None, "a line is missing");
    }

    #[test]
    fn parts_lie_side_by_side_and_small_or_packed_files_are_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("api-error.log");
        let cutting = Cutting { part: 1 << 14, window: 1 << 13 };
        std::fs::write(&path, "a calm line of a log\n".repeat(4_000)).unwrap();
        let cut = parts(&path, &needles(), cutting);
        assert_eq!(cut.len(), 5);
        assert!(cut.windows(2).all(|two| two[0].end == two[1].start), "{cut:?}");
        let text: String = cut.iter().map(|part| io::read_to_string(open(&path, part).unwrap()).unwrap()).collect();
        assert_eq!(text.len(), 84_000);
        let is_whole = |path, cutting| parts(path, &needles(), cutting).iter().eq([&(0..u64::MAX)]);
        assert!(is_whole(&path, Cutting::default()), "it is small");
        let packed = [b"\x1f\x8b".to_vec(), vec![b'\n'; 1 << 17]].concat();
        std::fs::write(&path, packed).unwrap();
        assert!(is_whole(&path, cutting), "it is packed");
        assert!(is_whole(&folder.path().join("none"), cutting), "it is not there");
    }
}
