//! Which values of a process file are nobody's business.

use sha2::{Digest, Sha256};

/// Words in the name of a variable that holds a secret.
const NAMES: [&str; 10] =
    ["SECRET", "TOKEN", "PASSW", "PRIVATE", "API_KEY", "APIKEY", "DATABASE_URL", "JWT", "AWS_", "STRIPE"];

/// How well-known tokens and keys begin.
const PREFIXES: [&str; 17] = [
    "-----BEGIN",
    "AIza",
    "AKIA",
    "ASIA",
    "EAAC",
    "SG.",
    "eyJ",
    "ghp_",
    "gho_",
    "github_pat_",
    "glpat-",
    "npm_",
    "pk_live_",
    "rk_live_",
    "sk-",
    "sk_live_",
    "xox",
];

/// Whether the text under `key` is a secret, by its name or by its shape: a token, a PEM block, a URL with a password.
pub fn is_secret(key: &str, text: &str) -> bool {
    let name = key.to_ascii_uppercase();
    let by_name = NAMES.iter().any(|word| name.contains(word)) || (name.contains("MONGO") && name.contains("URI"));
    by_name || PREFIXES.iter().any(|prefix| text.starts_with(prefix)) || has_password(text)
}

/// Values that stand for one that is set elsewhere.
const PLACEHOLDERS: [&str; 16] = [
    "change",
    "dummy",
    "example",
    "here",
    "insert",
    "placeholder",
    "replace",
    "sample",
    "todo",
    "xxx",
    "your",
    "***",
    "...",
    "<",
    "${",
    "{{",
];

/// What images and installers come with: it opens a database of one's own.
const DEFAULTS: [&str; 8] =
    ["12345678", "admin123", "password", "password123", "postgres", "postgresql", "rabbitmq", "rootroot"];

/// How the names of variables end that hold a secret and nothing else: not `TOKEN_TTL`, not `AWS_REGION`.
const CREDENTIALS: [&str; 17] = [
    "ACCESS_KEY",
    "API_KEY",
    "APIKEY",
    "API_SECRET",
    "ENCRYPTION_KEY",
    "MASTER_KEY",
    "PASSPHRASE",
    "PASSWD",
    "PASSWORD",
    "PRIVATE_KEY",
    "SECRET",
    "SECRET_KEY",
    "SERVICE_KEY",
    "SERVICE_ROLE_KEY",
    "SIGNING_KEY",
    "_PASS",
    "_TOKEN",
];

/// Prefixes of tokens that are no secrets, or that other texts share.
const PUBLIC: [&str; 3] = ["pk_live_", "eyJ", "sk-"];

/// Whether `text` under `key` is a credential that works: of known shape, or by its name and no placeholder.
pub fn is_credential(key: &str, text: &str) -> bool {
    let name = key.to_ascii_uppercase();
    let lower = text.to_lowercase();
    if text.len() < 8 || DEFAULTS.contains(&&*lower) || PLACEHOLDERS.iter().any(|word| lower.contains(word)) {
        return false;
    }
    let is_token =
        PREFIXES.iter().any(|prefix| text.starts_with(prefix) && !PUBLIC.contains(prefix)) && text.len() >= 20;
    let is_named = CREDENTIALS.iter().any(|ending| name.ends_with(ending) || name == ending.trim_start_matches('_'));
    let is_path = text.starts_with(['/', '.', '~']) || text.contains(char::is_whitespace);
    is_token || is_remote_login(text) || (is_named && !is_path && !text.contains("://"))
}

/// A URL with a password, of a host that is not the developer's own.
fn is_remote_login(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://").filter(|_| has_password(text)) else { return false };
    let Some((login, host)) = rest.split(['/', '?', '#']).next().and_then(|authority| authority.rsplit_once('@'))
    else {
        return false;
    };
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    let is_own = ["localhost", "127.0.0.1", "[::1]", "0.0.0.0"].iter().any(|own| host.starts_with(own));
    let stands_for_one = ["pass", "password", "pwd", "secret"].iter().any(|word| password.eq_ignore_ascii_case(word));
    !is_own && password.len() >= 4 && password != user && !stands_for_one
}

/// `line` with dots, as many as bytes, in place of what is a secret by its name or by its shape: places stay where they are.
pub fn conceal(line: &str) -> String {
    let mut shown = line.to_owned();
    for (key, range) in assignments(line) {
        let text = &line[range.clone()];
        if is_secret(key, text) && is_credential_like(text) {
            shown.replace_range(range.clone(), &".".repeat(range.len()));
        }
    }
    shown
}

/// What is worth hiding: no number, no `true`, no variable.
fn is_credential_like(text: &str) -> bool {
    text.len() >= 4 && text.parse::<f64>().is_err() && !["true", "false", "null", "undefined"].contains(&text)
}

/// The quoted texts behind `key:` or `key=`, and the unquoted ones of YAML and shell, with their places in the line.
fn assignments(line: &str) -> Vec<(&str, std::ops::Range<usize>)> {
    static PATTERN: std::sync::LazyLock<Option<regex::Regex>> = std::sync::LazyLock::new(|| {
        regex::Regex::new(
            r#"([A-Za-z_][A-Za-z0-9_]*)["']?\s*[:=]\s*(?:'([^']*)'|"([^"]*)"|`([^`]*)`|([^\s'"`,;(){}\[\]]+))"#,
        )
        .ok()
    });
    let Some(pattern) = PATTERN.as_ref() else { return Vec::new() };
    let found = pattern.captures_iter(line).filter_map(|found| {
        let value = (2..=5).find_map(|group| found.get(group))?;
        let is_called = line[value.end()..].starts_with('(');
        let is_code = found.get(5).is_some_and(|value| is_called || value.as_str().contains("process.env"));
        (!is_code).then(|| (found.get(1).map_or("", |key| key.as_str()), value.range()))
    });
    found.collect()
}

/// `scheme://user:password@host`
fn has_password(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
}

/// What stands for a secret: `sha256:` and the first 12 hex digits, so that equal secrets are seen to be equal.
pub fn mask(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(6).fold("sha256:".to_owned(), |mask, byte| format!("{mask}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_told_by_name_or_shape() {
        for (key, text) in [
            ("JWT_SECRET", "x"),
            ("apiKey", "x"),
            ("MONGO_URI", "x"),
            ("URL", "postgres://app:hunter2@db/app"),
            ("KEY", "-----BEGIN PRIVATE KEY-----"),
            ("STRIPE", "sk_live_1"),
        ] {
            assert!(is_secret(key, text), "{key}");
        }
        for (key, text) in
            [("NODE_ENV", "production"), ("URL", "http://localhost:3000/@me"), ("user", "a@b.example:80")]
        {
            assert!(!is_secret(key, text), "{key}");
        }
    }

    #[test]
    fn credentials_are_told_from_settings_and_placeholders() {
        for (key, text) in [
            ("JWT_SECRET", "8f2c1e77aa"),
            ("SMTP_PASS", "Tr0ub4dor&3"),
            ("URL", "postgres://app:hunter2@db.internal/app"),
            ("KEY", "ghp_0123456789abcdefghijABCDEFGHIJ"),
        ] {
            assert!(is_credential(key, text), "{key}");
        }
        for (key, text) in [
            ("JWT_SECRET", "your-secret-here"),
            ("DATABASE_PASSWORD", "postgres"),
            ("JWT_EXPIRES_IN", "15 minutes"),
            ("AWS_REGION", "eu-central-1"),
            ("TOKEN_TTL", "86400000"),
            ("SSL_PRIVATE_KEY", "/etc/ssl/private.pem"),
            ("DATABASE_URL", "postgres://postgres:postgres@db/app"),
            ("DATABASE_URL", "postgres://app:hunter2@localhost/app"),
            ("STRIPE_KEY", "pk_live_0123456789012345678901"),
        ] {
            assert!(!is_credential(key, text), "{key}");
        }
    }

    #[test]
    fn secrets_are_dots_of_the_same_length() {
        assert_eq!(conceal("  JWT_SECRET: 'hunter22', // why"), "  JWT_SECRET: '........', // why");
        assert_eq!(conceal("DB_PASSWORD: hunter22"), "DB_PASSWORD: ........");
        assert_eq!(conceal(r#""API_KEY": "ab\u00e4cd""#).len(), r#""API_KEY": "ab\u00e4cd""#.len());
        for line in [
            "token: process.env.TOKEN,",
            "const secret = require('x');",
            "JWT_TTL: 3600",
            "name: 'api', script: 'a.js'",
        ] {
            assert_eq!(conceal(line), line);
        }
    }

    #[test]
    fn a_mask_is_the_start_of_the_digest() {
        assert_eq!(mask("production"), "sha256:ab8e18ef4ebe");
    }
}
