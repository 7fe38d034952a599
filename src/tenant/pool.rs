//! The set of tenants: who is connected to which, and the opening of their databases.
//!
//! A tenant is in memory from the first time somebody connects to it. Its database stays open as an engine, whose
//! backend comes and goes with what `rooms.rs` decides, until nobody has it and it has been closed for a while.
#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Instant;

use super::doorway::Doorway;
use super::error::Error;
use super::lease::Lease;
use super::name::Name;
use super::options::{Event, Options};
use super::rooms::Rooms;
use super::state::{State, Tenant};
use super::watch;
use crate::engine::error::Error as EngineError;
use crate::engine::residence::Residence;
use crate::engine::{OpenOptions, Temporary, has_database, provision};
use crate::session::{SessionEngine, SessionOptions, open};

/// Removes the databases in a directory, some at a time: each has a thousand files.
fn remove_inside(base: &Path) {
    let entries = std::fs::read_dir(base).into_iter().flatten();
    let directories = entries.filter_map(Result::ok).map(|entry| entry.path());
    let directories = Mutex::new(directories.filter(|path| path.is_dir()).collect::<Vec<_>>());
    let next = || directories.lock().ok()?.pop();
    std::thread::scope(|scope| {
        for _ in 0..REMOVERS {
            scope.spawn(|| {
                while let Some(directory) = next() {
                    // What is left is removed by the next process.
                    drop(std::fs::remove_dir_all(directory));
                }
            });
        }
    });
}

const REMOVERS: usize = 4;

/// The end of the process: all engines have been closed. Removes what is temporary.
pub(crate) fn leave_all() {
    let sets = std::mem::take(&mut *open_sets());
    for tenants in sets.iter().filter_map(Weak::upgrade) {
        tenants.mark_closed();
        tenants.remove_temporary();
    }
}

fn open_sets() -> MutexGuard<'static, Vec<Weak<Tenants>>> {
    static OPEN: Mutex<Vec<Weak<Tenants>>> = Mutex::new(Vec::new());
    let mut sets = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    sets.retain(|tenants| tenants.strong_count() > 0);
    sets
}

/// A database per tenant.
#[derive(Debug)]
pub(crate) struct Tenants {
    pub(super) options: Options,
    pub(super) base: PathBuf,
    rooms: Arc<Rooms>,
    by_name: Mutex<HashMap<Name, Arc<Tenant>>>,
    next_id: AtomicU64,
    closed: AtomicBool,
    own: Weak<Self>,
    /// Removed after everything else.
    temporary: Mutex<Option<Temporary>>,
    is_temporary: bool,
}

impl Tenants {
    /// Takes a base directory, which is made when it is absent.
    pub(crate) fn open(options: Options) -> Result<Arc<Self>, Error> {
        let storage = |path: &Path, error: &std::io::Error| EngineError::Storage {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        let (base, temporary) = if let Some(base) = &options.base_dir {
            std::fs::create_dir_all(base).map_err(|error| storage(base, &error))?;
            let base = base.canonicalize().map_err(|error| storage(base, &error))?;
            (base, None)
        } else {
            let temporary = Temporary::create_large(&std::env::temp_dir(), "oxbase-tenants-")?;
            (temporary.path().to_owned(), Some(temporary))
        };
        let rooms = Rooms::new(options.max_instances, options.max_memory, options.patience);
        let tenants = Arc::new_cyclic(|own| Self {
            options,
            base,
            rooms: Arc::new(rooms),
            by_name: Mutex::default(),
            next_id: AtomicU64::new(0),
            closed: AtomicBool::new(false),
            own: Weak::clone(own),
            is_temporary: temporary.is_some(),
            temporary: Mutex::new(temporary),
        });
        watch::start(&tenants)?;
        open_sets().push(Arc::downgrade(&tenants));
        Ok(tenants)
    }

    /// Connects to a tenant: opens its database, or makes it. Blocks for as long as that takes.
    pub(crate) fn connect(&self, name: &str) -> Result<Lease, Error> {
        self.lease(&Name::parse(name)?, true)
    }

    /// The database of that name, if it is there; none is made, and no connection counted.
    pub(crate) fn find(&self, name: &str) -> Result<Option<Lease>, Error> {
        let name = Name::parse(name)?;
        if name.is_template() || !self.has(name.as_str()) {
            return Ok(None);
        }
        self.lease(&name, false).map(Some)
    }

    /// As `connect`, without counting as a connection.
    pub(crate) fn borrow(&self, name: &str) -> Result<Lease, Error> {
        self.lease(&Name::parse(name)?, false)
    }

    fn lease(&self, name: &Name, counted: bool) -> Result<Lease, Error> {
        if name.is_template() {
            let name = name.to_string();
            return Err(Error::Template { name });
        }
        loop {
            self.check_open()?;
            let tenant = self.find_or_add(name)?;
            let mut state = tenant.settled()?;
            if state.gone {
                drop(state);
                std::thread::yield_now();
                continue;
            }
            let most = self.options.max_connections;
            if counted && most > 0 && state.connections >= most {
                let name = name.to_string();
                return Err(Error::TooManyConnections { name });
            }
            if let Some(engine) = state.engine.clone().filter(|engine| engine.is_alive()) {
                return Ok(self.grant(&tenant, &mut state, engine, counted));
            }
            let ended = state.engine.take();
            state.busy = true;
            drop(state);
            drop(ended);
            let opened = self.open_engine(&tenant);
            let mut granted = None;
            tenant.release(|state| {
                if let Ok((engine, owned)) = &opened {
                    state.engine = Some(Arc::clone(engine));
                    state.owned = *owned;
                    state.opened = Instant::now();
                    granted = Some(self.grant(&tenant, state, Arc::clone(engine), counted));
                }
            });
            if let Some(lease) = granted {
                self.measure(&tenant);
                return Ok(lease);
            }
            self.forget(&tenant);
            opened?;
        }
    }

    fn grant(
        &self,
        tenant: &Arc<Tenant>,
        state: &mut State,
        engine: Arc<SessionEngine>,
        counted: bool,
    ) -> Lease {
        state.connections += usize::from(counted);
        state.last_access = Instant::now();
        let databases = self.own.upgrade().map(|own| own as _);
        Lease {
            engine,
            options: SessionOptions {
                statement_timeout: self.options.statement_timeout,
                databases,
                ..SessionOptions::default()
            },
            tenant: Arc::clone(tenant),
            counted,
        }
    }

    /// Waits for room and opens the tenant's database there. False when somebody else in this process has it open.
    fn open_engine(&self, tenant: &Tenant) -> Result<(Arc<SessionEngine>, bool), Error> {
        let name = tenant.name.to_string();
        let is_new = !has_database(&tenant.directory);
        if is_new && !self.options.auto_provision {
            return Err(Error::Unknown { name });
        }
        self.provision(tenant)?;
        let ended = || self.closed.load(Ordering::SeqCst);
        self.rooms.enter(tenant.id, &name, Weak::new(), &ended)?;
        let listener = Arc::clone(&self.options.listener);
        let doorway = Arc::new(Doorway::new(
            Arc::clone(&self.rooms),
            tenant.id,
            name,
            listener,
        ));
        let residence: Arc<dyn Residence> = Arc::clone(&doorway) as _;
        let opened = open(&self.engine_options(tenant, Some(residence)));
        // An engine that was opened here keeps the way in; one that was joined has no use for the room.
        let owned = opened.is_ok() && Arc::strong_count(&doorway) > 1;
        if !owned {
            self.rooms.leave(tenant.id);
        }
        let engine = opened?;
        doorway.open(&engine);
        Ok((engine, owned))
    }

    /// How the tenant's database is opened.
    pub(super) fn engine_options(
        &self,
        tenant: &Tenant,
        residence: Option<Arc<dyn Residence>>,
    ) -> OpenOptions {
        let mut options = self.options.engine.clone();
        options.data_dir = tenant.directory.display().to_string();
        options.database = Some(tenant.name.to_string());
        options.residence = residence;
        if self.is_temporary {
            // Nothing has to survive the process, but what was committed survives a statement that is stopped.
            options.relaxed_durability = true;
            let on = ("synchronous_commit".to_owned(), "on".to_owned());
            options.settings.insert(0, on);
        }
        options
    }

    /// Makes the tenant's database, unless it is there.
    pub(super) fn provision(&self, tenant: &Tenant) -> Result<(), Error> {
        if has_database(&tenant.directory) {
            return Ok(());
        }
        let directory = tenant.directory.display().to_string();
        provision(&directory, self.options.engine.supabase, self.is_durable())?;
        self.tell(Event::Created, &tenant.name);
        Ok(())
    }

    /// The tenant of that name. One that has no database is only added when it would be made.
    fn find_or_add(&self, name: &Name) -> Result<Arc<Tenant>, Error> {
        if let Some(tenant) = self.lock().get(name) {
            return Ok(Arc::clone(tenant));
        }
        let tenant = self.describe(name);
        if !self.options.auto_provision && !has_database(&tenant.directory) {
            let name = name.to_string();
            return Err(Error::Unknown { name });
        }
        let mut tenants = self.lock();
        let known = tenants.entry(name.clone()).or_insert(tenant);
        Ok(Arc::clone(known))
    }

    /// The tenant of that name, known or not, for something that only one may do at a time: it is busy when it is
    /// returned.
    pub(super) fn seize(&self, name: &Name) -> Result<Arc<Tenant>, Error> {
        loop {
            self.check_open()?;
            let tenant = {
                let new = self.describe(name);
                let mut tenants = self.lock();
                Arc::clone(tenants.entry(name.clone()).or_insert(new))
            };
            let mut state = tenant.settled()?;
            if !state.gone {
                state.busy = true;
                drop(state);
                return Ok(tenant);
            }
            drop(state);
            std::thread::yield_now();
        }
    }

    fn describe(&self, name: &Name) -> Arc<Tenant> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let directory = self.base.join(name.directory());
        Arc::new(Tenant::new(id, name.clone(), directory))
    }

    /// Takes a tenant out of memory that nobody uses and has no engine.
    pub(super) fn forget(&self, tenant: &Arc<Tenant>) {
        let mut tenants = self.lock();
        let is_known = tenants
            .get(&tenant.name)
            .is_some_and(|known| Arc::ptr_eq(known, tenant));
        let mut state = tenant.lock();
        let is_unused = state.engine.is_none() && state.connections == 0;
        if is_known && !state.busy && (state.gone || is_unused) {
            state.gone = true;
            tenants.remove(&tenant.name);
        }
    }

    /// Whether what is committed must survive the loss of power.
    pub(super) fn is_durable(&self) -> bool {
        !self.is_temporary && !self.options.engine.relaxed_durability
    }

    /// Nobody has anything open any more.
    pub(super) fn remove_temporary(&self) {
        let mut temporary = self
            .temporary
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(temporary) = temporary.take() {
            remove_inside(temporary.path());
        }
    }

    /// Takes no more connections.
    pub(super) fn mark_closed(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    pub(super) fn check_open(&self) -> Result<(), Error> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(Error::Closed);
        }
        Ok(())
    }

    pub(super) fn tell(&self, event: Event, name: &Name) {
        (self.options.listener)(event, name.as_str());
    }

    pub(super) fn rooms(&self) -> &Rooms {
        &self.rooms
    }

    /// The tenants that are in memory.
    pub(super) fn loaded(&self) -> Vec<Arc<Tenant>> {
        self.lock().values().map(Arc::clone).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Name, Arc<Tenant>>> {
        self.by_name.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
