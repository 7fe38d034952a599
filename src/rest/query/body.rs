//! A JSON body to rows: `pgrst_body`, which INSERT, UPDATE and calls select from.
//!
//! In: the body and the fields that are taken from it. Out: a FROM clause with one parameter, whatever the number of
//! rows. Mirrors PostgREST v14.
#![forbid(unsafe_code)]

use bytes::Bytes;

use super::builder::{RowName, Sql};
use crate::rest::plan::types::PlanField;

/// The row that a body becomes.
pub(crate) const BODY: RowName<'static> = RowName::alias("pgrst_body");

/// A field that is taken from a body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyField<'a> {
    name: &'a str,
    type_name: &'a str,
    transform: Option<&'a str>,
    default: Option<&'a str>,
}

impl<'a> BodyField<'a> {
    /// A parameter of a function.
    pub(crate) const fn new(name: &'a str, type_name: &'a str) -> Self {
        Self {
            name,
            type_name,
            transform: None,
            default: None,
        }
    }
}

impl<'a> From<&'a PlanField> for BodyField<'a> {
    fn from(field: &'a PlanField) -> Self {
        Self {
            name: &field.name,
            type_name: &field.ir_type,
            transform: field.transform.as_deref(),
            default: field.default.as_deref(),
        }
    }
}

/// How a body is read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct BodyOptions {
    /// Fields that are missing take their column's default instead of null.
    pub(crate) defaults: bool,
    /// Only the first row counts.
    pub(crate) limit_one: bool,
}

/// `FROM (…) pgrst_payload, LATERAL (…) pgrst_body`.
pub(crate) fn render_body<'a, I>(
    sql: &mut Sql,
    body: Option<&Bytes>,
    fields: I,
    options: BodyOptions,
) where
    I: IntoIterator<Item = BodyField<'a>> + Clone,
{
    let object = is_object(body);
    sql.text("FROM (SELECT ")
        .nullable_param(body.cloned())
        .text(if options.defaults {
            "::jsonb AS json_data) pgrst_payload, "
        } else {
            "::json AS json_data) pgrst_payload, "
        });
    if options.defaults {
        render_defaults(sql, fields.clone(), object);
    }
    let source = if options.defaults {
        "pgrst_json_defs.val"
    } else {
        "pgrst_payload.json_data"
    };
    sql.text("LATERAL (SELECT ");
    sql.list(", ", fields.clone(), |sql, field: BodyField<'_>| {
        match field.transform {
            Some(function) => sql
                .text(function)
                .text("(")
                .ident(field.name)
                .text(") AS ")
                .ident(field.name),
            None => sql.ident(field.name),
        };
    });
    sql.text(" FROM ");
    if fields.clone().into_iter().next().is_none() {
        render_empty_rows(sql, object, options.defaults, source);
    } else {
        sql.text(record_function(object, options.defaults))
            .text("(")
            .text(source)
            .text(") AS _(");
        sql.list(", ", fields, |sql, field: BodyField<'_>| {
            sql.ident(field.name).text(" ").text(field.type_name);
        });
        sql.text(if options.limit_one { ") LIMIT 1" } else { ")" });
    }
    sql.text(") pgrst_body");
}

/// The body with what is missing in it: the object of the defaults lies under each of its objects.
fn render_defaults<'a>(
    sql: &mut Sql,
    fields: impl IntoIterator<Item = BodyField<'a>>,
    object: bool,
) {
    sql.text(if object {
        "LATERAL (SELECT jsonb_build_object("
    } else {
        "LATERAL (SELECT jsonb_agg(jsonb_build_object("
    });
    let with_default = fields
        .into_iter()
        .filter_map(|field| field.default.map(|default| (field.name, default)));
    sql.list(", ", with_default, |sql, (name, default)| {
        sql.literal(name).text(", ").text(default);
    });
    sql.text(if object {
        ") || pgrst_payload.json_data AS val) pgrst_json_defs, "
    } else {
        ") || elem) AS val FROM jsonb_array_elements(pgrst_payload.json_data) elem) pgrst_json_defs, "
    });
}

/// Rows without columns: one for `{}`, as many as there are objects for `[{}, {}]`.
fn render_empty_rows(sql: &mut Sql, object: bool, defaults: bool, source: &str) {
    if object {
        sql.text("(values(1)) _");
    } else {
        sql.text(if defaults {
            "jsonb_array_elements("
        } else {
            "json_array_elements("
        })
        .text(source)
        .text(") _");
    }
}

const fn record_function(object: bool, defaults: bool) -> &'static str {
    match (object, defaults) {
        (true, false) => "json_to_record",
        (false, false) => "json_to_recordset",
        (true, true) => "jsonb_to_record",
        (false, true) => "jsonb_to_recordset",
    }
}

/// The body looks like an object. Whether it is one is for PostgreSQL to say.
fn is_object(body: Option<&Bytes>) -> bool {
    body.and_then(|body| {
        body.iter()
            .find(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
    }) == Some(&b'{')
}
