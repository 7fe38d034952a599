//! SQL to be run, with its parameters apart.
#![forbid(unsafe_code)]

use std::time::Duration;

use bytes::Bytes;

use crate::rest::schema_cache::types::IsolationLevel;
pub(crate) use crate::sql::ParameterizedStatement as Statement;

/// What one request asks of the database: one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query {
    pub(crate) isolation: IsolationLevel,
    pub(crate) read_only: bool,
    /// The `statement_timeout` among the settings.
    pub(crate) timeout: Option<Duration>,
    /// Role, claims and settings, local to the transaction: one SELECT of `set_config` calls.
    pub(crate) settings: Statement,
    /// `db-pre-request`.
    pub(crate) pre_request: Option<Statement>,
    /// Its one row is a `ResultSet`, or the rows are a plan.
    pub(crate) main: Statement,
    /// An EXPLAIN whose plan says how many rows there are: `count=planned` and `estimated`.
    pub(crate) count_explain: Option<Statement>,
}

impl Query {
    /// The isolation level where it is not the usual one, as SQL.
    pub(crate) const fn isolation_level(&self) -> Option<&'static str> {
        match self.isolation {
            IsolationLevel::ReadCommitted => None,
            IsolationLevel::RepeatableRead => Some("REPEATABLE READ"),
            IsolationLevel::Serializable => Some("SERIALIZABLE"),
        }
    }
}

/// The one row that every main statement returns, its columns in this order. All of them are asked for in text format,
/// but `body` in binary format: json and text are their text there, and `bytea` its bytes. Null stands for what a
/// statement does not say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ResultSet {
    /// Of all the rows, without limits.
    pub(crate) table_total: Option<i64>,
    pub(crate) page_total: i64,
    /// `column` and `eq.value` pairs of `Location`.
    pub(crate) location: Vec<(String, String)>,
    pub(crate) body: Bytes,
    /// `response.headers`.
    pub(crate) headers: Option<Bytes>,
    /// `response.status`.
    pub(crate) status: Option<String>,
    /// How many rows an upsert inserted.
    pub(crate) inserted: Option<i64>,
}

impl ResultSet {
    /// Which of the columns is the body.
    pub(crate) const BODY_COLUMN: usize = 3;
}
