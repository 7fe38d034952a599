//! A system without Unix sockets: nobody joins.
#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::{Opened, Report};
use crate::engine::error::Error;
use crate::engine::{OpenOptions, note_holder};
use crate::protocol::ErrorFields;
use crate::server::Databases;
use crate::session::{self, Outlet, SessionEngine, SessionOptions};

/// Opens a database, or joins the engine of this process.
pub(crate) async fn open(
    options: OpenOptions,
    _joins: bool,
    _report: Report,
) -> Result<Opened, Error> {
    let root = options.directory();
    let opened = tokio::task::spawn_blocking(move || session::open(&options)).await;
    let engine = opened.map_err(|error| Error::Thread {
        reason: error.to_string(),
    })??;
    if let Some(root) = root {
        note_holder(&root, true);
    }
    Ok(Opened::Own(engine))
}

/// Nobody can join.
pub(crate) fn lend(_engine: &Arc<SessionEngine>, _options: &OpenOptions, _report: Report) {}

/// There is none.
#[derive(Debug)]
pub(crate) enum Joined {}

impl Joined {
    pub(crate) fn engine(&self) -> Option<Arc<SessionEngine>> {
        match *self {}
    }

    pub(crate) fn close(&self) -> Option<Arc<SessionEngine>> {
        match *self {}
    }

    pub(crate) fn served(self: Arc<Self>) -> Databases {
        match *self {}
    }

    pub(crate) fn root(&self) -> &Path {
        match *self {}
    }

    pub(crate) fn report(&self) -> Option<Vec<u8>> {
        match *self {}
    }

    pub(crate) fn own_sessions(&self) -> HashMap<i32, u32> {
        match *self {}
    }

    pub(crate) fn url(&self, _user: &str, _limits: &SessionOptions) -> Option<String> {
        match *self {}
    }

    pub(crate) fn watch(self: &Arc<Self>) -> Watch {
        match **self {}
    }

    pub(crate) fn session(
        self: &Arc<Self>,
        _outlet: Arc<dyn Outlet>,
        _options: &SessionOptions,
    ) -> JoinedSession {
        match **self {}
    }
}

/// There is none.
#[derive(Debug)]
pub(crate) enum Watch {}

/// There is none.
#[derive(Debug)]
pub(crate) enum JoinedSession {}

impl JoinedSession {
    pub(crate) fn id(&self) -> u32 {
        match *self {}
    }

    pub(crate) fn process_id(&self) -> i32 {
        match *self {}
    }

    pub(crate) fn write(&self, _bytes: &[u8], _priority: Option<u8>) -> bool {
        match *self {}
    }

    pub(crate) fn acknowledge(&self, _bytes: usize) {
        match *self {}
    }

    pub(crate) fn cancel(&self) {
        match *self {}
    }

    pub(crate) fn refuse(&self, _error: &ErrorFields) -> bool {
        match *self {}
    }

    pub(crate) fn note_call_site(&self, _call_site: String) {
        match *self {}
    }

    pub(crate) fn end(&self) {
        match *self {}
    }
}
