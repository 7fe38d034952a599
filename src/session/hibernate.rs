//! The backend is closed while nobody needs it: its sessions go on, and find theirs again when it is opened.
//!
//! What a session has that ends with the backend (temporary tables, held cursors) keeps it open.
#![forbid(unsafe_code)]

use std::time::Instant;

use super::table::Table;
use crate::engine::error::Error;
use crate::engine::wire::{Restart, Wire};

impl Table {
    /// Closes the backend, between two transactions, unless a session would lose something. True when it is closed.
    pub(super) async fn fall_asleep(&mut self, wire: &Wire) -> bool {
        self.follow_generation(wire).await;
        match self.put_down(wire).await {
            // A failure is reported by whatever needs the backend next.
            Ok(true) => wire.restart(Restart::Hibernate).await.is_ok(),
            Ok(false) | Err(_) => false,
        }
    }

    /// When the time of a batch would have begun that came then, had nobody had to wait for the backend.
    pub(super) fn awake_since(&self, since: Instant) -> Instant {
        match self.woke {
            Some((began, ended)) if since < ended => since + (ended - began.max(since)),
            _ => since,
        }
    }

    /// Notes what is known to the backend alone. False when something of it cannot be put back.
    async fn put_down(&mut self, wire: &Wire) -> Result<bool, Error> {
        let Some(mut state) = self.current.and_then(|id| self.sessions.remove(&id)) else {
            return Ok(!self.have_unrestorable(wire).await?);
        };
        let routines = self.routines.settings.iter().cloned();
        state.settings.touched.extend(routines);
        let mut result = self.read_settings(&mut state, wire).await;
        if result.is_ok() {
            result = self.note_sequences(&mut state, wire).await;
        }
        let result = match result {
            Ok(()) => self.has_unrestorable(&mut state, wire).await,
            Err(error) => Err(error),
        };
        self.sessions.insert(state.shared.id, state);
        result.map(|unrestorable| !unrestorable)
    }
}
