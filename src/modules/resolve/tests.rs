use super::*;
use crate::modules::fixture::fixture;

fn file(path: &str) -> Resolution {
    Resolution::File(path.into())
}

fn package(name: &str, subpath: &str) -> Resolution {
    Resolution::Package { name: name.into(), subpath: subpath.into() }
}

#[test]
fn files_folders_and_extensions() {
    let it = fixture(
        "=== src/a.ts\n=== src/b.js\n=== src/b.ts\n=== src/routes/index.js\n=== src/data.json\n=== src/schema.graphql\n\
         === src/addon.node\n=== src/esm.mts\n=== src/lib/package.json\n{\"main\": \"./main.js\"}\n=== src/lib/main.js\n\
         === src/ipaddr.js/index.js\n",
    );
    let resolver = Resolver::new(&it.checkout);
    for (from, specifier, expected) in [
        ("src/x.ts", "./a", file("src/a.ts")),
        ("src/x.ts", "./a.js", file("src/a.ts")),
        ("src/x.js", "./a.js", file("src/a.ts")),
        ("src/x.ts", "./b", file("src/b.ts")),
        ("src/x.ts", "./b.js", file("src/b.ts")),
        ("src/x.js", "./b", file("src/b.js")),
        ("src/x.js", "./b.js", file("src/b.js")),
        ("src/x.mts", "./esm.mjs", file("src/esm.mts")),
        ("src/x.js", "./routes", file("src/routes/index.js")),
        ("src/routes/index.js", "..", Resolution::Missing),
        ("src/routes/index.js", ".", file("src/routes/index.js")),
        ("src/x.js", "./lib", file("src/lib/main.js")),
        ("src/x.js", "./lib/", file("src/lib/main.js")),
        ("src/x.js", "./ipaddr.js", file("src/ipaddr.js/index.js")),
        ("src/x.js", "./data", Resolution::Json("src/data.json".into())),
        ("src/x.js", "./data.json", Resolution::Json("src/data.json".into())),
        ("src/x.js", "./schema.graphql", Resolution::Asset("src/schema.graphql".into())),
        ("src/x.js", "./addon", Resolution::Asset("src/addon.node".into())),
        ("src/x.js", "./nothing", Resolution::Missing),
        ("src/x.js", "../../../etc/hostname", Resolution::Missing),
        ("src/x.js", "/etc/hostname", Resolution::Missing),
        ("src/x.js", "", Resolution::Missing),
    ] {
        assert_eq!(resolver.resolve(from, specifier), expected, "{specifier} in {from}");
    }
    let absolute = it.checkout.absolute("src/b.js");
    assert_eq!(resolver.resolve("src/x.js", absolute.to_str().unwrap()), file("src/b.js"));
}

#[test]
fn names_that_are_not_of_this_checkout() {
    let it = fixture(
        "=== node_modules/express/index.js\n=== node_modules/express/package.json\n{\"main\": \"index.js\"}\n\
         === package.json\n{ broken\n=== a.js\n",
    );
    let resolver = Resolver::new(&it.checkout);
    for (specifier, expected) in [
        ("express", package("express", "")),
        ("dayjs/plugin/utc", package("dayjs", "plugin/utc")),
        ("@nestjs/core/router", package("@nestjs/core", "router")),
        ("bun:test", package("bun:test", "")),
        ("node:fs/promises", Resolution::Builtin("fs/promises".into())),
        ("http", Resolution::Builtin("http".into())),
        ("@/models", Resolution::Missing),
        ("@/a", file("a.js")),
        ("~/models", Resolution::Missing),
        ("#models", Resolution::Missing),
        ("./node_modules/express/lib/router", package("express", "lib/router")),
        ("./a", file("a.js")),
    ] {
        assert_eq!(resolver.resolve("server.js", specifier), expected, "{specifier}");
    }
}

#[test]
fn paths_of_tsconfig_survive_a_base_that_is_not_installed() {
    let it = fixture(
        r#"
=== tsconfig.json
{
  // the base is not installed
  "extends": ["@tsconfig/node22/tsconfig.json", "./tsconfig.base"],
  "compilerOptions": { "baseUrl": "src", },
}
=== tsconfig.base.json
{ "extends": ["./tsconfig.json", "./tsconfig.json"], "compilerOptions": { "paths": { "@app/*": ["./src/app/*"], "@app/special/*": ["./src/special/*"], "config": ["./src/config/index.ts"] } } }
=== src/app/jobs.ts
=== src/special/jobs.ts
=== src/config/index.ts
=== src/db/pool.ts
=== web/tsconfig.json
{ "files": [], "references": [{ "path": "./tsconfig.app.json" }, { "path": "../gone" }] }
=== web/tsconfig.app.json
{ "compilerOptions": { "paths": { "~/*": ["./app/*"] } } }
=== web/app/start.ts
"#,
    );
    let resolver = Resolver::new(&it.checkout);
    for (from, specifier, expected) in [
        ("src/main.ts", "@app/jobs", file("src/app/jobs.ts")),
        ("src/main.ts", "@app/jobs.js", file("src/app/jobs.ts")),
        ("src/main.ts", "@app/special/jobs", file("src/special/jobs.ts")),
        ("src/main.ts", "config", file("src/config/index.ts")),
        ("src/main.ts", "db/pool", file("src/db/pool.ts")),
        ("src/main.ts", "express", package("express", "")),
        ("web/app/main.ts", "~/start", file("web/app/start.ts")),
    ] {
        assert_eq!(resolver.resolve(from, specifier), expected, "{specifier} in {from}");
    }
}

#[test]
fn imports_exports_and_aliases_of_package_json() {
    let it = fixture(
        r##"
=== package.json
{ "name": "shop", "imports": { "#db": "./dist/db.js", "#jobs/*": "./src/jobs/*.ts" },
  "exports": { "./config": { "types": "./x.d.ts", "default": "./src/config.ts" } }, "_moduleAliases": { "@root": ".", "@lib": "src/lib" } }
=== src/db.ts
=== src/jobs/mail.ts
=== src/config.ts
=== src/lib/log.js
"##,
    );
    let resolver = Resolver::new(&it.checkout);
    for (specifier, expected) in [
        ("#db", "src/db.ts"),
        ("#jobs/mail", "src/jobs/mail.ts"),
        ("shop/config", "src/config.ts"),
        ("@lib/log", "src/lib/log.js"),
        ("@root/src/config", "src/config.ts"),
    ] {
        assert_eq!(resolver.resolve("src/main.ts", specifier), file(expected), "{specifier}");
    }
    assert_eq!(resolver.resolve("src/main.ts", "@library/log"), package("@library/log", ""));
}

#[test]
fn packages_of_this_checkout_resolve_to_their_sources() {
    let it = fixture(
        r#"
=== package.json
{ "workspaces": { "packages": ["packages/*", "!packages/old"] }, "dependencies": { "debug": "^4.0.0" } }
=== pnpm-workspace.yaml
packages:
  # servers
  - "services/**" # all

  - tools
catalog:
  - web
=== packages/core/package.json
{ "name": "@acme/core", "exports": { ".": { "import": "./dist/index.mjs" }, "./jobs": "./dist/jobs/index.js" } }
=== packages/core/tsconfig.json
{ "compilerOptions": { "outDir": "dist", "rootDir": "src" } }
=== packages/core/src/index.ts
=== packages/core/src/jobs/index.ts
=== packages/log/package.json
{ "name": "@acme/log", "main": "lib/index.js" }
=== packages/log/src/index.ts
=== packages/log/src/file.ts
=== services/mail/package.json
{ "name": "mail" }
=== services/mail/index.js
=== examples/debug/package.json
{ "name": "debug" }
=== examples/debug/index.js
=== examples/loose/package.json
{ "name": "loose" }
=== examples/loose/index.js
=== apps/api/package.json
{ "dependencies": { "shared": "file:../../common" } }
=== apps/api/main.ts
=== common/index.ts
"#,
    );
    let resolver = Resolver::new(&it.checkout);
    for (specifier, expected) in [
        ("@acme/core", file("packages/core/src/index.ts")),
        ("@acme/core/jobs", file("packages/core/src/jobs/index.ts")),
        ("@acme/log", file("packages/log/src/index.ts")),
        ("@acme/log/file", file("packages/log/src/file.ts")),
        ("mail", file("services/mail/index.js")),
        ("shared", file("common/index.ts")),
        ("loose", file("examples/loose/index.js")),
        ("debug", package("debug", "")),
    ] {
        assert_eq!(resolver.resolve("apps/api/main.ts", specifier), expected, "{specifier}");
    }
}

#[cfg(unix)]
#[test]
fn one_file_has_one_name_and_links_that_lead_out_do_not_resolve() {
    let outside = fixture("=== secret.js\n");
    let it = fixture("=== real/a.js\n");
    let link = |to: std::path::PathBuf, name: &str| std::os::unix::fs::symlink(to, it.checkout.absolute(name)).unwrap();
    link(it.checkout.absolute("real"), "linked");
    link(outside.checkout.absolute("secret.js"), "secret.js");
    let resolver = Resolver::new(&it.checkout);
    assert_eq!(resolver.resolve("main.js", "./linked/a"), file("real/a.js"));
    assert_eq!(resolver.resolve("main.js", "./secret"), Resolution::Missing);
}
