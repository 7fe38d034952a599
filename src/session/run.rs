//! One batch of a session that is switched in: what it needs before it, the batch itself, and what is learned from it.
#![forbid(unsafe_code)]

use std::time::Instant;

use super::about;
use super::job::Batch;
use super::provide::may_commit_inside;
use super::reply::Outcome;
use super::request::Request;
use super::state::{Aborted, State};
use super::stop::lose_transaction;
use super::table::Table;
use super::timeouts;
use crate::engine::error::Error;
use crate::engine::wire::{Restart, Wire};

impl Table {
    /// Runs the batch. True when the session keeps the backend.
    pub(super) async fn run(
        &mut self,
        state: &mut State,
        batch: &Batch,
        wire: &Wire,
    ) -> Result<bool, Error> {
        if let Some(Aborted::Untold(error)) = &state.aborted {
            let error = error.clone();
            state.aborted = Some(Aborted::Told);
            return Err(error);
        }
        self.read_meaning(state, &batch.bytes, wire).await?;
        let between = self.holder.is_none() && state.shared.transaction_status() == b'I';
        let alone = between && batch.synchronises;
        if between {
            self.catch_up(state, alone, wire).await?;
        }
        let mut request = self.make_request(state, batch, wire).await?;
        let uses_advisory = self.uses_advisory(state, &request);
        self.announce(state, &mut request, uses_advisory);
        self.run_before(&mut request, wire).await?;
        let can_provide = alone && !uses_advisory;
        let mut outcome = self
            .carry(state, &mut request, batch, (alone, can_provide), wire)
            .await?;
        if let Some(key) = outcome.waits_for.take()
            && alone
            && outcome.ready == Some(b'I')
        {
            self.backend_errors += 1;
            self.undo_named(state, &request, wire).await?;
            return Err(Error::Waits { key });
        }
        let (outrun, status) = (outcome.outrun, outcome.ready);
        let mut keeps = self.follow(state, &request, outcome, wire).await?;
        if outrun {
            wire.restart(Restart::Outrun).await?;
            lose_transaction(state);
            return Ok(false);
        }
        if state.aborted.is_some() {
            keeps = self.stay_aborted(state, status, wire).await?;
            if state.aborted.is_some() {
                return Ok(keeps);
            }
        }
        // A service bounds its batches itself.
        if status.is_some() && state.shared.service.is_none() {
            self.learn_timeouts(state, batch, &request, wire).await?;
        }
        state.advisory_unknown |= uses_advisory;
        if status == Some(b'I') {
            self.learn(state, uses_advisory, wire).await?;
        }
        Ok(keeps)
    }

    /// Makes of the batch what the backend is told, with what that needs.
    async fn make_request(
        &mut self,
        state: &mut State,
        batch: &Batch,
        wire: &Wire,
    ) -> Result<Request, Error> {
        let mut request = self.build(state, batch);
        if !request.extensions.is_empty() {
            self.provide_extensions(state, &mut request, batch, wire)
                .await?;
        }
        if !request.blocks.is_empty() && state.shared.transaction_status() == b'I' {
            self.learn_routines(wire).await?;
            self.routines.check(&request.blocks)?;
        }
        self.attend_to(state, &mut request, batch, wire).await?;
        note_statement(state, &request, batch);
        Ok(request)
    }

    /// Has the backend told before the batch what only a server would know of itself.
    fn announce(&mut self, state: &mut State, request: &mut Request, uses_advisory: bool) {
        let has_failed = state.shared.transaction_status() == b'E';
        if !has_failed && let Some(facts) = about::tell(state, request.mentions) {
            request.before.push(facts.into_bytes());
        }
        if state.aborted.is_some() {
            request.before.push(ABORTED_TRANSACTION.to_vec());
        }
        if uses_advisory && !has_failed {
            request.before.extend(self.tell_advisory(state));
        }
    }

    /// Has the backend carry the request out, once more if a plan was stale.
    async fn carry(
        &mut self,
        state: &mut State,
        request: &mut Request,
        batch: &Batch,
        (alone, can_provide): (bool, bool),
        wire: &Wire,
    ) -> Result<Outcome, Error> {
        let can_retry = alone && request.can_be_repeated();
        let may_provide = can_provide && !may_commit_inside(request);
        let began = batch.since.unwrap_or_else(Instant::now);
        let deadline = state
            .shared
            .timeouts()
            .deadline(request, began, &state.shared);
        wire.stopper().run(deadline).map_err(timeouts::not_begun)?;
        let may = (can_retry, alone, may_provide);
        let mut outcome = self
            .exchange_providing(state, request, batch, may, deadline, wire)
            .await?;
        if !(outcome.stale_plan && can_retry) {
            return Ok(outcome);
        }
        self.closing.extend(self.cache.invalidate(self.epoch));
        self.undo(state, std::mem::take(&mut outcome.undone));
        if outcome.statement_missing {
            self.drop_statements(wire).await?;
        }
        *request = self.build(state, batch);
        self.run_before(request, wire).await?;
        wire.stopper().run(deadline).map_err(timeouts::not_begun)?;
        self.exchange(state, request, batch, (false, alone, false), wire)
            .await
    }

    /// After a transaction: learns what the session has left on the backend.
    async fn learn(
        &mut self,
        state: &mut State,
        uses_advisory: bool,
        wire: &Wire,
    ) -> Result<(), Error> {
        if uses_advisory || state.advisory_unknown {
            self.learn_advisory(state, wire).await?;
        }
        // Were they read only when another session comes, they would be lost with the backend.
        if state.settings.has_touched() {
            self.read_settings(state, wire).await?;
        }
        if state.shared.service.is_some() {
            self.tidy_service(state, wire).await?;
        }
        Ok(())
    }

    /// Does, or refuses, what the backend alone would not do as a server does it.
    async fn attend_to(
        &mut self,
        state: &mut State,
        request: &mut Request,
        batch: &Batch,
        wire: &Wire,
    ) -> Result<(), Error> {
        self.separate_sequences(state, request, wire).await?;
        self.check_full(state, request)?;
        self.list_databases(state, request, wire).await?;
        self.carry_out(state, request, batch, wire).await
    }

    /// Between two transactions: does what could not be done inside of one.
    async fn catch_up(&mut self, state: &mut State, alone: bool, wire: &Wire) -> Result<(), Error> {
        if self.misses_statements {
            self.drop_statements(wire).await?;
        }
        if alone && !self.wanted.is_empty() {
            self.provide_wanted(state, wire).await?;
        }
        Ok(())
    }
}

fn note_statement(state: &State, request: &Request, batch: &Batch) {
    let text = match &request.query {
        Some(text) => text.as_slice(),
        None => match &state.unnamed {
            Some(unnamed) if batch.bytes.first() == Some(&b'P') => unnamed.source.parts().0,
            _ => return,
        },
    };
    let text =
        String::from_utf8_lossy(text.get(..LONGEST_NOTE.min(text.len())).unwrap_or_default())
            .into_owned();
    state
        .shared
        .update_activity(|activity| activity.last_statement = text);
}

/// Leaves the backend where the client believes it to be: in a transaction block that has failed.
const ABORTED_TRANSACTION: &[u8] = b"BEGIN; ROLLBACK TO SAVEPOINT oxbase";
const LONGEST_NOTE: usize = 200;
