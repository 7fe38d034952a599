//! The engine: one thread that owns PostgreSQL, the queue before it, and the storage under it.
//!
//! Knows protocol bytes, but no sessions: what to do with a batch is decided by a `Host`. Everything that reaches
//! PostgreSQL goes through `Wire`, in the host's turn.

mod alarm;
mod backend;
mod cause;
mod courtesy;
mod database_name;
mod directory;
mod dump;
pub(crate) mod error;
pub(crate) mod extensions;
pub(crate) mod gathering;
pub(crate) mod guests;
pub(crate) mod inbox;
pub(crate) mod interrupt;
pub(crate) mod metrics;
mod note;
pub(crate) mod queue;
mod registry;
pub(crate) mod residence;
mod settings;
mod storage;
mod template;
mod thread;
pub(crate) mod wire;

use std::any::Any;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

pub(crate) use dump::dump;
use error::Error;
use inbox::{Inbox, QueueConfig, Work};
use interrupt::{GivenUp, Stop};
use metrics::Metrics;
use queue::SessionId;
use registry::Gate;
pub(crate) use registry::close_all;
use residence::{Residence, Stay};
use settings::Durability;
pub(crate) use storage::{Hold, Temporary, is_alone, note_holder};
use storage::{Place, Root};
use template::Variant;
pub(crate) use template::{
    SUPABASE as SUPABASE_SQL, copy_tree, is_supabase, note_supabase, sync_tree,
};
use wire::Wire;

use crate::protocol::backend::{Messages, parameter_status};

/// Decides what a batch becomes on the wire. Lives on the engine thread.
pub(crate) trait Host: Send + 'static {
    /// What callers put into the inbox.
    type Work: Work;

    /// Runs one batch.
    fn turn(
        &mut self,
        session: SessionId,
        work: Self::Work,
        wire: &Wire,
    ) -> impl Future<Output = Turn<Self::Work>> + Send;

    /// Closes the backend until somebody needs it, unless a session would lose something. True when it is closed.
    fn hibernate(&mut self, wire: &Wire) -> impl Future<Output = bool> + Send;

    /// Does without the backend what can be done without it; what cannot comes back.
    fn ahead(&mut self, session: SessionId, work: Self::Work) -> Option<Self::Work>;

    /// What it did since it was asked last.
    fn counts(&mut self) -> Counts<Self::Work>;
}

/// How a turn ended.
#[derive(Debug)]
pub(crate) enum Turn<W> {
    /// The batch has run; the session, if any, keeps the backend.
    Over(Option<SessionId>),
    /// The batch did nothing, because it has to wait for another session.
    Waits(W),
}

/// What a host did.
#[derive(Debug)]
pub(crate) struct Counts<W> {
    /// Errors in its answers.
    pub(crate) errors: u64,
    /// Rows in its answers.
    pub(crate) rows: u64,
    /// Batches that were stopped.
    pub(crate) stopped: u64,
    /// What batches wait for that were put back may have happened.
    pub(crate) releases: bool,
    /// Work for later.
    pub(crate) scheduled: Vec<(Instant, SessionId, W)>,
}

impl<W> Default for Counts<W> {
    fn default() -> Self {
        Self {
            errors: 0,
            rows: 0,
            stopped: 0,
            releases: false,
            scheduled: Vec::new(),
        }
    }
}

/// What a host shares with its handles learns that the engine closes, so that nothing keeps the engine thread waiting.
pub(crate) trait Closing: Send + Sync + 'static {
    /// The engine takes no more work.
    fn closing(&self);

    /// A batch goes on running though its time is up.
    fn not_stopped(&self, batch: GivenUp);
}

/// How an engine is opened.
#[derive(Debug, Clone)]
pub(crate) struct OpenOptions {
    /// `memory://` or a directory.
    pub(crate) data_dir: String,
    /// The name the database is given; the one it has, when absent.
    pub(crate) database: Option<String>,
    /// The name under which a memory database is shared.
    pub(crate) name: String,
    /// Trades the last transactions for speed: no fsync, no waiting for WAL.
    pub(crate) relaxed_durability: bool,
    /// PostgreSQL start-up settings.
    pub(crate) settings: Vec<(String, String)>,
    /// Extensions to make available from the start.
    pub(crate) extensions: Vec<String>,
    /// Makes the database look like a Supabase project.
    pub(crate) supabase: bool,
    /// The queue.
    pub(crate) queue: QueueConfig,
    /// Who decides when the backend may be open; always, when absent.
    pub(crate) residence: Option<Arc<dyn Residence>>,
}

impl OpenOptions {
    /// The directory that is meant, by its absolute path; `None` for memory and for what cannot be read.
    pub(crate) fn directory(&self) -> Option<PathBuf> {
        match Place::parse(&self.data_dir, &self.name) {
            Ok(Place::Directory(root)) => Some(root),
            _ => None,
        }
    }
}

/// What a backend told at its start.
#[derive(Debug, Clone, Default)]
pub(crate) struct Started {
    /// Parameter status, in the order it came.
    pub(crate) parameters: Vec<(Vec<u8>, Vec<u8>)>,
    /// The names of the extensions that are available without opening the backend again.
    pub(crate) extensions: Vec<String>,
    /// Those that the database has without: they are made available when a function of theirs is called.
    pub(crate) dormant: Vec<String>,
    /// Whether the database looks like a Supabase project.
    pub(crate) supabase: bool,
}

impl Started {
    fn decode(greeting: &[u8], extensions: &[pglite_oxide::Extension], supabase: bool) -> Self {
        let parameters = Messages::new(greeting)
            .filter(|message| message.tag == b'S')
            .filter_map(|message| parameter_status(message.body))
            .map(|(name, value)| (name.to_vec(), value.to_vec()))
            .collect();
        let extensions: Vec<String> = extensions
            .iter()
            .map(|extension| extension.sql_name().to_owned())
            .collect();
        let dormant = template::SUPABASE_EXTENSIONS
            .iter()
            .filter(|name| supabase && !extensions.iter().any(|known| known == *name))
            .map(|name| (*name).to_owned())
            .collect();
        Self {
            parameters,
            extensions,
            dormant,
            supabase,
        }
    }
}

/// A handle on an open engine. The last one to go closes it.
#[derive(Debug)]
pub(crate) struct Engine<W: Work, X: Closing> {
    inbox: Arc<Inbox<W>>,
    metrics: Arc<Metrics>,
    place: Place,
    gate: Arc<Gate>,
    opened_in: Duration,
    supabase: AtomicBool,
    attendant: Mutex<Option<Attendant>>,
    /// What the host shares with its handles.
    pub(crate) shared: Arc<X>,
}

/// What lives as long as an engine takes work.
type Attendant = Box<dyn Any + Send + Sync>;

impl<W: Work, X: Closing> Engine<W, X> {
    /// Joins the engine of the place, or opens one. Blocks for as long as an opening takes.
    pub(crate) fn open<H: Host<Work = W>>(
        options: &OpenOptions,
        shared: impl FnOnce() -> X,
        host: impl FnOnce(&Started, Arc<X>) -> H + Send + 'static,
    ) -> Result<Arc<Self>, Error> {
        let place = Place::parse(&options.data_dir, &options.name)?;
        let extensions = extensions::select(&options.extensions)?;
        registry::join(
            &place,
            Self::is_alive,
            |gate| Self::start(&place, options, extensions, Arc::new(shared()), host, gate),
            Self::shut,
        )
    }

    /// Ends the engine while it still has handles: it takes no more work, and what runs is stopped.
    pub(crate) fn shut(&self) {
        self.dismiss();
        self.shared.closing();
        self.inbox.close();
        self.inbox.stopper().stop_any(Stop::Closing);
    }

    /// Joins the engine of the place if it is open. Does not block.
    pub(crate) fn find(options: &OpenOptions) -> Option<Arc<Self>> {
        let place = Place::parse(&options.data_dir, &options.name).ok()?;
        extensions::select(&options.extensions).ok()?;
        registry::find(&place, Self::is_alive)
    }

    /// Whether it still takes work.
    pub(crate) fn is_alive(&self) -> bool {
        !self.inbox.has_ended()
    }

    fn start<H: Host<Work = W>>(
        place: &Place,
        options: &OpenOptions,
        extensions: Vec<pglite_oxide::Extension>,
        shared: Arc<X>,
        host: impl FnOnce(&Started, Arc<X>) -> H + Send + 'static,
        gate: Arc<Gate>,
    ) -> Result<Arc<Self>, Error> {
        let began = Instant::now();
        let metrics = Arc::new(Metrics::default());
        let inbox = Arc::new(Inbox::new(options.queue, Arc::clone(&metrics)));
        let (report, outcome) = sync_channel(1);
        let (crew_inbox, crew_metrics, crew_gate) =
            (Arc::clone(&inbox), Arc::clone(&metrics), Arc::clone(&gate));
        let (place_of_crew, options, host_shared) =
            (place.clone(), options.clone(), Arc::clone(&shared));
        let body = move || {
            let _ends = OpenOnDrop(crew_gate);
            let stay = Stay::new(options.residence.clone());
            let variant = Variant::of(options.supabase);
            let root = match Root::prepare(&place_of_crew, variant) {
                Ok(root) => root,
                Err(error) => return drop(report.send(Err(error))),
            };
            let durability = match (root.is_durable(), options.relaxed_durability) {
                (false, _) => Durability::Temporary,
                (true, true) => Durability::Relaxed,
                (true, false) => Durability::Durable,
            };
            let settings = settings::startup(&options.settings, durability);
            let opening = backend::Opening {
                root: root.path().to_owned(),
                settings,
                extensions,
                database: String::new(),
            };
            let mut crew = thread::Crew::<H> {
                opening,
                database: options.database,
                variant,
                inbox: crew_inbox,
                metrics: crew_metrics,
                residence: options.residence.clone(),
                stay,
            };
            thread::run(
                &mut crew,
                |started| host(started, host_shared),
                |result| {
                    if result.is_ok() {
                        root.sign();
                    }
                    drop(report.send(result));
                },
            );
        };
        spawn("oxbase-engine", body)?;
        let started = outcome.recv().map_err(|_| Error::Thread {
            reason: "it ended before it told why".to_owned(),
        })??;
        let (timer, told) = (Arc::clone(&inbox), Arc::clone(&shared));
        spawn("oxbase-timer", move || {
            timer.watch(|given_up| told.not_stopped(given_up));
        })?;
        Ok(Arc::new(Self {
            inbox,
            metrics,
            place: place.clone(),
            gate,
            opened_in: began.elapsed(),
            supabase: AtomicBool::new(started.supabase),
            attendant: Mutex::default(),
            shared,
        }))
    }

    /// The entrance for batches.
    pub(crate) fn inbox(&self) -> &Arc<Inbox<W>> {
        &self.inbox
    }

    /// Counters and histograms.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// How users name the place.
    pub(crate) fn data_dir(&self) -> String {
        self.place.data_dir()
    }

    /// Whether the database looks like a Supabase project.
    pub(crate) fn is_supabase(&self) -> bool {
        self.supabase.load(Ordering::Acquire)
    }

    /// A session has run `supabase_sql`, because the database was open as a plain one.
    pub(crate) fn note_supabase(&self) {
        self.supabase.store(true, Ordering::Release);
        if let Place::Directory(root) = &self.place {
            note_supabase(root);
        }
    }

    /// Keeps what `make` makes until the engine closes, unless it keeps something already. Tells whether it keeps anything.
    pub(crate) fn attend(&self, make: impl FnOnce() -> Option<Attendant>) -> bool {
        let mut attendant = self
            .attendant
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if attendant.is_none() {
            *attendant = make();
        }
        attendant.is_some()
    }

    fn dismiss(&self) {
        let mut attendant = self
            .attendant
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let dismissed = attendant.take();
        drop(attendant);
        drop(dismissed);
    }

    /// How long the opening took.
    pub(crate) fn opened_in(&self) -> Duration {
        self.opened_in
    }

    /// A way to wait for the end of the engine after its last handle is gone.
    pub(crate) fn closed(&self) -> impl FnOnce(Duration) -> bool + Send + use<W, X> {
        let gate = Arc::clone(&self.gate);
        move |most| gate.wait_until(Instant::now() + most)
    }
}

impl<W: Work, X: Closing> Drop for Engine<W, X> {
    fn drop(&mut self) {
        registry::leave(&self.place, &self.gate);
        self.dismiss();
        self.inbox.close();
    }
}

/// Fills a directory with a new database, unless it has one. Without a template its first opening does that.
pub(crate) fn provision(data_dir: &str, supabase: bool, durable: bool) -> Result<(), Error> {
    let Place::Directory(path) = Place::parse(data_dir, "")? else {
        return Ok(());
    };
    if directory::is_new(&path)? {
        template::fill(&path, durable, Variant::of(supabase))?;
    }
    Ok(())
}

/// Whether there is a database in a directory.
pub(crate) fn has_database(directory: &Path) -> bool {
    directory::is_complete(directory)
}

struct OpenOnDrop(Arc<Gate>);

impl Drop for OpenOnDrop {
    fn drop(&mut self) {
        self.0.open();
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), Error> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .stack_size(ENGINE_STACK)
        .spawn(body)
        .map(drop)
        .map_err(|error| Error::Thread {
            reason: error.to_string(),
        })
}

const ENGINE_STACK: usize = 8 << 20;
