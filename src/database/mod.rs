//! Where a service's SQL runs: the embedded engine, or a PostgreSQL server. Services cannot tell which.
//!
//! In: a script, which is one transaction. Out: the rows of its statements, in binary form.
#![forbid(unsafe_code)]

mod embedded;
mod remote;
mod reply;

use std::time::Duration;

use bytes::Bytes;

pub(crate) use embedded::Embedded;
pub(crate) use remote::Remote;

use crate::protocol::ErrorFields;
use crate::sql::ParameterizedStatement as Statement;

/// A database.
#[derive(Debug)]
pub(crate) enum Database {
    /// In this process.
    Embedded(Embedded),
    /// A server, by the network.
    Remote(Remote),
}

/// One transaction.
#[derive(Debug)]
pub(crate) struct Script<'a> {
    /// `READ COMMITTED` when absent.
    pub(crate) isolation: Option<&'static str>,
    pub(crate) read_only: bool,
    /// How long it may take. A server knows from a setting; the embedded engine has to know before it begins.
    pub(crate) timeout: Option<Duration>,
    /// Run in this order; the first that fails ends the transaction.
    pub(crate) statements: Vec<&'a Statement>,
    pub(crate) end: End,
}

/// How a transaction ends when nothing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Commit,
    /// Deferred constraints are checked, and then everything is undone.
    Rollback,
    /// As is decided when the rows are known.
    Decided,
}

/// The rows of one statement. Values are in binary form, which for text is the text.
pub(crate) type Rows = Vec<Vec<Option<Bytes>>>;

/// Why a script did not run.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    /// The connection was lost while the script ran. Whether it was committed is not known.
    #[error("{0}")]
    Lost(String),
    /// All connections are taken, for longer than the limit.
    #[error("no connection of the pool became free in time")]
    PoolTimeout,
    /// PostgreSQL refused.
    #[error("{}", .0.message)]
    Server(Box<ErrorFields>),
    /// There is no connection to be had.
    #[error("{0}")]
    Unreachable(String),
}

impl Database {
    /// Runs a script. `decide` is asked once all rows are there, where the script says so: true commits.
    pub(crate) async fn run(
        &self,
        script: &Script<'_>,
        decide: impl FnOnce(&[Rows]) -> bool + Send,
    ) -> Result<Vec<Rows>, Error> {
        match self {
            Self::Embedded(embedded) => embedded.run(script, decide).await,
            Self::Remote(remote) => remote.run(script, decide).await,
        }
    }

    /// Changes whenever the schema may have changed.
    pub(crate) fn schema_version(&self) -> u64 {
        match self {
            Self::Embedded(embedded) => embedded.schema_version(),
            Self::Remote(remote) => remote.schema_version(),
        }
    }

    /// Lets go of every connection.
    pub(crate) fn close(&self) {
        match self {
            Self::Embedded(embedded) => embedded.close(),
            Self::Remote(remote) => remote.close(),
        }
    }
}

impl Script<'_> {
    /// The statement that begins the transaction.
    fn begin(&self) -> String {
        let isolation = self.isolation.unwrap_or("READ COMMITTED");
        let access = if self.read_only {
            "READ ONLY"
        } else {
            "READ WRITE"
        };
        format!("BEGIN ISOLATION LEVEL {isolation} {access}")
    }
}

const CHECK_CONSTRAINTS: &str = "SET CONSTRAINTS ALL IMMEDIATE";
const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";
