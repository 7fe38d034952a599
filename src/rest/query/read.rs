//! Read plans to SQL: one SELECT with a lateral join for each embedded resource, and what counts its rows.
//!
//! In: a `ReadPlan`. Out: a query. Mirrors PostgREST v14,
//! <https://docs.postgrest.org/en/v14/references/api/resource_embedding.html>.
#![forbid(unsafe_code)]

use super::builder::{RowName, Sql};
use super::field::{
    render_field, render_group, render_path, render_select_field, render_spread_field,
};
use super::filter::{
    open_expression, render_condition, render_direction, render_join_condition, render_order,
    render_range, separator,
};
use crate::rest::api_request::types::JoinType;
use crate::rest::error::{ConnectionError, Error};
use crate::rest::plan::types::{
    Condition, EmbedSelect, PlanOrder, ReadPlan, SpreadField, SpreadType,
};
use crate::rest::schema_cache::types::{Cardinality, Relationship};

/// The rows of a plan, with what is embedded in them.
pub(crate) fn render_read(sql: &mut Sql, plan: &ReadPlan) -> Result<(), Error> {
    let row = row_name(plan);
    sql.text("SELECT ");
    render_select_list(sql, row, plan);
    render_from(sql, plan);
    for embed in &plan.embeds {
        render_join(sql, embed, child(plan, aggregate_alias(embed))?)?;
    }
    let mut lead = " WHERE ";
    for condition in &plan.filters {
        sql.text(std::mem::replace(&mut lead, " AND "));
        render_condition(sql, row, condition);
    }
    for condition in &plan.join_conditions {
        sql.text(std::mem::replace(&mut lead, " AND "));
        render_join_condition(sql, condition);
    }
    render_group(sql, row, plan);
    // Arrays of a to-many spread are ordered where they are made.
    if plan.spread != Some(SpreadType::ToMany) {
        render_order(sql, row, &plan.order);
    }
    render_range(sql, plan.range);
    Ok(())
}

/// One row for each row that the plan has without its limits: only the conditions count. Embedded resources that are
/// joined with `!inner` become EXISTS.
pub(crate) fn render_count(sql: &mut Sql, plan: &ReadPlan) -> Result<(), Error> {
    let row = row_name(plan);
    sql.text("SELECT 1");
    render_from(sql, plan);
    let mut lead = " WHERE ";
    for condition in &plan.filters {
        sql.text(std::mem::replace(&mut lead, " AND "));
        render_count_condition(sql, row, plan, condition)?;
    }
    for condition in &plan.join_conditions {
        sql.text(std::mem::replace(&mut lead, " AND "));
        render_join_condition(sql, condition);
    }
    for embedded in plan.children.iter().filter(|child| is_inner(child)) {
        sql.text(std::mem::replace(&mut lead, " AND "))
            .text("EXISTS (");
        render_count(sql, embedded)?;
        sql.text(")");
    }
    Ok(())
}

/// A condition where nothing is joined: a null filter on an embedded resource asks whether there are rows.
fn render_count_condition(
    sql: &mut Sql,
    row: RowName<'_>,
    plan: &ReadPlan,
    condition: &Condition,
) -> Result<(), Error> {
    match condition {
        Condition::Expression {
            negated,
            operator,
            operands,
        } => {
            open_expression(sql, *negated);
            for (index, operand) in operands.iter().enumerate() {
                if index > 0 {
                    sql.text(separator(*operator));
                }
                render_count_condition(sql, row, plan, operand)?;
            }
            sql.text(")");
        }
        Condition::NullEmbed {
            not_null,
            aggregate_alias,
        } => {
            sql.text(if *not_null {
                "EXISTS ("
            } else {
                "NOT EXISTS ("
            });
            render_count(sql, child(plan, aggregate_alias)?)?;
            sql.text(")");
        }
        Condition::Filter { .. } => render_condition(sql, row, condition),
    }
    Ok(())
}

fn render_select_list(sql: &mut Sql, row: RowName<'_>, plan: &ReadPlan) {
    let mut lead = "";
    // Nothing selected means everything; where rows are only counted, nothing is read of them.
    if plan.select.is_empty() && plan.children.is_empty() {
        sql.column(row, "*");
        lead = ", ";
    }
    for select in &plan.select {
        sql.text(std::mem::replace(&mut lead, ", "));
        render_select_field(sql, row, select);
    }
    if plan.spread == Some(SpreadType::ToMany) {
        for (index, term) in plan.order.iter().enumerate() {
            sql.text(std::mem::replace(&mut lead, ", "));
            render_order_select(sql, row, plan, index, term);
        }
    }
    for embed in &plan.embeds {
        match embed {
            EmbedSelect::Json { empty: true, .. } => {}
            EmbedSelect::Json {
                name,
                aggregate_alias,
                to_one: true,
                ..
            } => {
                sql.text(std::mem::replace(&mut lead, ", "))
                    .text("row_to_json(")
                    .ident(aggregate_alias)
                    .text(".*)::jsonb AS ")
                    .ident(name);
            }
            EmbedSelect::Json {
                name,
                aggregate_alias,
                ..
            } => {
                sql.text(std::mem::replace(&mut lead, ", "))
                    .text("COALESCE( ")
                    .ident(aggregate_alias)
                    .text(".")
                    .ident(aggregate_alias)
                    .text(", '[]') AS ")
                    .ident(name);
            }
            EmbedSelect::Spread {
                fields,
                aggregate_alias,
            } => {
                for field in fields {
                    sql.text(std::mem::replace(&mut lead, ", "));
                    render_spread_field(sql, aggregate_alias, field);
                }
            }
        }
    }
}

/// What a to-many spread is ordered by, selected so that it can be named where the arrays are made.
fn render_order_select(
    sql: &mut Sql,
    row: RowName<'_>,
    plan: &ReadPlan,
    index: usize,
    term: &PlanOrder,
) {
    match term {
        PlanOrder::Field { field, .. } => render_field(sql, row, field),
        PlanOrder::Relation {
            relation, field, ..
        } => {
            sql.column(RowName::alias(relation), &field.name);
            render_path(sql, &field.path);
        }
    }
    sql.text(" AS ")
        .ident(&order_alias(&plan.aggregate_alias, index, term));
}

fn order_alias(aggregate_alias: &str, index: usize, term: &PlanOrder) -> String {
    let name = match term {
        PlanOrder::Field { field, .. } => &field.name,
        PlanOrder::Relation { field, .. } => &field.name,
    };
    format!("{aggregate_alias}_{name}_{}", index + 1)
}

/// The lateral join of one embedded resource.
fn render_join(sql: &mut Sql, embed: &EmbedSelect, embedded: &ReadPlan) -> Result<(), Error> {
    let alias = aggregate_alias(embed);
    let inner = is_inner(embedded);
    sql.text(if inner {
        " INNER JOIN LATERAL ( "
    } else {
        " LEFT JOIN LATERAL ( "
    });
    let aggregated = match embed {
        EmbedSelect::Json { to_one, .. } => !to_one,
        EmbedSelect::Spread { .. } => embedded.spread == Some(SpreadType::ToMany),
    };
    if aggregated {
        sql.text("SELECT json_agg(")
            .ident(alias)
            .text(")::jsonb AS ")
            .ident(alias);
        if let EmbedSelect::Spread { fields, .. } = embed {
            for field in fields {
                sql.text(", ");
                render_spread_array(sql, embedded, alias, field);
            }
        }
        sql.text(" FROM (");
        render_read(sql, embedded)?;
        sql.text(" ) AS ").ident(alias);
    } else {
        render_read(sql, embedded)?;
    }
    sql.text(" ) AS ").ident(alias).text(" ON ");
    if aggregated && inner {
        sql.ident(alias).text(" IS NOT NULL");
    } else {
        sql.text("TRUE");
    }
    Ok(())
}

/// One column of a to-many spread, as an array.
fn render_spread_array(sql: &mut Sql, embedded: &ReadPlan, alias: &str, field: &SpreadField) {
    let row = RowName::alias(alias);
    sql.text("COALESCE(json_agg(").column(row, &field.name);
    if !embedded.order.is_empty() {
        sql.text(" ORDER BY ");
        sql.list(
            ", ",
            embedded.order.iter().enumerate(),
            |sql, (index, term)| {
                let (PlanOrder::Field {
                    direction, nulls, ..
                }
                | PlanOrder::Relation {
                    direction, nulls, ..
                }) = term;
                sql.column(row, &order_alias(&embedded.aggregate_alias, index, term));
                render_direction(sql, *direction, *nulls);
            },
        );
    }
    sql.text("), '[]')::jsonb AS ")
        .ident(field.alias.as_deref().unwrap_or(&field.name));
}

/// ` FROM …`. A computed relationship is a call with the row of its parent; a junction is joined implicitly.
fn render_from(sql: &mut Sql, plan: &ReadPlan) {
    sql.text(" FROM ");
    match &plan.relationship {
        // The cast chooses the overload, for a row of a CTE has no type of its own.
        Some(Relationship::Computed {
            function,
            table,
            table_alias,
            ..
        }) => sql
            .qualified(function)
            .text("(")
            .ident(&table_alias.name)
            .text("::")
            .qualified(table)
            .text(")"),
        _ => sql.qualified(&plan.from),
    };
    if let Some(alias) = &plan.from_alias {
        sql.text(" AS ").ident(alias);
    }
    if let Some(Relationship::ForeignKey {
        cardinality: Cardinality::ManyToMany(junction),
        ..
    }) = &plan.relationship
    {
        sql.text(", ").qualified(&junction.table);
    }
}

/// What the rows of a plan are called in its query.
fn row_name(plan: &ReadPlan) -> RowName<'_> {
    match (&plan.from_alias, &plan.relationship) {
        (Some(alias), _) => RowName::alias(alias),
        (None, Some(Relationship::Computed { function, .. })) => RowName::alias(&function.name),
        (None, _) => (&plan.from).into(),
    }
}

fn is_inner(plan: &ReadPlan) -> bool {
    plan.join == Some(JoinType::Inner)
}

fn aggregate_alias(embed: &EmbedSelect) -> &str {
    match embed {
        EmbedSelect::Json {
            aggregate_alias, ..
        }
        | EmbedSelect::Spread {
            aggregate_alias, ..
        } => aggregate_alias,
    }
}

/// The embedded resource of an alias. That there is none is a mistake in planning.
fn child<'a>(plan: &'a ReadPlan, alias: &str) -> Result<&'a ReadPlan, Error> {
    plan.children
        .iter()
        .find(|child| child.aggregate_alias == alias)
        .ok_or_else(|| {
            Error::Connection(ConnectionError::Internal {
                message: format!("no embedded resource is called {alias}"),
            })
        })
}
