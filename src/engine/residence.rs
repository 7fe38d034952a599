//! Who decides how many engines of a process have their backends open at a time.
//!
//! An engine with a residence may be asked to close its backend while nobody needs it, and asks before it opens it again.
#![forbid(unsafe_code)]

use std::fmt::Debug;
use std::sync::Arc;

use super::error::Error;

/// Admits backends. Called on the engine's thread.
pub(crate) trait Residence: Debug + Send + Sync {
    /// Waits, for a bounded time, until the backend may be opened. Gives up when `ended` says that nobody waits any more.
    /// Whoever opens the engine has asked for its first backend.
    fn enter(&self, ended: &dyn Fn() -> bool) -> Result<(), Error>;

    /// The backend is closed: for good, or until somebody needs it.
    fn leave(&self, for_good: bool);

    /// The engine was asked to close its backend, and keeps it: a session would lose something.
    fn stay(&self);
}

/// One engine's place in a residence, taken until this is dropped.
#[derive(Debug)]
pub(crate) struct Stay {
    residence: Option<Arc<dyn Residence>>,
}

impl Stay {
    /// The place of a backend that is being opened for the first time.
    pub(crate) fn new(residence: Option<Arc<dyn Residence>>) -> Self {
        Self { residence }
    }

    /// Waits for the place.
    pub(crate) fn enter(&self, ended: &dyn Fn() -> bool) -> Result<(), Error> {
        match &self.residence {
            Some(residence) => residence.enter(ended),
            None => Ok(()),
        }
    }

    /// Gives it up until the next `enter`.
    pub(crate) fn leave(&self) {
        if let Some(residence) = &self.residence {
            residence.leave(false);
        }
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        if let Some(residence) = &self.residence {
            residence.leave(true);
        }
    }
}
