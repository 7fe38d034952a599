//! One tenant's way into the rooms, as its engine sees it.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::options::{Event, Listener};
use super::rooms::{Rooms, TenantId};
use crate::engine::error::Error;
use crate::engine::residence::Residence;
use crate::session::SessionEngine;

/// What an engine asks before it opens its backend.
pub(super) struct Doorway {
    pub(super) rooms: Arc<Rooms>,
    pub(super) id: TenantId,
    pub(super) name: String,
    pub(super) listener: Listener,
    engine: Mutex<Weak<SessionEngine>>,
    opened: AtomicBool,
}

impl Doorway {
    pub(super) fn new(rooms: Arc<Rooms>, id: TenantId, name: String, listener: Listener) -> Self {
        Self {
            rooms,
            id,
            name,
            listener,
            engine: Mutex::default(),
            opened: AtomicBool::new(false),
        }
    }

    /// The engine was opened.
    pub(super) fn open(&self, engine: &Arc<SessionEngine>) {
        *self.engine.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(engine);
        self.rooms.furnish(self.id, engine);
        self.opened.store(true, Ordering::SeqCst);
        (self.listener)(Event::Opened, &self.name);
    }
}

impl Residence for Doorway {
    fn enter(&self, ended: &dyn Fn() -> bool) -> Result<(), Error> {
        let known = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        let engine = known.clone();
        // What comes may take long.
        drop(known);
        self.rooms.enter(self.id, &self.name, engine, ended)?;
        (self.listener)(Event::Woken, &self.name);
        Ok(())
    }

    fn leave(&self, for_good: bool) {
        self.rooms.leave(self.id);
        if for_good {
            if self.opened.swap(false, Ordering::SeqCst) {
                (self.listener)(Event::Closed, &self.name);
            }
        } else {
            (self.listener)(Event::Hibernated, &self.name);
        }
    }

    fn stay(&self) {
        self.rooms.stay(self.id);
    }
}

impl std::fmt::Debug for Doorway {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Doorway")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
