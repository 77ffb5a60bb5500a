//! Where something runs, by its name: `ecosystem.prod.config.js`, `api-staging`, `env_dev`.

/// A kind of environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Where users are.
    Production,
    /// Where a release is tried.
    Staging,
    /// Where it is written and tested.
    Development,
}

/// The stage that a name tells by one of its words.
pub fn named(name: &str) -> Option<Stage> {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    words.map(str::to_ascii_lowercase).find_map(|word| match &*word {
        "prod" | "production" | "prd" | "live" => Some(Stage::Production),
        "staging" | "stage" | "stg" | "preprod" | "uat" | "qa" | "beta" => Some(Stage::Staging),
        "dev" | "develop" | "development" | "local" | "test" | "testing" | "debug" => Some(Stage::Development),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_tell_the_stage() {
        assert_eq!(named("ecosystem.prod.config.js"), Some(Stage::Production));
        assert_eq!(named("api_Dev"), Some(Stage::Development));
        assert_eq!(named("products-api"), None);
        assert_eq!(named("device.config.js"), None);
    }
}
