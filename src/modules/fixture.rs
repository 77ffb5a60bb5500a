//! Small checkouts for tests.

use std::fs;

use crate::checkout::Checkout;

/// A checkout that lives as long as the test.
pub(crate) struct Fixture {
    _directory: tempfile::TempDir,
    pub checkout: Checkout,
}

/// A checkout with these files: each line that starts with `=== ` names a file, the lines below are its text.
pub(crate) fn fixture(files: &str) -> Fixture {
    let directory = tempfile::tempdir().unwrap();
    for file in files.split("=== ").skip(1) {
        let (name, text) = file.split_once('\n').unwrap_or((file, ""));
        let path = directory.path().join(name.trim());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let checkout = Checkout::open(directory.path()).unwrap();
    Fixture { _directory: directory, checkout }
}
