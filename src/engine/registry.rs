//! One engine per place in a process: whoever names the same place shares it.
//!
//! The registry holds engines weakly. The last handle closes its engine; an opening that comes while the old one still
//! closes waits for it.
#![forbid(unsafe_code)]

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use once_cell::sync::OnceCell;

use super::error::Error;
use super::storage::Place;

/// Opens when an engine thread has ended and its directory is free.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    open: Mutex<bool>,
    changed: Condvar,
}

impl Gate {
    pub(crate) fn open(&self) {
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    /// Waits until the gate is open, at most until the deadline; tells whether it is.
    pub(crate) fn wait_until(&self, deadline: Instant) -> bool {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        while !*open {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            open = self
                .changed
                .wait_timeout(open, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        true
    }
}

struct Slot {
    engine: Weak<dyn Any + Send + Sync>,
    gate: Arc<Gate>,
    close: Box<dyn Fn() + Send>,
}

type Slots = HashMap<Place, Slot>;

static SLOTS: OnceCell<Mutex<Slots>> = OnceCell::new();
/// Held while an engine is opened, so that two openings of one place do not race.
static OPENING: Mutex<()> = Mutex::new(());

/// The engine of the place, if it is open.
pub(crate) fn find<E: Any + Send + Sync>(
    place: &Place,
    is_alive: impl Fn(&E) -> bool,
) -> Option<Arc<E>> {
    let engine = slots().get(place)?.engine.upgrade()?;
    engine
        .downcast::<E>()
        .ok()
        .filter(|engine| is_alive(engine))
}

/// The engine of the place, opened by `open` when there is none that is alive. Blocks; not for an event loop.
pub(crate) fn join<E: Any + Send + Sync>(
    place: &Place,
    is_alive: impl Fn(&E) -> bool,
    open: impl FnOnce(Arc<Gate>) -> Result<Arc<E>, Error>,
    close: impl Fn(&E) + Send + Copy + 'static,
) -> Result<Arc<E>, Error> {
    let _opening = OPENING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(engine) = find(place, is_alive) {
        return Ok(engine);
    }
    let gate = slots().get(place).map(|slot| Arc::clone(&slot.gate));
    if gate.is_some_and(|gate| !gate.wait_until(Instant::now() + LONGEST_CLOSE)) {
        return Err(Error::Closing {
            path: place.data_dir().into(),
            seconds: LONGEST_CLOSE.as_secs(),
        });
    }
    let gate = Arc::new(Gate::default());
    let engine = open(Arc::clone(&gate))?;
    let weak = Arc::downgrade(&engine);
    let closer = Weak::clone(&weak);
    let slot = Slot {
        engine: weak,
        gate,
        close: Box::new(move || {
            if let Some(engine) = closer.upgrade() {
                close(&engine);
            }
        }),
    };
    slots().insert(place.clone(), slot);
    Ok(engine)
}

/// The engine of the place is on its way out: the next opening must not join it.
pub(crate) fn leave(place: &Place, gate: &Arc<Gate>) {
    let mut slots = slots();
    if slots
        .get(place)
        .is_some_and(|slot| Arc::ptr_eq(&slot.gate, gate))
        && let Some(slot) = slots.get_mut(place)
    {
        let none: Weak<()> = Weak::new();
        slot.engine = none;
    }
}

/// Closes every engine of the process and waits for them, for a few seconds in all: one that runs a statement without end
/// is left as it is, and recovers when it is opened again.
pub(crate) fn close_all() {
    let gates: Vec<Arc<Gate>> = {
        let slots = slots();
        slots
            .values()
            .map(|slot| {
                (slot.close)();
                Arc::clone(&slot.gate)
            })
            .collect()
    };
    let deadline = Instant::now() + LONGEST_EXIT;
    for gate in gates {
        gate.wait_until(deadline);
    }
}

fn slots() -> std::sync::MutexGuard<'static, Slots> {
    SLOTS
        .get_or_init(Mutex::default)
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

const LONGEST_CLOSE: Duration = Duration::from_secs(30);
const LONGEST_EXIT: Duration = Duration::from_secs(5);
