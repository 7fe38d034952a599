//! How long a session's statements, transactions and silences may last, as its settings say.
//!
//! The settings live on the backend; what they are is read from there whenever a text that names one has run, so that a
//! session which sets none pays nothing. PostgreSQL's own timers do not work in the embedded engine: the session layer
//! enforces them. See <https://www.postgresql.org/docs/18/runtime-config-client.html>.
#![forbid(unsafe_code)]

use std::time::{Duration, Instant};

use super::request::{Request, Step};
use super::shared::Shared;
use crate::engine::error::Error;
use crate::engine::interrupt::Stop;
use crate::protocol::{ErrorFields, sqlstate};
use crate::sql::{Kind, Script};

/// The settings, zero for those that are off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Timeouts {
    pub(crate) statement: Duration,
    pub(crate) lock: Duration,
    pub(crate) idle_in_transaction: Duration,
    pub(crate) transaction: Duration,
    pub(crate) idle_session: Duration,
}

/// Shows the settings, in the order of `Timeouts`. SHOW takes no snapshot, so it does no harm at the beginning of a
/// transaction.
pub(crate) const SHOW: &str = "SHOW statement_timeout; SHOW lock_timeout; SHOW idle_in_transaction_session_timeout; \
    SHOW transaction_timeout; SHOW idle_session_timeout";

impl Timeouts {
    /// Takes the answer to `SHOW`.
    pub(crate) fn decode(rows: &[Vec<Option<String>>]) -> Self {
        let value = |place: usize| {
            let text = rows.get(place).and_then(|row| row.first()?.as_deref());
            text.and_then(duration).unwrap_or_default()
        };
        Self {
            statement: value(0),
            lock: value(1),
            idle_in_transaction: value(2),
            transaction: value(3),
            idle_session: value(4),
        }
    }

    /// When a request must have ended that began then. A text with several statements may take the time of all of them:
    /// where one ends and the next begins is not seen from outside.
    pub(crate) fn deadline(
        &self,
        request: &Request,
        began: Instant,
        shared: &Shared,
    ) -> Option<(Instant, Stop)> {
        let mut statement = Some(Duration::ZERO);
        let mut limit = self.statement;
        for step in &request.steps {
            match step {
                Step::Query { script, .. } => {
                    let text = request.query.as_deref().unwrap_or_default();
                    add(&mut statement, &mut limit, script, text);
                }
                Step::Execute(Some(source)) => {
                    add(&mut statement, &mut limit, &source.script, source.parts().0);
                }
                Step::Execute(None) | Step::Call => spend(&mut statement, limit),
                _ => {}
            }
        }
        let own = shared.statement_timeout();
        let statement = [statement.filter(|sum| !sum.is_zero()), own]
            .into_iter()
            .flatten()
            .min()
            .and_then(|limit| Some((began.checked_add(limit)?, Stop::StatementTimeout)));
        let transaction = (!self.transaction.is_zero())
            .then(|| shared.activity().transaction_since.unwrap_or(began))
            .and_then(|since| {
                Some((
                    since.checked_add(self.transaction)?,
                    Stop::TransactionTimeout,
                ))
            });
        [statement, transaction]
            .into_iter()
            .flatten()
            .min_by_key(|(at, _)| *at)
    }

    /// When a session that says nothing is to be ended, and with which words.
    pub(crate) fn silence(
        &self,
        status: u8,
        since: Instant,
        transaction_since: Option<Instant>,
    ) -> Option<(Instant, Silence)> {
        let after = |since: Instant, limit: Duration, silence| {
            let at = since.checked_add(limit).filter(|_| !limit.is_zero())?;
            Some((at, silence))
        };
        if status == b'I' {
            return after(since, self.idle_session, Silence::Session);
        }
        let idle = after(since, self.idle_in_transaction, Silence::InTransaction);
        let transaction = transaction_since
            .and_then(|since| after(since, self.transaction, Silence::Transaction));
        [idle, transaction]
            .into_iter()
            .flatten()
            .min_by_key(|(at, _)| *at)
    }
}

/// Which silence was too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Silence {
    Session,
    InTransaction,
    Transaction,
}

impl Silence {
    /// The last words to the session.
    pub(crate) fn fatal(self) -> ErrorFields {
        let (code, what) = match self {
            Self::Session => ("57P05", "idle-session"),
            Self::InTransaction => ("25P03", "idle-in-transaction"),
            Self::Transaction => ("25P04", "transaction"),
        };
        let message = format!("terminating connection due to {what} timeout");
        ErrorFields::new("FATAL", code, message)
    }
}

/// The error of a batch that was stopped before the backend had any of it.
pub(crate) fn not_begun(stop: Stop) -> Error {
    with_words(stop, false)
}

/// The error of a batch that was stopped while it ran.
pub(crate) fn stopped(stop: Stop) -> Error {
    with_words(stop, true)
}

fn with_words(stop: Stop, begun: bool) -> Error {
    let (code, message) = match stop {
        Stop::Cancel => (
            sqlstate::QUERY_CANCELED,
            "canceling statement due to user request",
        ),
        Stop::StatementTimeout => (
            sqlstate::QUERY_CANCELED,
            "canceling statement due to statement timeout",
        ),
        Stop::TransactionTimeout => ("25P04", "terminating connection due to transaction timeout"),
        Stop::Closing => (
            sqlstate::ADMIN_SHUTDOWN,
            "terminating connection because the database was closed",
        ),
    };
    Error::Stopped {
        code,
        message,
        begun,
    }
}

/// Whether a batch may change one of the settings: it names one, or puts everything back.
pub(crate) fn may_change(batch: &[u8], request: &Request) -> bool {
    let resets = |script: &Script| {
        script
            .statements
            .iter()
            .any(|statement| matches!(statement.kind, Kind::ResetAll | Kind::DiscardAll))
    };
    names_one(batch)
        || request.scripts().any(resets)
        || request.steps.iter().any(|step| match step {
            Step::Execute(Some(source)) => names_one(source.parts().0),
            _ => false,
        })
}

/// Whether a text may name one of the settings.
pub(crate) fn names_one(text: &[u8]) -> bool {
    let mut rest = text;
    while let Some(place) = rest.iter().position(|byte| *byte == b'_') {
        rest = rest.get(place + 1..).unwrap_or_default();
        if rest
            .get(..7)
            .is_some_and(|word| word.eq_ignore_ascii_case(b"timeout"))
        {
            return true;
        }
    }
    false
}

/// Adds up the limits of a text's statements, following the SETs in it.
fn add(sum: &mut Option<Duration>, limit: &mut Duration, script: &Script, text: &[u8]) {
    for statement in &script.statements {
        match &statement.kind {
            Kind::Set { name, .. } if name == "statement_timeout" => {
                let text = text.get(statement.span.clone()).unwrap_or_default();
                *limit = assigned(text).unwrap_or(*limit);
            }
            Kind::Empty
            | Kind::Begin
            | Kind::Commit { .. }
            | Kind::Rollback { .. }
            | Kind::Savepoint(_)
            | Kind::Release(_)
            | Kind::RollbackTo(_)
            | Kind::Set { .. }
            | Kind::Reset(_)
            | Kind::SetTransaction => {}
            _ => spend(sum, *limit),
        }
    }
}

/// A statement without a limit makes all of them unlimited.
fn spend(sum: &mut Option<Duration>, limit: Duration) {
    *sum = sum
        .filter(|_| !limit.is_zero())
        .and_then(|sum| sum.checked_add(limit));
}

/// The value that a SET gives, where it is a literal.
fn assigned(text: &[u8]) -> Option<Duration> {
    let text = std::str::from_utf8(text).ok()?;
    let after = match text.split_once('=') {
        Some((_, value)) => value,
        None => text.rsplit_once(char::is_whitespace)?.1,
    };
    duration(after.trim().trim_end_matches(';').trim().trim_matches('\''))
}

/// A time as PostgreSQL writes and takes it: a number with a unit, milliseconds when there is none.
fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let number: u64 = text.get(..digits)?.parse().ok()?;
    let unit = match text.get(digits..)?.trim() {
        "us" => return Some(Duration::from_micros(number)),
        "" | "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.checked_mul(unit).map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_unit_or_is_in_milliseconds() {
        let expected = [
            ("0", Some(0)),
            ("250", Some(250)),
            ("250ms", Some(250)),
            ("5s", Some(5_000)),
            ("2min", Some(120_000)),
            ("1h", Some(3_600_000)),
            ("1d", Some(86_400_000)),
            ("1.5s", None),
            ("", None),
            ("5 parsecs", None),
        ];
        for (text, millis) in expected {
            assert_eq!(duration(text), millis.map(Duration::from_millis), "{text}");
        }
    }

    #[test]
    fn a_text_names_a_timeout_in_any_case_and_place() {
        assert!(names_one(b"SET Statement_TIMEOUT = 5"));
        assert!(names_one(b"select set_config('lock_timeout', '1s', true)"));
        assert!(!names_one(b"select timeout_at, a_time, _ from t"));
        assert!(!names_one(b"select 1_timeou"));
    }

    #[test]
    fn the_limits_of_a_texts_statements_add_up() {
        let limit = |initial: u64, text: &str| {
            let (mut sum, mut limit) = (Some(Duration::ZERO), Duration::from_millis(initial));
            let script = crate::sql::analyze(text.as_bytes());
            add(&mut sum, &mut limit, &script, text.as_bytes());
            sum.map(|sum| u64::try_from(sum.as_millis()).unwrap())
        };
        assert_eq!(limit(100, "select 1"), Some(100));
        assert_eq!(limit(100, "begin; select 1; select 2; commit"), Some(200));
        assert_eq!(limit(0, "select 1"), None);
        assert_eq!(limit(0, "set statement_timeout = 50; select 1"), Some(50));
        assert_eq!(
            limit(0, "set local statement_timeout to '2s'; select 1"),
            Some(2_000)
        );
        assert_eq!(limit(100, "set statement_timeout = 0; select 1"), None);
    }
}
