//! Where in a stream of frontend messages one is.
#![forbid(unsafe_code)]

use super::frontend::frame_length;

/// Where in a message the frontend's bytes are.
#[derive(Debug, Default)]
pub(crate) struct Position {
    /// The beginning of a message, until its length is known.
    head: Vec<u8>,
    /// What is still to come of it.
    left: usize,
    /// The client has said that it ends the session.
    pub(crate) is_last: bool,
}

impl Position {
    pub(crate) fn between_messages(&self) -> bool {
        self.head.is_empty() && self.left == 0
    }

    pub(crate) fn advance(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let skipped = self.left.min(bytes.len());
            self.left -= skipped;
            bytes = bytes.get(skipped..).unwrap_or_default();
            let wanted = (HEAD - self.head.len()).min(bytes.len());
            let (head, rest) = bytes.split_at(wanted);
            self.head.extend_from_slice(head);
            bytes = rest;
            if self.head.len() == HEAD {
                self.is_last |= self.head.starts_with(b"X");
                let length = frame_length(&self.head).ok().flatten().unwrap_or(HEAD);
                self.left = length.saturating_sub(HEAD);
                self.head.clear();
            }
        }
    }
}

/// A tag and a length.
const HEAD: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_between_two_messages_is_known_however_the_bytes_come() {
        let bytes = b"Q\0\0\0\x07ab\0S\0\0\0\x04";
        for size in 1..=bytes.len() {
            let mut position = Position::default();
            let mut between = Vec::new();
            let mut at = 0;
            for piece in bytes.chunks(size) {
                position.advance(piece);
                at += piece.len();
                if position.between_messages() {
                    between.push(at);
                }
            }
            let possible = [8, bytes.len()];
            let expected: Vec<usize> = possible
                .into_iter()
                .filter(|end| end % size == 0 || *end == bytes.len())
                .collect();
            assert_eq!(between, expected, "in pieces of {size}");
        }
    }

    #[test]
    fn the_end_of_a_session_is_noticed() {
        let mut position = Position::default();
        position.advance(b"Q\0\0\0\x07X\0\0X\0\0");
        assert!(!position.is_last);
        position.advance(b"\0\x04");
        assert!(position.is_last);
    }
}
