use super::*;
use crate::modules::Resolver;
use crate::modules::fixture::{Fixture, fixture};
use crate::modules::version::is_range;

/// What a catalogue says in a checkout with this package.json.
struct Asked {
    catalog: Catalog,
    resolver: Resolver,
    _files: Fixture,
}

impl Asked {
    fn of(user: &str, manifest: &str) -> Self {
        let files = fixture(&format!("=== package.json\n{manifest}\n"));
        let resolver = Resolver::new(&files.checkout);
        Self { catalog: Catalog::with(toml::from_str(user).unwrap()), resolver, _files: files }
    }

    fn builtin() -> Self {
        Self::of("", "{}")
    }

    fn libraries(&self) -> Libraries<'_, '_> {
        Libraries::new(&self.catalog, &self.resolver, "server.js")
    }
}

/// Whether one of `calls`, or another symbol of the same value, is of `package`.
fn is_used(package: &str, calls: &[Text]) -> bool {
    let others = tables::SAME.iter().filter(|(other, _)| is_of(other, package)).map(|(_, value)| *value);
    let mut symbols = others.chain([package]);
    symbols.any(|symbol| calls.iter().any(|call| call.starts_with(symbol)))
}

/// What is wrong with the entries of one table.
fn mistakes<E: Named>(table: &str, entries: &[E], is_found: impl Fn(&str) -> bool) -> Vec<String> {
    let mut mistakes = Vec::new();
    for entry in entries {
        for call in entry.calls() {
            if !entry.packages().iter().any(|package| is_of(call, package)) {
                mistakes.push(format!("[[{table}]]: {call:?} begins with none of its packages"));
            }
            if *Catalog::builtin().canonical(call) != **call || entry.versions().is_none() && !is_found(call) {
                mistakes.push(format!("[[{table}]]: {call:?} is rewritten, so it is not found"));
            }
        }
        let no_range = entry.versions().filter(|versions| !is_range(versions));
        mistakes.extend(no_range.map(|versions| format!("[[{table}]]: {versions:?} is no range")));
        let unused = entry.packages().iter().filter(|package| !is_used(package, entry.calls()));
        mistakes.extend(unused.map(|package| format!("[[{table}]]: no call is of {package:?}")));
    }
    mistakes
}

#[test]
fn every_call_begins_with_a_package_of_its_entry_and_is_found() {
    let (mut all, builtin): (Vec<String>, _) = (Vec::new(), Asked::builtin());
    macro_rules! check {
        ($($name:ident: $entry:ident,)+) => {$(
            let is_found = |call: &str| builtin.libraries().$name(call).is_some();
            all.extend(mistakes(stringify!($name), tables::$name::TABLE.entries, is_found));
        )+};
    }
    kinds!(check);
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn other_symbols_lead_to_one_that_stays() {
    for (other, value) in tables::SAME {
        assert_eq!(&*Catalog::builtin().canonical(other), *value, "{other}");
        assert_eq!(&*Catalog::builtin().canonical(value), *value, "{other}");
    }
}

#[test]
fn one_value_by_many_ways() {
    let builtin = Asked::builtin();
    let catalog = builtin.libraries();
    for symbol in [
        "http.createServer().listen",
        "http.Server().listen",
        "http.Server().on().once().listen",
        "express().listen().listen",
        "@nestjs/core.NestFactory.create().getHttpServer().listen",
    ] {
        assert!(catalog.listen(symbol).is_some_and(|listen| listen.callback), "{symbol}");
    }
    for symbol in ["fastify().listen", "fastify.fastify().listen", "fastify().register().listen"] {
        assert!(catalog.listen(symbol).is_some_and(|listen| listen.promise), "{symbol}");
    }
    for symbol in ["express().listen().close", "http.Server().listen().close", "express().use().listen().on().close"] {
        assert!(catalog.close(symbol).is_some_and(|close| close.callback), "{symbol}");
    }
    assert!(catalog.wrong_close("express().use().close").is_some());
    assert!(catalog.close("express().close").is_none());
    assert!(catalog.listen("express.Router().listen").is_none());
    assert!(catalog.listen("").is_none());
}

#[test]
fn entries_say_what_a_rule_needs() {
    let builtin = Asked::builtin();
    let catalog = builtin.libraries();
    let argument = |index, option: Option<&'static str>| Place::Argument {
        argument: Which::Index(index),
        option: option.map(|option| Text(option.into())),
    };
    assert_eq!(catalog.listen("express().listen").unwrap().port[..], [argument(0, None)]);
    assert_eq!(catalog.listen("@hono/node-server.serve").unwrap().port[..], [argument(0, Some("port"))]);
    let cron = catalog.schedule("cron.CronJob").unwrap();
    assert!(cron.started_by.iter().any(|call| **call == *"cron.CronJob().start"));
    assert_eq!(cron.paused_unless[0].test, Test::Equals(Literal::Bool(true)));
    assert!(catalog.schedule("bullmq.Queue().upsertJobScheduler").unwrap().coordinated);
    assert!(catalog.schedule("setInterval").unwrap().timer);
    let terminus = catalog.shutdown("@godaddy/terminus.createTerminus").unwrap();
    assert!(terminus.adds_signals && terminus.signals.iter().all(|signal| **signal == *"SIGTERM"));
}

#[test]
fn whatever_is_reached_from_a_client_is_a_sink() {
    let builtin = Asked::builtin();
    let catalog = builtin.libraries();
    let kind = |symbol| catalog.sink(symbol).map(|sink| sink.kind);
    assert_eq!(kind("@prisma/client.PrismaClient().user.create"), Some(SinkKind::Database));
    assert_eq!(kind("pg.Pool().query"), Some(SinkKind::Database));
    assert_eq!(kind("ioredis.Redis().set"), Some(SinkKind::Database));
    assert_eq!(kind("fs/promises.writeFile"), Some(SinkKind::File));
    assert_eq!(kind("fs.readFile"), None);
    assert_eq!(kind("axios.create().post"), Some(SinkKind::Http));
    assert_eq!(kind("node-fetch"), Some(SinkKind::Http));
}

#[test]
fn scripts_of_frameworks() {
    let builtin = Asked::builtin();
    let catalog = builtin.libraries();
    let ready = |path| catalog.script(path).map(|script| script.ready);
    assert_eq!(ready("node_modules/next/dist/bin/next"), Some(false));
    assert_eq!(ready("./apps/web/.next/standalone/apps/web/server.js"), Some(false));
    assert_eq!(ready("/srv/app/.output/server/index.mjs"), Some(false));
    assert_eq!(ready("node_modules/.bin/directus"), Some(true));
    assert_eq!(ready("server.js"), None);
    let signals = |manifest| {
        Asked::of("", manifest).libraries().script(".output/server/index.mjs").map(|script| script.signals.len())
    };
    assert_eq!(signals(r#"{ "devDependencies": { "nitropack": "^2.5.0" } }"#), Some(2));
    assert_eq!(signals(r#"{ "devDependencies": { "nitropack": "~2.4.1" } }"#), Some(0));
    assert_eq!(signals(r#"{ "dependencies": { "nuxt": "3.0.0" } }"#), Some(0));
    assert!(glob::matches("a*c/*.js", "abc/x.js") && !glob::matches("a*c/*.js", "ab/x.js"));
}

#[test]
fn a_users_entry_comes_first() {
    let user = "[[listen]]\npackages = ['express', 'ours']\ncalls = ['{express,ours}().listen']\nshares = false\n\
                [[same]]\nvalue = 'ours'\nas = ['theirs']\n[[same]]\nvalue = 'theirs'\nas = ['ours']\n";
    let asked = Asked::of(user, "{}");
    let catalog = asked.libraries();
    assert!(!catalog.listen("express().listen").unwrap().shares);
    assert!(!catalog.listen("ours().listen").unwrap().shares);
    assert!(catalog.listen("koa().listen").unwrap().shares);
    assert!(toml::from_str::<Entries>("[[listen]]\npackages = ['a']\ncalls = ['a']\nprot = 1\n").is_err());
}

#[test]
fn of_several_entries_the_one_for_the_version_asked_for() {
    let user = "[[listen]]\npackages = ['ours', 'theirs']\ncalls = ['{ours,theirs}.serve']\nversions = '>=3'\ndefault_port = 3\n\
                [[listen]]\npackages = ['ours']\ncalls = ['ours.serve']\nversions = '2.x'\ndefault_port = 2\n\
                [[listen]]\npackages = ['express']\ncalls = ['express().listen']\nversions = '<4'\nshares = false\n";
    for (manifest, ours) in [
        (r#"{ "dependencies": { "ours": "^3.1.0" } }"#, Some(3)),
        (r#"{ "devDependencies": { "ours": "4.0.0" } }"#, Some(3)),
        (r#"{ "dependencies": { "ours": "~2.4" } }"#, Some(2)),
        (r#"{ "dependencies": { "ours": "^1" } }"#, None),
        (r#"{ "dependencies": { "ours": ">=2" } }"#, None),
        (r#"{ "dependencies": { "theirs": "^3" } }"#, None),
        ("{}", None),
    ] {
        let asked = Asked::of(user, manifest);
        let port = |symbol| asked.libraries().listen(symbol).and_then(|listen| listen.default_port);
        assert_eq!(port("ours.serve"), ours, "{manifest}");
        assert_eq!(port("theirs.serve"), manifest.contains("theirs").then_some(3), "{manifest}");
        assert!(asked.libraries().listen("express().listen").is_some_and(|listen| listen.shares), "{manifest}");
    }
    let errors =
        |asked: &Asked| asked.libraries().listen("express().listen").is_some_and(|listen| listen.errors_to_callback);
    let express = |range: &str| Asked::of("", &format!(r#"{{ "dependencies": {{ "express": "{range}" }} }}"#));
    assert_eq!(
        ["^5.1.0", "^4.19.0", ">=4", "latest"].map(|range| errors(&express(range))),
        [true, false, false, false]
    );
}

proptest::proptest! {
    #[test]
    fn no_symbol_panics_and_canonical_symbols_stay(symbol in "[a-z@/.()é]{0,40}") {
        let catalog = Catalog::builtin();
        let canonical = catalog.canonical(&symbol);
        let _ = Asked::builtin().libraries().sink(&symbol);
        proptest::prop_assert_eq!(catalog.canonical(&canonical), canonical);
    }
}
