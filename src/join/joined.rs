//! The side of a process that joined: finds whoever has the directory open, again and again if need be, and opens it when
//! nobody has.
#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use super::line::{cancel_request, hear};
use super::link::{self, JoinedSession};
use super::{Opened, Report, hello, owner, socket};
use crate::engine::error::Error;
use crate::engine::{OpenOptions, is_alone};
use crate::protocol::backend::Messages;
use crate::protocol::frontend::encode_startup;
use crate::protocol::{ErrorFields, sqlstate};
use crate::server::{self, Databases, Elsewhere, Later, REPORT, Whereabouts};
pub(super) use crate::server::{Begun, GONE};
use crate::session::{self, Delivery, DeliveryKind, Outlet, SessionEngine, SessionOptions};

/// Opens a database, or joins the process that has it open, unless `joins` is false.
pub(crate) async fn open(
    options: OpenOptions,
    joins: bool,
    report: Report,
) -> Result<Opened, Error> {
    let opening = runtime()
        .map_err(|error| failed(&error))?
        .spawn(open_or_join(options, joins, report));
    opening.await.map_err(|error| failed(&error))?
}

/// Lets other processes join an engine of this one, which was open already.
pub(crate) fn lend(engine: &Arc<SessionEngine>, options: &OpenOptions, report: Report) {
    if let Some(root) = options.directory() {
        owner::lend(engine, &root, report);
    }
}

async fn open_or_join(options: OpenOptions, joins: bool, report: Report) -> Result<Opened, Error> {
    let Some(root) = options.directory() else {
        return open_here(options).await.map(Opened::Own);
    };
    if !joins {
        let engine = open_here(options).await?;
        owner::keep(&engine, &root);
        return Ok(Opened::Own(engine));
    }
    let joined = Arc::new(Joined {
        options,
        root,
        report,
        engine: Mutex::default(),
        closed: AtomicBool::default(),
    });
    Ok(match joined.find_anywhere(false).await? {
        Found::Here(engine) => Opened::Own(engine),
        Found::There(_) => Opened::Joined(joined),
    })
}

/// A directory that another process has open, or had.
#[derive(Debug)]
pub(crate) struct Joined {
    options: OpenOptions,
    root: PathBuf,
    report: Report,
    /// Since this process has taken over.
    engine: Mutex<Option<Arc<SessionEngine>>>,
    closed: AtomicBool,
}

/// Who has the directory open.
#[derive(Debug)]
pub(super) enum Found {
    /// This process.
    Here(Arc<SessionEngine>),
    /// Another one, by a connection to it.
    There(UnixStream),
}

impl Joined {
    /// The engine, when this process has taken over.
    pub(crate) fn engine(&self) -> Option<Arc<SessionEngine>> {
        let mut engine = self.lock();
        if engine.as_ref().is_some_and(|engine| !engine.is_alive()) {
            *engine = None;
        }
        if engine.is_none() && !self.closed.load(Ordering::SeqCst) {
            *engine = session::find(&self.options);
        }
        engine.clone()
    }

    /// Lets go of the engine, if there is one. Sessions that are open stay.
    pub(crate) fn close(&self) -> Option<Arc<SessionEngine>> {
        self.closed.store(true, Ordering::SeqCst);
        self.lock().take()
    }

    /// The directory.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// What a server of this process serves: the database wherever it is open.
    pub(crate) fn served(self: Arc<Self>) -> Databases {
        Databases::Elsewhere(self)
    }

    /// Opens a session wherever the directory is open. It is found while the first bytes wait.
    pub(crate) fn session(
        self: &Arc<Self>,
        outlet: Arc<dyn Outlet>,
        options: &SessionOptions,
    ) -> JoinedSession {
        JoinedSession::open(Arc::clone(self), outlet, options)
    }

    /// What the other process tells of its engine; `None` when it does not answer. Blocks for a short time.
    pub(crate) fn report(&self) -> Option<Vec<u8>> {
        let asked = async {
            let mut stream = socket::connect(&self.root).await?;
            let mut question = Vec::new();
            encode_startup(&mut question, &[("user", "postgres"), (REPORT, "on")]);
            stream.write_all(&question).await?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await?;
            io::Result::Ok(answer)
        };
        let answer = runtime()
            .ok()?
            .block_on(async { tokio::time::timeout(LONGEST_QUESTION, asked).await });
        answer.ok()?.ok()
    }

    /// The ids here of the sessions that this process has there, by the process ids that they have there.
    pub(crate) fn own_sessions(&self) -> HashMap<i32, u32> {
        link::sessions_of(&self.root)
    }

    /// A URL by which PostgreSQL's clients connect as this user, with the limits of these options.
    pub(crate) fn url(&self, user: &str, limits: &SessionOptions) -> Option<String> {
        let directory = socket::directory(&self.root)?;
        let settings: Vec<String> = hello::parameters(limits)
            .into_iter()
            .map(|(name, value)| format!("-c {name}={value}"))
            .collect();
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        Some(format!(
            "postgres://{}@{}:{}/postgres?options={}",
            encode(user),
            encode(directory.to_str()?),
            socket::PORT,
            encode(&settings.join(" "))
        ))
    }

    /// Has the directory open somewhere for as long as the watch is kept, so that those who only know the socket find it.
    pub(crate) fn watch(self: &Arc<Self>) -> Watch {
        let joined = Arc::clone(self);
        Watch(
            runtime()
                .ok()
                .map(|runtime| runtime.spawn(keep_watch(joined))),
        )
    }

    /// Begins a session wherever the directory is open. The other process may take as long as `patience` to answer.
    pub(super) async fn begin(
        &self,
        startup: &[u8],
        patience: Option<Duration>,
    ) -> Result<Begun, ErrorFields> {
        let began = Instant::now();
        let patience = patience.filter(|limit| !limit.is_zero());
        let mut again = false;
        loop {
            let stream = match self.find_anywhere(again).await {
                Ok(Found::Here(engine)) => return Ok(Begun::Here(engine)),
                Ok(Found::There(stream)) => stream,
                Err(error) => return Err(fatal(error.sqlstate(), error.to_string())),
            };
            let greeting = greet(stream, startup);
            match tokio::time::timeout(patience.unwrap_or(LONGEST_SILENCE), greeting).await {
                Ok(Some((stream, words))) => return Ok(Begun::There(stream, words)),
                Ok(None) if began.elapsed() < LONGEST_SEARCH => again = true,
                Ok(None) => return Err(fatal(sqlstate::ADMIN_SHUTDOWN, GONE)),
                Err(_) => return Err(fatal(sqlstate::CANNOT_CONNECT_NOW, SILENT)),
            }
        }
    }

    /// Stops what the session of this process id and key runs in the other process. Resolves when that has read it.
    pub(super) async fn cancel(&self, process_id: i32, key: &[u8]) -> io::Result<()> {
        let mut stream = socket::connect(&self.root).await?;
        let request = cancel_request(process_id, key);
        stream.write_all(&request).await?;
        // It closes the connection, and says nothing.
        tokio::io::copy(&mut stream, &mut tokio::io::sink()).await?;
        Ok(())
    }

    /// Finds out who has the directory open; `again` when the one that was found last is about to go.
    pub(super) async fn find_anywhere(&self, again: bool) -> Result<Found, Error> {
        let deadline = Instant::now() + LONGEST_SEARCH;
        let mut pause = SHORTEST_PAUSE;
        if !again && let Ok(stream) = socket::connect(&self.root).await {
            return Ok(Found::There(stream));
        }
        loop {
            let error = match open_here(self.options.clone()).await {
                Ok(engine) => return Ok(Found::Here(self.lend(engine))),
                Err(error @ Error::InUse { .. }) => error,
                Err(error) => return Err(error),
            };
            match socket::connect(&self.root).await {
                Ok(stream) => return Ok(Found::There(stream)),
                // It is there, and not for us.
                Err(refused) if refused.kind() == io::ErrorKind::PermissionDenied => {
                    return Err(error);
                }
                Err(_) => {}
            }
            // Whoever has it may still be opening it, or closing it.
            if is_alone(&self.root) || Instant::now() > deadline {
                return Err(error);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// This process has the directory: others may join it.
    fn lend(&self, engine: Arc<SessionEngine>) -> Arc<SessionEngine> {
        owner::lend(&engine, &self.root, self.report);
        if !self.closed.load(Ordering::SeqCst) {
            *self.lock() = Some(Arc::clone(&engine));
        }
        engine
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<SessionEngine>>> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Elsewhere for Joined {
    fn find(&self) -> Later<'_, Result<Whereabouts, ErrorFields>> {
        Box::pin(async {
            match self.find_anywhere(false).await {
                Ok(Found::Here(engine)) => Ok(Whereabouts::Here(engine)),
                Ok(Found::There(_)) => {
                    let limits = SessionOptions {
                        priority: Some(CRITICAL),
                        ..SessionOptions::default()
                    };
                    let url = self.url(SUPERUSER, &limits);
                    url.map(Whereabouts::There)
                        .ok_or_else(|| fatal(sqlstate::ADMIN_SHUTDOWN, GONE))
                }
                Err(error) => Err(fatal(error.sqlstate(), error.to_string())),
            }
        })
    }

    fn begin<'a>(&'a self, startup: &'a [u8]) -> Later<'a, Result<Begun, ErrorFields>> {
        Box::pin(self.begin(startup, None))
    }

    fn cancel<'a>(&'a self, process_id: i32, key: &'a [u8]) -> Later<'a, ()> {
        // One that is gone runs nothing.
        Box::pin(async move { drop(Joined::cancel(self, process_id, key).await) })
    }
}

/// Begins a session of another process; `None` when that is about to close the directory, or has gone.
async fn greet(mut stream: UnixStream, startup: &[u8]) -> Option<(UnixStream, BytesMut)> {
    stream.write_all(startup).await.ok()?;
    let words = hear(&stream).await.ok()?;
    let first = Messages::new(&words).find(|message| message.tag == b'E');
    let code = first.map(|error| ErrorFields::decode(error.body).code);
    let leaves = code.is_some_and(|code| LEAVING.contains(&code.as_str()));
    (!leaves).then_some((stream, words))
}

pub(super) fn fatal(code: &str, message: impl Into<String>) -> ErrorFields {
    ErrorFields::new("FATAL", code, message)
}

/// Keeps a directory open somewhere.
#[derive(Debug)]
pub(crate) struct Watch(Option<JoinHandle<()>>);

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}

async fn keep_watch(joined: Arc<Joined>) {
    loop {
        if joined.engine().is_some() {
            // The engine ends with this handle, or by a failure.
            tokio::time::sleep(BETWEEN_LOOKS).await;
            continue;
        }
        let ended = Arc::new(Ended::default());
        let outlet: Arc<dyn Outlet> = Arc::<Ended>::clone(&ended);
        let session = joined.session(outlet, &SessionOptions::default());
        let mut startup = Vec::new();
        let parameters = [("user", SUPERUSER), ("application_name", "oxbase-join")];
        encode_startup(&mut startup, &parameters);
        session.write(&startup, None);
        ended.told.notified().await;
        session.end();
        tokio::time::sleep(SHORTEST_PAUSE).await;
    }
}

/// Tells when a session has ended.
#[derive(Debug, Default)]
struct Ended {
    told: tokio::sync::Notify,
}

impl Outlet for Ended {
    fn deliver(&self, _session: u32, delivery: Delivery) {
        if delivery.kind == DeliveryKind::Closed {
            self.told.notify_one();
        }
    }
}

/// Opens the database in this process, off the threads that carry bytes.
async fn open_here(options: OpenOptions) -> Result<Arc<SessionEngine>, Error> {
    if let Some(engine) = session::find(&options) {
        return Ok(engine);
    }
    let opening = tokio::task::spawn_blocking(move || session::open(&options));
    opening.await.map_err(|error| failed(&error))?
}

fn failed(error: &dyn std::error::Error) -> Error {
    Error::Thread {
        reason: error.to_string(),
    }
}

pub(super) fn runtime() -> io::Result<&'static Runtime> {
    server::runtime().map_err(io::Error::other)
}

const CRITICAL: u8 = 0;
const SUPERUSER: &str = "postgres";
const SILENT: &str = "the process that has the database open does not answer";
/// With these codes a process says that it is about to close the directory.
const LEAVING: [&str; 2] = [sqlstate::ADMIN_SHUTDOWN, sqlstate::CANNOT_CONNECT_NOW];
/// How long a session may wait for its first answer, unless its `queueTimeout` says otherwise.
const LONGEST_SILENCE: Duration = Duration::from_mins(1);
/// How long whoever has the directory may take to open or to close it.
const LONGEST_SEARCH: Duration = Duration::from_secs(10);
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(160);
const LONGEST_QUESTION: Duration = Duration::from_millis(500);
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
