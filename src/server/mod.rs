//! The wire server: PostgreSQL's protocol over TCP and Unix sockets, for every client that is not in this process.
//!
//! A connection is a session like any other. Mirrors PostgreSQL 18, protocol 3.0 and 3.2:
//! <https://www.postgresql.org/docs/18/protocol.html>; docs/internals/server.md tells what differs.
#![forbid(unsafe_code)]

mod address;
mod authenticate;
#[cfg(unix)]
mod carried;
mod clients;
mod connection;
#[cfg(unix)]
mod elsewhere;
pub(crate) mod error;
mod inspect;
mod intake;
mod outbox;
mod place;
mod scram;
#[cfg(unix)]
mod seat;
#[cfg(unix)]
mod socket;
mod startup;
mod stream;
#[cfg(test)]
mod tests;
mod tls;

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use once_cell::sync::OnceCell;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

#[cfg(unix)]
pub(crate) use address::fits as socket_path_fits;
use authenticate::Authentication;
#[cfg(unix)]
pub(crate) use carried::GONE;
pub(crate) use clients::Client;
use clients::Clients;
#[cfg(unix)]
pub(crate) use elsewhere::{Begun, Elsewhere, Later, Whereabouts};
use error::{Error, Refused};
use inspect::Inspector;
pub(crate) use place::{Databases, Lent, REPORT};
use scram::Verifier;
use stream::{Stream, Transport};
pub(crate) use tls::Identity;

/// How a server listens and whom it serves.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// Addresses to listen on; none for a Unix socket alone.
    pub(crate) hosts: Vec<IpAddr>,
    /// 0 for a free one.
    pub(crate) port: u16,
    /// A Unix socket, or the directory for it.
    pub(crate) path: Option<PathBuf>,
    /// Whether clients have to show that they know a password.
    pub(crate) asks_password: bool,
    /// That of the user `postgres`.
    pub(crate) password: Option<String>,
    /// Offers encryption.
    pub(crate) tls: Option<Identity>,
    /// Lets clients of other machines in without a password.
    pub(crate) trusts_remote: bool,
    /// How many sessions there may be.
    pub(crate) max_connections: usize,
    /// How long a session may be silent.
    pub(crate) idle_timeout: Option<Duration>,
    /// How long a client may take to say who it is.
    pub(crate) authentication_timeout: Duration,
    /// Whether every message becomes an event.
    pub(crate) inspects: bool,
}

/// What happens on a server.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// A session begins.
    Connected {
        id: u64,
        address: String,
        user: String,
        database: String,
    },
    /// A session has ended.
    Disconnected { id: u64, address: String },
    /// A connection was refused, or broke the protocol.
    Refused { address: String, message: String },
    /// A message of a connection.
    Inspected { line: String },
}

type Events = Arc<dyn Fn(Event) + Send + Sync>;

/// Where a connection comes from.
#[derive(Debug, Clone)]
struct Peer {
    address: String,
    /// Through a Unix socket: whether by the user of this process, or root.
    same_user: Option<bool>,
    loopback: bool,
}

impl Peer {
    /// Whether it may come in without a password.
    fn may_be_trusted(&self, trusts_remote: bool) -> bool {
        trusts_remote || self.same_user.unwrap_or(self.loopback)
    }
}

/// A server that listens. Stops when it is dropped.
pub(crate) struct Server {
    inner: Arc<Inner>,
    addresses: Vec<SocketAddr>,
    #[cfg(unix)]
    socket: Option<address::SocketFile>,
    listening: Vec<JoinHandle<()>>,
}

/// What all connections share.
struct Inner {
    databases: Databases,
    options: Options,
    authentication: Authentication,
    trusts_remote: bool,
    tls: Option<TlsAcceptor>,
    clients: Clients,
    events: Events,
    next_connection: AtomicU64,
    /// Sockets that are open, with those that have not said who they are.
    sockets: AtomicUsize,
    refused: AtomicU64,
    /// Whether connections that are beginning should end.
    stopping: watch::Sender<bool>,
    began: Instant,
}

/// Counters of a server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stats {
    pub(crate) connections: usize,
    pub(crate) accepted: u64,
    pub(crate) refused: u64,
    pub(crate) uptime: Duration,
}

impl Server {
    /// Listens. Fails when an address cannot be had, or would let strangers in.
    pub(crate) fn start(
        databases: Databases,
        options: Options,
        events: impl Fn(Event) + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let strange = options.hosts.iter().find(|host| !host.is_loopback());
        if let Some(host) = strange
            && !options.asks_password
            && !options.trusts_remote
        {
            return Err(Error::Open {
                host: host.to_string(),
            });
        }
        let tls = options.tls.as_ref().map(Identity::acceptor).transpose()?;
        let listeners = address::bind_tcp(&options.hosts, options.port)?;
        let addresses: Vec<SocketAddr> = listeners
            .iter()
            .filter_map(|listener| listener.local_addr().ok())
            .collect();
        let authentication = authentication(&options)?;
        #[cfg(unix)]
        let socket = {
            let port = addresses.first().map_or(options.port, SocketAddr::port);
            let bind = |path| address::UnixSocket::bind(path, port, options.asks_password);
            options.path.clone().map(bind).transpose()?
        };
        let inner = Arc::new(Inner {
            databases,
            authentication,
            trusts_remote: options.trusts_remote,
            tls,
            clients: Clients::default(),
            events: Arc::new(events),
            next_connection: AtomicU64::new(1),
            sockets: AtomicUsize::new(0),
            refused: AtomicU64::new(0),
            stopping: watch::Sender::new(false),
            began: Instant::now(),
            options,
        });
        let mut server = Self {
            inner,
            addresses,
            #[cfg(unix)]
            socket: None,
            listening: Vec::new(),
        };
        let runtime = runtime()?;
        let _entered = runtime.enter();
        for listener in listeners {
            server.listen_tcp(listener)?;
        }
        #[cfg(unix)]
        if let Some(socket) = socket {
            server.listen_unix(socket)?;
        }
        Ok(server)
    }

    /// The TCP addresses.
    pub(crate) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The Unix socket.
    pub(crate) fn path(&self) -> Option<String> {
        #[cfg(unix)]
        if let Some(socket) = &self.socket {
            return Some(socket.path.display().to_string());
        }
        None
    }

    /// The sessions, oldest first.
    pub(crate) fn clients(&self) -> Vec<(u64, Client)> {
        self.inner.clients.all()
    }

    /// The certificate that clients can check the server by.
    pub(crate) fn certificate(&self) -> Option<&str> {
        let identity = self.inner.options.tls.as_ref()?;
        Some(&identity.certificate)
    }

    pub(crate) fn stats(&self) -> Stats {
        Stats {
            connections: self.inner.clients.len(),
            accepted: self.inner.next_connection.load(Ordering::Relaxed) - 1,
            refused: self.inner.refused.load(Ordering::Relaxed),
            uptime: self.inner.began.elapsed(),
        }
    }

    /// Takes no more connections and ends those that are open.
    pub(crate) fn end(self) {
        let inner = Arc::clone(&self.inner);
        drop(self);
        inner.clients.end_all();
        inner.stopping.send_replace(true);
    }

    /// As `end`. Resolves when the connections have ended, or after a few seconds.
    pub(crate) async fn stop(self) {
        let inner = Arc::clone(&self.inner);
        self.end();
        let deadline = Instant::now() + LONGEST_STOP;
        while inner.sockets.load(Ordering::SeqCst) > 0 && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    fn listen_tcp(&mut self, listener: TcpListener) -> Result<(), Error> {
        let failed = |source| Error::Runtime { source };
        let listener = tokio::net::TcpListener::from_std(listener).map_err(failed)?;
        let inner = Arc::clone(&self.inner);
        self.listening.push(runtime()?.spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((stream, address)) => {
                        let peer = Peer {
                            address: address.to_string(),
                            same_user: None,
                            loopback: address.ip().to_canonical().is_loopback(),
                        };
                        keep_alive(&stream);
                        inner.admit(Stream::Tcp(stream), peer);
                    }
                    Err(_) => tokio::time::sleep(PAUSE).await,
                }
            }
        }));
        Ok(())
    }

    #[cfg(unix)]
    fn listen_unix(&mut self, socket: address::UnixSocket) -> Result<(), Error> {
        let failed = |source| Error::Runtime { source };
        let listener = tokio::net::UnixListener::from_std(socket.listener).map_err(failed)?;
        let address = socket.path.display().to_string();
        self.socket = Some(address::SocketFile::new(socket.path));
        let inner = Arc::clone(&self.inner);
        let own = rustix::process::geteuid().as_raw();
        self.listening.push(runtime()?.spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => {
                        let user = stream.peer_cred().map(|peer| peer.uid());
                        let peer = Peer {
                            address: address.clone(),
                            same_user: Some(user.is_ok_and(|user| user == own || user == 0)),
                            loopback: true,
                        };
                        inner.admit(Stream::Unix(stream), peer);
                    }
                    Err(_) => tokio::time::sleep(PAUSE).await,
                }
            }
        }));
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for task in self.listening.drain(..) {
            task.abort();
        }
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Server")
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}

impl Inner {
    /// Serves a connection, unless there are too many already: then it is told so, whatever it wants.
    fn admit(self: &Arc<Self>, stream: Stream, peer: Peer) {
        let most = self
            .options
            .max_connections
            .saturating_mul(2)
            .saturating_add(SPARE);
        let open = Open::new(self);
        if self.sockets.load(Ordering::SeqCst) > most {
            self.refused.fetch_add(1, Ordering::Relaxed);
            drop(tokio::spawn(async {
                connection::refuse(Transport::Plain(stream), &Refused::TooMany).await;
            }));
            return;
        }
        let inner = Arc::clone(self);
        drop(tokio::spawn(async move {
            let _open = open;
            connection::serve(inner, stream, peer).await;
        }));
    }

    /// Resolves when the server stops.
    async fn stopped(&self) {
        drop(self.stopping.subscribe().wait_for(|stops| *stops).await);
    }

    /// Writes down the messages of a connection, when that is wanted.
    fn inspector(&self, id: u64) -> Option<Inspector> {
        self.options.inspects.then(|| {
            let events = Arc::clone(&self.events);
            Inspector::new(id, Box::new(move |line| events(Event::Inspected { line })))
        })
    }
}

/// Counts a socket for as long as it is open.
struct Open(Arc<Inner>);

impl Open {
    fn new(inner: &Arc<Inner>) -> Self {
        inner.sockets.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(inner))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.sockets.fetch_sub(1, Ordering::SeqCst);
    }
}

fn authentication(options: &Options) -> Result<Authentication, Error> {
    if !options.asks_password {
        return Ok(Authentication::Trust);
    }
    let mut secret = [0; 32];
    if getrandom::fill(&mut secret).is_err() {
        return Err(Error::Randomness);
    }
    Ok(Authentication::Scram {
        password: options.password.as_deref().and_then(Verifier::of_password),
        secret,
    })
}

/// A client whose machine is gone without a word is noticed after two minutes. What the system refuses is left as it is.
fn keep_alive(stream: &tokio::net::TcpStream) {
    drop(stream.set_nodelay(true));
    let probes = socket2::TcpKeepalive::new()
        .with_time(Duration::from_mins(1))
        .with_interval(Duration::from_secs(10));
    drop(socket2::SockRef::from(stream).set_tcp_keepalive(&probes));
}

/// The threads of all servers of the process: one that carries bytes, and those that wait for databases to open.
pub(crate) fn runtime() -> Result<&'static Runtime, Error> {
    static RUNTIME: OnceCell<Runtime> = OnceCell::new();
    RUNTIME.get_or_try_init(|| {
        Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("oxbase-server")
            .enable_io()
            .enable_time()
            .build()
            .map_err(|source| Error::Runtime { source })
    })
}

/// Sockets that may be open beyond two for each session, so that a cancel request finds its way in.
const SPARE: usize = 16;
/// How long to wait after a failure to accept, such as too many open files.
const PAUSE: Duration = Duration::from_millis(50);
const LONGEST_STOP: Duration = Duration::from_secs(6);
/// How long a client may take to read the last words.
const LONGEST_FAREWELL: Duration = Duration::from_secs(5);
