//! A plain socket that two threads use: the server's and, for a moment after each request, the engine's.
//!
//! tokio waits for it only while nobody else looks at it; reading and writing never wait.
#![forbid(unsafe_code)]

use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use super::stream::Stream;

/// The socket itself. The standard library's reads and writes are the same for all kinds of sockets.
#[derive(Debug)]
pub(super) struct Socket(UnixStream);

impl Socket {
    /// Takes it out of tokio's hands. It stays one that does not block.
    pub(super) fn new(stream: Stream) -> io::Result<Arc<Self>> {
        let fd: OwnedFd = match stream {
            Stream::Tcp(stream) => stream.into_std()?.into(),
            Stream::Unix(stream) => stream.into_std()?.into(),
        };
        Ok(Arc::new(Self(fd.into())))
    }

    /// Reads what is there; `WouldBlock` when nothing is, 0 at the end.
    pub(super) fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match (&self.0).read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }

    /// Writes as much as the socket takes; `WouldBlock` when that is nothing.
    pub(super) fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match (&self.0).write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                written => return written,
            }
        }
    }

    /// Resolves when there may be something to read.
    pub(super) async fn readable(&self) -> io::Result<()> {
        self.handle()?.readable().await
    }

    /// Resolves when something may be written.
    pub(super) async fn writable(&self) -> io::Result<()> {
        self.handle()?.writable().await
    }

    /// For tokio to wait with, and no longer: while the engine thread looks, nobody else is woken. tokio does not ask what
    /// kind of socket it is.
    fn handle(&self) -> io::Result<tokio::net::UnixStream> {
        tokio::net::UnixStream::from_std(self.0.try_clone()?)
    }
}
