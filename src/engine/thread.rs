//! The thread that owns PostgreSQL: opens it, carries the loop through it, opens it again when it stops by itself.
//!
//! PostgreSQL is bound to the thread that opened it. Everything else talks to the inbox.
#![forbid(unsafe_code)]

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::backend::{Backend, Driven, Opening, Task, poll_task};
use super::cause;
use super::database_name;
use super::error::Error;
use super::extensions;
use super::inbox::{Inbox, Next};
use super::metrics::Metrics;
use super::residence::{Residence, Stay};
use super::template::{self, Variant};
use super::wire::{Reply, Restart, Wire};
use super::{Host, Started, Turn};

/// What the engine thread needs.
pub(crate) struct Crew<H: Host> {
    pub(crate) opening: Opening,
    /// The name the database is given.
    pub(crate) database: Option<String>,
    pub(crate) variant: Variant,
    pub(crate) inbox: Arc<Inbox<H::Work>>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) residence: Option<Arc<dyn Residence>>,
    /// The backend's place in it.
    pub(crate) stay: Stay,
}

/// Opens the backend, then serves until the inbox is closed. `started` is called once, with the outcome of the opening.
pub(crate) fn run<H: Host>(
    crew: &mut Crew<H>,
    make_host: impl FnOnce(&Started) -> H,
    started: impl FnOnce(Result<Started, Error>),
) {
    let wire = Wire::new(
        Arc::clone(crew.inbox.stopper()),
        Arc::clone(crew.inbox.guests()),
    );
    crew.opening
        .extensions
        .extend(extensions::remembered(&crew.opening.root));
    crew.opening.extensions.sort_unstable();
    crew.opening.extensions.dedup();
    let mut opening = crew.opening.clone();
    let prepares = crew.variant == Variant::Supabase && !template::is_supabase(&opening.root);
    if prepares {
        opening.extensions.extend(template::supabase_extensions());
        opening.extensions.sort_unstable();
        opening.extensions.dedup();
    }
    let opened = database_name::open(&mut opening, &wire).and_then(|mut backend| {
        template::prepare(&mut backend, &opening.root)?;
        if prepares {
            template::prepare_supabase(&mut backend, &opening.root)?;
        }
        if let Some(name) = &crew.database {
            database_name::give(&mut backend, &mut opening, name)?;
        }
        Ok(backend)
    });
    crew.opening.database.clone_from(&opening.database);
    let backend = match opened {
        Ok(backend) => backend,
        Err(error) => {
            started(Err(error));
            return;
        }
    };
    extensions::remember(&crew.opening.root, &crew.opening.extensions);
    let greeting = Started::decode(
        backend.greeting(),
        &opening.extensions,
        template::is_supabase(&opening.root),
    );
    let host = make_host(&greeting);
    let task: Task = Arc::new(Mutex::new(Box::pin(serve(
        Arc::clone(&crew.inbox),
        Arc::clone(&crew.metrics),
        host,
        wire.clone(),
        crew.residence.clone(),
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
    residence: Option<Arc<dyn Residence>>,
) {
    while let Some(next) = inbox.next() {
        let entry = match next {
            Next::Batch(entry) => entry,
            Next::Ahead(entry) => {
                let (work, place) = entry.split();
                let rest = host.ahead(place.session, work);
                inbox.finish_ahead(rest.map(|work| place.with(work)));
                continue;
            }
            Next::Hibernate => {
                let rests = wire.is_asleep() || host.hibernate(&wire).await;
                if let (false, Some(residence)) = (rests, &residence) {
                    residence.stay();
                }
                continue;
            }
        };
        let (work, place) = entry.split();
        let turn = host.turn(place.session, work, &wire).await;
        let counts = host.counts();
        metrics.errors.fetch_add(counts.errors, Ordering::Relaxed);
        metrics.rows.fetch_add(counts.rows, Ordering::Relaxed);
        metrics.stopped.fetch_add(counts.stopped, Ordering::Relaxed);
        match turn {
            Turn::Over(owner) => inbox.finish(owner),
            Turn::Waits(work) => inbox.put_back(place.with(work)),
        }
        for (at, session, work) in counts.scheduled {
            inbox.schedule(at, session, work);
        }
        if counts.releases {
            inbox.release();
        }
    }
}

fn keep_driving<H: Host>(crew: &mut Crew<H>, first: Backend, wire: &Wire, task: &Task) {
    let mut backend = first;
    let mut losses = Losses::default();
    loop {
        let answer = match backend.drive(wire, task) {
            Driven::Ended => {
                drop(backend.close());
                return;
            }
            Driven::Restart(Restart::Hibernate | Restart::Wake) => {
                drop(backend.close());
                match sleep(crew, wire, task) {
                    Some(next) => backend = next,
                    None => return,
                }
                continue;
            }
            Driven::Restart(restart) => {
                if let Restart::Extension(name) = restart {
                    crew.opening.extensions.extend(extensions::find(&name));
                    extensions::remember(&crew.opening.root, &crew.opening.extensions);
                }
                Ok(Reply::default())
            }
            Driven::Lost(reason) => {
                let reason = cause::explain(&crew.opening.root, reason);
                let error = Error::BackendLost { reason };
                if wire.stopper().stopped().is_none() {
                    losses.add(&error, crew.metrics.dequeued.load(Ordering::Relaxed));
                }
                Err(error)
            }
        };
        drop(backend.close());
        if answer.is_err() {
            crew.metrics.restarts.fetch_add(1, Ordering::Relaxed);
        }
        // Nobody is left who could use another one.
        if answer.is_err() && crew.inbox.has_ended() {
            return dismiss(wire, task, answer, &Error::Closed);
        }
        crew.inbox.restarting(true);
        let opened = losses.verdict().and_then(|()| reopen(crew, wire, task));
        crew.inbox.restarting(false);
        match opened {
            Ok(next) => backend = next,
            Err(error) => {
                crew.inbox.fail(error.clone());
                return dismiss(wire, task, answer.and(Err(error.clone())), &error);
            }
        }
        wire.put_reply(answer);
    }
}

/// The backend is closed until the loop needs it; `None` when it never will.
fn sleep<H: Host>(crew: &Crew<H>, wire: &Wire, task: &Task) -> Option<Backend> {
    crew.stay.leave();
    wire.fall_asleep();
    let mut answer = Ok(Reply::default());
    loop {
        wire.put_reply(answer);
        if poll_task(task).is_ready() {
            return None;
        }
        drop(wire.take_request());
        crew.inbox.restarting(true);
        let opened = match crew.stay.enter(&|| crew.inbox.has_ended()) {
            Ok(()) => reopen(crew, wire, task),
            Err(refused) => {
                crew.inbox.restarting(false);
                answer = Err(refused);
                continue;
            }
        };
        crew.inbox.restarting(false);
        match opened {
            Ok(backend) => {
                wire.put_reply(Ok(Reply::default()));
                return Some(backend);
            }
            Err(error) => {
                crew.inbox.fail(error.clone());
                dismiss(wire, task, Err(error.clone()), &error);
                return None;
            }
        }
    }
}

/// There will be no backend any more: the loop gets its answer, and this error for whatever it still asks, until it ends.
fn dismiss(wire: &Wire, task: &Task, answer: Result<Reply, Error>, error: &Error) {
    wire.put_reply(answer);
    while poll_task(task).is_pending() {
        drop(wire.take_request());
        wire.put_reply(Err(error.clone()));
    }
}

/// Opens the backend again, with a few tries: what is in the way may go away.
fn reopen<H: Host>(crew: &Crew<H>, wire: &Wire, task: &Task) -> Result<Backend, Error> {
    let mut first = None;
    for pause in PAUSES {
        std::thread::sleep(pause);
        match Backend::open(&crew.opening, wire, Some(task)) {
            Ok(backend) => {
                wire.next_generation();
                return Ok(backend);
            }
            Err(error) => first = first.or(Some(error)),
        }
    }
    Err(match first {
        Some(error) => Error::NotReopened {
            path: crew.opening.root.clone(),
            reason: error.to_string(),
        },
        None => Error::Closed,
    })
}

/// Losses of the backend in a row: when it is lost again and again with next to nothing done in between, opening it once
/// more helps nobody.
#[derive(Debug, Default)]
struct Losses {
    first: Option<Error>,
    in_a_row: u32,
    batches: u64,
}

impl Losses {
    /// The backend was lost, after so many batches since the engine was opened.
    fn add(&mut self, error: &Error, batches: u64) {
        if batches.saturating_sub(self.batches) > FEW_BATCHES {
            self.in_a_row = 0;
            self.first = None;
        }
        self.first.get_or_insert_with(|| error.clone());
        self.in_a_row += 1;
        self.batches = batches;
    }

    /// The first cause, when it is enough.
    fn verdict(&self) -> Result<(), Error> {
        match &self.first {
            Some(first) if self.in_a_row >= MOST_LOSSES => Err(Error::CrashLoop {
                times: self.in_a_row,
                first: first.to_string(),
            }),
            _ => Ok(()),
        }
    }
}

/// Pauses before each try to open the backend again.
const PAUSES: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(50),
    Duration::from_millis(200),
    Duration::from_millis(500),
];
/// A backend that does no more batches than these between two losses does not work.
const FEW_BATCHES: u64 = 3;
const MOST_LOSSES: u32 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(reason: &str) -> Error {
        Error::BackendLost {
            reason: reason.to_owned(),
        }
    }

    #[test]
    fn a_backend_that_is_lost_again_and_again_is_given_up_with_the_first_cause() {
        let mut losses = Losses::default();
        for number in 0..5 {
            assert!(losses.verdict().is_ok());
            losses.add(&lost(&format!("cause {number}")), 10 + number);
        }
        assert_eq!(
            losses.verdict().map_err(|error| error.to_string()),
            Err(
                "the embedded backend stopped 5 times in a row; the first time: the embedded backend stopped while it \
                 ran a statement: cause 0"
                    .to_owned()
            )
        );
    }

    #[test]
    fn losses_with_work_in_between_do_not_add_up() {
        let mut losses = Losses::default();
        for number in 0..20 {
            losses.add(&lost("cause"), number * 10);
        }
        assert!(losses.verdict().is_ok());
    }
}
