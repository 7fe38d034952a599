//! Fields to SQL: columns with JSON paths, casts, aggregates, data representations, and the GROUP BY they ask for.
//!
//! In: select fields of a plan. Out: expressions. Mirrors PostgREST v14.
#![forbid(unsafe_code)]

use super::builder::{RowName, Sql};
use crate::rest::api_request::types::{Aggregate, JsonOperand, JsonOperation};
use crate::rest::plan::types::{EmbedSelect, PlanField, ReadPlan, SelectField, SpreadField};

/// `"row"."column"`, with its JSON path; the row alone when it is meant as a whole.
pub(crate) fn render_field(sql: &mut Sql, row: RowName<'_>, field: &PlanField) {
    if let Some(language) = &field.to_tsvector {
        sql.text("to_tsvector(");
        render_language(sql, language.as_deref());
        render_plain_field(sql, row, field);
        sql.text(")");
    } else {
        render_plain_field(sql, row, field);
    }
}

/// `$n, ` before the text of a full text function.
pub(crate) fn render_language(sql: &mut Sql, language: Option<&str>) {
    if let Some(language) = language {
        sql.text_param(language).text(", ");
    }
}

fn render_plain_field(sql: &mut Sql, row: RowName<'_>, field: &PlanField) {
    if field.full_row {
        sql.ident(row.name);
    } else if field.to_json && !field.path.is_empty() {
        sql.text("to_jsonb(").column(row, &field.name).text(")");
        render_path(sql, &field.path);
    } else {
        sql.column(row, &field.name);
        render_path(sql, &field.path);
    }
}

/// The steps of a JSON path; keys and indexes are parameters.
pub(crate) fn render_path(sql: &mut Sql, path: &[JsonOperation]) {
    for step in path {
        let operand = match step {
            JsonOperation::Arrow(operand) => {
                sql.text("->");
                operand
            }
            JsonOperation::DoubleArrow(operand) => {
                sql.text("->>");
                operand
            }
        };
        match operand {
            JsonOperand::Key(key) => sql.text_param(key),
            JsonOperand::Index(index) => sql.text_param(index).text("::int"),
        };
    }
}

/// A selected field: representation, cast, aggregate, cast of that, alias.
pub(crate) fn render_select_field(sql: &mut Sql, row: RowName<'_>, select: &SelectField) {
    open_aggregate(sql, select.aggregate, select.aggregate_cast.as_deref());
    if select.cast.is_some() {
        sql.text("CAST( ");
    }
    if let Some(function) = &select.field.transform {
        sql.text(function).text("(");
        render_field(sql, row, &select.field);
        sql.text(")");
    } else {
        render_field(sql, row, &select.field);
    }
    if let Some(cast) = &select.cast {
        close_cast(sql, cast);
    }
    close_aggregate(sql, select.aggregate, select.aggregate_cast.as_deref());
    render_alias(sql, select.alias.as_deref());
}

/// A field that is spread from the lateral join `aggregate_alias`.
pub(crate) fn render_spread_field(sql: &mut Sql, aggregate_alias: &str, select: &SpreadField) {
    open_aggregate(sql, select.aggregate, select.aggregate_cast.as_deref());
    sql.column(RowName::alias(aggregate_alias), &select.name);
    close_aggregate(sql, select.aggregate, select.aggregate_cast.as_deref());
    render_alias(sql, select.alias.as_deref());
}

/// GROUP BY what is selected without an aggregate, if anything is selected with one.
pub(crate) fn render_group(sql: &mut Sql, row: RowName<'_>, plan: &ReadPlan) {
    let aggregated = plan.select.iter().any(|select| select.aggregate.is_some())
        || plan.embeds.iter().any(|embed| match embed {
            EmbedSelect::Spread { fields, .. } => {
                fields.iter().any(|field| field.aggregate.is_some())
            }
            EmbedSelect::Json { .. } => false,
        });
    if !aggregated {
        return;
    }
    let mut lead = " GROUP BY ";
    for select in plan
        .select
        .iter()
        .filter(|select| select.aggregate.is_none())
    {
        sql.text(std::mem::replace(&mut lead, ", "));
        match &select.alias {
            Some(alias) => {
                sql.ident(alias);
            }
            None => render_field(sql, row, &select.field),
        }
    }
    for embed in &plan.embeds {
        match embed {
            EmbedSelect::Json { name, .. } => {
                sql.text(std::mem::replace(&mut lead, ", ")).ident(name);
            }
            EmbedSelect::Spread {
                fields,
                aggregate_alias,
            } => {
                for field in fields.iter().filter(|field| field.aggregate.is_none()) {
                    let name = field.alias.as_deref().unwrap_or(&field.name);
                    sql.text(std::mem::replace(&mut lead, ", "))
                        .ident(aggregate_alias)
                        .text(".")
                        .ident(name);
                }
            }
        }
    }
}

/// ` AS "alias"`.
pub(crate) fn render_alias(sql: &mut Sql, alias: Option<&str>) {
    if let Some(alias) = alias {
        sql.text(" AS ").ident(alias);
    }
}

fn open_aggregate(sql: &mut Sql, aggregate: Option<Aggregate>, cast: Option<&str>) {
    let Some(aggregate) = aggregate else { return };
    if cast.is_some() {
        sql.text("CAST( ");
    }
    sql.text(match aggregate {
        Aggregate::Sum => "SUM(",
        Aggregate::Avg => "AVG(",
        Aggregate::Max => "MAX(",
        Aggregate::Min => "MIN(",
        Aggregate::Count => "COUNT(",
    });
}

fn close_aggregate(sql: &mut Sql, aggregate: Option<Aggregate>, cast: Option<&str>) {
    if aggregate.is_some() {
        sql.text(")");
        if let Some(cast) = cast {
            close_cast(sql, cast);
        }
    }
}

/// The type stands unquoted, or `int` and the like would not be found. It is a name of the grammar of `select`: what has
/// other characters is quoted, and so is a type that does not exist.
fn close_cast(sql: &mut Sql, cast: &str) {
    sql.text(" AS ");
    let plain =
        |character: char| character.is_alphanumeric() || matches!(character, '_' | ' ' | '$');
    if !cast.is_empty() && cast.chars().all(plain) {
        sql.text(cast);
    } else {
        sql.ident(cast);
    }
    sql.text(" )");
}
