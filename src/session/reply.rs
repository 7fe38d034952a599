//! The backend's answer to a request, turned into the session's own.
//!
//! In: backend messages and the steps of the request. Out: the bytes for the client, and what has to be known afterwards.
//! The answer is handed on as it is, but for messages that the session did not ask for or must see differently.
#![forbid(unsafe_code)]

use super::advisory::{self, WAITS};
use super::databases::{self, INSTEAD};
use super::edit::{Edit, original_position};
use super::job::fields;
use super::provide;
use super::request::{Answer, Step, Undo};
use super::state::State;
use super::statements::{PREFIX, is_ours};
use crate::engine::error::Error;
use crate::protocol::backend::{
    Message, Messages, command_tag, encode_command_complete, encode_error, encode_notification,
    encode_parse_complete, notification, parameter_status, ready_status,
};
use crate::protocol::{ErrorFields, sqlstate};
use crate::sql::Kind;

/// What an answer told.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, not states of one thing"
)]
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// The transaction status of the last ReadyForQuery, if there was one.
    pub(crate) ready: Option<u8>,
    /// COPY input is wanted.
    pub(crate) copy_in: bool,
    /// Notifications for whoever listens: channel and payload.
    pub(crate) notifications: Vec<(Vec<u8>, Vec<u8>)>,
    /// The schema may have changed.
    pub(crate) schema_changed: bool,
    /// The backend has lost all prepared statements.
    pub(crate) statements_lost: bool,
    /// The backend did not have a prepared statement that it should have: code in a block or function has dropped it.
    pub(crate) statement_missing: bool,
    /// What must be forgotten because it did not happen.
    pub(crate) undone: Vec<Undo>,
    pub(crate) errors: u64,
    pub(crate) rows: u64,
    /// A statement behind the session's back must be parsed anew, and this request sent again.
    pub(crate) stale_plan: bool,
    /// A stop came too late and waits in the backend for the next statement.
    pub(crate) outrun: bool,
    /// An advisory lock that another session holds.
    pub(crate) waits_for: Option<String>,
    /// A bundled extension whose files the backend does not have, and the statement needs.
    pub(crate) missing_module: Option<String>,
    /// Something was committed on the way.
    pub(crate) committed: bool,
}

impl Outcome {
    fn note(&mut self, kind: &Kind, tag: &str, state: &mut State) {
        self.statements_lost |= state.complete(kind, tag);
        self.committed |= tag == "COMMIT";
        let changes = may_change_schema(kind);
        let undoes =
            matches!(kind, Kind::Rollback { .. } | Kind::RollbackTo(_)) || tag == "ROLLBACK";
        self.schema_changed |= changes || (undoes && state.schema_touched);
        state.schema_touched |= changes;
    }
}

/// Reads an answer. May be called several times for one request whose answer comes in parts.
pub(crate) struct Reader<'r> {
    steps: &'r mut [Step],
    next: usize,
    text: Option<&'r [u8]>,
    skipping: bool,
    /// Why a statement could not be prepared again: the answer to whoever uses it.
    held: Option<Vec<u8>>,
    /// The error of a COPY whose input was cut off because it was stopped.
    pub(crate) copy_stopped: Option<Error>,
}

impl<'r> Reader<'r> {
    pub(crate) fn new(steps: &'r mut [Step], text: Option<&'r [u8]>) -> Self {
        Self {
            steps,
            next: 0,
            text,
            skipping: false,
            held: None,
            copy_stopped: None,
        }
    }

    /// Reads one part of the answer. The client has seen the first `delivered` bytes of it already.
    pub(crate) fn read(
        &mut self,
        reply: Vec<u8>,
        delivered: usize,
        state: &mut State,
        outcome: &mut Outcome,
    ) -> Vec<u8> {
        let mut out = Output::new(delivered);
        for message in Messages::new(&reply) {
            if !is_asynchronous(message.tag) {
                self.answer_ours(&mut out, message.start);
            }
            if matches!(message.tag, b'T' | b'D' | b'C') && self.is_in_pieces() {
                out.remove(&message);
                continue;
            }
            match message.tag {
                b'D' => outcome.rows += 1,
                b'A' => Self::notification(&message, state, outcome, &mut out),
                // A service sets what is reported for its transaction only.
                b'S' if state.shared.service.is_some() => {}
                b'S' => {
                    if let Some((name, _)) = parameter_status(message.body) {
                        let name = String::from_utf8_lossy(name);
                        state.settings.note_reported(&name);
                        state.meaning.note_reported(&name);
                    }
                }
                b'E' => self.error(&message, state, outcome, &mut out),
                b'1' => {
                    if let Some(Step::Parse {
                        answer: Answer::Hidden,
                        ..
                    }) = self.take()
                    {
                        out.remove(&message);
                    }
                }
                b'3' => {
                    if let Some(Step::Close { hidden: true }) = self.take() {
                        out.remove(&message);
                    }
                }
                b'2' => self.next += 1,
                b'T' | b'n' if matches!(self.steps.get(self.next), Some(Step::Describe)) => {
                    self.next += 1;
                }
                b'C' | b'I' | b's' => self.complete(&message, state, outcome, &mut out),
                b'G' | b'W' => outcome.copy_in = true,
                b'Z' => self.ready(&message, state, outcome, &mut out),
                _ => {}
            }
            if matches!(message.tag, b'C' | b'E' | b'Z') {
                outcome.copy_in = false;
            }
        }
        if !self.skipping {
            self.answer_ours(&mut out, reply.len());
        }
        out.finish(reply)
    }

    /// ParseComplete for the statements that the backend was not asked for, in their place.
    fn answer_ours(&mut self, out: &mut Output, at: usize) {
        while let Some(Step::Parse {
            answer: Answer::Ours,
            ..
        }) = self.steps.get(self.next)
        {
            self.next += 1;
            out.insert(at, encode_parse_complete);
        }
    }

    fn take(&mut self) -> Option<&Step> {
        let step = self.steps.get(self.next);
        self.next += 1;
        step
    }

    fn is_in_pieces(&self) -> bool {
        matches!(
            self.steps.get(self.next),
            Some(Step::Query {
                in_pieces: true,
                ..
            })
        )
    }

    fn complete(
        &mut self,
        message: &Message<'_>,
        state: &mut State,
        outcome: &mut Outcome,
        out: &mut Output,
    ) {
        let tag = if message.tag == b'C' {
            command_tag(message.body).unwrap_or_default()
        } else {
            ""
        };
        match self.steps.get_mut(self.next) {
            Some(Step::Query { script, next, .. }) => {
                let statement = script
                    .statements
                    .iter()
                    .filter(|statement| statement.kind != Kind::Empty)
                    .nth(*next);
                *next += 1;
                if let Some(statement) = statement {
                    outcome.note(&statement.kind, tag, state);
                    out.rename(message, &statement.kind, tag);
                }
            }
            Some(Step::Execute(source)) => {
                let source = source.clone();
                self.next += 1;
                let statement = source
                    .as_ref()
                    .and_then(|source| source.script.statements.first());
                if let (Some(statement), true) = (statement, message.tag == b'C') {
                    outcome.note(&statement.kind, tag, state);
                    out.rename(message, &statement.kind, tag);
                }
            }
            _ => {}
        }
    }

    fn ready(
        &mut self,
        message: &Message<'_>,
        state: &mut State,
        outcome: &mut Outcome,
        out: &mut Output,
    ) {
        let status = ready_status(message.body).unwrap_or(b'I');
        let hidden = self.is_hidden();
        if self.is_in_pieces() && !self.skipping {
            outcome.note(&Kind::DiscardAll, DISCARD_ALL, state);
            out.insert(message.start, |out| {
                encode_command_complete(out, DISCARD_ALL);
            });
        }
        while self
            .steps
            .get(self.next)
            .is_some_and(|step| !synchronises(step))
        {
            self.next += 1;
        }
        self.next += 1;
        self.skipping = false;
        if hidden {
            out.remove(message);
            return;
        }
        outcome.ready = Some(status);
        state.listening.ready(status);
        state.meaning.ready(status);
        if status == b'I' {
            state.portals.clear();
            outcome.schema_changed |=
                std::mem::take(&mut state.schema_touched) && outcome.errors > 0;
        }
    }

    /// Whether the next ReadyForQuery is one that the client did not ask for.
    fn is_hidden(&self) -> bool {
        let rest = self.steps.get(self.next..).unwrap_or_default();
        let next = rest.iter().find(|step| synchronises(step));
        matches!(next, Some(Step::HiddenSync))
    }

    /// After an error the backend skips to Sync; what the skipped messages would have made is forgotten.
    fn error(
        &mut self,
        message: &Message<'_>,
        state: &mut State,
        outcome: &mut Outcome,
        out: &mut Output,
    ) {
        self.undo_skipped(outcome);
        if self.is_hidden() {
            self.held = Some(message.bytes.to_vec());
            out.remove(message);
            return;
        }
        outcome.errors += 1;
        state.listening.error();
        let mut error = ErrorFields::decode(message.body);
        if error.code == sqlstate::INVALID_SQL_STATEMENT_NAME
            && let Some(held) = self.held.take()
        {
            out.replace_at(message.start, message.bytes.len(), held);
            return;
        }
        if error.code == sqlstate::INVALID_SQL_STATEMENT_NAME && is_ours(&error.message) {
            (outcome.statement_missing, outcome.stale_plan) = (true, true);
        }
        let mut changed = false;
        if error.code == WAITS {
            outcome.waits_for = Some(std::mem::take(&mut error.message));
            let deadlock = advisory::deadlock(&format!(
                "advisory lock {}",
                outcome.waits_for.as_deref().unwrap_or_default()
            ));
            error = fields(&deadlock);
            changed = true;
        }
        if let Some(name) = provide::missing_module(&error) {
            error.hint = Some(provide::hint(&name));
            outcome.missing_module = Some(name);
            changed = true;
        }
        if let Some(stopped) = self.copy_stopped.take() {
            stopped.sqlstate().clone_into(&mut error.code);
            error.message = stopped.to_string();
            changed = true;
        }
        if let Some(Step::Query { edits, .. }) = self.steps.get(self.next) {
            changed |= shift_position(&mut error, self.text.unwrap_or_default(), edits);
        }
        if error.message.contains(PREFIX) {
            let own = state.own_names(&error.message);
            changed |= own != error.message;
            error.message = own;
        }
        outcome.stale_plan |=
            error.code == "0A000" && error.routine.as_deref() == Some("RevalidateCachedQuery");
        if changed {
            let mut bytes = Vec::new();
            encode_error(&mut bytes, &error);
            out.replace_at(message.start, message.bytes.len(), bytes);
        }
    }

    /// Notes what the messages up to the next synchronisation would have made.
    fn undo_skipped(&mut self, outcome: &mut Outcome) {
        if std::mem::replace(&mut self.skipping, true) {
            return;
        }
        let rest = self.steps.get_mut(self.next..).unwrap_or_default();
        for step in rest.iter_mut().take_while(|step| !synchronises(step)) {
            if let Step::Parse { undo, .. } = step {
                outcome.undone.push(std::mem::replace(undo, Undo::Nothing));
            }
        }
    }

    /// A notification comes after the transaction; it is the session's own if it listens, and under its own pid.
    fn notification(
        message: &Message<'_>,
        state: &mut State,
        outcome: &mut Outcome,
        out: &mut Output,
    ) {
        let Some((_, channel, payload)) = notification(message.body) else {
            return;
        };
        state.listening.apply();
        let mut bytes = Vec::new();
        if std::str::from_utf8(channel)
            .is_ok_and(|channel| state.listening.channels().contains(channel))
        {
            encode_notification(&mut bytes, state.shared.process_id, channel, payload);
        }
        out.replace_at(message.start, message.bytes.len(), bytes);
        outcome
            .notifications
            .push((channel.to_vec(), payload.to_vec()));
    }
}

fn synchronises(step: &Step) -> bool {
    matches!(
        step,
        Step::Sync | Step::HiddenSync | Step::Query { .. } | Step::Call
    )
}

fn is_asynchronous(tag: u8) -> bool {
    matches!(tag, b'S' | b'N' | b'A')
}

/// Whether a statement may change what a kept statement returns. A function may hide anything.
fn may_change_schema(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Ddl
            | Kind::Do
            | Kind::Call
            | Kind::CreateExtension { .. }
            | Kind::DiscardAll
            | Kind::DiscardTemp
            | Kind::Other
    )
}

fn shift_position(error: &mut ErrorFields, text: &[u8], edits: &[Edit]) -> bool {
    let Some(position) = error
        .position
        .as_ref()
        .and_then(|position| position.parse().ok())
    else {
        return false;
    };
    let original = original_position(position, text, edits);
    error.position = Some(original.to_string());
    original != position
}

/// The answer with changes: nothing is copied as long as there are none.
struct Output {
    delivered: usize,
    changes: Vec<(usize, usize, Vec<u8>)>,
}

impl Output {
    fn new(delivered: usize) -> Self {
        Self {
            delivered,
            changes: Vec::new(),
        }
    }

    fn insert(&mut self, at: usize, encode: fn(&mut Vec<u8>)) {
        let mut bytes = Vec::new();
        encode(&mut bytes);
        self.changes.push((at, 0, bytes));
    }

    /// A statement that is another one for the backend completes under the tag of what the client sent.
    fn rename(&mut self, message: &Message<'_>, kind: &Kind, tag: &str) {
        let own = match kind {
            Kind::CloseAll if tag == "DO" => Some("CLOSE CURSOR ALL"),
            kind if tag == INSTEAD => databases::tag(kind),
            _ => None,
        };
        if let Some(own) = own {
            let mut bytes = Vec::new();
            encode_command_complete(&mut bytes, own);
            self.replace_at(message.start, message.bytes.len(), bytes);
        }
    }

    fn remove(&mut self, message: &Message<'_>) {
        self.replace_at(message.start, message.bytes.len(), Vec::new());
    }

    fn replace_at(&mut self, at: usize, length: usize, bytes: Vec<u8>) {
        self.changes.push((at, length, bytes));
    }

    fn finish(self, reply: Vec<u8>) -> Vec<u8> {
        if self.changes.is_empty() {
            if self.delivered == 0 {
                return reply;
            }
            return reply.get(self.delivered..).unwrap_or_default().to_vec();
        }
        let added: usize = self.changes.iter().map(|change| change.2.len()).sum();
        let mut out = Vec::with_capacity(reply.len() + added);
        let mut at = self.delivered;
        for (start, length, bytes) in &self.changes {
            if *start < self.delivered {
                continue;
            }
            out.extend_from_slice(reply.get(at..*start).unwrap_or_default());
            out.extend_from_slice(bytes);
            at = start + length;
        }
        out.extend_from_slice(reply.get(at..).unwrap_or_default());
        out
    }
}

const DISCARD_ALL: &str = "DISCARD ALL";
