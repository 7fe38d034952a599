//! A small schema cache and requests made by hand, for the tests of planning.
#![forbid(unsafe_code)]

use std::sync::Arc;

use crate::rest::api_request::preferences::Preferences;
use crate::rest::api_request::types::{
    Aggregate, Field, Filter, IsValue, JoinType, JsonOperand, JsonOperation, Operation,
    QuantOperator, SelectItem,
};
use crate::rest::api_request::{Action, ApiRequest, Invoke, Mutation, QueryParams};
use crate::rest::config::Config;
use crate::rest::error::{ApiError, Error, SchemaCacheError};
use crate::rest::identifiers::{QualifiedIdentifier, RelIdentifier};
use crate::rest::media_type::MediaType;
use crate::rest::range::RowRange;
use crate::rest::schema_cache::SchemaCache;
use crate::rest::schema_cache::types::{
    Cardinality, Column, DataRepresentation, Junction, MediaHandler, Relationship, ReturnKind,
    ReturnType, Routine, RoutineParam, Table, Volatility,
};

use super::types::{Plan, ReadPlan};

/// A name in the schema of the fixture.
pub(super) fn qi(name: &str) -> QualifiedIdentifier {
    QualifiedIdentifier::new("test", name)
}

/// Clients have projects, projects have tasks, users have tasks by a junction; and the odd ones.
pub(super) fn cache() -> SchemaCache {
    let mut cache = SchemaCache::default();
    add_tables(&mut cache);
    add_relationships(&mut cache);
    add_routines(&mut cache);
    for (media, handler) in [
        (MediaType::ApplicationJson, MediaHandler::Json),
        (MediaType::TextCsv, MediaHandler::Csv),
        (MediaType::GeoJson, MediaHandler::GeoJson),
    ] {
        let key = (RelIdentifier::Any, media.clone());
        cache.media_handlers.insert(key, (handler, media));
    }
    let key = (RelIdentifier::Any, MediaType::Any);
    let json = (MediaHandler::Json, MediaType::ApplicationJson);
    cache.media_handlers.insert(key, json);
    cache
}

fn add_tables(cache: &mut SchemaCache) {
    let id = ("id", "integer", "integer");
    let name = ("name", "text", "text");
    for (table, pk, columns) in [
        ("clients", vec!["id"], vec![id, name]),
        (
            "projects",
            vec!["id"],
            vec![id, name, ("client_id", "integer", "integer")],
        ),
        (
            "projects_view",
            vec![],
            vec![id, name, ("client_id", "integer", "integer")],
        ),
        (
            "tasks",
            vec!["id"],
            vec![id, name, ("project_id", "integer", "integer")],
        ),
        ("users", vec!["id"], vec![id, name]),
        (
            "users_tasks",
            vec!["task_id", "user_id"],
            vec![
                ("user_id", "integer", "integer"),
                ("task_id", "integer", "integer"),
            ],
        ),
        (
            "family_tree",
            vec!["id"],
            vec![id, name, ("parent", "integer", "integer")],
        ),
        (
            "students",
            vec!["code", "id"],
            vec![id, ("code", "text", "text"), name],
        ),
        (
            "students_info",
            vec!["code", "id"],
            vec![id, ("code", "text", "text")],
        ),
        (
            "documents",
            vec!["id"],
            vec![
                id,
                ("data", "jsonb", "jsonb"),
                ("words", "tsvector", "tsvector"),
                ("domain_words", "tsvector", "test.words"),
                ("title", "text", "text"),
            ],
        ),
        (
            "todos",
            vec!["id"],
            vec![id, ("color", "integer", "test.color")],
        ),
    ] {
        cache
            .tables
            .insert(qi(table), Arc::new(make_table(table, &pk, &columns)));
    }
}

fn make_table(name: &str, pk: &[&str], columns: &[(&str, &str, &str)]) -> Table {
    let column = |(name, data_type, nominal_type): &(&str, &str, &str)| {
        let default = (*name == "id").then(|| "nextval('ids')".to_owned());
        let column = Column {
            name: (*name).to_owned(),
            description: None,
            nullable: false,
            data_type: (*data_type).to_owned(),
            nominal_type: (*nominal_type).to_owned(),
            max_length: None,
            default,
            enum_labels: Vec::new(),
        };
        (column.name.clone(), column)
    };
    Table {
        schema: "test".to_owned(),
        name: name.to_owned(),
        description: None,
        is_view: name.ends_with("_view"),
        insertable: true,
        updatable: true,
        deletable: true,
        pk_columns: pk.iter().map(|column| (*column).to_owned()).collect(),
        columns: columns.iter().map(column).collect(),
    }
}

fn add_relationships(cache: &mut SchemaCache) {
    let one = |constraint: &str, own: &str, foreign: &str| Cardinality::ManyToOne {
        constraint: constraint.to_owned(),
        columns: pairs(&[(own, foreign)]),
    };
    let many = |constraint: &str, own: &str, foreign: &str| Cardinality::OneToMany {
        constraint: constraint.to_owned(),
        columns: pairs(&[(own, foreign)]),
    };
    relate(
        cache,
        "projects",
        "clients",
        one("client", "client_id", "id"),
    );
    relate(
        cache,
        "projects",
        "tasks",
        many("project", "id", "project_id"),
    );
    relate(
        cache,
        "clients",
        "projects",
        many("client", "id", "client_id"),
    );
    relate(
        cache,
        "clients",
        "projects_view",
        many("client", "id", "client_id"),
    );
    relate(
        cache,
        "tasks",
        "projects",
        one("project", "project_id", "id"),
    );
    relate(
        cache,
        "tasks",
        "users",
        many_to_many(("id", "task_id"), ("id", "user_id")),
    );
    relate(
        cache,
        "users",
        "tasks",
        many_to_many(("id", "user_id"), ("id", "task_id")),
    );
    relate(cache, "users", "tasks", many("owner", "id", "owner_id"));
    relate(
        cache,
        "family_tree",
        "family_tree",
        one("pptr", "parent", "id"),
    );
    relate(
        cache,
        "family_tree",
        "family_tree",
        many("pptr", "id", "parent"),
    );
    relate(
        cache,
        "students",
        "students_info",
        Cardinality::OneToOne {
            constraint: "students_info_fkey".to_owned(),
            columns: pairs(&[("id", "id"), ("code", "code")]),
            is_parent: true,
        },
    );
    let computed = Relationship::Computed {
        function: qi("computed_clients"),
        table: qi("projects"),
        foreign_table: qi("clients"),
        table_alias: QualifiedIdentifier::default(),
        to_one: true,
        is_self: false,
    };
    insert(cache, "projects", computed);
}

fn many_to_many(source: (&str, &str), target: (&str, &str)) -> Cardinality {
    Cardinality::ManyToMany(Junction {
        table: qi("users_tasks"),
        constraint1: "source".to_owned(),
        constraint2: "target".to_owned(),
        source_columns: pairs(&[source]),
        target_columns: pairs(&[target]),
    })
}

fn relate(cache: &mut SchemaCache, table: &str, foreign: &str, cardinality: Cardinality) {
    let relationship = Relationship::ForeignKey {
        table: qi(table),
        foreign_table: qi(foreign),
        is_self: table == foreign,
        cardinality,
        table_is_view: table.ends_with("_view"),
        foreign_table_is_view: foreign.ends_with("_view"),
    };
    insert(cache, table, relationship);
}

fn insert(cache: &mut SchemaCache, table: &str, relationship: Relationship) {
    let key = (qi(table), "test".to_owned());
    cache
        .relationships
        .entry(key)
        .or_default()
        .push(relationship);
}

/// Pairs of names, owned.
pub(super) fn pairs(names: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(own, foreign): &(&str, &str)| ((*own).to_owned(), (*foreign).to_owned());
    names.iter().map(owned).collect()
}

fn add_routines(cache: &mut SchemaCache) {
    let required = |name: &str, type_name: &str| param(name, type_name, true, false);
    let projects = ReturnKind::Composite {
        relation: qi("projects"),
        is_alias: false,
    };
    for (name, params, set, kind) in [
        ("all_projects", vec![], true, projects.clone()),
        ("one_project", vec![], false, projects),
        (
            "add",
            vec![required("a", "integer"), required("b", "integer")],
            false,
            scalar("int4"),
        ),
        (
            "add",
            vec![required("a", "integer"), required("c", "integer")],
            false,
            scalar("int4"),
        ),
        (
            "defaults",
            vec![
                required("a", "integer"),
                param("b", "integer", false, false),
            ],
            false,
            scalar("int4"),
        ),
        (
            "defaults",
            vec![
                required("a", "integer"),
                param("c", "integer", false, false),
            ],
            false,
            scalar("int4"),
        ),
        (
            "optional",
            vec![
                required("a", "integer"),
                param("b", "integer", false, false),
            ],
            false,
            scalar("int4"),
        ),
        ("unnamed", vec![required("", "json")], false, scalar("json")),
        ("unnamed", vec![required("", "text")], false, scalar("text")),
        (
            "unnamed_jsons",
            vec![required("", "json")],
            false,
            scalar("json"),
        ),
        (
            "unnamed_jsons",
            vec![required("", "jsonb")],
            false,
            scalar("json"),
        ),
        (
            "named_json",
            vec![required("data", "json")],
            false,
            scalar("json"),
        ),
        (
            "variadic",
            vec![required("x", "text"), param("v", "text[]", true, true)],
            true,
            scalar("text"),
        ),
    ] {
        let overloads = cache.routines.entry(qi(name)).or_default();
        overloads.push(Arc::new(make_routine(name, params, set, kind)));
    }
}

fn scalar(name: &str) -> ReturnKind {
    ReturnKind::Scalar(QualifiedIdentifier::new("pg_catalog", name))
}

/// A parameter.
pub(super) fn param(name: &str, type_name: &str, required: bool, variadic: bool) -> RoutineParam {
    RoutineParam {
        name: name.to_owned(),
        type_name: type_name.to_owned(),
        type_max_length: type_name.to_owned(),
        required,
        variadic,
    }
}

fn make_routine(name: &str, params: Vec<RoutineParam>, set: bool, kind: ReturnKind) -> Routine {
    Routine {
        schema: "test".to_owned(),
        name: name.to_owned(),
        description: None,
        has_variadic: params.iter().any(|param| param.variadic),
        params,
        return_type: ReturnType { set, kind },
        volatility: if set {
            Volatility::Stable
        } else {
            Volatility::Volatile
        },
        isolation: None,
        settings: Vec::new(),
    }
}

/// The fixture with a domain that is written from JSON, shown as JSON and read from text by functions.
pub(super) fn cache_with_representations() -> SchemaCache {
    let mut cache = cache();
    for (source, target, function) in [
        ("test.color", "json", "test.color_to_json"),
        ("json", "test.color", "test.json_to_color"),
        ("text", "test.color", "test.text_to_color"),
    ] {
        let representation = DataRepresentation {
            source_type: source.to_owned(),
            target_type: target.to_owned(),
            function: function.to_owned(),
        };
        let key = (source.to_owned(), target.to_owned());
        cache.representations.insert(key, representation);
    }
    cache
}

/// A request with everything absent.
pub(super) fn request(action: Action) -> ApiRequest {
    ApiRequest {
        action,
        method: http::Method::GET,
        path: String::new(),
        top_level_range: RowRange::ALL,
        ranges: Vec::new(),
        query: QueryParams {
            select: vec![field("*")],
            ..QueryParams::default()
        },
        payload: None,
        preferences: Preferences::default(),
        columns: std::collections::BTreeSet::new(),
        headers: Vec::new(),
        cookies: Vec::new(),
        schema: "test".to_owned(),
        negotiated_by_profile: false,
        accept: vec![MediaType::Any],
        content_type: MediaType::ApplicationJson,
    }
}

/// `GET` of a relation.
pub(super) fn get(relation: &str, select: Vec<SelectItem>) -> ApiRequest {
    let relation = qi(relation);
    let mut request = request(Action::RelationRead {
        relation,
        head: false,
    });
    request.query.select = select;
    request
}

/// A write to a relation.
pub(super) fn write(relation: &str, mutation: Mutation) -> ApiRequest {
    let relation = qi(relation);
    request(Action::RelationMutate { relation, mutation })
}

/// A call of a function.
pub(super) fn rpc(routine: &str, invoke: Invoke) -> ApiRequest {
    let routine = qi(routine);
    request(Action::Routine { routine, invoke })
}

/// A selected field.
pub(super) fn field(name: &str) -> SelectItem {
    json_field(name, &[])
}

/// A selected field with a path of keys.
pub(super) fn json_field(name: &str, keys: &[JsonOperand]) -> SelectItem {
    SelectItem::Field {
        field: Field {
            name: name.to_owned(),
            path: keys.iter().cloned().map(JsonOperation::Arrow).collect(),
        },
        aggregate: None,
        aggregate_cast: None,
        cast: None,
        alias: None,
    }
}

/// A selected aggregate.
pub(super) fn aggregate(name: &str, aggregate: Aggregate) -> SelectItem {
    SelectItem::Field {
        field: plain(name),
        aggregate: Some(aggregate),
        aggregate_cast: None,
        cast: None,
        alias: None,
    }
}

/// An embedded resource.
pub(super) fn embed(relation: &str, select: Vec<SelectItem>) -> SelectItem {
    embed_as(None, relation, None, select)
}

/// An embedded resource with an alias and a hint.
pub(super) fn embed_as(
    alias: Option<&str>,
    relation: &str,
    hint: Option<&str>,
    select: Vec<SelectItem>,
) -> SelectItem {
    SelectItem::Relation {
        relation: relation.to_owned(),
        alias: alias.map(str::to_owned),
        hint: hint.map(str::to_owned),
        join: None,
        select,
    }
}

/// A spread resource.
pub(super) fn spread(relation: &str, select: Vec<SelectItem>) -> SelectItem {
    SelectItem::Spread {
        relation: relation.to_owned(),
        hint: None,
        join: Some(JoinType::Left),
        select,
    }
}

/// A field without a path.
pub(super) fn plain(name: &str) -> Field {
    Field {
        name: name.to_owned(),
        path: Vec::new(),
    }
}

/// `name=eq.value`.
pub(super) fn equal(name: &str, value: &str) -> Filter {
    Filter {
        field: plain(name),
        negated: false,
        operation: Operation::Quantified(QuantOperator::Equal, None, value.to_owned()),
    }
}

/// `name=is.null` or `name=not.is.null`.
pub(super) fn is_null(name: &str, negated: bool) -> Filter {
    Filter {
        field: plain(name),
        negated,
        operation: Operation::Is(IsValue::Null),
    }
}

/// Owned names.
pub(super) fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// A configuration with aggregates.
pub(super) fn with_aggregates() -> Config {
    Config {
        aggregates_enabled: true,
        ..Config::default()
    }
}

/// Plans with the fixture.
pub(super) fn plan(request: &ApiRequest) -> Result<Plan, Error> {
    Plan::new(request, &Config::default(), &cache())
}

/// The read plan of a request that can be planned.
pub(super) fn read(request: &ApiRequest) -> ReadPlan {
    read_with(request, &Config::default(), &cache())
}

/// The read plan, with a configuration and a cache.
pub(super) fn read_with(request: &ApiRequest, config: &Config, cache: &SchemaCache) -> ReadPlan {
    match Plan::new(request, config, cache).unwrap() {
        Plan::Read(action) => action.read,
        Plan::Mutate(action) => action.read,
        Plan::Call(action) => action.read,
        other => panic!("{other:?}"),
    }
}

/// The PGRST1xx error of a plan.
pub(super) fn api_error(result: Result<Plan, Error>) -> ApiError {
    match result {
        Err(Error::Api(error)) => error,
        other => panic!("{other:?}"),
    }
}

/// The PGRST2xx error of a plan.
pub(super) fn cache_error(result: Result<Plan, Error>) -> SchemaCacheError {
    match result {
        Err(Error::SchemaCache(error)) => *error,
        other => panic!("{other:?}"),
    }
}
