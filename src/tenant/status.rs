//! What there is to know about tenants.
#![forbid(unsafe_code)]

use std::time::Duration;

use super::pool::Tenants;

/// One tenant whose database is open.
#[derive(Debug, Clone)]
pub(crate) struct Status {
    pub(crate) name: String,
    /// Whether its backend is open.
    pub(crate) awake: bool,
    /// Whether a session keeps its backend, in a transaction.
    pub(crate) locked: bool,
    pub(crate) connections: usize,
    /// Batches that wait.
    pub(crate) queue_length: usize,
    /// How long it has been open.
    pub(crate) uptime: Duration,
    /// How long ago somebody connected, left, or had something run.
    pub(crate) last_access: Duration,
    /// Bytes on disk, when they were counted last.
    pub(crate) disk: Option<u64>,
}

/// All of them together.
#[derive(Debug, Clone)]
pub(crate) struct Statistics {
    /// Databases that are open.
    pub(crate) open: usize,
    /// Backends that are.
    pub(crate) awake: usize,
    pub(crate) max_instances: usize,
    pub(crate) connections: usize,
    /// Resident bytes of the process.
    pub(crate) memory: Option<u64>,
}

impl Tenants {
    /// The tenants whose databases are open, by name.
    pub(crate) fn list(&self) -> Vec<Status> {
        let mut all: Vec<Status> = self
            .loaded()
            .iter()
            .filter_map(|tenant| {
                let state = tenant.lock();
                let engine = state.engine.as_ref().filter(|engine| engine.is_alive())?;
                let business = engine.inbox().business();
                Some(Status {
                    name: tenant.name.to_string(),
                    awake: self.rooms().has(tenant.id),
                    locked: business.owned,
                    connections: state.connections,
                    queue_length: engine.inbox().len_by_priority().iter().sum(),
                    uptime: state.opened.elapsed(),
                    last_access: state.last_access.elapsed().min(business.last_run.elapsed()),
                    disk: state.disk.map(|(bytes, _)| bytes),
                })
            })
            .collect();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all
    }

    /// Totals.
    pub(crate) fn statistics(&self) -> Statistics {
        let tenants = self.loaded();
        let counted = tenants.iter().map(|tenant| {
            let state = tenant.lock();
            (usize::from(state.engine.is_some()), state.connections)
        });
        let (open, connections) = counted.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        Statistics {
            open,
            awake: self.rooms().count(),
            max_instances: self.rooms().most(),
            connections,
            memory: super::memory::resident(),
        }
    }
}
