//! Entries of bundles: `esbuild src/main.ts --outfile=dist/server.js`, `tsup src/server.ts`, a webpack configuration.

use crate::checkout::{Checkout, below, file_name, normalize, parent, split_extension};

/// Commands that make one file of an entry.
const BUNDLERS: [&str; 13] = [
    "esbuild",
    "tsup",
    "tsdown",
    "webpack",
    "rollup",
    "rolldown",
    "rspack",
    "ncc",
    "vite",
    "bun",
    "microbundle",
    "parcel",
    "pkgroll",
];

/// Options of these commands that name the output.
const OUTPUT_OPTIONS: [&str; 10] =
    ["-o", "-d", "--out", "--outfile", "--outdir", "--outDir", "--out-dir", "--output", "--file", "--dist-dir"];

/// How the names of configuration files of bundlers, and of build scripts, start.
const CONFIGURATIONS: [&str; 11] = [
    "webpack",
    "tsup.config",
    "tsdown.config",
    "rollup.config",
    "rolldown.config",
    "rspack.config",
    "esbuild",
    "vite.config",
    "build.",
    "gulpfile",
    "unbuild",
];

/// Where bundlers write when nothing is said.
const DEFAULT_OUTPUT: &str = "dist";

/// The entry from which `script`, a command line of the package.json in `directory`, makes `built`.
pub(super) fn entry_of_command(checkout: &Checkout, directory: &str, script: &str, built: &str) -> Option<String> {
    script.split(['&', ';', '|']).find_map(|command| {
        let words: Vec<&str> = command.split_whitespace().map(|word| word.trim_matches(['"', '\''])).collect();
        let start = words.iter().position(|word| BUNDLERS.contains(word))? + 1;
        let arguments = words.get(start..)?;
        let entries = arguments.iter().map(|word| word.rsplit('=').next().unwrap_or(word));
        let entries: Vec<String> = entries.filter_map(|word| source_file(checkout, directory, word, built)).collect();
        let output = normalize(directory, output(arguments).unwrap_or(DEFAULT_OUTPUT))?;
        choose(&entries, &output, built)
    })
}

/// Commands that compile a folder into another, file by file.
const COMPILERS: [&str; 3] = ["babel", "swc", "tsc"];

/// Where the source of `built` may be, by `script`, a command line of the package.json in `directory` that compiles a folder
/// into another: `babel src --out-dir app`.
pub(super) fn source_of_compiler(checkout: &Checkout, directory: &str, script: &str, built: &str) -> Option<String> {
    script.split(['&', ';', '|']).find_map(|command| {
        let words: Vec<&str> = command.split_whitespace().map(|word| word.trim_matches(['"', '\''])).collect();
        let start = words.iter().position(|word| COMPILERS.contains(word))? + 1;
        let arguments = words.get(start..)?;
        let rest = below(built, &normalize(directory, output(arguments)?)?)?;
        let is_folder = |word: &&&str| normalize(directory, word).is_some_and(|path| checkout.is_dir(&path));
        let folder = arguments.iter().find(is_folder)?;
        normalize(directory, &format!("{folder}/{rest}"))
    })
}

/// Commands that compile each source to a file of its own, where tsconfig.json says.
const FILE_BY_FILE: [&str; 2] = ["nest", "tsc"];

/// Whether the command lines of a package.json compile file by file, and do nothing else that may leave a file where builds do.
pub(super) fn only_compiles<'a>(scripts: impl Iterator<Item = &'a str>) -> bool {
    let words: Vec<&str> = scripts.flat_map(|script| script.split([' ', '&', ';', '|'])).collect();
    let calls = |names: &[&str]| words.iter().any(|word| names.contains(word));
    let others =
        ["babel", "cp", "gulp", "grunt", "make", "mv", "next", "ncp", "nuxt", "pkg", "rsync", "swc", "--webpack"];
    let copies = || words.iter().any(|word| word.contains("copy") || word.contains("build."));
    calls(&FILE_BY_FILE) && !calls(&BUNDLERS) && !calls(&others) && !copies()
}

fn output<'a>(arguments: &[&'a str]) -> Option<&'a str> {
    arguments.iter().enumerate().find_map(|(index, word)| match word.split_once('=') {
        Some((option, value)) => OUTPUT_OPTIONS.contains(&option).then_some(value),
        None => OUTPUT_OPTIONS.contains(word).then(|| arguments.get(index + 1).copied())?,
    })
}

/// The one of `entries` that becomes `built` in `output`, a file or a folder.
fn choose(entries: &[String], output: &str, built: &str) -> Option<String> {
    if output == built {
        return entries.first().cloned();
    }
    let is_below = below(built, output).is_some();
    let same_name = || entries.iter().find(|entry| name(entry) == name(built));
    let only = || entries.first().filter(|_| entries.len() == 1);
    is_below.then(|| same_name().or_else(only).cloned()).flatten()
}

/// The entry that a bundler's configuration in `directory` makes `built` from: a source named there that has the
/// name of `built`, or is listed under it (`{ server: './src/main.ts' }`), or the only one.
pub(super) fn entry_of_configuration(checkout: &Checkout, directory: &str, built: &str) -> Option<String> {
    let output = below(built, directory)?;
    let is_usual = super::conventions::split(output).is_some();
    let names = checkout.list_dir(directory);
    let mut files = names.iter().filter(|file| is_configuration(file)).filter_map(|file| normalize(directory, file));
    files.find_map(|file| {
        let source = checkout.source(&file).filter(|source| is_usual || names_output(source.text(), output))?;
        let entries = named_sources(checkout, directory, source.text(), built);
        let named = entries.iter().find(|(key, entry)| key == name(built) || name(entry) == name(built));
        let only = || entries.first().filter(|_| entries.len() == 1);
        named.or_else(only).map(|(_, entry)| entry.clone())
    })
}

/// Whether a string literal of `text` is `output`, or its folder where that is said of an output: what lies in no usual folder
/// for builds is made by who says so.
fn names_output(text: &str, output: &str) -> bool {
    let folder = parent(output);
    let pieces: Vec<&str> = text.split(['\'', '"', '`']).collect();
    pieces.windows(2).any(|pair| {
        let [before, literal] = pair else { return false };
        let literal = literal.trim_start_matches("./").trim_end_matches('/');
        literal == output || (!folder.is_empty() && literal == folder && speaks_of_output(before))
    })
}

/// Characters before a literal that may say what it is for: `path: path.resolve(__dirname, `.
const NEAR: usize = 60;

fn speaks_of_output(before: &str) -> bool {
    let start = before.char_indices().rev().nth(NEAR).map_or(0, |(at, _)| at);
    let near = before[start..].to_ascii_lowercase();
    ["out", "dest", "dir", "path"].iter().any(|word| near.contains(word))
}

/// The string literals of `text` that name a source in the checkout, alone or two together, each with the property name before it.
fn named_sources(checkout: &Checkout, directory: &str, text: &str, built: &str) -> Vec<(String, String)> {
    let pieces: Vec<&str> = text.split(['\'', '"', '`']).collect();
    let pairs = pieces.windows(2).filter_map(|pair| {
        let [before, literal] = pair else { return None };
        let entry = source_file(checkout, directory, literal.trim_start_matches('/'), built)?;
        let key = before.trim_end().trim_end_matches(['[', ' ']).strip_suffix(':').unwrap_or_default();
        let key = key.rsplit(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or_default();
        Some((key.to_owned(), entry))
    });
    // `path.join(__dirname, 'src', 'main.ts')`
    let joined = pieces.windows(3).filter_map(|parts| {
        let [folder, between, file] = parts else { return None };
        let entry = source_file(checkout, directory, &format!("{folder}/{file}"), built)?;
        (between.trim() == ",").then_some((String::new(), entry))
    });
    pairs.chain(joined).collect()
}

/// `word` as a source file of the package in `directory`, if it is one.
fn source_file(checkout: &Checkout, directory: &str, word: &str, built: &str) -> Option<String> {
    let is_source = matches!(split_extension(word).1, "ts" | "tsx" | "mts" | "cts" | "js" | "mjs" | "cjs" | "jsx");
    let path = normalize(directory, word).filter(|path| is_source && path != built)?;
    let is_configured = is_configuration(file_name(&path)) && parent(&path) == directory;
    (!is_configured && checkout.is_file(&path)).then_some(path)
}

fn is_configuration(name: &str) -> bool {
    let (stem, extension) = split_extension(name);
    let is_program = matches!(extension, "js" | "cjs" | "mjs" | "ts" | "mts" | "cts");
    is_program && CONFIGURATIONS.iter().any(|start| name.starts_with(start)) && !stem.is_empty()
}

/// The name of a file up to its first dot: `main` of `dist/main.bundle.js`.
fn name(path: &str) -> &str {
    file_name(path).split('.').next().unwrap_or_default()
}
