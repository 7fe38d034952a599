//! A session in another process: a connection of its own to that one's socket, with the face of a session of this process.
//!
//! What is written while nobody has been found, or has answered, waits. When the process that has the directory goes away
//! before it has answered, the next one is looked for, and may be this one: then the session goes on as one of this
//! process. Later on, its client is told that the connection is over.
#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::BytesMut;
use once_cell::sync::Lazy;
use tokio::net::UnixStream;
use tokio::sync::Notify;

use super::hello::{First, with_options};
use super::joined::{Begun, GONE, Joined, fatal, runtime};
use super::line::{Line, MOST_UNREAD, fill};
use crate::engine::queue::SessionId;
use crate::protocol::backend::encode_error;
use crate::protocol::{ErrorFields, sqlstate};
use crate::session::cut::{Cut, cut};
use crate::session::{
    Aside, Delivery, DeliveryKind, Outlet, Session, SessionEngine, SessionOptions, next_session_id,
};

/// A session that is open wherever the directory is.
#[derive(Debug)]
pub(crate) struct JoinedSession {
    link: Arc<Link>,
}

impl JoinedSession {
    pub(super) fn open(
        joined: Arc<Joined>,
        outlet: Arc<dyn Outlet>,
        options: &SessionOptions,
    ) -> Self {
        let id = next_session_id();
        Self {
            link: Arc::new(Link {
                id,
                joined,
                outlet,
                options: SessionOptions {
                    id: Some(id),
                    ..options.clone()
                },
                process_id: AtomicI32::new(0),
                state: Mutex::new(State::Starting(Vec::new())),
                written: Notify::new(),
                consumed: Notify::new(),
                unread: AtomicUsize::new(0),
            }),
        }
    }

    pub(crate) fn id(&self) -> SessionId {
        self.link.id
    }

    /// The process id that clients see; 0 before the session has been answered.
    pub(crate) fn process_id(&self) -> i32 {
        match &*self.link.lock() {
            State::Here(session) => session.shared().process_id,
            _ => self.link.process_id.load(Ordering::SeqCst),
        }
    }

    /// Takes frontend bytes. False when the client should pause until a drain is delivered.
    pub(crate) fn write(&self, bytes: &[u8], priority: Option<u8>) -> bool {
        let mut state = self.link.lock();
        match &mut *state {
            State::Starting(partial) => {
                partial.extend_from_slice(bytes);
                let begun = self.link.begin(partial);
                if let Some(waiting) = begun {
                    *state = State::Seeking(waiting);
                    drop(state);
                    self.link.seek();
                }
                true
            }
            State::Seeking(waiting) => {
                waiting.rest.extend_from_slice(bytes);
                true
            }
            State::There(line) => line.write(bytes, priority, &self.link.written),
            State::Here(session) => session.write(bytes, priority),
            State::Ended => true,
        }
    }

    /// So many bytes of COPY OUT data have been consumed.
    pub(crate) fn acknowledge(&self, bytes: usize) {
        if let State::Here(session) = &*self.link.lock() {
            session.shared().acknowledge(bytes);
            return;
        }
        self.link.consume(bytes);
        self.link.consumed.notify_one();
    }

    /// Stops what the session runs or waits to run.
    pub(crate) fn cancel(&self) {
        match &mut *self.link.lock() {
            State::There(line) => {
                let is_free = self.link.has_room() && line.out.is_empty();
                if is_free && line.says(&Aside::Cancel) {
                    self.link.written.notify_one();
                } else {
                    // The way through the connection is blocked.
                    self.link.cancel_from_outside(line.key.clone());
                }
            }
            State::Here(session) => session.cancel(),
            State::Starting(_) | State::Seeking(_) | State::Ended => {}
        }
    }

    /// Answers what waits for its turn with this error. Whether something waits is known in the other process.
    pub(crate) fn refuse(&self, error: &ErrorFields) -> bool {
        match &mut *self.link.lock() {
            State::There(line) => {
                let said = line.says(&Aside::Refuse(Box::new(error.clone())));
                self.link.written.notify_one();
                said
            }
            State::Here(session) => session.refuse(error),
            State::Starting(_) | State::Seeking(_) | State::Ended => false,
        }
    }

    /// Notes where in the application the session's transaction begins.
    pub(crate) fn note_call_site(&self, call_site: String) {
        match &mut *self.link.lock() {
            State::There(line) => {
                line.says(&Aside::CallSite(call_site));
                self.link.written.notify_one();
            }
            State::Here(session) => session
                .shared()
                .update_activity(|activity| activity.call_site = call_site),
            State::Starting(_) | State::Seeking(_) | State::Ended => {}
        }
    }

    /// Ends the session. Nothing is delivered for it any more.
    pub(crate) fn end(&self) {
        let before = std::mem::replace(&mut *self.link.lock(), State::Ended);
        if let State::There(mut line) = before {
            if line.position.between_messages() {
                line.push(&[b'X', 0, 0, 0, 4]);
            }
            // What the socket does not take is not waited for: the connection closes.
            drop(line.flush());
        }
        self.link.written.notify_one();
        self.link.consumed.notify_one();
    }
}

impl Drop for JoinedSession {
    fn drop(&mut self) {
        self.end();
    }
}

struct Link {
    id: SessionId,
    joined: Arc<Joined>,
    outlet: Arc<dyn Outlet>,
    options: SessionOptions,
    process_id: AtomicI32,
    state: Mutex<State>,
    /// There is something to write, or the session has ended.
    written: Notify,
    /// COPY OUT data has been consumed, or the session has ended.
    consumed: Notify,
    /// COPY OUT data that was delivered and has not been consumed.
    unread: AtomicUsize,
}

enum State {
    /// The start-up packet is not complete.
    Starting(Vec<u8>),
    /// Whoever has the directory is looked for, or has not answered.
    Seeking(Waiting),
    /// In another process.
    There(Line),
    /// In this process, which has taken over.
    Here(Session),
    Ended,
}

/// What is still to be said.
#[derive(Clone)]
struct Waiting {
    startup: Vec<u8>,
    rest: Vec<u8>,
}

impl Link {
    /// Reads the first packet, when it is there.
    fn begin(&self, partial: &mut Vec<u8>) -> Option<Waiting> {
        loop {
            match First::of(partial) {
                First::Incomplete => return None,
                First::Encryption(length) => {
                    partial.drain(..length);
                    let bytes = b"N".to_vec();
                    let last = true;
                    self.outlet.deliver(
                        self.id,
                        Delivery {
                            bytes,
                            last,
                            ..Delivery::default()
                        },
                    );
                }
                First::Startup(length) => {
                    let rest = partial.split_off(length);
                    let startup = std::mem::take(partial);
                    return Some(Waiting { startup, rest });
                }
                First::Strange => {
                    let startup = std::mem::take(partial);
                    let rest = Vec::new();
                    return Some(Waiting { startup, rest });
                }
            }
        }
    }

    fn seek(self: &Arc<Self>) {
        match runtime() {
            Ok(runtime) => drop(runtime.spawn(Arc::clone(self).run())),
            Err(error) => self.fail(&fatal(sqlstate::INTERNAL_ERROR, error.to_string())),
        }
    }

    async fn run(self: Arc<Self>) {
        let startup = match &*self.lock() {
            State::Seeking(waiting) => with_options(&waiting.startup, &self.options),
            _ => return,
        };
        let begun = tokio::select! {
            begun = self.joined.begin(&startup, self.options.queue_timeout) => begun,
            () = self.has_ended() => return,
        };
        match begun {
            Ok(Begun::Here(engine)) => self.stay(engine),
            Ok(Begun::There(stream, words)) => {
                let stream = Arc::new(stream);
                if self.go(&stream) {
                    self.converse(&stream, words).await;
                }
            }
            Err(error) => self.fail(&error),
        }
    }

    async fn has_ended(&self) {
        loop {
            self.written.notified().await;
            if matches!(*self.lock(), State::Ended) {
                return;
            }
        }
    }

    /// This process has the directory: the session is one of its own.
    fn stay(&self, engine: Arc<SessionEngine>) {
        let mut state = self.lock();
        if let State::Seeking(waiting) = &*state {
            let session = Session::open(engine, Arc::clone(&self.outlet), &self.options);
            session.write(&waiting.startup, None);
            session.write(&waiting.rest, None);
            *state = State::Here(session);
        }
    }

    /// Another process has it, and has answered: what waited is written there. False when the session has ended.
    fn go(&self, stream: &Arc<UnixStream>) -> bool {
        let mut state = self.lock();
        let State::Seeking(waiting) = &mut *state else {
            return false;
        };
        let rest = std::mem::take(&mut waiting.rest);
        let mut line = Line::new(Arc::clone(stream));
        line.push(&rest);
        *state = State::There(line);
        self.written.notify_one();
        true
    }

    /// Carries bytes in both directions until either side is done.
    async fn converse(&self, stream: &UnixStream, words: BytesMut) {
        let said_why = tokio::select! {
            said_why = self.read(stream, words) => said_why,
            () = self.write(stream) => return,
        };
        forget(self.id);
        let before = std::mem::replace(&mut *self.lock(), State::Ended);
        let State::There(line) = before else {
            return;
        };
        let mut bytes = Vec::new();
        if !said_why && !line.position.is_last {
            encode_error(&mut bytes, &fatal(sqlstate::ADMIN_SHUTDOWN, GONE));
        }
        self.close(bytes);
    }

    /// Delivers what comes, until nothing comes any more. Tells whether the last message said why.
    async fn read(&self, stream: &UnixStream, mut buffer: BytesMut) -> bool {
        let mut said_why = false;
        loop {
            let Cut {
                deliveries,
                farewell,
                key,
            } = cut(&mut buffer);
            if let Some((process_id, key)) = key {
                self.introduce(process_id, key);
            }
            if !deliveries.is_empty() {
                said_why = farewell;
            }
            for delivery in deliveries {
                if delivery.streamed {
                    self.unread
                        .fetch_add(delivery.bytes.len(), Ordering::SeqCst);
                }
                self.deliver(delivery);
            }
            while !self.has_room() {
                self.consumed.notified().await;
                if matches!(*self.lock(), State::Ended) {
                    return true;
                }
            }
            if fill(stream, &mut buffer).await.is_err() {
                return said_why;
            }
        }
    }

    /// Writes what the caller's thread could not, until the session has ended.
    async fn write(&self, stream: &UnixStream) {
        loop {
            let Some(waits) = self.write_some() else {
                return forget(self.id);
            };
            if waits {
                tokio::select! {
                    // An error shows again where it is written.
                    writable = stream.writable() => drop(writable),
                    () = self.written.notified() => {}
                }
            } else {
                self.written.notified().await;
            }
        }
    }

    fn cancel_from_outside(&self, key: Vec<u8>) {
        let process_id = self.process_id.load(Ordering::SeqCst);
        let joined = Arc::clone(&self.joined);
        if let Ok(runtime) = runtime() {
            drop(runtime.spawn(async move { joined.cancel(process_id, &key).await }));
        }
    }

    /// Writes what the socket takes, and tells whether there is more; `None` when the session has ended.
    fn write_some(&self) -> Option<bool> {
        let mut state = self.lock();
        let State::There(line) = &mut *state else {
            return None;
        };
        // What the other side said before it went is still read.
        let flushed = line.flush();
        if line.resumes() {
            self.outlet.deliver(
                self.id,
                Delivery {
                    kind: DeliveryKind::Drain,
                    ..Delivery::default()
                },
            );
        }
        Some(flushed.is_ok() && !line.out.is_empty())
    }

    fn introduce(&self, process_id: i32, key: Vec<u8>) {
        self.process_id.store(process_id, Ordering::SeqCst);
        let mut state = self.lock();
        if let State::There(line) = &mut *state {
            line.key = key;
            let known = (self.joined.root().to_owned(), process_id);
            lock(&SESSIONS).insert(self.id, known);
        }
    }

    fn consume(&self, bytes: usize) {
        let unread = self.unread.load(Ordering::SeqCst);
        // Only the caller's thread takes away, so that there is at least as much.
        self.unread.fetch_sub(bytes.min(unread), Ordering::SeqCst);
    }

    fn has_room(&self) -> bool {
        self.unread.load(Ordering::SeqCst) <= MOST_UNREAD
    }

    fn deliver(&self, delivery: Delivery) {
        if !matches!(*self.lock(), State::Ended) {
            self.outlet.deliver(self.id, delivery);
        }
    }

    fn fail(&self, error: &ErrorFields) {
        let before = std::mem::replace(&mut *self.lock(), State::Ended);
        if !matches!(before, State::Ended) {
            let mut bytes = Vec::new();
            encode_error(&mut bytes, error);
            self.close(bytes);
        }
    }

    fn close(&self, bytes: Vec<u8>) {
        self.outlet.deliver(
            self.id,
            Delivery {
                kind: DeliveryKind::Closed,
                bytes,
                last: true,
                ..Delivery::default()
            },
        );
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Link")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// The ids here of this process's sessions in another one, by their process ids there.
pub(super) fn sessions_of(root: &Path) -> HashMap<i32, SessionId> {
    let sessions = lock(&SESSIONS);
    let own = sessions.iter().filter(|(_, (other, _))| other == root);
    own.map(|(id, (_, process_id))| (*process_id, *id))
        .collect()
}

fn forget(id: SessionId) {
    lock(&SESSIONS).remove(&id);
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The sessions of this process in others: by id, with the directory and the process id there.
static SESSIONS: Lazy<Mutex<HashMap<SessionId, (PathBuf, i32)>>> = Lazy::new(Mutex::default);
