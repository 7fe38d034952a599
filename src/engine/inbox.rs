//! Where callers hand work to the engine thread: the queue under a lock, and the waiting on both sides.
//!
//! A hop between sleeping threads costs more than a small query, so the engine thread spins a little before it parks, and
//! a caller pays for waking it only when it sleeps. A timer thread gives up what has waited too long, since the engine
//! thread itself may be inside a long statement.
#![forbid(unsafe_code)]

mod timer;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Thread;
use std::time::{Duration, Instant};

use super::alarm::Alarm;
use super::courtesy::Courtesy;
use super::error::Error;
use super::guests::Guests;
use super::interrupt::Stopper;
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

    /// Whether it can perhaps be done without the backend, while a session has it.
    fn is_ahead(&self) -> bool {
        false
    }
}

/// Why a batch was given up before it ran.
#[derive(Debug, Clone)]
pub(crate) enum Refusal {
    /// The engine was closed.
    Closed,
    /// The backend cannot be opened any more.
    Failed(Error),
    /// The backend was closed, and cannot be opened at the moment.
    Asleep(Error),
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

/// When an engine that is asked to is to close its backend until somebody needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rest {
    /// When nothing runs or waits.
    WhenIdle,
    /// When no session keeps the backend: what waits has it opened again.
    BetweenBatches,
}

/// What the engine thread is to do next.
#[derive(Debug)]
pub(crate) enum Next<W> {
    /// Do this without the backend, if that can be done.
    Ahead(Queued<W>),
    /// Run this batch.
    Batch(Queued<W>),
    /// Close the backend until somebody needs it.
    Hibernate,
}

/// How busy an engine is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Business {
    /// A session keeps the backend between its batches.
    pub(crate) owned: bool,
    /// Something runs or waits.
    pub(crate) busy: bool,
    /// When the last batch ended.
    pub(crate) last_run: Instant,
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
    /// What can perhaps be done without the backend: it runs before all else.
    ahead: VecDeque<Queued<W>>,
    owner_since: Option<Instant>,
    run_since: Option<Instant>,
    /// Since when the backend is being opened again: waiting for that counts as no statement's time.
    restart_since: Option<Instant>,
    /// Work that comes into the queue at its time.
    scheduled: Vec<(Instant, Queued<W>)>,
    /// Somebody wants the backend closed.
    rest: Option<Rest>,
    last_run: Instant,
    /// Why no more work is taken.
    ended: Option<Refusal>,
}

impl<W> State<W> {
    /// Whether the backend can be closed, if somebody wants that.
    fn may_rest(&self) -> bool {
        let free = self.queue.owner().is_none() && self.ended.is_none();
        free && match self.rest {
            None => false,
            Some(Rest::WhenIdle) => self.queue.len() == 0,
            Some(Rest::BetweenBatches) => true,
        }
    }
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
    guests: Arc<Guests>,
    courtesy: Courtesy,
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
                ahead: VecDeque::new(),
                owner_since: None,
                run_since: None,
                restart_since: None,
                scheduled: Vec::new(),
                rest: None,
                last_run: Instant::now(),
                ended: None,
            }),
            pushes: AtomicU64::new(0),
            parked: AtomicBool::new(false),
            engine: Mutex::new(None),
            stopper: Arc::new(Stopper::new(Arc::clone(&alarm))),
            alarm,
            guests: Arc::default(),
            courtesy: Courtesy::default(),
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
        let entry = Queued {
            session,
            priority,
            since: now,
            deadline,
            work,
        };
        if entry.work.is_ahead() {
            state.ahead.push_back(entry);
        } else {
            state.queue.push(entry);
        }
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

    /// As `withdraw`, for work of any kind, unless nobody else runs or waits: then its turn comes at once.
    pub(crate) fn withdraw_behind_others(&self, session: SessionId) -> Option<W> {
        let mut state = self.lock();
        let others =
            holder(&state).is_some_and(|holder| holder.session != session) || state.queue.len() > 1;
        if !others {
            return None;
        }
        let withdrawn = state.queue.withdraw(session, |_| true);
        withdrawn.map(|entry| entry.work)
    }

    /// Stops what runs.
    pub(crate) fn stopper(&self) -> &Arc<Stopper> {
        &self.stopper
    }

    /// Who is looked at while there is nothing to run.
    pub(crate) fn guests(&self) -> &Arc<Guests> {
        &self.guests
    }

    /// Asks the engine to close its backend until somebody needs it.
    pub(crate) fn hibernate(&self, rest: Rest) {
        let mut state = self.lock();
        state.rest = state.rest.max(Some(rest));
        drop(state);
        self.pushes.fetch_add(1, Ordering::Release);
        self.wake_engine();
    }

    /// Takes back what `hibernate` asked for, if it has not begun.
    pub(crate) fn stay_awake(&self) {
        self.lock().rest = None;
    }

    /// How busy the engine is.
    pub(crate) fn business(&self) -> Business {
        let state = self.lock();
        let owned = state.queue.owner().is_some();
        Business {
            owned,
            busy: owned || state.queue.running().is_some() || state.queue.len() > 0,
            last_run: state.last_run,
        }
    }

    /// Waits for what is to be done next; `None` when the inbox is closed and nothing is left.
    pub(crate) fn next(&self) -> Option<Next<W>> {
        loop {
            let seen = self.pushes.load(Ordering::Acquire);
            let now = Instant::now();
            {
                let mut state = self.lock();
                if let Some(entry) = state.ahead.pop_front() {
                    return Some(Next::Ahead(entry));
                }
                if state.may_rest() {
                    state.rest = None;
                    drop(state);
                    self.guests.gathering().send();
                    return Some(Next::Hibernate);
                }
                if let Some(entry) = state.queue.pop(now) {
                    if entry.is_overdue(now) {
                        let owner = state.queue.owner();
                        state.queue.finish(owner);
                        drop(state);
                        self.give_up(entry, now, None);
                        continue;
                    }
                    state.run_since = Some(now);
                    let waiting = state.queue.len();
                    drop(state);
                    self.guests.gathering().next(waiting, now);
                    self.metrics.dequeued.fetch_add(1, Ordering::Relaxed);
                    if let Some(wait) = self.metrics.wait.get(usize::from(entry.priority)) {
                        wait.record(now.saturating_duration_since(entry.since));
                    }
                    return Some(Next::Batch(entry));
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
        let now = Instant::now();
        let mut state = self.lock();
        state.last_run = now;
        if let Some(started) = state.run_since.take() {
            self.metrics
                .run
                .record(now.saturating_duration_since(started));
        }
        if owner.is_none() {
            state.owner_since = None;
        } else if state.queue.owner() != owner {
            state.owner_since = Some(now);
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

    /// What was tried without the backend needs it: it takes its place in the queue, before all that its session has sent
    /// since. `None` when it was done.
    pub(crate) fn finish_ahead(&self, entry: Option<Queued<W>>) {
        let Some(entry) = entry else {
            self.metrics.dequeued.fetch_add(1, Ordering::Relaxed);
            return;
        };
        let mut state = self.lock();
        match state.ended.clone() {
            None => state.queue.push_first(entry),
            Some(ended) => {
                drop(state);
                entry.work.refuse(ended);
            }
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
        self.end(&Refusal::Closed);
    }

    /// As `close`, because the backend cannot be opened any more.
    pub(crate) fn fail(&self, error: Error) {
        self.end(&Refusal::Failed(error));
    }

    fn end(&self, refusal: &Refusal) {
        let refused = {
            let mut state = self.lock();
            state.ended.get_or_insert_with(|| refusal.clone());
            state.scheduled.clear();
            let mut refused: Vec<_> = state.ahead.drain(..).collect();
            refused.extend(state.queue.drain());
            refused
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

    /// Who has the backend at this moment.
    pub(crate) fn holder(&self) -> Option<Holder> {
        holder(&self.lock())
    }

    /// Whether a batch that came would not run at once.
    pub(crate) fn is_busy(&self) -> bool {
        let state = self.lock();
        holder(&state).is_some() || state.queue.len() > 0
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
        self.guests.gathering().send();
        self.guests.open();
        while since.elapsed() < self.config.spin {
            for _ in 0..32 {
                if self.pushes.load(Ordering::Acquire) != seen {
                    return;
                }
                std::hint::spin_loop();
            }
            if self.guests.look() && since.elapsed() > PATIENCE {
                // Whoever is awaited may stand in line for this very core.
                self.courtesy.show(std::thread::yield_now);
            }
        }
        self.guests.close();
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

/// Giving the core away earlier would cost more than it brings.
const PATIENCE: Duration = Duration::from_micros(5);
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
                Refusal::Failed(_)
                | Refusal::Asleep(_)
                | Refusal::Stuck(_)
                | Refusal::Cancelled => "other".to_owned(),
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

    fn taken(inbox: &Inbox<Probe>) -> Option<&'static str> {
        match inbox.next()? {
            Next::Ahead(entry) | Next::Batch(entry) => Some(entry.work.0),
            Next::Hibernate => None,
        }
    }

    #[test]
    fn an_engine_rests_when_it_is_idle_or_between_batches_but_never_in_a_transaction() {
        let (sender, _answers) = mpsc::channel();
        let inbox = inbox(0);
        let push = |session, work| {
            inbox.push(session, 2, Limits::default(), Probe(work, sender.clone()));
        };
        push(1, "begin");
        inbox.hibernate(Rest::WhenIdle);
        assert_eq!(taken(&inbox), Some("begin"));
        inbox.finish(Some(1));
        push(2, "waits");
        inbox.hibernate(Rest::BetweenBatches);
        push(1, "commit");
        assert_eq!(taken(&inbox), Some("commit"));
        inbox.finish(None);
        assert!(matches!(inbox.next(), Some(Next::Hibernate)));
        assert_eq!(taken(&inbox), Some("waits"));
        inbox.finish(None);
        inbox.hibernate(Rest::WhenIdle);
        inbox.stay_awake();
        push(3, "runs");
        assert_eq!(taken(&inbox), Some("runs"));
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
        assert_eq!(taken(&inbox), Some("commit"));
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
