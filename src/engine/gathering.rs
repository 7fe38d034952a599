//! Answers that are sent together: while more work waits, those of the connections that the engine thread serves itself are
//! held back until the last of it is about to run.
//!
//! To send is to wake whoever waits for the answer, which costs the engine thread as much as a small statement. A process
//! with several connections is woken once for all of them, and has something to do while the rest runs.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Someone whose answer can be held back for a moment.
pub(crate) trait Holding: Send + Sync {
    /// Sends what was held back.
    fn send(&self);
}

/// The answers of one engine that are held back.
#[derive(Default)]
pub(crate) struct Gathering {
    /// More is about to run.
    open: AtomicBool,
    /// There are some, to be seen without the lock.
    any: AtomicBool,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    since: Option<Instant>,
    all: Vec<Arc<dyn Holding>>,
}

impl Gathering {
    /// Keeps an answer until the others are sent. False when it is to be sent at once.
    pub(crate) fn hold(&self, answer: impl FnOnce() -> Option<Arc<dyn Holding>>) -> bool {
        if !self.open.load(Ordering::Acquire) {
            return false;
        }
        let Some(answer) = answer() else {
            return false;
        };
        let mut held = self.lock();
        held.since.get_or_insert_with(Instant::now);
        held.all.push(answer);
        self.any.store(true, Ordering::Release);
        true
    }

    /// Something is about to run, and so much waits behind it.
    pub(crate) fn next(&self, waiting: usize, now: Instant) {
        let more = waiting > 0;
        if self.any.load(Ordering::Acquire) && (!more || self.is_overdue(now)) {
            self.send();
        }
        self.open.store(more, Ordering::Release);
    }

    /// Nothing is about to run.
    pub(super) fn send(&self) {
        self.open.store(false, Ordering::Release);
        if !self.any.swap(false, Ordering::AcqRel) {
            return;
        }
        let mut held = self.lock();
        held.since = None;
        let all = std::mem::take(&mut held.all);
        drop(held);
        for answer in all {
            answer.send();
        }
    }

    fn is_overdue(&self, now: Instant) -> bool {
        let since = self.lock().since;
        since.is_some_and(|since| now.saturating_duration_since(since) > LONGEST)
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long an answer waits for others, unless what runs takes longer.
const LONGEST: Duration = Duration::from_micros(100);

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use super::*;

    struct Probe(&'static str, Mutex<Sender<&'static str>>);

    impl Holding for Probe {
        fn send(&self) {
            self.1.lock().unwrap().send(self.0).unwrap();
        }
    }

    #[test]
    fn answers_wait_for_each_other_until_the_last_work_runs_or_they_have_waited_long() {
        let gathering = Gathering::default();
        let (sender, sent) = channel();
        let hold = |name| {
            let probe = Arc::new(Probe(name, Mutex::new(sender.clone())));
            gathering.hold(|| Some(probe))
        };
        let sent = || sent.try_iter().collect::<Vec<_>>();
        let now = Instant::now();
        assert!(!hold("nothing waits"));
        gathering.next(2, now);
        assert!(hold("first"));
        gathering.next(1, now);
        assert!(hold("second"));
        assert_eq!(sent(), Vec::<&str>::new());
        gathering.next(0, now);
        assert_eq!(sent(), ["first", "second"]);
        assert!(!hold("the last is sent at once"));
        gathering.next(1, now);
        assert!(hold("third"));
        gathering.next(1, Instant::now() + LONGEST * 2);
        assert_eq!(sent(), ["third"]);
        assert!(hold("fourth"));
        gathering.send();
        assert_eq!(sent(), ["fourth"]);
        assert!(!hold("nothing is about to run"));
    }
}
