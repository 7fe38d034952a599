//! What a session of another process says, cut into deliveries as a session of this process makes them: whole messages, each answer
//! to its end.
#![forbid(unsafe_code)]

use bytes::{Buf, BytesMut};

use super::shared::Delivery;
use crate::protocol::ErrorFields;
use crate::protocol::backend::Messages;

/// What a piece of the conversation holds.
#[derive(Debug, Default)]
pub(crate) struct Cut {
    pub(crate) deliveries: Vec<Delivery>,
    /// The last message says why the connection ends.
    pub(crate) farewell: bool,
    /// The session's process id, with the key to cancel what it runs.
    pub(crate) key: Option<(i32, Vec<u8>)>,
}

/// Takes all messages that are complete.
pub(crate) fn cut(buffer: &mut BytesMut) -> Cut {
    let mut cut = Cut::default();
    let (mut start, mut end) = (0, 0);
    let mut streamed = false;
    for message in Messages::new(buffer) {
        end = message.start + message.bytes.len();
        let body = message.body;
        cut.farewell = message.tag == b'E' && ErrorFields::decode(body).severity == "FATAL";
        match message.tag {
            b'K' => cut.key = key(body),
            b'd' => streamed = true,
            _ => {}
        }
        if matches!(message.tag, b'Z' | b's') {
            cut.deliveries
                .push(delivery(buffer, start..end, true, streamed));
            (start, streamed) = (end, false);
        }
    }
    if end > start {
        cut.deliveries
            .push(delivery(buffer, start..end, false, streamed));
    }
    buffer.advance(end);
    cut
}

fn delivery(
    buffer: &BytesMut,
    range: std::ops::Range<usize>,
    last: bool,
    streamed: bool,
) -> Delivery {
    Delivery {
        bytes: buffer.get(range).unwrap_or_default().to_vec(),
        last,
        streamed,
        ..Delivery::default()
    }
}

fn key(body: &[u8]) -> Option<(i32, Vec<u8>)> {
    let (process_id, key) = body.split_first_chunk()?;
    Some((i32::from_be_bytes(*process_id), key.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::backend::{encode_backend_key_data, encode_error, encode_ready_for_query};

    fn text(delivery: &Delivery) -> (Vec<u8>, bool, bool) {
        (delivery.bytes.clone(), delivery.last, delivery.streamed)
    }

    #[test]
    fn each_answer_is_a_delivery_and_what_is_not_complete_waits() {
        let mut ready = Vec::new();
        encode_ready_for_query(&mut ready, b'I');
        let copy = b"d\0\0\0\x05x".to_vec();
        let mut buffer = BytesMut::from(
            [&ready[..], &copy, &ready, b"D\0\0\0\x09ab"]
                .concat()
                .as_slice(),
        );
        let first = cut(&mut buffer);
        let found: Vec<_> = first.deliveries.iter().map(text).collect();
        assert_eq!(
            found,
            [
                (ready.clone(), true, false),
                ([&copy[..], &ready].concat(), true, true)
            ]
        );
        assert_eq!(&buffer[..], b"D\0\0\0\x09ab");
        buffer.extend_from_slice(b"cde");
        let rest: Vec<_> = cut(&mut buffer).deliveries.iter().map(text).collect();
        assert_eq!(rest, [(b"D\0\0\0\x09abcde".to_vec(), false, false)]);
        assert!(buffer.is_empty());
    }

    #[test]
    fn the_key_and_the_last_words_are_noticed() {
        let mut bytes = Vec::new();
        encode_backend_key_data(&mut bytes, 1001, &[1, 2, 3, 4]);
        let mut error = ErrorFields::new("ERROR", "42601", "syntax error");
        encode_error(&mut bytes, &error);
        let found = cut(&mut BytesMut::from(&bytes[..]));
        assert_eq!(found.key, Some((1001, vec![1, 2, 3, 4])));
        assert!(!found.farewell);
        error.severity = "FATAL".to_owned();
        encode_error(&mut bytes, &error);
        assert!(cut(&mut BytesMut::from(&bytes[..])).farewell);
    }
}
