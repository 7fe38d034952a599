//! What the engine thread looks at itself while it has nothing to run: connections whose next request is about to come.
//!
//! A request that another thread reads costs two hops, one to that thread and one to this one. So a connection that was
//! served a moment ago takes a seat here, and is read by the thread that will run what it sends. When the engine goes to
//! sleep, or is busy with something else, everyone has to leave.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::gathering::Gathering;

/// Someone to look at. Is dropped when it has to leave.
pub(crate) trait Guest: Send {
    /// Takes what is there, without waiting. False when it does not want to be looked at any more.
    fn look(&mut self) -> bool;
}

/// The seats of one engine.
#[derive(Default)]
pub(crate) struct Guests {
    seats: Mutex<Seats>,
    /// How many are taken, to be seen without the lock.
    count: AtomicUsize,
    /// Whether seats are given, to be seen without the lock.
    open: AtomicBool,
    /// How often the engine has looked around.
    rounds: AtomicU64,
    gathering: Gathering,
}

#[derive(Default)]
struct Seats {
    open: bool,
    next: u64,
    taken: Vec<(u64, Box<dyn Guest>)>,
}

impl Guests {
    /// Gives a seat, by its number; none while the engine thread does not look around.
    pub(crate) fn invite(&self, guest: impl FnOnce() -> Box<dyn Guest>) -> Option<u64> {
        let mut seats = self.lock();
        if !seats.open || seats.taken.len() >= SEATS {
            return None;
        }
        seats.next += 1;
        let number = seats.next;
        seats.taken.push((number, guest()));
        self.count.store(seats.taken.len(), Ordering::Release);
        Some(number)
    }

    /// Takes a seat back, if it is still taken.
    pub(crate) fn dismiss(&self, number: u64) {
        let mut seats = self.lock();
        let place = seats.taken.iter().position(|(seat, _)| *seat == number);
        let guest = place.map(|place| seats.taken.swap_remove(place));
        self.count.store(seats.taken.len(), Ordering::Release);
        drop(seats);
        drop(guest);
    }

    /// Their answers, as far as they are held back.
    pub(crate) fn gathering(&self) -> &Gathering {
        &self.gathering
    }

    /// How often the engine has looked around: when that stands still it is busy.
    pub(crate) fn rounds(&self) -> u64 {
        self.rounds.load(Ordering::Relaxed)
    }

    /// The engine thread looks around from now on.
    pub(super) fn open(&self) {
        if !self.open.swap(true, Ordering::AcqRel) {
            self.lock().open = true;
        }
    }

    /// The engine thread looks around once. False when there is nobody.
    pub(super) fn look(&self) -> bool {
        if self.count.load(Ordering::Acquire) == 0 {
            return false;
        }
        let mut seats = self.lock();
        self.rounds.fetch_add(1, Ordering::Relaxed);
        seats.taken.retain_mut(|(_, guest)| guest.look());
        self.count.store(seats.taken.len(), Ordering::Release);
        true
    }

    /// The engine thread looks around no more: everyone leaves.
    pub(crate) fn close(&self) {
        if !self.open.swap(false, Ordering::AcqRel) {
            return;
        }
        let mut seats = self.lock();
        seats.open = false;
        let taken = std::mem::take(&mut seats.taken);
        self.count.store(0, Ordering::Release);
        drop(seats);
        drop(taken);
    }

    fn lock(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Guests {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Guests")
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

/// Looking at one that is silent costs a call into the system.
const SEATS: usize = 16;

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc::{Sender, channel};

    use super::*;

    struct Probe(u32, Sender<&'static str>);

    impl Guest for Probe {
        fn look(&mut self) -> bool {
            self.0 -= 1;
            self.1.send("looked").unwrap();
            self.0 > 0
        }
    }

    impl Drop for Probe {
        fn drop(&mut self) {
            self.1.send("left").unwrap();
        }
    }

    #[test]
    fn guests_are_looked_at_until_they_leave_or_the_engine_sleeps() {
        let guests = Arc::new(Guests::default());
        let (sender, heard) = channel();
        let probe = |times| {
            let sender = sender.clone();
            move || Box::new(Probe(times, sender)) as Box<dyn Guest>
        };
        assert_eq!(guests.invite(probe(1)), None);
        guests.open();
        assert_eq!(guests.invite(probe(1)), Some(1));
        guests.look();
        assert_eq!(heard.try_iter().collect::<Vec<_>>(), ["looked", "left"]);
        let second = guests.invite(probe(9)).unwrap();
        guests.dismiss(second);
        guests.dismiss(second);
        assert_eq!(heard.try_iter().collect::<Vec<_>>(), ["left"]);
        assert!(guests.invite(probe(9)).is_some());
        guests.close();
        guests.look();
        assert_eq!(heard.try_iter().collect::<Vec<_>>(), ["left"]);
        assert_eq!(guests.invite(probe(1)), None);
    }
}
