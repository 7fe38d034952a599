//! Stopping what a backend runs.
//!
//! PostgreSQL's own timers and interrupts are not wired up in the embedded engine (docs/architecture.md, "Stopping"), so
//! the WASM call itself is made to trap: wasmer sends SIGUSR1 to the thread that runs the store, and its handler turns the
//! signal into a trap. Node uses SIGUSR1 too (it starts the debugger), so our own handler stands before both and hands
//! each signal to the one it is meant for. Where there are no signals nothing can be stopped, and `Stopper::is_able` says
//! so.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::alarm::Alarm;
use super::queue::SessionId;

/// Why a batch is stopped while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Someone asked for it.
    Cancel,
    /// `statement_timeout`.
    StatementTimeout,
    /// `transaction_timeout`.
    TransactionTimeout,
    /// The process ends.
    Closing,
}

/// What `Stopper::watch` found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GivenUp {
    /// Whose batch goes on running.
    pub(crate) session: SessionId,
    /// Which one.
    pub(crate) batch: u64,
    /// Why it should have been stopped.
    pub(crate) stop: Stop,
}

/// The batch whose turn it is.
#[derive(Debug)]
struct Turn {
    session: SessionId,
    batch: u64,
    phase: Phase,
    deadline: Option<(Instant, Stop)>,
    /// Why and since when it is being stopped.
    stopped: Option<(Stop, Instant)>,
    /// A signal was sent.
    signalled: bool,
    /// Its client was told that it could not be stopped.
    given_up: bool,
}

/// What the backend does for a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// It has not begun with the batch's own statements.
    Preparing,
    /// It runs them, and may be interrupted.
    Running,
    /// It waits for the client's COPY data, which ends by itself when the batch is stopped.
    Feeding,
    /// They have run; a stop comes too late.
    Done,
}

#[derive(Debug, Default)]
struct State {
    target: Option<signal::Target>,
    /// The backend is inside of a call that never returns, where an interrupt waits until it is felt.
    pumped: bool,
    turn: Option<Turn>,
}

/// Stops the batch that runs on one engine, and no other.
#[derive(Debug)]
pub(crate) struct Stopper {
    state: Mutex<State>,
    alarm: Arc<Alarm>,
    able: bool,
}

impl Default for Stopper {
    fn default() -> Self {
        Self::new(Arc::default())
    }
}

impl Stopper {
    pub(crate) fn new(alarm: Arc<Alarm>) -> Self {
        let off = std::env::var("OXBASE_INTERRUPT").is_ok_and(|value| value == "off");
        Self {
            state: Mutex::default(),
            alarm,
            able: cfg!(unix) && !off,
        }
    }

    /// Engine thread, before a backend is opened on it.
    pub(crate) fn prepare(&self) -> signal::Mark {
        signal::prepare(self.able)
    }

    /// Engine thread: the backend that was opened since the mark is the one to stop.
    pub(crate) fn attach(&self, mark: &signal::Mark) {
        let mut state = self.lock();
        state.target = Some(signal::target(mark));
        state.pumped = false;
    }

    /// Engine thread: the backend's call does not return any more.
    pub(crate) fn enter_pump(&self) {
        self.lock().pumped = true;
    }

    /// Engine thread: there is no backend any more.
    pub(crate) fn detach(&self) {
        self.lock().target = None;
        signal::settle();
    }

    /// Engine thread: it is this batch's turn.
    pub(crate) fn enter(&self, session: SessionId, batch: u64) {
        self.lock().turn = Some(Turn {
            session,
            batch,
            phase: Phase::Preparing,
            deadline: None,
            stopped: None,
            signalled: false,
            given_up: false,
        });
    }

    /// Engine thread: the batch's statements run from now on, until the deadline. An error when it has been stopped
    /// already.
    pub(crate) fn run(&self, deadline: Option<(Instant, Stop)>) -> Result<(), Stop> {
        if let Some(turn) = &mut self.lock().turn {
            if let Some((stop, _)) = turn.stopped {
                return Err(stop);
            }
            turn.phase = Phase::Running;
            turn.deadline = deadline;
        }
        if let Some((at, _)) = deadline {
            self.alarm.set(at);
        }
        Ok(())
    }

    /// Engine thread: the backend waits for data, and the engine for the client, or goes on.
    pub(crate) fn feed(&self, waits: bool) {
        if let Some(turn) = &mut self.lock().turn {
            turn.phase = if waits {
                Phase::Feeding
            } else {
                Phase::Running
            };
        }
    }

    /// Whether the batch is being stopped.
    pub(crate) fn stopped(&self) -> Option<Stop> {
        Some(self.lock().turn.as_ref()?.stopped?.0)
    }

    /// Engine thread: the statements have run. Tells whether they were being stopped, which they may have outrun.
    pub(crate) fn done(&self) -> Option<Stop> {
        let mut state = self.lock();
        let turn = state.turn.as_mut()?;
        turn.phase = Phase::Done;
        let stop = turn.stopped?.0;
        drop(state);
        signal::settle();
        Some(stop)
    }

    /// Whether statements that were being stopped have ended by themselves, and an interrupt waits for the next ones.
    pub(crate) fn is_tainted(&self) -> bool {
        let state = self.lock();
        state.pumped && state.turn.as_ref().is_some_and(|turn| turn.signalled)
    }

    /// Engine thread: the turn is over. True when its client was told that the batch could not be stopped.
    pub(crate) fn leave(&self) -> bool {
        let turn = self.lock().turn.take();
        turn.is_some_and(|turn| turn.given_up)
    }

    /// Stops a session's batch, if it is its turn. False when it is not, or the batch has run: its client may have the
    /// answer, and mean the next one.
    pub(crate) fn stop(&self, session: SessionId, why: Stop) -> bool {
        let mut state = self.lock();
        let is_its = state
            .turn
            .as_ref()
            .is_some_and(|turn| turn.session == session && turn.phase != Phase::Done);
        if is_its {
            self.hit(&mut state, why);
        }
        is_its
    }

    /// Stops whatever runs.
    pub(crate) fn stop_any(&self, why: Stop) {
        self.hit(&mut self.lock(), why);
    }

    /// Whether a batch has its turn.
    pub(crate) fn is_busy(&self) -> bool {
        self.lock().turn.is_some()
    }

    /// Whether a batch goes on running that should have been stopped.
    pub(crate) fn is_stuck(&self) -> bool {
        self.lock().turn.as_ref().is_some_and(|turn| turn.given_up)
    }

    /// When `watch` is to be called next.
    pub(crate) fn next_look(&self) -> Option<Instant> {
        let state = self.lock();
        let turn = state.turn.as_ref()?;
        match turn.stopped {
            _ if turn.phase == Phase::Done => None,
            Some(_) if turn.given_up && !self.able => None,
            Some(_) => Some(Instant::now() + AGAIN),
            None => turn.deadline.map(|(at, _)| at),
        }
    }

    /// Timer thread: stops the batch when its time is up, tries again when it still runs, and says once, after a while,
    /// that it goes on.
    pub(crate) fn watch(&self, now: Instant) -> Option<GivenUp> {
        let mut state = self.lock();
        let turn = state.turn.as_ref()?;
        let why = match (turn.stopped, turn.deadline) {
            (Some((why, _)), _) => why,
            (None, Some((at, why))) if at <= now => why,
            _ => return None,
        };
        self.hit(&mut state, why);
        let turn = state.turn.as_mut()?;
        let (stop, since) = turn.stopped?;
        let patience = if self.able { PATIENCE } else { Duration::ZERO };
        if turn.given_up || turn.phase != Phase::Running || now < since + patience {
            return None;
        }
        turn.given_up = true;
        Some(GivenUp {
            session: turn.session,
            batch: turn.batch,
            stop,
        })
    }

    fn hit(&self, state: &mut State, why: Stop) {
        let Some(turn) = state.turn.as_mut().filter(|turn| turn.phase != Phase::Done) else {
            return;
        };
        turn.stopped.get_or_insert_with(|| (why, Instant::now()));
        if let (true, Phase::Running, Some(target)) = (self.able, turn.phase, &state.target) {
            turn.signalled = true;
            target.interrupt();
        }
        self.alarm.set(Instant::now() + AGAIN);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A signal may come just when the thread is not in WASM code; it is sent again after so long.
const AGAIN: Duration = Duration::from_millis(10);
/// Where signals work, code that does not feel them for so long is in a call of the operating system.
const PATIENCE: Duration = Duration::from_secs(5);

#[cfg(unix)]
#[path = "interrupt_signal.rs"]
pub(crate) mod signal;

#[cfg(not(unix))]
pub(crate) mod signal {
    //! There are no signals here.

    #[derive(Debug)]
    pub(crate) struct Mark;

    #[derive(Debug)]
    pub(crate) struct Target;

    impl Target {
        pub(crate) fn interrupt(&self) {}
    }

    pub(crate) fn prepare(_: bool) -> Mark {
        Mark
    }

    pub(crate) fn target(_: &Mark) -> Target {
        Target
    }

    pub(crate) fn settle() {}
}
