use super::*;
use crate::modules::fixture::fixture;

fn entry_of(files: &str, cwd: &str, config_dir: &str, script: &str) -> Entry {
    let it = fixture(files);
    entry(&it.checkout, &Resolver::new(&it.checkout), cwd, config_dir, script)
}

fn source(path: &str) -> Entry {
    Entry::Source(path.into())
}

/// The source of a mapped entry.
fn mapped_source(entry: Entry) -> Option<String> {
    match entry {
        Entry::Mapped { source, .. } => Some(source.to_string()),
        _ => None,
    }
}

#[test]
fn a_script_that_exists() {
    let files =
        "=== server.js\n=== api/server.js\n=== bin/www\n=== api/package.json\n{\"main\": \"server\"}\n=== run.sh\n";
    for (cwd, config_dir, script, expected) in [
        ("", "", "./server.js", "server.js"),
        ("", "", "server", "server.js"),
        ("", "", "bin/www", "bin/www"),
        ("", "", "run.sh", "run.sh"),
        ("", "", "./api", "api/server.js"),
        ("api", "", ".", "api/server.js"),
        ("api", "", "server.js", "api/server.js"),
        ("api", "", "../server.js", "server.js"),
        ("deploy", "api", "server.js", "api/server.js"),
        ("/srv/www/shop/api", "deploy", "server.js", "api/server.js"),
        ("/srv/www/shop/api", "", "server.js", "server.js"),
        ("", "", "/srv/www/shop/api/server.js", "api/server.js"),
        ("", "", "./current/server.js", "server.js"),
        ("deploy", "", "<root>/api/server.js", "api/server.js"),
    ] {
        assert_eq!(entry_of(files, cwd, config_dir, script), source(expected), "{script} in {cwd:?}");
    }
}

#[test]
fn a_script_that_a_build_makes() {
    let files = "=== package.json\n{\"main\": \"dist/main.js\"}\n=== src/main.ts\n";
    let built = Entry::Mapped {
        built: "dist/main.js".into(),
        source: "src/main.ts".into(),
        how: "the same path under the sources",
    };
    for script in ["dist/main.js", "./dist/main", ".", "/srv/shop/dist/main.js"] {
        assert_eq!(entry_of(files, "", "", script), built, "{script}");
    }
    assert_eq!(mapped_source(entry_of(files, "", "", "./current/dist/main.js")).as_deref(), Some("src/main.ts"));
}

#[test]
fn a_bundle_without_a_source_of_its_name_is_the_main_module() {
    let files = "=== src/app.ts\n=== src/jobs.ts\n";
    assert_eq!(mapped_source(entry_of(files, "", "", "dist/main.bundle.js")).as_deref(), Some("src/app.ts"));
    assert_eq!(mapped_source(entry_of(files, "", "", "dist/jobs.min.js")).as_deref(), Some("src/jobs.ts"));
    let monorepo = "=== apps/api/src/main.ts\n=== apps/web/src/main.ts\n";
    assert_eq!(mapped_source(entry_of(monorepo, "", "", "out/web/index.js")).as_deref(), Some("apps/web/src/main.ts"));
    assert_eq!(
        mapped_source(entry_of(monorepo, "apps/api", "", "./main.mjs")).as_deref(),
        Some("apps/api/src/main.ts")
    );
    assert_eq!(entry_of(files, "", "", "dist/mail.js"), Entry::Missing { tried: vec!["dist/mail.js".into()] });
}

#[test]
fn a_missing_script_says_where_it_was_looked_for() {
    let Entry::Missing { tried } = entry_of("=== a.js\n", "x", "deploy", "../gone.js") else { panic!() };
    assert_eq!(tried, ["gone.js"]);
    let Entry::Missing { tried } = entry_of("=== a.js\n", "", "", "../../gone.js") else { panic!() };
    assert!(tried.is_empty());
}
