//! One resource: selected fields, order, ranges.
#![forbid(unsafe_code)]

use super::*;
use crate::rest::api_request::types::{
    Aggregate, Field, JsonOperand, JsonOperation, OrderDirection, OrderNulls,
};
use crate::rest::plan::types::PlanOrder;

fn key(name: &str) -> JsonOperation {
    JsonOperation::Arrow(JsonOperand::Key(name.to_owned()))
}

fn key_text(name: &str) -> JsonOperation {
    JsonOperation::DoubleArrow(JsonOperand::Key(name.to_owned()))
}

#[test]
fn nothing_selected_is_everything() {
    assert_sql(
        &read_sql(&relation("projects", &[])),
        r#"SELECT "test"."projects".* FROM "test"."projects""#,
        &[],
    );
}

#[test]
fn columns_are_qualified_and_quoted() {
    let mut plan = relation("pro\"jects", &["id", "na\"me"]);
    plan.select[1].alias = Some("the \"name\"".to_owned());
    assert_sql(
        &read_sql(&plan),
        r#"SELECT "test"."pro""jects"."id", "test"."pro""jects"."na""me" AS "the ""name""" FROM "test"."pro""jects""#,
        &[],
    );
}

#[test]
fn json_paths_are_parameters() {
    let mut plan = relation("projects", &["data", "name"]);
    plan.select[0].field.path = vec![
        key("a'b"),
        JsonOperation::DoubleArrow(JsonOperand::Index("-1".to_owned())),
    ];
    plan.select[0].alias = Some("a'b".to_owned());
    plan.select[1].field.path = vec![key_text("x")];
    plan.select[1].field.to_json = true;
    plan.select[1].alias = Some("x".to_owned());
    assert_sql(
        &read_sql(&plan),
        r#"SELECT "test"."projects"."data"->$1->>$2::int AS "a'b", to_jsonb("test"."projects"."name")->>$3 AS "x" FROM "test"."projects""#,
        &["a'b", "-1", "x"],
    );
}

#[test]
fn casts_are_names_of_types() {
    let mut plan = relation("projects", &["id", "id"]);
    plan.select[0].cast = Some("double precision".to_owned());
    plan.select[1].cast = Some("text); drop table projects; --".to_owned());
    assert_sql(
        &read_sql(&plan),
        r#"SELECT CAST( "test"."projects"."id" AS double precision ), CAST( "test"."projects"."id" AS "text); drop table projects; --" ) FROM "test"."projects""#,
        &[],
    );
}

#[test]
fn data_representations_come_before_casts() {
    let mut plan = relation("projects", &["id"]);
    plan.select[0].field.transform = Some("\"test\".\"show\"".to_owned());
    plan.select[0].cast = Some("text".to_owned());
    plan.select[0].alias = Some("id".to_owned());
    assert_sql(
        &read_sql(&plan),
        r#"SELECT CAST( "test"."show"("test"."projects"."id") AS text ) AS "id" FROM "test"."projects""#,
        &[],
    );
}

#[test]
fn aggregates_group_by_the_rest() {
    let mut plan = relation("projects", &["id", "*", "client_id", "data"]);
    plan.select[0].aggregate = Some(Aggregate::Sum);
    plan.select[0].aggregate_cast = Some("text".to_owned());
    plan.select[0].cast = Some("float".to_owned());
    plan.select[0].alias = Some("total".to_owned());
    plan.select[1].aggregate = Some(Aggregate::Count);
    plan.select[3].field.path = vec![key("a")];
    plan.select[3].alias = Some("a".to_owned());
    assert_sql(
        &read_sql(&plan),
        r#"SELECT CAST( SUM(CAST( "test"."projects"."id" AS float )) AS text ) AS "total", COUNT("test"."projects".*), "test"."projects"."client_id", "test"."projects"."data"->$1 AS "a" FROM "test"."projects" GROUP BY "test"."projects"."client_id", "a""#,
        &["a"],
    );
}

#[test]
fn an_aggregate_alone_groups_by_nothing() {
    let mut plan = relation("projects", &["id"]);
    plan.select[0].aggregate = Some(Aggregate::Max);
    assert_sql(
        &read_sql(&plan),
        r#"SELECT MAX("test"."projects"."id") FROM "test"."projects""#,
        &[],
    );
}

#[test]
fn order_terms_say_direction_and_nulls() {
    let mut plan = relation("projects", &["id"]);
    plan.order = vec![
        PlanOrder::Field {
            field: field("id"),
            direction: Some(OrderDirection::Desc),
            nulls: Some(OrderNulls::Last),
        },
        PlanOrder::Field {
            field: PlanField {
                path: vec![key("a")],
                ..field("data")
            },
            direction: Some(OrderDirection::Asc),
            nulls: None,
        },
        PlanOrder::Field {
            field: field("name"),
            direction: None,
            nulls: Some(OrderNulls::First),
        },
    ];
    assert_sql(
        &read_sql(&plan),
        r#"SELECT "test"."projects"."id" FROM "test"."projects" ORDER BY "test"."projects"."id" DESC NULLS LAST, "test"."projects"."data"->$1 ASC, "test"."projects"."name" NULLS FIRST"#,
        &["a"],
    );
}

#[test]
fn related_order_names_the_lateral_join() {
    let mut plan = embed::projects_with_client();
    plan.order = vec![PlanOrder::Relation {
        relation: "projects_client_1".to_owned(),
        field: Field {
            name: "name".to_owned(),
            path: Vec::new(),
        },
        direction: None,
        nulls: None,
    }];
    let statement = read_sql(&plan);
    assert!(
        statement
            .sql
            .ends_with(r#" ON TRUE ORDER BY "projects_client_1"."name""#)
    );
}

#[test]
fn ranges_are_parameters() {
    let mut plan = relation("projects", &["id"]);
    plan.range = RowRange {
        offset: 5,
        limit: Some(10),
    };
    assert_sql(
        &read_sql(&plan),
        r#"SELECT "test"."projects"."id" FROM "test"."projects" LIMIT $1 OFFSET $2"#,
        &["10", "5"],
    );
    plan.range.limit = None;
    assert_sql(
        &read_sql(&plan),
        r#"SELECT "test"."projects"."id" FROM "test"."projects" LIMIT ALL OFFSET $1"#,
        &["5"],
    );
}
