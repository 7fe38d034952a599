//! What a session's two sides share: the caller's, on any thread, and the one on the engine thread.
#![forbid(unsafe_code)]

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::cancel_key::CancelKey;
use super::databases::Databases;
use super::entrance::SessionOptions;
use super::hub::Hub;
use super::timeouts::{self, Timeouts};
use crate::engine::interrupt::{GivenUp, Stopper};
use crate::engine::queue::SessionId;
use crate::protocol::ErrorFields;
use crate::protocol::backend::{encode_error, encode_ready_for_query};
use crate::protocol::frontend::{encode_copy_data, encode_copy_fail};

/// Takes what a session sends to its client. Called from the engine thread and the timer thread; must not block.
pub(crate) trait Outlet: Send + Sync {
    /// Takes one delivery. Deliveries of one session come in order.
    fn deliver(&self, session: SessionId, delivery: Delivery);
}

/// Something for the client.
#[derive(Debug, Default)]
pub(crate) struct Delivery {
    pub(crate) kind: DeliveryKind,
    /// Backend protocol messages, whole ones.
    pub(crate) bytes: Vec<u8>,
    /// The reply to one batch ends here.
    pub(crate) last: bool,
    /// COPY OUT data: the sender waits for credit once much of it is not consumed.
    pub(crate) streamed: bool,
    /// Came outside of a batch.
    pub(crate) asynchronous: bool,
}

/// What a delivery is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeliveryKind {
    /// Protocol bytes.
    #[default]
    Bytes,
    /// COPY input may go on.
    Drain,
    /// The session has ended; bytes, if any, are the last words.
    Closed,
}

/// COPY input on its way to the backend.
#[derive(Debug, Default)]
struct CopyIn {
    frames: VecDeque<(u64, u8, Vec<u8>)>,
    bytes: usize,
    /// Batches that would end a COPY: they hold more than Sync or Flush.
    ending: VecDeque<u64>,
    /// The last batch whose input has been taken. Later than the one with the COPY when Sync or Flush came in between.
    taken: u64,
    /// Input for batches up to this one comes too late.
    finished: u64,
    paused: bool,
}

/// What there is to know about a session from outside.
#[derive(Debug, Clone)]
pub(crate) struct Activity {
    pub(crate) user: String,
    pub(crate) application_name: String,
    pub(crate) last_statement: String,
    /// Where in the application its transaction began.
    pub(crate) call_site: String,
    /// Since when the state is what it is.
    pub(crate) since: Instant,
    /// Since when a transaction block is open.
    pub(crate) transaction_since: Option<Instant>,
}

/// One session, as both sides see it.
pub(crate) struct Shared {
    pub(crate) id: SessionId,
    /// The process id that clients see.
    pub(crate) process_id: i32,
    pub(crate) cancel_key: CancelKey,
    priority: AtomicU8,
    pub(crate) created: Instant,
    pub(crate) hub: Arc<Hub>,
    /// Bounds each of its batches, beside the setting of that name.
    statement_timeout: AtomicU64,
    /// The process ids of the sessions that it has stopped or ended.
    signalled: Mutex<Vec<i32>>,
    /// See `SessionOptions::service`.
    pub(crate) service: Option<&'static str>,
    outlet: Arc<dyn Outlet>,
    /// See `SessionOptions::databases`.
    pub(crate) databases: Option<Arc<dyn Databases>>,
    timeouts: Mutex<Timeouts>,
    /// Numbers of batches: the last one that came, that was answered, and whose answer nobody waits for.
    submitted: AtomicU64,
    /// The batch that is to be stopped when its turn comes.
    cancelled: AtomicU64,
    answered: AtomicU64,
    abandoned: AtomicU64,
    synchronises: AtomicBool,
    activity: Mutex<Activity>,
    transaction_status: AtomicU8,
    /// The engine thread knows the session.
    begun: AtomicBool,
    ended: AtomicBool,
    aborted: AtomicBool,
    /// How many bytes of batches have come since all were answered.
    backlog: AtomicUsize,
    skip_until_sync: AtomicBool,
    copy_in: Mutex<CopyIn>,
    copy_in_changed: Condvar,
    /// A statement waits for COPY input.
    takes_copy_input: AtomicBool,
    unread: Mutex<usize>,
    unread_changed: Condvar,
}

impl Shared {
    pub(crate) fn new(
        id: SessionId,
        process_id: i32,
        hub: Arc<Hub>,
        outlet: Arc<dyn Outlet>,
        options: &SessionOptions,
    ) -> Self {
        let now = Instant::now();
        Self {
            id,
            process_id,
            cancel_key: CancelKey::random(),
            priority: AtomicU8::new(options.priority.unwrap_or(MEDIUM)),
            created: now,
            hub,
            statement_timeout: AtomicU64::new(micros(options.statement_timeout)),
            signalled: Mutex::default(),
            service: options.service,
            outlet,
            databases: options.databases.clone(),
            timeouts: Mutex::default(),
            submitted: AtomicU64::new(0),
            cancelled: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            abandoned: AtomicU64::new(0),
            synchronises: AtomicBool::new(true),
            activity: Mutex::new(Activity {
                user: "postgres".to_owned(),
                application_name: String::new(),
                last_statement: String::new(),
                call_site: String::new(),
                since: now,
                transaction_since: None,
            }),
            transaction_status: AtomicU8::new(b'I'),
            begun: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            aborted: AtomicBool::new(false),
            backlog: AtomicUsize::new(0),
            skip_until_sync: AtomicBool::new(false),
            copy_in: Mutex::default(),
            copy_in_changed: Condvar::new(),
            takes_copy_input: AtomicBool::new(false),
            unread: Mutex::new(0),
            unread_changed: Condvar::new(),
        }
    }

    /// The process ids of the sessions that it has stopped or ended.
    pub(crate) fn signalled(&self) -> Vec<i32> {
        lock(&self.signalled).clone()
    }

    pub(crate) fn note_signalled(&self, process_id: i32) {
        lock(&self.signalled).push(process_id);
    }

    /// Priority of its batches.
    pub(crate) fn priority(&self) -> u8 {
        self.priority.load(Ordering::Relaxed)
    }

    pub(crate) fn set_priority(&self, priority: u8) {
        self.priority.store(priority, Ordering::Relaxed);
    }

    /// Hands bytes to the client, unless it has gone.
    pub(crate) fn deliver(&self, delivery: Delivery) {
        if !self.has_ended() {
            self.outlet.deliver(self.id, delivery);
        }
    }

    /// Hands a part of a batch's answer to the client, unless it was told that there will be none. The batch counts as
    /// answered before the client can send the next one.
    pub(crate) fn reply(&self, batch: u64, delivery: Delivery) {
        if delivery.last {
            self.note_answered(batch);
        }
        if self.abandoned.load(Ordering::SeqCst) < batch {
            self.deliver(delivery);
        }
    }

    /// Tells the client that its batch should have been stopped; what the backend still answers is dropped.
    pub(super) fn abandon(&self, batch: &GivenUp) {
        if self.answered.load(Ordering::SeqCst) >= batch.batch {
            return;
        }
        let error = timeouts::stopped(batch.stop);
        let error = ErrorFields::new("ERROR", error.sqlstate(), error.to_string())
            .with_detail("The statement goes on running: it cannot be interrupted here.")
            .with_hint("Until it ends the database takes no other work.");
        self.deliver_error(&error, self.synchronises.load(Ordering::SeqCst));
        self.abandoned.store(batch.batch, Ordering::SeqCst);
    }

    /// A batch of so many bytes enters the queue. True when none of the session's goes before it.
    pub(crate) fn note_submitted(&self, batch: u64, bytes: usize) -> bool {
        self.submitted.store(batch, Ordering::SeqCst);
        let alone = self.answered.load(Ordering::SeqCst) + 1 >= batch;
        if alone {
            self.backlog.store(bytes, Ordering::Relaxed);
        } else {
            self.backlog.fetch_add(bytes, Ordering::Relaxed);
        }
        alone
    }

    /// The first batch that is not answered is to be stopped when its turn comes. False when there is none.
    pub(super) fn cancel_next(&self) -> bool {
        let next = self.answered.load(Ordering::SeqCst) + 1;
        let waits = next <= self.submitted.load(Ordering::SeqCst);
        if waits {
            self.cancelled.store(next, Ordering::SeqCst);
        }
        waits
    }

    /// Whether a batch was to be stopped when its turn came.
    pub(super) fn is_cancelled(&self, batch: u64) -> bool {
        self.cancelled.load(Ordering::SeqCst) == batch
    }

    /// Whether so much waits for its turn that the client's next messages should, too. COPY input is counted elsewhere.
    pub(crate) fn is_flooded(&self, most_batches: u64) -> bool {
        let submitted = self.submitted.load(Ordering::SeqCst);
        let waiting = submitted.saturating_sub(self.answered.load(Ordering::SeqCst));
        let many = waiting > most_batches
            || waiting > 0 && self.backlog.load(Ordering::Relaxed) > MOST_WAITING;
        many && !self.has_ended() && !self.takes_copy_input()
    }

    /// A batch runs.
    pub(crate) fn note_running(&self, synchronises: bool) {
        self.synchronises.store(synchronises, Ordering::SeqCst);
    }

    /// A batch was answered.
    pub(crate) fn note_answered(&self, batch: u64) {
        self.answered.fetch_max(batch, Ordering::SeqCst);
    }

    /// Whether everything the client asked for was answered.
    pub(crate) fn is_silent(&self) -> bool {
        self.answered.load(Ordering::SeqCst) >= self.submitted.load(Ordering::SeqCst)
    }

    pub(crate) fn timeouts(&self) -> Timeouts {
        *lock(&self.timeouts)
    }

    pub(crate) fn set_timeouts(&self, timeouts: Timeouts) {
        *lock(&self.timeouts) = timeouts;
    }

    /// The reply to a batch that has none.
    pub(crate) fn deliver_nothing(&self) {
        self.deliver(Delivery {
            last: true,
            ..Delivery::default()
        });
    }

    /// The reply to a batch that failed before it reached the backend.
    pub(crate) fn deliver_error(&self, error: &ErrorFields, ready: bool) {
        let mut bytes = Vec::new();
        encode_error(&mut bytes, error);
        if ready {
            encode_ready_for_query(&mut bytes, self.transaction_status());
        }
        self.skip_until_sync.store(!ready, Ordering::SeqCst);
        self.deliver(Delivery {
            bytes,
            last: true,
            ..Delivery::default()
        });
    }

    /// The last words, after which the session is over.
    pub(crate) fn deliver_fatal(&self, error: &ErrorFields) {
        let mut bytes = Vec::new();
        encode_error(&mut bytes, error);
        self.deliver(Delivery {
            kind: DeliveryKind::Closed,
            bytes,
            last: true,
            ..Delivery::default()
        });
        self.mark_ended();
    }

    pub(crate) fn activity(&self) -> Activity {
        lock(&self.activity).clone()
    }

    pub(crate) fn update_activity(&self, update: impl FnOnce(&mut Activity)) {
        update(&mut lock(&self.activity));
    }

    pub(crate) fn transaction_status(&self) -> u8 {
        self.transaction_status.load(Ordering::Relaxed)
    }

    pub(crate) fn set_transaction_status(&self, status: u8) {
        let before = self.transaction_status.swap(status, Ordering::Relaxed);
        if before != status {
            self.update_activity(|activity| {
                let now = Instant::now();
                activity.since = now;
                activity.transaction_since =
                    (status != b'I').then(|| activity.transaction_since.unwrap_or(now));
            });
        }
    }

    /// What bounds each of its batches, beside the setting of that name.
    pub(crate) fn statement_timeout(&self) -> Option<Duration> {
        let micros = self.statement_timeout.load(Ordering::SeqCst);
        (micros > 0).then(|| Duration::from_micros(micros))
    }

    /// Bounds the batches that are still to come.
    pub(crate) fn set_statement_timeout(&self, timeout: Option<Duration>) {
        self.statement_timeout
            .store(micros(timeout), Ordering::SeqCst);
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// Whether the engine thread knows the session: one that was greeted early may still be waiting for that.
    pub(crate) fn has_begun(&self) -> bool {
        self.begun.load(Ordering::SeqCst)
    }

    pub(crate) fn mark_begun(&self) {
        self.begun.store(true, Ordering::SeqCst);
    }

    /// Nothing is delivered from now on; whoever waits for this session's client stops waiting.
    pub(crate) fn mark_ended(&self) {
        self.ended.store(true, Ordering::SeqCst);
        self.wake();
    }

    /// As `mark_ended`, and batches that have not begun never do.
    pub(crate) fn abort(&self) {
        self.aborted.store(true, Ordering::SeqCst);
        self.mark_ended();
    }

    pub(crate) fn is_aborted(&self) -> bool {
        self.aborted.load(Ordering::SeqCst)
    }

    /// A batch that was not synchronised has failed.
    pub(crate) fn skip_until_sync(&self) {
        self.skip_until_sync.store(true, Ordering::SeqCst);
    }

    /// Whether messages are skipped until Sync after a batch that failed; asking for it with Sync in hand ends it.
    pub(crate) fn skips(&self, has_sync: bool) -> bool {
        self.skip_until_sync.load(Ordering::SeqCst) && {
            if has_sync {
                self.skip_until_sync.store(false, Ordering::SeqCst);
            }
            true
        }
    }

    /// Caller's side: COPY input that follows the batch of this number. False when the caller should pause.
    pub(crate) fn push_copy(&self, batch: u64, tag: u8, body: &[u8]) -> bool {
        let mut copy = lock(&self.copy_in);
        if batch <= copy.finished {
            return true;
        }
        copy.bytes += body.len();
        copy.frames.push_back((batch, tag, body.to_vec()));
        // Whoever was told to pause waits for a drain, though the engine may have taken some of it since.
        copy.paused |= copy.bytes > MOST_UNREAD;
        let paused = copy.paused;
        drop(copy);
        self.copy_in_changed.notify_all();
        !paused
    }

    /// Caller's side: a batch of this number follows, which no COPY can pass over.
    pub(crate) fn note_batch(&self, batch: u64) {
        lock(&self.copy_in).ending.push_back(batch);
        self.copy_in_changed.notify_all();
    }

    /// Engine side: whether the batch came while an earlier one took COPY input, where Sync and Flush are passed over.
    pub(crate) fn was_in_copy(&self, batch: u64) -> bool {
        batch <= lock(&self.copy_in).finished
    }

    /// Whether a statement waits for COPY input.
    pub(crate) fn takes_copy_input(&self) -> bool {
        self.takes_copy_input.load(Ordering::SeqCst)
    }

    /// Engine side: waits for COPY input of the batch and returns it as frontend messages, small pieces joined.
    pub(crate) fn next_copy(&self, batch: u64, stopper: &Stopper) -> Vec<u8> {
        self.takes_copy_input.store(true, Ordering::SeqCst);
        let bytes = self.wait_for_copy(batch, stopper);
        self.takes_copy_input.store(false, Ordering::SeqCst);
        bytes
    }

    fn wait_for_copy(&self, batch: u64, stopper: &Stopper) -> Vec<u8> {
        let mut copy = lock(&self.copy_in);
        let last = loop {
            drop_frames(&mut copy, batch - 1);
            let ending = copy.ending.iter().copied().find(|number| *number > batch);
            let last = ending.map_or(u64::MAX, |number| number - 1);
            if copy.frames.front().is_some_and(|frame| frame.0 <= last) {
                break last;
            }
            let gone = self.has_ended() || self.hub.is_closing();
            if gone || ending.is_some() || stopper.stopped().is_some() {
                let reason = if gone {
                    "client disconnected during COPY"
                } else {
                    "a message came that is not COPY data"
                };
                let mut bytes = Vec::new();
                encode_copy_fail(&mut bytes, reason.as_bytes());
                return bytes;
            }
            copy = self
                .copy_in_changed
                .wait_timeout(copy, LONGEST_SLEEP)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        };
        let bytes = take_frames(&mut copy, last);
        let resumes = copy.paused && copy.bytes <= MOST_UNREAD / 2;
        if resumes {
            copy.paused = false;
        }
        drop(copy);
        if resumes {
            self.deliver(Delivery {
                kind: DeliveryKind::Drain,
                ..Delivery::default()
            });
        }
        bytes
    }

    /// Engine side: the batch is over; what is left of its COPY input, and what still comes, is dropped.
    pub(crate) fn finish_copy(&self, batch: u64) {
        let mut copy = lock(&self.copy_in);
        let finished = copy.finished.max(batch).max(copy.taken);
        copy.finished = finished;
        drop_frames(&mut copy, finished);
        while copy
            .ending
            .front()
            .is_some_and(|number| *number <= finished)
        {
            copy.ending.pop_front();
        }
        let resumes = std::mem::take(&mut copy.paused);
        drop(copy);
        if resumes {
            self.deliver(Delivery {
                kind: DeliveryKind::Drain,
                ..Delivery::default()
            });
        }
    }

    /// Engine side: hands over COPY OUT data, and waits while the client has much of it unread.
    pub(crate) fn stream(&self, batch: u64, bytes: &[u8], stopper: &Stopper) {
        let mut unread = lock(&self.unread);
        while *unread > MOST_UNREAD
            && !self.has_ended()
            && !self.hub.is_closing()
            && stopper.stopped().is_none()
        {
            unread = self
                .unread_changed
                .wait_timeout(unread, LONGEST_SLEEP)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        *unread += bytes.len();
        drop(unread);
        let delivery = Delivery {
            bytes: bytes.to_vec(),
            streamed: true,
            ..Delivery::default()
        };
        self.reply(batch, delivery);
    }

    /// Caller's side: the client has consumed so much of the COPY OUT data.
    pub(crate) fn acknowledge(&self, bytes: usize) {
        let mut unread = lock(&self.unread);
        *unread = unread.saturating_sub(bytes);
        drop(unread);
        self.unread_changed.notify_all();
    }

    pub(super) fn wake(&self) {
        drop(lock(&self.copy_in));
        self.copy_in_changed.notify_all();
        drop(lock(&self.unread));
        self.unread_changed.notify_all();
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Shared")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

fn micros(duration: Option<Duration>) -> u64 {
    duration.map_or(0, |duration| {
        u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
    })
}

/// Drops the input of all batches up to this one.
fn drop_frames(copy: &mut CopyIn, batch: u64) {
    while copy.frames.front().is_some_and(|frame| frame.0 <= batch)
        && let Some((_, _, body)) = copy.frames.pop_front()
    {
        copy.bytes = copy.bytes.saturating_sub(body.len());
    }
}

/// Takes one message, with all CopyData that stands in line joined into one of moderate size: the backend reads its input
/// in small pieces, and many tiny messages left in its buffer after an error would exhaust its patience.
fn take_frames(copy: &mut CopyIn, last: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut joined = Vec::new();
    while let Some((number, tag, _)) = copy.frames.front() {
        if *number > last || joined.len() >= JOINED || (*tag != b'd' && !joined.is_empty()) {
            break;
        }
        let Some((number, tag, body)) = copy.frames.pop_front() else {
            break;
        };
        copy.taken = number;
        copy.bytes = copy.bytes.saturating_sub(body.len());
        if tag == b'd' {
            joined.extend_from_slice(&body);
            continue;
        }
        bytes.push(tag);
        bytes.extend_from_slice(
            &u32::try_from(body.len() + 4)
                .unwrap_or(u32::MAX)
                .to_be_bytes(),
        );
        bytes.extend_from_slice(&body);
        return bytes;
    }
    encode_copy_data(&mut bytes, &joined);
    bytes
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The priority of batches whose session names none.
const MEDIUM: u8 = 2;
/// How many bytes of COPY data may be on their way in one direction.
const MOST_UNREAD: usize = 1 << 20;
/// How many bytes of batches a client may have waiting before it is read no further.
const MOST_WAITING: usize = 4 << 20;
const JOINED: usize = 64 * 1024;
/// How late a COPY that waits for its client may notice that it is being stopped.
const LONGEST_SLEEP: Duration = Duration::from_millis(50);
