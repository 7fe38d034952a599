//! Where callers hand work to the engine thread: the queue under a lock, and the waiting on both sides.
//!
//! A hop between sleeping threads costs more than a small query, so the engine thread spins a little before it parks, and
//! a caller pays for waking it only when it sleeps. A timer thread gives up what has waited too long, since the engine
//! thread itself may be inside a long statement.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Thread;
use std::time::{Duration, Instant};

use super::metrics::Metrics;
use super::queue::{Queue, Queued, Scheduling, SessionId};

/// Work that can be refused before it ran.
pub(crate) trait Work: Send + 'static {
    /// Tells whoever waits for this work that it will not run, and why.
    fn refuse(self, refusal: Refusal);

    /// Whether it counts for `maxQueueSize`; the beginning and the end of a session do not.
    fn counts(&self) -> bool {
        true
    }
}

/// Why a batch was given up before it ran.
#[derive(Debug, Clone)]
pub(crate) enum Refusal {
    /// The engine was closed.
    Closed,
    /// As many batches waited as may wait.
    QueueFull {
        /// `maxQueueSize`.
        limit: usize,
    },
    /// The batch waited longer than `queueTimeout`.
    QueueTimeout {
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
    /// When the timer thread looks again by itself.
    timer_wakes: Option<Instant>,
    closing: bool,
}

/// The entrance of one engine.
#[derive(Debug)]
pub(crate) struct Inbox<W> {
    state: Mutex<State<W>>,
    /// Grows with every push, so that the engine thread can see one without the lock.
    pushes: AtomicU64,
    parked: AtomicBool,
    engine: Mutex<Option<Thread>>,
    timer: Condvar,
    config: QueueConfig,
    metrics: Arc<Metrics>,
}

impl<W: Work> Inbox<W> {
    pub(crate) fn new(config: QueueConfig, metrics: Arc<Metrics>) -> Self {
        Self {
            state: Mutex::new(State {
                queue: Queue::new(config.scheduling, config.aging),
                owner_since: None,
                run_since: None,
                timer_wakes: None,
                closing: false,
            }),
            pushes: AtomicU64::new(0),
            parked: AtomicBool::new(false),
            engine: Mutex::new(None),
            timer: Condvar::new(),
            config,
            metrics,
        }
    }

    /// Puts work into the line of its session. `timeout` replaces the engine's `queueTimeout`; zero means none.
    /// Work of a session that owns the backend is never refused for the size of the queue, or nobody could end it.
    pub(crate) fn push(
        &self,
        session: SessionId,
        priority: u8,
        timeout: Option<Duration>,
        work: W,
    ) {
        let now = Instant::now();
        let timeout = timeout.unwrap_or(self.config.timeout);
        let deadline = (!timeout.is_zero()).then(|| now + timeout);
        let mut state = self.lock();
        let limit = self.config.max_size;
        let refusal = if state.closing {
            Some(Refusal::Closed)
        } else if limit > 0
            && work.counts()
            && state.queue.len() >= limit
            && state.queue.count(Work::counts) >= limit
            && state.queue.owner() != Some(session)
        {
            Some(Refusal::QueueFull { limit })
        } else {
            None
        };
        if let Some(refusal) = refusal {
            drop(state);
            self.metrics.refused.fetch_add(1, Ordering::Relaxed);
            work.refuse(refusal);
            return;
        }
        let sleeps_too_long = deadline
            .is_some_and(|deadline| state.timer_wakes.is_some_and(|wakes| deadline < wakes));
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
        if sleeps_too_long {
            self.timer.notify_all();
        }
    }

    /// Waits for the next batch; `None` when the inbox is closed and nothing is left.
    pub(crate) fn next(&self) -> Option<Queued<W>> {
        loop {
            let seen = self.pushes.load(Ordering::Acquire);
            let now = Instant::now();
            {
                let mut state = self.lock();
                if let Some(entry) = state.queue.pop(now) {
                    state.run_since = Some(now);
                    drop(state);
                    self.metrics.dequeued.fetch_add(1, Ordering::Relaxed);
                    if let Some(wait) = self.metrics.wait.get(usize::from(entry.priority)) {
                        wait.record(now.saturating_duration_since(entry.since));
                    }
                    return Some(entry);
                }
                if state.closing {
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
        state.queue.finish(owner);
    }

    /// No more work is taken; what waits is refused. The engine thread ends after the batch it runs.
    pub(crate) fn close(&self) {
        let refused = {
            let mut state = self.lock();
            state.closing = true;
            state.queue.drain()
        };
        for entry in refused {
            entry.work.refuse(Refusal::Closed);
        }
        self.pushes.fetch_add(1, Ordering::Release);
        self.wake_engine();
        self.timer.notify_all();
    }

    /// Runs on the timer thread until the inbox is closed: gives up batches whose deadline has passed.
    pub(crate) fn watch_deadlines(&self) {
        let mut state = self.lock();
        while !state.closing {
            let now = Instant::now();
            let expired = state.queue.expire(now);
            if !expired.is_empty() {
                let holder = holder(&state);
                drop(state);
                self.metrics
                    .timeouts
                    .fetch_add(expired.len() as u64, Ordering::Relaxed);
                for entry in expired {
                    let waited = now.saturating_duration_since(entry.since);
                    entry.work.refuse(Refusal::QueueTimeout { waited, holder });
                }
                state = self.lock();
                continue;
            }
            let sleep = state
                .queue
                .next_deadline()
                .map_or(LONGEST_SLEEP, |deadline| {
                    deadline.saturating_duration_since(now)
                })
                .clamp(Duration::from_millis(1), LONGEST_SLEEP);
            state.timer_wakes = Some(now + sleep);
            state = self
                .timer
                .wait_timeout(state, sleep)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
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
                Refusal::QueueTimeout { holder, .. } => {
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
        inbox.push(1, 2, None, Probe("begin", sender.clone()));
        assert!(inbox.next().is_some());
        inbox.finish(Some(1));
        inbox.push(2, 2, None, Probe("waits", sender.clone()));
        inbox.push(3, 2, None, Probe("refused", sender.clone()));
        inbox.push(1, 2, None, Probe("commit", sender));
        assert_eq!(answers.try_recv().as_deref(), Ok("refused: full at 1"));
        assert_eq!(inbox.next().map(|entry| entry.work.0), Some("commit"));
    }

    #[test]
    fn a_batch_that_waits_too_long_learns_who_holds_the_backend() {
        let (sender, answers) = mpsc::channel();
        let inbox = inbox(0);
        inbox.push(7, 2, None, Probe("begin", sender.clone()));
        assert!(inbox.next().is_some());
        inbox.finish(Some(7));
        inbox.push(8, 2, Some(Duration::from_millis(5)), Probe("waits", sender));
        std::thread::scope(|scope| {
            scope.spawn(|| inbox.watch_deadlines());
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
        inbox.push(1, 2, None, Probe("waits", sender.clone()));
        inbox.close();
        inbox.push(1, 2, None, Probe("late", sender));
        assert!(inbox.next().is_none());
        assert_eq!(
            answers.iter().take(2).collect::<Vec<_>>(),
            ["waits: closed", "late: closed"]
        );
    }
}
