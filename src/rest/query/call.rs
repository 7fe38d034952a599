//! Call plans to SQL: a function with its arguments.
//!
//! In: a `CallPlan`. Out: a query that stands in a CTE. Mirrors PostgREST v14,
//! <https://docs.postgrest.org/en/v14/references/api/functions.html>.
#![forbid(unsafe_code)]

use bytes::Bytes;
use serde_json::{Map, Value};

use super::body::{BODY, BodyField, BodyOptions, render_body};
use super::builder::{RowName, Sql, quote_array};
use crate::rest::plan::types::{ArgumentValue, CallArgs, CallParams, CallPlan};
use crate::rest::schema_cache::types::RoutineParam;

/// The rows that a function returns.
pub(crate) fn render_call(sql: &mut Sql, plan: &CallPlan) {
    sql.text("SELECT ");
    if is_scalar(plan) {
        sql.text("pgrst_call.pgrst_scalar");
    } else if plan.returning.is_empty() {
        sql.text("*");
    } else {
        sql.list(", ", &plan.returning, |sql, column| {
            sql.column(RowName::alias("pgrst_call"), column);
        });
    }
    sql.text(" ");
    match (&plan.params, &plan.args) {
        (CallParams::Positional(param), args) => {
            sql.text("FROM ");
            render_function(sql, plan, |sql| render_single(sql, param, args));
        }
        (CallParams::Named(params), _) if params.is_empty() => {
            sql.text("FROM ");
            render_function(sql, plan, |_| {});
        }
        (CallParams::Named(params), CallArgs::Direct(args)) => {
            sql.text("FROM ");
            render_function(sql, plan, |sql| render_direct(sql, params, args));
        }
        (CallParams::Named(params), CallArgs::Json(body)) => {
            let fields = params
                .iter()
                .map(|param| BodyField::new(&param.name, &param.type_max_length));
            let options = BodyOptions {
                defaults: false,
                limit_one: true,
            };
            render_body(sql, body.as_ref(), fields, options);
            sql.text(", LATERAL ");
            render_function(sql, plan, |sql| {
                render_named(sql, params, |sql, param| {
                    sql.column(BODY, &param.name);
                });
            });
        }
    }
}

/// The call as a row called `pgrst_call`; a scalar is its column `pgrst_scalar`.
fn render_function(sql: &mut Sql, plan: &CallPlan, arguments: impl FnOnce(&mut Sql)) {
    let scalar = is_scalar(plan);
    if scalar {
        sql.text("(SELECT ");
    }
    sql.qualified(&plan.routine).text("(");
    arguments(sql);
    sql.text(if scalar {
        ") pgrst_scalar) pgrst_call"
    } else {
        ") pgrst_call"
    });
}

/// `"a" := …, VARIADIC "b" := …`.
fn render_named(
    sql: &mut Sql,
    params: &[RoutineParam],
    mut value: impl FnMut(&mut Sql, &RoutineParam),
) {
    sql.list(", ", params, |sql, param| {
        if param.variadic {
            sql.text("VARIADIC ");
        }
        sql.ident(&param.name).text(" := ");
        value(sql, param);
    });
}

/// Arguments of the query string. Of those given twice the last one counts.
fn render_direct(sql: &mut Sql, params: &[RoutineParam], args: &[(String, ArgumentValue)]) {
    render_named(sql, params, |sql, param| {
        let given = args.iter().rev().find(|(name, _)| *name == param.name);
        match given {
            Some((_, ArgumentValue::Fixed(value))) => sql.text_param(value),
            Some((_, ArgumentValue::Variadic(values))) => {
                sql.param(Bytes::from(quote_array(values))).text("::text[]")
            }
            None => sql.text("NULL"),
        };
        sql.text("::").text(&param.type_max_length);
    });
}

/// The single unnamed parameter: the whole body.
fn render_single(sql: &mut Sql, param: &RoutineParam, args: &CallArgs) {
    let body = match args {
        CallArgs::Json(body) => body.clone(),
        CallArgs::Direct(args) => Some(json_object(args)),
    };
    let body = if param.type_name == "bytea" {
        body.map(|body| hex(&body))
    } else {
        body
    };
    sql.nullable_param(body).text("::").text(&param.type_name);
}

fn json_object(args: &[(String, ArgumentValue)]) -> Bytes {
    let mut object = Map::with_capacity(args.len());
    for (name, value) in args {
        let value = match value {
            ArgumentValue::Fixed(text) => Value::from(text.as_str()),
            ArgumentValue::Variadic(texts) => texts.iter().map(String::as_str).collect(),
        };
        object.insert(name.clone(), value);
    }
    Bytes::from(Value::Object(object).to_string())
}

/// Bytes in the text form of `bytea`.
fn hex(bytes: &[u8]) -> Bytes {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0');
    let mut text = Vec::with_capacity(bytes.len() * 2 + 2);
    text.extend_from_slice(b"\\x");
    for byte in bytes {
        text.extend([digit(byte >> 4), digit(byte & 15)]);
    }
    Bytes::from(text)
}

const fn is_scalar(plan: &CallPlan) -> bool {
    plan.scalar || plan.set_of_scalar
}
