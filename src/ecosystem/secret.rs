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
    fn a_mask_is_the_start_of_the_digest() {
        assert_eq!(mask("production"), "sha256:ab8e18ef4ebe");
    }
}
