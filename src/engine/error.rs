//! What can go wrong below a session: opening, storage, and the loss of the backend.
//!
//! Every message names the directory or the cause and says what the caller can do; none of them changes what is on disk.
#![forbid(unsafe_code)]

use std::path::PathBuf;

/// A failure of the engine, not of a statement: statements fail with an `ErrorResponse`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    /// The backend trapped or exited while it ran a request; it is opened again for the next one.
    #[error("the embedded backend stopped while it ran a statement: {reason}")]
    BackendLost { reason: String },
    /// pg_dump did not make a dump; what it says is for its user.
    #[error("{reason}")]
    Dump { reason: String },
    /// The engine was closed meanwhile.
    #[error("the database was closed")]
    Closed,
    /// The backend was lost again and again; the engine ends.
    #[error("the embedded backend stopped {times} times in a row; the first time: {first}")]
    CrashLoop { times: u32, first: String },
    /// The backend was lost, and could not be opened again; the directory is left as it is.
    #[error(
        "the database at {path} could not be opened again: {reason}; oxbase.repair tells what is wrong with it",
        path = path.display()
    )]
    NotReopened { path: PathBuf, reason: String },
    /// The statement was stopped on purpose, and the backend with it, unless it had not begun.
    #[error("{message}")]
    Stopped {
        code: &'static str,
        message: &'static str,
        begun: bool,
    },
    /// As many databases are awake as may be, and none could be closed in time. Raise `maxInstances`, or end transactions.
    #[error(
        "no room for database \"{name}\": {most} may be awake, and none could be closed within {seconds} s; awake: {awake}"
    )]
    NoRoom {
        name: String,
        most: usize,
        seconds: u64,
        awake: String,
    },
    /// The batch waits for an advisory lock of another session, and did nothing.
    #[error("the advisory lock {key} is held by another session")]
    Waits { key: String },
    /// The SQL that prepares a new database failed: a defect of this build.
    #[error("a new database could not be prepared: {reason}")]
    Preparation { reason: String },
    /// The session waits for what another one can only do after it.
    #[error("deadlock detected")]
    Deadlock { detail: String },
    /// The backend was opened again while the session had a transaction open.
    #[error("the open transaction was lost when the embedded backend was opened again")]
    TransactionLost,
    /// The statement was stopped, or the backend lost, after its transaction had committed.
    #[error("the statement was stopped after it had committed: its changes are in the database")]
    StoppedTooLate,
    /// The closing of an earlier engine on this directory did not end in time.
    #[error("the database at {path} is still closing after {seconds} s", path = path.display())]
    Closing { path: PathBuf, seconds: u64 },
    /// Another process has the directory open. Close it there, or use another directory.
    #[error("the database at {path} is in use by {holder}", path = path.display())]
    InUse { path: PathBuf, holder: String },
    /// An extension was asked for that this build does not carry.
    #[error("extension \"{name}\" is not bundled; available: {available}")]
    UnknownExtension { name: String, available: String },
    /// The directory holds something that is not an oxbase database; it is left as it was.
    #[error("{path} is not an oxbase database: {reason}", path = path.display())]
    Foreign { path: PathBuf, reason: String },
    /// The directory is an oxbase database that this version cannot open; it is left as it was.
    #[error("cannot open the database at {path}: {reason}", path = path.display())]
    Incompatible { path: PathBuf, reason: String },
    /// The client sent something that is not the protocol; its batch was not run.
    #[error("{message}")]
    Protocol { code: &'static str, message: String },
    /// A statement was refused before it reached the backend.
    #[error("{message}")]
    Refused {
        code: &'static str,
        message: String,
        detail: Option<String>,
    },
    /// The file system refused.
    #[error("cannot use {path}: {reason}", path = path.display())]
    Storage { path: PathBuf, reason: String },
    /// PostgreSQL did not start; the reason carries its own words.
    #[error("PostgreSQL did not start on {path}: {reason}", path = path.display())]
    Start { path: PathBuf, reason: String },
    /// A start-up setting has a bad name or value, or is one that oxbase owns.
    #[error("invalid setting: {reason}")]
    Setting { reason: String },
    /// The operating system gave no thread for the engine.
    #[error("cannot start the engine thread: {reason}")]
    Thread { reason: String },
}

impl Error {
    /// The SQLSTATE under which a session reports this failure.
    pub(crate) fn sqlstate(&self) -> &'static str {
        match self {
            Self::BackendLost { .. } | Self::CrashLoop { .. } | Self::TransactionLost => "57P02",
            Self::Closed => "57P01",
            Self::StoppedTooLate => "40003",
            Self::Dump { .. } | Self::Preparation { .. } => "XX000",
            Self::Deadlock { .. } | Self::Waits { .. } => "40P01",
            Self::Closing { .. } | Self::InUse { .. } => "55006",
            Self::UnknownExtension { .. } => "58P01",
            Self::Foreign { .. } | Self::Incompatible { .. } => "58P03",
            Self::Protocol { code, .. }
            | Self::Refused { code, .. }
            | Self::Stopped { code, .. } => code,
            Self::Storage { .. } | Self::NotReopened { .. } => "58030",
            Self::Start { .. } => "57P03",
            Self::Setting { .. } => "22023",
            Self::NoRoom { .. } => "53300",
            Self::Thread { .. } => "53000",
        }
    }
}

impl From<crate::protocol::Error> for Error {
    fn from(error: crate::protocol::Error) -> Self {
        Self::Protocol {
            code: error.sqlstate(),
            message: error.to_string(),
        }
    }
}
