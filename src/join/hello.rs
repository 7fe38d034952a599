//! The first packet of a session, as it goes to another process: with what its options ask of the queue there.
#![forbid(unsafe_code)]

use std::time::Duration;

use crate::protocol::startup::{Startup, decode_startup, startup_length};
use crate::session::SessionOptions;

/// What the first bytes of a session are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum First {
    /// A request for encryption of this length, which is refused: there is nothing to encrypt.
    Encryption(usize),
    /// Not complete.
    Incomplete,
    /// A packet of this length that begins a session.
    Startup(usize),
    /// Something else, for the other side to refuse.
    Strange,
}

impl First {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let length = match startup_length(bytes) {
            Ok(Some(length)) => length,
            Ok(None) => return Self::Incomplete,
            Err(_) => return Self::Strange,
        };
        let Some(packet) = bytes.get(..length) else {
            return Self::Incomplete;
        };
        match decode_startup(packet) {
            Ok(Startup::Ssl | Startup::Gss) => Self::Encryption(length),
            Ok(Startup::Startup(_)) => Self::Startup(length),
            _ => Self::Strange,
        }
    }
}

/// The settings by which options of a session are told to another process.
pub(super) fn parameters(options: &SessionOptions) -> Vec<(&'static str, String)> {
    let millis = |limit: Duration| limit.as_millis().to_string();
    let counts_waiting = options.counts_waiting.then(|| "on".to_owned());
    [
        (
            "oxbase.priority",
            options.priority.map(|each| each.to_string()),
        ),
        ("oxbase.queue_timeout", options.queue_timeout.map(millis)),
        (
            "oxbase.statement_timeout",
            options.statement_timeout.map(millis),
        ),
        ("oxbase.counts_waiting", counts_waiting),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

/// The start-up packet with these options, of a client that says asides. What the client itself asks for counts.
pub(super) fn with_options(packet: &[u8], options: &SessionOptions) -> Vec<u8> {
    let (head, own) = packet.split_at(packet.len().min(HEAD));
    let mut bytes = head.to_vec();
    let asides = ("oxbase.asides", "on".to_owned());
    for (name, value) in parameters(options).into_iter().chain([asides]) {
        bytes.extend_from_slice(format!("{name}\0{value}\0").as_bytes());
    }
    bytes.extend_from_slice(own);
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    if let Some(place) = bytes.get_mut(..4) {
        place.copy_from_slice(&length.to_be_bytes());
    }
    bytes
}

/// The length and the version of the protocol.
const HEAD: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::frontend::encode_startup;

    fn packet() -> Vec<u8> {
        let mut bytes = Vec::new();
        encode_startup(&mut bytes, &[("user", "postgres")]);
        bytes
    }

    #[test]
    fn options_become_parameters_in_front_of_the_clients_own() {
        let options = SessionOptions {
            priority: Some(1),
            queue_timeout: Some(Duration::from_millis(250)),
            statement_timeout: Some(Duration::ZERO),
            counts_waiting: true,
            ..SessionOptions::default()
        };
        let Ok(Startup::Startup(message)) = decode_startup(&with_options(&packet(), &options))
        else {
            panic!("it is a start-up packet");
        };
        let expected = [
            ("oxbase.priority", "1"),
            ("oxbase.queue_timeout", "250"),
            ("oxbase.statement_timeout", "0"),
            ("oxbase.counts_waiting", "on"),
            ("oxbase.asides", "on"),
            ("user", "postgres"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(message.parameters, expected);
    }

    #[test]
    fn the_first_bytes_are_known_by_what_they_ask() {
        let whole = packet();
        assert_eq!(First::of(&whole), First::Startup(whole.len()));
        assert_eq!(First::of(&whole[..9]), First::Incomplete);
        assert_eq!(First::of(&[0, 0]), First::Incomplete);
        let ssl = [0, 0, 0, 8, 4, 210, 22, 47, 0];
        assert_eq!(First::of(&ssl), First::Encryption(8));
        assert_eq!(First::of(&[0, 0, 0, 1]), First::Strange);
    }
}
