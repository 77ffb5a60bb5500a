use super::super::environment::{EnvValue, Lookup, worker_env};
use super::*;
use crate::ecosystem::fixture::ecosystem;

/// The launches of the only app of a process file.
fn launches(app: &str) -> Vec<Launch> {
    let text: &'static str = format!("apps: [{app}]").leak();
    ecosystem(text).apps.remove(0).launches
}

fn launch_of(app: &str) -> Launch {
    launches(app).remove(0)
}

fn shape(app: &str) -> (Mode, Workers) {
    let launch = launch_of(app);
    (launch.mode, launch.workers)
}

fn environment(launch: &Launch) -> Vec<(&str, &str)> {
    let text = |value: &'_ EnvValue| match value {
        EnvValue::Known(text) => text.clone(),
        EnvValue::Unknown(_) | EnvValue::Filled(_) => "?".into(),
    };
    launch.env.iter().map(|variable| (&*variable.name, &*text(&variable.value).to_string().leak())).collect()
}

#[test]
fn instances_decide_the_mode_where_nothing_else_does() {
    assert_eq!(shape("{ script: a.js }"), (Mode::Fork, Workers::Count(1)));
    assert_eq!(shape("{ script: a.js, instances: 1 }"), (Mode::Cluster, Workers::Count(1)));
    assert_eq!(shape("{ script: a.js, instances: max }"), (Mode::Cluster, Workers::Max));
    assert_eq!(shape("{ script: a.js, instances: -1 }"), (Mode::Cluster, Workers::AllBut(1)));
    assert_eq!(shape("{ script: a.js, instances: -2 }"), (Mode::Fork, Workers::AllBut(2)));
    assert_eq!(shape("{ script: a.js, instances: 4, exec_mode: fork }"), (Mode::Fork, Workers::Count(4)));
    assert_eq!(shape("{ script: a.js, execMode: cluster }"), (Mode::Cluster, Workers::Count(1)));
    assert_eq!(shape("{ script: a.py, instances: 2 }"), (Mode::Fork, Workers::Count(2)));
    assert_eq!(shape("{ script: a.js, instances: 2, interpreter: ts-node }"), (Mode::Cluster, Workers::Count(2)));
    assert_eq!(shape("{ script: npm, args: start, instances: half }"), (Mode::Cluster, Workers::Max));
    assert!(matches!(shape("{ script: a.js, instances: .nan }").1, Workers::Unknown(_)));
}

#[test]
fn paths_through_node_modules_are_node_to_older_versions() {
    let options = super::super::resolve::effective(
        &ecosystem("{ script: a.ts, instances: 2, interpreter: node_modules/.bin/tsx }").root,
        Version::V7,
    );
    let mode = |version| launch(&options, None, Setup { config: "ecosystem.config.js", version }).mode;
    assert_eq!([mode(Version::V4), mode(Version::V6), mode(Version::V7)], [Mode::Cluster, Mode::Cluster, Mode::Fork]);
}

#[test]
fn a_script_with_a_space_is_a_command_line() {
    let launch = launch_of("{ script: npm run start, args: --port 1, instances: 2 }");
    assert_eq!((launch.script.as_deref(), launch.mode), (Some("bash"), Mode::Fork));
    assert_eq!(launch.args.value, ["-c", "npm run start"].map(Arc::from));
    assert_eq!((&*launch.name, launch.script_path()), ("npm run start", None));
}

#[test]
fn values_become_what_pm2_gives_a_process() {
    let app = "{ script: a.js, port: 4000, env: { A: ~, B: false, C: { x: 1 }, D: [1, 2], F: .nan, G: 1.5, PORT: 5 }, \
               env_p: { C: { y: 1 }, D: [3, 4], B: ~, I: ~, G: x } }";
    let fork = launches(app);
    let base = [("A", "null"), ("B", "false"), ("C", "{\"x\":1}"), ("D", "[1,2]"), ("G", "1.5"), ("PORT", "4000")];
    assert_eq!(environment(&fork[0]), base);
    assert_eq!(environment(&fork[1]), [("A", "null"), ("G", "x"), ("PORT", "4000")]);
    let cluster = launches(&app.replace("script", "instances: 1, script"));
    let production =
        [("A", "null"), ("B", "null"), ("D", "3,4"), ("F", "null"), ("G", "x"), ("PORT", "4000"), ("I", "null")];
    assert_eq!(environment(&cluster[1]), production);
}

#[test]
fn variables_overwrite_attributes_of_their_name() {
    let app = "{ script: a.js, name: x, exec_mode: cluster, kill_timeout: 5000, env_p: { exec_mode: cluster, name: y, kill_timeout: '100', wait_ready: 'false', instances: 4 } }";
    let [base, production] = <[Launch; 2]>::try_from(launches(app)).unwrap();
    assert_eq!(
        (base.mode, &*base.name, base.kill_timeout.value, base.wait_ready.value),
        (Mode::Cluster, "x", 5000, false)
    );
    assert_eq!((production.mode, &*production.name, production.kill_timeout.value), (Mode::Fork, "y", 100));
    assert!(production.wait_ready.value && production.wait_ready.is_written());
    assert_eq!(production.workers, Workers::Count(1));
}

#[test]
fn settings_know_what_set_them() {
    let launch =
        launch_of("{ script: a.js, min_uptime: 10s, kill_timeout: 0, stop_exit_codes: ['3', 5], automation: false }");
    assert_eq!((launch.min_uptime.value, launch.min_uptime.is_written()), (10_000, true));
    assert_eq!((launch.kill_timeout.value, launch.kill_timeout.is_written()), (1600, false));
    assert_eq!((launch.stop_exit_codes.value, launch.pmx.value), (vec![3, 5], false));
}

#[test]
fn log_files_are_merged_unless_instances_or_cluster_are_written() {
    let merged = |app| launch_of(app).merge_logs.value;
    assert!(merged("{ script: a.js }"));
    assert!(merged("{ script: a.js, combine_logs: false }"));
    assert!(!merged("{ script: a.js, instances: 1 }"));
    assert!(!merged("{ script: a.js, exec_mode: cluster }"));
    assert!(!merged("{ script: a.js, merge_logs: false }"));
}

#[test]
fn directories_are_seen_from_the_process_file() {
    assert_eq!(&*join("srv/api", "../web/./dist"), "srv/web/dist");
    assert_eq!(&*join("srv", "/opt/x"), "/opt/x");
    assert_eq!(&*join("srv", "<root>/web"), "web");
    assert_eq!(&*join("", "../.."), "../..");
    assert_eq!(&*join("/opt/x", "../y.js"), "/opt/y.js");
    assert_eq!(launch_of("{ script: ./dist/a.js, cwd: api }").script_path().as_deref(), Some("api/dist/a.js"));
}

#[test]
fn a_worker_finds_its_number() {
    let launch = launch_of("{ script: a.js, instances: 2, env: { X: 1 } }");
    let worker = worker_env(&launch, 1);
    let known = |text: &str| EnvValue::Known(text.into());
    assert_eq!(worker.get("NODE_APP_INSTANCE"), Lookup::Set(&known("1")));
    assert_eq!(worker.get("exec_mode"), Lookup::Set(&known("cluster_mode")));
    assert_eq!(worker.get("instances"), Lookup::Set(&known("2")));
    assert_eq!(worker.get("X"), Lookup::Set(&known("1")));
    assert_eq!(worker.get("NODE_UNIQUE_ID"), Lookup::Undefined);
    assert_eq!(worker.get("HOME"), Lookup::Open);
    assert!(matches!(worker.get("pm_id"), Lookup::Set(EnvValue::Filled(_))));
}

#[test]
fn a_renamed_number_leaves_no_other() {
    let worker = worker_env(
        &launch_of("{ script: a.js, instances: 2, instance_var: IV, increment_var: PORT, env: { PORT: 5000 } }"),
        1,
    );
    assert_eq!(worker.get("IV"), Lookup::Set(&EnvValue::Known("1".into())));
    assert_eq!(worker.get("NODE_APP_INSTANCE"), Lookup::Undefined);
    assert_eq!(worker.get("PORT"), Lookup::Set(&EnvValue::Known("5001".into())));
}

#[test]
fn a_number_in_the_file_is_every_worker_s() {
    let worker = worker_env(&launch_of("{ script: a.js, instances: 2, env: { NODE_APP_INSTANCE: '' } }"), 1);
    assert_eq!(worker.get("NODE_APP_INSTANCE"), Lookup::Set(&EnvValue::Known("".into())));
}
