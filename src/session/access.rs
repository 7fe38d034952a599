//! The way of a session into its engine: where its batches go, and what keeps the engine open.
#![forbid(unsafe_code)]

use std::sync::Arc;

use super::SessionEngine;
use super::hub::Hub;
use super::job::Job;
use crate::engine::guests::Guests;
use crate::engine::inbox::Inbox;

/// What a session needs of its engine.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    inbox: Arc<Inbox<Job>>,
    hub: Arc<Hub>,
    /// Keeps it open; absent in a lent one.
    _engine: Option<Arc<SessionEngine>>,
}

impl Access {
    /// One that lets the engine close: its sessions end with the engine, not the other way round.
    pub(crate) fn lent(engine: &SessionEngine) -> Self {
        Self {
            inbox: Arc::clone(engine.inbox()),
            hub: Arc::clone(&engine.shared),
            _engine: None,
        }
    }

    /// Whether the engine takes no more work.
    pub(crate) fn has_ended(&self) -> bool {
        self.inbox.has_ended()
    }

    /// Whoever may be looked at by the engine's thread between two batches.
    pub(crate) fn guests(&self) -> &Arc<Guests> {
        self.inbox.guests()
    }

    pub(super) fn inbox(&self) -> &Inbox<Job> {
        &self.inbox
    }

    pub(super) fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }
}

impl From<Arc<SessionEngine>> for Access {
    fn from(engine: Arc<SessionEngine>) -> Self {
        Self {
            _engine: Some(Arc::clone(&engine)),
            ..Self::lent(&engine)
        }
    }
}
