//! Schemas of tables and of the arguments of functions.
#![forbid(unsafe_code)]

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::rest::identifiers::QualifiedIdentifier;
use crate::rest::openapi::swagger_type::{default_value, format, insert_type};
use crate::rest::schema_cache::SchemaCache;
use crate::rest::schema_cache::types::{Cardinality, Column, Relationship, Routine, Table};

/// The schemas of all tables, by name.
pub(super) fn render(cache: &SchemaCache, tables: &[Arc<Table>]) -> Map<String, Value> {
    tables
        .iter()
        .map(|table| (table.name.clone(), render_table(cache, table)))
        .collect()
}

/// The schema of the body with which a function is called.
pub(super) fn render_arguments(routine: &Routine) -> Value {
    let properties: Map<String, Value> = routine
        .params
        .iter()
        .map(|param| {
            let mut schema = Map::new();
            insert_type(&mut schema, &param.type_name);
            schema.insert("format".to_owned(), json!(format(&param.type_name)));
            (param.name.clone(), Value::Object(schema))
        })
        .collect();
    let required: Vec<&str> = routine
        .params
        .iter()
        .filter(|param| param.required)
        .map(|param| param.name.as_str())
        .collect();
    object(routine.description.as_deref(), properties, &required)
}

fn render_table(cache: &SchemaCache, table: &Table) -> Value {
    let foreign_keys = foreign_keys(cache, table);
    let properties = table
        .columns
        .values()
        .map(|column| {
            (
                column.name.clone(),
                render_column(table, column, &foreign_keys),
            )
        })
        .collect();
    let required: Vec<&str> = table
        .columns
        .values()
        .filter(|column| !column.nullable)
        .map(|column| column.name.as_str())
        .collect();
    object(table.description.as_deref(), properties, &required)
}

fn render_column(table: &Table, column: &Column, foreign_keys: &[ForeignKey<'_>]) -> Value {
    let mut schema = Map::new();
    if let Some(value) = column
        .default
        .as_deref()
        .and_then(|sql| default_value(&column.data_type, sql))
    {
        schema.insert("default".to_owned(), value);
    }
    if let Some(description) = describe(table, column, foreign_keys) {
        schema.insert("description".to_owned(), json!(description));
    }
    if !column.enum_labels.is_empty() {
        schema.insert("enum".to_owned(), json!(column.enum_labels));
    }
    schema.insert("format".to_owned(), json!(format(&column.data_type)));
    if let Some(length) = column.max_length {
        schema.insert("maxLength".to_owned(), json!(length));
    }
    insert_type(&mut schema, &column.data_type);
    Value::Object(schema)
}

/// The comment, and a note of the keys that the column is.
fn describe(table: &Table, column: &Column, foreign_keys: &[ForeignKey<'_>]) -> Option<String> {
    let mut notes = String::new();
    if table.pk_columns.contains(&column.name) {
        notes.push_str("\nThis is a Primary Key.<pk/>");
    }
    if let Some(key) = foreign_keys.iter().find(|key| key.column == column.name) {
        let ForeignKey {
            foreign_table,
            foreign_column,
            ..
        } = key;
        notes.push_str("\nThis is a Foreign Key to `");
        notes.push_str(foreign_table);
        notes.push('.');
        notes.push_str(foreign_column);
        notes.push_str("`.<fk table='");
        notes.push_str(foreign_table);
        notes.push_str("' column='");
        notes.push_str(foreign_column);
        notes.push_str("'/>");
    }
    match (&column.description, notes.is_empty()) {
        (description, true) => description.clone(),
        (None, false) => Some(format!("Note:{notes}")),
        (Some(description), false) => Some(format!("{description}\n\nNote:{notes}")),
    }
}

/// A foreign key of one column.
struct ForeignKey<'a> {
    column: &'a str,
    foreign_table: &'a str,
    foreign_column: &'a str,
}

/// Foreign keys of one column to relations of the same schema, those to tables first.
fn foreign_keys<'a>(cache: &'a SchemaCache, table: &Table) -> Vec<ForeignKey<'a>> {
    let name = QualifiedIdentifier::new(table.schema.as_str(), table.name.as_str());
    let mut found: Vec<(bool, ForeignKey<'a>)> = cache
        .relationships
        .get(&(name, table.schema.clone()))
        .into_iter()
        .flatten()
        .filter_map(foreign_key)
        .collect();
    found.sort_by_key(|&(is_view, _)| is_view);
    found.into_iter().map(|(_, key)| key).collect()
}

fn foreign_key(relationship: &Relationship) -> Option<(bool, ForeignKey<'_>)> {
    let Relationship::ForeignKey {
        foreign_table,
        cardinality:
            Cardinality::ManyToOne { columns, .. }
            | Cardinality::OneToOne {
                columns,
                is_parent: false,
                ..
            },
        foreign_table_is_view,
        ..
    } = relationship
    else {
        return None;
    };
    let [(column, foreign_column)] = columns.as_slice() else {
        return None;
    };
    let key = ForeignKey {
        column,
        foreign_table: &foreign_table.name,
        foreign_column,
    };
    Some((*foreign_table_is_view, key))
}

fn object(description: Option<&str>, properties: Map<String, Value>, required: &[&str]) -> Value {
    let mut schema = Map::new();
    if let Some(description) = description {
        schema.insert("description".to_owned(), json!(description));
    }
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    if !properties.is_empty() {
        schema.insert("properties".to_owned(), Value::Object(properties));
    }
    schema.insert("type".to_owned(), json!("object"));
    Value::Object(schema)
}
