//! Calls.
#![forbid(unsafe_code)]

use super::*;
use crate::rest::api_request::Invoke;
use crate::rest::api_request::preferences::Count;
use crate::rest::plan::types::{ArgumentValue, CallAction, CallArgs, CallParams, CallPlan};

fn call(name: &str, params: CallParams, args: CallArgs) -> CallPlan {
    CallPlan {
        routine: qualified(name),
        params,
        args,
        scalar: true,
        set_of_scalar: false,
        returning: Vec::new(),
    }
}

fn fixed(name: &str, value: &str) -> (String, ArgumentValue) {
    (name.to_owned(), ArgumentValue::Fixed(value.to_owned()))
}

fn call_sql(plan: &CallPlan) -> Statement {
    let mut sql = Sql::new();
    super::super::call::render_call(&mut sql, plan);
    sql.finish()
}

fn action(call: CallPlan, routine: Routine, read: ReadPlan) -> Plan {
    Plan::Call(CallAction {
        read,
        call,
        routine: shared(routine),
        invoke: Invoke::Post,
        read_only: false,
        handler: MediaHandler::Json,
        media: MediaType::ApplicationJson,
    })
}

#[test]
fn arguments_of_a_query_string_are_cast_to_their_types() {
    let params = vec![param("a", "integer"), param("b\"", "text")];
    let args = vec![fixed("a", "0"), fixed("b\"", "x"), fixed("a", "1")];
    assert_sql(
        &call_sql(&call(
            "add",
            CallParams::Named(params),
            CallArgs::Direct(args),
        )),
        r#"SELECT pgrst_call.pgrst_scalar FROM (SELECT "test"."add"("a" := $1::integer, "b""" := $2::text) pgrst_scalar) pgrst_call"#,
        &["1", "x"],
    );
}

#[test]
fn variadic_arguments_are_one_array() {
    let mut variadic = param("v", "text[]");
    variadic.variadic = true;
    let values = ["a", "b,c"].map(str::to_owned).to_vec();
    let args = vec![("v".to_owned(), ArgumentValue::Variadic(values))];
    assert_sql(
        &call_sql(&call(
            "joined",
            CallParams::Named(vec![variadic.clone()]),
            CallArgs::Direct(args),
        )),
        r#"SELECT pgrst_call.pgrst_scalar FROM (SELECT "test"."joined"(VARIADIC "v" := $1::text[]::text[]) pgrst_scalar) pgrst_call"#,
        &[r#"{"a","b,c"}"#],
    );
    assert_sql(
        &call_sql(&call(
            "joined",
            CallParams::Named(vec![variadic]),
            CallArgs::Json(Some(bytes(r#"{"v":["a","b"]}"#))),
        )),
        r#"SELECT pgrst_call.pgrst_scalar FROM (SELECT $1::json AS json_data) pgrst_payload, LATERAL (SELECT "v" FROM json_to_record(pgrst_payload.json_data) AS _("v" text[]) LIMIT 1) pgrst_body, LATERAL (SELECT "test"."joined"(VARIADIC "v" := "pgrst_body"."v") pgrst_scalar) pgrst_call"#,
        &[r#"{"v":["a","b"]}"#],
    );
}

#[test]
fn an_argument_that_is_missing_is_null() {
    let params = CallParams::Named(vec![param("a", "integer")]);
    assert_sql(
        &call_sql(&call("add", params, CallArgs::Direct(Vec::new()))),
        r#"SELECT pgrst_call.pgrst_scalar FROM (SELECT "test"."add"("a" := NULL::integer) pgrst_scalar) pgrst_call"#,
        &[],
    );
}

#[test]
fn a_function_without_parameters_takes_none() {
    let none = CallArgs::Json(Some(bytes("{}")));
    assert_sql(
        &call_sql(&call("now", CallParams::Named(Vec::new()), none)),
        r#"SELECT pgrst_call.pgrst_scalar FROM (SELECT "test"."now"() pgrst_scalar) pgrst_call"#,
        &[],
    );
}

#[test]
fn a_table_function_returns_the_columns_that_are_asked_for() {
    let params = || CallParams::Named(vec![param("a", "integer")]);
    let body = || CallArgs::Json(Some(bytes(r#"{"a":1}"#)));
    let mut plan = call("some_projects", params(), body());
    plan.scalar = false;
    let rest = r#"FROM (SELECT $1::json AS json_data) pgrst_payload, LATERAL (SELECT "a" FROM json_to_record(pgrst_payload.json_data) AS _("a" integer) LIMIT 1) pgrst_body, LATERAL "test"."some_projects"("a" := "pgrst_body"."a") pgrst_call"#;
    let values = [r#"{"a":1}"#];
    assert_sql(&call_sql(&plan), &format!("SELECT * {rest}"), &values);
    plan.returning = vec!["id".to_owned(), "na\"me".to_owned()];
    assert_sql(
        &call_sql(&plan),
        &format!(r#"SELECT "pgrst_call"."id", "pgrst_call"."na""me" {rest}"#),
        &values,
    );
    plan.returning = vec!["*".to_owned()];
    assert_sql(
        &call_sql(&plan),
        &format!(r#"SELECT "pgrst_call".* {rest}"#),
        &values,
    );
}

#[test]
fn the_single_unnamed_parameter_is_the_body() {
    let single = |type_name, args| {
        call_sql(&call(
            "single",
            CallParams::Positional(param("", type_name)),
            args,
        ))
    };
    let sql = |type_name| {
        format!(
            r#"SELECT pgrst_call.pgrst_scalar FROM (SELECT "test"."single"($1::{type_name}) pgrst_scalar) pgrst_call"#
        )
    };
    let body = |text| CallArgs::Json(Some(bytes(text)));
    assert_sql(&single("json", body("[1]")), &sql("json"), &["[1]"]);
    assert_sql(&single("text", body("a b")), &sql("text"), &["a b"]);
    assert_sql(
        &single("bytea", body("\u{0}\\xé")),
        &sql("bytea"),
        &["\\x005c78c3a9"],
    );
    assert_sql(
        &single("json", CallArgs::Json(None)),
        &sql("json"),
        &["(null)"],
    );
    let variadic = ArgumentValue::Variadic(vec!["x".to_owned()]);
    let args = vec![fixed("a", "\"1"), ("b".to_owned(), variadic)];
    assert_sql(
        &single("json", CallArgs::Direct(args)),
        &sql("json"),
        &[r#"{"a":"\"1","b":["x"]}"#],
    );
}

#[test]
fn one_result_is_one_row() {
    let plan = action(
        call(
            "now",
            CallParams::Named(Vec::new()),
            CallArgs::Direct(Vec::new()),
        ),
        scalar_routine("now"),
        source("now", &["pgrst_scalar"]),
    );
    assert_sql(
        &main_of(&plan, Preferences::default()),
        r#"WITH pgrst_source AS (SELECT pgrst_call.pgrst_scalar FROM (SELECT "test"."now"() pgrst_scalar) pgrst_call) SELECT null::bigint AS total_result_set, 1::bigint AS page_total, array[]::text[] AS header, coalesce(json_agg(_postgrest_t.pgrst_scalar)->0, 'null') AS body, nullif(current_setting('response.headers', true), '') AS response_headers, nullif(current_setting('response.status', true), '') AS response_status, 0 AS response_inserted FROM (SELECT "now"."pgrst_scalar" FROM "pgrst_source" AS "now") _postgrest_t"#,
        &[],
    );
}

#[test]
fn a_set_of_scalars_is_an_array_of_them() {
    let mut plan = call("ids", CallParams::Named(Vec::new()), CallArgs::Json(None));
    plan.scalar = false;
    plan.set_of_scalar = true;
    let mut routine = scalar_routine("ids");
    routine.return_type.set = true;
    let plan = action(plan, routine, source("ids", &[]));
    assert_sql(
        &main_of(&plan, Preferences::default()),
        r#"WITH pgrst_source AS (SELECT pgrst_call.pgrst_scalar FROM (SELECT "test"."ids"() pgrst_scalar) pgrst_call) SELECT null::bigint AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, array[]::text[] AS header, coalesce(json_agg(_postgrest_t.pgrst_scalar), '[]') AS body, nullif(current_setting('response.headers', true), '') AS response_headers, nullif(current_setting('response.status', true), '') AS response_status, 0 AS response_inserted FROM (SELECT "ids".* FROM "pgrst_source" AS "ids") _postgrest_t"#,
        &[],
    );
}

#[test]
fn rows_of_a_table_function_are_filtered_and_counted() {
    let mut routine = scalar_routine("some_projects");
    routine.return_type = ReturnType {
        set: true,
        kind: ReturnKind::Composite {
            relation: qualified("projects"),
            is_alias: false,
        },
    };
    let mut plan = call(
        "some_projects",
        CallParams::Named(vec![param("a", "integer")]),
        CallArgs::Direct(vec![fixed("a", "1")]),
    );
    plan.scalar = false;
    let mut read = source("projects", &["id", "name"]);
    read.filters = vec![equal("id", "1")];
    read.range.limit = Some(2);
    let preferences = Preferences {
        count: Some(Count::Exact),
        ..Preferences::default()
    };
    assert_sql(
        &main_of(&action(plan, routine, read), preferences),
        r#"WITH pgrst_source AS (SELECT * FROM "test"."some_projects"("a" := $1::integer) pgrst_call), pgrst_source_count AS (SELECT 1 FROM "pgrst_source" AS "projects" WHERE "projects"."id" = $2) SELECT (SELECT pg_catalog.count(*) FROM pgrst_source_count) AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, array[]::text[] AS header, coalesce(json_agg(_postgrest_t), '[]') AS body, nullif(current_setting('response.headers', true), '') AS response_headers, nullif(current_setting('response.status', true), '') AS response_status, 0 AS response_inserted FROM (SELECT "projects"."id", "projects"."name" FROM "pgrst_source" AS "projects" WHERE "projects"."id" = $3 LIMIT $4 OFFSET $5) _postgrest_t"#,
        &["1", "1", "1", "2", "0"],
    );
}
