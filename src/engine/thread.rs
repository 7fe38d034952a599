//! The thread that owns PostgreSQL: opens it, carries the loop through it, opens it again when it stops by itself.
//!
//! PostgreSQL is bound to the thread that opened it. Everything else talks to the inbox.
#![forbid(unsafe_code)]

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use super::backend::{Backend, Driven, Opening, Task, poll_task};
use super::cause;
use super::error::Error;
use super::extensions;
use super::inbox::Inbox;
use super::metrics::Metrics;
use super::template::PREPARATION;
use super::wire::{Reply, Wire};
use super::{Host, Started};

/// What the engine thread needs.
pub(crate) struct Crew<H: Host> {
    pub(crate) opening: Opening,
    /// The database is new and not a copy of the template.
    pub(crate) bare: bool,
    pub(crate) inbox: Arc<Inbox<H::Work>>,
    pub(crate) metrics: Arc<Metrics>,
}

/// Opens the backend, then serves until the inbox is closed. `started` is called once, with the outcome of the opening.
pub(crate) fn run<H: Host>(
    crew: &mut Crew<H>,
    make_host: impl FnOnce(&Started) -> H,
    started: impl FnOnce(Result<Started, Error>),
) {
    let wire = Wire::default();
    crew.opening
        .extensions
        .extend(extensions::remembered(&crew.opening.root));
    crew.opening.extensions.sort_unstable();
    crew.opening.extensions.dedup();
    let opened = Backend::open(&crew.opening, &wire, None).and_then(|mut backend| {
        if crew.bare {
            backend.run(PREPARATION)?;
        }
        Ok(backend)
    });
    let backend = match opened {
        Ok(backend) => backend,
        Err(error) => {
            started(Err(error));
            return;
        }
    };
    extensions::remember(&crew.opening.root, &crew.opening.extensions);
    let greeting = Started::decode(backend.greeting(), &crew.opening.extensions);
    let host = make_host(&greeting);
    let task: Task = Arc::new(Mutex::new(Box::pin(serve(
        Arc::clone(&crew.inbox),
        Arc::clone(&crew.metrics),
        host,
        wire.clone(),
    ))));
    backend.attach(&task);
    crew.inbox.attach_engine(std::thread::current());
    started(Ok(greeting));
    keep_driving(crew, backend, &wire, &task);
    // Ends what still waits, should the loop have ended by a failure of its own.
    crew.inbox.close();
}

async fn serve<H: Host>(
    inbox: Arc<Inbox<H::Work>>,
    metrics: Arc<Metrics>,
    mut host: H,
    wire: Wire,
) {
    while let Some(entry) = inbox.next() {
        let owner = host.turn(entry.session, entry.work, &wire).await;
        let (errors, rows) = host.counts();
        metrics.errors.fetch_add(errors, Ordering::Relaxed);
        metrics.rows.fetch_add(rows, Ordering::Relaxed);
        inbox.finish(owner);
    }
}

fn keep_driving<H: Host>(crew: &mut Crew<H>, first: Backend, wire: &Wire, task: &Task) {
    let mut backend = first;
    loop {
        let reason = match backend.drive(wire, task) {
            Driven::Ended => {
                drop(backend.close());
                return;
            }
            Driven::Extend(name) => {
                drop(backend.close());
                crew.opening.extensions.extend(extensions::find(&name));
                extensions::remember(&crew.opening.root, &crew.opening.extensions);
                match reopen(crew, wire, task) {
                    Some(next) => backend = next,
                    None => return,
                }
                wire.put_reply(Ok(Reply::default()));
                continue;
            }
            Driven::Lost(reason) => reason,
        };
        drop(backend.close());
        let reason = cause::explain(&crew.opening.root, reason);
        wire.put_reply(Err(Error::BackendLost { reason }));
        crew.metrics.restarts.fetch_add(1, Ordering::Relaxed);
        match reopen(crew, wire, task) {
            Some(next) => backend = next,
            None => return,
        }
    }
}

/// Opens the backend again; while that fails, whoever asks gets the reason. `None` when the loop has ended meanwhile, or
/// after a few failures in a row.
fn reopen<H: Host>(crew: &mut Crew<H>, wire: &Wire, task: &Task) -> Option<Backend> {
    for _ in 0..MOST_TRIES {
        match Backend::open(&crew.opening, wire, Some(task)) {
            Ok(backend) => {
                wire.next_generation();
                return Some(backend);
            }
            Err(error) => {
                if poll_task(task).is_ready() {
                    return None;
                }
                drop(wire.take_request());
                wire.put_reply(Err(error));
            }
        }
    }
    None
}

const MOST_TRIES: u32 = 5;
