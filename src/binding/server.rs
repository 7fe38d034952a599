//! The wire server for JavaScript.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use napi::Status;
use napi::bindgen_prelude::{Either, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;

use super::database::{NativeDatabase, Place};
use super::error::NativeError;
use super::session::milliseconds;
use super::stats::number;
use super::tenants::NativeTenants;
use crate::server::error::Error;
use crate::server::{Databases, Event, Identity, Options, Server};

/// How a server listens and whom it serves.
#[napi(object)]
#[derive(Debug, Clone, Default)]
pub struct NativeServerOptions {
    /// IP addresses to listen on; none for a Unix socket alone.
    pub hosts: Vec<String>,
    /// The port; 0 for a free one.
    pub port: u16,
    /// A Unix socket, or the directory for `.s.PGSQL.<port>`.
    pub path: Option<String>,
    /// Whether clients have to show that they know a password.
    pub asks_password: bool,
    /// That of the user `postgres`.
    pub password: Option<String>,
    /// A certificate chain, as PEM; together with `key`.
    pub certificate: Option<String>,
    /// Its key, as PEM.
    pub key: Option<String>,
    /// Makes a certificate for these names when there is none.
    pub self_signed: Option<Vec<String>>,
    /// Lets clients of other machines in without a password.
    pub trusts_remote: bool,
    /// How many sessions there may be.
    pub max_connections: u32,
    /// How long a session may be silent, in milliseconds; 0 for any time.
    pub idle_timeout: f64,
    /// How long a client may take to say who it is, in milliseconds.
    pub authentication_timeout: f64,
    /// Whether every message becomes an event.
    pub inspects: bool,
}

/// What happens on a server.
#[napi(object)]
#[derive(Debug, Clone, Default)]
pub struct NativeServerEvent {
    /// `connection`, `disconnection`, `error` or `message`.
    pub kind: String,
    /// Names the connection.
    pub id: f64,
    /// Where it comes from.
    pub address: String,
    /// Its user.
    pub user: Option<String>,
    /// The database it asked for.
    pub database: Option<String>,
    /// What went wrong, or the message.
    pub text: Option<String>,
}

/// One session of a server.
#[napi(object)]
#[derive(Debug, Clone)]
pub struct NativeServerClient {
    /// Names the connection.
    pub id: f64,
    /// Where it comes from.
    pub address: String,
    /// Its user.
    pub user: String,
    /// The database it asked for.
    pub database: String,
    /// The process id that clients see.
    pub process_id: i32,
    /// How many bytes it was sent.
    pub sent: f64,
}

/// Counters of a server.
#[napi(object)]
#[derive(Debug, Clone)]
pub struct NativeServerStats {
    /// Sessions that are open.
    pub connections: u32,
    /// Connections that came, cancel requests among them.
    pub accepted: f64,
    /// Connections that were refused.
    pub refused: f64,
    /// How long the server listens.
    pub uptime_ms: f64,
}

type Sink = ThreadsafeFunction<NativeServerEvent, (), NativeServerEvent, Status, false, true>;

/// A server that listens.
#[napi]
#[derive(Debug)]
pub struct NativeServer {
    server: Mutex<Option<Server>>,
    port: Option<u16>,
    path: Option<String>,
    certificate: Option<String>,
}

#[napi]
impl NativeServer {
    /// Listens for clients of a database, which stays open as long; of one that this process has joined, wherever it is
    /// open. `events` is called from the event loop, and does not
    /// keep it alive.
    #[napi]
    pub fn start(
        database: &NativeDatabase,
        options: NativeServerOptions,
        events: Function<'_, NativeServerEvent, ()>,
    ) -> napi::Result<Either<NativeServer, NativeError>> {
        let databases = match database.place() {
            Some(Place::Own(engine)) => Databases::One(engine),
            Some(Place::Joined(joined)) => joined.served(),
            None => {
                let message = "the database handle is closed";
                return Ok(Either::B(NativeError::internal(message)));
            }
        };
        Self::listen(databases, options, events)
    }

    /// Listens for clients of a set of tenants, each of the database that it names.
    #[napi]
    pub fn start_tenants(
        tenants: &NativeTenants,
        options: NativeServerOptions,
        events: Function<'_, NativeServerEvent, ()>,
    ) -> napi::Result<Either<NativeServer, NativeError>> {
        Self::listen(Databases::Each(tenants.tenants()), options, events)
    }

    /// The TCP port.
    #[napi(getter)]
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The Unix socket.
    #[napi(getter)]
    pub fn path(&self) -> Option<String> {
        self.path.clone()
    }

    /// The certificate, as PEM.
    #[napi(getter)]
    pub fn certificate(&self) -> Option<String> {
        self.certificate.clone()
    }

    /// The sessions, oldest first.
    #[napi]
    pub fn clients(&self) -> Vec<NativeServerClient> {
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        let clients = server.as_ref().map(Server::clients).unwrap_or_default();
        clients
            .into_iter()
            .map(|(id, client)| NativeServerClient {
                id: number(id),
                process_id: client.process_id(),
                sent: number(client.sent()),
                address: client.address,
                user: client.user,
                database: client.database,
            })
            .collect()
    }

    /// Counters; absent when the server has been stopped.
    #[napi]
    pub fn stats(&self) -> Option<NativeServerStats> {
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        let stats = server.as_ref()?.stats();
        Some(NativeServerStats {
            connections: u32::try_from(stats.connections).unwrap_or(u32::MAX),
            accepted: number(stats.accepted),
            refused: number(stats.refused),
            uptime_ms: stats.uptime.as_secs_f64() * 1000.0,
        })
    }

    /// Takes no more connections and ends the open ones; resolves when they have ended. Stopping twice does nothing.
    #[napi]
    pub async fn stop(&self) {
        let server = self
            .server
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(server) = server {
            server.stop().await;
        }
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "a function of JavaScript comes by value"
    )]
    fn listen(
        databases: Databases,
        options: NativeServerOptions,
        events: Function<'_, NativeServerEvent, ()>,
    ) -> napi::Result<Either<Self, NativeError>> {
        let sink: Sink = events
            .build_threadsafe_function()
            .callee_handled::<false>()
            .weak::<true>()
            .build()?;
        let sink = Arc::new(sink);
        let started = read(options).and_then(|options| {
            Server::start(databases, options, move |event| {
                sink.call(event.into(), ThreadsafeFunctionCallMode::NonBlocking);
            })
        });
        Ok(match started {
            Ok(server) => Either::A(Self {
                port: server.addresses().first().map(std::net::SocketAddr::port),
                path: server.path(),
                certificate: server.certificate().map(str::to_owned),
                server: Mutex::new(Some(server)),
            }),
            Err(error) => Either::B(error.into()),
        })
    }
}

fn read(options: NativeServerOptions) -> Result<Options, Error> {
    let hosts: Result<Vec<IpAddr>, Error> = options
        .hosts
        .iter()
        .map(|host| {
            host.parse().map_err(|error| Error::Bind {
                address: host.clone(),
                source: std::io::Error::new(std::io::ErrorKind::InvalidInput, error),
            })
        })
        .collect();
    let tls = match (options.certificate, options.key, options.self_signed) {
        (Some(certificate), Some(key), _) => Some(Identity { certificate, key }),
        (_, _, Some(names)) => Some(Identity::self_signed(names)?),
        _ => None,
    };
    let idle = milliseconds(options.idle_timeout);
    Ok(Options {
        hosts: hosts?,
        port: options.port,
        path: options.path.map(PathBuf::from),
        asks_password: options.asks_password,
        password: options.password,
        tls,
        trusts_remote: options.trusts_remote,
        max_connections: usize::try_from(options.max_connections).unwrap_or(usize::MAX),
        idle_timeout: (!idle.is_zero()).then_some(idle),
        authentication_timeout: milliseconds(options.authentication_timeout)
            .max(Duration::from_millis(1)),
        inspects: options.inspects,
    })
}

impl From<Event> for NativeServerEvent {
    fn from(event: Event) -> Self {
        match event {
            Event::Connected {
                id,
                address,
                user,
                database,
            } => Self {
                kind: "connection".to_owned(),
                id: number(id),
                address,
                user: Some(user),
                database: Some(database),
                text: None,
            },
            Event::Disconnected { id, address } => Self {
                kind: "disconnection".to_owned(),
                id: number(id),
                address,
                ..Self::default()
            },
            Event::Refused { address, message } => Self {
                kind: "error".to_owned(),
                address,
                text: Some(message),
                ..Self::default()
            },
            Event::Inspected { line } => Self {
                kind: "message".to_owned(),
                text: Some(line),
                ..Self::default()
            },
        }
    }
}

impl From<Error> for NativeError {
    fn from(error: Error) -> Self {
        let code = match &error {
            Error::Bind { source, .. } => match source.kind() {
                std::io::ErrorKind::AddrInUse => Some("EADDRINUSE"),
                std::io::ErrorKind::AddrNotAvailable => Some("EADDRNOTAVAIL"),
                std::io::ErrorKind::PermissionDenied => Some("EACCES"),
                _ => None,
            },
            _ => None,
        };
        Self {
            error_class: "Error".to_owned(),
            message: format!("oxbase: {error}"),
            code: code.map(str::to_owned),
            severity: None,
            detail: None,
        }
    }
}
