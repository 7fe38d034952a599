//! The open connections of a server: counted, listed, cancelled, ended.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[cfg(unix)]
use super::carried::Carried;
use super::error::Refused;
use super::outbox::Outbox;
use crate::protocol::{ErrorFields, sqlstate};
use crate::session::Session;

/// One connection whose session has begun.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    /// Where it comes from.
    pub(crate) address: String,
    pub(crate) user: String,
    pub(crate) database: String,
    pub(super) end: End,
}

/// Where its session is.
#[derive(Debug, Clone)]
pub(super) enum End {
    Here(Arc<Session>, Arc<Outbox>),
    #[cfg(unix)]
    There(Arc<Carried>),
}

impl Client {
    /// The process id that the client sees.
    pub(crate) fn process_id(&self) -> i32 {
        match &self.end {
            End::Here(session, _) => session.shared().process_id,
            #[cfg(unix)]
            End::There(carried) => carried.process_id(),
        }
    }

    /// How many bytes it was sent.
    pub(crate) fn sent(&self) -> u64 {
        match &self.end {
            End::Here(_, outbox) => outbox.sent(),
            #[cfg(unix)]
            End::There(carried) => carried.sent(),
        }
    }

    /// Whether a cancel request means it.
    fn is(&self, process_id: i32, key: &[u8]) -> bool {
        match &self.end {
            End::Here(session, _) => {
                let shared = session.shared();
                shared.process_id == process_id && shared.cancel_key.is(key)
            }
            #[cfg(unix)]
            End::There(carried) => carried.is(process_id, key),
        }
    }

    /// Stops what its session runs.
    #[cfg_attr(not(unix), expect(clippy::unused_async, reason = "nothing is carried"))]
    async fn cancel(&self) {
        match &self.end {
            End::Here(session, _) => session.cancel(),
            #[cfg(unix)]
            End::There(carried) => carried.cancel().await,
        }
    }

    /// Stops what its session runs, and ends it.
    fn abort(&self, fields: &ErrorFields) {
        match &self.end {
            End::Here(session, _) => session.abort(Some(fields)),
            #[cfg(unix)]
            End::There(carried) => carried.abort(fields.clone()),
        }
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Clients {
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    clients: BTreeMap<u64, Client>,
    /// No more are taken.
    ended: bool,
}

impl Clients {
    /// Adds one, unless there are as many as there may be.
    pub(super) fn add(&self, id: u64, client: Client, most: usize) -> Result<(), Refused> {
        let mut open = self.lock();
        if open.ended {
            return Err(Refused::Stopping);
        }
        if open.clients.len() >= most {
            return Err(Refused::TooMany);
        }
        open.clients.insert(id, client);
        Ok(())
    }

    pub(super) fn remove(&self, id: u64) {
        let removed = self.lock().clients.remove(&id);
        drop(removed);
    }

    pub(super) fn len(&self) -> usize {
        self.lock().clients.len()
    }

    /// The open ones, oldest first.
    pub(crate) fn all(&self) -> Vec<(u64, Client)> {
        let open = self.lock();
        open.clients
            .iter()
            .map(|(id, client)| (*id, client.clone()))
            .collect()
    }

    /// Stops what the session of this key runs. A key that is not right does nothing.
    pub(super) async fn cancel(&self, process_id: i32, key: &[u8]) {
        let mut all = self.all().into_iter();
        if let Some((_, client)) = all.find(|(_, client)| client.is(process_id, key)) {
            client.cancel().await;
        }
    }

    /// Tells everyone that the server stops, and stops what they run.
    pub(super) fn end_all(&self) {
        self.lock().ended = true;
        let message = Refused::Stopping.to_string();
        let fields = ErrorFields::new("FATAL", sqlstate::ADMIN_SHUTDOWN, message);
        for (_, client) in self.all() {
            client.abort(&fields);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
