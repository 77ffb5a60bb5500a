use super::*;
use crate::modules::fixture::fixture;
use crate::modules::resolve::Resolver;

/// What `built` comes from in the checkout of `files`.
fn source(files: &str, built: &str) -> Option<String> {
    let it = fixture(files);
    Resolver::new(&it.checkout).origin(built).map(|origin| origin.source)
}

#[test]
fn compiled_by_tsconfig() {
    let plain = "=== tsconfig.json\n{\"compilerOptions\": {\"outDir\": \"./build\", // here\n}}\n";
    let cases = [
        (format!("{plain}=== src/a/b.ts\n"), "build/a/b.js", "src/a/b.ts"),
        (format!("{plain}=== src/main.ts\n"), "build/src/main.js", "src/main.ts"),
        (
            format!("{plain}=== lib/tsconfig.json\n{{\"extends\": \"../tsconfig\"}}\n=== src/x.ts\n"),
            "build/x.js",
            "src/x.ts",
        ),
    ];
    for (files, built, expected) in cases {
        assert_eq!(source(&files, built).as_deref(), Some(expected), "{built}");
    }
    let root_dir = r#"
=== tsconfig.json
{ "compilerOptions": { "outDir": "dist" } }
=== tsconfig.build.json
{ "extends": "./tsconfig.json", "compilerOptions": { "rootDir": "./server" }, "include": ["server/**/*"] }
=== src/main.ts
=== server/main.ts
"#;
    assert_eq!(source(root_dir, "dist/main.js").as_deref(), Some("server/main.ts"));
    let references = r#"
=== tsconfig.json
{ "files": [], "references": [{ "path": "packages/api" }] }
=== packages/api/tsconfig.json
{ "compilerOptions": { "composite": true, "outDir": "../../out/api", "rootDir": "lib" } }
=== packages/api/lib/main.mts
"#;
    assert_eq!(source(references, "out/api/main.mjs").as_deref(), Some("packages/api/lib/main.mts"));
    let shared_root = r#"
=== apps/api/tsconfig.json
{ "compilerOptions": { "outDir": "./dist" } }
=== apps/api/src/main.ts
"#;
    assert_eq!(source(shared_root, "apps/api/dist/apps/api/src/main.js").as_deref(), Some("apps/api/src/main.ts"));
}

#[test]
fn monorepos_that_build_into_one_folder() {
    let nest = r#"
=== nest-cli.json
{ "projects": { "mail": { "root": "services/mail", "sourceRoot": "services/mail/code" } } }
=== services/mail/code/main.ts
"#;
    assert_eq!(source(nest, "dist/services/mail/main.js").as_deref(), Some("services/mail/code/main.ts"));
    assert_eq!(source("=== apps/api/src/main.ts\n", "dist/apps/api/main.js").as_deref(), Some("apps/api/src/main.ts"));
    assert_eq!(source("=== apps/api/src/main.ts\n", "out/api/main.js").as_deref(), Some("apps/api/src/main.ts"));
    let whole = "dist/apps/api/apps/api/src/main.js";
    assert_eq!(source("=== apps/api/src/main.ts\n", whole).as_deref(), Some("apps/api/src/main.ts"));
}

#[test]
fn bundles() {
    for script in [
        "tsc --noEmit && esbuild src/start.ts --bundle --platform=node --outfile=dist/bundle.js",
        "tsup ./src/start.ts -d dist",
        "ncc build src/start.ts -o dist",
        "webpack --entry=./src/start.ts",
    ] {
        let files = format!("=== package.json\n{{\"scripts\": {{\"build\": \"{script}\"}}}}\n=== src/start.ts\n");
        assert_eq!(source(&files, "dist/bundle.js").as_deref(), Some("src/start.ts"), "{script}");
    }
    let webpack = "=== package.json\n{}\n=== webpack.config.js\n
        module.exports = { entry: { api: './src/start.ts', jobs: ['./src/cron.ts'] }, output: { filename: '[name].bundle.js' } }\n\
        === src/start.ts\n=== src/cron.ts\n";
    assert_eq!(source(webpack, "dist/api.bundle.js").as_deref(), Some("src/start.ts"));
    assert_eq!(source(webpack, "dist/jobs.bundle.js").as_deref(), Some("src/cron.ts"));
    assert_eq!(source(webpack, "dist/other.js"), None);
}

/// `adapter: 'express'` was taken for the folder of what is built, and so `express`, by way of `baseUrl`, for the server itself.
#[test]
fn a_folder_is_built_into_where_that_is_said_of_an_output() {
    let config = |option: &str| {
        format!(
            "=== package.json\n{{}}\n=== vite.config.ts\nexport default {{ {option}, entry: './src/start.ts' }}\n=== src/start.ts\n"
        )
    };
    for (option, built) in [
        ("outDir: 'release'", "release/server.js"),
        ("output: { path: path.resolve(__dirname, 'release') }", "release/server.js"),
        ("entryFileNames: 'server.js'", "server.js"),
    ] {
        assert_eq!(source(&config(option), built).as_deref(), Some("src/start.ts"), "{option}");
    }
    assert_eq!(source(&config("adapter: 'express'"), "express/index.js"), None);
}

#[test]
fn a_file_that_exists_gives_way_only_to_a_proven_source() {
    let declared =
        "=== tsconfig.json\n{\"compilerOptions\": {\"outDir\": \"dist\"}}\n=== src/a.ts\n=== dist/a.js\nrun()\n";
    assert_eq!(source(declared, "dist/a.js").as_deref(), Some("src/a.ts"));
    assert_eq!(source("=== src/a.ts\n=== dist/a.js\nrun()\n", "dist/a.js"), None);
    let traces = "=== src/a.ts\n=== dist/a.js\nrun()\n//# sourceMappingURL=a.js.map\n";
    assert_eq!(source(traces, "dist/a.js").as_deref(), Some("src/a.ts"));
    assert_eq!(source("=== a.ts\n=== a.js\nrun()\n", "a.js"), None);
}

#[test]
fn conventions() {
    assert_eq!(conventions::split("packages/api/dist/lib/a.js"), Some(("packages/api", "lib/a.js")));
    assert_eq!(conventions::split("dist"), None);
    assert_eq!(conventions::split("src/a.js"), None);
    assert_eq!(source("=== server/www.js\n", "dist/www.js").as_deref(), Some("server/www.js"));
    assert_eq!(source("=== src/a.ts\n", "dist/cjs/a.cjs").as_deref(), Some("src/a.ts"));
    assert_eq!(source("=== src/a.ts\n", "server/a.js"), None);
}
