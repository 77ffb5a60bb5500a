use super::*;
use crate::modules::Resolver;
use crate::modules::fixture::fixture;
use crate::pm2::Version;

/// What the checkout's commands ask: `file:line verb targets`.
fn told(files: &str) -> Vec<String> {
    let fixture = fixture(files);
    let resolver = Resolver::new(&fixture.checkout);
    let modules = Modules::new(&fixture.checkout, &resolver);
    let ecosystems = crate::ecosystem::read(&modules, &[], Version::default(), None);
    let commands = find(&modules, &ecosystems);
    let line = |place: &Place| fixture.checkout.source(&place.file).unwrap().position(place.span.start).line;
    commands
        .iter()
        .map(|command| {
            let Command { place, verb, targets, .. } = command;
            format!("{}:{} {verb} {}", place.file, line(place), targets.join(" "))
        })
        .collect()
}

#[test]
fn commands_are_found_where_checkouts_keep_them() {
    let files = "=== .github/workflows/a.yml
on: push
jobs:
  deploy:
    steps:
      - name: pm2 stop all
        run: |
          npm ci
          pm2 reload api
=== Procfile
web: pm2-runtime start api.config.js
=== deploy/api.service
[Service]
ExecStart=/usr/lib/node_modules/pm2/bin/pm2 start ecosystem.config.js \\
  --env production
ExecReload=-/usr/bin/pm2 reload all
# ExecStop=/usr/bin/pm2 kill
=== compose.yml
services:
  api:
    command: [\"pm2-runtime\", \"start\", \"api.config.js\"]
    environment: { NOTE: pm2 start x }
=== package.json
{
  \"description\": \"pm2 start nothing\",
  \"scripts\": {
    \"deploy\": \"npm ci && pm2 restart \\\"my api\\\"\"
  }
}
=== ecosystem.config.js
module.exports = {
  apps: [{ name: 'api', script: 'api.js' }],
  deploy: { production: { repo: 'pm2 stop x', 'post-deploy': 'pm2 startOrReload ecosystem.config.js' } },
};
=== examples/run.sh
pm2 start example.js
=== bin/run.sh
# pm2 kill
pm2 scale api 2
";
    let expected = [
        ".github/workflows/a.yml:8 reload api",
        "Procfile:1 start api.config.js",
        "bin/run.sh:2 scale api 2",
        "compose.yml:3 start api.config.js",
        "deploy/api.service:2 start ecosystem.config.js",
        "deploy/api.service:4 reload all",
        "ecosystem.config.js:3 startOrReload ecosystem.config.js",
        "package.json:4 restart my api",
    ];
    assert_eq!(told(files), expected);
}

#[test]
fn broken_files_hold_no_commands() {
    assert!(told("=== package.json\n{ pm2\n=== compose.yml\n- [pm2\n=== Dockerfile\npm2\n").is_empty());
}

#[test]
fn what_all_commands_say_holds_for_the_apps_of_a_file() {
    let told = |scripts: &str| {
        let files = format!(
            "=== package.json\n{{ \"scripts\": {{ {scripts} }} }}\n=== a.js\n=== ecosystem.config.js\n\
             module.exports = {{ apps: [{{ name: 'a', script: 'a.js', watch: false }}, {{ name: 'b', script: 'a.js', namespace: 'own' }}] }};\n"
        );
        let fixture = fixture(&files);
        let resolver = Resolver::new(&fixture.checkout);
        let modules = Modules::new(&fixture.checkout, &resolver);
        let (ecosystems, _) = started(&modules, &[], &Facts::default());
        let launches = ecosystems[0].launches().map(|(app, launch)| {
            let at = launch.watch.place.as_ref().map_or("", |place| &*place.file).to_owned();
            format!("{} {} {} {at}", app.name, launch.watch.value, launch.namespace)
        });
        launches.collect::<Vec<_>>()
    };
    let start = r#""a": "pm2 start ecosystem.config.js --watch --namespace shop""#;
    assert_eq!(told(start), ["a true shop package.json", "b true own package.json"]);
    let only = r#""a": "pm2 start ecosystem.config.js --watch --only b""#;
    assert_eq!(told(only), ["a false default ecosystem.config.js", "b true own package.json"]);
    let two = r#""a": "pm2 start ecosystem.config.js --watch", "b": "pm2 start ecosystem.config.js""#;
    assert_eq!(told(two), ["a false default ecosystem.config.js", "b false own "]);
    let path = r#""a": "pm2 start ecosystem.config.js --watch src""#;
    assert_eq!(told(path), ["a false default ecosystem.config.js", "b false own "]);
}

/// The apps that commands start: `file name mode workers script args`, and where `instances` is written.
fn apps(files: &str) -> Vec<String> {
    let fixture = fixture(files);
    let resolver = Resolver::new(&fixture.checkout);
    let modules = Modules::new(&fixture.checkout, &resolver);
    let (ecosystems, _) = started(&modules, &[], &Facts::default());
    let of_commands = ecosystems.iter().filter(|ecosystem| ecosystem.is_command).flat_map(|ecosystem| &ecosystem.apps);
    of_commands
        .map(|app| {
            let launch = &app.launches[0];
            let at = app.option_place("instances");
            let at = at.map(|place| fixture.checkout.source(&place.file).unwrap().slice(place.span).to_owned());
            let script = launch.script.as_deref().unwrap_or_default();
            let args = launch.args.value.join(" ");
            format!(
                "{} {} {} {} {script} {args}|{}",
                app.config,
                app.name,
                launch.mode.name(),
                launch.workers,
                at.unwrap_or_default()
            )
        })
        .collect()
}

#[test]
fn commands_that_start_a_script_are_apps() {
    let files = "=== package.json
{
  \"scripts\": {
    \"start\": \"NODE_ENV=production pm2 start dist/main.js -i max --name api --kill-timeout 5000 -- --port 3000\",
    \"web\": \"npx pm2 start npm --name web -- start\",
    \"file\": \"pm2 start ecosystem.config.js -i 4\",
    \"again\": \"pm2 start api && pm2 restart dist/main.js && pm2 start $FILE\"
  }
}
=== dist/main.js
=== ecosystem.config.js
module.exports = { apps: [{ name: 'x', script: 'dist/main.js' }] };
=== services/a/index.js
=== deploy/run.sh
cd ../services/a && pm2 start index.js --instances=2 --no-autorestart
=== Dockerfile
CMD [\"pm2-runtime\", \"dist/main.js\", \"-i\", \"2\"]
";
    let expected = [
        "Dockerfile main cluster 2 processes dist/main.js |-i",
        "deploy/run.sh index cluster 2 processes index.js |--instances",
        "package.json api cluster one process per CPU dist/main.js --port 3000|-i",
        "package.json web fork 1 process npm start|",
    ];
    assert_eq!(apps(files), expected);
}
