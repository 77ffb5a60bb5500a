use std::fs;

use super::*;

/// A checkout with these files in a directory of its own.
fn checkout(files: &[(&str, &str)]) -> (tempfile::TempDir, Checkout) {
    let directory = tempfile::tempdir().unwrap();
    for (file, text) in files {
        let path = directory.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let checkout = Checkout::open(directory.path()).unwrap();
    (directory, checkout)
}

fn listed(checkout: &Checkout) -> Vec<&str> {
    checkout.files().iter().map(|file| &**file).collect()
}

#[test]
fn ignore_files_rule_their_own_folder_and_the_inner_one_wins() {
    let (_directory, checkout) = checkout(&[
        (".gitignore", "dist/\n*.log\n/only-root.js\n[broken\n"),
        ("a.js", ""),
        ("a/only-root.js", ""),
        ("a.log", ""),
        ("dist/server.js", ""),
        ("only-root.js", ""),
        ("api/.gitignore", "!keep.log\nsecret.js\n"),
        ("api/.ignore", "!secret.js\n"),
        ("api/keep.log", ""),
        ("api/secret.js", ""),
        ("api/node_modules/express/index.js", ""),
        ("web/secret.js", ""),
        (".git/config", ""),
    ]);
    assert_eq!(
        listed(&checkout),
        [
            ".gitignore",
            "a.js",
            "a/only-root.js",
            "api/.gitignore",
            "api/.ignore",
            "api/keep.log",
            "api/secret.js",
            "web/secret.js"
        ]
    );
    let ignored: Vec<&str> = checkout.ignored_files().iter().map(|file| &**file).collect();
    assert_eq!(ignored, ["a.log", "only-root.js"]);
    assert_eq!(checkout.files_read(), 0);
}

#[test]
fn what_does_not_exist_may_be_ignored() {
    let (_directory, checkout) =
        checkout(&[(".gitignore", "generated/\n*.local.json\n"), ("api/.gitignore", "!keep.local.json\n")]);
    let ignored =
        ["generated/client.js", "api/generated/x/y.js", "config.local.json", "api/keep.local.json", "src/a.js"];
    assert_eq!(ignored.map(|file| checkout.is_ignored(file)), [true, true, true, false, false]);
}

#[test]
fn an_ignored_file_is_read_when_it_is_named() {
    let (_directory, checkout) = checkout(&[(".gitignore", ".env\n"), (".env", "PORT=3000")]);
    assert_eq!(&**checkout.source("./.env").unwrap().text(), "PORT=3000");
    assert!(Arc::ptr_eq(&checkout.source(".env").unwrap(), &checkout.source("x/../.env").unwrap()));
    assert_eq!(checkout.files_read(), 1);
}

#[cfg(unix)]
#[test]
fn nothing_outside_the_root_is_reached() {
    use std::os::unix::fs::symlink;
    let (outside, _) = checkout(&[("secret.js", "secret")]);
    let (directory, checkout) = checkout(&[("real/in.js", "in")]);
    let link = |target: &Path, name: &str| symlink(target, directory.path().join(name)).unwrap();
    link(&outside.path().join("secret.js"), "file.js");
    link(outside.path(), "folder");
    link(&outside.path().join("secret.js"), ".gitignore");
    link(&directory.path().join("real"), "inside");
    link(directory.path(), "loop");
    link(&directory.path().join("real/in.js"), "alias.js");

    for name in ["file.js", "folder/secret.js", "../secret.js", "/etc/hostname", "real/../../x"] {
        assert!(checkout.source(name).is_none(), "{name}");
        assert!(!checkout.is_file(name), "{name}");
    }
    assert!(checkout.list_dir("folder").is_empty());
    assert_eq!(&**checkout.source("inside/in.js").unwrap().text(), "in");
    assert_eq!(listed(&checkout), ["alias.js", "real/in.js"]);
}

#[test]
fn spellings_of_a_path() {
    let (directory, checkout) = checkout(&[("src/server.js", "")]);
    let relative = |path: &Path| checkout.relative(path).map(|path| path.to_string());
    assert_eq!(relative(&directory.path().join("src/./server.js")).as_deref(), Some("src/server.js"));
    assert_eq!(relative(&checkout.root().join("dist/../built.js")).as_deref(), Some("built.js"));
    assert_eq!(relative(checkout.root()).as_deref(), Some(""));
    assert_eq!(relative(Path::new("/etc")), None);
    assert_eq!(relative(&checkout.root().join("..")), None);
    assert!(checkout.is_dir("") && checkout.is_dir("src") && !checkout.is_dir("src/server.js"));
    assert_eq!(checkout.list_dir("src"), ["server.js"]);
}

#[test]
fn bytes_that_are_no_utf8_are_replaced_as_node_does() {
    let (directory, checkout) = checkout(&[]);
    fs::write(directory.path().join("latin1.js"), b"// caf\xe9\nlisten()").unwrap();
    assert_eq!(&**checkout.source("latin1.js").unwrap().text(), "// caf\u{fffd}\nlisten()");
}

#[test]
fn lexical_paths() {
    assert_eq!(normalize("src/api", "../server.js").as_deref(), Some("src/server.js"));
    assert_eq!(normalize("", "./a//b/.").as_deref(), Some("a/b"));
    assert_eq!(normalize("a", "..").as_deref(), Some(""));
    assert_eq!(normalize("a", "../../b"), None);
    assert_eq!(normalize("a", "/b"), None);
    assert_eq!(split_extension("dist/a.test.js"), ("dist/a.test", "js"));
    assert_eq!((split_extension("bin/www"), split_extension("a/.env")), (("bin/www", ""), ("a/.env", "")));
    assert_eq!(
        (below("src/a.js", "src"), below("src/a.js", ""), below("srcs/a.js", "src")),
        (Some("a.js"), Some("src/a.js"), None)
    );
    assert_eq!(ancestors("a/b/c.js").collect::<Vec<_>>(), ["a/b", "a", ""]);
    assert_eq!(ancestors("").count(), 0);
    assert_eq!((parent("a/b/c.js"), parent("c.js"), file_name("a/c.js")), ("a/b", "", "c.js"));
}

#[test]
fn positions_count_scalars_from_one() {
    let source = Source::new("a.js", "é = 1\r\n\nlast 😀!");
    let at = |offset| {
        let Position { line, column } = source.position(offset);
        (line, column)
    };
    assert_eq!(at(0), (1, 1));
    assert_eq!(at(3), (1, 3));
    assert_eq!(at(8), (2, 1));
    assert_eq!(at(18), (3, 7));
    assert_eq!(at(999), (3, 8));
    assert_eq!(source.line_count(), 3);
    assert_eq!((source.line_text(1), source.line_text(2), source.line_text(3)), ("é = 1", "", "last 😀!"));
    assert_eq!((source.line_text(4), source.line_text(0)), ("", ""));
}

#[test]
fn a_slice_never_splits_a_character() {
    let source = Source::new("a.js", "aé😀");
    assert_eq!(source.slice(Span::new(0, 2)), "a");
    assert_eq!(source.slice(Span::new(1, 99)), "é😀");
    assert_eq!(source.slice(Span::new(5, 3)), "");
}

proptest::proptest! {
    #[test]
    fn no_path_leaves_the_root(base in "[a./]{0,8}", path in "[a./\\\\]{0,12}") {
        if let Some(normal) = normalize(&base, &path) {
            proptest::prop_assert!(!normal.split('/').any(|name| name == "..") && !normal.starts_with('/'));
            proptest::prop_assert_eq!(normalize("", &normal), Some(normal));
        }
    }

    #[test]
    fn any_offset_has_a_position(text in "[aé😀\r\n]{0,12}", start in 0..60u32, end in 0..60u32) {
        let source = Source::new("a.js", text.as_str());
        let place = source.position(start);
        proptest::prop_assert!(place.line >= 1 && place.line <= source.line_count() && place.column >= 1);
        proptest::prop_assert!(text.contains(source.slice(Span::new(start, end))));
    }
}
