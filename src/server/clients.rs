//! The open connections of a server: counted, listed, cancelled, ended.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::error::Refused;
use super::outbox::Outbox;
use crate::session::Session;

/// One connection whose session has begun.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    /// Where it comes from.
    pub(crate) address: String,
    pub(crate) user: String,
    pub(crate) database: String,
    pub(super) session: Arc<Session>,
    pub(super) outbox: Arc<Outbox>,
}

impl Client {
    /// The process id that the client sees.
    pub(crate) fn process_id(&self) -> i32 {
        self.session.shared().process_id
    }

    /// How many bytes it was sent.
    pub(crate) fn sent(&self) -> u64 {
        self.outbox.sent()
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
    pub(super) fn cancel(&self, process_id: i32, key: &[u8]) {
        let meant = self.all().into_iter().find(|(_, client)| {
            let shared = client.session.shared();
            shared.process_id == process_id && shared.cancel_key.is(key)
        });
        if let Some((_, client)) = meant {
            client.session.cancel();
        }
    }

    /// Tells everyone that the server stops, and stops what they run.
    pub(super) fn end_all(&self) {
        self.lock().ended = true;
        let fields = Refused::Stopping.fields();
        for (_, client) in self.all() {
            client.session.abort(fields.as_ref());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
