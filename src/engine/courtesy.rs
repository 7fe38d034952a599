//! Giving the core away between two looks, to whoever stands in line for it.
//!
//! A client that was put on the engine thread's core answers sooner for it. Somebody who computes keeps the core for a
//! millisecond, as long as a hundred small statements; so whoever kept it is not given it again for a while.
#![forbid(unsafe_code)]

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Until when the core is not given away; the engine thread's own.
#[derive(Debug, Default)]
pub(super) struct Courtesy(Mutex<Option<Instant>>);

impl Courtesy {
    /// Gives the core away, with `give`, unless somebody kept it a moment ago.
    pub(super) fn show(&self, give: impl FnOnce()) {
        let mut refuses_until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if refuses_until.is_some_and(|until| now < until) {
            return;
        }
        give();
        *refuses_until = (now.elapsed() > LONGEST_TURN).then(|| now + REFUSAL);
    }
}

/// A client takes less.
const LONGEST_TURN: Duration = Duration::from_micros(300);
/// How long somebody who took more is refused; it costs one such turn to find out that they are still there.
const REFUSAL: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_kept_the_core_is_not_given_it_again_for_a_while() {
        let courtesy = Courtesy::default();
        let given = || {
            let mut given = false;
            courtesy.show(|| given = true);
            given
        };
        assert!(given());
        courtesy.show(|| std::thread::sleep(LONGEST_TURN * 2));
        let began = Instant::now();
        // On a machine that stands still for so long this says nothing.
        assert!(!given() || began.elapsed() >= REFUSAL);
        std::thread::sleep(REFUSAL);
        assert!(given());
    }
}
