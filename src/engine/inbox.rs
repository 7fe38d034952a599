//! Where callers hand work to the engine thread: the queue under a lock, and the waiting on both sides.
//!
//! A hop between sleeping threads costs more than a small query, so the engine thread spins a little before it parks, and
//! a caller pays for waking it only when it sleeps. A timer thread gives up what has waited too long, since the engine
//! thread itself may be inside a long statement.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Thread;
use std::time::{Duration, Instant};

use super::alarm::Alarm;
use super::error::Error;
use super::interrupt::{GivenUp, Stopper};
use super::metrics::Metrics;
use super::queue::{Limit, Queue, Queued, Scheduling, SessionId};

/// Work that can be refused before it ran.
pub(crate) trait Work: Send + 'static {
    /// Tells whoever waits for this work that it will not run, and why.
    fn refuse(self, refusal: Refusal);

    /// Whether it counts for `maxQueueSize` and can be cancelled; the beginning and the end of a session do not.
    fn counts(&self) -> bool {
        true
    }
}

/// Why a batch was given up before it ran.
#[derive(Debug, Clone)]
pub(crate) enum Refusal {
    /// The engine was closed.
    Closed,
    /// The backend cannot be opened any more.
    Failed(Error),
    /// What runs cannot be stopped, though its time is up; nobody knows for how long.
    Stuck(Holder),
    /// Someone asked for it while it waited.
    Cancelled,
    /// As many batches waited as may wait.
    QueueFull {
        /// `maxQueueSize`.
        limit: usize,
    },
    /// The batch waited longer than a limit allows.
    Timeout {
        /// Which one.
        limit: Limit,
        /// How long it waited.
        waited: Duration,
        /// Who had the backend then.
        holder: Option<Holder>,
    },
}

/// Who has the backend.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holder {
    /// The session.
    pub(crate) session: SessionId,
    /// Since when.
    pub(crate) since: Instant,
    /// Whether it holds it between two of its batches, i.e. in a transaction.
    pub(crate) between_batches: bool,
}

/// How the queue of one engine behaves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct QueueConfig {
    /// How many batches may wait; 0 means no limit.
    pub(crate) max_size: usize,
    /// How long a batch may wait; zero means no limit.
    pub(crate) timeout: Duration,
    /// How long a batch waits for each step of priority it gains.
    pub(crate) aging: Duration,
    /// How the next batch is chosen.
    pub(crate) scheduling: Scheduling,
    /// How long the engine thread spins before it parks.
    pub(crate) spin: Duration,
}

#[derive(Debug)]
struct State<W> {
    queue: Queue<W>,
    owner_since: Option<Instant>,
    run_since: Option<Instant>,
    /// Since when the backend is being opened again: waiting for that counts as no statement's time.
    restart_since: Option<Instant>,
    /// Work that comes into the queue at its time.
    scheduled: Vec<(Instant, Queued<W>)>,
    /// Why no more work is taken.
    ended: Option<Refusal>,
}

/// The entrance of one engine.
#[derive(Debug)]
pub(crate) struct Inbox<W> {
    state: Mutex<State<W>>,
    /// Grows with every push, so that the engine thread can see one without the lock.
    pushes: AtomicU64,
    parked: AtomicBool,
    engine: Mutex<Option<Thread>>,
    alarm: Arc<Alarm>,
    stopper: Arc<Stopper>,
    config: QueueConfig,
    metrics: Arc<Metrics>,
}

/// How long a batch may wait, and what says so.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Limits {
    /// Replaces the engine's `queueTimeout`; zero means none.
    pub(crate) queue: Option<Duration>,
    /// `statement_timeout`, when it counts from now; zero means none.
    pub(crate) statement: Duration,
    /// `lock_timeout`; zero means none.
    pub(crate) lock: Duration,
}

impl Limits {
    fn deadline(&self, now: Instant, config: &QueueConfig) -> Option<(Instant, Limit)> {
        [
            (self.statement, Limit::Statement),
            (self.lock, Limit::Lock),
            (self.queue.unwrap_or(config.timeout), Limit::Queue),
        ]
        .into_iter()
        .filter(|(limit, _)| !limit.is_zero())
        .min_by_key(|(limit, _)| *limit)
        .and_then(|(limit, kind)| Some((now.checked_add(limit)?, kind)))
    }
}

impl<W: Work> Inbox<W> {
    pub(crate) fn new(config: QueueConfig, metrics: Arc<Metrics>) -> Self {
        let alarm = Arc::new(Alarm::default());
        Self {
            state: Mutex::new(State {
                queue: Queue::new(config.scheduling, config.aging),
                owner_since: None,
                run_since: None,
                restart_since: None,
                scheduled: Vec::new(),
                ended: None,
            }),
            pushes: AtomicU64::new(0),
            parked: AtomicBool::new(false),
            engine: Mutex::new(None),
            stopper: Arc::new(Stopper::new(Arc::clone(&alarm))),
            alarm,
            config,
            metrics,
        }
    }

    /// Puts work into the line of its session. Work of a session that owns the backend is never refused for the size of
    /// the queue, or nobody could end it.
    pub(crate) fn push(&self, session: SessionId, priority: u8, limits: Limits, work: W) {
        let now = Instant::now();
        let mut deadline = limits.deadline(now, &self.config);
        let mut state = self.lock();
        if let Some(refusal) = self.refusal(&state, session, &work) {
            self.metrics.refused.fetch_add(1, Ordering::Relaxed);
            let in_order = !state.queue.has(session, Work::counts);
            if in_order || !matches!(refusal, Refusal::QueueFull { .. }) {
                drop(state);
                work.refuse(refusal);
                return;
            }
            deadline = Some((now, Limit::Size));
        }
        state.queue.push(Queued {
            session,
            priority,
            since: now,
            deadline,
            work,
        });
        drop(state);
        self.metrics.enqueued.fetch_add(1, Ordering::Relaxed);
        self.pushes.fetch_add(1, Ordering::Release);
        self.wake_engine();
        if let Some((deadline, _)) = deadline {
            self.alarm.set(deadline);
        }
    }

    fn refusal(&self, state: &State<W>, session: SessionId, work: &W) -> Option<Refusal> {
        if let Some(ended) = &state.ended {
            return Some(ended.clone());
        }
        if !work.counts() {
            return None;
        }
        if self.stopper.is_stuck() {
            return holder(state).map(Refusal::Stuck);
        }
        let limit = self.config.max_size;
        let full = limit > 0
            && state.queue.len() >= limit
            && state.queue.count(Work::counts) >= limit
            && state.queue.owner() != Some(session);
        full.then_some(Refusal::QueueFull { limit })
    }

    /// Puts work into the line of its session at a later time.
    pub(crate) fn schedule(&self, at: Instant, session: SessionId, work: W) {
        let entry = Queued {
            session,
            priority: 0,
            since: at,
            deadline: None,
            work,
        };
        self.lock().scheduled.push((at, entry));
        self.alarm.set(at);
    }

    /// Takes a session's first waiting batch out of the queue.
    pub(crate) fn withdraw(&self, session: SessionId) -> Option<W> {
        let withdrawn = self.lock().queue.withdraw(session, Work::counts);
        withdrawn.map(|entry| entry.work)
    }

    /// Stops what runs.
    pub(crate) fn stopper(&self) -> &Arc<Stopper> {
        &self.stopper
    }

    /// Waits for the next batch; `None` when the inbox is closed and nothing is left.
    pub(crate) fn next(&self) -> Option<Queued<W>> {
        loop {
            let seen = self.pushes.load(Ordering::Acquire);
            let now = Instant::now();
            {
                let mut state = self.lock();
                if let Some(entry) = state.queue.pop(now) {
                    if entry.is_overdue(now) {
                        let owner = state.queue.owner();
                        state.queue.finish(owner);
                        drop(state);
                        self.give_up(entry, now, None);
                        continue;
                    }
                    state.run_since = Some(now);
                    drop(state);
                    self.metrics.dequeued.fetch_add(1, Ordering::Relaxed);
                    if let Some(wait) = self.metrics.wait.get(usize::from(entry.priority)) {
                        wait.record(now.saturating_duration_since(entry.since));
                    }
                    return Some(entry);
                }
                if state.ended.is_some() {
                    return None;
                }
            }
            self.spin_then_park(seen, now);
        }
    }

    /// Tells that the batch taken last has run, and which session keeps the backend.
    pub(crate) fn finish(&self, owner: Option<SessionId>) {
        let mut state = self.lock();
        if let Some(started) = state.run_since.take() {
            self.metrics.run.record(started.elapsed());
        }
        if owner.is_none() {
            state.owner_since = None;
        } else if state.queue.owner() != owner {
            state.owner_since = Some(Instant::now());
        }
        let ran = state.queue.running();
        state.queue.finish(owner);
        // What was given up behind it is answered after it.
        let due = ran.and_then(|ran| state.queue.deadline_of(ran, Work::counts));
        drop(state);
        if let Some(due) = due {
            self.alarm.set(due);
        }
    }

    /// The batch taken last has to wait for another session: it goes back to the head of its line until `release`.
    pub(crate) fn put_back(&self, entry: Queued<W>) {
        let deadline = entry.deadline;
        let mut state = self.lock();
        state.run_since = None;
        state.owner_since = None;
        match state.ended.clone() {
            None => {
                state.queue.put_back(entry);
                drop(state);
                if let Some((at, _)) = deadline {
                    self.alarm.set(at);
                }
            }
            Some(ended) => {
                state.queue.finish(None);
                drop(state);
                entry.work.refuse(ended);
            }
        }
    }

    /// What batches that were put back wait for may have happened.
    pub(crate) fn release(&self) {
        self.lock().queue.release();
    }

    /// No more work is taken; what waits is refused. The engine thread ends after the batch it runs.
    pub(crate) fn close(&self) {
        self.end(Refusal::Closed);
    }

    /// As `close`, because the backend cannot be opened any more.
    pub(crate) fn fail(&self, error: Error) {
        self.end(Refusal::Failed(error));
    }

    fn end(&self, refusal: Refusal) {
        let refused = {
            let mut state = self.lock();
            state.ended.get_or_insert_with(|| refusal.clone());
            state.scheduled.clear();
            state.queue.drain()
        };
        for entry in refused {
            entry.work.refuse(refusal.clone());
        }
        self.pushes.fetch_add(1, Ordering::Release);
        self.wake_engine();
        self.alarm.poke();
    }

    /// Whether no more work is taken.
    pub(crate) fn has_ended(&self) -> bool {
        self.lock().ended.is_some()
    }

    /// Runs on the timer thread until the inbox is closed: gives up batches whose deadline has passed, stops the one that
    /// runs for too long, and puts scheduled work into the queue. `not_stopped` is told of a batch that goes on running.
    pub(crate) fn watch(&self, not_stopped: impl Fn(GivenUp)) {
        while !self.has_ended() || self.stopper.is_busy() {
            let now = Instant::now();
            self.expire(now);
            self.enter_scheduled(now);
            if let Some(given_up) = self.stopper.watch(now) {
                not_stopped(given_up);
                self.refuse_waiting();
            }
            self.alarm.sleep(|| {
                let state = self.lock();
                let scheduled = state.scheduled.iter().map(|(at, _)| *at).min();
                let times = [state.queue.next_deadline(Work::counts), scheduled];
                drop(state);
                times
                    .into_iter()
                    .flatten()
                    .chain(self.stopper.next_look())
                    .min()
            });
        }
    }

    /// The backend is being opened again, or has been.
    pub(crate) fn restarting(&self, begins: bool) {
        let mut state = self.lock();
        let now = Instant::now();
        if begins {
            state.restart_since = Some(now);
        } else if let Some(since) = state.restart_since.take() {
            state.queue.postpone(now.saturating_duration_since(since));
        }
    }

    fn expire(&self, now: Instant) {
        let mut state = self.lock();
        let restarting = state.restart_since.is_some();
        let expired = state.queue.expire(now, restarting, Work::counts);
        let holder = holder(&state);
        drop(state);
        for entry in expired {
            self.give_up(entry, now, holder);
        }
    }

    fn give_up(&self, entry: Queued<W>, now: Instant, holder: Option<Holder>) {
        let waited = now.saturating_duration_since(entry.since);
        let limit = entry.deadline.map_or(Limit::Queue, |(_, limit)| limit);
        entry.work.refuse(if limit == Limit::Size {
            Refusal::QueueFull {
                limit: self.config.max_size,
            }
        } else {
            self.metrics.timeouts.fetch_add(1, Ordering::Relaxed);
            Refusal::Timeout {
                limit,
                waited,
                holder,
            }
        });
    }

    fn enter_scheduled(&self, now: Instant) {
        let mut state = self.lock();
        let due: Vec<Queued<W>> = state
            .scheduled
            .extract_if(.., |(at, _)| *at <= now)
            .map(|(_, entry)| entry)
            .collect();
        let any = !due.is_empty();
        for entry in due {
            state.queue.push(entry);
        }
        drop(state);
        if any {
            self.pushes.fetch_add(1, Ordering::Release);
            self.wake_engine();
        }
    }

    /// What runs cannot be stopped: everything that waits is told so.
    fn refuse_waiting(&self) {
        let mut state = self.lock();
        let Some(holder) = holder(&state) else {
            return;
        };
        let waiting = state.queue.withdraw_all(Work::counts);
        drop(state);
        for entry in waiting {
            entry.work.refuse(Refusal::Stuck(holder));
        }
    }

    /// Who has the backend at this moment.
    pub(crate) fn holder(&self) -> Option<Holder> {
        holder(&self.lock())
    }

    /// How many batches wait at each priority.
    pub(crate) fn len_by_priority(&self) -> [usize; 4] {
        self.lock().queue.len_by_priority()
    }

    /// The sessions that have a batch waiting.
    pub(crate) fn waiting_sessions(&self) -> Vec<SessionId> {
        self.lock().queue.waiting_sessions()
    }

    /// The engine thread tells who it is, once, before it takes work.
    pub(crate) fn attach_engine(&self, thread: Thread) {
        *self.engine.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
    }

    fn wake_engine(&self) {
        if self.parked.swap(false, Ordering::SeqCst)
            && let Some(thread) = &*self.engine.lock().unwrap_or_else(PoisonError::into_inner)
        {
            thread.unpark();
        }
    }

    fn spin_then_park(&self, seen: u64, since: Instant) {
        while since.elapsed() < self.config.spin {
            for _ in 0..32 {
                if self.pushes.load(Ordering::Acquire) != seen {
                    return;
                }
                std::hint::spin_loop();
            }
        }
        self.parked.store(true, Ordering::SeqCst);
        if self.pushes.load(Ordering::SeqCst) == seen {
            std::thread::park_timeout(LONGEST_SLEEP);
        }
        self.parked.store(false, Ordering::SeqCst);
    }

    fn lock(&self) -> MutexGuard<'_, State<W>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn holder<W>(state: &State<W>) -> Option<Holder> {
    if let Some(session) = state.queue.owner() {
        let since = state.owner_since.or(state.run_since)?;
        return Some(Holder {
            session,
            since,
            between_batches: state.queue.running().is_none(),
        });
    }
    let session = state.queue.running()?;
    Some(Holder {
        session,
        since: state.run_since?,
        between_batches: false,
    })
}

/// No wait is longer without looking again.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    struct Probe(&'static str, mpsc::Sender<String>);

    impl Work for Probe {
        fn refuse(self, refusal: Refusal) {
            let kind = match refusal {
                Refusal::Closed => "closed".to_owned(),
                Refusal::QueueFull { limit } => format!("full at {limit}"),
                Refusal::Failed(_) | Refusal::Stuck(_) | Refusal::Cancelled => "other".to_owned(),
                Refusal::Timeout { holder, .. } => {
                    format!("timeout, held by {:?}", holder.map(|holder| holder.session))
                }
            };
            self.1
                .send(format!("{}: {kind}", self.0))
                .expect("the test listens");
        }
    }

    fn inbox(max_size: usize) -> Inbox<Probe> {
        let config = QueueConfig {
            max_size,
            timeout: Duration::ZERO,
            aging: Duration::from_secs(1),
            scheduling: Scheduling::Priority,
            spin: Duration::ZERO,
        };
        Inbox::new(config, Arc::default())
    }

    #[test]
    fn a_full_queue_refuses_all_but_the_owner() {
        let (sender, answers) = mpsc::channel();
        let inbox = inbox(1);
        inbox.push(1, 2, Limits::default(), Probe("begin", sender.clone()));
        assert!(inbox.next().is_some());
        inbox.finish(Some(1));
        inbox.push(2, 2, Limits::default(), Probe("waits", sender.clone()));
        inbox.push(3, 2, Limits::default(), Probe("refused", sender.clone()));
        inbox.push(1, 2, Limits::default(), Probe("commit", sender));
        assert_eq!(answers.try_recv().as_deref(), Ok("refused: full at 1"));
        assert_eq!(inbox.next().map(|entry| entry.work.0), Some("commit"));
    }

    #[test]
    fn a_batch_that_waits_too_long_learns_who_holds_the_backend() {
        let (sender, answers) = mpsc::channel();
        let inbox = inbox(0);
        inbox.push(7, 2, Limits::default(), Probe("begin", sender.clone()));
        assert!(inbox.next().is_some());
        inbox.finish(Some(7));
        let limits = Limits {
            queue: Some(Duration::from_millis(5)),
            ..Limits::default()
        };
        inbox.push(8, 2, limits, Probe("waits", sender));
        std::thread::scope(|scope| {
            scope.spawn(|| inbox.watch(|_| {}));
            assert_eq!(
                answers.recv().as_deref(),
                Ok("waits: timeout, held by Some(7)")
            );
            inbox.close();
        });
    }

    #[test]
    fn closing_refuses_what_waits_and_ends_the_engine_loop() {
        let (sender, answers) = mpsc::channel();
        let inbox = inbox(0);
        inbox.push(1, 2, Limits::default(), Probe("waits", sender.clone()));
        inbox.close();
        inbox.push(1, 2, Limits::default(), Probe("late", sender));
        assert!(inbox.next().is_none());
        assert_eq!(
            answers.iter().take(2).collect::<Vec<_>>(),
            ["waits: closed", "late: closed"]
        );
    }
}
