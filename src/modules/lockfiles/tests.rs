use crate::modules::fixture::{Fixture, fixture};
use crate::modules::resolve::{Resolution, Resolver};

/// A workspace of which the root and `packages/api` ask for any Express, and `packages/web` for one of two.
fn workspace(lockfile: &str) -> Fixture {
    fixture(&format!(
        "=== package.json\n{{ \"dependencies\": {{ \"express\": \"*\" }} }}\n\
         === packages/api/package.json\n{{ \"name\": \"api\", \"dependencies\": {{ \"express\": \"*\" }} }}\n\
         === packages/web/package.json\n{{ \"name\": \"web\", \"dependencies\": {{ \"express\": \"4 || 5\" }} }}\n\
         {lockfile}"
    ))
}

/// Whether the root, `packages/api` and `packages/web` mean Express 5.
fn express_5(lockfile: &str) -> [Option<bool>; 3] {
    let it = workspace(lockfile);
    let resolver = Resolver::new(&it.checkout);
    ["app.js", "packages/api/app.js", "packages/web/src/app.js"].map(|file| resolver.requires(file, "express", ">=5"))
}

#[test]
fn what_a_range_leaves_open_the_lockfile_says() {
    let npm_1 = "=== package-lock.json\n{ \"lockfileVersion\": 1, \"dependencies\": { \"express\": { \"version\": \"5.1.0\" } } }\n";
    assert_eq!(express_5(npm_1), [Some(true), None, None]);
    let npm_3 = "=== package-lock.json\n{ \"lockfileVersion\": 3, \"packages\": { \"\": {}, \"packages/api\": {}, \"packages/web\": {}, \
                 \"node_modules/api\": { \"resolved\": \"packages/api\", \"link\": true }, \
                 \"node_modules/express\": { \"version\": \"5.1.0\" }, \
                 \"packages/web/node_modules/express\": { \"version\": \"4.21.2\" } } }\n";
    assert_eq!(express_5(npm_3), [Some(true), Some(true), Some(false)]);
    let shrinkwrap = npm_3.replace("package-lock.json", "npm-shrinkwrap.json");
    assert_eq!(express_5(&shrinkwrap), [Some(true), Some(true), Some(false)]);
    let yarn_1 = "=== yarn.lock\n# yarn lockfile v1\n\n\n\"@types/express@*\":\n  version \"5.0.3\"\n\n\
                  express@*, express@^5.0.0:\n  version \"5.1.0\"\n  resolved \"https://registry\"\n  dependencies:\n    accepts \"^2\"\n\n\
                  \"express@4 || 5\":\n  version \"4.21.2\"\n";
    assert_eq!(express_5(yarn_1), [Some(true), Some(true), Some(false)]);
    let yarn_4 = "=== yarn.lock\n__metadata:\n  version: 8\n\n\"express@npm:*, express@npm:^5\":\n  version: 5.1.0\n\
                  \x20 resolution: \"express@npm:5.1.0\"\n\n? \"express@npm:4 || 5, express@npm:>=4\"\n:\n  version: 4.21.2\n";
    assert_eq!(express_5(yarn_4), [Some(true), Some(true), Some(false)]);
    let pnpm_5 = "=== pnpm-lock.yaml\nlockfileVersion: 5.4\n\nimporters:\n\n  .:\n    specifiers:\n      express: '*'\n    \
                  dependencies:\n      express: 5.1.0_supports-color@8.1.1\n\n  packages/api:\n    dependencies:\n      express: 5.1.0\n\n  \
                  packages/web:\n    devDependencies:\n      express: /express/4.21.2\n\npackages:\n";
    assert_eq!(express_5(pnpm_5), [Some(true), Some(true), Some(false)]);
    let pnpm_alone = "=== pnpm-lock.yaml\nlockfileVersion: 5.3\n\nspecifiers:\n  express: '*'\n\ndependencies:\n  express: 5.1.0\n\npackages:\n";
    assert_eq!(express_5(pnpm_alone), [Some(true), None, None]);
    let pnpm_9 = "=== pnpm-lock.yaml\n---\nlockfileVersion: '9.0'\nimporters:\n  .:\n    packageManagerDependencies:\n      pnpm:\n        \
                  version: 12.0.0\npackages:\n---\nlockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      express:\n        \
                  specifier: '*'\n        version: 5.1.0(supports-color@8.1.1)\n\n  packages/api:\n    dependencies:\n      express:\n        \
                  specifier: '*'\n        version: express@5.1.0\n\n  packages/web:\n    dependencies:\n      express:\n        \
                  specifier: 4 || 5\n        version: 4.21.2\n\npackages:\n\n  express@5.1.0: {}\n";
    assert_eq!(express_5(pnpm_9), [Some(true), Some(true), Some(false)]);
    let bun = "=== bun.lock\n{ \"lockfileVersion\": 1,\n  \"workspaces\": { \"\": { \"name\": \"shop\", }, \"packages/api\": { \"name\": \"api\" }, \
               \"packages/web\": { \"name\": \"web\" }, },\n  \"packages\": { \"express\": [\"express@5.1.0\", \"\", {}, \"sha512-x\"], \
               \"web/express\": [\"express@4.21.2\", \"\", {}, \"sha512-y\"], },\n}\n";
    assert_eq!(express_5(bun), [Some(true), Some(true), Some(false)]);
}

#[test]
fn a_lockfile_that_says_nothing_leaves_it_open() {
    let deep = format!("=== pnpm-lock.yaml\nimporters: {}\n", "[".repeat(100_000));
    let nested = format!("=== package-lock.json\n{}\n", "{\"packages\":".repeat(100_000));
    for lockfile in [
        "",
        "=== package-lock.json\n{ broken\n",
        "=== package-lock.json\n[]\n",
        "=== package-lock.json\n{ \"packages\": { \"\": { \"version\": 5 }, \"node_modules/express\": { \"version\": \"5.0.0\" } } }\n",
        "=== package-lock.json\n{ \"packages\": { \"\": {}, \"node_modules/express\": { \"version\": \"git+ssh://x\" } } }\n",
        "=== yarn.lock\nexpress@^5:\n  version \"5.1.0\"\n  version\n  version\n:::\n?\n",
        "=== yarn.lock\nexpress@*:\n",
        "=== pnpm-lock.yaml\nimporters:\n  .:\n    dependencies:\n      express: link:../5\n",
        "=== pnpm-lock.yaml\nimporters: &a\n  .: *a\n",
        "=== pnpm-lock.yaml\n- a\n",
        "=== pnpm-lock.yaml\n\t\n",
        "=== bun.lock\n{ \"workspaces\": { \"\": {} }, \"packages\": { \"express\": [] } }\n",
        "=== bun.lock\n\n",
        &deep,
        &nested,
        // Of two package managers one may be of the past: nobody knows which.
        "=== package-lock.json\n{ \"dependencies\": { \"express\": { \"version\": \"4.21.2\" } } }\n\
         === yarn.lock\nexpress@*:\n  version \"5.1.0\"\n",
    ] {
        assert_eq!(express_5(lockfile)[0], None, "{}", lockfile.get(..200).unwrap_or(lockfile));
    }
}

/// A package with a lockfile of its own is not of the workspace.
#[test]
fn the_nearest_lockfile_that_knows_of_it_says() {
    let own = "=== package-lock.json\n{ \"dependencies\": { \"express\": { \"version\": \"4.21.2\" } } }\n\
               === packages/api/package-lock.json\n{ \"packages\": { \"\": {}, \"node_modules/express\": { \"version\": \"5.1.0\" } } }\n\
               === packages/web/yarn.lock\nkoa@*:\n  version \"5.0.0\"\n";
    assert_eq!(express_5(own), [Some(false), Some(true), None]);
}

#[test]
fn no_lockfile_is_read_while_the_range_decides() {
    let it = fixture(
        "=== package.json\n{ \"dependencies\": { \"express\": \"^5.1.0\", \"cron\": \"*\" } }\n\
         === package-lock.json\n{ \"dependencies\": { \"cron\": { \"version\": \"4.3.0\" } } }\n",
    );
    let resolver = Resolver::new(&it.checkout);
    assert_eq!(resolver.requires("app.js", "express", ">=5"), Some(true));
    assert_eq!((resolver.requires("app.js", "koa", ">=2"), it.checkout.files_read()), (None, 1));
    assert_eq!((resolver.requires("app.js", "cron", ">=4"), it.checkout.files_read()), (Some(true), 2));
    assert_eq!((resolver.requires("app.js", "cron", "<4"), it.checkout.files_read()), (Some(false), 2));
}

#[test]
fn catalogues_of_the_workspace() {
    let ask = |asked: &str, files: &str| {
        let it = fixture(&format!(
            "=== packages/api/package.json\n{{ \"dependencies\": {{ \"express\": \"{asked}\" }} }}\n{files}"
        ));
        Resolver::new(&it.checkout).requires("packages/api/app.js", "express", ">=5")
    };
    let pnpm = "=== pnpm-workspace.yaml\npackages: [packages/*]\ncatalog:\n  express: ^5.1.0\ncatalogs:\n  old:\n    express: ^4.21.2\n";
    assert_eq!(
        ["catalog:", "catalog:default", "catalog:old", "catalog:none"].map(|asked| ask(asked, pnpm)),
        [Some(true), Some(true), Some(false), None]
    );
    let default = "=== pnpm-workspace.yaml\ncatalogs:\n  default:\n    express: ^5.1.0\n";
    assert_eq!(ask("catalog:", default), Some(true));
    assert_eq!(ask("catalog:", "=== .yarnrc.yml\ncatalog:\n  express: ^5.1.0\n"), Some(true));
    let bun = "=== package.json\n{ \"workspaces\": { \"packages\": [\"packages/*\"], \"catalog\": { \"express\": \"4.21.2\" } } }\n";
    assert_eq!(ask("catalog:", bun), Some(false));
    let open = "=== pnpm-workspace.yaml\ncatalog:\n  express: '>=4'\n\
                === pnpm-lock.yaml\nimporters:\n  packages/api:\n    dependencies:\n      express:\n        version: 5.1.0\n";
    assert_eq!(ask("catalog:", open), Some(true));
}

#[test]
fn packages_of_the_workspace_have_the_version_that_they_say() {
    let it = fixture(
        "=== package.json\n{ \"workspaces\": [\"packages/*\"] }\n\
         === packages/api/package.json\n{ \"dependencies\": { \"server\": \"workspace:^\" } }\n\
         === packages/server/package.json\n{ \"name\": \"server\", \"version\": \"2.3.0\" }\n",
    );
    let resolver = Resolver::new(&it.checkout);
    assert_eq!(resolver.requires("packages/api/app.js", "server", ">=2"), Some(true));
}

#[test]
fn aliases() {
    let it = fixture(
        "=== package.json\n{ \"dependencies\": { \"express\": \"^4.21.2\", \"express5\": \"npm:express@^5.1.0\", \
         \"has\": \"npm:@nolyfill/has@^1.0.0\", \"cron-next\": \"npm:cron\", \"koa\": \"npm:^3.0.0\" } }\n\
         === package-lock.json\n{ \"packages\": { \"\": {}, \"node_modules/cron-next\": { \"version\": \"4.3.0\" } } }\n",
    );
    let resolver = Resolver::new(&it.checkout);
    for (specifier, name, subpath) in [
        ("express5/lib/router", "express", "lib/router"),
        ("express", "express", ""),
        ("has", "has", ""),
        ("koa", "koa", ""),
    ] {
        let expected = Resolution::Package { name: name.into(), subpath: subpath.into() };
        assert_eq!(resolver.resolve("app.js", specifier), expected);
    }
    // It is not known which of the two a call belongs to.
    assert_eq!(resolver.requires("app.js", "express", ">=5"), None);
    assert_eq!(resolver.requires("app.js", "express", ">=4"), Some(true));
    assert_eq!(resolver.requires("app.js", "cron", ">=4"), Some(true));
    assert_eq!(resolver.requires("app.js", "koa", ">=3"), Some(true));
    assert!(resolver.lists("app.js", "cron") && !resolver.lists("app.js", "cron-next"));
}
