//! All sessions of one engine, on its thread: switches them in and out, runs their batches, and tells the others.
#![forbid(unsafe_code)]

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::about;
use super::checkpoints::Checkpoints;
use super::job::{Batch, Job, Task};
use super::reply::{Outcome, Reader};
use super::request::{Context, Request, Step, Undo, build};
use super::routines::Routines;
use super::settings::{Values, identifier, set};
use super::shared::{Delivery, Hub, Shared};
use super::start;
use super::state::State;
use super::statements::Cache;
use crate::engine::error::Error;
use crate::engine::queue::SessionId;
use crate::engine::wire::{Reply, Wire};
use crate::engine::{Host, Started};
use crate::protocol::ErrorFields;
use crate::protocol::backend::{Messages, data_row, encode_notification};
use crate::protocol::frontend::{encode_close, encode_query, encode_sync};

/// The sessions of one engine.
#[derive(Debug)]
pub(crate) struct Table {
    hub: Arc<Hub>,
    pub(super) sessions: HashMap<SessionId, State>,
    /// Whose settings the backend has.
    pub(super) current: Option<SessionId>,
    /// The session that keeps the backend between two batches.
    holder: Option<SessionId>,
    /// The backend's settings, as far as they may differ from its own.
    pub(super) applied: Values,
    /// Names whose value on the backend nobody knows.
    pub(super) unknown: BTreeSet<String>,
    cache: Cache,
    closing: Vec<u64>,
    unnamed_owner: Option<SessionId>,
    /// The backend has lost some of its prepared statements.
    misses_statements: bool,
    /// Changes whenever the backend loses its prepared statements.
    epoch: u64,
    generation: u64,
    pub(super) available: BTreeSet<String>,
    pub(super) routines: Routines,
    counters: Counters,
    checkpoints: Checkpoints,
}

/// What is counted per reply.
#[derive(Debug, Default)]
struct Counters {
    errors: u64,
    rows: u64,
}

impl Host for Table {
    type Work = Job;

    async fn turn(&mut self, session: SessionId, job: Job, wire: &Wire) -> Option<SessionId> {
        self.follow_generation(wire).await;
        self.holder = match job.task {
            Task::Start { message, greeted } => {
                start::run(self, &job.session, &message, greeted, wire).await;
                None
            }
            Task::End => {
                self.end(session, wire).await;
                None
            }
            Task::Batch(batch) => {
                let owner = self.batch(session, &job.session, batch, wire).await;
                if owner.is_none() && self.checkpoints.is_due() {
                    self.unnamed_owner = None;
                    self.checkpoints.run(wire).await;
                }
                owner
            }
        };
        self.holder
    }

    fn counts(&mut self) -> (u64, u64) {
        let counters = std::mem::take(&mut self.counters);
        (counters.errors, counters.rows)
    }
}

impl Table {
    pub(crate) fn new(started: &Started, hub: Arc<Hub>) -> Self {
        hub.started.get_or_init(|| started.clone());
        Self {
            hub,
            sessions: HashMap::new(),
            current: None,
            holder: None,
            applied: Values::new(),
            unknown: BTreeSet::new(),
            cache: Cache::default(),
            closing: Vec::new(),
            unnamed_owner: None,
            misses_statements: false,
            epoch: 1,
            generation: 0,
            available: started.extensions.iter().cloned().collect(),
            routines: Routines::default(),
            counters: Counters::default(),
            checkpoints: Checkpoints::default(),
        }
    }

    /// Adds a session that has shaken hands.
    pub(super) fn add(&mut self, state: State) {
        self.sessions.insert(state.shared.id, state);
    }

    async fn batch(
        &mut self,
        id: SessionId,
        shared: &Arc<Shared>,
        mut batch: Batch,
        wire: &Wire,
    ) -> Option<SessionId> {
        if shared.was_in_copy(batch.number) {
            shared.deliver_nothing();
            return self.holder;
        }
        // A query and a function call are batches of their own.
        let has_sync = batch.synchronises && !matches!(batch.bytes.first(), Some(b'Q' | b'F'));
        if shared.skips(has_sync) {
            if !has_sync {
                shared.finish_copy(batch.number);
                shared.deliver_nothing();
                return self.holder;
            }
            batch.bytes = SYNC.to_vec();
        }
        let mut state = self.sessions.remove(&id)?;
        let before = shared.transaction_status();
        let result = match self.switch_in(&mut state, wire).await {
            Ok(()) => self.run(&mut state, &batch, wire).await,
            Err(error) => Err(error),
        };
        let owner = match result {
            Ok(keeps) => keeps.then_some(id),
            Err(error) => {
                self.counters.errors += 1;
                let refused = fail(&mut state, &error, before, &batch);
                if refused {
                    self.fail_on_backend(batch.synchronises, wire).await;
                }
                (refused && !batch.synchronises).then_some(id)
            }
        };
        shared.finish_copy(batch.number);
        self.sessions.insert(id, state);
        owner
    }

    /// Runs one batch of a session that is switched in. True when the session keeps the backend.
    async fn run(&mut self, state: &mut State, batch: &Batch, wire: &Wire) -> Result<bool, Error> {
        if self.misses_statements
            && self.holder.is_none()
            && state.shared.transaction_status() == b'I'
        {
            self.drop_statements(wire).await?;
        }
        let mut request = self.build(state, batch);
        if !request.extensions.is_empty() {
            self.provide_extensions(state, &mut request, batch, wire)
                .await?;
        }
        if !request.blocks.is_empty() && state.shared.transaction_status() == b'I' {
            self.learn_routines(wire).await?;
            self.routines.check(&request.blocks)?;
        }
        note_statement(state, &request, batch);
        if state.shared.transaction_status() != b'E'
            && let Some(facts) = about::tell(state, request.mentions)
        {
            request.before.push(facts.into_bytes());
        }
        self.run_before(&mut request, wire).await?;
        let can_retry = batch.synchronises
            && self.holder.is_none()
            && state.shared.transaction_status() == b'I'
            && request.can_be_repeated();
        let mut outcome = self
            .exchange(state, &mut request, batch, can_retry, wire)
            .await?;
        if outcome.stale_plan && can_retry {
            self.closing.extend(self.cache.invalidate(self.epoch));
            self.undo(state, std::mem::take(&mut outcome.undone));
            if outcome.statement_missing {
                self.drop_statements(wire).await?;
            }
            request = self.build(state, batch);
            self.run_before(&mut request, wire).await?;
            outcome = self
                .exchange(state, &mut request, batch, false, wire)
                .await?;
        }
        self.follow(state, &request, outcome, wire).await
    }

    /// Runs the SQL that a request needs to have run.
    async fn run_before(&mut self, request: &mut Request, wire: &Wire) -> Result<(), Error> {
        for sql in std::mem::take(&mut request.before) {
            self.query(wire, &sql).await?;
            self.unnamed_owner = None;
        }
        Ok(())
    }

    pub(super) fn build(&mut self, state: &mut State, batch: &Batch) -> Request {
        self.closing.extend(self.cache.trim(self.epoch));
        let mut context = Context {
            cache: &mut self.cache,
            epoch: self.epoch,
            unnamed_owner: &mut self.unnamed_owner,
            closing: &mut self.closing,
        };
        build(&batch.bytes, state, &mut context)
    }

    /// Sends a request and delivers the answer, feeding COPY input as the backend asks for it.
    async fn exchange(
        &mut self,
        state: &mut State,
        request: &mut Request,
        batch: &Batch,
        holds_stale: bool,
        wire: &Wire,
    ) -> Result<Outcome, Error> {
        let mut bytes = std::mem::take(&mut request.bytes);
        if bytes.is_empty() {
            // All of it is answered without the backend, to which no input at all would be the end.
            bytes = FLUSH.to_vec();
        }
        let shared = Arc::clone(&state.shared);
        let mut reply = if request.copies {
            let streamed = Arc::clone(&shared);
            wire.exchange_copy(bytes, Box::new(move |bytes| streamed.stream(bytes)))
                .await?
        } else {
            wire.exchange(bytes).await?
        };
        let mut outcome = Outcome::default();
        let mut reader = Reader::new(&mut request.steps, request.query.as_deref());
        loop {
            let Reply { bytes, delivered } = reply;
            let out = reader.read(bytes, delivered, state, &mut outcome);
            if outcome.stale_plan && holds_stale {
                return Ok(outcome);
            }
            let last = !outcome.copy_in;
            if last && batch.synchronises && outcome.ready.is_none() && !request.copies {
                return Err(Error::BackendLost {
                    reason: "its answer did not end with ReadyForQuery".to_owned(),
                });
            }
            if last || !out.is_empty() {
                if let Some(status) = outcome.ready {
                    shared.set_transaction_status(status);
                }
                shared.deliver(Delivery {
                    bytes: out,
                    last,
                    ..Delivery::default()
                });
            }
            if last {
                return Ok(outcome);
            }
            reply = wire.exchange(shared.next_copy(batch.number)).await?;
        }
    }

    /// What follows from an answer, for this session and the others.
    async fn follow(
        &mut self,
        state: &mut State,
        request: &Request,
        outcome: Outcome,
        wire: &Wire,
    ) -> Result<bool, Error> {
        self.counters.errors += outcome.errors;
        self.counters.rows += outcome.rows;
        self.undo(state, outcome.undone);
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
        self.notify(state, &outcome.notifications);
        Ok(outcome.ready != Some(b'I'))
    }

    fn undo(&mut self, state: &mut State, undone: Vec<Undo>) {
        for undo in undone {
            match undo {
                Undo::Nothing => {}
                Undo::Cached(source) => self.cache.forget(&source.body),
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
    async fn restore_after(
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
    fn notify(&self, notifier: &State, notifications: &[(Vec<u8>, Vec<u8>)]) {
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

    /// Runs SQL of our own, whose answer no session sees.
    pub(super) async fn query(&mut self, wire: &Wire, sql: &[u8]) -> Result<Reply, Error> {
        let mut bytes = Vec::with_capacity(sql.len() + 6);
        encode_query(&mut bytes, sql);
        self.unnamed_owner = None;
        wire.exchange(bytes).await
    }

    /// Makes the backend undo, and skip, what it would for a failed message; up to a Sync, if there is one.
    async fn fail_on_backend(&mut self, synchronises: bool, wire: &Wire) {
        let sync = if synchronises { SYNC } else { b"" };
        drop(wire.exchange([MALFORMED, sync].concat()).await);
    }

    /// The backend was opened anew: nothing of what it knew is there any more.
    pub(super) async fn follow_generation(&mut self, wire: &Wire) {
        if std::mem::replace(&mut self.generation, wire.generation()) == wire.generation() {
            return;
        }
        self.current = None;
        self.applied.clear();
        self.unknown.clear();
        self.lose_statements();
        drop(self.listen_again(wire).await);
    }

    async fn listen_again(&mut self, wire: &Wire) -> Result<(), Error> {
        let channels: BTreeSet<&String> = self
            .sessions
            .values()
            .flat_map(|state| state.listening.channels())
            .collect();
        let sql: Vec<String> = channels
            .iter()
            .map(|channel| format!("LISTEN {}", identifier(channel)))
            .collect();
        if sql.is_empty() {
            Ok(())
        } else {
            self.query(wire, sql.join(";").as_bytes()).await.map(drop)
        }
    }

    /// Some prepared statements are gone and nobody knows which: so that they can be prepared again, all have to be.
    async fn drop_statements(&mut self, wire: &Wire) -> Result<(), Error> {
        self.query(wire, b"DEALLOCATE ALL").await?;
        self.lose_statements();
        self.misses_statements = false;
        Ok(())
    }

    fn lose_statements(&mut self) {
        self.epoch += 1;
        self.unnamed_owner = None;
        self.closing.clear();
    }

    /// Drops what was the session's own.
    async fn end(&mut self, id: SessionId, wire: &Wire) {
        self.hub.remove(id);
        let Some(state) = self.sessions.remove(&id) else {
            return;
        };
        let is_open = state.shared.transaction_status() != b'I';
        if is_open || self.holder == Some(id) {
            // What has been done since the last Sync is undone, and what would be skipped until the next one is not.
            self.fail_on_backend(true, wire).await;
        }
        if is_open {
            drop(self.query(wire, b"ROLLBACK").await);
        }
        if !state.to_restore.is_empty() {
            drop(self.listen_again(wire).await);
        }
        if self.current == Some(id) {
            self.current = None;
            self.unknown.extend(state.settings.touched.iter().cloned());
            if state.settings.touched_any {
                drop(
                    self.query(
                        wire,
                        b"SET SESSION AUTHORIZATION postgres; RESET ROLE; RESET ALL",
                    )
                    .await,
                );
                self.applied.clear();
                self.unknown.clear();
            }
        }
        let mut bytes = Vec::new();
        for named in state
            .statements
            .values()
            .filter(|named| named.epoch == self.epoch)
        {
            encode_close(&mut bytes, b'S', &named.backend);
        }
        if !bytes.is_empty() {
            encode_sync(&mut bytes);
            drop(wire.exchange(bytes).await);
        }
        let others: BTreeSet<&String> = self
            .sessions
            .values()
            .flat_map(|state| state.listening.channels())
            .collect();
        let alone: Vec<String> = state
            .listening
            .channels()
            .iter()
            .filter(|channel| !others.contains(channel))
            .map(|channel| format!("UNLISTEN {}", identifier(channel)))
            .collect();
        if !alone.is_empty() {
            drop(self.query(wire, alone.join(";").as_bytes()).await);
        }
    }
}

/// Tells the session that its batch failed below SQL. A transaction that was open is gone, unless the batch was refused
/// before it ran, which is what is returned.
fn fail(state: &mut State, error: &Error, before: u8, batch: &Batch) -> bool {
    let refused = matches!(error, Error::Protocol { .. });
    if !refused {
        state.shared.set_transaction_status(b'I');
        state.listening = std::mem::take(&mut state.listening).without_pending();
        state.portals.clear();
    }
    let mut fields = ErrorFields::new("ERROR", error.sqlstate(), error.to_string());
    if before != b'I' && !refused {
        fields = fields.with_detail("The open transaction was rolled back.");
    }
    state.shared.deliver_error(&fields, batch.synchronises);
    refused
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

/// The text rows of an answer.
pub(super) fn rows(reply: &[u8]) -> Vec<Vec<Option<String>>> {
    Messages::new(reply)
        .filter(|message| message.tag == b'D')
        .filter_map(|message| {
            let row = data_row(message.body)?;
            Some(
                row.map(|value| value.map(|value| String::from_utf8_lossy(value).into_owned()))
                    .collect(),
            )
        })
        .collect()
}

/// The first error of an answer.
pub(super) fn first_error(reply: &[u8]) -> Option<ErrorFields> {
    Messages::new(reply)
        .find(|message| message.tag == b'E')
        .map(|message| ErrorFields::decode(message.body))
}

const SYNC: &[u8] = &[b'S', 0, 0, 0, 4];
const FLUSH: &[u8] = &[b'H', 0, 0, 0, 4];
/// A Bind without anything in it, which is an error in any state.
const MALFORMED: &[u8] = &[b'B', 0, 0, 0, 4];
const LONGEST_NOTE: usize = 200;
