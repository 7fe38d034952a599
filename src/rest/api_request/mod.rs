//! HTTP to intent: what a request wants, before anything is known of the database.
//!
//! In: method, path, query string, headers, body. Out: an `ApiRequest`, or PostgREST's error. Mirrors PostgREST v14.
#![forbid(unsafe_code)]

use std::collections::BTreeSet;

use bytes::Bytes;

use super::config::Config;
use super::error::{ApiError, Error, RangeError};
use super::identifiers::QualifiedIdentifier;
use super::media_type::MediaType;
use super::range::RowRange;

mod csv;
mod field;
mod filter;
mod order;
mod parse_error;
mod parser;
mod payload;
pub(crate) mod preferences;
mod query_params;
mod query_string;
mod resource;
mod select;
#[cfg(test)]
mod tests;
pub(crate) mod types;

use payload::parse_payload;
use preferences::Preferences;
use query_params::{NamedRanges, parse_query_params, parse_range_path};
use resource::{Resource, find_header, parse_cookies, parse_profile};
use types::{EmbedPath, Filter, LogicTree, OrderTerm, SelectItem};

/// What a request wants.
#[derive(Debug, Clone)]
pub(crate) struct ApiRequest {
    pub(crate) action: Action,
    pub(crate) method: http::Method,
    /// Percent-encoded, without the query.
    pub(crate) path: String,
    /// `limit`, `offset` and `Range` of the top level.
    pub(crate) top_level_range: RowRange,
    /// `limit` and `offset` of embedded resources, and of the top level under the empty path.
    pub(crate) ranges: Vec<(EmbedPath, RowRange)>,
    pub(crate) query: QueryParams,
    pub(crate) payload: Option<Payload>,
    pub(crate) preferences: Preferences,
    /// The fields that are written: those of `columns`, else those of the payload.
    pub(crate) columns: BTreeSet<String>,
    /// Names in lower case; without cookies.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) cookies: Vec<(String, String)>,
    /// The schema that the request is for.
    pub(crate) schema: String,
    /// Whether a profile header takes part (several schemas are exposed).
    pub(crate) negotiated_by_profile: bool,
    /// By preference.
    pub(crate) accept: Vec<MediaType>,
    pub(crate) content_type: MediaType,
}

impl ApiRequest {
    /// Reads a request. The target is path and query, percent-encoded; names of headers are in lower case.
    pub(crate) fn parse(
        config: &Config,
        method: &http::Method,
        target: &str,
        headers: &[(String, String)],
        body: Bytes,
    ) -> Result<Self, Error> {
        if body.len() > config.max_body_size {
            let limit = config.max_body_size;
            return Err(ApiError::TooLarge { limit }.into());
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let resource = Resource::parse(config, path)?;
        let (schema, negotiated_by_profile) = parse_profile(config, method, headers)?;
        let action = resource.action(&schema, method)?;
        let function_read = matches!(
            action,
            Action::Routine {
                invoke: Invoke::Read { .. },
                ..
            }
        );
        let (query, ranges) = parse_query_params(query.as_bytes(), function_read)?;
        let top_level_range = parse_top_level_range(method, &ranges, headers)?;
        let content_type = find_header(headers, "content-type")
            .map_or(MediaType::ApplicationJson, MediaType::parse);
        let (payload, columns) =
            parse_payload(body, &content_type, query.columns.as_ref(), &action)?;
        Ok(Self {
            action,
            method: method.clone(),
            path: path.to_owned(),
            top_level_range,
            ranges: plan_ranges(top_level_range, ranges)?,
            query,
            payload,
            preferences: Preferences::parse(headers, config.tx_end.allows_override()),
            columns,
            headers: headers
                .iter()
                .filter(|(name, _)| name != "cookie")
                .cloned()
                .collect(),
            cookies: find_header(headers, "cookie").map_or_else(Vec::new, parse_cookies),
            schema,
            negotiated_by_profile,
            accept: find_header(headers, "accept")
                .map_or_else(|| vec![MediaType::Any], MediaType::parse_accept),
            content_type,
        })
    }
}

/// `limit`, `offset` and, for GET, `Range` of the top level: PGRST103 and PGRST114 where they cannot be met.
fn parse_top_level_range(
    method: &http::Method,
    ranges: &NamedRanges,
    headers: &[(String, String)],
) -> Result<RowRange, ApiError> {
    let header = find_header(headers, "range")
        .filter(|_| method == http::Method::GET)
        .map_or(RowRange::ALL, RowRange::parse_header);
    let requested = ranges
        .iter()
        .find(|(name, _)| name == "limit")
        .map_or(RowRange::ALL, |(_, range)| *range);
    let range = if requested.is_limit_zero() {
        RowRange::NONE
    } else {
        header.intersect(requested)
    };
    if range.is_empty() && !requested.is_limit_zero() {
        return Err(ApiError::InvalidRange(if header.is_empty() {
            RangeError::LowerGreaterThanUpper
        } else {
            RangeError::NegativeLimit
        }));
    }
    if method == http::Method::PUT && range != RowRange::ALL {
        return Err(ApiError::PutLimitNotAllowed);
    }
    Ok(range)
}

/// The ranges by embedded resource, that of the top level first.
fn plan_ranges(
    top_level: RowRange,
    ranges: NamedRanges,
) -> Result<Vec<(EmbedPath, RowRange)>, ApiError> {
    let mut by_path = Vec::with_capacity(ranges.len() + 1);
    by_path.push((EmbedPath::new(), top_level));
    for (name, range) in ranges {
        if name != "limit" {
            by_path.push((parse_range_path(&name)?, range));
        }
    }
    Ok(by_path)
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    /// Rows of a relation; `head` without the body.
    RelationRead {
        relation: QualifiedIdentifier,
        head: bool,
    },
    RelationMutate {
        relation: QualifiedIdentifier,
        mutation: Mutation,
    },
    /// A function is called.
    Routine {
        routine: QualifiedIdentifier,
        invoke: Invoke,
    },
    /// The description at the root.
    SchemaRead {
        schema: String,
        head: bool,
    },
    /// `OPTIONS`.
    RelationInfo(QualifiedIdentifier),
    RoutineInfo(QualifiedIdentifier),
    SchemaInfo,
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mutation {
    Create,
    Delete,
    SingleUpsert,
    Update,
}

/// How a function is called: `GET` and `HEAD` only read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Invoke {
    Post,
    Read { head: bool },
}

/// What was sent to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Payload {
    /// JSON whose keys were read.
    Processed {
        raw: Bytes,
        keys: BTreeSet<String>,
        is_array: bool,
    },
    /// JSON that PostgreSQL checks, because `columns` says what is in it.
    Raw(Bytes),
    UrlEncoded(Vec<(String, String)>),
    /// The single unnamed parameter of a function.
    Text(Bytes),
}

/// The query string, read.
#[derive(Debug, Clone, Default)]
pub(crate) struct QueryParams {
    /// Sorted by name and encoded anew, for `Content-Location` and the like.
    pub(crate) canonical: String,
    /// Parameters of a function that is called by GET.
    pub(crate) params: Vec<(String, String)>,
    pub(crate) order: Vec<(EmbedPath, Vec<OrderTerm>)>,
    pub(crate) logic: Vec<(EmbedPath, LogicTree)>,
    pub(crate) columns: Option<BTreeSet<String>>,
    /// `*` when there is none.
    pub(crate) select: Vec<SelectItem>,
    /// All filters, in their order.
    pub(crate) filters: Vec<(EmbedPath, Filter)>,
    /// Those of the top level.
    pub(crate) root_filters: Vec<Filter>,
    /// Those of embedded resources.
    pub(crate) embedded_filters: Vec<(EmbedPath, Filter)>,
    /// The names of all filters as they are written, for PUT.
    pub(crate) filter_fields: BTreeSet<String>,
    pub(crate) on_conflict: Option<Vec<String>>,
}
