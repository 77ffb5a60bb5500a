//! Turns the data in `rules/` into Rust tables at build time.

#[path = "build/catalog.rs"]
mod catalog;
#[path = "build/facts.rs"]
mod facts;
#[path = "build/models.rs"]
mod models;
#[path = "build/options.rs"]
mod options;
#[path = "build/pages.rs"]
mod pages;
#[path = "build/signatures.rs"]
mod signatures;

fn main() {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=build");
    facts::tell();
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_else(|| panic!("cargo sets OUT_DIR")));
    for (file, table) in [
        ("catalog.rs", catalog::table()),
        ("models.rs", models::table()),
        ("options.rs", options::table()),
        ("pages.rs", pages::table()),
        ("signatures.rs", signatures::table()),
    ] {
        std::fs::write(out.join(file), table).unwrap_or_else(|error| panic!("{file}: {error}"));
    }
}
