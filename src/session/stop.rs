//! What stopping a statement, and the loss of the backend, mean for a session.
//!
//! A statement that is stopped takes the backend with it, and the open transaction. Its client must see what a server
//! shows: an error, and a transaction block that has failed and waits for its ROLLBACK. So the session stays in such a
//! block of its own, without the backend, which others use meanwhile.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::job::{Batch, Job, Task, fields};
use super::request::Request;
use super::state::{Aborted, State};
use super::table::{Table, rows};
use super::timeouts::{SHOW, Timeouts, may_change, names_one};
use crate::engine::error::Error;
use crate::engine::queue::SessionId;
use crate::engine::wire::{Restart, Wire};
use crate::protocol::ErrorFields;
use crate::protocol::frontend::{Frames, Frontend};
use crate::sql::{Kind, analyze};

impl Table {
    /// Tells the session that its batch failed below SQL. A transaction that was open is gone, unless the batch was refused
    /// before it ran, which is what is returned.
    pub(super) async fn fail(
        &mut self,
        state: &mut State,
        error: Error,
        before: u8,
        batch: &Batch,
        wire: &Wire,
    ) -> bool {
        state.shared.note_answered(batch.number);
        self.counts.stopped += u64::from(matches!(error, Error::Stopped { .. }));
        let refused = matches!(
            error,
            Error::Protocol { .. } | Error::Refused { .. } | Error::Stopped { begun: false, .. }
        );
        if refused || state.aborted.is_some() {
            if before != b'I' && state.aborted.is_none() {
                // The backend is made to fail the transaction, too.
                state.shared.set_transaction_status(b'E');
            }
            tell(state, &error, fields(&error), batch.synchronises);
            return refused;
        }
        let began = SystemTime::now() - self.turn_began.elapsed();
        let lost = matches!(error, Error::Stopped { .. } | Error::BackendLost { .. });
        state.settings.keep_known();
        let in_block = before != b'I' || begins(batch);
        let error = if lost && !in_block && self.has_committed_since(began, wire).await {
            Error::StoppedTooLate
        } else {
            error
        };
        forget_transaction(state);
        if in_block {
            state.shared.set_transaction_status(b'E');
            state.aborted = Some(Aborted::Told);
        }
        let mut fields = fields(&error);
        if before != b'I' {
            fields = fields.with_detail("The open transaction was rolled back.");
        }
        tell(state, &error, fields, batch.synchronises);
        false
    }

    /// After a batch in a transaction block that exists for the client only: the backend is not kept for it.
    pub(super) async fn stay_aborted(
        &mut self,
        state: &mut State,
        status: Option<u8>,
        wire: &Wire,
    ) -> Result<bool, Error> {
        match status {
            Some(b'E') => {
                self.query(wire, b"ROLLBACK").await?;
                Ok(false)
            }
            Some(_) => {
                state.aborted = None;
                Ok(status != Some(b'I'))
            }
            None => Ok(true),
        }
    }

    /// The client was told that its statement goes on; now it has ended, and whatever transaction it left ends, too.
    pub(super) async fn abort_unseen(&mut self, id: SessionId, wire: &Wire) {
        if let Some(mut state) = self.sessions.remove(&id) {
            if state.shared.transaction_status() != b'I' && state.aborted.is_none() {
                drop(self.query(wire, b"ROLLBACK").await);
                forget_transaction(&mut state);
                state.shared.set_transaction_status(b'E');
                state.aborted = Some(Aborted::Told);
            }
            self.sessions.insert(id, state);
        }
    }

    /// Opens the backend again before its failed statements have filled its stack. What would be lost with it makes that
    /// wait, as long as it can.
    pub(super) async fn refresh(&mut self, current: SessionId, wire: &Wire) {
        let Some(mut state) = self.sessions.remove(&current) else {
            return;
        };
        state
            .settings
            .touched
            .extend(self.routines.settings.iter().cloned());
        let read = self.read_settings(&mut state, wire).await;
        let waits = self.backend_errors < LAST_ERRORS
            && self
                .has_unrestorable(&mut state, wire)
                .await
                .unwrap_or(true);
        self.sessions.insert(current, state);
        if waits || read.is_err() {
            self.refresh_at += 100;
            return;
        }
        // A failure is reported by whatever needs the backend next.
        drop(wire.restart(Restart::Refresh).await);
        self.follow_generation(wire).await;
    }

    /// Whether the last transaction of all has committed since then. Between the commit and its answer a statement may
    /// still be stopped; then it must not be called undone.
    async fn has_committed_since(&mut self, began: SystemTime, wire: &Wire) -> bool {
        let micros = began
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_micros());
        let sql = format!(
            "SELECT extract(epoch FROM pg_catalog.pg_xact_commit_timestamp((pg_catalog.pg_snapshot_xmax(\
             pg_catalog.pg_current_snapshot())::pg_catalog.text::pg_catalog.int8 - 1)::pg_catalog.text::\
             pg_catalog.xid)) * 1000000 >= {micros}"
        );
        let Ok(reply) = self.query(wire, sql.as_bytes()).await else {
            return false;
        };
        let answer = rows(&reply.bytes).into_iter().flatten().next().flatten();
        answer.as_deref() == Some("t")
    }

    /// Reads the session's settings of time again, when they may be others now.
    pub(super) async fn learn_timeouts(
        &mut self,
        state: &mut State,
        batch: &Batch,
        request: &Request,
        wire: &Wire,
    ) -> Result<(), Error> {
        let status = state.shared.transaction_status();
        if may_change(&batch.bytes, request) || self.routines.change_timeouts {
            state.timeouts_unknown = true;
            state.timeouts_in_transaction |= status != b'I';
        }
        let rolls_back = || {
            request.scripts().any(|script| {
                let mut statements = script.statements.iter();
                statements.any(|statement| matches!(statement.kind, Kind::RollbackTo(_)))
            })
        };
        if state.timeouts_in_transaction && (status == b'I' || rolls_back()) {
            state.timeouts_unknown = true;
            state.timeouts_in_transaction = status != b'I';
        }
        if state.timeouts_unknown && status != b'E' {
            let timeouts = self.read_timeouts(wire).await?;
            state.shared.set_timeouts(timeouts);
            state.timeouts_unknown = false;
        }
        Ok(())
    }

    /// The settings of time of a session that begins with these defaults.
    pub(super) async fn begin_timeouts(
        &mut self,
        mut names: impl Iterator<Item = &String> + Send,
        wire: &Wire,
    ) -> Result<Timeouts, Error> {
        let own = names.any(|name| names_one(name.as_bytes()));
        match self.timeouts {
            Some(timeouts) if !own => Ok(timeouts),
            _ => {
                let timeouts = self.read_timeouts(wire).await?;
                if !own {
                    self.timeouts = Some(timeouts);
                }
                Ok(timeouts)
            }
        }
    }

    async fn read_timeouts(&mut self, wire: &Wire) -> Result<Timeouts, Error> {
        let reply = self.query(wire, SHOW.as_bytes()).await?;
        Ok(Timeouts::decode(&rows(&reply.bytes)))
    }

    /// Has the session looked at when it may be silent for too long.
    pub(super) fn watch_silence(&mut self, id: SessionId) {
        let Some(state) = self.sessions.get_mut(&id) else {
            return;
        };
        let shared = &state.shared;
        let timeouts = shared.timeouts();
        if timeouts == Timeouts::default() {
            return;
        }
        state.idle_since = Instant::now();
        if state.next_check.is_some() {
            return;
        }
        let (status, since) = (
            shared.transaction_status(),
            shared.activity().transaction_since,
        );
        if let Some((at, _)) = timeouts.silence(status, state.idle_since, since) {
            self.check_at(at, id);
        }
    }

    fn check_at(&mut self, at: Instant, id: SessionId) {
        if let Some(state) = self.sessions.get_mut(&id) {
            state.next_check = Some(at);
            let job = Job {
                session: Arc::clone(&state.shared),
                task: Task::Check,
            };
            self.counts.scheduled.push((at, id, job));
        }
    }

    /// Ends a session that has been silent for too long. Returns the session that keeps the backend.
    pub(super) async fn check_silence(&mut self, id: SessionId, wire: &Wire) -> Option<SessionId> {
        let state = self.sessions.get_mut(&id)?;
        state.next_check = None;
        let shared = Arc::clone(&state.shared);
        let status = shared.transaction_status();
        let keeps = (status != b'I' && state.aborted.is_none()).then_some(id);
        let since = shared.activity().transaction_since;
        let due = shared.timeouts().silence(status, state.idle_since, since);
        match due {
            Some((at, silence)) if at <= Instant::now() && shared.is_silent() => {
                shared.deliver_fatal(&silence.fatal());
                self.end(id, wire).await;
                None
            }
            Some((at, _)) => {
                self.check_at(at, id);
                keeps
            }
            None => keeps,
        }
    }
}

/// The session's transaction was lost without a statement of its own having failed: the next one tells.
pub(super) fn lose_transaction(state: &mut State) {
    if state.shared.transaction_status() == b'I' {
        return;
    }
    forget_transaction(state);
    state.shared.set_transaction_status(b'E');
    state.aborted = Some(Aborted::Untold(Error::TransactionLost));
}

/// Delivers the error of a batch, which may be the session's last.
fn tell(state: &State, error: &Error, mut fields: ErrorFields, synchronises: bool) {
    if error.sqlstate() == "25P04" {
        "FATAL".clone_into(&mut fields.severity);
        state.shared.deliver_fatal(&fields);
    } else {
        state.shared.deliver_error(&fields, synchronises);
    }
}

/// The open transaction is gone, with what was pending in it.
fn forget_transaction(state: &mut State) {
    state.shared.set_transaction_status(b'I');
    state.listening = std::mem::take(&mut state.listening).without_pending();
    state.portals.clear();
    state.only_begun = None;
    state.timeouts_unknown |= std::mem::take(&mut state.timeouts_in_transaction);
}

/// Whether a batch opens a transaction block, which a failure then leaves open.
fn begins(batch: &Batch) -> bool {
    Frames::new(&batch.bytes).any(|frame| {
        let text = match Frontend::decode(frame.tag, frame.body) {
            Ok(Frontend::Query(text)) => text,
            Ok(Frontend::Parse(parse)) => parse.text,
            _ => return false,
        };
        let mut statements = analyze(text).statements.into_iter();
        statements.any(|statement| statement.kind == Kind::Begin)
    })
}

/// Each failed statement leaves about 1.2 KB on the backend's stack, which the engine does not take back (measured: after
/// 1,794 of them every statement fails with 54001). Long before that, between transactions, it is opened again.
pub(crate) const MOST_ERRORS: u64 = 1_000;
/// From here on it is, even if a session loses its temporary tables by it.
const LAST_ERRORS: u64 = 1_600;
