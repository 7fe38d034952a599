//! The whole document of a small schema.
#![forbid(unsafe_code)]

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::{Description, render};
use crate::rest::config::Config;
use crate::rest::identifiers::QualifiedIdentifier;
use crate::rest::schema_cache::SchemaCache;
use crate::rest::schema_cache::types::{
    Cardinality, Column, Relationship, ReturnKind, ReturnType, Routine, RoutineParam, Table,
    Volatility,
};

fn column(name: &str, data_type: &str) -> Column {
    Column {
        name: name.to_owned(),
        description: None,
        nullable: true,
        data_type: data_type.to_owned(),
        nominal_type: data_type.to_owned(),
        max_length: None,
        default: None,
        enum_labels: Vec::new(),
    }
}

fn table(name: &str, columns: Vec<Column>) -> Table {
    let columns: IndexMap<String, Column> = columns
        .into_iter()
        .map(|column| (column.name.clone(), column))
        .collect();
    Table {
        schema: "api".to_owned(),
        name: name.to_owned(),
        description: None,
        is_view: false,
        insertable: true,
        updatable: true,
        deletable: true,
        pk_columns: vec!["id".to_owned()],
        columns,
    }
}

fn routine(params: &[(&str, &str, bool, bool)]) -> Routine {
    let param = |&(name, kind, required, variadic): &(&str, &str, bool, bool)| RoutineParam {
        name: name.to_owned(),
        type_name: kind.to_owned(),
        type_max_length: kind.to_owned(),
        required,
        variadic,
    };
    Routine {
        schema: "api".to_owned(),
        name: "add".to_owned(),
        description: Some("Adds\n\nall of them".to_owned()),
        params: params.iter().map(param).collect(),
        return_type: ReturnType {
            set: false,
            kind: ReturnKind::Scalar(QualifiedIdentifier::new("pg_catalog", "int4")),
        },
        volatility: Volatility::Stable,
        has_variadic: false,
        isolation: None,
        settings: Vec::new(),
    }
}

/// Films, of which each has a director; a view of them; overloads of a function.
fn cache() -> SchemaCache {
    let id = Column {
        nullable: false,
        description: Some("The id".to_owned()),
        ..column("id", "bigint")
    };
    let title = Column {
        max_length: Some(80),
        default: Some("'none'::character varying".to_owned()),
        ..column("title", "character varying")
    };
    let mood = Column {
        enum_labels: vec!["sad".to_owned(), "ok".to_owned()],
        ..column("mood", "api.mood")
    };
    let films = Table {
        description: Some("Films\n\nAll of them".to_owned()),
        ..table(
            "films",
            vec![
                id,
                title,
                mood,
                column("tags", "text[]"),
                column("director", "integer"),
            ],
        )
    };
    let view = Table {
        is_view: true,
        insertable: false,
        updatable: false,
        deletable: false,
        pk_columns: Vec::new(),
        ..table("view", vec![column("x", "jsonb")])
    };
    let mut cache = SchemaCache::default();
    for table in [films, view] {
        let name = QualifiedIdentifier::new("api", table.name.as_str());
        cache.tables.insert(name, Arc::new(table));
    }
    let key = |foreign: &str, is_view| Relationship::ForeignKey {
        table: QualifiedIdentifier::new("api", "films"),
        foreign_table: QualifiedIdentifier::new("api", foreign),
        is_self: false,
        cardinality: Cardinality::ManyToOne {
            constraint: "fk".to_owned(),
            columns: vec![("director".to_owned(), "id".to_owned())],
        },
        table_is_view: false,
        foreign_table_is_view: is_view,
    };
    cache.relationships.insert(
        (QualifiedIdentifier::new("api", "films"), "api".to_owned()),
        vec![key("a_view", true), key("directors", false)],
    );
    let overloads = [
        routine(&[("a", "integer", true, false)]),
        routine(&[
            ("a", "integer[]", true, false),
            ("b", "json[]", false, true),
        ]),
    ];
    cache.routines.insert(
        QualifiedIdentifier::new("api", "add"),
        overloads.map(Arc::new).to_vec(),
    );
    let writing = Routine {
        name: "log".to_owned(),
        volatility: Volatility::Volatile,
        ..routine(&[])
    };
    cache.routines.insert(
        QualifiedIdentifier::new("api", "log"),
        vec![Arc::new(writing)],
    );
    cache
}

fn document(comment: Option<&str>, config: &Config) -> Value {
    let cache = cache();
    let description = Description::of_schema(&cache, "api", comment.map(str::to_owned));
    render(&cache, &description, config)
}

fn at(pointer: &str) -> Value {
    document(None, &Config::default())
        .pointer(pointer)
        .cloned()
        .unwrap_or_default()
}

#[test]
fn the_comment_on_the_schema_is_title_and_description() {
    let info = |comment| document(comment, &Config::default())["info"].clone();
    assert_eq!(
        info(Some("My API\n\nIt is\nmine")),
        json!({"title": "My API", "description": "It is\nmine", "version": "14.0"})
    );
    assert_eq!(
        info(Some("My API")),
        json!({"title": "My API", "description": "", "version": "14.0"})
    );
    assert_eq!(
        info(None),
        json!({
            "title": "PostgREST API",
            "description": "This is a dynamic API generated by PostgREST",
            "version": "14.0",
        })
    );
}

#[test]
fn the_address_is_that_of_the_proxy() {
    let config = Config {
        openapi_server_proxy_uri: Some("https://example.com/rest/v1".to_owned()),
        ..Config::default()
    };
    let document = document(None, &config);
    assert_eq!(document["host"], "example.com:443");
    assert_eq!(document["basePath"], "/rest/v1");
    assert_eq!(document["schemes"], json!(["https"]));
    assert_eq!(at("/host"), "0.0.0.0:3000");
}

#[test]
fn security_is_described_only_when_it_is_active() {
    let config = Config {
        openapi_security_active: true,
        ..Config::default()
    };
    let active = document(None, &config);
    assert_eq!(active["security"], json!([{"JWT": []}]));
    assert_eq!(
        active["securityDefinitions"],
        json!({"JWT": {
            "type": "apiKey", "name": "Authorization", "in": "header",
            "description": "Add the token prepending \"Bearer \" (without quotes) to it",
        }})
    );
    assert_eq!(at("/security"), Value::Null);
    assert_eq!(at("/securityDefinitions"), Value::Null);
}

#[test]
fn a_definition_has_the_columns_with_what_is_known_of_them() {
    assert_eq!(
        at("/definitions/films"),
        json!({
            "type": "object",
            "description": "Films\n\nAll of them",
            "required": ["id"],
            "properties": {
                "id": {
                    "type": "integer", "format": "int64",
                    "description": "The id\n\nNote:\nThis is a Primary Key.<pk/>",
                },
                "title": {
                    "type": "string", "format": "character varying", "maxLength": 80,
                    "default": "none",
                },
                "mood": {"type": "string", "format": "api.mood", "enum": ["sad", "ok"]},
                "tags": {"type": "array", "format": "text[]", "items": {"type": "string"}},
                "director": {
                    "type": "integer", "format": "int32",
                    "description": "Note:\nThis is a Foreign Key to `directors.id`.\
                        <fk table='directors' column='id'/>",
                },
            },
        })
    );
    assert_eq!(
        at("/definitions/view"),
        json!({"type": "object", "properties": {"x": {"format": "jsonb"}}})
    );
}

#[test]
fn a_table_is_read_and_written_and_a_view_only_read() {
    let references = |operation: &str| -> Vec<String> {
        at(&format!("/paths/~1films/{operation}/parameters"))
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|parameter| parameter["$ref"].as_str()?.strip_prefix("#/parameters/"))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(references("post"), ["body.films", "select", "preferPost"]);
    assert_eq!(
        references("delete"),
        [
            "rowFilter.films.id",
            "rowFilter.films.title",
            "rowFilter.films.mood",
            "rowFilter.films.tags",
            "rowFilter.films.director",
            "preferReturn",
        ]
    );
    assert_eq!(references("get").len(), 12);
    assert_eq!(references("patch")[5..], ["body.films", "preferReturn"]);
    assert_eq!(at("/paths/~1films/get/summary"), "Films");
    assert_eq!(at("/paths/~1films/get/description"), "All of them");
    assert_eq!(
        at("/paths/~1view").as_object().map(serde_json::Map::len),
        Some(1)
    );
}

#[test]
fn a_function_that_may_write_is_called_by_post_only() {
    assert_eq!(at("/paths/~1rpc~1log/get"), Value::Null);
    assert_eq!(at("/paths/~1rpc~1log/post/tags"), json!(["(rpc) log"]));
}

#[test]
fn of_overloads_the_one_with_the_most_parameters_is_shown() {
    assert_eq!(
        at("/paths/~1rpc~1add/get/parameters"),
        json!([
            {"name": "a", "required": true, "in": "query", "type": "string", "format": "integer[]"},
            {
                "name": "b", "required": false, "in": "query", "type": "array",
                "collectionFormat": "multi", "items": {"format": "json"},
            },
        ])
    );
    assert_eq!(
        at("/paths/~1rpc~1add/post/parameters"),
        json!([
            {
                "name": "args", "required": true, "in": "body",
                "schema": {
                    "type": "object",
                    "description": "Adds\n\nall of them",
                    "required": ["a"],
                    "properties": {
                        "a": {
                            "type": "array", "format": "integer[]", "items": {"type": "integer"},
                        },
                        "b": {"type": "array", "format": "json[]", "items": {}},
                    },
                },
            },
            {"$ref": "#/parameters/preferParams"},
        ])
    );
    assert_eq!(at("/paths/~1rpc~1add/post/tags"), json!(["(rpc) add"]));
}

#[test]
fn parameters_of_tables_stand_beside_the_common_ones() {
    assert_eq!(
        at("/parameters/rangeUnit"),
        json!({
            "name": "Range-Unit", "description": "Limiting and Pagination", "required": false,
            "in": "header", "type": "string", "default": "items",
        })
    );
    assert_eq!(
        at("/parameters/body.films"),
        json!({
            "name": "films", "description": "films", "required": false, "in": "body",
            "schema": {"$ref": "#/definitions/films"},
        })
    );
    assert_eq!(
        at("/parameters/rowFilter.films.id"),
        json!({
            "name": "id", "description": "The id", "required": false, "in": "query",
            "type": "string",
        })
    );
    assert_eq!(at("/parameters/preferCount/enum"), json!(["count=none"]));
}

#[test]
fn only_what_may_be_used_is_described() {
    let cache = cache();
    let relations = HashSet::from([QualifiedIdentifier::new("api", "view")]);
    let description = Description::of_privileges(&cache, &relations, &HashMap::new(), None);
    let document = render(&cache, &description, &Config::default());
    let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(paths, ["/", "/view"]);
}

#[test]
fn a_schema_that_is_empty_has_a_path_all_the_same() {
    let cache = SchemaCache::default();
    let document = render(&cache, &Description::default(), &Config::default());
    assert!(document["paths"]["/"]["get"].is_object());
    assert_eq!(document.get("definitions"), None);
}
