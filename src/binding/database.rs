//! A database handle for JavaScript.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use napi::bindgen_prelude::Either;
use napi_derive::napi;

use super::error::NativeError;
use super::mailbox::Mailbox;
use super::session::{NativeSession, NativeSessionOptions, milliseconds};
use super::stats::{NativeSessionInfo, NativeStats, sessions, stats};
use crate::engine::inbox::QueueConfig;
use crate::engine::queue::Scheduling;
use crate::engine::{OpenOptions, SUPABASE_SQL};
use crate::session::{Session, SessionEngine, find, open};

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
        }
    }
}

/// A handle on an open database. The last handle or session to go closes it.
#[napi]
#[derive(Debug)]
pub struct NativeDatabase {
    engine: Mutex<Option<Arc<SessionEngine>>>,
    data_dir: String,
}

#[napi]
impl NativeDatabase {
    /// Opens a database, or joins it when this process has it open.
    #[napi]
    pub async fn open(options: NativeOpenOptions) -> Either<NativeDatabase, NativeError> {
        let options = options.into();
        if let Some(engine) = find(&options) {
            return Either::A(Self::new(engine));
        }
        match tokio::task::spawn_blocking(move || open(&options)).await {
            Ok(Ok(engine)) => Either::A(Self::new(engine)),
            Ok(Err(error)) => Either::B(error.into()),
            Err(_) => Either::B(NativeError::internal(
                "the opening of the database failed unexpectedly",
            )),
        }
    }

    /// Opens a session whose answers come through the mailbox.
    #[napi]
    pub fn session(
        &self,
        mailbox: &Mailbox,
        options: NativeSessionOptions,
    ) -> Either<NativeSession, NativeError> {
        match self.engine() {
            Some(engine) => Either::A(NativeSession {
                session: Session::open(engine, mailbox.line(), &options.into()),
            }),
            None => Either::B(NativeError::internal("the database handle is closed")),
        }
    }

    /// Closes this handle; resolves when the engine has closed, or at once when others still use it.
    #[napi]
    pub async fn close(&self) -> Option<NativeError> {
        let engine = self
            .engine
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()?;
        let closed = engine.closed();
        Arc::into_inner(engine)?;
        match tokio::task::spawn_blocking(move || closed(LONGEST_CLOSE)).await {
            Ok(true) => None,
            _ => Some(NativeError::internal("the database did not close in time")),
        }
    }

    /// Whether the engine still takes work; false when this handle is closed, and after a failure that ended the engine.
    #[napi(getter)]
    pub fn alive(&self) -> bool {
        self.engine().is_some_and(|engine| engine.is_alive())
    }

    /// Lets the handle go without waiting, for an environment that is being torn down: nothing is called back into it.
    #[napi]
    pub fn release(&self) {
        let engine = self.engine.lock();
        drop(engine.unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Counters and histograms; absent when the handle is closed.
    #[napi]
    pub fn stats(&self) -> Option<NativeStats> {
        self.engine().map(|engine| stats(&engine))
    }

    /// The open sessions, oldest first.
    #[napi]
    pub fn sessions(&self) -> Vec<NativeSessionInfo> {
        self.engine()
            .map(|engine| sessions(&engine))
            .unwrap_or_default()
    }

    /// The directory, or `memory://`.
    #[napi(getter)]
    pub fn data_dir(&self) -> String {
        self.data_dir.clone()
    }

    /// Whether the database looks like a Supabase project; false when this handle is closed.
    #[napi(getter)]
    pub fn supabase(&self) -> bool {
        self.engine().is_some_and(|engine| engine.is_supabase())
    }

    /// The SQL that makes a database look like a Supabase project. It runs as one transaction, any number of times.
    #[napi]
    pub fn supabase_sql() -> &'static str {
        SUPABASE_SQL
    }

    /// Notes that a session has run `supabaseSql`, because the database was open as a plain one.
    #[napi]
    pub fn note_supabase(&self) {
        if let Some(engine) = self.engine() {
            engine.note_supabase();
        }
    }

    fn new(engine: Arc<SessionEngine>) -> Self {
        Self {
            data_dir: engine.data_dir(),
            engine: Mutex::new(Some(engine)),
        }
    }

    pub(super) fn engine(&self) -> Option<Arc<SessionEngine>> {
        self.engine
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

const LONGEST_CLOSE: Duration = Duration::from_secs(30);
