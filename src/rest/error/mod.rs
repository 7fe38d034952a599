//! What can go wrong with a request, and what it is answered.
//!
//! Mirrors PostgREST v14, <https://docs.postgrest.org/en/v14/references/errors.html>.
#![forbid(unsafe_code)]

mod answer;
mod api;
pub(crate) mod codes;
mod connection;
mod database;
mod jwt;
mod raise;
mod schema_cache;

pub(crate) use answer::Answer;
pub(crate) use raise::is_status;

use crate::protocol::ErrorFields;
use crate::rest::schema_cache::types::{Relationship, Routine};

/// Everything that a request can fail with.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub(crate) enum Error {
    /// The request cannot be read or is not allowed: PGRST1xx.
    Api(ApiError),
    /// PostgreSQL refused; whether the caller is authenticated decides between 401 and 403.
    Database {
        authenticated: bool,
        fields: Box<ErrorFields>,
    },
    /// The token is not good: PGRST3xx.
    Jwt(crate::jwt::Error),
    /// The schema cache could not be loaded: PGRST002.
    NoSchemaCache,
    /// The name is not in the schema cache: PGRST2xx.
    SchemaCache(Box<SchemaCacheError>),
    /// The database cannot be reached or its answer not be read: PGRST000, PGRST001, PGRST003, PGRSTX00.
    Connection(ConnectionError),
}

/// PGRST000 to PGRST003 and PGRSTX00.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ConnectionError {
    /// PGRST000 before it was ever reached, PGRST001 when the connection was lost.
    Unreachable { message: String, lost: bool },
    /// PGRST003.
    PoolTimeout,
    /// PGRSTX00.
    Internal { message: String },
}

/// PGRST1xx.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ApiError {
    AggregatesNotAllowed,
    InvalidBody(String),
    InvalidFilters,
    InvalidPreferences(Vec<String>),
    InvalidRange(RangeError),
    InvalidResourcePath,
    InvalidRpcMethod(String),
    GucHeaders,
    GucStatus,
    MaxAffectedRpcViolation,
    MaxAffectedViolation(i64),
    MediaType(Vec<String>),
    NotEmbedded(String),
    NotImplemented(String),
    OpenApiDisabled,
    PutLimitNotAllowed,
    PutMatchingPk,
    /// Message and details of the parser.
    QueryParam {
        message: String,
        details: String,
    },
    /// `raise sqlstate 'PGRST'` that could not be read.
    RaiseParse(RaiseError),
    RelatedOrderNotToOne {
        origin: String,
        target: String,
    },
    Singularity(i64),
    /// The body is larger than this service takes. PostgREST has no such limit.
    TooLarge {
        limit: usize,
    },
    UnacceptableSchema {
        schema: String,
        schemas: Vec<String>,
    },
    UnsupportedMethod(String),
}

/// What is wrong with a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RangeError {
    NegativeLimit,
    LowerGreaterThanUpper,
    OutOfBounds { lower: String, total: String },
}

/// What is wrong with an error raised as PGRST.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RaiseError {
    Message(String),
    Details(String),
    NoDetail,
}

/// PGRST2xx.
#[derive(Debug, Clone)]
pub(crate) enum SchemaCacheError {
    AmbiguousRelationship {
        origin: String,
        target: String,
        relationships: Vec<Relationship>,
    },
    AmbiguousRoutine(Vec<Routine>),
    ColumnNotFound {
        relation: String,
        column: String,
    },
    /// `hint` is the whole "Perhaps you meant …" sentence, made where the schema cache is at hand.
    NoRelationship {
        origin: String,
        target: String,
        hint: Option<String>,
        schema: String,
        suggestion: Option<String>,
    },
    NoRoutine {
        schema: String,
        name: String,
        /// The names of the arguments that were given.
        arguments: Vec<String>,
        content_type: crate::rest::media_type::MediaType,
        is_post: bool,
        suggestion: Option<String>,
    },
    TableNotFound {
        schema: String,
        name: String,
        suggestion: Option<String>,
    },
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl From<SchemaCacheError> for Error {
    fn from(error: SchemaCacheError) -> Self {
        Self::SchemaCache(Box::new(error))
    }
}

impl From<crate::jwt::Error> for Error {
    fn from(error: crate::jwt::Error) -> Self {
        Self::Jwt(error)
    }
}
