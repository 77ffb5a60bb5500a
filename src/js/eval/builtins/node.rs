//! Node's own modules, as far as they can be computed from the checkout: `os`, `fs`, `url`, `process`, `util`.

use super::super::super::heap::Class;
use super::super::super::value::{Nature, Value};
use super::super::{Abrupt, Eval, Interpreter};
use super::{Given, decided};

impl Interpreter<'_> {
    pub(super) fn node_function(&mut self, namespace: &str, name: &str, given: &Given<'_>) -> Eval<Option<Value>> {
        let first = given.at(0);
        Ok(match (namespace, name) {
            ("path" | "path.posix", _) => self.path_function(name, given)?,
            ("fs", "readdirSync") if given.count() == 1 => self.names_in(&first),
            ("fs", _) => self.fs_function(name, &first)?,
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
                self.opened(cpus, Some("the number of CPUs is the host's".into()))
            }
            "availableParallelism" | "totalmem" | "freemem" => Value::unknown_of(Nature::Number, "the host's hardware"),
            "hostname" | "homedir" | "tmpdir" | "platform" => {
                Value::unknown_of(Nature::String, format!("`os.{name}()`"))
            }
            _ => return None,
        })
    }

    fn path_to_file_url(&mut self, path: &Value) -> Value {
        let Some(path) = path.as_str() else { return Value::unknown_of(Nature::Object, "a URL") };
        let href = Value::string(format!("file://{path}"));
        let id = self.heap.allocate(Class::Plain, None);
        self.heap.set(id, "href", href, None);
        self.heap.open(id, "a URL".into());
        Value::object(id)
    }

    /// The path of a `file:` URL, given as text or as the object that `pathToFileURL` or `new URL` made.
    fn file_url_to_path(&mut self, url: &Value) -> Eval {
        let href = match url.as_object() {
            Some(_) => self.get(url, "href")?,
            None => url.clone(),
        };
        Ok(match href.as_str().and_then(|text| text.strip_prefix("file://")) {
            Some(path) if !path.contains('%') => Value::string(path).tainted(url.taint),
            _ => Value::unknown_of(Nature::String, "a path that is not known").tainted(url.taint),
        })
    }

    /// The names in a folder, which are taken to be those of the checkout.
    fn names_in(&mut self, folder: &Value) -> Option<Value> {
        let folder = self.program_path(folder.as_str()?)?;
        let names = self.host.list(&folder)?;
        Some(self.array(names.into_iter().map(Value::string).collect()))
    }

    fn fs_function(&mut self, name: &str, path: &Value) -> Eval<Option<Value>> {
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
                    return Err(Abrupt::Throw(error));
                }
                _ => {
                    self.opaque_calls += 1;
                    self.throw_perhaps("whether a file is there");
                    Value::unknown_of(Nature::String, "what a file holds")
                }
            },
            _ => return Ok(None),
        }))
    }
}
