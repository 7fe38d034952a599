//! The engine: one thread that owns PostgreSQL, the queue before it, and the storage under it.
//!
//! Knows protocol bytes, but no sessions: what to do with a batch is decided by a `Host`. Everything that reaches
//! PostgreSQL goes through `Wire`, in the host's turn.

mod alarm;
mod backend;
mod cause;
mod directory;
pub(crate) mod error;
pub(crate) mod extensions;
pub(crate) mod inbox;
pub(crate) mod interrupt;
pub(crate) mod metrics;
mod note;
pub(crate) mod queue;
mod registry;
mod settings;
mod storage;
mod template;
mod thread;
pub(crate) mod wire;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use error::Error;
use inbox::{Inbox, QueueConfig, Work};
use interrupt::{GivenUp, Stop};
use metrics::Metrics;
use queue::SessionId;
use registry::Gate;
pub(crate) use registry::close_all;
use settings::Durability;
pub(crate) use storage::Hold;
use storage::{Place, Root};
pub(crate) use template::SUPABASE as SUPABASE_SQL;
use template::Variant;
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
    /// What the host shares with its handles.
    pub(crate) shared: Arc<X>,
}

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
            |engine: &Self| {
                engine.shared.closing();
                engine.inbox.close();
                engine.inbox.stopper().stop_any(Stop::Closing);
            },
        )
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
            let variant = if options.supabase {
                Variant::Supabase
            } else {
                Variant::Plain
            };
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
            };
            let mut crew = thread::Crew::<H> {
                opening,
                variant,
                inbox: crew_inbox,
                metrics: crew_metrics,
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
            template::note_supabase(root);
        }
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
        self.inbox.close();
    }
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
