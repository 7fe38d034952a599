//! When the timer thread looks next, and how it is made to look earlier.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// One sleeper, and many who may wake it. Setting the alarm to a time at which the sleeper wakes anyway costs one load.
#[derive(Debug)]
pub(crate) struct Alarm {
    epoch: Instant,
    /// Microseconds since `epoch` at which the sleeper wakes by itself.
    planned: AtomicU64,
    poked: Mutex<bool>,
    changed: Condvar,
}

impl Default for Alarm {
    fn default() -> Self {
        Self {
            epoch: Instant::now(),
            planned: AtomicU64::new(u64::MAX),
            poked: Mutex::new(false),
            changed: Condvar::new(),
        }
    }
}

impl Alarm {
    /// The sleeper must be awake at this time.
    pub(crate) fn set(&self, at: Instant) {
        if self.micros(at) < self.planned.load(Ordering::SeqCst) {
            self.poke();
        }
    }

    /// The sleeper must look now.
    pub(crate) fn poke(&self) {
        *self.poked.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    /// Sleeps until the time that `next` gives, or until someone asks for an earlier one.
    pub(crate) fn sleep(&self, next: impl FnOnce() -> Option<Instant>) {
        // Whoever sets the alarm while the next time is being found out wakes the sleep that follows.
        self.planned.store(u64::MAX, Ordering::SeqCst);
        let now = Instant::now();
        let until = next().map_or(now + LONGEST, |at| {
            at.clamp(now + Duration::from_millis(1), now + LONGEST)
        });
        let mut poked = self.poked.lock().unwrap_or_else(PoisonError::into_inner);
        self.planned.store(self.micros(until), Ordering::SeqCst);
        while !*poked {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            poked = self
                .changed
                .wait_timeout(poked, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        *poked = false;
    }

    fn micros(&self, at: Instant) -> u64 {
        let since = at.saturating_duration_since(self.epoch).as_micros();
        u64::try_from(since).unwrap_or(u64::MAX - 1)
    }
}

/// No sleep is longer without looking again.
const LONGEST: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_earlier_time_wakes_the_sleeper_and_a_later_one_does_not() {
        let alarm = Alarm::default();
        let (woken, waiting) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..2 {
                    alarm.sleep(|| Some(Instant::now() + Duration::from_secs(20)));
                    woken.send(()).unwrap();
                }
            });
            alarm.set(Instant::now() + Duration::from_secs(1));
            assert!(waiting.recv_timeout(Duration::from_secs(10)).is_ok());
            while alarm.planned.load(Ordering::SeqCst) == u64::MAX {
                std::thread::yield_now();
            }
            alarm.set(Instant::now() + Duration::from_secs(25));
            assert!(!*alarm.poked.lock().unwrap());
            alarm.poke();
            assert!(waiting.recv_timeout(Duration::from_secs(10)).is_ok());
        });
    }
}
