//! Node's own modules, as far as they can be computed from the checkout: `os`, `fs`, `url`, `process`, `util`.

use super::super::super::value::{Nature, Taint, Value};
use super::super::{Abrupt, Eval, Interpreter};
use super::folder::FOLDERS;
use super::{Given, decided};

/// Why the number of CPUs is not known.
const OF_HOST: &str = "the number of CPUs is the host's";

/// The symbol of that number.
const CPUS: &str = "os.cpus().length";

/// The number of the host's CPUs.
pub(in super::super) fn number_of_cpus() -> Value {
    Value::undecided(OF_HOST, Some(CPUS.into()), Nature::Number).tainted(Taint::CPUS)
}

/// Whether `value` is the number of the host's CPUs.
pub(in super::super) fn is_number_of_cpus(value: &Value) -> bool {
    value.as_symbol().is_some_and(|symbol| **symbol == *CPUS)
}

impl Interpreter<'_> {
    pub(super) fn node_function(&mut self, namespace: &str, name: &str, given: &Given<'_>) -> Eval<Option<Value>> {
        let first = match namespace {
            "fs" | "fs.promises" | "fs/promises" => self.path_of_url(given.at(0))?,
            _ => given.at(0),
        };
        Ok(match (namespace, name) {
            ("path" | "path.posix", _) => self.path_function(name, given)?,
            ("fs" | "fs.promises" | "fs/promises", _) if FOLDERS.contains(&name) => {
                self.folder_function(name, &first, given)?
            }
            ("fs", _) => self.fs_function(name, &first, given)?,
            ("os", _) => self.os_function(name),
            ("process", "cwd") => Some(match self.host.constant("process.cwd()") {
                Some(cwd) => cwd,
                None => Value::unknown_of(Nature::String, "the working directory"),
            }),
            ("process", "uptime" | "hrtime") => Some(Value::unknown("the time")),
            ("process.hrtime", "bigint") => Some(Value::unknown_of(Nature::BigInt, "the time")),
            ("url", "fileURLToPath") => Some(self.file_url_to_path(&first)?),
            ("url", "pathToFileURL") => Some(self.path_to_file_url(&first).tainted(first.taint)),
            ("util", "promisify") => Some(first),
            ("module", "createRequire") => Some(Value::symbol("require", Nature::Object)),
            ("module.createRequire()", "resolve") => Some(Value::unknown_of(Nature::String, "where a module lies")),
            _ => None,
        })
    }

    fn os_function(&mut self, name: &str) -> Option<Value> {
        Some(match name {
            "cpus" => {
                let cpus = self.array(Vec::new());
                self.opened(cpus, Some(OF_HOST.into())).tainted(Taint::CPUS)
            }
            "availableParallelism" => number_of_cpus(),
            "totalmem" | "freemem" => Value::unknown_of(Nature::Number, "the host's hardware"),
            "hostname" | "homedir" | "tmpdir" | "platform" => {
                Value::unknown_of(Nature::String, format!("`os.{name}()`"))
            }
            _ => return None,
        })
    }

    fn fs_function(&mut self, name: &str, path: &Value, given: &Given<'_>) -> Eval<Option<Value>> {
        let file = path.as_str().map(str::to_owned).and_then(|path| self.program_path(&path));
        Ok(Some(match name {
            "realpathSync" => path.clone(),
            "existsSync" => {
                let exists = file.and_then(|file| self.host.exists(&file));
                decided(exists, "whether a file is there").tainted(path.taint)
            }
            "readFileSync" => match file.map(|file| (self.host.text(&file), self.host.exists(&file))) {
                Some((Some(text), _)) => {
                    self.burn_for(text.len() as u64)?;
                    Value::string(text).tainted(path.taint)
                }
                Some((None, Some(false))) => {
                    let error = self.error("Error", "ENOENT: no such file or directory");
                    if let Some(id) = error.as_object() {
                        self.heap.set(id, "code", Value::string("ENOENT"), None);
                    }
                    return Err(Abrupt::Throw(error));
                }
                _ => {
                    if let Some(file) = path.as_str() {
                        self.misses_file(file, given.site);
                    }
                    self.opaque_calls += 1;
                    self.throw_perhaps("whether a file is there");
                    Value::unknown_of(Nature::String, "what a file holds")
                }
            },
            _ => return Ok(None),
        }))
    }
}
