//! How many backends are awake at a time, and who makes room for whom.
//!
//! Engines that want to open their backends stand in line. While the rooms are taken, those that have been idle for the
//! longest are asked to close theirs; when none is idle, those that have had theirs for the longest, between two
//! transactions. Nobody is asked in a transaction.
#![forbid(unsafe_code)]

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::memory;
use crate::engine::error::Error;
use crate::engine::inbox::{Business, Rest};
use crate::session::SessionEngine;

/// Names a tenant among the rooms.
pub(super) type TenantId = u64;

/// The rooms of one set of tenants.
#[derive(Debug)]
pub(super) struct Rooms {
    state: Mutex<State>,
    changed: Condvar,
    most: usize,
    most_memory: Option<u64>,
    patience: Duration,
}

#[derive(Debug, Default)]
struct State {
    awake: HashMap<TenantId, Room>,
    line: BTreeSet<u64>,
    next_ticket: u64,
}

#[derive(Debug)]
struct Room {
    name: String,
    since: Instant,
    /// Absent while it is being opened.
    engine: Weak<SessionEngine>,
    /// Since when it has been asked to leave.
    asked: Option<Instant>,
    /// It was asked and could not; it is not asked again before.
    stays_until: Option<Instant>,
}

/// Somebody who may be asked to make room.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    id: TenantId,
    since: Instant,
    business: Business,
}

impl Rooms {
    pub(super) fn new(most: usize, most_memory: Option<u64>, patience: Duration) -> Self {
        Self {
            state: Mutex::default(),
            changed: Condvar::new(),
            most: most.max(1),
            most_memory,
            patience,
        }
    }

    /// How many backends may be awake.
    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// How many are.
    pub(super) fn count(&self) -> usize {
        self.lock().awake.len()
    }

    /// Whether the tenant's backend is open, or being opened.
    pub(super) fn has(&self, id: TenantId) -> bool {
        self.lock().awake.contains_key(&id)
    }

    /// Waits for a room, in order, until `ended`, or for as long as patience lasts.
    pub(super) fn enter(
        &self,
        id: TenantId,
        name: &str,
        engine: Weak<SessionEngine>,
        ended: &dyn Fn() -> bool,
    ) -> Result<(), Error> {
        let began = Instant::now();
        let mut state = self.lock();
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        state.line.insert(ticket);
        let outcome = loop {
            let is_first = state.line.first() == Some(&ticket);
            if is_first {
                if self.is_free(&state) {
                    break Ok(());
                }
                make_room(&mut state);
            }
            if ended() {
                break Err(Error::Closed);
            }
            if began.elapsed() >= self.patience {
                break Err(self.refusal(&state, name));
            }
            let pause = if is_first { LOOK } else { LOOK * 10 };
            state = self
                .changed
                .wait_timeout(state, pause)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        };
        state.line.remove(&ticket);
        if outcome.is_ok() {
            let room = Room {
                name: name.to_owned(),
                since: Instant::now(),
                engine,
                asked: None,
                stays_until: None,
            };
            state.awake.insert(id, room);
        }
        if state.line.is_empty() {
            keep_those_asked(&mut state);
        }
        drop(state);
        self.changed.notify_all();
        outcome
    }

    /// The engine that the room was taken for.
    pub(super) fn furnish(&self, id: TenantId, engine: &Arc<SessionEngine>) {
        if let Some(room) = self.lock().awake.get_mut(&id) {
            room.engine = Arc::downgrade(engine);
        }
    }

    /// Gives a room back. False when it was not taken.
    pub(super) fn leave(&self, id: TenantId) -> bool {
        let left = self.lock().awake.remove(&id).is_some();
        self.changed.notify_all();
        left
    }

    /// The tenant was asked to leave and cannot.
    pub(super) fn stay(&self, id: TenantId) {
        if let Some(room) = self.lock().awake.get_mut(&id) {
            room.asked = None;
            room.stays_until = Some(Instant::now() + STAYS);
        }
    }

    /// Asks those to close their backends that nobody has used for so long.
    pub(super) fn rest_idle(&self, after: Duration) {
        let mut state = self.lock();
        for room in state.awake.values_mut() {
            let Some(engine) = room.engine.upgrade().filter(|_| room.may_be_asked()) else {
                continue;
            };
            let business = engine.inbox().business();
            if !business.busy && business.last_run.elapsed() >= after {
                room.ask(&engine, Rest::WhenIdle);
            }
        }
    }

    /// Asks the one that has been idle for the longest to close its backend, when the process uses too much memory.
    pub(super) fn rest_for_memory(&self) {
        let mut state = self.lock();
        let is_asked = |room: &Room| room.asked.is_some();
        if !self.exceeds_memory() || state.awake.values().any(is_asked) {
            return;
        }
        let candidates = candidates(&state);
        if let Some((id, rest)) = choose(candidates, 1, Instant::now()).into_iter().next()
            && rest == Rest::WhenIdle
        {
            ask(&mut state, id, rest);
        }
    }

    fn is_free(&self, state: &State) -> bool {
        state.awake.is_empty() || (state.awake.len() < self.most && !self.exceeds_memory())
    }

    fn exceeds_memory(&self) -> bool {
        self.most_memory
            .zip(memory::resident())
            .is_some_and(|(most, resident)| resident > most)
    }

    fn refusal(&self, state: &State, name: &str) -> Error {
        let mut names: Vec<&str> = state
            .awake
            .values()
            .map(|room| room.name.as_str())
            .collect();
        names.sort_unstable();
        let more = names.len().saturating_sub(NAMED);
        names.truncate(NAMED);
        let listed = names.join(", ");
        let awake = if more > 0 {
            format!("{listed} and {more} more")
        } else {
            listed
        };
        Error::NoRoom {
            name: name.to_owned(),
            most: self.most,
            seconds: self.patience.as_secs(),
            awake,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Room {
    fn may_be_asked(&self) -> bool {
        self.asked.is_none() && self.stays_until.is_none_or(|until| until <= Instant::now())
    }

    fn ask(&mut self, engine: &SessionEngine, rest: Rest) {
        self.asked = Some(Instant::now());
        engine.inbox().hibernate(rest);
    }
}

fn ask(state: &mut State, id: TenantId, rest: Rest) {
    if let Some(room) = state.awake.get_mut(&id)
        && let Some(engine) = room.engine.upgrade()
    {
        room.ask(&engine, rest);
    }
}

/// Asks as many as stand in line, and not too many at once, to leave.
fn make_room(state: &mut State) {
    // What somebody who was asked still runs may not come to an end.
    let leaving = |room: &&Room| room.asked.is_some_and(|since| since.elapsed() < PROMPT);
    let leaving = state.awake.values().filter(leaving).count();
    let wanted = state.line.len().min(AT_ONCE).saturating_sub(leaving);
    for (id, rest) in choose(candidates(state), wanted, Instant::now()) {
        ask(state, id, rest);
    }
}

fn candidates(state: &State) -> Vec<Candidate> {
    state
        .awake
        .iter()
        .filter(|(_, room)| room.may_be_asked())
        .filter_map(|(id, room)| {
            Some(Candidate {
                id: *id,
                since: room.since,
                business: room.engine.upgrade()?.inbox().business(),
            })
        })
        .collect()
}

/// Nobody waits any more.
fn keep_those_asked(state: &mut State) {
    for room in state.awake.values_mut() {
        if room.asked.take().is_some()
            && let Some(engine) = room.engine.upgrade()
        {
            engine.inbox().stay_awake();
        }
    }
}

/// Who makes room: the least recently used of those that are idle, then, of those that have work but no transaction, the
/// ones that have been awake for the longest, and for some time at least. One whose client is just about to send its next
/// statement has work, too.
fn choose(candidates: Vec<Candidate>, count: usize, now: Instant) -> Vec<(TenantId, Rest)> {
    let mut eligible: Vec<(bool, Instant, TenantId)> = candidates
        .into_iter()
        .filter(|candidate| !candidate.business.owned)
        .filter_map(
            |Candidate {
                 id,
                 since,
                 business,
             }| {
                let quiet = now.saturating_duration_since(business.last_run) >= QUIET;
                if !business.busy && quiet {
                    return Some((false, business.last_run, id));
                }
                let has_had_its_share = now.saturating_duration_since(since) >= SLICE;
                has_had_its_share.then_some((true, since, id))
            },
        )
        .collect();
    eligible.sort_unstable();
    let rest = |has_work| {
        if has_work {
            Rest::BetweenBatches
        } else {
            Rest::WhenIdle
        }
    };
    eligible
        .into_iter()
        .take(count)
        .map(|(has_work, _, id)| (id, rest(has_work)))
        .collect()
}

/// How often the first in line looks whether somebody has become idle.
const LOOK: Duration = Duration::from_millis(5);
/// How many are asked at the same time: closing takes a processor each.
const AT_ONCE: usize = 4;
/// How long a backend with work stays awake at least while others wait.
const SLICE: Duration = Duration::from_millis(500);
/// How long one has had nothing to do that counts as idle.
const QUIET: Duration = Duration::from_millis(50);
/// How long it takes one to leave that can; after that somebody else is asked, too.
const PROMPT: Duration = Duration::from_millis(250);
/// How long one is left alone that cannot leave.
const STAYS: Duration = Duration::from_secs(1);
/// How many a refusal names.
const NAMED: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(
        id: TenantId,
        now: Instant,
        ago: (u64, u64),
        (owned, busy): (bool, bool),
    ) -> Candidate {
        let before = |millis| now.checked_sub(Duration::from_millis(millis)).unwrap();
        Candidate {
            id,
            since: before(ago.0),
            business: Business {
                owned,
                busy,
                last_run: before(ago.1),
            },
        }
    }

    #[test]
    fn the_least_recently_used_idle_one_goes_first() {
        let now = Instant::now() + Duration::from_mins(1);
        let idle = (false, false);
        let all = vec![
            candidate(1, now, (9_000, 60), idle),
            candidate(2, now, (5_000, 4_000), idle),
            candidate(3, now, (8_000, 200), idle),
        ];
        assert_eq!(
            choose(all, 2, now),
            [(2, Rest::WhenIdle), (3, Rest::WhenIdle)]
        );
    }

    #[test]
    fn one_in_a_transaction_is_never_chosen() {
        let now = Instant::now() + Duration::from_mins(1);
        let all = vec![candidate(1, now, (50_000, 40_000), (true, true))];
        assert_eq!(choose(all, 1, now), []);
    }

    #[test]
    fn one_with_work_goes_when_none_is_idle_and_it_has_had_its_share() {
        let now = Instant::now() + Duration::from_mins(1);
        let busy = (false, true);
        let all = vec![
            candidate(1, now, (100, 1), busy),
            candidate(2, now, (900, 1), busy),
            candidate(3, now, (2_000, 1), busy),
            candidate(4, now, (100, 60), (false, false)),
            candidate(5, now, (700, 10), (false, false)),
            candidate(6, now, (300, 10), (false, false)),
        ];
        assert_eq!(
            choose(all, 9, now),
            [
                (4, Rest::WhenIdle),
                (3, Rest::BetweenBatches),
                (2, Rest::BetweenBatches),
                (5, Rest::BetweenBatches)
            ]
        );
    }

    #[test]
    fn who_waits_for_too_long_learns_who_is_awake() {
        let rooms = Rooms::new(1, None, Duration::from_millis(20));
        let enter = |id, name| rooms.enter(id, name, Weak::new(), &|| false);
        assert_eq!(enter(1, "one"), Ok(()));
        let refused = enter(2, "two").expect_err("there is one room");
        assert_eq!(refused.sqlstate(), "53300");
        assert_eq!(
            refused.to_string(),
            "no room for database \"two\": 1 may be awake, and none could be closed within 0 s; awake: one"
        );
        assert!(rooms.leave(1));
        assert_eq!(enter(2, "two"), Ok(()));
    }
}
