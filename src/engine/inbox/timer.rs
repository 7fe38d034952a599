//! What the timer thread does with an inbox: the engine thread itself may be inside of a long statement.
#![forbid(unsafe_code)]

use std::sync::atomic::Ordering;
use std::time::Instant;

use super::{Holder, Inbox, Refusal, Work, holder};
use crate::engine::interrupt::GivenUp;
use crate::engine::queue::{Limit, Queued};

impl<W: Work> Inbox<W> {
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

    pub(super) fn give_up(&self, entry: Queued<W>, now: Instant, holder: Option<Holder>) {
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
}
