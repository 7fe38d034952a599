//! What a request goes through on the backend, and what follows from its answer for this session and the others.
#![forbid(unsafe_code)]

use std::sync::Arc;

use super::job::Batch;
use super::reply::{Outcome, Reader};
use super::request::{Request, Step, Undo};
use super::settings::set;
use super::shared::Delivery;
use super::state::State;
use super::table::Table;
use super::timeouts;
use crate::engine::error::Error;
use crate::engine::wire::{Reply, Wire};
use crate::protocol::backend::encode_notification;

impl Table {
    /// Sends a request and delivers the answer, feeding COPY input as the backend asks for it.
    pub(super) async fn exchange(
        &mut self,
        state: &mut State,
        request: &mut Request,
        batch: &Batch,
        (holds_stale, may_wait, may_provide): (bool, bool, bool),
        wire: &Wire,
    ) -> Result<Outcome, Error> {
        let mut bytes = std::mem::take(&mut request.bytes);
        if bytes.is_empty() {
            // All of it is answered without the backend, to which no input at all would be the end.
            bytes = FLUSH.to_vec();
        }
        let shared = Arc::clone(&state.shared);
        let mut answer = if request.copies {
            let (streamed, stopper) = (Arc::clone(&shared), Arc::clone(wire.stopper()));
            let number = batch.number;
            let sink = move |bytes: &[u8]| streamed.stream(number, bytes, &stopper);
            wire.exchange_copy(bytes, Box::new(sink)).await
        } else {
            wire.exchange(bytes).await
        };
        let mut outcome = Outcome::default();
        let mut reader = Reader::new(&mut request.steps, request.query.as_deref());
        loop {
            let Reply { bytes, delivered } = match answer {
                Ok(reply) => reply,
                Err(error) => {
                    let stop = wire.stopper().done();
                    return Err(stop.map_or(error, timeouts::stopped));
                }
            };
            let out = reader.read(bytes, delivered, state, &mut outcome);
            let last = !outcome.copy_in;
            if last {
                wire.stopper().done();
                outcome.outrun = wire.stopper().is_tainted();
            }
            let waits = outcome.waits_for.is_some() && may_wait && outcome.ready == Some(b'I');
            let provides = may_provide && self.can_provide(&outcome);
            if waits || provides || (outcome.stale_plan && holds_stale) {
                return Ok(outcome);
            }
            if last && batch.synchronises && outcome.ready.is_none() && !request.copies {
                return Err(Error::BackendLost {
                    reason: "its answer did not end with ReadyForQuery".to_owned(),
                });
            }
            if last || !out.is_empty() {
                if let Some(status) = outcome.ready {
                    shared.set_transaction_status(status);
                }
                // Whoever has the answer may rely on the change being known, and on those who listen having heard.
                if last && outcome.schema_changed {
                    shared.hub.note_schema_change();
                }
                self.notify(state, &std::mem::take(&mut outcome.notifications));
                let delivery = Delivery {
                    bytes: out,
                    last,
                    ..Delivery::default()
                };
                shared.reply(batch.number, delivery);
            }
            if last {
                return Ok(outcome);
            }
            // Its client may be one of them, and its input is waited for here.
            wire.guests().close();
            wire.stopper().feed(true);
            let input = shared.next_copy(batch.number, wire.stopper());
            reader.copy_stopped = wire.stopper().stopped().map(timeouts::stopped);
            if reader.copy_stopped.is_none() {
                wire.stopper().feed(false);
            }
            answer = wire.exchange(input).await;
        }
    }

    /// What follows from an answer, for this session and the others.
    pub(super) async fn follow(
        &mut self,
        state: &mut State,
        request: &Request,
        mut outcome: Outcome,
        wire: &Wire,
    ) -> Result<bool, Error> {
        if request.mentions.backend_signal {
            self.send_signals(state, wire).await?;
        }
        self.counts.errors += outcome.errors;
        self.backend_errors += outcome.errors + u64::from(state.aborted.is_some());
        self.counts.rows += outcome.rows;
        self.undo(state, std::mem::take(&mut outcome.undone));
        self.misses_statements |= outcome.statement_missing;
        if outcome.statements_lost {
            self.lose_statements();
        }
        if outcome.schema_changed {
            self.routines.forget();
            self.closing.extend(self.cache.invalidate(self.epoch));
        }
        // What a block drops is not only its session's own.
        let block_may = |word| request.blocks.iter().any(|block| block.may_run(word));
        self.misses_statements |= block_may("deallocate");
        if outcome.ready != Some(b'E') && block_may("unlisten") {
            self.listen_again(wire).await?;
        }
        if outcome.ready.is_none() && outcome.errors > 0 {
            state.shared.skip_until_sync();
        }
        self.replan(state, request, &outcome, wire).await?;
        let status = outcome
            .ready
            .unwrap_or_else(|| state.shared.transaction_status());
        state.only_begun = None;
        for step in &request.steps {
            match step {
                Step::Query { script, .. } => {
                    let text = request.query.as_deref().unwrap_or_default();
                    state.note_begin(script, text, status);
                    if status != b'E' {
                        self.restore_after(state, script, wire).await?;
                    }
                }
                // SQL of ours would be in the way of what has not been synchronised.
                Step::Execute(Some(source)) if source.script.changes_settings => {
                    state.to_restore.push(Arc::clone(source));
                }
                _ => {}
            }
        }
        if let Some(ready) = outcome.ready {
            for source in std::mem::take(&mut state.to_restore) {
                if ready != b'E' {
                    self.restore_after(state, &source.script, wire).await?;
                }
            }
        }
        Ok(outcome.ready != Some(b'I'))
    }

    pub(super) fn undo(&mut self, state: &mut State, undone: Vec<Undo>) {
        for undo in undone {
            match undo {
                Undo::Nothing => {}
                Undo::Cached(source) => self.cache.forget(source.key()),
                Undo::Named(name) => drop(state.statements.remove(&name)),
                Undo::Restored(name) => {
                    if let Some(named) = state.statements.get_mut(&name) {
                        named.epoch = 0;
                    }
                }
            }
        }
    }

    /// RESET and DISCARD ALL went to the backend's own values; the session's start-up values and the other sessions'
    /// channels are put back.
    pub(super) async fn restore_after(
        &mut self,
        state: &mut State,
        script: &crate::sql::Script,
        wire: &Wire,
    ) -> Result<(), Error> {
        let lost = state.settings.defaults_lost(script);
        for (name, value) in &lost {
            self.query(wire, set(name, value).as_bytes()).await?;
        }
        if script
            .statements
            .iter()
            .any(|statement| statement.kind == crate::sql::Kind::DiscardAll)
        {
            self.listen_again(wire).await?;
        }
        Ok(())
    }

    /// Tells the sessions that listen. The notifier's own copy went with its answer.
    pub(super) fn notify(&self, notifier: &State, notifications: &[(Vec<u8>, Vec<u8>)]) {
        for (channel, payload) in notifications {
            let Ok(name) = std::str::from_utf8(channel) else {
                continue;
            };
            for listener in self
                .sessions
                .values()
                .filter(|state| state.listening.channels().contains(name))
            {
                let mut bytes = Vec::new();
                encode_notification(&mut bytes, notifier.shared.process_id, channel, payload);
                listener.shared.deliver(Delivery {
                    bytes,
                    asynchronous: true,
                    ..Delivery::default()
                });
            }
        }
    }
}

const FLUSH: &[u8] = &[b'H', 0, 0, 0, 4];
