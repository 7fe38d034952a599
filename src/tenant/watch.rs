//! What is looked at from time to time: idle backends, the memory of the process, the disk of each tenant.
#![forbid(unsafe_code)]

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::error::Error;
use super::memory;
use super::pool::Tenants;
use super::state::Tenant;
use crate::engine::error::Error as EngineError;

/// Starts the thread that looks. It ends with the tenants.
pub(super) fn start(tenants: &Arc<Tenants>) -> Result<(), Error> {
    let watched = Arc::downgrade(tenants);
    let idle = tenants.options.idle_timeout;
    let pause = if idle.is_zero() { LOOK } else { LOOK.min(idle) };
    std::thread::Builder::new()
        .name("oxbase-tenants".to_owned())
        .spawn(move || watch(&watched, pause))
        .map(drop)
        .map_err(|error| {
            let reason = error.to_string();
            EngineError::Thread { reason }.into()
        })
}

fn watch(watched: &Weak<Tenants>, pause: Duration) {
    loop {
        std::thread::sleep(pause);
        let Some(tenants) = watched.upgrade() else {
            return;
        };
        if tenants.check_open().is_err() {
            return;
        }
        tenants.look();
    }
}

impl Tenants {
    fn look(&self) {
        let idle = self.options.idle_timeout;
        if !idle.is_zero() {
            self.rooms().rest_idle(idle);
        }
        self.rooms().rest_for_memory();
        for tenant in self.loaded() {
            if self.rooms().has(tenant.id) {
                self.measure(&tenant);
            } else {
                self.let_go(&tenant);
            }
        }
    }

    /// Counts what a tenant has on disk, when that has not been done lately, and lets it write or not.
    pub(super) fn measure(&self, tenant: &Tenant) {
        let Some(most) = self.options.max_disk else {
            return;
        };
        let lately = tenant.lock().disk.filter(|(_, at)| at.elapsed() < DISK);
        let (bytes, at) = lately.unwrap_or_else(|| {
            let bytes = memory::disk_usage(&tenant.directory);
            (bytes, Instant::now())
        });
        let mut state = tenant.lock();
        state.disk = Some((bytes, at));
        // The engine may have been opened since they were counted.
        if let Some(engine) = &state.engine {
            engine.shared.set_full(bytes > most);
        }
    }

    /// Closes the engine of a tenant whose backend is closed, when nobody has had it for a while.
    fn let_go(&self, tenant: &Arc<Tenant>) {
        let mut state = tenant.lock();
        let is_unused = state.connections == 0
            && !state.busy
            && state.last_access.elapsed() >= UNUSED
            && state
                .engine
                .as_ref()
                .is_none_or(|engine| Arc::strong_count(engine) == 1);
        if !is_unused {
            return;
        }
        let engine = state.engine.take();
        drop(state);
        drop(engine);
        self.forget(tenant);
    }
}

/// How often is looked.
const LOOK: Duration = Duration::from_millis(500);
/// How often a tenant's files are counted.
const DISK: Duration = Duration::from_secs(2);
/// How long an engine without a backend is kept for the next connection.
const UNUSED: Duration = Duration::from_secs(2);
