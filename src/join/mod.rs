//! One directory, many processes: the first one opens it and serves a Unix socket in it, the others join it there.
//!
//! A process that joined goes on when the first one goes away: whoever gets the directory's lock then opens it, and the
//! others join that one. Where there are no Unix sockets, a directory that is in use stays refused.
#![forbid(unsafe_code)]

#[cfg(not(unix))]
mod absent;
#[cfg(unix)]
mod hello;
#[cfg(unix)]
mod joined;
#[cfg(unix)]
mod line;
#[cfg(unix)]
mod link;
#[cfg(unix)]
mod owner;
#[cfg(unix)]
mod socket;

use std::sync::Arc;

#[cfg(not(unix))]
pub(crate) use absent::{Joined, JoinedSession, Watch, lend, open};
#[cfg(unix)]
pub(crate) use joined::{Joined, Watch, lend, open};
#[cfg(unix)]
pub(crate) use link::JoinedSession;

use crate::session::SessionEngine;

/// What a process that joined is told of the engine, when it asks.
pub(crate) type Report = fn(&SessionEngine) -> Vec<u8>;

/// A database that was opened.
#[derive(Debug)]
pub(crate) enum Opened {
    /// In this process.
    Own(Arc<SessionEngine>),
    /// In another one.
    Joined(Arc<Joined>),
}
