//! The caller's side of a session: frontend bytes in any fragmentation become batches in the engine's inbox.
//!
//! A batch ends with the message that asks for an answer. COPY input goes past the queue to the batch that waits for it.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::access::Access;
use super::ahead::named_parse;
use super::aside::{self, Aside};
use super::databases::Databases;
use super::job::{Batch, Job, Task};
use super::shared::{Delivery, DeliveryKind, Outlet, Shared};
use super::signal;
use super::start;
use crate::engine::inbox::{Limits, Refusal, Work};
use crate::engine::interrupt::Stop;
use crate::engine::queue::SessionId;
use crate::protocol::frontend::{Frames, frame_length};
use crate::protocol::startup::{Startup, StartupMessage, decode_startup, startup_length};
use crate::protocol::{ErrorFields, sqlstate};

/// How a session is opened.
#[derive(Debug, Clone, Default)]
pub(crate) struct SessionOptions {
    /// Priority of its batches; MEDIUM when absent.
    pub(crate) priority: Option<u8>,
    /// Replaces the engine's `queueTimeout`; zero means none.
    pub(crate) queue_timeout: Option<Duration>,
    /// Bounds each batch, beside the setting `statement_timeout`; zero means none.
    pub(crate) statement_timeout: Option<Duration>,
    /// Whether that counts from when a batch came, not from its turn.
    pub(crate) counts_waiting: bool,
    /// Whether its client, once it has said goodbye, still gets the answers to what it sent before; then whoever opened the
    /// session ends it.
    pub(crate) lingers: bool,
    /// Its client sets settings for single transactions only, as a pooled connection of a service does, and wants its
    /// statements kept under this name, whatever the search path of the transaction is.
    pub(crate) service: Option<&'static str>,
    /// Carries out statements about whole databases; the backend refuses them, when absent.
    pub(crate) databases: Option<Arc<dyn Databases>>,
    /// Its client is in a process that joined this one, and may say by asides what others say by calls.
    pub(crate) joined: bool,
    /// The id that it has been given; one of its own when absent.
    pub(crate) id: Option<SessionId>,
}

/// A session: what a connection is to a server. Keeps its engine open, unless its access is a lent one.
#[derive(Debug)]
pub(crate) struct Session {
    shared: Arc<Shared>,
    joined: bool,
    lingers: bool,
    entrance: Mutex<Entrance>,
}

#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and most of them go together"
)]
struct Entrance {
    /// Let go of when the session ends, so that it keeps its engine open no longer.
    access: Option<Access>,
    queue_timeout: Option<Duration>,
    counts_waiting: bool,
    /// Its client says by asides what others say by calls.
    asides: bool,
    /// Priority of what follows, when an aside has named one.
    priority: Option<u8>,
    started: bool,
    ended: bool,
    /// The client has said goodbye, and its last batches are still to be answered.
    left: bool,
    /// There are whole messages in `partial`, because too many batches wait to be answered.
    halted: bool,
    /// An incomplete message.
    partial: Vec<u8>,
    /// How long it will be, as far as is known.
    awaited: usize,
    /// Complete messages of a batch that has not ended.
    batch: Vec<u8>,
    number: u64,
}

impl Session {
    pub(crate) fn open(
        access: impl Into<Access>,
        outlet: Arc<dyn Outlet>,
        options: &SessionOptions,
    ) -> Self {
        static PROCESS_IDS: AtomicI32 = AtomicI32::new(FIRST_PROCESS_ID);
        let access = access.into();
        let id = options.id.unwrap_or_else(next_session_id);
        let process_id = PROCESS_IDS.fetch_add(1, Ordering::Relaxed);
        let hub = Arc::clone(access.hub());
        let shared = Arc::new(Shared::new(id, process_id, hub, outlet, options));
        access.hub().add(&shared);
        let entrance = Entrance {
            access: Some(access),
            queue_timeout: options.queue_timeout,
            counts_waiting: options.counts_waiting,
            asides: false,
            priority: None,
            started: false,
            ended: false,
            left: false,
            halted: false,
            partial: Vec::new(),
            awaited: 0,
            batch: Vec::new(),
            number: 0,
        };
        Self {
            shared,
            joined: options.joined,
            lingers: options.lingers,
            entrance: Mutex::new(entrance),
        }
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Takes frontend bytes. False when COPY input should pause until a drain is delivered.
    pub(crate) fn write(&self, bytes: &[u8], priority: Option<u8>) -> bool {
        let mut entrance = self.lock();
        let priority = priority.unwrap_or_else(|| self.shared.priority());
        if entrance.ended || entrance.left {
            return true;
        }
        entrance.halted = false;
        let joined;
        let mut rest = if entrance.partial.is_empty() {
            bytes
        } else {
            entrance.partial.extend_from_slice(bytes);
            if entrance.partial.len() < entrance.awaited {
                return true;
            }
            joined = std::mem::take(&mut entrance.partial);
            &joined
        };
        let mut goes_on = true;
        while !entrance.started && !entrance.ended {
            if let Some(used) = self.start(&mut entrance, rest, priority) {
                rest = rest.get(used..).unwrap_or_default();
            } else {
                entrance.partial = rest.to_vec();
                entrance.awaited = 0;
                return true;
            }
        }
        let mut frames = Frames::new(rest);
        for frame in frames.by_ref() {
            if entrance.asides && frame.tag == aside::TAG {
                self.heed(&mut entrance, frame.body);
                if entrance.ended {
                    return true;
                }
                continue;
            }
            let priority = entrance.priority.unwrap_or(priority);
            goes_on &= self.take(&mut entrance, frame.tag, frame.bytes, frame.body, priority);
            if entrance.ended || entrance.left {
                return true;
            }
            if self.lingers && self.shared.is_flooded(MOST_BATCHES) {
                entrance.halted = true;
                break;
            }
        }
        let rest = rest.get(frames.rest()..).unwrap_or_default();
        self.keep(&mut entrance, rest);
        goes_on
    }

    /// Keeps what was not taken: whole messages while there are too many batches, else the beginning of one.
    fn keep(&self, entrance: &mut Entrance, rest: &[u8]) {
        if entrance.halted {
            (entrance.partial, entrance.awaited) = (rest.to_vec(), 0);
            return;
        }
        match frame_length(rest) {
            Err(error) => self.fail(
                entrance,
                &ErrorFields::new(error.severity(), error.sqlstate(), error.to_string()),
            ),
            Ok(Some(length)) if length > LONGEST_MESSAGE => {
                let message = format!("message of {length} bytes is longer than {LONGEST_MESSAGE}");
                self.fail(
                    entrance,
                    &ErrorFields::new("FATAL", sqlstate::PROGRAM_LIMIT_EXCEEDED, message),
                );
            }
            Ok(length) => {
                entrance.partial = rest.to_vec();
                entrance.awaited = length.unwrap_or_default();
            }
        }
    }

    /// Whether there are messages that were not taken, because so much waits for its turn: `write` goes on with them.
    pub(crate) fn is_halted(&self) -> bool {
        self.lock().halted
    }

    /// Whether more should not be written yet.
    pub(crate) fn is_flooded(&self) -> bool {
        // Half of what stops it, so that each look is worth it.
        self.shared.is_flooded(MOST_BATCHES / 2)
    }

    /// Whether the client has said goodbye.
    pub(crate) fn has_left(&self) -> bool {
        let entrance = self.lock();
        entrance.ended || entrance.left
    }

    /// Ends the session. Nothing is delivered for it any more.
    pub(crate) fn end(&self) {
        self.end_locked(&mut self.lock());
    }

    /// Ends the session of a client that is gone: what it runs is stopped, and what waits does not begin.
    /// With last words for one that is there.
    pub(crate) fn abort(&self, words: Option<&ErrorFields>) {
        let entrance = &mut self.lock();
        if let (Some(words), false) = (words, entrance.ended) {
            self.shared.deliver_fatal(words);
        }
        self.abort_locked(entrance);
    }

    fn abort_locked(&self, entrance: &mut Entrance) {
        self.shared.abort();
        if let Some(access) = &entrance.access {
            while access.inbox().withdraw(self.shared.id).is_some() {}
            access.inbox().stopper().stop(self.shared.id, Stop::Cancel);
        }
        self.end_locked(entrance);
    }

    fn end_locked(&self, entrance: &mut Entrance) {
        if !std::mem::replace(&mut entrance.ended, true) {
            self.shared.mark_ended();
            self.push(entrance, Task::End, 0);
            entrance.access = None;
        }
    }

    /// Reads one start-up packet; `None` when it is not complete.
    fn start(&self, entrance: &mut Entrance, bytes: &[u8], priority: u8) -> Option<usize> {
        let fail = |entrance: &mut Entrance, error: &crate::protocol::Error| {
            self.fail(
                entrance,
                &ErrorFields::new("FATAL", error.sqlstate(), error.to_string()),
            );
        };
        let length = match startup_length(bytes) {
            Ok(length) => length.filter(|length| *length <= bytes.len())?,
            Err(error) => {
                fail(entrance, &error);
                return Some(bytes.len());
            }
        };
        match decode_startup(bytes.get(..length)?) {
            Ok(Startup::Ssl | Startup::Gss) => {
                self.shared.deliver(Delivery {
                    bytes: b"N".to_vec(),
                    last: true,
                    ..Delivery::default()
                });
            }
            Ok(Startup::Cancel {
                process_id,
                secret_key,
            }) => {
                if let Some(access) = &entrance.access {
                    let meant = access.hub().find_by_key(process_id, &secret_key);
                    if let Some(meant) = meant {
                        cancel(access, &meant);
                    }
                }
                // There is no answer but the end of the connection.
                self.shared.deliver(Delivery {
                    kind: DeliveryKind::Closed,
                    last: true,
                    ..Delivery::default()
                });
                self.end_locked(entrance);
            }
            Ok(Startup::Startup(message)) => self.begin_locked(entrance, message, priority),
            Err(error) => fail(entrance, &error),
        }
        Some(length)
    }

    /// Begins with a start-up message that somebody else has read.
    pub(crate) fn begin(&self, message: StartupMessage) {
        self.begin_locked(&mut self.lock(), message, self.shared.priority());
    }

    fn begin_locked(&self, entrance: &mut Entrance, message: StartupMessage, priority: u8) {
        entrance.started = true;
        let asked = start::queue_settings(&message);
        let priority = asked.priority.unwrap_or(priority);
        if asked.priority.is_some() {
            self.shared.set_priority(priority);
        }
        if asked.statement_timeout.is_some() {
            self.shared.set_statement_timeout(asked.statement_timeout);
        }
        entrance.queue_timeout = asked.queue_timeout.or(entrance.queue_timeout);
        entrance.counts_waiting = asked.counts_waiting.unwrap_or(entrance.counts_waiting);
        entrance.asides = self.joined && asked.asides.unwrap_or_default();
        // A client may connect while another's transaction holds the backend, as it may to a server.
        let held = self.is_held_by_another(entrance)
            || entrance.access.as_ref().is_some_and(|access| {
                let inbox = access.inbox();
                let holder = inbox.holder();
                // What waits for its turn may run for as long as it wants, once it has it.
                self.lingers && inbox.is_busy()
                    || holder.is_some_and(|holder| holder.since.elapsed() > LONG)
            });
        let greeted = held && start::greet_early(&self.shared, &message);
        self.push(entrance, Task::Start { message, greeted }, priority);
        if self.lingers && !greeted {
            self.greet_waiting(entrance, priority);
        }
    }

    /// Greets a client whose start waits after all, for something that came after the look.
    fn greet_waiting(&self, entrance: &Entrance, priority: u8) {
        let inbox = entrance.access.as_ref().map(Access::inbox);
        let waiting = inbox.and_then(|inbox| inbox.withdraw_behind_others(self.shared.id));
        if let Some(Job {
            task: Task::Start { message, .. },
            ..
        }) = waiting
        {
            let greeted = start::greet_early(&self.shared, &message);
            self.push(entrance, Task::Start { message, greeted }, priority);
        }
    }

    fn take(
        &self,
        entrance: &mut Entrance,
        tag: u8,
        bytes: &[u8],
        body: &[u8],
        priority: u8,
    ) -> bool {
        match tag {
            b'd' | b'c' | b'f' => {
                if !entrance.batch.is_empty() {
                    self.submit(entrance, false, priority);
                }
                return self.shared.push_copy(entrance.number, tag, body);
            }
            // What was sent before is still answered, where somebody waits for that.
            b'X' if self.lingers && !self.shared.is_silent() => entrance.left = true,
            b'X' => self.end_locked(entrance),
            // Nobody is asked for a password.
            b'p' => {
                let error = crate::protocol::Error::UnknownMessage { tag };
                self.fail(
                    entrance,
                    &ErrorFields::new(error.severity(), error.sqlstate(), error.to_string()),
                );
            }
            _ => {
                // A query is skipped when what comes before it has failed, so that has to be answered first.
                if matches!(tag, b'Q' | b'F') && !entrance.batch.is_empty() {
                    self.submit(entrance, false, priority);
                }
                entrance.batch.extend_from_slice(bytes);
                if entrance.batch.len() > LONGEST_MESSAGE {
                    let message =
                        format!("a batch of messages is longer than {LONGEST_MESSAGE} bytes");
                    self.fail(
                        entrance,
                        &ErrorFields::new("FATAL", sqlstate::PROGRAM_LIMIT_EXCEEDED, message),
                    );
                } else if matches!(tag, b'Q' | b'S' | b'H' | b'F') {
                    self.submit(entrance, tag != b'H', priority);
                }
            }
        }
        true
    }

    fn submit(&self, entrance: &mut Entrance, synchronises: bool, priority: u8) {
        entrance.number += 1;
        let bytes = std::mem::take(&mut entrance.batch);
        if let Some(access) = &entrance.access {
            signal::send_ahead(access, &self.shared, &bytes);
        }
        let alone = self.shared.note_submitted(entrance.number, bytes.len());
        if !matches!(bytes.first(), Some(b'S' | b'H')) {
            self.shared.note_batch(entrance.number);
        }
        let batch = Batch {
            bytes,
            number: entrance.number,
            synchronises,
            // Requests of a service wait for others' transactions, which is not their own time.
            since: (alone && self.shared.service.is_none() || entrance.counts_waiting)
                .then(Instant::now),
            waits_for: None,
        };
        let names_statement =
            alone && self.shared.has_begun() && named_parse(&batch.bytes).is_some();
        let is_busy = || {
            let access = entrance.access.as_ref();
            access.is_some_and(|access| access.inbox().is_busy())
        };
        let task = if names_statement && is_busy() {
            Task::Ahead(batch)
        } else {
            Task::Batch(batch)
        };
        self.push(entrance, task, priority);
    }

    /// Whether another session's transaction has the backend.
    fn is_held_by_another(&self, entrance: &Entrance) -> bool {
        entrance.access.as_ref().is_some_and(|access| {
            let holder = access.inbox().holder();
            holder.is_some_and(|holder| {
                // It has been answered before it is known to hold the backend between its batches.
                let in_transaction = || {
                    let other = access.hub().find(holder.session);
                    other.is_some_and(|other| other.transaction_status() != b'I')
                };
                holder.session != self.shared.id && (holder.between_batches || in_transaction())
            })
        })
    }

    fn push(&self, entrance: &Entrance, task: Task, priority: u8) {
        let limits = self.limits(entrance, &task);
        let job = Job {
            session: Arc::clone(&self.shared),
            task,
        };
        if let Some(access) = &entrance.access {
            access.inbox().push(self.shared.id, priority, limits, job);
        }
    }

    fn limits(&self, entrance: &Entrance, task: &Task) -> Limits {
        let timeouts = self.shared.timeouts();
        let own = self.shared.statement_timeout().unwrap_or_default();
        let statement = [timeouts.statement, own]
            .into_iter()
            .filter(|limit| !limit.is_zero())
            .min()
            .unwrap_or_default();
        match task {
            Task::End | Task::Check | Task::Start { greeted: true, .. } => Limits {
                queue: Some(Duration::ZERO),
                ..Limits::default()
            },
            // Who counts the waiting bounds it by `queue_timeout`. In a transaction that failed behind its back a session
            // waits for its turn, to hear of it.
            Task::Batch(Batch { since: Some(_), .. })
            | Task::Ahead(Batch { since: Some(_), .. })
                if self.shared.transaction_status() == b'I' =>
            {
                Limits {
                    queue: entrance.queue_timeout,
                    statement: if entrance.counts_waiting {
                        timeouts.statement
                    } else {
                        statement
                    },
                    lock: timeouts.lock,
                }
            }
            _ => Limits {
                queue: entrance.queue_timeout,
                ..Limits::default()
            },
        }
    }

    /// Stops what the session runs or waits to run.
    pub(crate) fn cancel(&self) {
        let access = self.lock().access.clone();
        if let Some(access) = access {
            cancel(&access, &self.shared);
        }
    }

    /// Answers the batch that the session waits for with this error, if it still waits for its turn.
    pub(crate) fn refuse(&self, error: &ErrorFields) -> bool {
        let access = self.lock().access.clone();
        access.is_some_and(|access| self.refuse_at(&access, error))
    }

    fn refuse_at(&self, access: &Access, error: &ErrorFields) -> bool {
        // The error would have to fail the transaction.
        if self.shared.transaction_status() == b'T' {
            return false;
        }
        let withdrawn = access.inbox().withdraw(self.shared.id);
        let Some(Job {
            task: Task::Batch(batch),
            ..
        }) = withdrawn
        else {
            return false;
        };
        self.shared.note_answered(batch.number);
        self.shared.deliver_error(error, batch.synchronises);
        true
    }

    /// Does what an aside says.
    fn heed(&self, entrance: &mut Entrance, body: &[u8]) {
        match (Aside::decode(body), &entrance.access) {
            (Some(Aside::CallSite(site)), _) => self.shared.update_activity(|activity| {
                activity.call_site = site;
            }),
            (Some(Aside::Cancel), Some(access)) => cancel(access, &self.shared),
            (Some(Aside::Priority(priority)), _) => entrance.priority = priority,
            (Some(Aside::Refuse(error)), Some(access)) => {
                self.refuse_at(access, &error);
            }
            (Some(Aside::Cancel | Aside::Refuse(_)), None) => {}
            (None, _) => {
                let error = crate::protocol::Error::UnknownMessage { tag: aside::TAG };
                self.fail(
                    entrance,
                    &ErrorFields::new(error.severity(), error.sqlstate(), error.to_string()),
                );
            }
        }
    }

    fn fail(&self, entrance: &mut Entrance, error: &ErrorFields) {
        self.shared.deliver_fatal(error);
        if self.lingers {
            // What it runs has nobody any more who would cancel it.
            self.abort_locked(entrance);
        } else {
            self.end_locked(entrance);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Entrance> {
        self.entrance.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.end();
    }
}

/// Stops what a session runs, or takes it out of the queue.
pub(super) fn cancel(access: &Access, session: &Shared) {
    let inbox = access.inbox();
    // Between the two its batch may just have come to its turn.
    for _ in 0..2 {
        if inbox.stopper().stop(session.id, Stop::Cancel) {
            return;
        }
        if session.transaction_status() != b'T'
            && let Some(job) = inbox.withdraw(session.id)
        {
            return job.refuse(Refusal::Cancelled);
        }
    }
    // Its error has to fail the transaction; or its turn begins with opening the backend. A failed transaction has to be
    // ended in peace.
    if session.transaction_status() != b'E' && session.cancel_next() {
        inbox.stopper().stop(session.id, Stop::Cancel);
    }
}

/// An id that no session and nothing else has that is delivered to.
pub(crate) fn next_session_id() -> u32 {
    static IDS: AtomicU32 = AtomicU32::new(1);
    IDS.fetch_add(1, Ordering::Relaxed)
}

/// A statement that has run for longer may run for much longer.
const LONG: Duration = Duration::from_millis(20);
const FIRST_PROCESS_ID: i32 = 1001;
/// How many batches of a client may wait for their answers before it is read no further, where somebody sees to that.
const MOST_BATCHES: u64 = 32;
/// The longest message or batch that is taken; the backend needs several times as much of its 4 GB for it.
const LONGEST_MESSAGE: usize = 257 << 20;
