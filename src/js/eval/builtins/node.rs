//! Node's own modules, as far as they can be computed from the checkout: `path`, `os`, `fs`, `url`, `process`, `util`.

use super::super::super::value::{Nature, Origin, Value};
use super::super::{Abrupt, Eval, Interpreter};
use super::decided;

impl Interpreter<'_> {
    pub(super) fn node_function(
        &mut self,
        namespace: &str,
        name: &str,
        arguments: &[Value],
        site: Origin,
    ) -> Eval<Option<Value>> {
        let first = arguments.first().cloned().unwrap_or_else(Value::undefined);
        Ok(Some(match namespace {
            "path" | "path.posix" => return Ok(self.path_function(name, arguments)),
            "os" => match name {
                "cpus" => {
                    let cpus = self.array(Vec::new());
                    if let Some(id) = cpus.as_object() {
                        self.heap.open(id, "the number of CPUs is the host's".into());
                    }
                    cpus
                }
                "availableParallelism" | "totalmem" | "freemem" => {
                    Value::unknown_of(Nature::Number, "the host's hardware")
                }
                "hostname" | "homedir" | "tmpdir" | "platform" => {
                    Value::unknown_of(Nature::String, format!("`os.{name}()`"))
                }
                _ => return Ok(None),
            },
            "process" => match name {
                "cwd" => match self.host.constant("process.cwd()") {
                    Some(cwd) => cwd,
                    None => Value::unknown_of(Nature::String, "the working directory"),
                },
                "uptime" | "hrtime" => Value::unknown("the time"),
                _ => return Ok(None),
            },
            "process.hrtime" if name == "bigint" => Value::unknown_of(Nature::BigInt, "the time"),
            "url" => match name {
                "fileURLToPath" => self.file_url_to_path(&first),
                "pathToFileURL" => match first.as_str() {
                    Some(path) => {
                        let href = Value::string(format!("file://{path}"));
                        let id = self.heap.allocate(super::super::super::heap::Class::Plain, None);
                        self.heap.set(id, "href", href, None);
                        Value::object(id).tainted(first.taint)
                    }
                    None => Value::unknown_of(Nature::Object, "a URL").tainted(first.taint),
                },
                _ => return Ok(None),
            },
            "fs" if name == "readdirSync" && arguments.len() == 1 => return Ok(self.names_in(&first)),
            "fs" => return self.fs_function(name, &first),
            "util" if name == "promisify" => first,
            "module" if name == "createRequire" => Value::symbol("require", Nature::Object),
            "module.createRequire()" if name == "resolve" => Value::unknown_of(Nature::String, "where a module lies"),
            _ => return Ok(None),
        }))
    }

    fn path_function(&mut self, name: &str, arguments: &[Value]) -> Option<Value> {
        let mut taint = super::super::Taint::NONE;
        let mut parts = Vec::new();
        for argument in arguments {
            taint = taint.with(argument.taint);
            match argument.as_str() {
                Some(text) => parts.push(text.to_owned()),
                None => {
                    let why = argument.why().cloned().unwrap_or_else(|| "a path that is not known".into());
                    return Some(Value::unknown_of(Nature::String, why).tainted(taint));
                }
            }
        }
        let one = parts.first().cloned().unwrap_or_default();
        let result = match name {
            "join" => {
                let joined = parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join("/");
                Value::string(if joined.is_empty() { ".".into() } else { normalize(&joined) })
            }
            "resolve" => match self.resolve_path(&parts) {
                Some(path) => Value::string(path),
                None => Value::unknown_of(Nature::String, "the working directory"),
            },
            "normalize" => Value::string(normalize(&one)),
            "dirname" => Value::string(dirname(&one)),
            "basename" => Value::string(basename(&one, parts.get(1).map_or("", |suffix| suffix))),
            "extname" => Value::string(extname(&one)),
            "isAbsolute" => Value::bool(one.starts_with('/')),
            "relative" if parts.len() == 2 && parts.iter().all(|part| part.starts_with('/')) => {
                Value::string(relative(&parts[0], &parts[1]))
            }
            "relative" => Value::unknown_of(Nature::String, "a relative path"),
            _ => return None,
        };
        Some(result.tainted(taint))
    }

    fn resolve_path(&mut self, parts: &[String]) -> Option<String> {
        let mut whole = String::new();
        for part in parts.iter().rev() {
            whole = if whole.is_empty() { part.clone() } else { format!("{part}/{whole}") };
            if part.starts_with('/') {
                return Some(strip_slash(normalize(&whole)));
            }
        }
        let cwd = self.host.constant("process.cwd()")?;
        Some(strip_slash(normalize(&format!("{}/{whole}", cwd.as_str()?))))
    }

    fn file_url_to_path(&mut self, url: &Value) -> Value {
        match url.as_str().and_then(|text| text.strip_prefix("file://")) {
            Some(path) => Value::string(path).tainted(url.taint),
            None => Value::unknown_of(Nature::String, "a path that is not known").tainted(url.taint),
        }
    }

    fn fs_function(&mut self, name: &str, path: &Value) -> Eval<Option<Value>> {
        let file = path.as_str().and_then(|path| self.program_path(path));
        Ok(Some(match name {
            "realpathSync" => path.clone(),
            "existsSync" => {
                let exists = file.and_then(|file| self.host.exists(&file));
                decided(exists, "whether a file is there").tainted(path.taint)
            }
            "readFileSync" => match file.map(|file| (self.host.text(&file), self.host.exists(&file))) {
                Some((Some(text), _)) => Value::string(text).tainted(path.taint),
                Some((None, Some(false))) => {
                    let error = self.error("ENOENT: no such file or directory");
                    return Err(Abrupt::Throw(error));
                }
                _ => {
                    self.opaque_calls += 1;
                    Value::unknown_of(Nature::String, "what a file holds")
                }
            },
            _ => return Ok(None),
        }))
    }

    /// The names in a folder, which are taken to be those of the checkout.
    fn names_in(&mut self, folder: &Value) -> Option<Value> {
        let folder = folder.as_str().and_then(|path| self.program_path(path))?;
        let names = self.host.list(&folder)?;
        Some(self.array(names.into_iter().map(Value::string).collect()))
    }

    /// A path of the program, relative to the checkout; relative ones count from the working directory.
    fn program_path(&mut self, path: &str) -> Option<String> {
        if path.starts_with('/') {
            return self.checkout_path(path);
        }
        let cwd = self.host.constant("process.cwd()")?;
        let whole = normalize(&format!("{}/{path}", cwd.as_str()?));
        self.checkout_path(&whole)
    }
}

/// `path.posix.normalize`
fn normalize(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if absolute => {}
            part => parts.push(part),
        }
    }
    let trailing = path.ends_with('/') && !parts.is_empty();
    let joined = parts.join("/");
    match (absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}{}", if trailing { "/" } else { "" }),
        (false, true) => ".".into(),
        (false, false) => format!("{joined}{}", if trailing { "/" } else { "" }),
    }
}

fn strip_slash(path: String) -> String {
    match path.strip_suffix('/') {
        Some(stripped) if !stripped.is_empty() => stripped.to_owned(),
        _ => path,
    }
}

fn dirname(path: &str) -> String {
    let trimmed = path.trim_end_matches('/');
    match trimmed.rsplit_once('/') {
        Some(("", _)) => "/".into(),
        Some((parent, _)) => parent.to_owned(),
        None if path.starts_with('/') => "/".into(),
        None => ".".into(),
    }
}

fn basename(path: &str, suffix: &str) -> String {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    match name.strip_suffix(suffix) {
        Some(stem) if !stem.is_empty() => stem.to_owned(),
        _ => name.to_owned(),
    }
}

fn extname(path: &str) -> String {
    let name = basename(path, "");
    match name.rfind('.') {
        Some(0) | None => String::new(),
        Some(dot) => name[dot..].to_owned(),
    }
}

fn relative(from: &str, to: &str) -> String {
    let (from, to) = (normalize(from), normalize(to));
    let from: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    let to: Vec<&str> = to.split('/').filter(|part| !part.is_empty()).collect();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.len() - shared);
    up.chain(to[shared..].iter().copied()).collect::<Vec<_>>().join("/")
}
