//! Sessions: as many as wanted over one backend, each with its own transaction, statements, settings, role and channels.
//!
//! The only door to SQL. A session takes frontend protocol bytes and delivers backend protocol bytes, as a connection to
//! a server does; see docs/architecture.md, "Sessions".
#![forbid(unsafe_code)]

mod about;
mod access;
mod advisory;
mod ahead;
mod answer;
mod aside;
mod cancel_key;
mod checkpoints;
mod cursors;
#[cfg(unix)]
pub(crate) mod cut;
mod databases;
mod edit;
mod entrance;
#[cfg(test)]
mod fuzz;
mod hibernate;
mod hub;
mod job;
mod listed;
mod listen;
mod meaning;
mod provide;
mod queue_settings;
mod quota;
mod reply;
mod request;
mod routines;
mod run;
mod sequences;
mod settings;
mod shared;
mod signal;
mod start;
mod state;
mod statements;
mod stop;
mod switch;
mod table;
mod temporary;
mod tidy;
mod timeouts;

use std::sync::Arc;

pub(crate) use access::Access;
pub(crate) use aside::Aside;
pub(crate) use databases::{Databases, Refused};
pub(crate) use entrance::{Session, SessionOptions, next_session_id};
pub(crate) use hub::Hub;
pub(crate) use shared::{Delivery, DeliveryKind, Outlet, Shared as SessionShared};

use crate::engine::error::Error;
use crate::engine::{Engine, OpenOptions};

/// An engine whose batches are those of sessions.
pub(crate) type SessionEngine = Engine<job::Job, Hub>;

/// Joins the engine that is open for the place, if any.
pub(crate) fn find(options: &OpenOptions) -> Option<Arc<SessionEngine>> {
    Engine::find(options)
}

/// Opens an engine for sessions, or joins the one that is open. Blocks.
pub(crate) fn open(options: &OpenOptions) -> Result<Arc<SessionEngine>, Error> {
    Engine::open(options, Hub::default, |started, hub| {
        table::Table::new(started, hub)
    })
}
