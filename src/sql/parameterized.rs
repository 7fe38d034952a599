//! One statement, with its parameters apart.
#![forbid(unsafe_code)]

use bytes::Bytes;

/// One statement. Nothing of a request stands in its text but quoted identifiers and keywords; everything else is `$1…`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ParameterizedStatement {
    pub(crate) sql: String,
    /// In text form, of a type that PostgreSQL infers.
    pub(crate) params: Vec<Option<Bytes>>,
}
