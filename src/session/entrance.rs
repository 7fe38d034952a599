//! The caller's side of a session: frontend bytes in any fragmentation become batches in the engine's inbox.
//!
//! A batch ends with the message that asks for an answer. COPY input goes past the queue to the batch that waits for it.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::SessionEngine;
use super::job::{Batch, Job, Task};
use super::shared::{Delivery, DeliveryKind, Outlet, Shared};
use super::start;
use crate::engine::inbox::{Limits, Refusal, Work};
use crate::engine::interrupt::Stop;
use crate::protocol::frontend::{Frames, frame_length};
use crate::protocol::startup::{Startup, decode_startup, startup_length};
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
    /// Its client sets settings for single transactions only, as a pooled connection of a service does, and wants its
    /// statements kept under this name, whatever the search path of the transaction is.
    pub(crate) service: Option<&'static str>,
}

/// A session: what a connection is to a server. Keeps its engine open.
#[derive(Debug)]
pub(crate) struct Session {
    shared: Arc<Shared>,
    queue_timeout: Option<Duration>,
    counts_waiting: bool,
    entrance: Mutex<Entrance>,
}

#[derive(Debug)]
struct Entrance {
    /// Let go of when the session ends, so that it keeps its engine open no longer.
    engine: Option<Arc<SessionEngine>>,
    started: bool,
    ended: bool,
    /// An incomplete message.
    partial: Vec<u8>,
    /// Complete messages of a batch that has not ended.
    batch: Vec<u8>,
    number: u64,
}

impl Session {
    pub(crate) fn open(
        engine: Arc<SessionEngine>,
        outlet: Arc<dyn Outlet>,
        options: &SessionOptions,
    ) -> Self {
        static PROCESS_IDS: AtomicI32 = AtomicI32::new(FIRST_PROCESS_ID);
        let id = next_session_id();
        let process_id = PROCESS_IDS.fetch_add(1, Ordering::Relaxed);
        let hub = Arc::clone(&engine.shared);
        let shared = Arc::new(Shared::new(
            id,
            process_id,
            secret_key(),
            hub,
            outlet,
            options,
        ));
        engine.shared.add(&shared);
        let entrance = Entrance {
            engine: Some(engine),
            started: false,
            ended: false,
            partial: Vec::new(),
            batch: Vec::new(),
            number: 0,
        };
        Self {
            shared,
            queue_timeout: options.queue_timeout,
            counts_waiting: options.counts_waiting,
            entrance: Mutex::new(entrance),
        }
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Takes frontend bytes. False when COPY input should pause until a drain is delivered.
    pub(crate) fn write(&self, bytes: &[u8], priority: Option<u8>) -> bool {
        let priority = priority.unwrap_or(self.shared.priority);
        let mut entrance = self.lock();
        if entrance.ended {
            return true;
        }
        let joined;
        let mut rest = if entrance.partial.is_empty() {
            bytes
        } else {
            entrance.partial.extend_from_slice(bytes);
            joined = std::mem::take(&mut entrance.partial);
            &joined
        };
        let mut goes_on = true;
        while !entrance.started && !entrance.ended {
            if let Some(used) = self.start(&mut entrance, rest, priority) {
                rest = rest.get(used..).unwrap_or_default();
            } else {
                entrance.partial = rest.to_vec();
                return true;
            }
        }
        let mut frames = Frames::new(rest);
        for frame in frames.by_ref() {
            goes_on &= self.take(&mut entrance, frame.tag, frame.bytes, frame.body, priority);
            if entrance.ended {
                return true;
            }
        }
        let rest = rest.get(frames.rest()..).unwrap_or_default();
        match frame_length(rest) {
            Err(error) => self.fail(
                &mut entrance,
                &ErrorFields::new(error.severity(), error.sqlstate(), error.to_string()),
            ),
            Ok(Some(length)) if length > LONGEST_MESSAGE => {
                let message = format!("message of {length} bytes is longer than {LONGEST_MESSAGE}");
                self.fail(
                    &mut entrance,
                    &ErrorFields::new("FATAL", sqlstate::PROGRAM_LIMIT_EXCEEDED, message),
                );
            }
            Ok(_) => entrance.partial = rest.to_vec(),
        }
        goes_on
    }

    /// Ends the session. Nothing is delivered for it any more.
    pub(crate) fn end(&self) {
        self.end_locked(&mut self.lock());
    }

    fn end_locked(&self, entrance: &mut Entrance) {
        if !std::mem::replace(&mut entrance.ended, true) {
            self.shared.mark_ended();
            self.push(entrance, Task::End, 0);
            entrance.engine = None;
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
                if let Some(engine) = &entrance.engine {
                    let meant = engine.shared.find_by_key(process_id, &secret_key);
                    if let Some(meant) = meant {
                        cancel(engine, &meant);
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
            Ok(Startup::Startup(message)) => {
                entrance.started = true;
                // A client may connect while another's transaction holds the backend, as it may to a server.
                let held = entrance.engine.as_ref().is_some_and(|engine| {
                    let holder = engine.inbox().holder();
                    holder.is_some_and(|holder| {
                        // It has been answered before it is known to hold the backend between its batches.
                        let in_transaction = || {
                            let other = engine.shared.find(holder.session);
                            other.is_some_and(|other| other.transaction_status() != b'I')
                        };
                        holder.between_batches || holder.since.elapsed() > LONG || in_transaction()
                    })
                });
                let greeted = held && start::greet_early(&self.shared, &message);
                self.push(entrance, Task::Start { message, greeted }, priority);
            }
            Err(error) => fail(entrance, &error),
        }
        Some(length)
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
        let alone = self.shared.note_submitted(entrance.number);
        if !matches!(bytes.first(), Some(b'S' | b'H')) {
            self.shared.note_batch(entrance.number);
        }
        self.push(
            entrance,
            Task::Batch(Batch {
                bytes,
                number: entrance.number,
                synchronises,
                // Requests of a service wait for others' transactions, which is not their own time.
                since: (alone && self.shared.service.is_none() || self.counts_waiting)
                    .then(Instant::now),
                waits_for: None,
            }),
            priority,
        );
    }

    fn push(&self, entrance: &Entrance, task: Task, priority: u8) {
        let limits = self.limits(&task);
        let job = Job {
            session: Arc::clone(&self.shared),
            task,
        };
        if let Some(engine) = &entrance.engine {
            engine.inbox().push(self.shared.id, priority, limits, job);
        }
    }

    fn limits(&self, task: &Task) -> Limits {
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
                if self.shared.transaction_status() == b'I' =>
            {
                Limits {
                    queue: self.queue_timeout,
                    statement: if self.counts_waiting {
                        timeouts.statement
                    } else {
                        statement
                    },
                    lock: timeouts.lock,
                }
            }
            _ => Limits {
                queue: self.queue_timeout,
                ..Limits::default()
            },
        }
    }

    /// Stops what the session runs or waits to run.
    pub(crate) fn cancel(&self) {
        let engine = self.lock().engine.clone();
        if let Some(engine) = engine {
            cancel(&engine, &self.shared);
        }
    }

    /// Answers the batch that the session waits for with this error, if it still waits for its turn.
    pub(crate) fn refuse(&self, error: &ErrorFields) -> bool {
        let engine = self.lock().engine.clone();
        let withdrawn = engine.and_then(|engine| engine.inbox().withdraw(self.shared.id));
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

    fn fail(&self, entrance: &mut Entrance, error: &ErrorFields) {
        self.shared.deliver_fatal(error);
        self.end_locked(entrance);
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
fn cancel(engine: &SessionEngine, session: &Shared) {
    let inbox = engine.inbox();
    // Between the two its batch may just have come to its turn.
    for _ in 0..2 {
        if inbox.stopper().stop(session.id, Stop::Cancel) {
            return;
        }
        if let Some(job) = inbox.withdraw(session.id) {
            return job.refuse(Refusal::Cancelled);
        }
    }
}

/// An id that no session and nothing else has that is delivered to.
pub(crate) fn next_session_id() -> u32 {
    static IDS: AtomicU32 = AtomicU32::new(1);
    IDS.fetch_add(1, Ordering::Relaxed)
}

/// A cancel key nobody can guess; the standard library's hasher keys are the operating system's randomness.
fn secret_key() -> [u8; 4] {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let random = RandomState::new().build_hasher().finish();
    u32::try_from(random >> 32)
        .unwrap_or_default()
        .to_be_bytes()
}

/// A statement that has run for longer may run for much longer.
const LONG: Duration = Duration::from_millis(20);
const FIRST_PROCESS_ID: i32 = 1001;
/// The longest message or batch that is taken; the backend needs several times as much of its 4 GB for it.
const LONGEST_MESSAGE: usize = 257 << 20;
