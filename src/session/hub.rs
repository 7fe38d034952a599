//! What all sessions of one engine share, and how one finds another.
#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};

use super::shared::{Shared, lock};
use crate::engine::Started;
use crate::engine::interrupt::GivenUp;
use crate::engine::queue::SessionId;
use crate::protocol::ErrorFields;

/// What all sessions of one engine share.
#[derive(Debug, Default)]
pub(crate) struct Hub {
    sessions: Mutex<HashMap<SessionId, Weak<Shared>>>,
    closing: AtomicBool,
    /// The directory has reached its limit.
    full: AtomicBool,
    /// How often the schema may have changed.
    schema_version: AtomicU64,
    /// What the backend reported at its start.
    pub(crate) started: OnceLock<Started>,
}

impl Hub {
    pub(crate) fn add(&self, session: &Arc<Shared>) {
        lock(&self.sessions).insert(session.id, Arc::downgrade(session));
    }

    /// Whether the engine takes no more work.
    pub(super) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::SeqCst)
    }

    /// Whether statements are refused that make the database larger.
    pub(crate) fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    /// Refuses them, or takes them again.
    pub(crate) fn set_full(&self, full: bool) {
        self.full.store(full, Ordering::Relaxed);
    }

    /// Ends every session with these last words.
    pub(crate) fn end_all(&self, error: &ErrorFields) {
        for session in self.all() {
            session.deliver_fatal(error);
        }
    }

    /// Changes whenever a statement of a session may have changed the schema.
    pub(crate) fn schema_version(&self) -> u64 {
        self.schema_version.load(Ordering::SeqCst)
    }

    pub(crate) fn note_schema_change(&self) {
        self.schema_version.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn remove(&self, session: SessionId) {
        lock(&self.sessions).remove(&session);
    }

    /// The live session of that process id.
    pub(crate) fn find_by_process_id(&self, process_id: i32) -> Option<Arc<Shared>> {
        let mut all = self.all().into_iter();
        all.find(|session| session.process_id == process_id)
    }

    /// The session that a cancel request means.
    pub(crate) fn find_by_key(&self, process_id: i32, secret_key: &[u8]) -> Option<Arc<Shared>> {
        self.all()
            .into_iter()
            .find(|session| session.process_id == process_id && session.cancel_key.is(secret_key))
    }

    pub(crate) fn find(&self, session: SessionId) -> Option<Arc<Shared>> {
        lock(&self.sessions).get(&session)?.upgrade()
    }

    /// The live sessions, oldest first.
    pub(crate) fn all(&self) -> Vec<Arc<Shared>> {
        let mut all: Vec<Arc<Shared>> = lock(&self.sessions)
            .values()
            .filter_map(Weak::upgrade)
            .filter(|session| !session.has_ended())
            .collect();
        all.sort_by_key(|session| session.id);
        all
    }
}

impl crate::engine::Closing for Hub {
    /// Lets go of every session that holds the engine thread in a COPY.
    fn closing(&self) {
        self.closing.store(true, Ordering::SeqCst);
        for session in self.all() {
            session.wake();
        }
    }

    /// The client gets its error in time, though its statement goes on.
    fn not_stopped(&self, batch: GivenUp) {
        if let Some(session) = self.find(batch.session) {
            session.abandon(&batch);
        }
    }
}
