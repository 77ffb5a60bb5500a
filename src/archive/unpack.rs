//! Opens logs, packed or not.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

/// The first bytes of a gzip file.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The text of the file at `path`, unpacked if its content is gzip, whatever its name.
///
/// # Errors
/// The file cannot be opened.
pub(super) fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    let mut file = File::open(path)?;
    let mut magic = Vec::new();
    file.by_ref().take(2).read_to_end(&mut magic)?;
    let is_gzip = magic == GZIP;
    let whole = io::Cursor::new(magic).chain(file);
    Ok(if is_gzip { Box::new(MultiGzDecoder::new(BufReader::with_capacity(1 << 16, whole))) } else { Box::new(whole) })
}

/// The first `limit` bytes of the text, as far as they can be read.
pub(super) fn head(path: &Path, limit: u64) -> String {
    let mut bytes = Vec::new();
    if let Ok(text) = open(path) {
        // What was read before an error stays in `bytes`; reading the whole file reports the error.
        let _ = text.take(limit).read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
