//! Mutate plans to SQL: INSERT, UPDATE and DELETE with what they return.
//!
//! In: a `MutatePlan`. Out: a statement that stands in a CTE. Mirrors PostgREST v14,
//! <https://docs.postgrest.org/en/v14/references/api/tables_views.html#insert>.
#![forbid(unsafe_code)]

use bytes::Bytes;

use super::body::{BODY, BodyField, BodyOptions, render_body};
use super::builder::{RowName, Sql};
use super::filter::render_condition;
use crate::rest::api_request::preferences::Resolution;
use crate::rest::identifiers::QualifiedIdentifier;
use crate::rest::plan::types::{Condition, MutatePlan, PlanField};

/// The statement that writes.
pub(crate) fn render_mutate(sql: &mut Sql, plan: &MutatePlan) {
    match plan {
        MutatePlan::Insert {
            into,
            columns,
            body,
            on_conflict,
            filters,
            returning,
            apply_defaults,
            ..
        } => {
            render_insert(sql, into, columns, body.as_ref(), *apply_defaults);
            let merges = matches!(on_conflict, Some((Resolution::MergeDuplicates, _)));
            if merges || !filters.is_empty() {
                sql.text(" WHERE ").text(COUNT_INSERTED);
                for condition in filters {
                    sql.text(" AND ");
                    render_condition(sql, BODY, condition);
                }
            }
            if let Some((resolution, conflict)) = on_conflict
                && !conflict.is_empty()
            {
                render_on_conflict(sql, *resolution, conflict, columns);
            }
            render_returning(sql, into, returning);
        }
        MutatePlan::Update {
            into,
            columns,
            returning,
            ..
        } if columns.is_empty() => render_no_update(sql, into, returning),
        MutatePlan::Update {
            into,
            columns,
            body,
            filters,
            returning,
            apply_defaults,
        } => {
            sql.text("UPDATE ").qualified(into).text(" SET ");
            sql.list(", ", columns, |sql, field| {
                sql.ident(&field.name).text(" = ").column(BODY, &field.name);
            });
            sql.text(" ");
            render_fields_of_body(sql, columns, body.as_ref(), *apply_defaults);
            render_where(sql, into.into(), filters);
            render_returning(sql, into, returning);
        }
        MutatePlan::Delete {
            from,
            filters,
            returning,
        } => {
            sql.text("DELETE FROM ").qualified(from);
            render_where(sql, from.into(), filters);
            render_returning(sql, from, returning);
        }
    }
}

fn render_insert(
    sql: &mut Sql,
    into: &QualifiedIdentifier,
    columns: &[PlanField],
    body: Option<&Bytes>,
    defaults: bool,
) {
    sql.text("INSERT INTO ").qualified(into);
    if !columns.is_empty() {
        sql.text("(");
        sql.list(", ", columns, |sql, field| {
            sql.ident(&field.name);
        });
        sql.text(")");
    }
    sql.text(" SELECT ");
    sql.list(", ", columns, |sql, field| {
        sql.column(BODY, &field.name);
    });
    sql.text(" ");
    render_fields_of_body(sql, columns, body, defaults);
}

fn render_fields_of_body(
    sql: &mut Sql,
    columns: &[PlanField],
    body: Option<&Bytes>,
    defaults: bool,
) {
    let options = BodyOptions {
        defaults,
        limit_one: false,
    };
    render_body(sql, body, columns.iter().map(BodyField::from), options);
}

/// Rows that exist are left alone, or take the values of the body; the latter are not counted as inserted.
fn render_on_conflict(
    sql: &mut Sql,
    resolution: Resolution,
    conflict: &[String],
    columns: &[PlanField],
) {
    sql.text(" ON CONFLICT(");
    sql.list(", ", conflict, |sql, column| {
        sql.ident(column);
    });
    sql.text(")");
    if resolution == Resolution::IgnoreDuplicates || columns.is_empty() {
        sql.text(" DO NOTHING");
        return;
    }
    sql.text(" DO UPDATE SET ");
    sql.list(", ", columns, |sql, field| {
        sql.ident(&field.name)
            .text(" = EXCLUDED.")
            .ident(&field.name);
    });
    sql.text(" WHERE ").text(COUNT_UPDATED);
}

/// There is nothing to set, but what is selected of the answer must have its columns.
fn render_no_update(sql: &mut Sql, into: &QualifiedIdentifier, returning: &[String]) {
    sql.text("SELECT ");
    if returning.is_empty() {
        sql.text("NULL");
    } else {
        sql.list(", ", returning, |sql, column| {
            sql.column(RowName::alias(&into.name), column);
        });
    }
    sql.text(" FROM ").qualified(into).text(" WHERE false");
}

fn render_where(sql: &mut Sql, row: RowName<'_>, filters: &[Condition]) {
    if !filters.is_empty() {
        sql.text(" WHERE ");
        sql.list(" AND ", filters, |sql, condition| {
            render_condition(sql, row, condition);
        });
    }
}

/// With nothing to return there is still one row for each that was written, so that they can be counted.
fn render_returning(sql: &mut Sql, relation: &QualifiedIdentifier, returning: &[String]) {
    sql.text(" RETURNING ");
    if returning.is_empty() {
        sql.text("1");
    } else {
        sql.list(", ", returning, |sql, column| {
            sql.column(relation.into(), column);
        });
    }
}

/// Always true; adds one to `pgrst.inserted`.
const COUNT_INSERTED: &str = "set_config('pgrst.inserted', (coalesce(\
nullif(current_setting('pgrst.inserted', true), '')::int, 0) + 1)::text, true) <> '0'";

/// Always true; takes it back.
const COUNT_UPDATED: &str = "set_config('pgrst.inserted', (coalesce(\
nullif(current_setting('pgrst.inserted', true), '')::int, 0) - 1)::text, true) <> '-1'";
