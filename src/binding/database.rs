//! A database handle for JavaScript.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use napi::bindgen_prelude::Either;
use napi_derive::napi;

use super::error::NativeError;
use super::mailbox::Mailbox;
use super::session::{NativeSession, NativeSessionOptions, SessionPlace, milliseconds};
use super::stats::{NativeSessionInfo, NativeStats, Told, report, sessions, stats, unknown};
use crate::engine::inbox::QueueConfig;
use crate::engine::queue::Scheduling;
use crate::engine::{OpenOptions, SUPABASE_SQL, is_supabase, note_supabase};
use crate::join::{self, Joined, Opened};
use crate::session::{Session, SessionEngine, SessionOptions, find};
use crate::tenant::Lease;

/// How a database is opened.
#[napi(object)]
#[derive(Debug, Clone, Default)]
pub struct NativeOpenOptions {
    /// `memory://` or a directory.
    pub data_dir: String,
    /// The name under which this process shares a memory database; `default` when absent.
    pub name: Option<String>,
    /// Gives up the last transactions for speed when the power fails; false when absent.
    pub relaxed_durability: Option<bool>,
    /// PostgreSQL start-up settings.
    pub settings: Option<HashMap<String, String>>,
    /// Extensions to make available from the start.
    pub extensions: Option<Vec<String>>,
    /// Makes a new database a Supabase project; one that is open or was made before is told by `NativeDatabase.supabase`.
    pub supabase: Option<bool>,
    /// How many batches may wait; 10000 when absent, 0 for no limit.
    pub max_queue_size: Option<u32>,
    /// How long a batch may wait, in milliseconds; 60000 when absent, 0 for no limit.
    pub queue_timeout: Option<f64>,
    /// How long a batch waits for each step of priority it gains, in milliseconds; 1000 when absent.
    pub aging_threshold: Option<f64>,
    /// `priority` or `weighted`.
    pub scheduling: Option<String>,
    /// How long the engine thread spins for more work before it sleeps, in microseconds; 150 when absent.
    pub spin_micros: Option<u32>,
    /// Whether to join another process that has the directory open, and lets others join this one; true when absent.
    pub join: Option<bool>,
}

impl From<NativeOpenOptions> for OpenOptions {
    fn from(options: NativeOpenOptions) -> Self {
        Self {
            data_dir: options.data_dir,
            name: options.name.unwrap_or_else(|| "default".to_owned()),
            relaxed_durability: options.relaxed_durability.unwrap_or_default(),
            settings: options.settings.unwrap_or_default().into_iter().collect(),
            extensions: options.extensions.unwrap_or_default(),
            supabase: options.supabase.unwrap_or_default(),
            queue: QueueConfig {
                max_size: options
                    .max_queue_size
                    .map_or(10_000, |size| usize::try_from(size).unwrap_or(usize::MAX)),
                timeout: options
                    .queue_timeout
                    .map_or(Duration::from_mins(1), milliseconds),
                aging: options
                    .aging_threshold
                    .map_or(Duration::from_secs(1), milliseconds),
                scheduling: match options.scheduling.as_deref() {
                    Some("weighted") => Scheduling::Weighted,
                    _ => Scheduling::Priority,
                },
                spin: Duration::from_micros(u64::from(options.spin_micros.unwrap_or(150))),
            },
            residence: None,
            database: None,
        }
    }
}

/// A handle on an open database. The last handle or session of its process to go closes it.
#[napi]
#[derive(Debug)]
pub struct NativeDatabase {
    /// Absent when it is closed.
    opened: Mutex<Option<Opened>>,
    data_dir: String,
    /// Of a tenant's database: how its sessions are opened.
    lease: Mutex<Option<Lease>>,
}

#[napi]
impl NativeDatabase {
    /// Opens a database, or joins the process that has it open: this one, or another one.
    #[napi]
    pub async fn open(options: NativeOpenOptions) -> Either<NativeDatabase, NativeError> {
        let joins = options.join.unwrap_or(true);
        let options = options.into();
        if let Some(engine) = find(&options) {
            if joins {
                join::lend(&engine, &options, report);
            }
            return Either::A(Self::new(Opened::Own(engine)));
        }
        match join::open(options, joins, report).await {
            Ok(opened) => Either::A(Self::new(opened)),
            Err(error) => Either::B(error.into()),
        }
    }

    /// Opens a session whose answers come through the mailbox.
    #[napi]
    pub fn session(
        &self,
        mailbox: &Mailbox,
        options: NativeSessionOptions,
    ) -> Either<NativeSession, NativeError> {
        let options = self.options(options);
        let place = match self.place() {
            Some(Place::Own(engine)) => {
                SessionPlace::Own(Session::open(engine, mailbox.line(), &options))
            }
            Some(Place::Joined(joined)) => {
                SessionPlace::Joined(joined.session(mailbox.line(), &options))
            }
            None => return Either::B(NativeError::internal("the database handle is closed")),
        };
        Either::A(NativeSession { place })
    }

    /// Closes this handle; resolves when the engine has closed, or at once when others still use it.
    #[napi]
    pub async fn close(&self) -> Option<NativeError> {
        drop(self.take_lease());
        let engine = self.take()?;
        let closed = engine.closed();
        Arc::into_inner(engine)?;
        match tokio::task::spawn_blocking(move || closed(LONGEST_CLOSE)).await {
            Ok(true) => None,
            _ => Some(NativeError::internal("the database did not close in time")),
        }
    }

    /// Whether it still takes work; false when this handle is closed, and after a failure that ended the engine. One that
    /// joined another process finds the next one by itself.
    #[napi(getter)]
    pub fn alive(&self) -> bool {
        match self.place() {
            Some(Place::Own(engine)) => engine.is_alive(),
            Some(Place::Joined(_)) => true,
            None => false,
        }
    }

    /// Whether another process has the database open.
    #[napi(getter)]
    pub fn joined(&self) -> bool {
        matches!(self.place(), Some(Place::Joined(_)))
    }

    /// Lets the handle go without waiting, for an environment that is being torn down: nothing is called back into it.
    #[napi]
    pub fn release(&self) {
        drop(self.take_lease());
        drop(self.take());
    }

    /// Counters and histograms; absent when the handle is closed. Those of another process are asked for, and zero when it
    /// does not answer.
    #[napi]
    pub fn stats(&self) -> Option<NativeStats> {
        Some(match self.place()? {
            Place::Own(engine) => stats(&engine),
            Place::Joined(joined) => {
                ask(&joined).map_or_else(|| unknown(self.data_dir.clone()), |told| told.stats)
            }
        })
    }

    /// The open sessions, oldest first. Those of another process are asked for; there are none when it does not answer.
    #[napi]
    pub fn sessions(&self) -> Vec<NativeSessionInfo> {
        match self.place() {
            Some(Place::Own(engine)) => sessions(&engine),
            Some(Place::Joined(joined)) => ask(&joined)
                .map(|told| told.seen_from_here(&joined.own_sessions()))
                .unwrap_or_default(),
            None => Vec::new(),
        }
    }

    /// The directory, or `memory://`.
    #[napi(getter)]
    pub fn data_dir(&self) -> String {
        self.data_dir.clone()
    }

    /// Whether the database looks like a Supabase project; false when this handle is closed.
    #[napi(getter)]
    pub fn supabase(&self) -> bool {
        match self.place() {
            Some(Place::Own(engine)) => engine.is_supabase(),
            Some(Place::Joined(joined)) => is_supabase(joined.root()),
            None => false,
        }
    }

    /// The SQL that makes a database look like a Supabase project. It runs as one transaction, any number of times.
    #[napi]
    pub fn supabase_sql() -> &'static str {
        SUPABASE_SQL
    }

    /// Notes that a session has run `supabaseSql`, because the database was open as a plain one.
    #[napi]
    pub fn note_supabase(&self) {
        match self.place() {
            Some(Place::Own(engine)) => engine.note_supabase(),
            Some(Place::Joined(joined)) => note_supabase(joined.root()),
            None => {}
        }
    }

    fn new(opened: Opened) -> Self {
        let data_dir = match &opened {
            Opened::Own(engine) => engine.data_dir(),
            Opened::Joined(joined) => joined.root().display().to_string(),
        };
        Self {
            data_dir,
            opened: Mutex::new(Some(opened)),
            lease: Mutex::default(),
        }
    }

    /// The database of a tenant.
    pub(super) fn leased(lease: Lease) -> Self {
        let database = Self::new(Opened::Own(Arc::clone(&lease.engine)));
        *database
            .lease
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(lease);
        database
    }

    fn take_lease(&self) -> Option<Lease> {
        self.lease
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// A session's options: its own, and the tenant's.
    fn options(&self, own: NativeSessionOptions) -> SessionOptions {
        let mut options = SessionOptions::from(own);
        let lease = self.lease.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lease) = &*lease {
            let limits = [options.statement_timeout, lease.options.statement_timeout];
            options.statement_timeout = limits.into_iter().flatten().min();
            options.databases.clone_from(&lease.options.databases);
        }
        options
    }

    /// Where the database is; `None` when this handle is closed.
    pub(super) fn place(&self) -> Option<Place> {
        match &*self.lock() {
            Some(Opened::Own(engine)) => Some(Place::Own(Arc::clone(engine))),
            Some(Opened::Joined(joined)) => Some(match joined.engine() {
                Some(engine) => Place::Own(engine),
                None => Place::Joined(Arc::clone(joined)),
            }),
            None => None,
        }
    }

    fn take(&self) -> Option<Arc<SessionEngine>> {
        match self.lock().take()? {
            Opened::Own(engine) => Some(engine),
            Opened::Joined(joined) => joined.close(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Opened>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a database is at the moment.
pub(super) enum Place {
    /// In this process.
    Own(Arc<SessionEngine>),
    /// In another one.
    Joined(Arc<Joined>),
}

fn ask(joined: &Joined) -> Option<Told> {
    serde_json::from_slice(&joined.report()?).ok()
}

const LONGEST_CLOSE: Duration = Duration::from_secs(30);
