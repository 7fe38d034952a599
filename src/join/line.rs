//! The bytes of a connection to another process: what the socket does not take waits, and asides stand between messages.
#![forbid(unsafe_code)]

use std::io;
use std::sync::Arc;

use bytes::{Buf, BytesMut};
use tokio::net::UnixStream;
use tokio::sync::Notify;

use crate::protocol::backend::Messages;
use crate::protocol::position::Position;
use crate::session::Aside;

/// The way out of a connection.
pub(super) struct Line {
    stream: Arc<UnixStream>,
    /// What the socket did not take.
    pub(super) out: BytesMut,
    pub(super) position: Position,
    /// Priority of what follows, as the other side knows it.
    priority: Option<u8>,
    /// The client was asked to wait.
    paused: bool,
    /// Proves that a cancel request is about this session.
    pub(super) key: Vec<u8>,
}

impl Line {
    pub(super) fn new(stream: Arc<UnixStream>) -> Self {
        Self {
            stream,
            out: BytesMut::new(),
            position: Position::default(),
            priority: None,
            paused: false,
            key: Vec::new(),
        }
    }

    /// False when the client should wait.
    pub(super) fn write(&mut self, bytes: &[u8], priority: Option<u8>, written: &Notify) -> bool {
        if priority != self.priority && self.says(&Aside::Priority(priority)) {
            self.priority = priority;
        }
        self.push(bytes);
        if self.flush().is_err() || !self.out.is_empty() {
            written.notify_one();
        }
        self.paused |= self.out.len() > MOST_UNREAD;
        !self.paused
    }

    /// Adds an aside, which may only stand between two messages. False when it cannot.
    pub(super) fn says(&mut self, aside: &Aside) -> bool {
        let between = self.position.between_messages();
        if between {
            let mut bytes = Vec::new();
            aside.encode(&mut bytes);
            self.out.extend_from_slice(&bytes);
        }
        between
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.position.advance(bytes);
        self.out.extend_from_slice(bytes);
    }

    /// Writes what the socket takes.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        while !self.out.is_empty() {
            match self.stream.try_write(&self.out) {
                Ok(count) => self.out.advance(count),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Whether a client that was asked to wait may go on; asking ends the wait.
    pub(super) fn resumes(&mut self) -> bool {
        let resumes = self.paused && self.out.len() <= MOST_UNREAD / 2;
        self.paused &= !resumes;
        resumes
    }
}

/// Reads until the first message is complete.
pub(super) async fn hear(stream: &UnixStream) -> io::Result<BytesMut> {
    let mut words = BytesMut::with_capacity(PIECE);
    while Messages::new(&words).next().is_none() {
        fill(stream, &mut words).await?;
    }
    Ok(words)
}

/// Reads what is there, and at least something.
pub(super) async fn fill(stream: &UnixStream, buffer: &mut BytesMut) -> io::Result<()> {
    let before = buffer.len();
    loop {
        if buffer.len() == before {
            stream.readable().await?;
        }
        buffer.reserve(PIECE);
        match stream.try_read_buf(buffer) {
            Ok(0) if buffer.len() == before => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(0) => return Ok(()),
            Ok(_) if buffer.len() - before >= LARGEST_READ => return Ok(()),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if buffer.len() > before {
                    return Ok(());
                }
            }
            Err(error) => return Err(error),
        }
    }
}

/// What stops the statement of another connection.
pub(super) fn cancel_request(process_id: i32, key: &[u8]) -> Vec<u8> {
    let length = u32::try_from(12 + key.len()).unwrap_or(u32::MAX);
    [
        &length.to_be_bytes(),
        &CANCEL_REQUEST.to_be_bytes(),
        &process_id.to_be_bytes(),
        key,
    ]
    .concat()
}

const CANCEL_REQUEST: i32 = 80_877_102;
/// How many bytes may be on their way in one direction.
pub(super) const MOST_UNREAD: usize = 1 << 20;
const PIECE: usize = 64 * 1024;
/// After so much, what has come is delivered before more is read.
const LARGEST_READ: usize = 256 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cancel_request_is_what_a_server_expects() {
        use crate::protocol::startup::{Startup, decode_startup};
        let Ok(Startup::Cancel {
            process_id,
            secret_key,
        }) = decode_startup(&cancel_request(1001, &[1, 2, 3, 4]))
        else {
            panic!("it is a cancel request");
        };
        assert_eq!((process_id, secret_key), (1001, vec![1, 2, 3, 4]));
    }
}
