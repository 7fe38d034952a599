//! Embedded resources.
#![forbid(unsafe_code)]

use super::*;
use crate::rest::api_request::types::{Aggregate, JoinType, LogicOperator, OrderDirection};
use crate::rest::plan::types::{EmbedSelect, JoinCondition, PlanOrder, SpreadField, SpreadType};
use crate::rest::schema_cache::types::{Cardinality, Junction, Relationship};

fn joined(left: (&str, &str), right: (QualifiedIdentifier, &str)) -> JoinCondition {
    JoinCondition {
        left: (QualifiedIdentifier::new("", left.0), left.1.to_owned()),
        right: (right.0, right.1.to_owned()),
    }
}

fn json(name: &str, aggregate_alias: &str, to_one: bool) -> EmbedSelect {
    EmbedSelect::Json {
        name: name.to_owned(),
        aggregate_alias: aggregate_alias.to_owned(),
        to_one,
        empty: false,
    }
}

fn spread(aggregate_alias: &str, names: &[&str]) -> EmbedSelect {
    EmbedSelect::Spread {
        fields: names.iter().copied().map(spread_field).collect(),
        aggregate_alias: aggregate_alias.to_owned(),
    }
}

fn spread_field(name: &str) -> SpreadField {
    SpreadField {
        name: name.to_owned(),
        aggregate: None,
        aggregate_cast: None,
        alias: None,
    }
}

fn client() -> ReadPlan {
    ReadPlan {
        from_alias: Some("clients_1".to_owned()),
        aggregate_alias: "projects_client_1".to_owned(),
        join_conditions: vec![joined(
            ("clients_1", "id"),
            (qualified("projects"), "client_id"),
        )],
        depth: 1,
        ..relation("clients", &["name"])
    }
}

fn tasks() -> ReadPlan {
    ReadPlan {
        from_alias: Some("tasks_1".to_owned()),
        aggregate_alias: "projects_tasks_1".to_owned(),
        join_conditions: vec![joined(
            ("tasks_1", "project_id"),
            (qualified("projects"), "id"),
        )],
        depth: 1,
        ..relation("tasks", &["id", "name"])
    }
}

pub(super) fn projects_with_client() -> ReadPlan {
    ReadPlan {
        embeds: vec![json("client", "projects_client_1", true)],
        children: vec![client()],
        ..relation("projects", &["id"])
    }
}

pub(super) fn projects_with_tasks(join: Option<JoinType>) -> ReadPlan {
    ReadPlan {
        embeds: vec![json("tasks", "projects_tasks_1", false)],
        children: vec![ReadPlan { join, ..tasks() }],
        ..relation("projects", &["id"])
    }
}

fn count_sql(plan: &ReadPlan) -> Statement {
    let mut sql = Sql::new();
    super::super::read::render_count(&mut sql, plan).expect("a good plan");
    sql.finish()
}

#[test]
fn to_one_is_an_object() {
    assert_sql(
        &read_sql(&projects_with_client()),
        r#"SELECT "test"."projects"."id", row_to_json("projects_client_1".*)::jsonb AS "client" FROM "test"."projects" LEFT JOIN LATERAL ( SELECT "clients_1"."name" FROM "test"."clients" AS "clients_1" WHERE "clients_1"."id" = "test"."projects"."client_id" ) AS "projects_client_1" ON TRUE"#,
        &[],
    );
}

#[test]
fn to_many_is_an_array() {
    let mut plan = projects_with_tasks(None);
    plan.children[0].filters = vec![equal("name", "a")];
    plan.children[0].range.limit = Some(1);
    plan.filters = vec![equal("id", "1")];
    assert_sql(
        &read_sql(&plan),
        r#"SELECT "test"."projects"."id", COALESCE( "projects_tasks_1"."projects_tasks_1", '[]') AS "tasks" FROM "test"."projects" LEFT JOIN LATERAL ( SELECT json_agg("projects_tasks_1")::jsonb AS "projects_tasks_1" FROM (SELECT "tasks_1"."id", "tasks_1"."name" FROM "test"."tasks" AS "tasks_1" WHERE "tasks_1"."name" = $1 AND "tasks_1"."project_id" = "test"."projects"."id" LIMIT $2 OFFSET $3 ) AS "projects_tasks_1" ) AS "projects_tasks_1" ON TRUE WHERE "test"."projects"."id" = $4"#,
        &["a", "1", "0", "1"],
    );
}

#[test]
fn inner_joins_drop_rows_without_embedded_ones() {
    let many = read_sql(&projects_with_tasks(Some(JoinType::Inner))).sql;
    assert!(many.contains(" INNER JOIN LATERAL ( SELECT json_agg("));
    assert!(many.ends_with(r#" ) AS "projects_tasks_1" ON "projects_tasks_1" IS NOT NULL"#));
    let mut plan = projects_with_client();
    plan.children[0].join = Some(JoinType::Inner);
    let one = read_sql(&plan).sql;
    assert!(one.contains(r#" INNER JOIN LATERAL ( SELECT "clients_1"."name" "#));
    assert!(one.ends_with(r#" ) AS "projects_client_1" ON TRUE"#));
}

#[test]
fn an_empty_embed_is_joined_but_not_selected() {
    let mut plan = projects_with_tasks(None);
    plan.children[0].select.clear();
    plan.embeds = vec![EmbedSelect::Json {
        name: "tasks".to_owned(),
        aggregate_alias: "projects_tasks_1".to_owned(),
        to_one: false,
        empty: true,
    }];
    plan.filters = vec![Condition::NullEmbed {
        not_null: true,
        aggregate_alias: "projects_tasks_1".to_owned(),
    }];
    assert_sql(
        &read_sql(&plan),
        r#"SELECT "test"."projects"."id" FROM "test"."projects" LEFT JOIN LATERAL ( SELECT json_agg("projects_tasks_1")::jsonb AS "projects_tasks_1" FROM (SELECT "tasks_1".* FROM "test"."tasks" AS "tasks_1" WHERE "tasks_1"."project_id" = "test"."projects"."id" ) AS "projects_tasks_1" ) AS "projects_tasks_1" ON TRUE WHERE "projects_tasks_1" IS DISTINCT FROM NULL"#,
        &[],
    );
}

#[test]
fn to_one_spreads_are_columns() {
    let mut plan = projects_with_client();
    plan.embeds = vec![spread("projects_client_1", &["name"])];
    plan.children[0].spread = Some(SpreadType::ToOne);
    assert_sql(
        &read_sql(&plan),
        r#"SELECT "test"."projects"."id", "projects_client_1"."name" FROM "test"."projects" LEFT JOIN LATERAL ( SELECT "clients_1"."name" FROM "test"."clients" AS "clients_1" WHERE "clients_1"."id" = "test"."projects"."client_id" ) AS "projects_client_1" ON TRUE"#,
        &[],
    );
}

#[test]
fn aggregates_of_a_spread_group_by_its_other_columns() {
    let mut plan = projects_with_client();
    plan.select.clear();
    plan.embeds = vec![EmbedSelect::Spread {
        fields: vec![
            spread_field("name"),
            SpreadField {
                aggregate: Some(Aggregate::Count),
                aggregate_cast: Some("text".to_owned()),
                alias: Some("how_many".to_owned()),
                ..spread_field("how_many")
            },
        ],
        aggregate_alias: "projects_client_1".to_owned(),
    }];
    plan.children[0].spread = Some(SpreadType::ToOne);
    let mut all = select("*");
    all.field.full_row = true;
    all.alias = Some("how_many".to_owned());
    plan.children[0].select.push(all);
    assert_sql(
        &read_sql(&plan),
        r#"SELECT "projects_client_1"."name", CAST( COUNT("projects_client_1"."how_many") AS text ) AS "how_many" FROM "test"."projects" LEFT JOIN LATERAL ( SELECT "clients_1"."name", "clients_1" AS "how_many" FROM "test"."clients" AS "clients_1" WHERE "clients_1"."id" = "test"."projects"."client_id" ) AS "projects_client_1" ON TRUE GROUP BY "projects_client_1"."name""#,
        &[],
    );
}

#[test]
fn to_many_spreads_are_arrays_in_order() {
    let mut plan = projects_with_tasks(None);
    plan.embeds = vec![spread("projects_tasks_1", &["id", "name"])];
    plan.children[0].spread = Some(SpreadType::ToMany);
    plan.children[0].order = vec![PlanOrder::Field {
        field: field("id"),
        direction: Some(OrderDirection::Desc),
        nulls: None,
    }];
    assert_sql(
        &read_sql(&plan),
        r#"SELECT "test"."projects"."id", "projects_tasks_1"."id", "projects_tasks_1"."name" FROM "test"."projects" LEFT JOIN LATERAL ( SELECT json_agg("projects_tasks_1")::jsonb AS "projects_tasks_1", COALESCE(json_agg("projects_tasks_1"."id" ORDER BY "projects_tasks_1"."projects_tasks_1_id_1" DESC), '[]')::jsonb AS "id", COALESCE(json_agg("projects_tasks_1"."name" ORDER BY "projects_tasks_1"."projects_tasks_1_id_1" DESC), '[]')::jsonb AS "name" FROM (SELECT "tasks_1"."id", "tasks_1"."name", "tasks_1"."id" AS "projects_tasks_1_id_1" FROM "test"."tasks" AS "tasks_1" WHERE "tasks_1"."project_id" = "test"."projects"."id" ) AS "projects_tasks_1" ) AS "projects_tasks_1" ON TRUE"#,
        &[],
    );
}

#[test]
fn a_computed_relationship_is_a_call_with_the_row() {
    let mut plan = projects_with_client();
    plan.children[0].join_conditions.clear();
    plan.children[0].relationship = Some(Relationship::Computed {
        function: qualified("client"),
        table: qualified("projects"),
        foreign_table: qualified("clients"),
        table_alias: QualifiedIdentifier::new("", "projects"),
        to_one: true,
        is_self: false,
    });
    assert_sql(
        &read_sql(&plan),
        r#"SELECT "test"."projects"."id", row_to_json("projects_client_1".*)::jsonb AS "client" FROM "test"."projects" LEFT JOIN LATERAL ( SELECT "clients_1"."name" FROM "test"."client"("projects"::"test"."projects") AS "clients_1" ) AS "projects_client_1" ON TRUE"#,
        &[],
    );
}

#[test]
fn a_junction_is_joined_implicitly() {
    let junction = Junction {
        table: qualified("users_tasks"),
        constraint1: "users_tasks_user_id_fkey".to_owned(),
        constraint2: "users_tasks_task_id_fkey".to_owned(),
        source_columns: vec![("id".to_owned(), "user_id".to_owned())],
        target_columns: vec![("id".to_owned(), "task_id".to_owned())],
    };
    let condition = |table: &str, column: &str| JoinCondition {
        left: (qualified("users_tasks"), column.to_owned()),
        right: (qualified(table), "id".to_owned()),
    };
    let embedded = ReadPlan {
        relationship: Some(Relationship::ForeignKey {
            table: qualified("users"),
            foreign_table: qualified("tasks"),
            is_self: false,
            cardinality: Cardinality::ManyToMany(junction),
            table_is_view: false,
            foreign_table_is_view: false,
        }),
        aggregate_alias: "users_tasks_1".to_owned(),
        join_conditions: vec![condition("tasks", "task_id"), condition("users", "user_id")],
        ..relation("tasks", &["name"])
    };
    let plan = ReadPlan {
        embeds: vec![json("tasks", "users_tasks_1", false)],
        children: vec![embedded],
        ..relation("users", &["id"])
    };
    assert_sql(
        &read_sql(&plan),
        r#"SELECT "test"."users"."id", COALESCE( "users_tasks_1"."users_tasks_1", '[]') AS "tasks" FROM "test"."users" LEFT JOIN LATERAL ( SELECT json_agg("users_tasks_1")::jsonb AS "users_tasks_1" FROM (SELECT "test"."tasks"."name" FROM "test"."tasks", "test"."users_tasks" WHERE "test"."users_tasks"."task_id" = "test"."tasks"."id" AND "test"."users_tasks"."user_id" = "test"."users"."id" ) AS "users_tasks_1" ) AS "users_tasks_1" ON TRUE"#,
        &[],
    );
}

#[test]
fn counting_asks_only_whether_embedded_rows_exist() {
    let mut plan = projects_with_tasks(Some(JoinType::Inner));
    plan.children[0].filters = vec![equal("name", "a")];
    plan.filters = vec![equal("id", "1")];
    plan.range.limit = Some(1);
    assert_sql(
        &count_sql(&plan),
        r#"SELECT 1 FROM "test"."projects" WHERE "test"."projects"."id" = $1 AND EXISTS (SELECT 1 FROM "test"."tasks" AS "tasks_1" WHERE "tasks_1"."name" = $2 AND "tasks_1"."project_id" = "test"."projects"."id")"#,
        &["1", "a"],
    );
    assert_sql(
        &count_sql(&relation("projects", &["id"])),
        r#"SELECT 1 FROM "test"."projects""#,
        &[],
    );
}

#[test]
fn counting_turns_null_embeds_into_exists() {
    let mut plan = projects_with_tasks(None);
    let null = |not_null| Condition::NullEmbed {
        not_null,
        aggregate_alias: "projects_tasks_1".to_owned(),
    };
    plan.filters = vec![Condition::Expression {
        negated: true,
        operator: LogicOperator::Or,
        operands: vec![null(true), null(false)],
    }];
    let exists = r#"EXISTS (SELECT 1 FROM "test"."tasks" AS "tasks_1" WHERE "tasks_1"."project_id" = "test"."projects"."id")"#;
    assert_sql(
        &count_sql(&plan),
        &format!(r#"SELECT 1 FROM "test"."projects" WHERE NOT ({exists} OR NOT {exists})"#),
        &[],
    );
}

#[test]
fn parameters_of_nested_resources_stand_where_they_are_used() {
    let mut assigned = ReadPlan {
        from_alias: Some("users_tasks_2".to_owned()),
        aggregate_alias: "tasks_users_2".to_owned(),
        join_conditions: vec![joined(
            ("users_tasks_2", "task_id"),
            (QualifiedIdentifier::new("", "tasks_1"), "id"),
        )],
        filters: vec![equal("user_id", "1")],
        spread: Some(SpreadType::ToMany),
        order: vec![PlanOrder::Field {
            field: field("user_id"),
            direction: None,
            nulls: None,
        }],
        ..relation("users_tasks", &["user_id"])
    };
    assigned.range.limit = Some(5);
    let mut plan = projects_with_tasks(Some(JoinType::Inner));
    plan.filters = vec![equal("id", "1")];
    plan.children[0].filters = vec![equal("name", "a")];
    plan.children[0].embeds = vec![spread("tasks_users_2", &["user_id"])];
    plan.children[0].children = vec![assigned];
    assert_sql(
        &read_sql(&plan),
        r#"SELECT "test"."projects"."id", COALESCE( "projects_tasks_1"."projects_tasks_1", '[]') AS "tasks" FROM "test"."projects" INNER JOIN LATERAL ( SELECT json_agg("projects_tasks_1")::jsonb AS "projects_tasks_1" FROM (SELECT "tasks_1"."id", "tasks_1"."name", "tasks_users_2"."user_id" FROM "test"."tasks" AS "tasks_1" LEFT JOIN LATERAL ( SELECT json_agg("tasks_users_2")::jsonb AS "tasks_users_2", COALESCE(json_agg("tasks_users_2"."user_id" ORDER BY "tasks_users_2"."tasks_users_2_user_id_1"), '[]')::jsonb AS "user_id" FROM (SELECT "users_tasks_2"."user_id", "users_tasks_2"."user_id" AS "tasks_users_2_user_id_1" FROM "test"."users_tasks" AS "users_tasks_2" WHERE "users_tasks_2"."user_id" = $1 AND "users_tasks_2"."task_id" = "tasks_1"."id" LIMIT $2 OFFSET $3 ) AS "tasks_users_2" ) AS "tasks_users_2" ON TRUE WHERE "tasks_1"."name" = $4 AND "tasks_1"."project_id" = "test"."projects"."id" ) AS "projects_tasks_1" ) AS "projects_tasks_1" ON "projects_tasks_1" IS NOT NULL WHERE "test"."projects"."id" = $5"#,
        &["1", "5", "0", "a", "1"],
    );
}

#[test]
fn an_embed_that_was_not_planned_is_an_error_of_ours() {
    let mut plan = projects_with_tasks(None);
    plan.children.clear();
    let error = super::super::read::render_read(&mut Sql::new(), &plan);
    assert!(matches!(
        error,
        Err(crate::rest::error::Error::Connection(
            crate::rest::error::ConnectionError::Internal { .. }
        ))
    ));
}
