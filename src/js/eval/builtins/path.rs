//! Node's `path`, as it is on POSIX. Paths below the checkout begin with [`ROOT`], whose own name nobody knows.

use super::super::super::heap::Class;
use super::super::super::value::{Nature, Value};
use super::super::expr::ROOT;
use super::super::{Eval, Interpreter};
use super::{Given, reason};

impl Interpreter<'_> {
    pub(super) fn path_function(&mut self, name: &str, given: &Given<'_>) -> Eval<Option<Value>> {
        if !NAMES.contains(&name) {
            return Ok(None);
        }
        let taint = given.taint();
        let wanted = match name {
            "join" | "resolve" => given.count(),
            "relative" => 2,
            "basename" if !given.at(1).is_undefined() => 2,
            _ => 1,
        };
        let mut parts = Vec::new();
        for position in 0..wanted {
            let argument = given.at(position);
            match argument.as_str() {
                Some(text) => parts.push(text.to_owned()),
                None if argument.is_unknown() => {
                    return Ok(Some(Value::unknown_of(Nature::String, reason(&argument)).tainted(taint)));
                }
                None => {
                    let message = "The \"path\" argument must be of type string";
                    return self.fail("TypeError", message, taint).map(Some);
                }
            }
        }
        let one = parts.first().map_or("", String::as_str);
        let result = match name {
            "join" => Some(join(&parts)),
            "resolve" => self.resolve_path(&parts),
            "normalize" => Some(normalize(one)),
            "dirname" => Some(dirname(one)),
            "basename" => Some(basename(one, parts.get(1).map_or("", String::as_str))),
            "extname" => Some(extname(one)),
            "relative" => self.relative_path(&parts[0], &parts[1]),
            "isAbsolute" => return Ok(Some(Value::bool(one.starts_with('/')).tainted(taint))),
            _ => return Ok(Some(self.parse_path(one).tainted(taint))),
        };
        let result = result.filter(|result| tells_no_secret(name, &parts, result));
        Ok(Some(result.map_or_else(unknown_path, Value::string).tainted(taint)))
    }

    fn parse_path(&mut self, path: &str) -> Value {
        let (base, ext) = (basename(path, ""), extname(path));
        let root = if path.starts_with('/') { "/" } else { "" };
        let trimmed = path.trim_end_matches('/');
        let dir = match trimmed.rsplit_once('/') {
            Some(("", _)) => root,
            Some((dir, _)) => dir,
            None if trimmed.is_empty() => root,
            None => "",
        };
        let stem = base[..base.len() - ext.len()].to_owned();
        let object = self.heap.allocate(Class::Plain, None);
        let hides_root = base.contains(&ROOT[1..]);
        for (key, text) in [("root", root), ("dir", dir), ("base", &base), ("ext", &ext), ("name", &stem)] {
            let value = if hides_root { unknown_path() } else { Value::string(text) };
            self.heap.set(object, key, value, None);
        }
        Value::object(object)
    }

    fn resolve_path(&mut self, parts: &[String]) -> Option<String> {
        let mut whole = String::new();
        for part in parts.iter().rev().filter(|part| !part.is_empty()) {
            whole = if whole.is_empty() { part.clone() } else { format!("{part}/{whole}") };
            if part.starts_with('/') {
                return Some(strip_slash(normalize(&whole)));
            }
        }
        let cwd = self.host.constant("process.cwd()")?;
        Some(strip_slash(normalize(&format!("{}/{whole}", cwd.as_str()?))))
    }

    fn relative_path(&mut self, from: &str, to: &str) -> Option<String> {
        let (from, to) = (self.resolve_path(&[from.to_owned()])?, self.resolve_path(&[to.to_owned()])?);
        (from.starts_with(ROOT) == to.starts_with(ROOT)).then(|| relative(&from, &to))
    }

    /// A path of the program, relative to the checkout; relative ones count from the working directory.
    pub(super) fn program_path(&mut self, path: &str) -> Option<String> {
        let whole = self.resolve_path(&[path.to_owned()])?;
        self.checkout_path(&whole)
    }
}

const NAMES: [&str; 9] =
    ["join", "resolve", "normalize", "dirname", "basename", "extname", "relative", "isAbsolute", "parse"];

fn unknown_path() -> Value {
    Value::unknown_of(Nature::String, "where the checkout lies")
}

/// Whether a result says nothing of where the checkout lies: what was below its root still is, and its name is not shown.
fn tells_no_secret(name: &str, parts: &[String], result: &str) -> bool {
    let was_below = parts.iter().any(|part| part.contains(ROOT));
    match name {
        "join" | "resolve" | "normalize" | "dirname" => !was_below || result.starts_with(ROOT),
        _ => !result.contains(&ROOT[1..]),
    }
}

fn join(parts: &[String]) -> String {
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { ".".into() } else { normalize(&parts.join("/")) }
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
    let slash = if path.ends_with('/') { "/" } else { "" };
    let joined = parts.join("/");
    match (absolute, joined.is_empty()) {
        (true, true) => "/".into(),
        (true, false) => format!("/{joined}{slash}"),
        (false, true) => format!(".{slash}"),
        (false, false) => format!("{joined}{slash}"),
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
    match trimmed.rfind('/') {
        Some(0) => "/".into(),
        Some(1) if trimmed.starts_with("//") => "//".into(),
        Some(slash) => trimmed[..slash].to_owned(),
        None if path.starts_with('/') => "/".into(),
        None => ".".into(),
    }
}

fn basename(path: &str, suffix: &str) -> String {
    if suffix == path {
        return String::new();
    }
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
        Some(_) if name == ".." => String::new(),
        Some(dot) => name[dot..].to_owned(),
    }
}

fn relative(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    let to: Vec<&str> = to.split('/').filter(|part| !part.is_empty()).collect();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.len() - shared);
    up.chain(to[shared..].iter().copied()).collect::<Vec<_>>().join("/")
}
