//! Settings of a start-up packet that are the queue's, not the backend's: `oxbase.priority`, `oxbase.queue_timeout`,
//! `oxbase.statement_timeout` (both in milliseconds) and `oxbase.counts_waiting`. They mean what the options of a session
//! of this process mean. A process that joined says with `oxbase.asides` that there are asides between its messages.
#![forbid(unsafe_code)]

use std::time::Duration;

use super::settings::Values;
use crate::protocol::{ErrorFields, sqlstate};

/// What a start-up packet asks of the queue; absent where it asks for nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct QueueSettings {
    pub(super) priority: Option<u8>,
    pub(super) queue_timeout: Option<Duration>,
    pub(super) statement_timeout: Option<Duration>,
    pub(super) counts_waiting: Option<bool>,
    pub(super) asides: Option<bool>,
}

impl QueueSettings {
    /// Takes them out of the settings.
    pub(super) fn take(values: &mut Values) -> Result<Self, Box<ErrorFields>> {
        let mut of = |name: &'static str| values.remove(name).map(|value| (name, value));
        let (priority, queue) = (of(PRIORITY), of(QUEUE_TIMEOUT));
        let (statement, counts) = (of(STATEMENT_TIMEOUT), of(COUNTS_WAITING));
        let asides = of(ASIDES);
        Ok(Self {
            priority: priority.map(read_priority).transpose()?,
            queue_timeout: queue.map(read_milliseconds).transpose()?,
            statement_timeout: statement.map(read_milliseconds).transpose()?,
            counts_waiting: counts.map(read_switch).transpose()?,
            asides: asides.map(read_switch).transpose()?,
        })
    }
}

type Setting = (&'static str, String);

fn read_priority((name, value): Setting) -> Result<u8, Box<ErrorFields>> {
    let named = PRIORITIES
        .iter()
        .position(|name| name.eq_ignore_ascii_case(&value));
    let number = value
        .parse()
        .ok()
        .filter(|number| *number < PRIORITIES.len());
    match named.or(number).map(u8::try_from) {
        Some(Ok(priority)) => Ok(priority),
        _ => Err(invalid(
            name,
            &value,
            &format!("Available values: {}.", PRIORITIES.join(", ")),
        )),
    }
}

fn read_milliseconds((name, value): Setting) -> Result<Duration, Box<ErrorFields>> {
    let millis = value.parse().map(Duration::from_millis);
    millis.map_err(|_| invalid(name, &value, "It is a whole number of milliseconds."))
}

fn read_switch((name, value): Setting) -> Result<bool, Box<ErrorFields>> {
    match value.as_str() {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(invalid(name, &value, "Available values: on, off.")),
    }
}

fn invalid(name: &str, value: &str, hint: &str) -> Box<ErrorFields> {
    let message = format!("invalid value for parameter \"{name}\": \"{value}\"");
    let error = ErrorFields::new("FATAL", sqlstate::INVALID_PARAMETER_VALUE, message);
    Box::new(error.with_hint(hint))
}

const PRIORITY: &str = "oxbase.priority";
const QUEUE_TIMEOUT: &str = "oxbase.queue_timeout";
const STATEMENT_TIMEOUT: &str = "oxbase.statement_timeout";
const COUNTS_WAITING: &str = "oxbase.counts_waiting";
const ASIDES: &str = "oxbase.asides";
const PRIORITIES: [&str; 4] = ["critical", "high", "medium", "low"];

#[cfg(test)]
mod tests {
    use super::*;

    fn take(pairs: &[(&str, &str)]) -> (Result<QueueSettings, String>, Values) {
        let pairs = pairs.iter();
        let mut values = pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let taken = QueueSettings::take(&mut values).map_err(|error| error.message);
        (taken, values)
    }

    #[test]
    fn the_queues_settings_are_taken_and_the_backends_are_left() {
        let (taken, left) = take(&[
            ("application_name", "x"),
            (PRIORITY, "High"),
            (QUEUE_TIMEOUT, "250"),
            (STATEMENT_TIMEOUT, "0"),
            (COUNTS_WAITING, "on"),
            (ASIDES, "on"),
        ]);
        let expected = QueueSettings {
            priority: Some(1),
            queue_timeout: Some(Duration::from_millis(250)),
            statement_timeout: Some(Duration::ZERO),
            counts_waiting: Some(true),
            asides: Some(true),
        };
        assert_eq!(taken, Ok(expected));
        assert_eq!(left.keys().collect::<Vec<_>>(), ["application_name"]);
        assert_eq!(
            take(&[(PRIORITY, "3")]).0.map(|taken| taken.priority),
            Ok(Some(3))
        );
    }

    #[test]
    fn a_wrong_value_is_refused_by_its_name() {
        for (name, value) in [
            (PRIORITY, "4"),
            (QUEUE_TIMEOUT, "1s"),
            (STATEMENT_TIMEOUT, "-1"),
            (COUNTS_WAITING, "yes"),
        ] {
            let expected = format!("invalid value for parameter \"{name}\": \"{value}\"");
            assert_eq!(take(&[(name, value)]).0, Err(expected));
        }
    }
}
