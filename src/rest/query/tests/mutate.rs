//! Writes.
#![forbid(unsafe_code)]

use super::*;
use crate::rest::api_request::Mutation;
use crate::rest::api_request::preferences::{Representation, Resolution};
use crate::rest::plan::types::{MutateAction, MutatePlan};

const INSERTED: &str = "set_config('pgrst.inserted', (coalesce(nullif(current_setting('pgrst.inserted', true), '')::int, 0) + 1)::text, true) <> '0'";
const UPDATED: &str = "set_config('pgrst.inserted', (coalesce(nullif(current_setting('pgrst.inserted', true), '')::int, 0) - 1)::text, true) <> '-1'";

fn columns() -> Vec<PlanField> {
    vec![typed("id", "integer"), typed("name", "text")]
}

/// The parts of an insert that tests change.
struct Insert {
    body: &'static str,
    columns: Vec<PlanField>,
    on_conflict: Option<(Resolution, Vec<String>)>,
    filters: Vec<Condition>,
    returning: Vec<String>,
    apply_defaults: bool,
}

impl Default for Insert {
    fn default() -> Self {
        Self {
            body: r#"[{"id":70,"name":"a"},{"id":71,"name":"b"}]"#,
            columns: columns(),
            on_conflict: None,
            filters: Vec::new(),
            returning: vec!["id".to_owned(), "name".to_owned()],
            apply_defaults: false,
        }
    }
}

impl Insert {
    fn plan(self) -> MutatePlan {
        MutatePlan::Insert {
            into: qualified("tasks"),
            columns: self.columns,
            body: Some(bytes(self.body)),
            on_conflict: self.on_conflict,
            filters: self.filters,
            returning: self.returning,
            pk_columns: vec!["id".to_owned()],
            apply_defaults: self.apply_defaults,
        }
    }

    fn statement(self) -> Statement {
        mutate_sql(&self.plan())
    }
}

fn mutate_sql(plan: &MutatePlan) -> Statement {
    let mut sql = Sql::new();
    super::super::mutate::render_mutate(&mut sql, plan);
    sql.finish()
}

fn action(mutate: MutatePlan, handler: MediaHandler) -> Plan {
    Plan::Mutate(MutateAction {
        read: source("tasks", &["id", "name"]),
        mutate,
        mutation: Mutation::Create,
        handler,
        media: MediaType::ApplicationJson,
        relation: qualified("tasks"),
    })
}

fn update(columns: Vec<PlanField>, returning: Vec<String>) -> MutatePlan {
    MutatePlan::Update {
        into: qualified("tasks"),
        columns,
        body: Some(bytes(r#"{"name":"z"}"#)),
        filters: vec![equal("id", "1")],
        returning,
        apply_defaults: false,
    }
}

#[test]
fn rows_of_every_number_are_one_parameter() {
    let many = Insert::default();
    let body = many.body;
    let many = many.statement();
    assert_sql(
        &many,
        r#"INSERT INTO "test"."tasks"("id", "name") SELECT "pgrst_body"."id", "pgrst_body"."name" FROM (SELECT $1::json AS json_data) pgrst_payload, LATERAL (SELECT "id", "name" FROM json_to_recordset(pgrst_payload.json_data) AS _("id" integer, "name" text)) pgrst_body RETURNING "test"."tasks"."id", "test"."tasks"."name""#,
        &[body],
    );
    let one = Insert {
        body: r#"[{"id":72,"name":"c"}]"#,
        ..Insert::default()
    };
    assert_eq!(one.statement().sql, many.sql);
}

#[test]
fn an_object_is_one_record() {
    let insert = Insert {
        body: " \n{\"id\":73,\"name\":\"a\"}",
        returning: Vec::new(),
        ..Insert::default()
    };
    assert_sql(
        &insert.statement(),
        r#"INSERT INTO "test"."tasks"("id", "name") SELECT "pgrst_body"."id", "pgrst_body"."name" FROM (SELECT $1::json AS json_data) pgrst_payload, LATERAL (SELECT "id", "name" FROM json_to_record(pgrst_payload.json_data) AS _("id" integer, "name" text)) pgrst_body RETURNING 1"#,
        &[" \n{\"id\":73,\"name\":\"a\"}"],
    );
}

#[test]
fn objects_without_keys_are_rows_of_defaults() {
    let object = Insert {
        body: "{}",
        columns: Vec::new(),
        ..Insert::default()
    };
    assert_sql(
        &object.statement(),
        r#"INSERT INTO "test"."tasks" SELECT  FROM (SELECT $1::json AS json_data) pgrst_payload, LATERAL (SELECT  FROM (values(1)) _) pgrst_body RETURNING "test"."tasks"."id", "test"."tasks"."name""#,
        &["{}"],
    );
    let array = Insert {
        body: "[{},{}]",
        columns: Vec::new(),
        apply_defaults: true,
        ..Insert::default()
    };
    assert_sql(
        &array.statement(),
        r#"INSERT INTO "test"."tasks" SELECT  FROM (SELECT $1::jsonb AS json_data) pgrst_payload, LATERAL (SELECT jsonb_agg(jsonb_build_object() || elem) AS val FROM jsonb_array_elements(pgrst_payload.json_data) elem) pgrst_json_defs, LATERAL (SELECT  FROM jsonb_array_elements(pgrst_json_defs.val) _) pgrst_body RETURNING "test"."tasks"."id", "test"."tasks"."name""#,
        &["[{},{}]"],
    );
}

#[test]
fn missing_fields_take_their_defaults() {
    let mut columns = columns();
    columns[0].default = Some("nextval('test.tasks_id_seq'::regclass)".to_owned());
    let array = Insert {
        body: r#"[{"name":"d"},{"id":74,"name":"e"}]"#,
        columns: columns.clone(),
        apply_defaults: true,
        ..Insert::default()
    };
    assert_sql(
        &array.statement(),
        r#"INSERT INTO "test"."tasks"("id", "name") SELECT "pgrst_body"."id", "pgrst_body"."name" FROM (SELECT $1::jsonb AS json_data) pgrst_payload, LATERAL (SELECT jsonb_agg(jsonb_build_object('id', nextval('test.tasks_id_seq'::regclass)) || elem) AS val FROM jsonb_array_elements(pgrst_payload.json_data) elem) pgrst_json_defs, LATERAL (SELECT "id", "name" FROM jsonb_to_recordset(pgrst_json_defs.val) AS _("id" integer, "name" text)) pgrst_body RETURNING "test"."tasks"."id", "test"."tasks"."name""#,
        &[r#"[{"name":"d"},{"id":74,"name":"e"}]"#],
    );
    let object = Insert {
        body: r#"{"name":"f"}"#,
        columns,
        apply_defaults: true,
        ..Insert::default()
    };
    assert_sql(
        &object.statement(),
        r#"INSERT INTO "test"."tasks"("id", "name") SELECT "pgrst_body"."id", "pgrst_body"."name" FROM (SELECT $1::jsonb AS json_data) pgrst_payload, LATERAL (SELECT jsonb_build_object('id', nextval('test.tasks_id_seq'::regclass)) || pgrst_payload.json_data AS val) pgrst_json_defs, LATERAL (SELECT "id", "name" FROM jsonb_to_record(pgrst_json_defs.val) AS _("id" integer, "name" text)) pgrst_body RETURNING "test"."tasks"."id", "test"."tasks"."name""#,
        &[r#"{"name":"f"}"#],
    );
}

#[test]
fn data_representations_read_the_fields_of_the_body() {
    let mut columns = columns();
    columns[0].transform = Some("\"test\".\"read\"".to_owned());
    columns[0].ir_type = "json".to_owned();
    let sql = Insert {
        columns,
        ..Insert::default()
    }
    .statement()
    .sql;
    assert!(sql.contains(r#"LATERAL (SELECT "test"."read"("id") AS "id", "name" FROM json_to_recordset(pgrst_payload.json_data) AS _("id" json, "name" text)) pgrst_body"#));
}

#[test]
fn merging_counts_what_it_inserts() {
    let insert = Insert {
        on_conflict: Some((Resolution::MergeDuplicates, vec!["id".to_owned()])),
        ..Insert::default()
    };
    let sql = insert.statement().sql;
    let (_, end) = sql.split_once(" pgrst_body WHERE ").expect("a condition");
    assert_eq!(
        end,
        format!(
            r#"{INSERTED} ON CONFLICT("id") DO UPDATE SET "id" = EXCLUDED."id", "name" = EXCLUDED."name" WHERE {UPDATED} RETURNING "test"."tasks"."id", "test"."tasks"."name""#
        )
    );
}

#[test]
fn ignoring_leaves_rows_alone() {
    let insert = Insert {
        on_conflict: Some((
            Resolution::IgnoreDuplicates,
            vec!["id".to_owned(), "na\"me".to_owned()],
        )),
        ..Insert::default()
    };
    let sql = insert.statement().sql;
    let (_, end) = sql.split_once(" pgrst_body ").expect("a body");
    assert_eq!(
        end,
        r#"ON CONFLICT("id", "na""me") DO NOTHING RETURNING "test"."tasks"."id", "test"."tasks"."name""#
    );
}

#[test]
fn a_conflict_without_columns_is_none() {
    let insert = Insert {
        on_conflict: Some((Resolution::MergeDuplicates, Vec::new())),
        returning: Vec::new(),
        ..Insert::default()
    };
    let sql = insert.statement().sql;
    let (_, end) = sql.split_once(" pgrst_body WHERE ").expect("a condition");
    assert_eq!(end, format!("{INSERTED} RETURNING 1"));
}

#[test]
fn put_asks_the_row_to_pass_the_filters() {
    let insert = Insert {
        body: r#"{"id":75,"name":"put"}"#,
        on_conflict: Some((Resolution::MergeDuplicates, vec!["id".to_owned()])),
        filters: vec![equal("id", "75")],
        ..Insert::default()
    };
    let statement = insert.statement();
    let (_, end) = statement
        .sql
        .split_once(" pgrst_body WHERE ")
        .expect("a condition");
    assert!(end.starts_with(&format!(
        r#"{INSERTED} AND "pgrst_body"."id" = $2 ON CONFLICT("id") DO UPDATE"#
    )));
    assert_eq!(params(&statement), [r#"{"id":75,"name":"put"}"#, "75"]);
}

#[test]
fn update_sets_what_the_body_has() {
    assert_sql(
        &mutate_sql(&update(vec![typed("name", "text")], vec!["*".to_owned()])),
        r#"UPDATE "test"."tasks" SET "name" = "pgrst_body"."name" FROM (SELECT $1::json AS json_data) pgrst_payload, LATERAL (SELECT "name" FROM json_to_record(pgrst_payload.json_data) AS _("name" text)) pgrst_body WHERE "test"."tasks"."id" = $2 RETURNING "test"."tasks".*"#,
        &[r#"{"name":"z"}"#, "1"],
    );
}

#[test]
fn an_update_of_nothing_selects_no_rows() {
    assert_sql(
        &mutate_sql(&update(Vec::new(), vec!["id".to_owned()])),
        r#"SELECT "tasks"."id" FROM "test"."tasks" WHERE false"#,
        &[],
    );
    assert_sql(
        &mutate_sql(&update(Vec::new(), Vec::new())),
        r#"SELECT NULL FROM "test"."tasks" WHERE false"#,
        &[],
    );
}

#[test]
fn delete_returns_what_it_deleted() {
    let plan = |filters| MutatePlan::Delete {
        from: qualified("tasks"),
        filters,
        returning: vec!["id".to_owned()],
    };
    assert_sql(
        &mutate_sql(&plan(vec![equal("id", "1"), equal("name", "a")])),
        r#"DELETE FROM "test"."tasks" WHERE "test"."tasks"."id" = $1 AND "test"."tasks"."name" = $2 RETURNING "test"."tasks"."id""#,
        &["1", "a"],
    );
    assert_sql(
        &mutate_sql(&plan(Vec::new())),
        r#"DELETE FROM "test"."tasks" RETURNING "test"."tasks"."id""#,
        &[],
    );
}

#[test]
fn what_was_written_is_read_from_its_cte() {
    let plan = action(
        update(
            vec![typed("name", "text")],
            vec!["id".to_owned(), "name".to_owned()],
        ),
        MediaHandler::Json,
    );
    assert_sql(
        &main_of(&plan, Preferences::default()),
        r#"WITH pgrst_source AS (UPDATE "test"."tasks" SET "name" = "pgrst_body"."name" FROM (SELECT $1::json AS json_data) pgrst_payload, LATERAL (SELECT "name" FROM json_to_record(pgrst_payload.json_data) AS _("name" text)) pgrst_body WHERE "test"."tasks"."id" = $2 RETURNING "test"."tasks"."id", "test"."tasks"."name") SELECT null::bigint AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, array[]::text[] AS header, coalesce(json_agg(_postgrest_t), '[]') AS body, nullif(current_setting('response.headers', true), '') AS response_headers, nullif(current_setting('response.status', true), '') AS response_status, 0 AS response_inserted FROM (SELECT "tasks"."id", "tasks"."name" FROM "pgrst_source" AS "tasks") _postgrest_t"#,
        &[r#"{"name":"z"}"#, "1"],
    );
}

#[test]
fn location_has_the_key_of_the_one_row() {
    let mut insert = Insert {
        body: r#"{"id":76,"name":"loc"}"#,
        ..Insert::default()
    }
    .plan();
    if let MutatePlan::Insert { pk_columns, .. } = &mut insert {
        pk_columns.push("it's".to_owned());
    }
    let preferences = Preferences {
        representation: Some(Representation::HeadersOnly),
        ..Preferences::default()
    };
    let sql = main_of(&action(insert, MediaHandler::NoAggregate), preferences).sql;
    let (_, end) = sql.split_once(") SELECT null::bigint").expect("the row");
    assert_eq!(
        end,
        " AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, CASE WHEN pg_catalog.count(_postgrest_t) = 1 THEN coalesce((WITH data AS (SELECT row_to_json(_) AS row FROM pgrst_source AS _ LIMIT 1) SELECT array_agg(json_data.key || '=' || coalesce('eq.' || json_data.value, 'is.null')) FROM data CROSS JOIN json_each_text(data.row) AS json_data WHERE json_data.key IN ('id', 'it''s')), array[]::text[]) ELSE array[]::text[] END AS header, ''::text AS body, nullif(current_setting('response.headers', true), '') AS response_headers, nullif(current_setting('response.status', true), '') AS response_status, 0 AS response_inserted FROM (SELECT * FROM pgrst_source) _postgrest_t"
    );
}

#[test]
fn upserts_say_how_many_rows_they_inserted() {
    let insert = || Insert {
        body: r#"{"id":1,"name":"up"}"#,
        on_conflict: Some((Resolution::MergeDuplicates, vec!["id".to_owned()])),
        ..Insert::default()
    };
    let merge = Preferences {
        resolution: Some(Resolution::MergeDuplicates),
        ..Preferences::default()
    };
    let counted = "nullif(current_setting('pgrst.inserted', true), '')::int AS response_inserted";
    let sql = main_of(&action(insert().plan(), MediaHandler::Json), merge).sql;
    assert!(sql.contains(counted));
    let put = Insert {
        filters: vec![equal("id", "1")],
        ..insert()
    };
    let sql = main_of(
        &action(put.plan(), MediaHandler::Json),
        Preferences::default(),
    )
    .sql;
    assert!(sql.contains(counted));
}
