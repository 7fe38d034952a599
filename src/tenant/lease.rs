//! A tenant's database in somebody's hands.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::Instant;

use super::state::Tenant;
use crate::session::{SessionEngine, SessionOptions};

/// An open database, and how sessions of it are opened. Counts as a connection until it is dropped.
#[derive(Debug)]
pub(crate) struct Lease {
    pub(crate) engine: Arc<SessionEngine>,
    pub(crate) options: SessionOptions,
    pub(super) tenant: Arc<Tenant>,
    pub(super) counted: bool,
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut state = self.tenant.lock();
        if self.counted {
            state.connections = state.connections.saturating_sub(1);
        }
        state.last_access = Instant::now();
    }
}
