//! The main statement around a read, its counts, and the handlers.
#![forbid(unsafe_code)]

use super::*;
use crate::rest::api_request::preferences::Count;
use crate::rest::identifiers::RelIdentifier;
use crate::rest::media_type::{PlanFormat, PlanMedia, PlanOption};
use crate::rest::plan::types::InfoPlan;
use crate::rest::schema_cache::types::IsolationLevel;

fn projects(handler: MediaHandler) -> Plan {
    let mut read = relation("projects", &["id"]);
    read.filters = vec![equal("id", "1")];
    read_action(read, handler)
}

fn counting(count: Count) -> Preferences {
    Preferences {
        count: Some(count),
        ..Preferences::default()
    }
}

/// The body, and what stands around it.
fn body_sql(handler: &MediaHandler, routine: Option<&Routine>) -> String {
    let mut sql = Sql::new();
    super::super::handler::render_handler(&mut sql, handler, routine);
    sql.finish().sql
}

fn routine(set: bool, kind: ReturnKind) -> Routine {
    Routine {
        return_type: ReturnType { set, kind },
        ..scalar_routine("f")
    }
}

const AFTER_BODY: &str = "nullif(current_setting('response.headers', true), '') AS response_headers, nullif(current_setting('response.status', true), '') AS response_status, 0 AS response_inserted FROM ( SELECT * FROM pgrst_source ) _postgrest_t";

#[test]
fn a_read_has_the_seven_columns() {
    let query = render(
        &projects(MediaHandler::Json),
        Preferences::default(),
        &Config::default(),
    );
    assert_sql(
        &query.main,
        &format!(
            r#"WITH pgrst_source AS ( SELECT "test"."projects"."id" FROM "test"."projects" WHERE "test"."projects"."id" = $1 ) SELECT null::bigint AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, array[]::text[] AS header, coalesce(json_agg(_postgrest_t), '[]') AS body, {AFTER_BODY}"#
        ),
        &["1"],
    );
    assert!(query.read_only);
    assert_eq!(query.count_explain, None);
    assert_eq!(query.pre_request, None);
    assert_eq!(query.isolation, IsolationLevel::ReadCommitted);
}

#[test]
fn an_exact_count_is_a_second_cte() {
    let plan = projects(MediaHandler::Json);
    let query = render(&plan, counting(Count::Exact), &Config::default());
    assert_sql(
        &query.main,
        &format!(
            r#"WITH pgrst_source AS ( SELECT "test"."projects"."id" FROM "test"."projects" WHERE "test"."projects"."id" = $1 ), pgrst_source_count AS (SELECT 1 FROM "test"."projects" WHERE "test"."projects"."id" = $2) SELECT (SELECT pg_catalog.count(*) FROM pgrst_source_count) AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, array[]::text[] AS header, coalesce(json_agg(_postgrest_t), '[]') AS body, {AFTER_BODY}"#
        ),
        &["1", "1"],
    );
    assert_eq!(query.count_explain, None);
}

#[test]
fn an_estimate_counts_up_to_the_limit_and_asks_for_a_plan() {
    let config = Config {
        max_rows: Some(10),
        ..Config::default()
    };
    let plan = projects(MediaHandler::Json);
    let query = render(&plan, counting(Count::Estimated), &config);
    assert!(query.main.sql.contains(
        r#", pgrst_source_count AS (SELECT 1 FROM "test"."projects" WHERE "test"."projects"."id" = $2 LIMIT 11) SELECT"#
    ));
    assert_sql(
        &query.count_explain.expect("a plan"),
        r#"EXPLAIN (FORMAT JSON) SELECT 1 FROM "test"."projects" WHERE "test"."projects"."id" = $1"#,
        &["1"],
    );
    let unlimited = render(&plan, counting(Count::Estimated), &Config::default());
    assert!(unlimited.main.sql.contains(
        r#", pgrst_source_count AS (SELECT 1 FROM "test"."projects" WHERE "test"."projects"."id" = $2) SELECT"#
    ));
}

#[test]
fn a_planned_count_counts_nothing() {
    let plan = projects(MediaHandler::Json);
    let query = render(&plan, counting(Count::Planned), &Config::default());
    assert_eq!(query.main, main_of(&plan, Preferences::default()));
    assert!(query.count_explain.is_some());
}

#[test]
fn a_plan_is_an_explain_of_the_main_statement() {
    let plan = |format, options| {
        let Plan::Read(mut action) = projects(MediaHandler::Json) else {
            panic!("a read")
        };
        action.media = MediaType::Plan(PlanMedia {
            media: Box::new(MediaType::ApplicationJson),
            format,
            options,
        });
        main_of(&Plan::Read(action), Preferences::default()).sql
    };
    let all = vec![
        PlanOption::Analyze,
        PlanOption::Verbose,
        PlanOption::Settings,
        PlanOption::Buffers,
        PlanOption::Wal,
    ];
    assert!(
        plan(PlanFormat::Text, Vec::new()).starts_with("EXPLAIN (FORMAT TEXT) WITH pgrst_source")
    );
    assert!(plan(PlanFormat::Json, all).starts_with(
        "EXPLAIN (FORMAT JSON, ANALYZE, VERBOSE, SETTINGS, BUFFERS, WAL) WITH pgrst_source AS"
    ));
}

#[test]
fn json_is_an_array_of_rows() {
    assert_eq!(
        body_sql(&MediaHandler::Json, None),
        "coalesce(json_agg(_postgrest_t), '[]')"
    );
    assert_eq!(
        body_sql(&MediaHandler::ArrayJsonStripped, None),
        "coalesce(json_strip_nulls(json_agg(_postgrest_t)), '[]')"
    );
    let single = |nulls_stripped| MediaHandler::SingleJson { nulls_stripped };
    assert_eq!(
        body_sql(&single(false), None),
        "coalesce(json_agg(_postgrest_t)->0, 'null')"
    );
    assert_eq!(
        body_sql(&single(true), None),
        "coalesce(json_strip_nulls(json_agg(_postgrest_t)->0), 'null')"
    );
}

#[test]
fn json_of_a_function_is_what_it_returns() {
    let scalar = || ReturnKind::Scalar(QualifiedIdentifier::new("pg_catalog", "int4"));
    let composite = || ReturnKind::Composite {
        relation: qualified("projects"),
        is_alias: false,
    };
    let json = |set, kind| body_sql(&MediaHandler::Json, Some(&routine(set, kind)));
    assert_eq!(
        json(false, scalar()),
        "coalesce(json_agg(_postgrest_t.pgrst_scalar)->0, 'null')"
    );
    assert_eq!(
        json(true, scalar()),
        "coalesce(json_agg(_postgrest_t.pgrst_scalar), '[]')"
    );
    assert_eq!(
        json(false, composite()),
        "coalesce(json_agg(_postgrest_t)->0, 'null')"
    );
    assert_eq!(
        json(true, composite()),
        "coalesce(json_agg(_postgrest_t), '[]')"
    );
    let single = MediaHandler::SingleJson {
        nulls_stripped: false,
    };
    assert_eq!(
        body_sql(&single, Some(&routine(true, scalar()))),
        "coalesce(json_agg(_postgrest_t)->0, 'null')"
    );
    assert_eq!(
        body_sql(&single, Some(&routine(false, scalar()))),
        "coalesce(json_agg(_postgrest_t.pgrst_scalar)->0, 'null')"
    );
}

#[test]
fn csv_is_how_postgres_writes_rows() {
    assert_eq!(
        main_of(&projects(MediaHandler::Csv), Preferences::default()).sql,
        format!(
            r#"WITH pgrst_source AS ( SELECT "test"."projects"."id" FROM "test"."projects" WHERE "test"."projects"."id" = $1 ) SELECT null::bigint AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, array[]::text[] AS header, (SELECT coalesce(string_agg(a.k, ','), '') FROM (SELECT json_object_keys(r)::text AS k FROM (SELECT row_to_json(hh) AS r FROM pgrst_source AS hh LIMIT 1) s) a) || E'\n' || coalesce(string_agg(substring(_postgrest_t::text, 2, length(_postgrest_t::text) - 2), E'\n'), '') AS body, {AFTER_BODY}"#
        )
    );
}

#[test]
fn geo_json_is_a_feature_collection() {
    assert_eq!(
        body_sql(&MediaHandler::GeoJson, None),
        "json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(ST_AsGeoJSON(_postgrest_t)::json), '[]'))"
    );
}

#[test]
fn custom_handlers_are_called_with_the_rows() {
    let custom = |target| MediaHandler::Custom(qualified("hand\"ler"), target);
    let scalar = scalar_routine("f");
    assert_eq!(
        body_sql(&custom(RelIdentifier::Any), None),
        r#""test"."hand""ler"(_postgrest_t)"#
    );
    assert_eq!(
        body_sql(
            &custom(RelIdentifier::Relation(qualified("projects"))),
            None
        ),
        r#""test"."hand""ler"(_postgrest_t::"test"."projects")"#
    );
    assert_eq!(
        body_sql(&custom(RelIdentifier::Any), Some(&scalar)),
        r#""test"."hand""ler"(_postgrest_t.pgrst_scalar)"#
    );
    assert_eq!(body_sql(&MediaHandler::NoAggregate, None), "''::text");
}

#[test]
fn options_ask_nothing_of_the_database() {
    let query = Query::render(
        &Plan::Info(InfoPlan::Schema),
        &request(),
        &Config::default(),
        &SchemaCache::default(),
        &caller(),
    );
    assert!(matches!(query, Ok(None)));
}

#[test]
fn isolation_is_that_of_the_role() {
    let mut cache = SchemaCache::default();
    cache
        .role_isolation
        .insert("anon".to_owned(), IsolationLevel::Serializable);
    let plan = projects(MediaHandler::Json);
    let query = Query::render(&plan, &request(), &Config::default(), &cache, &caller())
        .expect("a good plan")
        .expect("a plan for the database");
    assert_eq!(query.isolation, IsolationLevel::Serializable);
}
