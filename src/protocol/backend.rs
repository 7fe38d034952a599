//! Backend messages: cutting a reply into messages, reading the few that the session layer looks
//! into, and writing those that it answers itself.
//!
//! In: bytes the engine wrote. Out: borrowed messages with their offsets, so that a reply can be
//! edited in place or passed on whole.
//! Mirrors PostgreSQL 18, "Message Formats", messages marked (B):
//! <https://www.postgresql.org/docs/18/protocol-message-formats.html>
#![forbid(unsafe_code)]

use super::buffer::{Reader, frame, length_at, put_string};
use super::error_fields::ErrorFields;

/// One complete backend message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Message<'a> {
    pub(crate) tag: u8,
    /// What follows the length word.
    pub(crate) body: &'a [u8],
    /// The whole message.
    pub(crate) bytes: &'a [u8],
    /// The offset of the message in the slice it was cut from.
    pub(crate) start: usize,
}

/// The complete messages at the start of a slice. Ends before the first one that is incomplete.
#[derive(Debug, Clone)]
pub(crate) struct Messages<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Messages<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = Message<'a>;

    fn next(&mut self) -> Option<Message<'a>> {
        let length = length_at(self.bytes, self.at.checked_add(1)?)?;
        if length < 4 {
            return None;
        }
        let start = self.at;
        let end = start.checked_add(length)?.checked_add(1)?;
        let bytes = self.bytes.get(start..end)?;
        self.at = end;
        Some(Message {
            tag: *bytes.first()?,
            body: bytes.get(5..)?,
            bytes,
            start,
        })
    }
}

/// The process id, channel and payload of a NotificationResponse.
pub(crate) fn notification(body: &[u8]) -> Option<(i32, &[u8], &[u8])> {
    let mut reader = Reader::new(body);
    Some((
        reader.int32().ok()?,
        reader.string().ok()?,
        reader.string().ok()?,
    ))
}

/// The name and value of a ParameterStatus.
pub(crate) fn parameter_status(body: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut reader = Reader::new(body);
    Some((reader.string().ok()?, reader.string().ok()?))
}

/// The tag of a CommandComplete, such as `INSERT 0 1`.
pub(crate) fn command_tag(body: &[u8]) -> Option<&str> {
    std::str::from_utf8(Reader::new(body).string().ok()?).ok()
}

/// The columns of a DataRow, NULL as `None`; `None` for a body that is not one whole row.
pub(crate) fn data_row(body: &[u8]) -> Option<impl Iterator<Item = Option<&[u8]>>> {
    let mut reader = Reader::new(body);
    let count = reader.count().ok()?;
    let mut columns = reader.clone();
    for _ in 0..count {
        reader.value().ok()?;
    }
    reader.end().ok()?;
    Some((0..count).map_while(move |_| columns.value().ok()))
}

/// The transaction status of a ReadyForQuery: `b'I'`, `b'T'` or `b'E'`.
pub(crate) fn ready_status(body: &[u8]) -> Option<u8> {
    match body {
        [status @ (b'I' | b'T' | b'E')] => Some(*status),
        _ => None,
    }
}

pub(crate) fn encode_authentication_ok(out: &mut Vec<u8>) {
    frame(out, b'R', |out| out.extend_from_slice(&0_i32.to_be_bytes()));
}

/// Asks the client for a SASL exchange by one of these mechanisms.
pub(crate) fn encode_authentication_sasl(out: &mut Vec<u8>, mechanisms: &[&str]) {
    frame(out, b'R', |out| {
        out.extend_from_slice(&10_i32.to_be_bytes());
        for mechanism in mechanisms {
            put_string(out, mechanism.as_bytes());
        }
        out.push(0);
    });
}

/// The server's part of a SASL exchange; the last one when the client has shown who it is.
pub(crate) fn encode_authentication_sasl_message(out: &mut Vec<u8>, message: &str, last: bool) {
    let code: i32 = if last { 12 } else { 11 };
    frame(out, b'R', |out| {
        out.extend_from_slice(&code.to_be_bytes());
        out.extend_from_slice(message.as_bytes());
    });
}

pub(crate) fn encode_parameter_status(out: &mut Vec<u8>, name: &str, value: &str) {
    frame(out, b'S', |out| {
        put_string(out, name.as_bytes());
        put_string(out, value.as_bytes());
    });
}

/// `key` has 4 bytes in protocol 3.0 and up to 256 in 3.2.
pub(crate) fn encode_backend_key_data(out: &mut Vec<u8>, pid: i32, key: &[u8]) {
    frame(out, b'K', |out| {
        out.extend_from_slice(&pid.to_be_bytes());
        out.extend_from_slice(key);
    });
}

pub(crate) fn encode_command_complete(out: &mut Vec<u8>, tag: &str) {
    frame(out, b'C', |out| put_string(out, tag.as_bytes()));
}

/// `status` is `b'I'` (idle), `b'T'` (in a transaction block) or `b'E'` (in a failed one).
pub(crate) fn encode_ready_for_query(out: &mut Vec<u8>, status: u8) {
    frame(out, b'Z', |out| out.push(status));
}

pub(crate) fn encode_notification(out: &mut Vec<u8>, pid: i32, channel: &[u8], payload: &[u8]) {
    frame(out, b'A', |out| {
        out.extend_from_slice(&pid.to_be_bytes());
        put_string(out, channel);
        put_string(out, payload);
    });
}

pub(crate) fn encode_error(out: &mut Vec<u8>, fields: &ErrorFields) {
    frame(out, b'E', |out| fields.encode_body(out));
}

/// A NoticeResponse has the fields of an error.
pub(crate) fn encode_notice(out: &mut Vec<u8>, fields: &ErrorFields) {
    frame(out, b'N', |out| fields.encode_body(out));
}

pub(crate) fn encode_parse_complete(out: &mut Vec<u8>) {
    frame(out, b'1', |_| ());
}

/// Names the newest version 3.`newest_minor`, and the `_pq_.` options that are not known here.
///
/// The version is sent with its major number in the upper half: that is what PostgreSQL sends and
/// what libpq compares, although the documentation speaks of the minor number alone.
pub(crate) fn encode_negotiate_protocol_version(
    out: &mut Vec<u8>,
    newest_minor: i32,
    unrecognized: &[&str],
) {
    let version = (3 << 16) | (newest_minor & 0xffff);
    let count = i32::try_from(unrecognized.len()).unwrap_or(i32::MAX);
    frame(out, b'v', |out| {
        out.extend_from_slice(&version.to_be_bytes());
        out.extend_from_slice(&count.to_be_bytes());
        for option in unrecognized {
            put_string(out, option.as_bytes());
        }
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn encoded(encode: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut out = Vec::new();
        encode(&mut out);
        out
    }

    #[test]
    fn messages_are_written_byte_for_byte() {
        assert_eq!(encoded(encode_authentication_ok), b"R\0\0\0\x08\0\0\0\0");
        assert_eq!(
            encoded(|out| encode_authentication_sasl(out, &["A", "B"])),
            b"R\0\0\0\x0d\0\0\0\x0aA\0B\0\0"
        );
        assert_eq!(
            encoded(|out| encode_authentication_sasl_message(out, "r=", false)),
            b"R\0\0\0\x0a\0\0\0\x0br="
        );
        assert_eq!(
            encoded(|out| encode_authentication_sasl_message(out, "v=", true)),
            b"R\0\0\0\x0a\0\0\0\x0cv="
        );
        assert_eq!(
            encoded(|out| encode_parameter_status(out, "TimeZone", "UTC")),
            b"S\0\0\0\x11TimeZone\0UTC\0"
        );
        assert_eq!(
            encoded(|out| encode_backend_key_data(out, 258, &[1, 2, 3, 4])),
            b"K\0\0\0\x0c\0\0\x01\x02\x01\x02\x03\x04"
        );
        assert_eq!(
            encoded(|out| encode_ready_for_query(out, b'T')),
            b"Z\0\0\0\x05T"
        );
        assert_eq!(
            encoded(|out| encode_notification(out, 7, b"ch", b"\xff")),
            b"A\0\0\0\x0d\0\0\0\x07ch\0\xff\0"
        );
        assert_eq!(encoded(encode_parse_complete), b"1\0\0\0\x04");
        assert_eq!(
            encoded(|out| encode_negotiate_protocol_version(out, 2, &["_pq_.a"])),
            b"v\0\0\0\x13\0\x03\0\x02\0\0\0\x01_pq_.a\0"
        );
    }

    #[test]
    fn an_error_is_its_fields_in_a_message() {
        let fields = ErrorFields::new("ERROR", "XX000", "m");
        let body = b"SERROR\0VERROR\0CXX000\0Mm\0\0";
        let length = u8::try_from(body.len() + 4).unwrap();
        let message = |tag| [&[tag, 0, 0, 0, length], &body[..]].concat();
        assert_eq!(encoded(|out| encode_error(out, &fields)), message(b'E'));
    }

    #[test]
    fn messages_are_cut_where_they_end() {
        let reply = b"1\0\0\0\x04C\0\0\0\x0aBEGIN\0Z\0\0\0\x05TT\0\0";
        let mut messages = Messages::new(reply);
        let expected = [(b'1', &b""[..], 0), (b'C', b"BEGIN\0", 5), (b'Z', b"T", 16)];
        for (tag, body, start) in expected {
            let bytes = &reply[start..start + 5 + body.len()];
            assert_eq!(
                messages.next(),
                Some(Message {
                    tag,
                    body,
                    bytes,
                    start
                })
            );
        }
        assert_eq!(messages.next(), None);
    }

    #[test]
    fn a_length_that_does_not_cover_itself_ends_the_messages() {
        let mut messages = Messages::new(b"Z\0\0\0\x03TTTTT");
        assert_eq!(messages.next(), None);
    }

    #[test]
    fn bodies_are_read() {
        assert_eq!(
            notification(b"\0\0\0\x07a\0b\0"),
            Some((7, &b"a"[..], &b"b"[..]))
        );
        assert_eq!(notification(b"\0\0\0\x07a\0b"), None);
        assert_eq!(parameter_status(b"a\0\0"), Some((&b"a"[..], &b""[..])));
        assert_eq!(parameter_status(b"a\0"), None);
        assert_eq!(command_tag(b"INSERT 0 1\0"), Some("INSERT 0 1"));
        assert_eq!(command_tag(b"\xff\0"), None);
        assert_eq!(ready_status(b"E"), Some(b'E'));
        assert_eq!(ready_status(b"X"), None);
        assert_eq!(ready_status(b"II"), None);
    }

    #[test]
    fn a_row_is_read_only_if_it_is_whole() {
        let body = b"\0\x03\0\0\0\x02ab\xff\xff\xff\xff\0\0\0\0";
        let row: Vec<_> = data_row(body).unwrap().collect();
        assert_eq!(row, [Some(&b"ab"[..]), None, Some(&b""[..])]);
        assert!(data_row(&body[..body.len() - 1]).is_none());
        assert!(data_row(b"\0\0x").is_none());
        assert!(data_row(b"\0").is_none());
        assert_eq!(data_row(b"\0\0").unwrap().count(), 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn any_bytes_are_cut_without_gaps(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let mut end = 0;
            for message in Messages::new(&bytes) {
                prop_assert_eq!(message.start, end);
                prop_assert_eq!(message.bytes.len(), message.body.len() + 5);
                end += message.bytes.len();
            }
        }

        #[test]
        fn any_body_is_answered(body in prop::collection::vec(any::<u8>(), 0..60)) {
            notification(&body);
            parameter_status(&body);
            command_tag(&body);
            ready_status(&body);
            if let Some(row) = data_row(&body) {
                prop_assert_eq!(row.count(), usize::from(u16::from_be_bytes([body[0], body[1]])));
            }
        }

        #[test]
        fn a_notification_is_read_back(pid: i32, channel in "[^\0]{0,9}", payload in "[^\0]{0,9}") {
            let (channel, payload) = (channel.as_bytes(), payload.as_bytes());
            let out = encoded(|out| encode_notification(out, pid, channel, payload));
            let message = Messages::new(&out).next().unwrap();
            let expected = (pid, channel, payload);
            prop_assert_eq!(notification(message.body), Some(expected));
        }
    }
}
