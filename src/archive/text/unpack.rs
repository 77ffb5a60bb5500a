//! Opens logs, packed or not, in whatever Unicode they were written.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

/// How files begin that are packed in a way that is not read here.
const FOREIGN: [(&[u8], &str); 4] =
    [(b"\x28\xb5\x2f\xfd", "zstd"), (b"\xfd7zXZ", "xz"), (b"BZh", "bzip2"), (b"PK\x03\x04", "zip")];

/// The text of the file at `path`, unpacked if its content is gzip, whatever its name, as UTF-8 if it is UTF-16.
///
/// # Errors
/// The file cannot be opened, or is packed otherwise.
pub(in crate::archive) fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    let (magic, file) = peeked(File::open(path)?, 6)?;
    if let Some((_, name)) = FOREIGN.iter().find(|(begin, _)| magic.starts_with(begin)) {
        return Err(io::Error::other(format!("it is packed by {name}; unpack it, or pack it by gzip")));
    }
    if magic.starts_with(&[0x1f, 0x8b]) {
        utf8(MultiGzDecoder::new(BufReader::with_capacity(1 << 16, file)))
    } else {
        utf8(file)
    }
}

/// Whether `file` is text as it is: not packed, and with no byte order mark or zero byte to tell of UTF-16.
///
/// # Errors
/// It cannot be read.
pub(in crate::archive) fn is_plain(file: &mut File) -> io::Result<bool> {
    let mut head = Vec::new();
    file.take(4).read_to_end(&mut head)?;
    Ok(head.is_ascii() && !head.contains(&0) && !FOREIGN.iter().any(|(begin, _)| head.starts_with(begin)))
}

/// The first `limit` bytes of the text, as far as they can be read.
pub(in crate::archive) fn head(path: &Path, limit: u64) -> String {
    let mut bytes = Vec::new();
    if let Ok(text) = open(path) {
        // What was read before an error stays in `bytes`; reading the whole file reports the error.
        let _ = text.take(limit).read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The first `limit` bytes of the text and the last ones, as far as they can be read; of a packed file the first alone.
pub(in crate::archive) fn ends(path: &Path, limit: u64) -> String {
    let mut text = head(path, limit);
    if let Ok(tail) = tail(path, limit) {
        text.push_str(&tail);
    }
    text
}

/// The last `limit` bytes of a file that is not packed, from a line's beginning on, without those that are in its head.
fn tail(path: &Path, limit: u64) -> io::Result<String> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut bytes = Vec::new();
    if size > limit && is_plain(&mut file)? {
        file.seek(SeekFrom::Start(limit.max(size - limit)))?;
        file.take(limit).read_to_end(&mut bytes)?;
    }
    let begin = memchr::memchr(b'\n', &bytes).unwrap_or(bytes.len());
    Ok(String::from_utf8_lossy(bytes.get(begin..).unwrap_or_default()).into_owned())
}

/// The first bytes of `source`, and all of it.
fn peeked<R: Read>(mut source: R, count: u64) -> io::Result<(Vec<u8>, impl Read)> {
    let mut head = Vec::new();
    source.by_ref().take(count).read_to_end(&mut head)?;
    Ok((head.clone(), io::Cursor::new(head).chain(source)))
}

/// The code unit of two bytes.
type Unit = fn([u8; 2]) -> u16;

/// `text` without its byte order mark, as UTF-8: what PowerShell redirects is UTF-16.
fn utf8(text: impl Read + 'static) -> io::Result<Box<dyn Read>> {
    let (head, mut text) = peeked(text, 4)?;
    let (mark, unit): (u64, Option<Unit>) = match head[..] {
        [0xff, 0xfe, ..] => (2, Some(u16::from_le_bytes)),
        [0xfe, 0xff, ..] => (2, Some(u16::from_be_bytes)),
        [0xef, 0xbb, 0xbf, ..] => (3, None),
        [1..=255, 0, 1..=255, 0] => (0, Some(u16::from_le_bytes)),
        [0, 1..=255, 0, 1..=255] => (0, Some(u16::from_be_bytes)),
        _ => (0, None),
    };
    io::copy(&mut text.by_ref().take(mark), &mut io::sink())?;
    Ok(match unit {
        Some(unit) => Box::new(FromUtf16::new(text, unit)),
        None => Box::new(text),
    })
}

/// UTF-16, read as UTF-8.
struct FromUtf16<R> {
    source: R,
    unit: fn([u8; 2]) -> u16,
    /// Not yet read as characters.
    raw: Vec<u8>,
    text: Vec<u8>,
    /// So much of `text` was handed on.
    told: usize,
}

impl<R: Read> FromUtf16<R> {
    fn new(source: R, unit: fn([u8; 2]) -> u16) -> Self {
        Self { source, unit, raw: Vec::new(), text: Vec::new(), told: 0 }
    }

    /// Reads on until there is text, or the end.
    fn refill(&mut self) -> io::Result<()> {
        (self.text, self.told) = (Vec::new(), 0);
        let mut chunk = [0; 1 << 13];
        while self.text.is_empty() {
            let read = self.source.read(&mut chunk)?;
            self.raw.extend(chunk.iter().take(read));
            if self.raw.is_empty() {
                return Ok(());
            }
            self.characters(read == 0);
        }
        Ok(())
    }

    /// Half a character waits for its other half, unless this is the end.
    fn characters(&mut self, is_end: bool) {
        let pairs = self.raw.chunks_exact(2).filter_map(|pair| pair.try_into().ok());
        let mut units: Vec<u16> = pairs.map(self.unit).collect();
        if units.last().is_some_and(|last| (0xd800..0xdc00).contains(last)) && !is_end {
            units.pop();
        }
        let read = if is_end { self.raw.len() } else { units.len() * 2 };
        self.raw.drain(..read);
        let characters = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER));
        self.text = characters.collect::<String>().into_bytes();
    }
}

impl<R: Read> Read for FromUtf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.told == self.text.len() {
            self.refill()?;
        }
        let read = self.text.get(self.told..).unwrap_or_default().read(buffer)?;
        self.told += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> String {
        let mut text = String::new();
        utf8(io::Cursor::new(bytes.to_vec())).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn every_unicode_becomes_utf_8() {
        let text = "Error: Zür\u{1f980}\r\nnext\n";
        assert_eq!(read(text.as_bytes()), text);
        assert_eq!(read(&[b"\xef\xbb\xbf", text.as_bytes()].concat()), text);
        for marked in [format!("\u{feff}{text}"), text.to_owned()] {
            assert_eq!(read(&utf16(&marked, u16::to_le_bytes)), text);
            assert_eq!(read(&utf16(&marked, u16::to_be_bytes)), text);
        }
    }

    #[test]
    fn long_and_torn_utf_16_is_read_to_its_end() {
        let text = "\u{1f980}x".repeat(10_000);
        let mut bytes = utf16(&format!("\u{feff}{text}"), u16::to_le_bytes);
        assert_eq!(read(&bytes), text);
        bytes.extend([0x3d, 0xd8, 0x80]);
        assert_eq!(read(&bytes), text + "\u{fffd}");
        assert_eq!(read(b""), "");
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..100), mark in 0_usize..3) {
            let mark: &[u8] = [&b"\xff\xfe"[..], b"\xfe\xff", b""][mark];
            let _ = utf8(io::Cursor::new([mark, &bytes].concat())).and_then(|mut text| text.read_to_end(&mut Vec::new()));
        }
    }
}
