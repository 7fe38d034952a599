//! The parameters of a query string: which of them is what, and their values read.
//!
//! In: pairs. Out: `QueryParams` and the ranges of `limit` and `offset`, or PGRST100. Mirrors PostgREST v14's
//! QueryParams.
#![forbid(unsafe_code)]

use std::borrow::Cow;
use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::QueryParams;
use super::field::{parse_columns, parse_tree_path};
use super::filter::{parse_logic_path, parse_logic_tree, parse_operation, parse_single_value};
use super::order::parse_order;
use super::parser::Parser;
use super::query_string::{Pair, parse_query_string, render_canonical};
use super::select::parse_select;
use super::types::{EmbedPath, Field, Filter, LogicTree, Operation, OrderTerm};
use crate::protocol::{ErrorFields, sqlstate};
use crate::rest::error::{ApiError, Error};
use crate::rest::range::{RowRange, parse_integer};

/// `limit` and `offset`, by the name of the limit as it is written.
pub(crate) type NamedRanges = Vec<(String, RowRange)>;

/// Reads the query string. A function that is called by GET takes its parameters from it too.
pub(crate) fn parse_query_params(
    query: &[u8],
    function_read: bool,
) -> Result<(QueryParams, NamedRanges), Error> {
    let pairs = parse_query_string(query)?;
    let with_value = || {
        pairs
            .iter()
            .filter_map(|(name, value)| Some((name.as_ref(), value.as_deref()?)))
    };
    let of_kind = |wanted: Kind| with_value().filter(move |(name, _)| kind_of(name) == wanted);

    let order = of_kind(Kind::Order)
        .map(|(name, value)| parse_order_param(name, value))
        .collect::<Result<_, _>>()?;
    let logic = of_kind(Kind::Logic)
        .map(|(name, value)| parse_logic_param(name, value))
        .collect::<Result<_, _>>()?;
    let columns = value_of(&pairs, "columns")
        .map(|value| parse_names("columns", value).map(BTreeSet::from_iter))
        .transpose()?;
    let select = value_of(&pairs, "select").unwrap_or("*");
    let select = Parser::run(
        select,
        || format!("failed to parse select parameter ({select})"),
        parse_select,
    )?;
    let mut query = QueryParams {
        canonical: render_canonical(&pairs),
        order,
        logic,
        columns,
        select,
        ..QueryParams::default()
    };
    for (name, value) in of_kind(Kind::Filter) {
        let (path, field, operation) = parse_filter_param(name, value, function_read)?;
        query.filter_fields.insert(name.to_owned());
        add_filter(&mut query, path, field, operation, value);
    }
    query.on_conflict = value_of(&pairs, "on_conflict")
        .map(|value| parse_names("on_conflict", value))
        .transpose()?;
    for (_, value) in of_kind(Kind::Limit).chain(of_kind(Kind::Offset)) {
        check_bigint(value)?;
    }
    let ranges = parse_ranges(of_kind(Kind::Limit), of_kind(Kind::Offset));
    Ok((query, ranges))
}

/// Numbers that PostgreSQL's `bigint` does not hold are refused as PostgreSQL would.
fn check_bigint(value: &str) -> Result<(), Error> {
    if parse_integer(value).is_none_or(|number| i64::try_from(number).is_ok()) {
        return Ok(());
    }
    let message = format!("value \"{value}\" is out of range for type bigint");
    let fields = ErrorFields::new("ERROR", sqlstate::NUMERIC_VALUE_OUT_OF_RANGE, message);
    Err(Error::Database {
        authenticated: false,
        fields: Box::new(fields),
    })
}

/// The embedded resources on the way to a `limit`.
pub(crate) fn parse_range_path(name: &str) -> Result<EmbedPath, ApiError> {
    parse_path(name).map(|(path, _)| path)
}

/// What a parameter is for, which the last word of its name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Order,
    Limit,
    Offset,
    Logic,
    /// `select`, `columns` and `on_conflict`.
    Reserved,
    Filter,
}

fn kind_of(name: &str) -> Kind {
    match name.rsplit('.').next().unwrap_or(name) {
        "order" => Kind::Order,
        "limit" => Kind::Limit,
        "offset" => Kind::Offset,
        "and" | "or" => Kind::Logic,
        _ if matches!(name, "select" | "columns" | "on_conflict") => Kind::Reserved,
        _ => Kind::Filter,
    }
}

/// The value of the first parameter of the name.
fn value_of<'a>(pairs: &'a [Pair<'_>], wanted: &str) -> Option<&'a str> {
    let (_, value) = pairs.iter().find(|(name, _)| name == wanted)?;
    value.as_deref()
}

fn parse_path(name: &str) -> Result<(EmbedPath, Field), ApiError> {
    Parser::run(
        name,
        || format!("failed to parse tree path ({name})"),
        parse_tree_path,
    )
}

fn parse_order_param(name: &str, value: &str) -> Result<(EmbedPath, Vec<OrderTerm>), ApiError> {
    let (path, _) = parse_path(name)?;
    let terms = Parser::run(
        value,
        || format!("failed to parse order ({value})"),
        parse_order,
    )?;
    Ok((path, terms))
}

fn parse_logic_param(name: &str, value: &str) -> Result<(EmbedPath, LogicTree), ApiError> {
    let (path, operator) = Parser::run(
        name,
        || format!("failed to parse logic path ({name})"),
        parse_logic_path,
    )?;
    // The operator comes from the name, so that a tree always begins with one.
    let tree = Parser::run(
        &format!("{operator}{value}"),
        || format!("failed to parse logic tree ({value})"),
        parse_logic_tree,
    )?;
    Ok((path, tree))
}

fn parse_names(param: &str, value: &str) -> Result<Vec<String>, ApiError> {
    Parser::run(
        value,
        || format!("failed to parse {param} parameter ({value})"),
        parse_columns,
    )
}

type ParsedFilter = (EmbedPath, Field, Option<(bool, Operation)>);

/// Without an operation it is a parameter of a function.
fn parse_filter_param(
    name: &str,
    value: &str,
    function_read: bool,
) -> Result<ParsedFilter, ApiError> {
    let (path, field) = parse_path(name)?;
    let operation = Parser::run(
        value,
        || format!("failed to parse filter ({value})"),
        |p| {
            if function_read {
                p.optional(|p| parse_operation(p, parse_single_value))
            } else {
                parse_operation(p, parse_single_value).map(Some)
            }
        },
    )?;
    Ok((path, field, operation))
}

fn add_filter(
    query: &mut QueryParams,
    path: EmbedPath,
    field: Field,
    operation: Option<(bool, Operation)>,
    value: &str,
) {
    let Some((negated, operation)) = operation else {
        query.params.push((field.name, value.to_owned()));
        return;
    };
    let filter = Filter {
        field,
        negated,
        operation,
    };
    if path.is_empty() {
        query.root_filters.push(filter.clone());
    } else {
        query.embedded_filters.push((path.clone(), filter.clone()));
    }
    query.filters.push((path, filter));
}

/// The ranges of all levels. Of parameters with one name the last one counts.
fn parse_ranges<'a>(
    limits: impl Iterator<Item = (&'a str, &'a str)>,
    offsets: impl Iterator<Item = (&'a str, &'a str)>,
) -> NamedRanges {
    // Limit and offset, by the name of the limit.
    let mut found: IndexMap<Cow<'a, str>, (Option<&str>, Option<&str>)> = IndexMap::new();
    for (name, value) in limits {
        found.entry(name.into()).or_default().0 = Some(value);
    }
    for (name, value) in offsets {
        let level = name.strip_suffix("offset").unwrap_or(name);
        let name = format!("{level}limit").into();
        found.entry(name).or_default().1 = Some(value);
    }
    found
        .into_iter()
        .map(|(name, (limit, offset))| (name.into_owned(), RowRange::requested(limit, offset)))
        .collect()
}
