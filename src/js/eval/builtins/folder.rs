//! Folders and what is in them, which is taken to be what the checkout has there.

use super::super::super::heap::Class;
use super::super::super::value::{Kind, Nature, Value};
use super::super::{Callback, Eval, Interpreter, Writes};
use super::Given;

/// Functions of `fs` and `fs.promises` about folders.
pub(super) const FOLDERS: [&str; 7] = ["readdir", "readdirSync", "stat", "statSync", "lstat", "lstatSync", "globSync"];

/// What makes a name a pattern.
const WILD: [char; 6] = ['*', '?', '[', '{', '(', '!'];

impl Interpreter<'_> {
    /// `fs.readdirSync(folder)` and its like. What gives a promise is a function of `fs.promises`, or one of `fs` without its
    /// callback, which `promisify` made.
    pub(super) fn folder_function(&mut self, name: &str, path: &Value, given: &Given<'_>) -> Eval<Option<Value>> {
        let callback = given.all().last().filter(|last| self.heap.is_function(last)).cloned();
        let found = match name {
            "readdir" | "readdirSync" => self.names_in(path, &given.at(1))?,
            "globSync" => self.matching(&given.at(0), &Value::undefined()).map(Some)?,
            _ => self.kind_of(path),
        };
        Ok(match (found, callback) {
            (Some(found), _) if name.ends_with("Sync") => Some(found),
            (Some(found), Some(function)) => {
                let (path, arguments) = (self.path, vec![Value::new(Kind::Null), found]);
                self.run_later(Callback { function, arguments, path, writes: Writes::Stand });
                Some(Value::undefined())
            }
            (Some(found), None) => Some(self.promise(Some(found))),
            (None, _) => None,
        })
    }

    /// The names in a folder, or `Dirent` objects.
    fn names_in(&mut self, folder: &Value, options: &Value) -> Eval<Option<Value>> {
        let path = folder.as_str().map(str::to_owned).and_then(|folder| self.program_path(&folder));
        let Some(path) = path else { return Ok(None) };
        let recursive = self.option(options, "recursive")?;
        let with_kinds = self.option(options, "withFileTypes")?;
        let names = match recursive {
            Some(false) => self.host.list(&path),
            Some(true) => self.host.matching(&path, "**"),
            None => None,
        };
        let (Some(names), Some(with_kinds)) = (names, with_kinds) else { return Ok(None) };
        let entries = names.into_iter().map(|name| match with_kinds {
            true => self.directory_entry(folder, &path, &name),
            false => Value::string(name),
        });
        let entries = entries.collect();
        Ok(Some(self.array(entries).tainted(folder.taint)))
    }

    /// Whether `options`, an object or nothing of the kind, has `name` switched on; `None`: it is not known.
    fn option(&mut self, options: &Value, name: &str) -> Eval<Option<bool>> {
        Ok(match options.as_object() {
            Some(_) => self.get(options, name)?.truthy(),
            None => Some(false),
        })
    }

    fn directory_entry(&mut self, folder: &Value, path: &str, name: &str) -> Value {
        let entry = self.file_kind(&format!("{path}/{name}"));
        let (below, name) = name.rsplit_once('/').unwrap_or(("", name));
        let parent = match folder.as_str() {
            Some(folder) if !below.is_empty() => Value::string(format!("{folder}/{below}")),
            _ => folder.clone(),
        };
        if let Some(id) = entry.as_object() {
            self.heap.set(id, "name", Value::string(name), None);
            self.heap.set(id, "path", parent.clone(), None);
            self.heap.set(id, "parentPath", parent, None);
        }
        entry
    }

    /// `fs.statSync(path)` of something that is in the checkout.
    fn kind_of(&mut self, path: &Value) -> Option<Value> {
        let file = self.program_path(path.as_str()?)?;
        let exists = self.host.exists(&file) == Some(true);
        exists.then(|| self.file_kind(&file).tainted(path.taint))
    }

    /// An object that says whether `file` of the checkout is a file or a folder.
    fn file_kind(&mut self, file: &str) -> Value {
        let is_folder = self.host.list(file.trim_start_matches('/')).is_some();
        let id = self.heap.allocate(Class::Plain, None);
        for (question, answer) in [("isDirectory", is_folder), ("isFile", !is_folder), ("isSymbolicLink", false)] {
            let answer = Value::symbol(format!("pm2lint.{answer}"), Nature::Object);
            self.heap.set(id, question, answer, None);
        }
        self.heap.open(id, "what the file system says of a file".into());
        Value::object(id)
    }

    /// `matching(pattern, folder)` of `pm2lint`, for models: the files that a glob means in a folder, that of the process by
    /// default, spelt as the glob is.
    pub(super) fn matching(&mut self, pattern: &Value, folder: &Value) -> Eval {
        let unknown = || Value::unknown("which files a pattern means");
        let Some(pattern) = pattern.as_str() else { return Ok(unknown()) };
        let (base, glob) = split(pattern);
        let whole = match folder.as_str() {
            Some(folder) if !base.starts_with('/') => format!("{folder}/{base}"),
            None if !folder.is_undefined() => return Ok(unknown()),
            _ => base.to_owned(),
        };
        let path = self.program_path(&whole);
        let Some(found) = path.and_then(|path| self.host.matching(&path, glob)) else { return Ok(unknown()) };
        self.burn_for(found.len() as u64)?;
        let files = found.into_iter().map(|file| Value::string(format!("{base}{file}"))).collect();
        Ok(self.array(files))
    }
}

/// The folder that a glob begins with, and the rest: `("src/jobs/", "**/*.js")`.
fn split(pattern: &str) -> (&str, &str) {
    let wild = pattern.find(WILD).unwrap_or(pattern.len());
    pattern.split_at(pattern[..wild].rfind('/').map_or(0, |slash| slash + 1))
}
