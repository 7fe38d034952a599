//! Parameters that operations refer to.
#![forbid(unsafe_code)]

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::rest::schema_cache::types::{Column, Table};

/// All of them, by name: those of every table, and the body and filters of each one.
pub(super) fn render(tables: &[Arc<Table>]) -> Map<String, Value> {
    let mut parameters = Map::new();
    for (name, values) in PREFERENCES {
        parameters.insert((*name).to_owned(), preference(values));
    }
    for &(name, place, written, description) in COMMON {
        let mut parameter = text(written, place);
        parameter.insert("description".to_owned(), json!(description));
        if name == "rangeUnit" {
            parameter.insert("default".to_owned(), json!("items"));
        }
        parameters.insert(name.to_owned(), Value::Object(parameter));
    }
    for table in tables {
        parameters.insert(body_name(table), body(table));
        for column in table.columns.values() {
            let mut parameter = text(&column.name, "query");
            if let Some(description) = &column.description {
                parameter.insert("description".to_owned(), json!(description));
            }
            parameters.insert(filter_name(table, column), Value::Object(parameter));
        }
    }
    parameters
}

/// The name of the parameter that is a row of the table.
pub(super) fn body_name(table: &Table) -> String {
    format!("body.{}", table.name)
}

/// The name of the parameter that filters by a column.
pub(super) fn filter_name(table: &Table, column: &Column) -> String {
    format!("rowFilter.{}.{}", table.name, column.name)
}

/// A reference to the parameter.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/parameters/{name}") })
}

fn body(table: &Table) -> Value {
    json!({
        "name": table.name,
        "description": table.name,
        "required": false,
        "in": "body",
        "schema": { "$ref": format!("#/definitions/{}", table.name) },
    })
}

fn preference(values: &[&str]) -> Value {
    let mut parameter = text("Prefer", "header");
    parameter.insert("description".to_owned(), json!("Preference"));
    if !values.is_empty() {
        parameter.insert("enum".to_owned(), json!(values));
    }
    Value::Object(parameter)
}

fn text(name: &str, place: &str) -> Map<String, Value> {
    let mut parameter = Map::new();
    parameter.insert("name".to_owned(), json!(name));
    parameter.insert("required".to_owned(), json!(false));
    parameter.insert("in".to_owned(), json!(place));
    parameter.insert("type".to_owned(), json!("string"));
    parameter
}

/// Values of `Prefer`, by the name of the parameter.
const PREFERENCES: &[(&str, &[&str])] = &[
    ("preferParams", &[]),
    (
        "preferReturn",
        &["return=representation", "return=minimal", "return=none"],
    ),
    ("preferCount", &["count=none"]),
    (
        "preferPost",
        &[
            "return=representation",
            "return=minimal",
            "return=none",
            "resolution=ignore-duplicates",
            "resolution=merge-duplicates",
        ],
    ),
];

/// Name of the parameter, place, name as it is sent, description.
const COMMON: &[(&str, &str, &str, &str)] = &[
    ("select", "query", "select", "Filtering Columns"),
    ("on_conflict", "query", "on_conflict", "On Conflict"),
    ("order", "query", "order", "Ordering"),
    ("range", "header", "Range", "Limiting and Pagination"),
    (
        "rangeUnit",
        "header",
        "Range-Unit",
        "Limiting and Pagination",
    ),
    ("offset", "query", "offset", "Limiting and Pagination"),
    ("limit", "query", "limit", "Limiting and Pagination"),
];
