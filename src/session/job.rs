//! What a session asks of the engine thread, and the answer when it is refused before it ran.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::Instant;

use super::shared::Shared;
use crate::engine::error::Error;
use crate::engine::inbox::{Holder, Refusal, Work};
use crate::engine::queue::Limit;
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
    /// A batch that can perhaps be answered while another session has the backend.
    Ahead(Batch),
    /// The session may have been silent for too long.
    Check,
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
    /// Since when its time counts: from now on, or, behind others of its session, from its turn.
    pub(crate) since: Option<Instant>,
    /// What it waits for, other than its turn.
    pub(crate) waits_for: Option<String>,
}

impl Work for Job {
    fn counts(&self) -> bool {
        matches!(self.task, Task::Batch(_) | Task::Ahead(_))
    }

    fn is_ahead(&self) -> bool {
        matches!(self.task, Task::Ahead(_))
    }

    fn refuse(self, refusal: Refusal) {
        let waits_for = match &self.task {
            Task::Batch(batch) | Task::Ahead(batch) => batch.waits_for.as_deref(),
            _ => None,
        };
        let error = error(&self.session, &refusal, waits_for);
        match (self.task, refusal) {
            (Task::End | Task::Check, _) => {}
            (Task::Start { .. }, _)
            | (Task::Batch(_) | Task::Ahead(_), Refusal::Closed | Refusal::Failed(_)) => {
                self.session.deliver_fatal(&error);
            }
            (Task::Batch(batch) | Task::Ahead(batch), _) => {
                self.session.note_answered(batch.number);
                self.session.deliver_error(&error, batch.synchronises);
            }
        }
    }
}

/// A failure below SQL as the client sees it.
pub(crate) fn fields(error: &Error) -> ErrorFields {
    let fields = ErrorFields::new("ERROR", error.sqlstate(), error.to_string());
    match error {
        Error::Deadlock { detail }
        | Error::Refused {
            detail: Some(detail),
            ..
        } => fields.with_detail(detail.clone()),
        _ => fields,
    }
}

fn error(session: &Shared, refusal: &Refusal, waits_for: Option<&str>) -> ErrorFields {
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
        Refusal::Failed(error) => ErrorFields::new("FATAL", error.sqlstate(), error.to_string()),
        Refusal::Asleep(error) => fields(error),
        Refusal::Stuck(holder) => {
            let holder = describe(session, *holder).unwrap_or_default();
            let message =
                format!("the database is busy with a statement that cannot be stopped: {holder}");
            ErrorFields::new("ERROR", sqlstate::LOCK_NOT_AVAILABLE, message)
                .with_hint("It is free again when that statement ends.")
        }
        Refusal::Cancelled => {
            let message = "canceling statement due to user request";
            ErrorFields::new("ERROR", sqlstate::QUERY_CANCELED, message)
        }
        Refusal::Timeout {
            limit,
            waited,
            holder,
        } => {
            let waited = waited.as_millis();
            let holder = waits_for.map(ToOwned::to_owned).or_else(|| {
                let holder = describe(session, (*holder)?)?;
                Some(format!("the database, which {holder}"))
            });
            let waited_for = format!(
                "waited {waited} ms for {}",
                holder.as_deref().unwrap_or("the database")
            );
            let (code, message) = match limit {
                Limit::Queue | Limit::Size => {
                    let message = format!("queue timeout: {waited_for}");
                    let hint =
                        "One transaction runs at a time; end it sooner, or raise queueTimeout.";
                    return ErrorFields::new("ERROR", sqlstate::LOCK_NOT_AVAILABLE, message)
                        .with_hint(hint);
                }
                Limit::Lock => (
                    sqlstate::LOCK_NOT_AVAILABLE,
                    "canceling statement due to lock timeout",
                ),
                Limit::Statement => (
                    sqlstate::QUERY_CANCELED,
                    "canceling statement due to statement timeout",
                ),
            };
            ErrorFields::new("ERROR", code, message).with_detail(waited_for)
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
    let site = match activity.call_site.as_str() {
        "" => String::new(),
        site => format!("; its transaction began at {site}"),
    };
    Some(format!(
        "session {} (pid {}){name} has held for {held} ms ({how}); its last statement: {}{site}",
        other.id, other.process_id, activity.last_statement
    ))
}
