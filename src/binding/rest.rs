//! The services for JavaScript: requests in, answers out.
//!
//! A request is a future that runs on JavaScript's own thread: it is polled when it comes in, and again when the mailbox
//! says so. So an answer takes one hop from the engine's thread, and no other thread has a part in it.
#![expect(
    clippy::needless_pass_by_value,
    reason = "napi hands texts over by value, and attributes of its functions count for its own code as well"
)]

use std::collections::HashMap;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use bytes::Bytes;
use napi::bindgen_prelude::{Buffer, Uint8Array};
use napi_derive::napi;
use serde::Deserialize;

use super::database::{NativeDatabase, Place};
use super::mailbox::{Line, Mailbox};
use crate::database::{Database, Embedded, Remote};
use crate::gateway::Gateway;
use crate::http::{HttpRequest, HttpResponse};
use crate::join::{Joined, Watch};
use crate::rest::{Config, Service};
use crate::session::{Delivery, Outlet, SessionOptions, next_session_id};

/// An answer.
#[napi(object)]
pub struct NativeAnswer {
    /// The HTTP status.
    pub status: u32,
    /// What follows the status; absent for its usual text.
    pub status_text: Option<String>,
    /// Names and values by turns.
    pub headers: Vec<String>,
    /// Absent where the answer has none.
    pub body: Option<Buffer>,
}

impl std::fmt::Debug for NativeAnswer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("NativeAnswer")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

/// How the services are configured: what is not in here is a setting of PostgREST's.
#[derive(Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Options {
    rest_path: String,
    /// As whom the embedded database is connected to.
    user: String,
    queue_timeout: Option<f64>,
    statement_timeout: Option<f64>,
    /// Connections to a server.
    pool: usize,
    /// Whether a notification can make the schema be read again.
    channel_enabled: bool,
    #[serde(skip)]
    rest: Config,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rest_path: String::new(),
            user: "authenticator".to_owned(),
            queue_timeout: None,
            statement_timeout: None,
            pool: 10,
            channel_enabled: true,
            rest: Config::default(),
        }
    }
}

impl Options {
    fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let mut settings: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text)?;
        let own: serde_json::Map<_, _> = OWN
            .iter()
            .filter_map(|name| settings.shift_remove_entry(*name))
            .collect();
        Ok(Self {
            rest: serde_json::from_value(settings.into())?,
            ..serde_json::from_value(own.into())?
        })
    }

    fn channel(&self) -> Option<&str> {
        self.channel_enabled.then_some(self.rest.channel.as_str())
    }
}

const OWN: [&str; 6] = [
    "restPath",
    "user",
    "queueTimeout",
    "statementTimeout",
    "pool",
    "channelEnabled",
];

type Running = Pin<Box<dyn Future<Output = HttpResponse> + Send>>;

/// The services of one project, for one JavaScript environment.
#[napi]
pub struct NativeRest {
    gateway: Arc<Gateway>,
    line: Arc<Line>,
    id: u32,
    running: Mutex<HashMap<u32, Running>>,
    /// Sees to it that a database of another process stays open when that one goes away.
    watch: Mutex<Option<Watch>>,
}

#[napi]
impl NativeRest {
    /// The services on a database of this process. `options` is JSON; answers are announced by the mailbox, under `id`,
    /// as the request's number in four bytes.
    #[napi(factory)]
    pub fn embedded(
        database: &NativeDatabase,
        mailbox: &Mailbox,
        options: String,
    ) -> napi::Result<Self> {
        let engine = match database.place() {
            Some(Place::Own(engine)) => engine,
            Some(Place::Joined(joined)) => return Self::joined(&joined, mailbox, &options),
            None => {
                let reason = "oxbase: the database handle is closed";
                return Err(napi::Error::from_reason(reason));
            }
        };
        Self::open(mailbox, &options, |options| {
            let session = SessionOptions {
                queue_timeout: options.queue_timeout.map(super::session::milliseconds),
                statement_timeout: options.statement_timeout.map(super::session::milliseconds),
                ..SessionOptions::default()
            };
            Ok(Database::Embedded(Embedded::new(
                engine,
                &options.user,
                options.channel(),
                &session,
            )))
        })
    }

    /// The services on a PostgreSQL server.
    #[napi(factory)]
    pub fn remote(url: String, mailbox: &Mailbox, options: String) -> napi::Result<Self> {
        Self::open(mailbox, &options, |options| {
            Remote::new(&url, options.pool, options.channel())
                .map(Database::Remote)
                .map_err(|error| error.to_string())
        })
    }

    /// The services on a database that another process has open.
    fn joined(joined: &Arc<Joined>, mailbox: &Mailbox, options: &str) -> napi::Result<Self> {
        let services = Self::open(mailbox, options, |options| {
            let limits = SessionOptions {
                queue_timeout: options.queue_timeout.map(super::session::milliseconds),
                statement_timeout: options.statement_timeout.map(super::session::milliseconds),
                ..SessionOptions::default()
            };
            let url = joined.url(&options.user, &limits);
            let url = url.ok_or("the socket of the process that has the database open is gone")?;
            Remote::new(&url, options.pool, options.channel())
                .map(|remote| Database::Remote(remote.with_patience(LONGEST_TAKEOVER)))
                .map_err(|error| error.to_string())
        })?;
        *services
            .watch
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(joined.watch());
        Ok(services)
    }

    fn open(
        mailbox: &Mailbox,
        options: &str,
        database: impl FnOnce(&Options) -> Result<Database, String>,
    ) -> napi::Result<Self> {
        let refused = |reason: String| napi::Error::from_reason(format!("oxbase: {reason}"));
        let options: Options =
            Options::parse(options).map_err(|error| refused(error.to_string()))?;
        let database = database(&options).map_err(refused)?;
        let service = Service::new(options.rest, database).map_err(refused)?;
        Ok(Self {
            gateway: Arc::new(Gateway::new(service, &options.rest_path)),
            line: mailbox.line(),
            id: next_session_id(),
            running: Mutex::default(),
            watch: Mutex::default(),
        })
    }

    /// Names these services in deliveries.
    #[napi(getter)]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Takes a request. Its answer, when it is there at once; else the mailbox will say when to `poll`. `number` names the
    /// request. `target` is the path with the query; `headers` are names, in lower case, and values by turns.
    #[napi]
    pub fn request(
        &self,
        number: u32,
        method: String,
        target: String,
        headers: Vec<String>,
        body: Option<Uint8Array>,
    ) -> Option<NativeAnswer> {
        let gateway = Arc::clone(&self.gateway);
        let mut pairs = Vec::with_capacity(headers.len() / 2);
        let mut headers = headers.into_iter();
        while let (Some(name), Some(value)) = (headers.next(), headers.next()) {
            pairs.push((name, value));
        }
        let request = HttpRequest {
            method,
            target,
            headers: pairs,
            body: body
                .map(|body| Bytes::copy_from_slice(&body))
                .unwrap_or_default(),
        };
        self.advance(
            number,
            Box::pin(async move { gateway.respond(request).await }),
        )
    }

    /// Goes on with a request.
    #[napi]
    pub fn poll(&self, number: u32) -> Option<NativeAnswer> {
        let running = self.lock().remove(&number)?;
        self.advance(number, running)
    }

    /// Gives a request up: its SQL is stopped and undone.
    #[napi]
    pub fn cancel(&self, number: u32) {
        let running = self.lock().remove(&number);
        let_go(|| drop(running));
    }

    /// Ends the services. What is under way is stopped.
    #[napi]
    pub fn close(&self) {
        let running = std::mem::take(&mut *self.lock());
        let_go(|| {
            drop(running);
            self.gateway.close();
            drop(
                self.watch
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .take(),
            );
        });
    }

    fn advance(&self, number: u32, mut running: Running) -> Option<NativeAnswer> {
        let waker = Waker::from(Arc::new(Announcement {
            line: Arc::clone(&self.line),
            id: self.id,
            number,
        }));
        let polled = catch_unwind(AssertUnwindSafe(|| {
            running.as_mut().poll(&mut Context::from_waker(&waker))
        }));
        match polled {
            Ok(Poll::Ready(response)) => Some(answer(response)),
            Ok(Poll::Pending) => {
                self.lock().insert(number, running);
                None
            }
            Err(_) => Some(answer(failed())),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u32, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for NativeRest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("NativeRest").finish_non_exhaustive()
    }
}

/// How long the place of a process that has gone may be empty.
const LONGEST_TAKEOVER: Duration = Duration::from_secs(10);

/// Drops what may have a fault of ours; there is nobody to be told.
fn let_go(drops: impl FnOnce()) {
    drop(catch_unwind(AssertUnwindSafe(drops)));
}

/// Tells JavaScript that a request can go on.
struct Announcement {
    line: Arc<Line>,
    id: u32,
    number: u32,
}

impl Wake for Announcement {
    fn wake(self: Arc<Self>) {
        let delivery = Delivery {
            bytes: self.number.to_le_bytes().to_vec(),
            last: true,
            ..Delivery::default()
        };
        self.line.deliver(self.id, delivery);
    }
}

fn answer(response: HttpResponse) -> NativeAnswer {
    let mut headers = Vec::with_capacity(response.headers.len() * 2);
    for (name, value) in response.headers {
        headers.push(name);
        headers.push(value);
    }
    NativeAnswer {
        status: u32::from(response.status),
        status_text: response.reason,
        headers,
        body: (!response.body.is_empty()).then(|| Buffer::from(Vec::from(response.body))),
    }
}

/// What a request is answered that met a fault of ours.
fn failed() -> HttpResponse {
    HttpResponse {
        status: 500,
        headers: vec![(
            "Content-Type".to_owned(),
            "application/json; charset=utf-8".to_owned(),
        )],
        body: Bytes::from_static(
            br#"{"code":"PGRSTX00","details":null,"hint":null,"message":"The request met a fault of the service"}"#,
        ),
        ..HttpResponse::default()
    }
}
