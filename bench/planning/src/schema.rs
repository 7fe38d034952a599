//! A schema cache as a small project has it: categories have items, items have notes.
#![forbid(unsafe_code)]

use std::sync::Arc;

use super::rest::config::Config;
use super::rest::identifiers::QualifiedIdentifier;
use super::rest::schema_cache::types::{Cardinality, Column, Relationship, Table};
use super::rest::schema_cache::{SchemaCache, build, catalog};

const SCHEMA: &str = "public";

const TABLES: [(&str, &[(&str, &str)]); 3] = [
    ("categories", &[("id", "integer"), ("name", "text")]),
    (
        "items",
        &[
            ("id", "integer"),
            ("category_id", "integer"),
            ("name", "text"),
            ("score", "double precision"),
        ],
    ),
    (
        "notes",
        &[("id", "bigint"), ("item_id", "integer"), ("body", "text")],
    ),
];

/// What a service on such a database knows, the handlers of media types that every database has included.
pub(crate) fn cache(config: &Config) -> SchemaCache {
    let nothing = vec![Vec::new(); catalog::queries(config).len()];
    let mut cache = build(config, &nothing).unwrap_or_else(|error| panic!("{error}"));
    for (name, columns) in TABLES {
        let table = Arc::new(table(name, columns));
        cache.tables.insert(qualified(name), table);
    }
    relate(&mut cache, "items", "category_id", "categories");
    relate(&mut cache, "notes", "item_id", "items");
    cache
}

fn qualified(name: &str) -> QualifiedIdentifier {
    QualifiedIdentifier::new(SCHEMA, name)
}

fn table(name: &str, columns: &[(&str, &str)]) -> Table {
    let column = |(name, data_type): &(&str, &str)| {
        let column = Column {
            name: (*name).to_owned(),
            description: None,
            nullable: false,
            data_type: (*data_type).to_owned(),
            nominal_type: (*data_type).to_owned(),
            max_length: None,
            default: None,
            enum_labels: Vec::new(),
        };
        (column.name.clone(), column)
    };
    Table {
        schema: SCHEMA.to_owned(),
        name: name.to_owned(),
        description: None,
        is_view: false,
        insertable: true,
        updatable: true,
        deletable: true,
        pk_columns: vec!["id".to_owned()],
        columns: columns.iter().map(column).collect(),
    }
}

/// A foreign key to the `id` of a table, as both of its ends see it.
fn relate(cache: &mut SchemaCache, table: &str, column: &str, foreign: &str) {
    let constraint = format!("{table}_{column}_fkey");
    let to_one = Cardinality::ManyToOne {
        constraint: constraint.clone(),
        columns: vec![(column.to_owned(), "id".to_owned())],
    };
    let to_many = Cardinality::OneToMany {
        constraint,
        columns: vec![("id".to_owned(), column.to_owned())],
    };
    for (one, other, cardinality) in [(table, foreign, to_one), (foreign, table, to_many)] {
        let relationship = Relationship::ForeignKey {
            table: qualified(one),
            foreign_table: qualified(other),
            is_self: false,
            cardinality,
            table_is_view: false,
            foreign_table_is_view: false,
        };
        let key = (qualified(one), SCHEMA.to_owned());
        cache
            .relationships
            .entry(key)
            .or_default()
            .push(relationship);
    }
}
