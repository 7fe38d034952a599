//! Media type handlers to SQL: the expression that makes a body of the rows `_postgrest_t`.
//!
//! In: a handler, and the function whose result is read, if any. Out: an aggregate. Mirrors PostgREST v14,
//! <https://docs.postgrest.org/en/v14/references/api/media_type_handlers.html>.
#![forbid(unsafe_code)]

use super::builder::Sql;
use crate::rest::identifiers::RelIdentifier;
use crate::rest::schema_cache::types::{MediaHandler, Routine};

/// The body. Its type is json or text, or what a custom handler returns; in binary format all of them are the bytes to
/// be sent.
pub(crate) fn render_handler(sql: &mut Sql, handler: &MediaHandler, routine: Option<&Routine>) {
    match handler {
        MediaHandler::Json => render_json(sql, routine, false),
        MediaHandler::ArrayJsonStripped => render_json(sql, routine, true),
        MediaHandler::SingleJson { nulls_stripped } => {
            let scalar = routine.is_some_and(Routine::returns_scalar);
            render_json_rows(sql, scalar, true, *nulls_stripped);
        }
        MediaHandler::GeoJson => {
            sql.text(GEO_JSON);
        }
        MediaHandler::Csv => {
            sql.text(CSV);
        }
        MediaHandler::Custom(function, target) => {
            sql.qualified(function);
            match target {
                _ if routine.is_some_and(Routine::returns_scalar) => {
                    sql.text("(_postgrest_t.pgrst_scalar)")
                }
                RelIdentifier::Any => sql.text("(_postgrest_t)"),
                RelIdentifier::Relation(relation) => {
                    sql.text("(_postgrest_t::").qualified(relation).text(")")
                }
            };
        }
        MediaHandler::NoAggregate => {
            sql.text("''::text");
        }
    }
}

/// An array of the rows, or the one result of a function that returns one.
fn render_json(sql: &mut Sql, routine: Option<&Routine>, strip: bool) {
    let (scalar, single) = routine.map_or((false, false), |routine| {
        (
            routine.returns_scalar() || routine.returns_set_of_scalar(),
            routine.returns_scalar() || routine.returns_single_composite(),
        )
    });
    render_json_rows(sql, scalar, single, strip);
}

fn render_json_rows(sql: &mut Sql, scalar: bool, single: bool, strip: bool) {
    sql.text("coalesce(");
    if strip {
        sql.text("json_strip_nulls(");
    }
    sql.text(if scalar {
        "json_agg(_postgrest_t.pgrst_scalar)"
    } else {
        "json_agg(_postgrest_t)"
    });
    if single {
        sql.text("->0");
    }
    if strip {
        sql.text(")");
    }
    sql.text(if single { ", 'null')" } else { ", '[]')" });
}

/// The names of the columns, and each row as PostgreSQL writes it, without its parentheses.
const CSV: &str = "(SELECT coalesce(string_agg(a.k, ','), '') FROM (\
SELECT json_object_keys(r)::text AS k FROM (\
SELECT row_to_json(hh) AS r FROM pgrst_source AS hh LIMIT 1) s) a) || E'\\n' || \
coalesce(string_agg(substring(_postgrest_t::text, 2, length(_postgrest_t::text) - 2), E'\\n'), '')";

const GEO_JSON: &str = "json_build_object('type', 'FeatureCollection', 'features', \
coalesce(json_agg(ST_AsGeoJSON(_postgrest_t)::json), '[]'))";
