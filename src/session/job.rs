//! What a session asks of the engine thread, and the answer when it is refused before it ran.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::Instant;

use super::shared::Shared;
use crate::engine::inbox::{Holder, Refusal, Work};
use crate::protocol::startup::StartupMessage;
use crate::protocol::{ErrorFields, sqlstate};

/// One unit of a session's work.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) session: Arc<Shared>,
    pub(crate) task: Task,
}

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Task {
    /// The session begins with these parameters; `greeted` when its client has been answered already.
    Start {
        message: StartupMessage,
        greeted: bool,
    },
    /// Whole frontend messages, up to and including one that asks for an answer.
    Batch(Batch),
    /// The session ends: roll back, drop what is its own.
    End,
}

/// Frontend messages that belong together.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) bytes: Vec<u8>,
    /// Counts the session's batches; COPY input refers to it.
    pub(crate) number: u64,
    /// Whether the answer ends with ReadyForQuery: true for Query, Sync and FunctionCall, false for Flush.
    pub(crate) synchronises: bool,
}

impl Work for Job {
    fn counts(&self) -> bool {
        matches!(self.task, Task::Batch(_))
    }

    fn refuse(self, refusal: Refusal) {
        let error = error(&self.session, &refusal);
        match (self.task, refusal) {
            (Task::End, _) => {}
            (Task::Start { .. }, _) | (Task::Batch(_), Refusal::Closed) => {
                self.session.deliver_fatal(&error);
            }
            (Task::Batch(batch), _) => self.session.deliver_error(&error, batch.synchronises),
        }
    }
}

fn error(session: &Shared, refusal: &Refusal) -> ErrorFields {
    match refusal {
        Refusal::Closed => ErrorFields::new(
            "FATAL",
            sqlstate::ADMIN_SHUTDOWN,
            "terminating connection because the database was closed",
        ),
        Refusal::QueueFull { limit } => ErrorFields::new(
            "ERROR",
            sqlstate::CONFIGURATION_LIMIT_EXCEEDED,
            format!("queue is full: {limit} batches wait for the database already"),
        )
        .with_hint("Raise maxQueueSize, or send less at once."),
        Refusal::QueueTimeout { waited, holder } => {
            let waited = waited.as_millis();
            let message = match holder.and_then(|holder| describe(session, holder)) {
                Some(holder) => {
                    format!("queue timeout: waited {waited} ms for the database, which {holder}")
                }
                None => format!("queue timeout: waited {waited} ms for the database"),
            };
            ErrorFields::new("ERROR", sqlstate::LOCK_NOT_AVAILABLE, message)
                .with_hint("One transaction runs at a time; end it sooner, or raise queueTimeout.")
        }
    }
}

fn describe(session: &Shared, holder: Holder) -> Option<String> {
    let other = session.hub.find(holder.session)?;
    let activity = other.activity();
    let held = Instant::now()
        .saturating_duration_since(holder.since)
        .as_millis();
    let how = if holder.between_batches {
        "in a transaction, idle"
    } else {
        "running"
    };
    let name = if activity.application_name.is_empty() {
        String::new()
    } else {
        format!(" \"{}\"", activity.application_name)
    };
    Some(format!(
        "session {} (pid {}){name} has held for {held} ms ({how}); its last statement: {}",
        other.id, other.process_id, activity.last_statement
    ))
}
