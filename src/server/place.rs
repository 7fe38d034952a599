//! Which engine a connection means.
#![forbid(unsafe_code)]

use std::sync::Arc;

#[cfg(unix)]
use bytes::BytesMut;
#[cfg(unix)]
use tokio::net::UnixStream;

#[cfg(unix)]
use super::elsewhere::{Begun, Elsewhere, Whereabouts};
use super::error::Refused;
#[cfg(unix)]
use crate::database::Remote;
use crate::database::{Database, Embedded};
use crate::protocol::startup::StartupMessage;
use crate::protocol::{ErrorFields, sqlstate};
use crate::session::{Access, SessionEngine, SessionOptions};
use crate::tenant::{self, Lease, Tenants};

/// What a server serves.
#[derive(Debug)]
pub(crate) enum Databases {
    /// One database, whatever name a client gives it.
    One(Arc<SessionEngine>),
    /// The one of each name.
    Each(Arc<Tenants>),
    /// One database, wherever it is open.
    #[cfg(unix)]
    Elsewhere(Arc<dyn Elsewhere>),
    /// One database, for processes that join the one that has it open. It may close under their sessions.
    Lent(Lent),
}

/// A database that is lent to other processes.
pub(crate) struct Lent {
    pub(crate) access: Access,
    /// What a process is told of the engine that asks; `None` when it is gone.
    pub(crate) report: Box<dyn Fn() -> Option<Vec<u8>> + Send + Sync>,
}

impl std::fmt::Debug for Lent {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Lent").finish_non_exhaustive()
    }
}

/// Where the session of a connection is.
#[derive(Debug)]
pub(super) enum Destination {
    /// To be opened in this process.
    Here(Place),
    /// In another one, which has answered.
    #[cfg(unix)]
    There {
        elsewhere: Arc<dyn Elsewhere>,
        stream: UnixStream,
        words: BytesMut,
    },
}

/// Where the sessions of one connection are opened.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) access: Access,
    pub(super) options: SessionOptions,
    /// Kept for as long as the connection lasts.
    _lease: Option<Lease>,
}

impl Databases {
    /// The database that a client connects to, once it is known who it is.
    pub(super) async fn connect(&self, message: &StartupMessage) -> Result<Destination, Refused> {
        let place = match self {
            Self::One(engine) => Ok(Place::of(engine)),
            Self::Each(tenants) => {
                let connected = blocking(tenants, message, Tenants::connect);
                connected.await.map(Place::leased)
            }
            #[cfg(unix)]
            Self::Elsewhere(elsewhere) => return carry(elsewhere, message).await,
            Self::Lent(Lent { access, .. }) if access.has_ended() => {
                let message = "the database system is shutting down";
                let fields = ErrorFields::new("FATAL", sqlstate::CANNOT_CONNECT_NOW, message);
                Err(Refused::Fatal(Box::new(fields)))
            }
            Self::Lent(Lent { access, .. }) => Ok(Place::lent(access)),
        };
        place.map(Destination::Here)
    }

    /// What a process that joined is told instead of getting a session, when it asks for that.
    pub(super) fn report(&self, message: &StartupMessage) -> Option<Vec<u8>> {
        match self {
            Self::Lent(Lent { report, .. }) if message.get(REPORT).is_some() => report(),
            _ => None,
        }
    }

    /// The database that a client names, for questions of the server's own, if there is one; nothing is made.
    pub(super) async fn existing(
        &self,
        message: &StartupMessage,
    ) -> Result<Option<Asked>, Refused> {
        match self {
            Self::One(engine) => Ok(Some(Asked::of(engine))),
            Self::Each(tenants) => {
                let found = blocking(tenants, message, Tenants::find);
                Ok(found.await?.map(|lease| Asked {
                    database: catalog(&lease.engine),
                    _lease: Some(lease),
                }))
            }
            #[cfg(unix)]
            Self::Elsewhere(elsewhere) => Asked::elsewhere(&**elsewhere).await.map(Some),
            Self::Lent(_) => Ok(None),
        }
    }
}

/// Begins the session wherever the database is. What only processes that join may ask is not carried.
#[cfg(unix)]
async fn carry(
    elsewhere: &Arc<dyn Elsewhere>,
    message: &StartupMessage,
) -> Result<Destination, Refused> {
    let mut message = message.clone();
    message.parameters.retain(|(name, _)| name != REPORT);
    let begun = elsewhere.begin(&message.encode()).await;
    Ok(match begun.map_err(fatal)? {
        Begun::Here(engine) => Destination::Here(Place::of(&engine)),
        Begun::There(stream, words) => Destination::There {
            elsewhere: Arc::clone(elsewhere),
            stream,
            words,
        },
    })
}

#[cfg(unix)]
fn fatal(fields: ErrorFields) -> Refused {
    Refused::Fatal(Box::new(fields))
}

/// A database for questions of the server's own.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) database: Database,
    /// Kept while it is asked.
    _lease: Option<Lease>,
}

impl Asked {
    fn of(engine: &Arc<SessionEngine>) -> Self {
        Self {
            database: catalog(engine),
            _lease: None,
        }
    }

    #[cfg(unix)]
    async fn elsewhere(elsewhere: &dyn Elsewhere) -> Result<Self, Refused> {
        match elsewhere.find().await.map_err(fatal)? {
            Whereabouts::Here(engine) => Ok(Self::of(&engine)),
            Whereabouts::There(url) => {
                let remote = Remote::new(&url, 1, None).map_err(|error| {
                    let code = sqlstate::CANNOT_CONNECT_NOW;
                    fatal(ErrorFields::new("FATAL", code, error.to_string()))
                })?;
                Ok(Self {
                    database: Database::Remote(remote),
                    _lease: None,
                })
            }
        }
    }
}

impl Place {
    fn of(engine: &Arc<SessionEngine>) -> Self {
        Self {
            access: Arc::clone(engine).into(),
            options: SessionOptions::default(),
            _lease: None,
        }
    }

    fn leased(lease: Lease) -> Self {
        Self {
            access: Arc::clone(&lease.engine).into(),
            options: lease.options.clone(),
            _lease: Some(lease),
        }
    }

    fn lent(access: &Access) -> Self {
        Self {
            access: access.clone(),
            options: SessionOptions {
                joined: true,
                ..SessionOptions::default()
            },
            _lease: None,
        }
    }
}

/// The database of an engine, asked before all others.
fn catalog(engine: &Arc<SessionEngine>) -> Database {
    let own = SessionOptions {
        priority: Some(CRITICAL),
        ..SessionOptions::default()
    };
    let engine = Arc::clone(engine);
    Database::Embedded(Embedded::new(engine, SUPERUSER, None, &own))
}

/// Runs what may open a database, with the name that the client gives: that of its user, if it gives none.
async fn blocking<T: Send + 'static>(
    tenants: &Arc<Tenants>,
    message: &StartupMessage,
    work: impl FnOnce(&Tenants, &str) -> Result<T, tenant::Error> + Send + 'static,
) -> Result<T, Refused> {
    let given = |name| message.get(name).filter(|value| !value.is_empty());
    let name = given("database").or_else(|| given("user"));
    let name = name.unwrap_or(SUPERUSER).to_owned();
    let tenants = Arc::clone(tenants);
    match tokio::task::spawn_blocking(move || work(&tenants, &name)).await {
        Ok(result) => result.map_err(|error| Refused::Fatal(Box::new(error.fatal()))),
        Err(_) => Err(Refused::Fatal(Box::new(ErrorFields::new(
            "FATAL",
            sqlstate::INTERNAL_ERROR,
            "the database could not be opened",
        )))),
    }
}

/// The start-up parameter that asks for a report.
pub(crate) const REPORT: &str = "oxbase.report";
const CRITICAL: u8 = 0;
const SUPERUSER: &str = "postgres";
