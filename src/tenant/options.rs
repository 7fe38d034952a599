//! How a set of tenants is kept.
#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::OpenOptions;

/// The options of `Tenants`.
#[derive(Clone)]
pub(crate) struct Options {
    /// Where the directories are; a private temporary one, when absent.
    pub(crate) base_dir: Option<PathBuf>,
    /// Whether a database is made when somebody connects to it.
    pub(crate) auto_provision: bool,
    /// How many backends are awake at a time.
    pub(crate) max_instances: usize,
    /// Resident bytes of the process beyond which idle backends are closed.
    pub(crate) max_memory: Option<u64>,
    /// How long a backend may be idle; zero for ever.
    pub(crate) idle_timeout: Duration,
    /// How long an opening waits for room.
    pub(crate) patience: Duration,
    /// Connections of one tenant; 0 for any number.
    pub(crate) max_connections: usize,
    /// Bounds each statement of a tenant.
    pub(crate) statement_timeout: Option<Duration>,
    /// Bytes of a tenant's directory; nothing that makes it larger is taken beyond.
    pub(crate) max_disk: Option<u64>,
    /// How each database is opened; place and name are the tenant's.
    pub(crate) engine: OpenOptions,
    /// Hears what happens.
    pub(crate) listener: Listener,
}

/// Hears what happens to a tenant, by its name. Called on any thread; must not block.
pub(crate) type Listener = Arc<dyn Fn(Event, &str) + Send + Sync>;

/// What happened to a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// Its database was made.
    Created,
    /// Its database was opened.
    Opened,
    /// Its backend was closed while nobody needs it.
    Hibernated,
    /// Its backend was opened again.
    Woken,
    /// Its database was closed.
    Closed,
    /// Its database was removed.
    Dropped,
}

impl Event {
    /// The event's word.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Opened => "opened",
            Self::Hibernated => "hibernated",
            Self::Woken => "woken",
            Self::Closed => "closed",
            Self::Dropped => "dropped",
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Options")
            .field("base_dir", &self.base_dir)
            .field("max_instances", &self.max_instances)
            .finish_non_exhaustive()
    }
}
