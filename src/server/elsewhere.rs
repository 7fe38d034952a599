//! A database that another process may have open: whoever connects here is carried there.
#![forbid(unsafe_code)]

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::BytesMut;
use tokio::net::UnixStream;

use crate::protocol::ErrorFields;
use crate::session::SessionEngine;

/// What is known later.
pub(crate) type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Such a database. Errors are what a client is told.
pub(crate) trait Elsewhere: Debug + Send + Sync {
    /// Finds out who has it open by now; it is opened if nobody has.
    fn find(&self) -> Later<'_, Result<Whereabouts, ErrorFields>>;
    /// Begins a session with this start-up packet, unless this process has it open.
    fn begin<'a>(&'a self, startup: &'a [u8]) -> Later<'a, Result<Begun, ErrorFields>>;
    /// Stops what the session of this process id and key runs there; resolves when it has been asked for.
    fn cancel<'a>(&'a self, process_id: i32, key: &'a [u8]) -> Later<'a, ()>;
}

/// Who has it open.
#[derive(Debug)]
pub(crate) enum Whereabouts {
    /// This process.
    Here(Arc<SessionEngine>),
    /// Another one, where the superuser connects to by this URL.
    There(String),
}

/// Where a session is.
#[derive(Debug)]
pub(crate) enum Begun {
    /// It has not begun: this process has the database.
    Here(Arc<SessionEngine>),
    /// In another process, at the end of this connection; these are its first words.
    There(UnixStream, BytesMut),
}
