//! Load balancers of the checkout that keep connections to its servers open: nginx.
//!
//! nginx keeps idle connections of an `upstream` with `keepalive`, for as long as its `keepalive_timeout` says (60 s by
//! default), and only where requests go there as HTTP/1.1 without `Connection: close`
//! (<https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive>).

mod nginx;

use std::sync::Arc;

use crate::checkout::{Checkout, Place, file_name};

/// Servers to which a load balancer keeps idle connections open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    /// What says so.
    pub place: Place,
    /// Each server's host and port.
    pub servers: Vec<(Arc<str>, u16)>,
    /// For how long, in ms.
    pub idle_ms: u64,
}

/// Every upstream that the settings of nginx in `checkout` keep connections to.
pub fn upstreams(checkout: &Checkout) -> Vec<Upstream> {
    let files = checkout.files().iter().filter(|file| is_of_nginx(file));
    let sources = files.filter_map(|file| checkout.source(file));
    sources.flat_map(|source| nginx::upstreams(&source)).collect()
}

/// By its name, as nginx and its image take it: `nginx.conf`, `conf.d/api.conf`, `templates/default.conf.template`.
fn is_of_nginx(file: &str) -> bool {
    let name = file_name(file);
    let name = name.strip_suffix(".template").unwrap_or(name);
    name.ends_with(".conf") || name.ends_with(".nginx") || file.contains("sites-available/")
}
