//! One running PostgreSQL backend, and how the engine's loop is carried through it.
//!
//! Buffered is the fast way and the first: one call per request. COPY needs data while a statement runs, so the first
//! request that turns out to be a COPY moves the backend into the pump, where it stays: PostgreSQL then asks for input
//! through `Pump::read`, and the engine's loop is polled from there. See docs/architecture.md, "Driving PostgreSQL".
#![forbid(unsafe_code)]

use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use pglite_oxide::session::{
    CatalogProfile, PostgresConfig, PreparedDatabase, ProtocolPumpOutcome, ProtocolSession,
    ProtocolStream, StartupConfig, postgres_config_with_extension_startup, resolve_extension_set,
    startup_error_response_output,
};
use pglite_oxide::{DatabaseStorage, Extension};

use super::error::Error;
use super::wire::{Reply, Request, Restart, Sink, Wire};
use crate::protocol::ErrorFields;
use crate::protocol::backend::Messages;
use crate::protocol::frontend::encode_query;

/// What a backend is opened with.
#[derive(Debug, Clone)]
pub(crate) struct Opening {
    /// The database root; PostgreSQL's data is in `pgdata` below it.
    pub(crate) root: PathBuf,
    /// Start-up settings, later ones winning.
    pub(crate) settings: Vec<(String, String)>,
    /// Extensions whose files and modules are made available.
    pub(crate) extensions: Vec<Extension>,
    /// The name of the database in the cluster.
    pub(crate) database: String,
}

/// The engine's loop: ends when the engine is closed.
pub(crate) type Task = Arc<Mutex<Pin<Box<dyn Future<Output = ()> + Send>>>>;

/// How a drive ended.
#[derive(Debug)]
pub(crate) enum Driven {
    /// The loop ended; the backend was shut down.
    Ended,
    /// The loop asked for the backend to be opened again; it was shut down.
    Restart(Restart),
    /// The backend stopped by itself; a request may wait for its answer.
    Lost(String),
}

/// A backend that has been started and accepted its startup packet.
pub(crate) struct Backend {
    session: ProtocolSession,
    prepared: PreparedDatabase,
    pump: Arc<Mutex<Pump>>,
    greeting: Vec<u8>,
}

impl Backend {
    /// Opens the database root, which must exist or be absent, never foreign. After a failure the root is free again.
    pub(crate) fn open(opening: &Opening, wire: &Wire, task: Option<&Task>) -> Result<Self, Error> {
        wasmer_vm::set_stack_size(STACK);
        let mark = wire.stopper().prepare();
        let storage = DatabaseStorage::Directory(opening.root.clone());
        let mut prepared = PreparedDatabase::prepare(storage, CatalogProfile::Standard, "postgres")
            .map_err(|error| start_error(opening, &error))?;
        let pump = Arc::new(Mutex::new(Pump::new(wire.clone(), task.cloned())));
        match start(&prepared, opening, &pump) {
            Ok((session, greeting)) => {
                wire.stopper().attach(&mark);
                Ok(Self {
                    session,
                    prepared,
                    pump,
                    greeting,
                })
            }
            Err(error) => {
                // Dropping it would keep the lock on the directory until the process ends.
                drop(prepared.release());
                Err(error)
            }
        }
    }

    /// What the backend said at start-up: authentication, parameter status, key data, ready.
    pub(crate) fn greeting(&self) -> &[u8] {
        &self.greeting
    }

    /// The loop that runs through this backend, when it is made after the backend.
    pub(crate) fn attach(&self, task: &Task) {
        lock(&self.pump).task = Some(Arc::clone(task));
    }

    /// Runs one request outside of the loop, before it starts.
    pub(crate) fn run(&mut self, sql: &str) -> Result<Vec<u8>, Error> {
        let reply =
            self.session
                .send_buffered(&query(sql))
                .map_err(|error| Error::BackendLost {
                    reason: format!("{error:#}"),
                })?;
        match Messages::new(&reply).find(|message| message.tag == b'E') {
            Some(error) => Err(Error::Preparation {
                reason: ErrorFields::decode(error.body).message,
            }),
            None => Ok(reply),
        }
    }

    /// Polls the loop and feeds the backend until either ends.
    pub(crate) fn drive(&mut self, wire: &Wire, task: &Task) -> Driven {
        loop {
            if poll_task(task).is_ready() {
                self.end();
                return Driven::Ended;
            }
            let Some(request) = wire.take_request() else {
                return Driven::Lost("the engine loop waits for nothing".to_owned());
            };
            if let Some(restart) = request.restart {
                self.end();
                return Driven::Restart(restart);
            }
            let reply = match request.copy {
                None => self
                    .session
                    .send_buffered(&request.bytes)
                    .map(ProtocolPumpOutcome::Buffered),
                Some(_) => self.enter_pump(request),
            };
            match reply {
                Ok(ProtocolPumpOutcome::Buffered(bytes)) => wire.put_reply(Ok(Reply {
                    bytes,
                    delivered: 0,
                })),
                outcome if lock(&self.pump).ended => {
                    drop(outcome);
                    return lock(&self.pump)
                        .restart
                        .take()
                        .map_or(Driven::Ended, Driven::Restart);
                }
                Ok(ProtocolPumpOutcome::Streamed) => {
                    return Driven::Lost("the backend ended its session".to_owned());
                }
                Err(error) => return Driven::Lost(brief(&error)),
            }
        }
    }

    /// Stops the backend and frees the directory, without a clean shutdown where that is impossible.
    pub(crate) fn close(mut self) -> Result<(), Error> {
        let failed = |error: anyhow::Error| Error::BackendLost {
            reason: format!("{error:#}"),
        };
        lock(&self.pump).wire.stopper().detach();
        self.session.shutdown().map_err(failed)?;
        drop(self.session);
        self.prepared.release().map_err(failed)
    }

    fn enter_pump(&mut self, request: Request) -> anyhow::Result<ProtocolPumpOutcome> {
        lock(&self.pump).sink = request.copy;
        lock(&self.pump).wire.stopper().enter_pump();
        let outcome = self
            .session
            .send_with_connection_protocol_pump(&request.bytes, Vec::new);
        if let Ok(ProtocolPumpOutcome::Buffered(_)) = outcome {
            lock(&self.pump).sink = None;
        }
        outcome
    }

    /// Shuts PostgreSQL down with a checkpoint, so that the next opening needs no recovery. A backend without a
    /// postmaster does that only on its way out of a FATAL error, and an unknown message is the mildest of those; it must
    /// be read in the pump, where nothing tries to recover from it.
    pub(crate) fn end(&mut self) {
        lock(&self.pump).ended = true;
        let done = self.session.send_buffered(&query("ROLLBACK"));
        if done.is_ok() {
            let last = query("COPY (SELECT 1 WHERE false) TO STDOUT");
            drop(
                self.session
                    .send_with_connection_protocol_pump(&last, Vec::new),
            );
        }
    }
}

impl std::fmt::Debug for Backend {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Backend").finish_non_exhaustive()
    }
}

/// PostgreSQL's input and output once it runs in the pump.
struct Pump {
    wire: Wire,
    task: Option<Task>,
    input: Vec<u8>,
    read: usize,
    output: Vec<u8>,
    delivered: usize,
    partial: Vec<u8>,
    sink: Option<Sink>,
    streaming: bool,
    restart: Option<Restart>,
    ended: bool,
}

struct Stream(Arc<Mutex<Pump>>);

impl Pump {
    fn new(wire: Wire, task: Option<Task>) -> Self {
        Self {
            wire,
            task,
            input: Vec::new(),
            read: 0,
            output: Vec::new(),
            delivered: 0,
            partial: Vec::new(),
            sink: None,
            streaming: false,
            restart: None,
            ended: false,
        }
    }

    /// The backend has consumed all input, so its answer is complete: let the loop decide what comes next.
    fn refill(&mut self) {
        self.read = 0;
        if !self.ended {
            let reply = Reply {
                bytes: std::mem::take(&mut self.output),
                delivered: std::mem::take(&mut self.delivered),
            };
            (self.sink, self.streaming) = (None, false);
            self.wire.put_reply(Ok(reply));
            let polled = self.task.as_ref().map_or(Poll::Ready(()), poll_task);
            if let (Poll::Pending, Some(request)) = (polled, self.wire.take_request()) {
                if request.restart.is_none() {
                    (self.input, self.sink) = (request.bytes, request.copy);
                    return;
                }
                self.restart = request.restart;
            }
            self.ended = true;
        }
        self.input = UNKNOWN_MESSAGE.to_vec();
    }

    fn take_output(&mut self, bytes: &[u8]) {
        self.partial.extend_from_slice(bytes);
        let data = std::mem::take(&mut self.partial);
        let (mut at, mut run) = (0, 0..0);
        while let Some(length) = message_length(data.get(at..).unwrap_or_default()) {
            let (tag, message) = (data.get(at).copied().unwrap_or_default(), at..at + length);
            at += length;
            if self.streaming && tag == b'd' {
                run = if run.is_empty() {
                    message
                } else {
                    run.start..message.end
                };
                continue;
            }
            self.stream(data.get(std::mem::take(&mut run)).unwrap_or_default());
            self.output
                .extend_from_slice(data.get(message).unwrap_or_default());
            self.streaming &= tag != b'c';
            if tag == b'H' && self.sink.is_some() {
                self.streaming = true;
                let before = self
                    .output
                    .get(self.delivered..)
                    .unwrap_or_default()
                    .to_vec();
                self.stream(&before);
                self.delivered = self.output.len();
            }
        }
        self.stream(data.get(run).unwrap_or_default());
        self.partial = data.get(at..).unwrap_or_default().to_vec();
    }

    fn stream(&mut self, bytes: &[u8]) {
        if let (Some(sink), false) = (&mut self.sink, bytes.is_empty()) {
            sink(bytes);
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut pump = lock(&self.0);
        if pump.read >= pump.input.len() {
            pump.refill();
        }
        let rest = pump.input.get(pump.read..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(rest) {
            *to = *from;
        }
        pump.read += count;
        Ok(count)
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lock(&self.0).take_output(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl ProtocolStream for Stream {
    fn read_ready(&mut self) -> io::Result<bool> {
        Ok(true)
    }
}

/// Polls the engine's loop; a panic in it ends it as a close would.
pub(crate) fn poll_task(task: &Task) -> Poll<()> {
    let mut future = lock(task);
    catch_unwind(AssertUnwindSafe(|| {
        future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
    }))
    .unwrap_or(Poll::Ready(()))
}

/// What happened, without the WASM backtrace that comes on the lines after it.
fn brief(error: &anyhow::Error) -> String {
    let text = format!("{error:#}");
    text.lines().next().unwrap_or_default().to_owned()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn message_length(bytes: &[u8]) -> Option<usize> {
    let length = u32::from_be_bytes(bytes.get(1..5)?.try_into().ok()?);
    let total = usize::try_from(length).ok()?.checked_add(1)?;
    (total <= bytes.len()).then_some(total)
}

fn query(sql: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(sql.len() + 6);
    encode_query(&mut bytes, sql.as_bytes());
    bytes
}

fn startup_packet(database: &str) -> Vec<u8> {
    let mut body = 196_608_i32.to_be_bytes().to_vec();
    for text in [
        "user",
        "postgres",
        "database",
        database,
        "client_encoding",
        "UTF8",
        "",
    ] {
        body.extend_from_slice(text.as_bytes());
        body.push(0);
    }
    let length = u32::try_from(body.len() + 4).unwrap_or_default();
    [length.to_be_bytes().as_slice(), &body].concat()
}

/// Starts PostgreSQL on a prepared root. A session that fails after it was made is shut down.
fn start(
    prepared: &PreparedDatabase,
    opening: &Opening,
    pump: &Arc<Mutex<Pump>>,
) -> Result<(ProtocolSession, Vec<u8>), Error> {
    let start = |error: anyhow::Error| start_error(opening, &error);
    let runtime = prepared.runtime().map_err(start)?;
    let mut config = PostgresConfig::default();
    for (name, value) in &opening.settings {
        config.insert(name.clone(), value.clone());
    }
    let extensions = resolve_extension_set(&opening.extensions).map_err(start)?;
    let config = postgres_config_with_extension_startup(config, &extensions).map_err(start)?;
    config.validate().map_err(|error| Error::Setting {
        reason: format!("{error:#}"),
    })?;
    let startup = StartupConfig {
        database: opening.database.clone(),
        ..StartupConfig::default()
    };
    let mut session = if extensions.is_empty() {
        runtime.open(config, startup)
    } else {
        runtime.open_with_extensions(config, startup, &extensions)
    }
    .map_err(start)?;
    let greeted = session
        .startup_with_packet(&startup_packet(&opening.database))
        .and_then(|greeting| {
            anyhow::ensure!(greeting.accepted, "the startup packet was refused");
            session.attach_protocol_stream(Stream(Arc::clone(pump)))?;
            Ok(greeting.output)
        });
    match greeted {
        Ok(greeting) => Ok((session, greeting)),
        Err(error) => {
            drop(session.shutdown());
            Err(start(error))
        }
    }
}

fn start_error(opening: &Opening, error: &anyhow::Error) -> Error {
    let (path, reason) = (opening.root.clone(), format!("{error:#}"));
    if reason.contains("already in use") || reason.contains("ownership lock failed") {
        let holder = super::storage::holder(&path);
        return Error::InUse { path, holder };
    }
    if reason.contains("unexpected entry")
        || reason.contains("refusing to adopt")
        || reason.contains("descriptor")
    {
        return Error::Foreign { path, reason };
    }
    let words = startup_error_response_output(error).and_then(own_words);
    super::cause::of_opening(&path, error, words)
}

/// The message, severity and code of the ErrorResponse with which PostgreSQL refused to start.
fn own_words(output: &[u8]) -> Option<String> {
    let message = Messages::new(output).find(|message| message.tag == b'E')?;
    let told = ErrorFields::decode(message.body);
    Some(format!(
        "{} ({} {})",
        told.message, told.severity, told.code
    ))
}

/// The stack that PostgreSQL's code runs on. Measured: with it a PL/pgSQL function may call itself some hundreds of times.
/// One that never ends exhausts it and costs a restart of the backend, half a second; with a stack on which PostgreSQL's
/// own `max_stack_depth` would end it first, unwinding that error through as many handlers takes minutes.
const STACK: usize = 4 << 20;
/// A message type that no protocol version has.
const UNKNOWN_MESSAGE: &[u8] = &[1, 0, 0, 0, 4];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_response_at_the_start_is_told_in_its_own_words() {
        let body = b"SFATAL\0VFATAL\0CXX001\0Minvalid page in block 0\0\0";
        let length = 4 + u32::try_from(body.len()).unwrap();
        let output = [b"E".as_slice(), &length.to_be_bytes(), body].concat();
        assert_eq!(
            own_words(&output).as_deref(),
            Some("invalid page in block 0 (FATAL XX001)")
        );
        assert_eq!(own_words(b""), None);
    }

    #[test]
    fn copy_data_goes_to_the_sink_and_the_rest_to_the_reply_whatever_the_fragments() {
        let sent = Arc::new(Mutex::new(Vec::new()));
        let mut pump = Pump::new(Wire::default(), None);
        let seen = Arc::clone(&sent);
        pump.sink = Some(Box::new(move |bytes| lock(&seen).extend_from_slice(bytes)));
        let message = |tag: u8, body: &[u8]| {
            [&[tag, 0, 0, 0, 4 + u8::try_from(body.len()).unwrap()], body].concat()
        };
        let (out, row, done, complete) = (
            message(b'H', b"x"),
            message(b'd', b"row"),
            message(b'c', b""),
            message(b'C', b"y"),
        );
        for byte in [&out[..], &row, &row, &done, &complete].concat() {
            pump.take_output(&[byte]);
        }
        assert_eq!(*lock(&sent), [&out[..], &row, &row].concat());
        assert_eq!(pump.output, [&out[..], &done, &complete].concat());
        assert_eq!(pump.delivered, out.len());
    }
}
