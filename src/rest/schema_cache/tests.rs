//! The schema cache made of literal rows.
#![forbid(unsafe_code)]

use bytes::Bytes;
use serde_json::{Value, json};

use super::catalog::Rows;
use super::types::{Cardinality, Junction, MediaHandler, Relationship, ReturnKind, Volatility};
use super::{LoadError, SchemaCache, build};
use crate::rest::config::Config;
use crate::rest::identifiers::{QualifiedIdentifier, RelIdentifier};
use crate::rest::media_type::MediaType;
use crate::rest::schema_cache::types::IsolationLevel;

/// Rows of the queries, each a list of JSON values.
#[derive(Default)]
struct Fixture {
    relations: Vec<Value>,
    constraints: Vec<Value>,
    views: Vec<Value>,
    routines: Vec<Value>,
    computed: Vec<Value>,
    roles: Vec<Value>,
}

impl Fixture {
    fn build(self) -> SchemaCache {
        let config = Config {
            schemas: vec!["api".to_owned()],
            ..Config::default()
        };
        build(&config, &self.rows()).unwrap()
    }

    fn rows(self) -> Vec<Rows> {
        let representation =
            json!({"source_type": "text", "target_type": "api.color", "function": "api.f"});
        let handler = json!({
            "handler_schema": "api", "handler_name": "html_agg",
            "target_schema": "api", "target_name": "films",
            "media_type": "text/html", "resolved_media_type": "text/html",
        });
        [
            self.relations,
            self.constraints,
            self.views,
            self.routines,
            self.computed,
            vec![representation],
            vec![handler],
            self.roles,
            vec![json!("UTC")],
        ]
        .into_iter()
        .map(|rows| {
            rows.into_iter()
                .map(|row| vec![Some(Bytes::from(row.to_string()))])
                .collect()
        })
        .collect()
    }

    /// A table `api.name`, or one of another schema, which the query does not return.
    fn table(mut self, name: &str, primary_key: &[&str]) -> Self {
        self.relations.push(relation(name, primary_key, false));
        self
    }

    /// A view `api.name` of `origins`: column, number of the table, column there.
    fn view(mut self, oid: u32, name: &str, columns: &[(&str, u32, i16)]) -> Self {
        self.relations.push(relation(name, &[], true));
        self.internal_view(oid, ("api", name), columns, true)
    }

    fn internal_view(
        mut self,
        oid: u32,
        (schema, name): (&str, &str),
        columns: &[(&str, u32, i16)],
        is_exposed: bool,
    ) -> Self {
        let entries: Vec<String> = columns
            .iter()
            .zip(1..)
            .map(|((_, table, column), number)| {
                format!("{{TARGETENTRY :resno {number} :resorigtbl {table} :resorigcol {column}}}")
            })
            .collect();
        let entries = entries.join(" ");
        let names: serde_json::Map<String, Value> = columns
            .iter()
            .zip(1..)
            .map(|((name, _, _), number)| (number.to_string(), json!(name)))
            .collect();
        self.views.push(json!({
            "oid": oid, "schema": schema, "name": name, "is_exposed": is_exposed,
            "query": format!("({{QUERY :targetList ({entries})}})"), "columns": names,
        }));
        self
    }

    fn primary(mut self, (oid, schema, table): Oid, columns: &[(i16, &str)]) -> Self {
        let (numbers, names): (Vec<i16>, Vec<&str>) = columns.iter().copied().unzip();
        self.constraints.push(json!({
            "name": format!("{table}_pkey"), "is_primary": true, "is_root": true,
            "table_oid": oid, "table_schema": schema, "table_name": table,
            "column_numbers": numbers, "columns": names,
            "foreign_oid": 0, "foreign_schema": null, "foreign_name": null,
            "foreign_numbers": null, "foreign_columns": vec![Value::Null; names.len()],
            "is_unique": false,
        }));
        self
    }

    /// A foreign key of one column to column 1, `id`.
    fn foreign(self, name: &str, from: Oid, column: (i16, &str), to: Oid) -> Self {
        self.key(name, from, column, to, false)
    }

    fn key(
        mut self,
        name: &str,
        (oid, schema, table): Oid,
        (number, column): (i16, &str),
        (foreign_oid, foreign_schema, foreign_name): Oid,
        is_unique: bool,
    ) -> Self {
        self.constraints.push(json!({
            "name": name, "is_primary": false, "is_root": true,
            "table_oid": oid, "table_schema": schema, "table_name": table,
            "column_numbers": [number], "columns": [column],
            "foreign_oid": foreign_oid, "foreign_schema": foreign_schema,
            "foreign_name": foreign_name, "foreign_numbers": [1], "foreign_columns": ["id"],
            "is_unique": is_unique,
        }));
        self
    }

    fn computed(mut self, function: (&str, &str), from: &str, to: &str) -> Self {
        self.computed.push(json!({
            "function_schema": function.0, "function_name": function.1,
            "table_schema": "api", "table_name": from,
            "foreign_schema": "api", "foreign_name": to,
            "to_one": true, "is_self": from == to,
        }));
        self
    }
}

type Oid = (u32, &'static str, &'static str);

const FILMS: Oid = (1, "api", "films");
const ACTORS: Oid = (2, "api", "actors");
const ROLES: Oid = (3, "api", "roles");
const SECRET: Oid = (4, "private", "secret");

fn relation(name: &str, primary_key: &[&str], is_view: bool) -> Value {
    json!({
        "schema": "api", "name": name, "description": null, "is_view": is_view,
        "insertable": true, "updatable": true, "deletable": true,
        "pk_columns": primary_key, "columns": [],
    })
}

fn name(name: &str) -> QualifiedIdentifier {
    QualifiedIdentifier::new("api", name)
}

fn columns(left: &str, right: &str) -> Vec<(String, String)> {
    vec![(left.to_owned(), right.to_owned())]
}

fn many_to_one(constraint: &str, left: &str, right: &str) -> Cardinality {
    Cardinality::ManyToOne {
        constraint: constraint.to_owned(),
        columns: columns(left, right),
    }
}

fn one_to_many(constraint: &str, left: &str, right: &str) -> Cardinality {
    Cardinality::OneToMany {
        constraint: constraint.to_owned(),
        columns: columns(left, right),
    }
}

/// The cardinalities from one table to another, in their order.
fn between(cache: &SchemaCache, from: &str, to: &str) -> Vec<Cardinality> {
    cache
        .relationships
        .get(&(name(from), "api".to_owned()))
        .into_iter()
        .flatten()
        .filter(|found| *found.foreign_table() == name(to))
        .filter_map(|found| match found {
            Relationship::ForeignKey { cardinality, .. } => Some(cardinality.clone()),
            Relationship::Computed { .. } => None,
        })
        .collect()
}

#[test]
fn a_foreign_key_is_many_to_one_and_one_to_many_from_the_other_side() {
    let cache = Fixture::default()
        .foreign("fk", ROLES, (1, "film_id"), FILMS)
        .build();
    assert_eq!(
        between(&cache, "roles", "films"),
        [many_to_one("fk", "film_id", "id")]
    );
    assert_eq!(
        between(&cache, "films", "roles"),
        [one_to_many("fk", "id", "film_id")]
    );
}

#[test]
fn a_unique_foreign_key_is_one_to_one_on_both_sides() {
    let cache = Fixture::default()
        .key("fk", ROLES, (1, "film_id"), FILMS, true)
        .build();
    let side = |columns, is_parent| Cardinality::OneToOne {
        constraint: "fk".to_owned(),
        columns,
        is_parent,
    };
    assert_eq!(
        between(&cache, "roles", "films"),
        [side(columns("film_id", "id"), false)]
    );
    assert_eq!(
        between(&cache, "films", "roles"),
        [side(columns("id", "film_id"), true)]
    );
}

#[test]
fn a_table_that_refers_to_itself_has_both_sides() {
    let cache = Fixture::default()
        .foreign("fk", FILMS, (2, "sequel_of"), FILMS)
        .build();
    assert_eq!(
        between(&cache, "films", "films"),
        [
            one_to_many("fk", "id", "sequel_of"),
            many_to_one("fk", "sequel_of", "id")
        ]
    );
    let found = cache
        .relationships
        .get(&(name("films"), "api".to_owned()))
        .unwrap();
    assert!(
        found
            .iter()
            .all(|one| matches!(one, Relationship::ForeignKey { is_self: true, .. }))
    );
}

#[test]
fn foreign_keys_inside_of_the_primary_key_make_a_junction() {
    let junction = |primary_key: &[&str]| {
        let cache = Fixture::default()
            .table("roles", primary_key)
            .foreign("film", ROLES, (1, "film_id"), FILMS)
            .foreign("actor", ROLES, (2, "actor_id"), ACTORS)
            .build();
        between(&cache, "films", "actors")
    };
    let expected = Cardinality::ManyToMany(Junction {
        table: name("roles"),
        constraint1: "film".to_owned(),
        constraint2: "actor".to_owned(),
        source_columns: columns("id", "film_id"),
        target_columns: columns("id", "actor_id"),
    });
    assert_eq!(
        junction(&["actor_id", "film_id"]),
        std::slice::from_ref(&expected)
    );
    assert_eq!(junction(&["actor_id", "film_id", "role"]), [expected]);
    assert_eq!(junction(&["film_id"]), []);
    assert_eq!(junction(&[]), []);
}

#[test]
fn an_internal_junction_is_removed_and_leaves_an_empty_list() {
    let cache = Fixture::default()
        .primary(SECRET, &[(1, "film_id"), (2, "actor_id")])
        .foreign("film", SECRET, (1, "film_id"), FILMS)
        .foreign("actor", SECRET, (2, "actor_id"), ACTORS)
        .build();
    let mut keys: Vec<_> = cache
        .relationships
        .iter()
        .map(|((table, schema), found)| (table.name.as_str(), schema.as_str(), found.len()))
        .collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            ("actors", "api", 0),
            ("actors", "private", 0),
            ("films", "api", 0),
            ("films", "private", 0),
        ]
    );
}

#[test]
fn a_key_of_a_partition_is_not_a_relationship_of_its_own() {
    let mut fixture = Fixture::default().foreign("fk", ROLES, (1, "film_id"), FILMS);
    fixture.constraints[0]["is_root"] = json!(false);
    assert!(fixture.build().relationships.is_empty());
}

#[test]
fn views_have_the_relationships_of_their_tables_once_for_each_column_that_shows_the_key() {
    let cache = Fixture::default()
        .foreign("fk", ROLES, (1, "film_id"), FILMS)
        .view(10, "films_view", &[("id_a", 1, 1), ("id_b", 1, 1)])
        .view(11, "roles_view", &[("film", 3, 1)])
        .build();
    assert_eq!(
        between(&cache, "roles", "films_view"),
        [
            many_to_one("fk", "film_id", "id_a"),
            many_to_one("fk", "film_id", "id_b")
        ]
    );
    assert_eq!(
        between(&cache, "roles_view", "films"),
        [many_to_one("fk", "film", "id")]
    );
    assert_eq!(
        between(&cache, "films_view", "roles_view"),
        [
            one_to_many("fk", "id_a", "film"),
            one_to_many("fk", "id_b", "film")
        ]
    );
}

#[test]
fn keys_show_through_views_of_views_and_internal_ones() {
    let cache = Fixture::default()
        .primary(FILMS, &[(1, "id")])
        .foreign("fk", ROLES, (1, "film_id"), FILMS)
        .internal_view(20, ("private", "inner"), &[("x", 9, 9), ("y", 1, 1)], false)
        .view(21, "outer", &[("z", 20, 2)])
        .build();
    assert_eq!(
        between(&cache, "outer", "roles"),
        [one_to_many("fk", "z", "film_id")]
    );
    assert_eq!(cache.tables.get(&name("outer")).unwrap().pk_columns, ["z"]);
}

#[test]
fn a_view_that_shows_itself_comes_to_an_end() {
    let cache = Fixture::default()
        .view(10, "a", &[("x", 11, 1)])
        .view(11, "b", &[("x", 10, 1)]);
    assert!(cache.build().relationships.is_empty());
}

#[test]
fn a_view_has_the_primary_key_only_if_it_has_all_of_its_columns() {
    let fixture = |columns: &[(&str, u32, i16)]| {
        let cache = Fixture::default()
            .primary(ROLES, &[(2, "actor_id"), (1, "film_id")])
            .view(10, "v", columns)
            .build();
        cache.tables.get(&name("v")).unwrap().pk_columns.clone()
    };
    assert_eq!(
        fixture(&[("f", 3, 1), ("a", 3, 2), ("again", 3, 2)]),
        ["a", "f"]
    );
    assert!(fixture(&[("f", 3, 1)]).is_empty());
}

#[test]
fn a_view_can_be_a_junction() {
    let cache = Fixture::default()
        .primary(SECRET, &[(1, "film_id"), (2, "actor_id")])
        .foreign("film", SECRET, (1, "film_id"), FILMS)
        .foreign("actor", SECRET, (2, "actor_id"), ACTORS)
        .view(10, "cast", &[("f", 4, 1), ("a", 4, 2)])
        .build();
    assert_eq!(
        between(&cache, "films", "actors"),
        [Cardinality::ManyToMany(Junction {
            table: name("cast"),
            constraint1: "film".to_owned(),
            constraint2: "actor".to_owned(),
            source_columns: columns("id", "f"),
            target_columns: columns("id", "a"),
        })]
    );
}

#[test]
fn a_computed_relationship_hides_those_with_the_table_of_its_name() {
    let keys = || Fixture::default().foreign("fk", ROLES, (1, "film_id"), FILMS);
    let hidden = keys().computed(("api", "films"), "roles", "films").build();
    assert_eq!(between(&hidden, "roles", "films"), []);
    assert_eq!(
        between(&hidden, "films", "roles"),
        [one_to_many("fk", "id", "film_id")]
    );
    let beside = keys().computed(("api", "film"), "roles", "films").build();
    let found = beside
        .relationships
        .get(&(name("roles"), "api".to_owned()))
        .unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(
        found[1],
        Relationship::Computed {
            function: name("film"),
            table: name("roles"),
            foreign_table: name("films"),
            table_alias: QualifiedIdentifier::default(),
            to_one: true,
            is_self: false,
        }
    );
}

#[test]
fn a_computed_relationship_stands_under_the_schema_of_its_function() {
    let cache = Fixture::default()
        .computed(("private", "film"), "roles", "films")
        .build();
    let key = (name("roles"), "private".to_owned());
    assert_eq!(cache.relationships.get(&key).map(Vec::len), Some(1));
}

#[test]
fn overloads_with_fewer_parameters_come_first() {
    let routine = |params: &[&str], set: bool| {
        let params: Vec<Value> = params
            .iter()
            .map(|name| {
                json!({"name": name, "type_name": "int", "type_max_length": "int", "required": true,
                    "variadic": false})
            })
            .collect();
        json!({
            "schema": "api", "name": "add", "description": null, "params": params,
            "return_schema": "api", "return_name": "films", "returns_set": set,
            "returns_composite": true, "returns_alias": false, "volatility": "s",
            "has_variadic": false, "isolation": "repeatable read",
            "settings": [["statement_timeout", "1s"]],
        })
    };
    let fixture = Fixture {
        routines: vec![
            routine(&["b", "a"], true),
            routine(&["a", "b"], true),
            routine(&["z"], false),
        ],
        ..Fixture::default()
    };
    let cache = fixture.build();
    let found = cache.routines.get(&name("add")).unwrap();
    let params: Vec<Vec<&str>> = found
        .iter()
        .map(|one| one.params.iter().map(|param| param.name.as_str()).collect())
        .collect();
    assert_eq!(params, [vec!["z"], vec!["a", "b"], vec!["b", "a"]]);
    assert_eq!(found[0].volatility, Volatility::Stable);
    assert_eq!(found[0].isolation, Some(IsolationLevel::RepeatableRead));
    assert!(matches!(
        found[0].return_type.kind,
        ReturnKind::Composite {
            is_alias: false,
            ..
        }
    ));
    assert!(found[0].returns_single_composite() && !found[1].returns_single());
}

#[test]
fn settings_and_isolation_of_roles_are_kept_apart() {
    let fixture = Fixture {
        roles: vec![
            json!({"name": "anon", "isolation": "serializable", "settings": []}),
            json!({"name": "web", "isolation": null, "settings": [["statement_timeout", "3s"]]}),
        ],
        ..Fixture::default()
    };
    let cache = fixture.build();
    assert_eq!(
        cache.role_isolation.get("anon"),
        Some(&IsolationLevel::Serializable)
    );
    assert_eq!(cache.role_isolation.get("web"), None);
    assert_eq!(
        cache.role_settings.get("web").unwrap(),
        &columns("statement_timeout", "3s")
    );
}

#[test]
fn representations_handlers_and_timezones_are_found_by_name() {
    let cache = Fixture::default().build();
    let key = ("text".to_owned(), "api.color".to_owned());
    assert_eq!(cache.representations.get(&key).unwrap().function, "api.f");
    let films = RelIdentifier::Relation(name("films"));
    let html = MediaType::Other("text/html".to_owned());
    let handler = MediaHandler::Custom(name("html_agg"), films.clone());
    assert_eq!(
        cache.media_handlers.get(&(films, html.clone())),
        Some(&(handler, html))
    );
    assert!(cache.timezones.contains("UTC"));
}

#[test]
fn rows_that_are_not_as_they_should_be_are_an_error() {
    let config = Config::default();
    let mut rows = Fixture::default().rows();
    assert!(build(&config, &rows).is_ok());
    rows[1] = vec![vec![Some(Bytes::from_static(b"{}"))]];
    let LoadError::Row { query, .. } = build(&config, &rows).unwrap_err();
    assert_eq!(query, "constraints");
    rows[1] = vec![vec![None]];
    assert!(build(&config, &rows).is_err());
    assert!(build(&config, &rows[..1]).is_err());
}
