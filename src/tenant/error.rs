//! Why a tenant cannot be had, in PostgreSQL's own words where it has some.
#![forbid(unsafe_code)]

use crate::engine::error::Error as EngineError;
use crate::protocol::{ErrorFields, sqlstate};
use crate::session::Refused;

/// A refusal; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    /// The tenants were closed.
    #[error("the databases were closed")]
    Closed,
    /// A database of that name is there. Take another name, or the one that is there.
    #[error("database \"{name}\" already exists")]
    Exists { name: String },
    /// The engine could not be opened, or waits for room.
    #[error("{0}")]
    Engine(#[from] EngineError),
    /// Somebody is connected to it. Disconnect, or use WITH (FORCE).
    #[error("database \"{name}\" is being accessed by other users")]
    InUse { name: String, sessions: usize },
    /// Somebody is connected to the database that is to be copied.
    #[error("source database \"{name}\" is being accessed by other users")]
    TemplateInUse { name: String, sessions: usize },
    /// There is no database of that name to copy.
    #[error("template database \"{name}\" does not exist")]
    UnknownTemplate { name: String },
    /// The name is blank, looks like a path or holds a control character.
    #[error("invalid database name: \"{}\"", name.escape_debug())]
    InvalidName { name: String },
    /// It is opened, closed or dropped by somebody else, who does not come to an end.
    #[error("database \"{name}\" is busy: it is still being opened or closed")]
    Busy { name: String },
    /// Templates take no connections.
    #[error("database \"{name}\" is not currently accepting connections")]
    Template { name: String },
    /// Templates cannot be dropped or renamed.
    #[error("cannot {verb} a template database")]
    TemplateKept { verb: &'static str },
    /// The tenant has as many connections as it may have.
    #[error("too many connections for database \"{name}\"")]
    TooManyConnections { name: String },
    /// There is no database of that name, and it is not made on demand.
    #[error("database \"{name}\" does not exist")]
    Unknown { name: String },
}

impl Error {
    /// The SQLSTATE under which a client is told.
    pub(crate) fn sqlstate(&self) -> &'static str {
        match self {
            Self::Closed => sqlstate::ADMIN_SHUTDOWN,
            Self::Exists { .. } => "42P04",
            Self::Engine(error) => error.sqlstate(),
            Self::InUse { .. } | Self::TemplateInUse { .. } | Self::Busy { .. } => "55006",
            Self::InvalidName { .. } => "42602",
            Self::Template { .. } => "55000",
            Self::TemplateKept { .. } => "42809",
            Self::TooManyConnections { .. } => "53300",
            Self::Unknown { .. } | Self::UnknownTemplate { .. } => "3D000",
        }
    }

    /// What a client that connects is told.
    pub(crate) fn fatal(&self) -> ErrorFields {
        let fields = ErrorFields::new("FATAL", self.sqlstate(), self.to_string());
        match self.detail() {
            Some(detail) => fields.with_detail(detail),
            None => fields,
        }
    }

    fn detail(&self) -> Option<String> {
        match self {
            Self::InUse { sessions: 1, .. } | Self::TemplateInUse { sessions: 1, .. } => {
                Some("There is 1 other session using the database.".to_owned())
            }
            Self::InUse { sessions, .. } | Self::TemplateInUse { sessions, .. } => Some(format!(
                "There are {sessions} other sessions using the database."
            )),
            _ => None,
        }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self {
            code: error.sqlstate(),
            message: error.to_string(),
            detail: error.detail(),
        }
    }
}
