//! Scripts on the embedded engine: each is one batch of a session that nobody else has at that time.
//!
//! Sessions are kept for the next script, the last used first, so that one after another they all run in the same one.
#![forbid(unsafe_code)]

use std::future::poll_fn;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use bytes::Bytes;

use super::reply::Reply;
use super::{CHECK_CONSTRAINTS, COMMIT, End, Error, ROLLBACK, Rows, Script};
use crate::engine::queue::SessionId;
use crate::protocol::backend::{Messages, notification};
use crate::protocol::frontend::{
    encode_bind, encode_execute, encode_parse, encode_query, encode_startup, encode_sync,
};
use crate::session::{Delivery, DeliveryKind, Outlet, Session, SessionEngine, SessionOptions};
use crate::sql::ParameterizedStatement as Statement;

/// The embedded engine, for services.
#[derive(Debug)]
pub(crate) struct Embedded {
    engine: Mutex<Option<Arc<SessionEngine>>>,
    user: String,
    options: SessionOptions,
    /// The one used last is at the end.
    idle: Mutex<Vec<Lane>>,
    /// Hears of changes of the schema that another session announces.
    listener: Mutex<Option<Session>>,
    /// How many were announced.
    notified: Arc<AtomicU64>,
}

impl Embedded {
    /// Scripts run as `user`. A notification on `channel` counts as a change of the schema.
    pub(crate) fn new(
        engine: Arc<SessionEngine>,
        user: &str,
        channel: Option<&str>,
        options: &SessionOptions,
    ) -> Self {
        let notified = Arc::new(AtomicU64::new(0));
        let listener = channel.map(|channel| listen(Arc::clone(&engine), channel, &notified));
        Self {
            engine: Mutex::new(Some(engine)),
            user: user.to_owned(),
            options: SessionOptions {
                service: Some(SERVICE),
                ..options.clone()
            },
            idle: Mutex::default(),
            listener: Mutex::new(listener),
            notified,
        }
    }

    pub(super) fn schema_version(&self) -> u64 {
        let engine = lock(&self.engine);
        let own = engine.as_ref().map(|engine| engine.shared.schema_version());
        own.unwrap_or_default() + self.notified.load(Ordering::SeqCst)
    }

    pub(super) fn close(&self) {
        drop(lock(&self.listener).take());
        lock(&self.idle).clear();
        drop(lock(&self.engine).take());
    }

    pub(super) async fn run(
        &self,
        script: &Script<'_>,
        decide: impl FnOnce(&[Rows]) -> bool + Send,
    ) -> Result<Vec<Rows>, Error> {
        let mut lane = self.lane()?;
        let own = self.options.statement_timeout.filter(|own| !own.is_zero());
        let timeout = own.into_iter().chain(script.timeout).min();
        lane.session.shared().set_statement_timeout(timeout);
        let (batch, block) = encode(script);
        let reply = lane.exchange(&batch).await?;
        let mut reply = lane.end_failed(reply).await?;
        if block && reply.error.is_none() {
            // BEGIN has an answer of its own.
            reply.rows.drain(..reply.rows.len().min(1));
            match script.end {
                End::Commit => {
                    reply.rows.pop();
                }
                End::Rollback => reply.rows.truncate(script.statements.len()),
                End::Decided => {
                    let end = if decide(&reply.rows) {
                        COMMIT
                    } else {
                        ROLLBACK
                    };
                    let mut bytes = Vec::with_capacity(16);
                    encode_query(&mut bytes, end.as_bytes());
                    let ended = lane.exchange(&bytes).await?;
                    reply.error = lane.end_failed(ended).await?.error;
                }
            }
        }
        self.put_back(lane);
        reply.into_rows()
    }

    /// A session for one script.
    fn lane(&self) -> Result<Lane, Error> {
        if let Some(lane) = lock(&self.idle).pop() {
            return Ok(lane);
        }
        let engine = lock(&self.engine).clone();
        let engine = engine.ok_or_else(|| Error::Unreachable(CLOSED.to_owned()))?;
        Ok(Lane::open(engine, &self.user, &self.options))
    }

    fn put_back(&self, lane: Lane) {
        if lane.collector.lock().closed || lock(&self.engine).is_none() {
            return;
        }
        let mut idle = lock(&self.idle);
        if idle.len() < MOST_IDLE {
            idle.push(lane);
        }
    }
}

/// The messages of a script, and whether it is in a transaction block. Without one the transaction ends with the batch.
fn encode(script: &Script<'_>) -> (Vec<u8>, bool) {
    let block = script.end != End::Commit || script.isolation.is_some();
    let mut batch = Vec::with_capacity(2048);
    if block {
        encode_statement(&mut batch, &script.begin(), &[]);
    }
    for Statement { sql, params } in &script.statements {
        encode_statement(&mut batch, sql, params);
    }
    match script.end {
        End::Rollback => {
            encode_statement(&mut batch, CHECK_CONSTRAINTS, &[]);
            encode_statement(&mut batch, ROLLBACK, &[]);
        }
        End::Commit if block => encode_statement(&mut batch, COMMIT, &[]),
        End::Commit | End::Decided => {}
    }
    encode_sync(&mut batch);
    (batch, block)
}

/// One statement, with its results in binary form.
fn encode_statement(out: &mut Vec<u8>, sql: &str, params: &[Option<Bytes>]) {
    encode_parse(out, b"", sql.as_bytes(), &[0, 0]);
    let size = params.iter().flatten().map(Bytes::len).sum::<usize>();
    let mut rest = Vec::with_capacity(size + 4 * params.len() + 8);
    rest.extend_from_slice(&[0, 0]);
    rest.extend_from_slice(
        &u16::try_from(params.len())
            .unwrap_or(u16::MAX)
            .to_be_bytes(),
    );
    for param in params {
        if let Some(value) = param {
            rest.extend_from_slice(&u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes());
            rest.extend_from_slice(value);
        } else {
            rest.extend_from_slice(&(-1_i32).to_be_bytes());
        }
    }
    rest.extend_from_slice(&[0, 1, 0, 1]);
    encode_bind(out, b"", b"", &rest);
    encode_execute(out);
}

/// A session and what it was answered. Dropped while something runs in it, it is stopped.
#[derive(Debug)]
struct Lane {
    session: Session,
    collector: Arc<Collector>,
    /// Whether an answer is awaited.
    busy: bool,
}

impl Lane {
    fn open(engine: Arc<SessionEngine>, user: &str, options: &SessionOptions) -> Self {
        let collector = Arc::new(Collector::default());
        let outlet: Arc<dyn Outlet> = Arc::<Collector>::clone(&collector);
        let session = Session::open(engine, outlet, options);
        let mut startup = Vec::with_capacity(128);
        let parameters = [
            ("user", user),
            ("database", "postgres"),
            ("application_name", SERVICE),
        ];
        encode_startup(&mut startup, &parameters);
        collector.lock().awaited += 1;
        session.write(&startup, None);
        Self {
            session,
            collector,
            busy: false,
        }
    }

    async fn exchange(&mut self, batch: &[u8]) -> Result<Reply, Error> {
        self.busy = true;
        self.collector.lock().awaited += 1;
        self.session.write(batch, None);
        let bytes = poll_fn(|context| self.collector.poll(context.waker())).await;
        self.busy = false;
        let reply = Reply::read(&bytes);
        if self.collector.lock().closed {
            let message = reply
                .error
                .map_or_else(|| CLOSED.to_owned(), |error| error.message);
            return Err(Error::Lost(message));
        }
        Ok(reply)
    }

    /// Ends a transaction block that has failed.
    async fn end_failed(&mut self, reply: Reply) -> Result<Reply, Error> {
        if reply.status == b'E' {
            let mut bytes = Vec::with_capacity(16);
            encode_query(&mut bytes, ROLLBACK.as_bytes());
            self.exchange(&bytes).await?;
        }
        Ok(reply)
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        if self.busy {
            self.session.cancel();
        }
    }
}

/// Gathers what a session is sent.
#[derive(Debug, Default)]
struct Collector {
    state: Mutex<Collected>,
}

#[derive(Debug, Default)]
struct Collected {
    bytes: Vec<u8>,
    /// How many answers are to come.
    awaited: usize,
    closed: bool,
    waker: Option<Waker>,
}

impl Collector {
    fn poll(&self, waker: &Waker) -> Poll<Bytes> {
        let mut state = self.lock();
        if state.awaited == 0 || state.closed {
            return Poll::Ready(Bytes::from(std::mem::take(&mut state.bytes)));
        }
        if !state
            .waker
            .as_ref()
            .is_some_and(|known| known.will_wake(waker))
        {
            state.waker = Some(waker.clone());
        }
        Poll::Pending
    }

    fn lock(&self) -> MutexGuard<'_, Collected> {
        lock(&self.state)
    }
}

impl Outlet for Collector {
    fn deliver(&self, _session: SessionId, delivery: Delivery) {
        let mut state = self.lock();
        if state.bytes.is_empty() {
            state.bytes = delivery.bytes;
        } else {
            state.bytes.extend_from_slice(&delivery.bytes);
        }
        if delivery.last {
            state.awaited = state.awaited.saturating_sub(1);
        }
        state.closed |= delivery.kind == DeliveryKind::Closed;
        if (state.awaited == 0 || state.closed)
            && let Some(waker) = state.waker.take()
        {
            drop(state);
            waker.wake();
        }
    }
}

/// Listens for the notification that the schema has changed.
#[derive(Debug)]
struct Listener {
    notified: Arc<AtomicU64>,
}

impl Outlet for Listener {
    fn deliver(&self, _session: SessionId, delivery: Delivery) {
        for message in Messages::new(&delivery.bytes) {
            if message.tag == b'A'
                && notification(message.body).is_some_and(|(_, _, payload)| reloads(payload))
            {
                self.notified.fetch_add(1, Ordering::SeqCst);
            }
        }
    }
}

fn listen(engine: Arc<SessionEngine>, channel: &str, notified: &Arc<AtomicU64>) -> Session {
    let outlet = Arc::new(Listener {
        notified: Arc::clone(notified),
    });
    let session = Session::open(engine, outlet, &SessionOptions::default());
    let mut bytes = Vec::with_capacity(128);
    encode_startup(
        &mut bytes,
        &[("user", "postgres"), ("application_name", SERVICE)],
    );
    let channel = channel.replace('"', "\"\"");
    encode_query(&mut bytes, format!("LISTEN \"{channel}\"").as_bytes());
    session.write(&bytes, None);
    session
}

/// Whether a notification asks for the schema to be read again.
pub(super) fn reloads(payload: &[u8]) -> bool {
    payload.is_empty() || payload == b"reload schema"
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// As which its sessions are shown.
const SERVICE: &str = "oxbase-rest";
/// Sessions that are kept for later.
const MOST_IDLE: usize = 64;
const CLOSED: &str = "the database is closed";
