//! The JSON schema of `pm2lint.toml`, for editors: `pm2lint.schema.json`, made from the types that read the file.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::file::File;
use crate::finding::Severity;
use crate::rules::pages::PAGES;

/// The id of a rule.
pub(super) struct Rule;

impl JsonSchema for Rule {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Rule".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "The id of a rule", "enum": PAGES.iter().map(|page| page.id).collect::<Vec<_>>() })
    }
}

/// Severities by rule.
pub(super) struct Severities;

impl JsonSchema for Severities {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Severities".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let rule = generator.subschema_for::<Rule>();
        let severity = generator.subschema_for::<Severity>();
        json_schema!({ "type": "object", "propertyNames": rule, "additionalProperties": severity })
    }
}

/// A version of Node or PM2.
pub(super) struct Version;

impl JsonSchema for Version {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Version".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": r"^v?\d{1,4}(\.\d{1,4}){0,2}$" })
    }
}

/// A TOML date, which tools that turn TOML into JSON hand over as a string.
pub(super) struct Day;

impl JsonSchema for Day {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$" })
    }
}

/// A kind of log line.
pub(super) struct Signature;

impl JsonSchema for Signature {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Signature".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let text = json_schema!({ "type": "string", "minLength": 1 });
        json_schema!({
            "type": "object",
            "properties": {
                "id": text,
                "literal": text,
                "pattern": text,
                "samples": { "type": "array", "items": text, "minItems": 1 },
            },
            "required": ["id", "literal", "pattern", "samples"],
            "additionalProperties": false,
        })
    }
}

fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(File);
    schema.insert("$id".into(), "pm2lint.schema.json".into());
    schema.insert("title".into(), "pm2lint.toml".into());
    schema.to_value()
}

/// Editors complete and check `pm2lint.toml` with it, so it says what the program reads.
#[test]
fn the_schema_is_that_of_the_types() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("pm2lint.schema.json");
    let text = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    if std::env::var_os("PM2LINT_BLESS").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == text, "pm2lint.schema.json is stale; `PM2LINT_BLESS=1 cargo test` rewrites it");
}

/// What is read follows the schema, and what breaks it is not read.
#[test]
fn the_schema_takes_what_the_program_takes() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let takes = |text: &str| {
        let value: toml::Table = text.parse().unwrap();
        let value = serde_json::to_value(value).unwrap();
        (validator.is_valid(&dates_as_text(value)), super::tests::parse(text).is_ok())
    };
    for good in [
        super::tests::EVERY_KEY,
        "",
        "[[catalog.listen]]\npackages = ['@acme/http']\ncalls = ['@acme/http.serve']\nport = [{ argument = 0 }, { env = 'PORT' }]\n",
        "[[catalog.lock]]\npackages = ['@acme/lock']\ncalls = ['@acme/lock.take']\nloser = 'throws'\nonly_if = [{ argument = 'any', is = 'given' }]",
    ] {
        assert_eq!(takes(good), (true, true), "{good}");
    }
    for bad in [
        "fail_on = 'error'",
        "fail-on = 'fatal'",
        "select = ['ungarded-cron']",
        "[severity]\nunguarded-cron = 'off'",
        "[severity]\nungarded-cron = 'info'",
        "[production]\nnode = 'lts'",
        "[[waive]]\nrules = []\nreason = 'x'",
        "[[waive]]\nrules = ['unguarded-cron']",
        "[[waive]]\nrules = ['unguarded-cron']\nreason = ''",
        "[[waive]]\nrules = ['unguarded-cron']\nreason = 'x'\nuntil = 2027-01-31T10:00:00",
        "[catalog]\nlistens = []",
        "[[catalog.listen]]\npackages = ['@acme/http']\ncalls = ['@acme/http.serve']\nprot = []",
        "[[catalog.listen]]\npackages = ['@acme/http']\ncalls = ['@acme/http.serve']\nport = [{ position = 0 }]",
        "[[catalog.lock]]\npackages = ['@acme/lock']\ncalls = ['@acme/lock.take']\nloser = 'sleeps'",
    ] {
        assert_eq!(takes(bad), (false, false), "{bad}");
    }
}

/// The toml crate gives dates as a table with one private key.
fn dates_as_text(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(object) if object.len() == 1 && object.contains_key("$__toml_private_datetime") => {
            object.into_iter().next().unwrap().1
        }
        Value::Object(object) => object.into_iter().map(|(key, value)| (key, dates_as_text(value))).collect(),
        Value::Array(items) => items.into_iter().map(dates_as_text).collect(),
        other => other,
    }
}
