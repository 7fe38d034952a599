//! The way into the session: bytes of the client, as they come.
#![forbid(unsafe_code)]

use std::cell::RefCell;
use std::io;
use std::sync::Arc;

use super::inspect::Inspector;
use crate::session::Session;

/// Feeds one session.
#[derive(Debug)]
pub(super) struct Intake {
    pub(super) session: Arc<Session>,
    pub(super) inspector: Option<Arc<Inspector>>,
}

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// There was nothing.
    Nothing,
    /// Something, and there may be more.
    Bytes,
    /// Something; COPY input is to wait before more is read.
    Pauses,
    /// The client has ended its side, or said goodbye.
    End,
    /// The connection is lost.
    Broken,
}

impl Intake {
    /// Reads once, with `read`, and hands the session what was read.
    pub(super) fn take(&self, read: impl FnOnce(&mut [u8]) -> io::Result<usize>) -> Taken {
        SCRATCH.with_borrow_mut(|scratch| {
            let count = match read(scratch) {
                Ok(0) => return Taken::End,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Taken::Nothing,
                // Encryption that ends without its last words is the end of a stream like any other.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Taken::End,
                Err(_) => return Taken::Broken,
            };
            let bytes = scratch.get(..count).unwrap_or_default();
            if let Some(inspector) = &self.inspector {
                inspector.frontend(bytes);
            }
            let goes_on = self.session.write(bytes, None);
            match (self.session.has_left(), goes_on) {
                (true, _) => Taken::End,
                (false, true) => Taken::Bytes,
                (false, false) => Taken::Pauses,
            }
        })
    }
}

thread_local! {
    /// What was read, until the session has taken it: one for all connections of a thread.
    static SCRATCH: RefCell<Vec<u8>> = RefCell::new(vec![0; 64 * 1024]);
}
