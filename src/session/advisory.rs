//! Session-level advisory locks: they exclude each other between sessions, though one backend holds them all.
//!
//! The backend holds the locks of the session that runs. When another one comes in they are given back and noted; the
//! functions that take locks look at a setting with what the other sessions hold (`engine/preparation.sql`). One that
//! would have to wait fails with `OX001`: then its batch goes back to the head of its line until a lock may be free.
//! Inside a transaction block that cannot be, because the block keeps everyone else from running: that is a deadlock.
#![forbid(unsafe_code)]

use serde_json::{Map, Value};

use super::request::{Block, Request, Step, Undo};
use super::settings::literal;
use super::state::State;
use super::table::{Table, rows};
use crate::engine::error::Error;
use crate::engine::queue::SessionId;
use crate::engine::wire::Wire;
use crate::protocol::frontend::{encode_close, encode_sync};
use crate::sql::Kind;

/// One lock of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AdvisoryLock {
    /// The number, or the two with a comma.
    key: String,
    shared: bool,
    times: String,
}

impl Table {
    /// Whether a request may take, give back or look at advisory locks.
    pub(super) fn uses_advisory(&self, state: &State, request: &Request) -> bool {
        let discards = || {
            request.scripts().any(|script| {
                let mut statements = script.statements.iter();
                statements.any(|statement| statement.kind == Kind::DiscardAll)
            })
        };
        request.mentions.advisory_lock
            || (!state.advisory.is_empty() && discards())
            || self.routines.use_advisory
            || request.blocks.iter().any(|block| match block {
                Block::Do(text) | Block::Call(text) => names_one(text),
            })
    }

    /// SQL that tells the backend what the other sessions hold; `None` when it knows.
    pub(super) fn tell_advisory(&mut self, state: &State) -> Option<Vec<u8>> {
        let mut held = Map::new();
        for other in self.sessions.values() {
            if other.shared.id == state.shared.id {
                continue;
            }
            for lock in &other.advisory {
                let mode = if lock.shared { "s" } else { "x" };
                let is_exclusive = held.get(&lock.key).is_some_and(|known| known == "x");
                if !is_exclusive {
                    held.insert(lock.key.clone(), Value::from(mode));
                }
            }
        }
        if held.is_empty() && !self.advisory_told {
            return None;
        }
        // A transaction that rolls back takes the setting with it, so it is told each time.
        self.advisory_told = true;
        let json = Value::Object(held).to_string();
        let name = literal("oxbase.advisory_locks");
        Some(
            format!(
                "SELECT pg_catalog.set_config({name}, {}, false)",
                literal(&json)
            )
            .into_bytes(),
        )
    }

    /// Notes which locks the session holds, after a batch that may have changed them.
    pub(super) async fn learn_advisory(
        &mut self,
        state: &mut State,
        wire: &Wire,
    ) -> Result<(), Error> {
        let sql = b"SELECT key, mode, times FROM pg_catalog.oxbase_advisory_held()";
        let reply = self.query(wire, sql).await?;
        let before = std::mem::take(&mut state.advisory);
        state.advisory = rows(&reply.bytes)
            .into_iter()
            .filter_map(|row| match <[Option<String>; 3]>::try_from(row) {
                Ok([Some(key), Some(mode), Some(times)]) => Some(AdvisoryLock {
                    key,
                    shared: mode == "s",
                    times,
                }),
                _ => None,
            })
            .collect();
        state.advisory_unknown = false;
        let gone = |lock: &AdvisoryLock| {
            let is_same =
                |other: &AdvisoryLock| other.key == lock.key && other.shared == lock.shared;
            !state.advisory.iter().any(is_same)
        };
        self.counts.releases |= before.iter().any(gone);
        Ok(())
    }

    /// Another session comes: the backend gives back the locks of this one.
    pub(super) async fn park_advisory(
        &mut self,
        state: &mut State,
        wire: &Wire,
    ) -> Result<(), Error> {
        if state.advisory_unknown || self.routines.use_advisory {
            self.learn_advisory(state, wire).await?;
        }
        if !state.advisory.is_empty() {
            self.query(wire, b"SELECT pg_catalog.pg_advisory_unlock_all()")
                .await?;
        }
        Ok(())
    }

    /// The session comes back: the backend takes its locks again.
    pub(super) async fn resume_advisory(
        &mut self,
        state: &State,
        wire: &Wire,
    ) -> Result<(), Error> {
        let calls: Vec<String> = state
            .advisory
            .iter()
            .map(|lock| {
                format!(
                    "SELECT pg_catalog.oxbase_advisory({}, {}, true) FROM pg_catalog.generate_series(1, {})",
                    literal(&lock.key),
                    lock.shared,
                    lock.times
                )
            })
            .collect();
        if !calls.is_empty() {
            self.query(wire, calls.join(";").as_bytes()).await?;
        }
        Ok(())
    }

    /// What a batch waits for that needs this lock.
    pub(super) fn advisory_holder(&self, key: &str, own: SessionId) -> String {
        let holder = self.sessions.values().find(|state| {
            state.shared.id != own && state.advisory.iter().any(|lock| lock.key == key)
        });
        match holder {
            Some(state) => format!(
                "advisory lock {key}, which session {} (pid {}) holds",
                state.shared.id, state.shared.process_id
            ),
            None => format!("advisory lock {key}"),
        }
    }

    /// Takes back what a batch made that is to run again as a whole.
    pub(super) async fn undo_named(
        &mut self,
        state: &mut State,
        request: &Request,
        wire: &Wire,
    ) -> Result<(), Error> {
        let mut bytes = Vec::new();
        for step in &request.steps {
            if let Step::Parse {
                undo: Undo::Named(name),
                ..
            } = step
                && let Some(named) = state.statements.remove(name)
            {
                encode_close(&mut bytes, b'S', &named.backend);
            }
        }
        if !bytes.is_empty() {
            encode_sync(&mut bytes);
            wire.exchange(bytes).await?;
        }
        Ok(())
    }
}

/// The error of a wait that could never end.
pub(super) fn deadlock(waits_for: &str) -> Error {
    Error::Deadlock {
        detail: format!(
            "The transaction waits for {waits_for}; it cannot be given back while the transaction is open."
        ),
    }
}

/// Whether a text names one of the functions.
pub(super) fn names_one(text: &str) -> bool {
    text.to_ascii_lowercase().contains("advisory_")
}

/// The error code with which the functions say that they would have to wait.
pub(crate) const WAITS: &str = "OX001";
