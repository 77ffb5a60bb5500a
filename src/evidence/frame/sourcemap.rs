//! Source maps of built files: inline, beside the file, in sections.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use sourcemap::{DecodedMap, decode_data_url, decode_slice};

use crate::archive::Frame;
use crate::checkout::{Checkout, file_name, normalize, parent};

use super::path::of_map;

/// What names the map of a built file.
const MARKS: [&str; 2] = ["//# sourceMappingURL=", "//@ sourceMappingURL="];

/// The maps that were read, by the built file.
#[derive(Default)]
pub(in crate::evidence) struct Maps(RefCell<BTreeMap<Arc<str>, Option<Arc<Map>>>>);

/// A map, and the folder that its sources are seen from.
struct Map {
    decoded: DecodedMap,
    folder: String,
}

impl Maps {
    /// The frame as the source of `built` has it; `path` is then relative to the checkout.
    pub fn original(&self, checkout: &Checkout, built: &Arc<str>, frame: &Frame) -> Option<Frame> {
        let map = self.0.borrow_mut().entry(built.clone()).or_insert_with(|| read(checkout, built)).clone()?;
        let token = map.decoded.lookup_token(frame.line.checked_sub(1)?, frame.column.saturating_sub(1))?;
        let path = of_map(checkout, &map.folder, token.get_source()?)?;
        Some(Frame {
            function: frame.function.clone(),
            path,
            line: token.get_src_line() + 1,
            column: token.get_src_col() + 1,
        })
    }
}

fn read(checkout: &Checkout, built: &str) -> Option<Arc<Map>> {
    let source = checkout.source(built)?;
    let named = MARKS.iter().filter_map(|mark| source.text().rfind(mark).map(|at| at + mark.len())).max();
    let address = named.and_then(|at| source.text().get(at..)?.lines().next()).map(str::trim);
    if let Some(data) = address.filter(|address| address.starts_with("data:")) {
        let decoded = decode_data_url(data).ok()?;
        return Some(Arc::new(Map { decoded, folder: parent(built).into() }));
    }
    let beside = format!("{}.map", file_name(built));
    let file = normalize(parent(built), address.unwrap_or(&beside))?;
    let decoded = decode_slice(checkout.source(&file)?.text().as_bytes()).ok()?;
    Some(Arc::new(Map { decoded, folder: parent(&file).into() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;

    /// Line 1 of the built file is line 3 of `../src/a.ts`.
    const MAP: &str = r#"{"version":3,"file":"a.js","sources":["../src/a.ts"],"names":[],"mappings":"AAEA"}"#;

    fn original(files: &[(&str, &str)], line: u32) -> Option<(String, u32)> {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in files.iter().chain(&[("src/a.ts", "1\n2\nthrow 1;\n4\n5\nthrow 2;")]) {
            let file = folder.path().join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        let checkout = Checkout::open(folder.path()).unwrap();
        let frame = Frame { function: None, path: "/srv/dist/a.js".into(), line, column: 1 };
        let found = Maps::default().original(&checkout, &"dist/a.js".into(), &frame)?;
        Some((found.path.to_string(), found.line))
    }

    #[test]
    fn maps_are_found_beside_the_file_and_in_it() {
        let third = Some(("src/a.ts".to_owned(), 3));
        let named = ("dist/a.js", "throw 1;\n//# sourceMappingURL=maps/a.js.map\n");
        let moved = MAP.replace("../src", "../../src");
        assert_eq!(original(&[named, ("dist/maps/a.js.map", &moved)], 1), third);
        assert_eq!(original(&[("dist/a.js", "throw 1;"), ("dist/a.js.map", MAP)], 1), third);
        let data = base64::engine::general_purpose::STANDARD.encode(MAP);
        let inline = format!("throw 1;\n//# sourceMappingURL=data:application/json;base64,{data}\n");
        assert_eq!(original(&[("dist/a.js", &inline)], 1), third);
    }

    #[test]
    fn maps_in_sections_and_with_addresses_are_read() {
        let part = MAP.replace("../src/a.ts", "webpack://shop/./src/a.ts");
        let sections = format!(r#"{{"version":3,"sections":[{{"offset":{{"line":4,"column":0}},"map":{part}}}]}}"#);
        assert_eq!(original(&[("dist/a.js", ""), ("dist/a.js.map", &sections)], 5), Some(("src/a.ts".into(), 3)));
    }

    #[test]
    fn broken_maps_are_none() {
        for map in ["", "{}", "[]", "{\"version\":3,\"mappings\":\"!!\",\"sources\":[\"a\"]}"] {
            assert_eq!(original(&[("dist/a.js", ""), ("dist/a.js.map", map)], 1), None, "{map}");
        }
    }
}
