use super::super::fixture::{ecosystem, ecosystem_in};
use super::*;
use crate::ecosystem::ProblemKind;

fn kinds(ecosystem: &Ecosystem) -> Vec<ProblemKind> {
    ecosystem.problems.iter().map(|problem| problem.kind).collect()
}

fn names(ecosystem: &Ecosystem) -> Vec<&str> {
    ecosystem.apps.iter().map(|app| &*app.name).collect()
}

#[test]
fn apps_are_found_where_pm2_looks() {
    assert_eq!(names(&ecosystem("apps: [{ script: a.js }, { script: dist/b.min.js }]")), ["a", "b.min"]);
    assert_eq!(names(&ecosystem("apps: { script: a.js }")), ["a"]);
    assert_eq!(names(&ecosystem("pm2: [{ script: a.js }]")), ["a"]);
    assert_eq!(names(&ecosystem("[{ script: a.js, name: x }]")), ["x"]);
    assert_eq!(names(&ecosystem("{ script: node ./dist/main.js }")), ["main"]);
}

#[test]
fn every_environment_is_a_launch() {
    let ecosystem = ecosystem("apps: [{ script: a.js, env: { A: 1 }, env_production: { A: 2 }, env_file: .env }]");
    let launches: Vec<_> = ecosystem.apps[0].launches.iter().map(|launch| launch.env_name.as_deref()).collect();
    assert_eq!(launches, [None, Some("production")]);
}

#[test]
fn what_holds_no_app_says_what_it_is() {
    let wrong_key = ecosystem("app: [{ script: a.js }]");
    assert_eq!(kinds(&wrong_key), [ProblemKind::NoApps]);
    assert_eq!(wrong_key.problems[0].help, "rename `app` to `apps`");
    let one = ecosystem("apps: [{ name: x }, { script: b.js }, 3]");
    assert_eq!((names(&one), one.problems.len()), (vec!["b"], 2));
    assert!(one.problems[0].message.contains("`x` has no `script`"));
}

#[test]
fn apps_of_a_default_export_are_there_as_they_were_meant() {
    let default = ecosystem("default: { apps: [{ script: a.js }] }");
    assert_eq!((kinds(&default), names(&default)), (vec![ProblemKind::Module], vec!["a"]));
    assert_eq!(kinds(&ecosystem("default: { apps: [{ name: x }] }")), [ProblemKind::Module]);
    let both = ecosystem("{ default: { apps: [{ script: a.js }] }, apps: [{ script: b.js }] }");
    assert_eq!((kinds(&both), names(&both)), (vec![], vec!["b"]));
    let typescript = ecosystem_in([("ecosystem.config.ts", "default: { apps: [{ script: a.js }] }")]).unwrap();
    assert_eq!((kinds(&typescript), names(&typescript)), (vec![ProblemKind::FileName], vec!["a"]));
}

#[test]
fn files_for_deploy_or_without_apps_are_no_fault() {
    assert!(ecosystem("deploy: { production: { user: x } }").problems.is_empty());
    assert!(ecosystem("apps: []").problems.is_empty());
}

#[test]
fn commonjs_in_an_es_package_is_told_with_the_package() {
    let package = ("package.json", r#"{ "type": "module" }"#);
    let file = ("srv/ecosystem.config.js", "apps: [{ script: a.js }] # module.exports");
    let mixed = ecosystem_in([file, package]).unwrap();
    assert_eq!(kinds(&mixed), [ProblemKind::Module]);
    assert_eq!(mixed.problems[0].help, "rename it to `ecosystem.config.cjs`, and the commands that name it too");
    assert!(
        !ecosystem_in([file, ("srv/package.json", "{}"), package])
            .unwrap()
            .problems
            .iter()
            .any(|p| p.kind == ProblemKind::Module)
    );
}

#[test]
fn names_that_pm2_does_not_take_are_told_if_they_hold_apps() {
    let misnamed = ecosystem_in([("ecosystem.config.prod.js", "apps: [{ script: a.js }]")]).unwrap();
    assert_eq!((kinds(&misnamed), names(&misnamed)), (vec![ProblemKind::FileName], vec!["a"]));
    assert_eq!(misnamed.problems[0].help, "rename it to `ecosystem.prod.config.js`");
}

#[test]
fn broken_yaml_has_a_place() {
    let broken = ecosystem_in([("pm2.yml", "apps:\n - script: a.js\n   script: b.js")]).unwrap();
    assert_eq!((kinds(&broken), broken.problems[0].place.span.start), (vec![ProblemKind::Syntax], 25));
}

#[test]
fn scripts_show_their_first_line() {
    let files = [("a/pm2.json", r#"{ "apps": [{ "script": "./bin/x" }] }"#), ("a/bin/x", "#!/bin/sh\nexec node x")];
    assert_eq!(ecosystem_in(files).unwrap().apps[0].shebang.as_deref(), Some("#!/bin/sh"));
}

/// Apps with any option and any kind of value.
fn any_app() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;
    let names: Vec<&str> =
        crate::pm2::options::all().iter().flat_map(|spec| spec.spellings()).chain(["env_x", "tags"]).collect();
    let value = prop::sample::select(vec![
        "1",
        "-3",
        ".nan",
        "1e300",
        "x",
        "'a b'",
        "''",
        "~",
        "true",
        "[]",
        "[1, x]",
        "{ A: [1], name: ~ }",
        "10s",
        "2026-11-22",
    ]);
    let entry = (prop::sample::select(names), value);
    prop::collection::vec(entry, 0..12).prop_map(|entries| {
        let unique: std::collections::BTreeMap<&str, &str> = entries.into_iter().collect();
        let entries: Vec<String> = unique.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        format!("apps: [{{ {} }}]", entries.join(", "))
    })
}

proptest::proptest! {
    #[test]
    fn any_app_is_planned(text in any_app()) {
        let ecosystem = ecosystem(text.leak());
        for (_, launch) in ecosystem.launches() {
            crate::pm2::environment::worker_env(launch, 0);
        }
    }
}
