//! What a session says, on its way to the client's socket.
//!
//! The engine thread writes to a plain socket itself, which saves a hop between threads; what the socket does not take at
//! once, and all that is encrypted, is written by the connection's task. Answers may wait a moment for those of others
//! (`engine/gathering.rs`), as long as the task looks now and then whether that takes too long. A client that does not
//! read makes its own connection wait, and nobody else.
#![forbid(unsafe_code)]

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;

use super::connection::Writer;
use super::inspect::Inspector;
#[cfg(unix)]
use super::socket::Socket;
use crate::engine::gathering::Holding;
use crate::engine::guests::Guests;
use crate::engine::queue::SessionId;
use crate::session::{Delivery, DeliveryKind, Outlet, Session, SessionShared};

/// The way out of one connection.
#[derive(Debug)]
pub(super) struct Outbox {
    this: Weak<Self>,
    waiting: Mutex<Waiting>,
    guests: Arc<Guests>,
    /// The writing task has something to do.
    filled: Notify,
    /// The client has read much of what waited.
    emptied: Notify,
    /// COPY input may go on.
    resumed: Notify,
    /// The session has answered a batch.
    answered: Notify,
    /// COPY data that was written is acknowledged to it.
    session: OnceLock<Weak<SessionShared>>,
    inspector: Option<Arc<Inspector>>,
    sent: AtomicU64,
}

#[derive(Debug, Default)]
struct Waiting {
    /// The socket, when the engine thread may write to it.
    #[cfg(unix)]
    direct: Option<Arc<Socket>>,
    bytes: BytesMut,
    seat: Seat,
    /// How much of the COPY data that was delivered has not been acknowledged.
    streamed: usize,
    /// These are the last words.
    ended: bool,
    /// Nothing can be written any more.
    broken: bool,
}

impl Waiting {
    /// What there is to send waits for other answers no more. False when it did not.
    fn lets_go(&mut self) -> bool {
        let held = self.seat == Seat::Holds;
        if held {
            self.seat = Seat::Taken;
        }
        held
    }
}

impl Outbox {
    pub(super) fn new(
        writer: &Writer,
        guests: &Arc<Guests>,
        inspector: Option<Arc<Inspector>>,
    ) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            this: Weak::clone(this),
            guests: Arc::clone(guests),
            waiting: Mutex::new(Waiting {
                #[cfg(unix)]
                direct: match writer {
                    Writer::Plain(socket) => Some(Arc::clone(socket)),
                    Writer::Split(_) => None,
                },
                ..Waiting::default()
            }),
            filled: Notify::new(),
            emptied: Notify::new(),
            resumed: Notify::new(),
            answered: Notify::new(),
            session: OnceLock::new(),
            inspector,
            sent: AtomicU64::new(0),
        })
    }

    /// Whether the engine thread reads the connection itself, from now on.
    pub(super) fn seat(&self, seated: bool) {
        let seat = if seated { Seat::Taken } else { Seat::Away };
        if std::mem::replace(&mut self.lock().seat, seat) == Seat::Holds {
            self.filled.notify_one();
        }
    }

    /// Has what was held back written now.
    pub(super) fn send_held(&self) {
        if self.lock().lets_go() {
            self.filled.notify_one();
        }
    }

    /// Acknowledges to this session from now on.
    pub(super) fn attach(&self, session: &Session) {
        drop(self.session.set(Arc::downgrade(session.shared())));
    }

    /// How many bytes have been written.
    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Adds bytes that are the connection's own, not the session's.
    pub(super) fn push(&self, bytes: &[u8]) {
        self.lock().bytes.extend_from_slice(bytes);
        self.filled.notify_one();
    }

    /// Nothing more comes; what is there is still written.
    pub(super) fn end(&self) {
        self.lock().ended = true;
        self.filled.notify_one();
    }

    /// Lets go of the socket, though the session may keep this for as long as the engine is busy.
    pub(super) fn close(&self) {
        let mut waiting = self.lock();
        #[cfg(unix)]
        {
            waiting.direct = None;
        }
        waiting.broken = true;
        waiting.bytes = BytesMut::new();
    }

    /// The client is gone.
    pub(super) fn fail(&self) {
        self.give_up(&mut self.lock());
    }

    /// Whether writing has failed: the client is gone.
    pub(super) fn is_broken(&self) -> bool {
        self.lock().broken
    }

    /// Resolves when the client has read enough of what it was sent to ask for more.
    pub(super) async fn has_room(&self) {
        loop {
            let emptied = self.emptied.notified();
            tokio::pin!(emptied);
            emptied.as_mut().enable();
            if !self.is_full() {
                return;
            }
            emptied.await;
        }
    }

    /// Whether the client has much to read before it is to ask for more.
    pub(super) fn is_full(&self) -> bool {
        let waiting = self.lock();
        waiting.bytes.len() > MOST_UNREAD && !waiting.broken && !waiting.ended
    }

    /// Resolves when a batch has been answered since it was asked last.
    pub(super) async fn answered(&self) {
        self.answered.notified().await;
    }

    /// Resolves when the session takes COPY input again, or is over.
    pub(super) async fn resumed(&self) {
        self.resumed.notified().await;
    }

    /// Writes what the engine thread could not, until the last words are written or the client is gone.
    #[cfg(unix)]
    pub(super) async fn write_plain(&self, socket: &Socket) {
        loop {
            match self.write_some(socket) {
                Next::Fill => self.filled.notified().await,
                Next::Room => {
                    // An error shows again at the next try.
                    drop(socket.writable().await);
                }
                Next::End => return,
            }
        }
    }

    /// The same for a connection whose bytes are encrypted on their way.
    pub(super) async fn write_to(&self, stream: &mut (impl AsyncWrite + Unpin)) {
        loop {
            let (chunk, ended) = self.take_chunk();
            if chunk.is_empty() {
                if ended {
                    return;
                }
                self.filled.notified().await;
                continue;
            }
            let written = stream.write_all(&chunk).await;
            if written.is_err() || stream.flush().await.is_err() {
                self.give_up(&mut self.lock());
                return;
            }
            self.note_sent(chunk.len());
        }
    }

    #[cfg(unix)]
    fn write_some(&self, socket: &Socket) -> Next {
        let mut waiting = self.lock();
        if self.flush(&mut waiting, socket).is_err() {
            self.give_up(&mut waiting);
            return Next::End;
        }
        match (waiting.bytes.is_empty(), waiting.ended) {
            (false, _) => Next::Room,
            (true, true) => Next::End,
            (true, false) => Next::Fill,
        }
    }

    fn take_chunk(&self) -> (BytesMut, bool) {
        let mut waiting = self.lock();
        let count = waiting.bytes.len().min(CHUNK);
        let chunk = waiting.bytes.split_to(count);
        self.acknowledge(&mut waiting);
        (chunk, waiting.ended)
    }

    /// Writes what the socket takes.
    #[cfg(unix)]
    fn flush(&self, waiting: &mut Waiting, socket: &Socket) -> io::Result<()> {
        while !waiting.bytes.is_empty() {
            match socket.send(&waiting.bytes) {
                Ok(count) => {
                    waiting.bytes.advance(count);
                    self.note_sent(count);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        self.acknowledge(waiting);
        Ok(())
    }

    /// Sends what the socket takes at once, unless it is an answer that can wait for others.
    fn add(&self, waiting: &mut Waiting, delivery: &Delivery) {
        let may_wait = waiting.seat != Seat::Away
            && delivery.last
            && delivery.kind == DeliveryKind::Bytes
            && waiting.bytes.len() + delivery.bytes.len() < MOST_HELD;
        let hold = || {
            let this = self.this.upgrade()?;
            Some(this as Arc<dyn Holding>)
        };
        let sent = if !waiting.bytes.is_empty() {
            if !may_wait {
                waiting.lets_go();
            }
            0
        } else if may_wait && self.guests.gathering().hold(hold) {
            waiting.seat = Seat::Holds;
            0
        } else {
            self.send_now(waiting, &delivery.bytes)
        };
        let rest = delivery.bytes.get(sent..).unwrap_or_default();
        waiting.bytes.extend_from_slice(rest);
    }

    /// Writes what a plain socket takes at once, and tells how much that was.
    #[cfg(unix)]
    fn send_now(&self, waiting: &Waiting, bytes: &[u8]) -> usize {
        let Some(socket) = &waiting.direct else {
            return 0;
        };
        let mut rest = bytes;
        while !rest.is_empty() {
            // An error shows again where the writing task writes.
            let Ok(count) = socket.send(rest) else {
                break;
            };
            rest = rest.get(count..).unwrap_or_default();
        }
        let sent = bytes.len() - rest.len();
        self.note_sent(sent);
        sent
    }

    /// Writes what a plain socket takes at once, where the system lets two threads share it.
    #[cfg(not(unix))]
    fn send_now(&self, _waiting: &Waiting, _bytes: &[u8]) -> usize {
        0
    }

    /// Lets the reading task and COPY go on, as far as there is room.
    fn acknowledge(&self, waiting: &mut Waiting) {
        if waiting.bytes.len() > MOST_UNREAD / 2 {
            return;
        }
        if waiting.bytes.is_empty() && waiting.bytes.capacity() > CHUNK {
            waiting.bytes = BytesMut::new();
        }
        self.emptied.notify_waiters();
        let streamed = std::mem::take(&mut waiting.streamed);
        if streamed > 0
            && let Some(session) = self.session.get().and_then(Weak::upgrade)
        {
            session.acknowledge(streamed);
        }
    }

    fn give_up(&self, waiting: &mut Waiting) {
        waiting.broken = true;
        waiting.bytes = BytesMut::new();
        self.acknowledge(waiting);
        self.resumed.notify_one();
        self.answered.notify_one();
    }

    fn note_sent(&self, count: usize) {
        let count = u64::try_from(count).unwrap_or_default();
        self.sent.fetch_add(count, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the engine thread reads the connection itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Seat {
    #[default]
    Away,
    Taken,
    /// It does, and what there is to send waits for other answers.
    Holds,
}

/// What the writing task waits for.
enum Next {
    /// Something to write.
    Fill,
    /// A socket that takes more.
    Room,
    /// Nothing: all is written, or nothing can be.
    End,
}

impl Holding for Outbox {
    fn send(&self) {
        let mut waiting = self.lock();
        if !waiting.lets_go() {
            return;
        }
        #[cfg(unix)]
        if let Some(socket) = waiting.direct.clone() {
            // An error shows again where the writing task writes.
            drop(self.flush(&mut waiting, &socket));
        }
        if !waiting.bytes.is_empty() {
            drop(waiting);
            self.filled.notify_one();
        }
    }
}

impl Outlet for Outbox {
    fn deliver(&self, _session: SessionId, delivery: Delivery) {
        if let Some(inspector) = &self.inspector {
            inspector.backend(&delivery.bytes);
        }
        let mut waiting = self.lock();
        if waiting.ended {
            // The engine thread may be in the middle of an answer while another one says the last words.
            return;
        }
        if !waiting.broken {
            self.add(&mut waiting, &delivery);
        }
        if delivery.streamed {
            waiting.streamed += delivery.bytes.len();
            if waiting.bytes.is_empty() {
                self.acknowledge(&mut waiting);
            }
        }
        let ends = delivery.kind == DeliveryKind::Closed
            // A listener that never reads would fill the memory.
            || delivery.asynchronous && waiting.bytes.len() > MOST_NOTIFICATIONS;
        waiting.ended |= ends;
        let fills = !waiting.bytes.is_empty() && waiting.seat != Seat::Holds || ends;
        drop(waiting);
        if fills {
            self.filled.notify_one();
        }
        if ends || delivery.kind == DeliveryKind::Drain {
            self.resumed.notify_one();
        }
        if delivery.last {
            self.answered.notify_one();
        }
    }
}

/// How long the answers to a client may be that wait for those of others.
const MOST_HELD: usize = 16 * 1024;
/// How much a client may leave unread before its next messages are not read either.
const MOST_UNREAD: usize = 1 << 20;
/// How much a listener may leave unread before its connection is ended.
const MOST_NOTIFICATIONS: usize = 64 << 20;
/// What is encrypted at once.
const CHUNK: usize = 128 * 1024;

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::io::Read;
    use std::time::Instant;

    use tokio::net::UnixStream;

    use super::super::stream::Stream;
    use super::*;

    fn answer(bytes: &[u8]) -> Delivery {
        Delivery {
            bytes: bytes.to_vec(),
            last: true,
            ..Delivery::default()
        }
    }

    struct Bench {
        guests: Arc<Guests>,
        socket: Arc<Socket>,
        outbox: Arc<Outbox>,
        client: std::os::unix::net::UnixStream,
    }

    impl Bench {
        fn new() -> Self {
            let (own, client) = std::os::unix::net::UnixStream::pair().unwrap();
            own.set_nonblocking(true).unwrap();
            client.set_nonblocking(true).unwrap();
            let stream = Stream::Unix(UnixStream::from_std(own).unwrap());
            let socket = Socket::new(stream).unwrap();
            let guests = Arc::<Guests>::default();
            let outbox = Outbox::new(&Writer::Plain(Arc::clone(&socket)), &guests, None);
            Self {
                guests,
                socket,
                outbox,
                client,
            }
        }

        fn received(&mut self) -> String {
            let mut buffer = [0; 64];
            let count = self.client.read(&mut buffer).unwrap_or_default();
            String::from_utf8_lossy(&buffer[..count]).into_owned()
        }
    }

    #[tokio::test]
    async fn an_answer_waits_for_others_only_while_the_engine_reads_the_connection() {
        let mut bench = Bench::new();
        bench.guests.gathering().next(1, Instant::now());
        bench.outbox.deliver(1, answer(b"away"));
        assert_eq!(bench.received(), "away");
        bench.outbox.seat(true);
        bench.outbox.deliver(1, answer(b"held,"));
        bench.outbox.deliver(1, answer(b"too"));
        assert_eq!(bench.received(), "");
        bench.guests.gathering().next(0, Instant::now());
        assert_eq!(bench.received(), "held,too");
        bench.outbox.deliver(1, answer(b"the last"));
        assert_eq!(bench.received(), "the last");
    }

    #[tokio::test]
    async fn the_task_of_a_connection_writes_what_is_held_for_too_long_or_when_the_seat_is_lost() {
        let mut bench = Bench::new();
        let (outbox, socket) = (Arc::clone(&bench.outbox), Arc::clone(&bench.socket));
        let writing = tokio::spawn(async move { outbox.write_plain(&socket).await });
        for give_up in [
            |outbox: &Outbox| outbox.send_held(),
            |outbox: &Outbox| outbox.seat(false),
            |outbox: &Outbox| outbox.end(),
        ] {
            bench.outbox.seat(true);
            bench.guests.gathering().next(1, Instant::now());
            bench.outbox.deliver(1, answer(b"held"));
            assert_eq!(bench.received(), "");
            give_up(&bench.outbox);
            let began = Instant::now();
            let mut received = String::new();
            while received.is_empty() && began.elapsed().as_secs() < 10 {
                tokio::task::yield_now().await;
                received = bench.received();
            }
            assert_eq!(received, "held");
        }
        writing.await.unwrap();
    }

    #[tokio::test]
    async fn nothing_follows_the_last_words() {
        let mut bench = Bench::new();
        bench.outbox.deliver(
            1,
            Delivery {
                kind: DeliveryKind::Closed,
                ..answer(b"goodbye")
            },
        );
        bench.outbox.deliver(1, answer(b", or not"));
        assert_eq!(bench.received(), "goodbye");
    }
}
