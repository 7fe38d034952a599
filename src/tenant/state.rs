//! One tenant: its engine while it is open, who is connected to it, and what it has on disk.
#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::error::Error;
use super::name::Name;
use super::rooms::TenantId;
use crate::session::SessionEngine;

/// A tenant that somebody has named.
#[derive(Debug)]
pub(super) struct Tenant {
    pub(super) id: TenantId,
    pub(super) name: Name,
    pub(super) directory: PathBuf,
    state: Mutex<State>,
    changed: Condvar,
}

/// What changes about it.
#[derive(Debug)]
pub(super) struct State {
    pub(super) engine: Option<Arc<SessionEngine>>,
    /// It was opened here, not joined: nobody else in this process has it.
    pub(super) owned: bool,
    /// Leases that count as connections.
    pub(super) connections: usize,
    /// Somebody opens, closes, copies or removes it.
    pub(super) busy: bool,
    /// It was removed, or has another name: whoever has waited looks for it anew.
    pub(super) gone: bool,
    pub(super) opened: Instant,
    pub(super) last_access: Instant,
    /// Bytes on disk, and when they were counted.
    pub(super) disk: Option<(u64, Instant)>,
}

impl Tenant {
    pub(super) fn new(id: TenantId, name: Name, directory: PathBuf) -> Self {
        let now = Instant::now();
        Self {
            id,
            name,
            directory,
            state: Mutex::new(State {
                engine: None,
                owned: false,
                connections: 0,
                busy: false,
                gone: false,
                opened: now,
                last_access: now,
                disk: None,
            }),
            changed: Condvar::new(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until nobody opens or closes it.
    pub(super) fn settled(&self) -> Result<MutexGuard<'_, State>, Error> {
        let deadline = Instant::now() + LONGEST;
        let mut state = self.lock();
        while state.busy {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Error::Busy {
                    name: self.name.to_string(),
                });
            }
            state = self
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        Ok(state)
    }

    /// Ends what `busy` began.
    pub(super) fn release(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        state.busy = false;
        change(&mut state);
        drop(state);
        self.changed.notify_all();
    }
}

impl State {
    /// The engine that is to be closed. One of somebody else is only let go.
    pub(super) fn take_engine(&mut self) -> Option<Arc<SessionEngine>> {
        let owned = self.owned;
        self.engine.take().filter(|_| owned)
    }

    /// How many sessions use it, of leases and of others.
    pub(super) fn sessions(&self) -> usize {
        let live = self.engine.as_ref().map_or(0, |engine| {
            if engine.is_alive() {
                engine.shared.all().len()
            } else {
                0
            }
        });
        live.max(self.connections)
    }
}

/// How long opening or closing may take others.
const LONGEST: Duration = Duration::from_mins(1);
