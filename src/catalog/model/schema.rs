//! The schema of places and conditions: each is one table, as [`super::value`] reads it.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::{Condition, Kind, Literal, Place, Text, Which};

impl JsonSchema for Place {
    fn schema_name() -> Cow<'static, str> {
        "Place".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "Where a value is, seen from a call", "oneOf": tables(generator, &[]) })
    }
}

impl JsonSchema for Condition {
    fn schema_name() -> Cow<'static, str> {
        "Condition".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let tests = [
            ("is", generator.subschema_for::<Kind>()),
            ("equals", generator.subschema_for::<Literal>()),
            ("contains", generator.subschema_for::<Text>()),
        ];
        let forms: Vec<Value> = tests.into_iter().flat_map(|test| tables(generator, &[test])).collect();
        json_schema!({ "description": "A place, and what is to be there", "oneOf": forms })
    }
}

/// A table for each kind of place, with `others` beside it.
fn tables(generator: &mut SchemaGenerator, others: &[(&str, Schema)]) -> Vec<Value> {
    let argument = generator.subschema_for::<Which>();
    let text = generator.subschema_for::<Text>();
    let table = |key: &str, value: &Schema, option: Option<&Schema>| {
        let mut properties = serde_json::Map::from_iter([(key.to_owned(), json!(value))]);
        properties.extend(others.iter().map(|(key, schema)| ((*key).to_owned(), json!(schema))));
        let required: Vec<String> = properties.keys().cloned().collect();
        properties.extend(option.map(|option| ("option".to_owned(), json!(option))));
        json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
    };
    vec![
        table("argument", &argument, Some(&text)),
        table("creation", &argument, Some(&text)),
        table("env", &text, None),
        table("flag", &text, None),
    ]
}
