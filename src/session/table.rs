//! All sessions of one engine, on its thread: switches them in and out, runs their batches, and tells the others.
#![forbid(unsafe_code)]

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Instant;

use super::checkpoints::Checkpoints;
use super::hub::Hub;
use super::job::{Batch, Job, Task};
use super::request::{Context, Request, build};
use super::routines::Routines;
use super::sequences::Sequences;
use super::settings::{Values, identifier};
use super::shared::Shared;
use super::start;
use super::state::State;
use super::statements::Cache;
use super::stop::{MOST_ERRORS, lose_transaction};
use super::temporary::Parking;
use super::timeouts::Timeouts;
use crate::engine::error::Error;
use crate::engine::inbox::{Refusal, Work};
use crate::engine::interrupt::Stop;
use crate::engine::queue::SessionId;
use crate::engine::wire::{Reply, Wire};
use crate::engine::{Counts, Host, Started, Turn};
use crate::protocol::ErrorFields;
use crate::protocol::backend::{Messages, data_row};
use crate::protocol::frontend::{encode_close, encode_query, encode_sync};

/// The sessions of one engine.
#[derive(Debug)]
pub(crate) struct Table {
    hub: Arc<Hub>,
    pub(super) sessions: HashMap<SessionId, State>,
    /// Whose settings the backend has.
    pub(super) current: Option<SessionId>,
    /// The session that keeps the backend between two batches.
    pub(super) holder: Option<SessionId>,
    /// The backend's settings, as far as they may differ from its own.
    pub(super) applied: Values,
    /// Names whose value on the backend nobody knows.
    pub(super) unknown: BTreeSet<String>,
    pub(super) cache: Cache,
    pub(super) closing: Vec<u64>,
    pub(super) unnamed_owner: Option<SessionId>,
    /// The backend has lost some of its prepared statements.
    pub(super) misses_statements: bool,
    /// Changes whenever the backend loses its prepared statements.
    pub(super) epoch: u64,
    /// Which of the engine's backends is known.
    generation: Option<u64>,
    pub(super) available: BTreeSet<String>,
    /// Extensions that the database has, and the backend has not: they need not be made available to be created.
    pub(super) dormant: BTreeSet<String>,
    /// Extensions to make available as soon as no transaction is open.
    pub(super) wanted: BTreeSet<String>,
    pub(super) routines: Routines,
    pub(super) parking: Parking,
    pub(super) sequences: Sequences,
    pub(super) counts: Counts<Job>,
    /// How many statements have failed on this backend.
    pub(super) backend_errors: u64,
    /// After how many it is opened again.
    pub(super) refresh_at: u64,
    /// When the turn of the batch that runs began.
    pub(super) turn_began: Instant,
    /// The databases that the catalog lists.
    pub(super) listed: Option<Vec<String>>,
    /// From when to when a batch waited for the backend to be opened, the last time.
    pub(super) woke: Option<(Instant, Instant)>,
    /// The backend was told what advisory locks sessions hold that do not run.
    pub(super) advisory_told: bool,
    /// The settings of time that a session begins with.
    pub(super) timeouts: Option<Timeouts>,
    checkpoints: Checkpoints,
}

impl Host for Table {
    type Work = Job;

    async fn turn(&mut self, session: SessionId, job: Job, wire: &Wire) -> Turn<Job> {
        if wire.is_asleep() && !matches!(job.task, Task::End | Task::Check) {
            wire.guests().close();
            let began = Instant::now();
            if let Err(error) = wire.wake().await {
                self.counts.errors += 1;
                job.refuse(Refusal::Asleep(error));
                return Turn::Over(None);
            }
            self.woke = Some((began, Instant::now()));
        }
        if !wire.is_asleep() {
            self.follow_generation(wire).await;
        }
        let turn = match job.task {
            Task::Start { message, greeted } => {
                start::run(self, &job.session, &message, greeted, wire).await;
                self.watch_silence(session);
                Turn::Over(None)
            }
            Task::End => {
                self.end(session, wire).await;
                Turn::Over(None)
            }
            Task::Check => Turn::Over(self.check_silence(session, wire).await),
            Task::Batch(mut batch) | Task::Ahead(mut batch) => {
                batch.since = batch.since.map(|since| self.awake_since(since));
                self.turn_began = Instant::now();
                wire.stopper().enter(session, batch.number);
                if job.session.is_cancelled(batch.number) {
                    wire.stopper().stop(session, Stop::Cancel);
                }
                if job.session.is_aborted() {
                    wire.stopper().leave();
                    return Turn::Over(self.holder.filter(|holder| *holder == session));
                }
                let turn = self.batch(session, &job.session, batch, wire).await;
                if wire.stopper().leave() {
                    self.abort_unseen(session, wire).await;
                }
                let owner = match turn {
                    Turn::Over(owner) => owner,
                    Turn::Waits(batch) => {
                        self.holder = None;
                        return Turn::Waits(Job {
                            session: job.session,
                            task: Task::Batch(batch),
                        });
                    }
                };
                self.watch_silence(session);
                if owner.is_none() && self.checkpoints.is_due() {
                    self.unnamed_owner = None;
                    self.checkpoints.run(wire).await;
                }
                if owner.is_none() && self.backend_errors >= self.refresh_at {
                    self.refresh(session, wire).await;
                }
                Turn::Over(owner)
            }
        };
        self.holder = match &turn {
            Turn::Over(owner) => *owner,
            Turn::Waits(_) => None,
        };
        turn
    }

    fn ahead(&mut self, session: SessionId, job: Job) -> Option<Job> {
        let done = matches!(&job.task, Task::Ahead(batch)
            if self.answer_ahead(session, &job.session, batch));
        (!done).then_some(job)
    }

    async fn hibernate(&mut self, wire: &Wire) -> bool {
        self.fall_asleep(wire).await
    }

    fn counts(&mut self) -> Counts<Job> {
        std::mem::take(&mut self.counts)
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
            generation: None,
            available: started.extensions.iter().cloned().collect(),
            dormant: started.dormant.iter().cloned().collect(),
            wanted: BTreeSet::new(),
            routines: Routines::default(),
            parking: Parking::default(),
            sequences: Sequences::default(),
            counts: Counts::default(),
            backend_errors: 0,
            refresh_at: MOST_ERRORS,
            turn_began: Instant::now(),
            listed: None,
            woke: None,
            advisory_told: false,
            timeouts: None,
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
    ) -> Turn<Batch> {
        if shared.was_in_copy(batch.number) {
            shared.deliver_nothing();
            shared.note_answered(batch.number);
            return Turn::Over(self.holder);
        }
        // A query and a function call are batches of their own.
        let has_sync = batch.synchronises && !matches!(batch.bytes.first(), Some(b'Q' | b'F'));
        if shared.skips(has_sync) {
            if !has_sync {
                shared.finish_copy(batch.number);
                shared.deliver_nothing();
                shared.note_answered(batch.number);
                return Turn::Over(self.holder);
            }
            batch.bytes = SYNC.to_vec();
        }
        let Some(mut state) = self.sessions.remove(&id) else {
            return Turn::Over(None);
        };
        shared.note_running(batch.synchronises);
        let before = shared.transaction_status();
        let ready = match state.temporary.check() {
            // What a service's transaction has left is nobody's loss.
            Err(lost) if shared.service.is_none() => Err(lost),
            _ => self.switch_in(&mut state, wire).await,
        };
        let result = match ready {
            Ok(()) => self.run(&mut state, &batch, wire).await,
            Err(error) => Err(error),
        };
        let result = match result {
            Err(Error::Waits { key }) => {
                batch.waits_for = Some(self.advisory_holder(&key, id));
                self.sessions.insert(id, state);
                return Turn::Waits(batch);
            }
            other => other,
        };
        let keeps = match result {
            Ok(keeps) => keeps,
            Err(error) => {
                self.counts.errors += 1;
                let refused = self.fail(&mut state, error, before, &batch, wire).await;
                if refused {
                    self.fail_on_backend(batch.synchronises, wire).await;
                }
                refused && (!batch.synchronises || shared.transaction_status() != b'I')
            }
        };
        shared.finish_copy(batch.number);
        shared.note_answered(batch.number);
        self.sessions.insert(id, state);
        Turn::Over(keeps.then_some(id))
    }

    /// Runs the SQL that a request needs to have run.
    pub(super) async fn run_before(
        &mut self,
        request: &mut Request,
        wire: &Wire,
    ) -> Result<(), Error> {
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
            others: &self.sessions,
        };
        build(&batch.bytes, state, &mut context)
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
        let before = self.generation.replace(wire.generation());
        if before == self.generation {
            return;
        }
        self.backend_errors = 0;
        self.refresh_at = MOST_ERRORS;
        let last = self.current.take().filter(|_| before.is_some());
        self.applied.clear();
        self.unknown.clear();
        self.lose_statements();
        self.sequences.forget();
        for state in self.sessions.values_mut() {
            state.settings.keep_known();
        }
        let with_transaction: Vec<SessionId> = self
            .sessions
            .values()
            .filter(|state| state.shared.transaction_status() != b'I' && state.aborted.is_none())
            .map(|state| state.shared.id)
            .collect();
        for id in with_transaction {
            if let Some(mut state) = self.sessions.remove(&id) {
                lose_transaction(&mut state);
                self.sessions.insert(id, state);
            }
        }
        self.sweep(last, wire).await;
        drop(self.listen_again(wire).await);
    }

    pub(super) async fn listen_again(&mut self, wire: &Wire) -> Result<(), Error> {
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
    pub(super) async fn drop_statements(&mut self, wire: &Wire) -> Result<(), Error> {
        self.query(wire, b"DEALLOCATE ALL").await?;
        self.lose_statements();
        self.misses_statements = false;
        Ok(())
    }

    pub(super) fn lose_statements(&mut self) {
        self.epoch += 1;
        self.unnamed_owner = None;
        self.closing.clear();
    }

    /// Drops what was the session's own.
    pub(super) async fn end(&mut self, id: SessionId, wire: &Wire) {
        self.hub.remove(id);
        let Some(state) = self.sessions.remove(&id) else {
            return;
        };
        self.counts.releases = true;
        if wire.is_asleep() {
            // What it had on the backend went with it.
            self.current = self.current.filter(|current| *current != id);
            return;
        }
        let is_open = state.shared.transaction_status() != b'I' && state.aborted.is_none();
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
        drop(self.drop_temporary(&state, wire).await);
        if self.current == Some(id) {
            self.current = None;
            if !state.advisory.is_empty() || state.advisory_unknown {
                let sql = b"SELECT pg_catalog.pg_advisory_unlock_all()";
                drop(self.query(wire, sql).await);
            }
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
        state.cursors.encode_closes(&mut bytes);
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
/// A Bind without anything in it, which is an error in any state.
const MALFORMED: &[u8] = &[b'B', 0, 0, 0, 4];
