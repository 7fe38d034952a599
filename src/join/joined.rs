//! The side of a process that joined: finds whoever has the directory open, again and again if need be, and opens it when
//! nobody has.
#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use super::link::{self, JoinedSession};
use super::{Opened, Report, hello, owner, socket};
use crate::engine::error::Error;
use crate::engine::{OpenOptions, holder, is_alone};
use crate::protocol::frontend::encode_startup;
use crate::server::{self, REPORT};
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

    /// What cannot be done from this process is refused with.
    pub(crate) fn in_use(&self) -> Error {
        Error::InUse {
            path: self.root.clone(),
            holder: holder(&self.root),
        }
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
        let parameters = [("user", "postgres"), ("application_name", "oxbase-join")];
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

/// How long whoever has the directory may take to open or to close it.
pub(super) const LONGEST_SEARCH: Duration = Duration::from_secs(10);
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(160);
const LONGEST_QUESTION: Duration = Duration::from_millis(500);
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
