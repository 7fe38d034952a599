//! Types of PostgreSQL as types of OpenAPI.
#![forbid(unsafe_code)]

use serde_json::{Map, Value, json};

/// The type, unless values of any type are meant.
pub(super) fn swagger_type(name: &str) -> Option<&'static str> {
    match name {
        "boolean" => Some("boolean"),
        "smallint" | "integer" | "bigint" => Some("integer"),
        "numeric" | "real" | "double precision" => Some("number"),
        "json" | "jsonb" => None,
        _ if name.ends_with("[]") => Some("array"),
        _ => Some("string"),
    }
}

/// The format: the type of PostgreSQL, but for the integers that OpenAPI has names for.
pub(super) fn format(name: &str) -> &str {
    match name {
        "integer" => "int32",
        "bigint" => "int64",
        _ => name,
    }
}

/// The type of the elements of an array.
pub(super) fn element_type(name: &str) -> &str {
    name.strip_suffix("[]").unwrap_or(name)
}

/// Adds the type and, for an array, that of its elements.
pub(super) fn insert_type(schema: &mut Map<String, Value>, name: &str) {
    let Some(kind) = swagger_type(name) else {
        return;
    };
    schema.insert("type".to_owned(), json!(kind));
    if kind == "array" {
        schema.insert("items".to_owned(), items(name));
    }
}

fn items(name: &str) -> Value {
    match swagger_type(element_type(name)) {
        Some(kind) => json!({ "type": kind }),
        None => json!({}),
    }
}

/// The default as a JSON value; none if it is an expression that is no value.
pub(super) fn default_value(name: &str, expression: &str) -> Option<Value> {
    if swagger_type(name) != Some("string") {
        return serde_json::from_str(expression).ok();
    }
    let literal = expression
        .strip_suffix(name)
        .and_then(|rest| rest.strip_suffix("::"))
        .map_or(expression, |literal| literal.trim_matches('\''));
    // PostgREST puts the text between quotes and reads that as JSON, escapes and all.
    serde_json::from_str(&format!("\"{literal}\"")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_a_string() {
        assert_eq!(swagger_type("character varying"), Some("string"));
        assert_eq!(swagger_type("api.mood"), Some("string"));
        assert_eq!(swagger_type("jsonb"), None);
        assert_eq!(swagger_type("jsonb[]"), Some("array"));
    }

    #[test]
    fn arrays_have_the_type_of_their_elements() {
        let schema = |name| {
            let mut schema = Map::new();
            insert_type(&mut schema, name);
            Value::Object(schema)
        };
        assert_eq!(
            schema("integer[]"),
            json!({"type": "array", "items": {"type": "integer"}})
        );
        assert_eq!(schema("json[]"), json!({"type": "array", "items": {}}));
        assert_eq!(schema("json"), json!({}));
    }

    #[test]
    fn defaults_of_strings_lose_their_quotes_and_type() {
        assert_eq!(default_value("text", "'a'::text"), Some(json!("a")));
        assert_eq!(
            default_value("date", "CURRENT_DATE"),
            Some(json!("CURRENT_DATE"))
        );
        assert_eq!(
            default_value("api.mood", "'ok'::api.mood"),
            Some(json!("ok"))
        );
        assert_eq!(default_value("text", "'a\"b'::text"), None);
    }

    #[test]
    fn defaults_of_numbers_are_values_or_nothing() {
        assert_eq!(default_value("integer", "42"), Some(json!(42)));
        assert_eq!(default_value("integer", "nextval('s'::regclass)"), None);
        assert_eq!(default_value("jsonb", "'{}'::jsonb"), None);
        assert_eq!(default_value("boolean", "true"), Some(json!(true)));
    }
}
