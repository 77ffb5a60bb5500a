//! `URL`, and paths as `file:` addresses.

use std::sync::Arc;

use url::Url;

use super::super::super::heap::Class;
use super::super::super::value::{Nature, Value};
use super::super::expr::ROOT;
use super::super::{Eval, Interpreter};

impl Interpreter<'_> {
    /// `new URL(address, base)`
    pub(super) fn new_url(&mut self, address: &Value, base: &Value) -> Eval {
        let taint = address.taint.with(base.taint);
        let (address, base) =
            (self.to_string(address), if base.is_undefined() { None } else { Some(self.href(base)?) });
        let (Some(text), Some(base)) = (address.as_str(), base.as_ref().map_or(Some(None), |base| Some(base.as_str())))
        else {
            self.throw_perhaps("an address that is not known");
            return Ok(Value::symbol("URL()", Nature::Object).tainted(taint));
        };
        let parsed = match base {
            Some(base) => Url::parse(base).and_then(|base| base.join(text)),
            None => Url::parse(text),
        };
        match parsed {
            Ok(url) => Ok(self.url(&url).tainted(taint)),
            Err(_) => self.fail("TypeError", "Invalid URL", taint),
        }
    }

    /// The text of an address that is given as text or as a `URL`.
    fn href(&mut self, url: &Value) -> Eval {
        match url.as_object() {
            Some(_) => self.get(url, "href"),
            None => Ok(self.to_string(url)),
        }
    }

    fn url(&mut self, url: &Url) -> Value {
        let id = self.heap.allocate(Class::Url(with_root(url.as_str())), None);
        let host = url.host_str().unwrap_or_default();
        let port = url.port().map(|port| port.to_string()).unwrap_or_default();
        let part =
            |mark: &str, part: Option<&str>| part.filter(|part| !part.is_empty()).map(|part| format!("{mark}{part}"));
        let parts = [
            ("href", url.as_str().to_owned()),
            ("origin", url.origin().ascii_serialization()),
            ("protocol", format!("{}:", url.scheme())),
            ("username", url.username().to_owned()),
            ("password", url.password().unwrap_or_default().to_owned()),
            ("host", if port.is_empty() { host.to_owned() } else { format!("{host}:{port}") }),
            ("hostname", host.to_owned()),
            ("port", port),
            ("pathname", url.path().to_owned()),
            ("search", part("?", url.query()).unwrap_or_default()),
            ("hash", part("#", url.fragment()).unwrap_or_default()),
        ];
        for (name, text) in parts {
            self.define_hidden(id, name.into(), Value::string(with_root(&text)));
        }
        self.define_hidden(id, "toString".into(), Value::symbol("Object.prototype.toString", Nature::Object));
        self.heap.open(id, "a URL".into());
        Value::object(id)
    }

    pub(super) fn path_to_file_url(&mut self, path: &Value) -> Value {
        let url = path.as_str().and_then(|path| Url::from_file_path(path).ok());
        match url {
            Some(url) => self.url(&url),
            None => Value::unknown_of(Nature::Object, "a URL"),
        }
    }

    /// The path of a `file:` address, given as text or as a `URL`.
    pub(super) fn file_url_to_path(&mut self, url: &Value) -> Eval {
        let href = self.href(url)?;
        Ok(match href.as_str().and_then(|text| text.strip_prefix("file://")) {
            Some(path) if !path.contains('%') => Value::string(path).tainted(url.taint),
            _ => Value::unknown_of(Nature::String, "a path that is not known").tainted(url.taint),
        })
    }

    /// Functions of `fs`, and `import()`, take a `URL` for a path.
    pub(in super::super) fn path_of_url(&mut self, path: Value) -> Eval {
        let is_url = path.as_object().is_some_and(|id| self.heap.object(id).properties.get("href").is_some());
        if is_url { self.file_url_to_path(&path) } else { Ok(path) }
    }
}

/// The checkout's own path as it was before the address was made.
fn with_root(text: &str) -> Arc<str> {
    text.replace("/%3Croot%3E", ROOT).into()
}
