//! HTTP to intent: what a request wants, before anything is known of the database.
//!
//! In: method, path, query string, headers, body. Out: an `ApiRequest`, or PostgREST's error. Mirrors PostgREST v14.
#![forbid(unsafe_code)]

pub(crate) mod preferences;
pub(crate) mod types;

use std::collections::BTreeSet;

use bytes::Bytes;

use super::identifiers::QualifiedIdentifier;
use super::media_type::MediaType;
use super::range::RowRange;
use preferences::Preferences;
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
    /// Fields of the top-level filters, for PUT and DELETE.
    pub(crate) filter_fields: BTreeSet<String>,
    pub(crate) on_conflict: Option<Vec<String>>,
}
