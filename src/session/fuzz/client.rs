//! A client of one session: writes frontend bytes, cuts what comes back into messages, and never waits without a limit.
//!
//! It knows the protocol on its own, so that a mistake in `protocol` does not hide itself.
#![forbid(unsafe_code)]

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::engine::queue::SessionId;
use crate::session::{Delivery, DeliveryKind, Outlet, Session, SessionEngine, SessionOptions};

/// One message of the backend.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) tag: u8,
    pub(super) body: Vec<u8>,
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tag = char::from(self.tag);
        write!(formatter, "{tag}:{}", self.body.escape_ascii())
    }
}

/// A session and what it has answered so far.
pub(super) struct Client {
    name: &'static str,
    session: Session,
    deliveries: Receiver<Delivery>,
    pub(super) replies: Vec<Reply>,
    /// Answers to requests for encryption.
    pub(super) refusals: usize,
    pub(super) closed: bool,
    /// The transaction status that `exchange` expects.
    pub(super) status: u8,
}

impl Client {
    pub(super) fn new(name: &'static str, engine: &Arc<SessionEngine>) -> Self {
        let (sender, deliveries) = channel();
        let outlet = Arc::new(Collect(Mutex::new(sender)));
        let session = Session::open(Arc::clone(engine), outlet, &SessionOptions::default());
        Self {
            name,
            session,
            deliveries,
            replies: Vec::new(),
            refusals: 0,
            closed: false,
            status: b'I',
        }
    }

    /// A client that has been greeted.
    pub(super) fn connect(
        name: &'static str,
        engine: &Arc<SessionEngine>,
        parameters: &[(&str, &str)],
    ) -> Result<Self, String> {
        let mut client = Self::new(name, engine);
        client.write(&startup(parameters));
        client.ready("its greeting")?;
        Ok(client)
    }

    pub(super) fn id(&self) -> SessionId {
        self.session.shared().id
    }

    pub(super) fn write(&self, bytes: &[u8]) {
        self.session.write(bytes, None);
    }

    /// Runs one query, which must not fail, and returns its rows.
    pub(super) fn query(&mut self, sql: &str) -> Result<Vec<Vec<String>>, String> {
        self.exchange(&message(b'Q', &[sql.as_bytes(), b"\0"].concat()), sql)
    }

    /// Sends what is answered with one ReadyForQuery and no error, and returns the rows.
    pub(super) fn exchange(
        &mut self,
        bytes: &[u8],
        what: &str,
    ) -> Result<Vec<Vec<String>>, String> {
        self.write(bytes);
        let replies = self.ready(what)?;
        if let Some(error) = replies.iter().find(|reply| reply.tag == b'E') {
            return Err(format!("{}: {what}: {error:?}", self.name));
        }
        let status = replies.last().and_then(|ready| ready.body.first());
        if status != Some(&self.status) {
            return Err(format!("{}: {what}: left in {status:?}", self.name));
        }
        Ok(rows(&replies))
    }

    /// Waits for the next ReadyForQuery and takes everything up to it.
    pub(super) fn ready(&mut self, what: &str) -> Result<Vec<Reply>, String> {
        self.wait(what, |client| client.has(b'Z'))?;
        match self.replies.iter().position(|reply| reply.tag == b'Z') {
            Some(end) => Ok(self.replies.drain(..=end).collect()),
            None => Err(format!(
                "{}: {what}: the session was closed: {:?}",
                self.name, self.replies
            )),
        }
    }

    pub(super) fn has(&self, tag: u8) -> bool {
        self.replies.iter().any(|reply| reply.tag == tag)
    }

    /// Receives until `done`, or until the session has closed.
    pub(super) fn wait(&mut self, what: &str, done: impl Fn(&Self) -> bool) -> Result<(), String> {
        let deadline = Instant::now() + most_wait();
        self.receive_waiting(Duration::ZERO)?;
        while !done(self) && !self.closed {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let seen = &self.replies;
                return Err(format!(
                    "{}: waited in vain for {what}: {seen:?}",
                    self.name
                ));
            }
            self.receive_waiting(left)?;
        }
        Ok(())
    }

    /// Takes at least one delivery if one comes in time, and all that are there.
    fn receive_waiting(&mut self, most: Duration) -> Result<(), String> {
        match self.deliveries.recv_timeout(most) {
            Ok(delivery) => self.take(&delivery)?,
            Err(RecvTimeoutError::Timeout) => return Ok(()),
            Err(RecvTimeoutError::Disconnected) => self.closed = true,
        }
        while let Ok(delivery) = self.deliveries.try_recv() {
            self.take(&delivery)?;
        }
        Ok(())
    }

    fn take(&mut self, delivery: &Delivery) -> Result<(), String> {
        if self.closed {
            return Err(format!("{}: a delivery after the last words", self.name));
        }
        self.closed = delivery.kind == DeliveryKind::Closed;
        if delivery.streamed {
            self.session.shared().acknowledge(delivery.bytes.len());
        }
        if delivery.bytes == b"N" {
            self.refusals += 1;
            return Ok(());
        }
        self.cut(&delivery.bytes)
    }

    fn cut(&mut self, mut bytes: &[u8]) -> Result<(), String> {
        while !bytes.is_empty() {
            let message = (|| {
                let length = u32::from_be_bytes(*bytes.get(1..)?.first_chunk()?);
                let end = usize::try_from(length).ok()?.checked_add(1)?;
                Some((*bytes.first()?, bytes.get(5..end)?, bytes.get(end..)?))
            })();
            let Some((tag, body, rest)) = message else {
                let bytes = bytes.escape_ascii();
                return Err(format!("{}: not a whole message: {bytes}", self.name));
            };
            if !BACKEND_TAGS.contains(&tag) {
                return Err(format!("{}: no backend message: {tag:#x}", self.name));
            }
            self.replies.push(Reply {
                tag,
                body: body.to_vec(),
            });
            bytes = rest;
        }
        Ok(())
    }
}

struct Collect(Mutex<Sender<Delivery>>);

impl Outlet for Collect {
    fn deliver(&self, _: SessionId, delivery: Delivery) {
        let sender = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drop(sender.send(delivery));
    }
}

/// The text rows among some messages.
pub(super) fn rows(replies: &[Reply]) -> Vec<Vec<String>> {
    let data = replies.iter().filter(|reply| reply.tag == b'D');
    data.map(|reply| columns(&reply.body)).collect()
}

fn columns(body: &[u8]) -> Vec<String> {
    let mut columns = Vec::new();
    let mut rest = body.get(2..).unwrap_or_default();
    while let Some((length, after)) = rest.split_first_chunk() {
        let length = usize::try_from(i32::from_be_bytes(*length)).unwrap_or(0);
        let value = after.get(..length).unwrap_or_default();
        columns.push(String::from_utf8_lossy(value).into_owned());
        rest = after.get(length..).unwrap_or_default();
    }
    columns
}

/// One message, with its length.
pub(super) fn message(tag: u8, body: &[u8]) -> Vec<u8> {
    [&[tag], packet(body).as_slice()].concat()
}

/// A message without a tag, as the first ones of a connection are.
pub(super) fn packet(body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap();
    [&length.to_be_bytes(), body].concat()
}

/// A start-up packet.
pub(super) fn startup(parameters: &[(&str, &str)]) -> Vec<u8> {
    let mut body = b"\0\x03\0\0".to_vec();
    for (name, value) in parameters {
        body.extend_from_slice(format!("{name}\0{value}\0").as_bytes());
    }
    body.push(0);
    packet(&body)
}

/// How long any wait of these tests may take. For looking into a failure, `OXBASE_TEST_WAIT` (seconds) makes it shorter.
pub(super) fn most_wait() -> Duration {
    let seconds = std::env::var("OXBASE_TEST_WAIT");
    Duration::from_secs(seconds.map_or(20, |seconds| seconds.parse().unwrap_or(20)))
}

/// The messages a backend sends once no authentication is needed.
const BACKEND_TAGS: &[u8] = b"RSKZENAvCDTtnI123sGHWdcV";
