//! Why a server does not start, and why a connection is refused.
#![forbid(unsafe_code)]

use std::io;

use crate::protocol::{ErrorFields, sqlstate};

/// A server that did not start. The caller's options or the machine are at fault.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    /// The address is taken, or not one of this machine.
    #[error("cannot listen on {address}: {source}")]
    Bind { address: String, source: io::Error },
    /// The certificate or the key of the options cannot be used.
    #[error("the TLS certificate or key cannot be used: {reason}")]
    Certificate { reason: String },
    /// Strangers could connect without a password.
    #[error(
        "refusing to listen on {host} without authentication; give a password, or say trustRemote: true"
    )]
    Open { host: String },
    /// The path of a Unix socket is longer than the system allows.
    #[error("the path of the Unix socket is too long ({length} bytes, at most {limit}): {path}")]
    PathTooLong {
        path: String,
        length: usize,
        limit: usize,
    },
    /// The operating system gives no random bytes, without which nothing is secret.
    #[error("the operating system gives no random bytes")]
    Randomness,
    /// The operating system gives no more threads or files.
    #[error("the server's threads could not be started: {source}")]
    Runtime { source: io::Error },
}

/// A connection that is refused or ends during its start-up, in PostgreSQL's words.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Refused {
    /// The client did what the protocol does not allow.
    #[error("{0}")]
    Client(crate::protocol::Error),
    /// The client has gone, or sends and takes nothing.
    #[error("{0}")]
    Gone(io::Error),
    /// Refused with these words.
    #[error("{}", .0.message)]
    Fatal(Box<ErrorFields>),
    /// A wrong password, or a user that does not exist: the client is not told which.
    #[error("password authentication failed for user \"{user}\"")]
    Password { user: String },
    /// The server takes no more connections, and ends those there are.
    #[error("terminating connection due to administrator command")]
    Stopping,
    /// All connections are taken.
    #[error("sorry, too many clients already")]
    TooMany,
    /// It took too long to say who it is.
    #[error("canceling authentication due to timeout")]
    TooSlow,
}

impl Refused {
    /// What the client is told; `None` when there is nobody to tell.
    pub(crate) fn fields(&self) -> Option<ErrorFields> {
        let code = match self {
            Self::Gone(_) => return None,
            Self::Fatal(fields) => return Some((**fields).clone()),
            Self::Client(error) => error.sqlstate(),
            Self::Password { .. } => sqlstate::INVALID_PASSWORD,
            Self::Stopping => sqlstate::ADMIN_SHUTDOWN,
            Self::TooMany => sqlstate::TOO_MANY_CONNECTIONS,
            Self::TooSlow => sqlstate::QUERY_CANCELED,
        };
        Some(ErrorFields::new("FATAL", code, self.to_string()))
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Gone(error)
    }
}

impl From<crate::protocol::Error> for Refused {
    fn from(error: crate::protocol::Error) -> Self {
        Self::Client(error)
    }
}
