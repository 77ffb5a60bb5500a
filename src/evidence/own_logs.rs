//! Logs that the process files name and that lie in the checkout.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::checkout::{Checkout, file_name, parent};
use crate::ecosystem::Ecosystem;
use crate::pm2::{EnvValue, Launch};

/// Those that are there, with what PM2 makes of their names for each process.
pub fn own_logs(checkout: &Checkout, ecosystems: &[Ecosystem]) -> Vec<Arc<str>> {
    let launches = ecosystems.iter().flat_map(Ecosystem::launches).map(|(_, launch)| launch);
    let files: BTreeSet<String> = launches.flat_map(|launch| named(checkout, launch)).collect();
    files.into_iter().filter(|file| checkout.is_file(file)).map(Arc::from).collect()
}

/// The `log_date_format` of each app, by its name.
pub fn log_formats(ecosystems: &[Ecosystem]) -> Vec<(Arc<str>, Arc<str>)> {
    let launches = ecosystems.iter().flat_map(Ecosystem::launches);
    let formats = launches.filter_map(|(_, launch)| {
        let format = launch.attributes.iter().find(|attribute| &*attribute.name == "log_date_format")?;
        let EnvValue::Known(format) = &format.value else { return None };
        Some((launch.name.clone(), format.clone()))
    });
    formats.collect()
}

fn named(checkout: &Checkout, launch: &Launch) -> Vec<String> {
    let options = [&launch.out_file, &launch.error_file, &launch.log_file].into_iter().flatten();
    let known = options.filter(|file| file.doubt.is_none() && launch.cwd.doubt.is_none());
    known.flat_map(|file| with_numbers(checkout, &launch.path(&file.value))).collect()
}

/// `x.log`, and `x-3.log` beside it: lib/God.js:226 (v7.0.4).
fn with_numbers(checkout: &Checkout, file: &Arc<str>) -> Vec<String> {
    let mut files = vec![file.to_string()];
    let folder = parent(file);
    if let Some(stem) = file_name(file).strip_suffix(".log") {
        let is_numbered = |name: &String| {
            let number = name.strip_prefix(stem).and_then(|rest| rest.strip_prefix('-')?.strip_suffix(".log"));
            number.is_some_and(|number| number.parse::<u32>().is_ok())
        };
        let numbered = checkout.list_dir(folder).into_iter().filter(is_numbered);
        files.extend(numbered.map(|name| if folder.is_empty() { name } else { format!("{folder}/{name}") }));
    }
    files
}
