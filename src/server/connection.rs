//! One connection, from its first byte to its last.
//!
//! Bytes go into a session as they come; what the session says goes out through the outbox. A client that ends its side
//! gets the answers it still waits for; one that vanished has its statement stopped.
#![forbid(unsafe_code)]

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf, ReadHalf, WriteHalf, split};

use super::authenticate::authenticate;
#[cfg(unix)]
use super::carried::Carried;
use super::clients::{Client, End};
use super::error::Refused;
use super::intake::{Intake, Taken};
use super::outbox::Outbox;
use super::place::{Destination, Place};
#[cfg(unix)]
use super::seat::sit;
#[cfg(unix)]
use super::socket::Socket;
use super::stream::{Stream, Transport};
use super::{Event, Inner, LONGEST_FAREWELL, Peer, startup};
use crate::engine::guests::Guests;
use crate::protocol::backend::{encode_error, encode_parameter_status};
use crate::protocol::startup::StartupMessage;
use crate::session::{Outlet, Session, SessionOptions};

/// Serves a connection until it ends.
pub(super) async fn serve(server: Arc<Inner>, stream: Stream, peer: Peer) {
    let id = server.next_connection.fetch_add(1, Ordering::Relaxed);
    let mut transport = Some(Transport::Plain(stream));
    let greeted = tokio::time::timeout(
        server.options.authentication_timeout,
        greet(&server, &mut transport, &peer),
    );
    let greeted = tokio::select! {
        greeted = greeted => greeted.unwrap_or(Err(Refused::TooSlow)),
        () = server.stopped() => Err(Refused::Stopping),
    };
    let outcome = match (greeted, transport.take()) {
        (Ok(Some(message)), Some(open)) => {
            let refused = relay(&server, id, open, &peer, message).await;
            if let Err(refused) = refused {
                Err(refused)
            } else {
                Ok(())
            }
        }
        (Ok(_), _) => Ok(()),
        (Err(refused), open) => {
            if let Some(open) = open {
                refuse(open, &refused).await;
            }
            Err(refused)
        }
    };
    if let Err(refused) = outcome {
        server.refused.fetch_add(1, Ordering::Relaxed);
        if refused.fields().is_some() {
            (server.events)(Event::Refused {
                address: peer.address,
                message: refused.to_string(),
            });
        }
    }
}

/// Finds out who the client is; `None` when it only wanted to cancel something.
async fn greet(
    server: &Inner,
    transport: &mut Option<Transport>,
    peer: &Peer,
) -> Result<Option<StartupMessage>, Refused> {
    let Some(mut message) = startup::read(server, transport).await? else {
        return Ok(None);
    };
    if let Some(open) = transport {
        authenticate(server, open, peer, &message).await?;
    }
    if let Some(idle) = server.options.idle_timeout {
        // In front, so that what the client asks for itself counts.
        let limit = idle.as_millis();
        let options = format!(
            "-c idle_session_timeout={limit} -c idle_in_transaction_session_timeout={limit}"
        );
        message
            .parameters
            .insert(0, ("options".to_owned(), options));
    }
    Ok(Some(message))
}

/// Says why, for a bounded time: the client may not read.
pub(super) async fn refuse(transport: Transport, refused: &Refused) {
    let Some(fields) = refused.fields() else {
        return;
    };
    let mut bytes = Vec::new();
    encode_error(&mut bytes, &fields);
    say(transport, &bytes).await;
}

/// The only words of a connection.
async fn say(mut transport: Transport, bytes: &[u8]) {
    let written = async {
        transport.write_all(bytes).await?;
        transport.shutdown().await
    };
    drop(tokio::time::timeout(LONGEST_FAREWELL, written).await);
}

async fn relay(
    server: &Arc<Inner>,
    id: u64,
    transport: Transport,
    peer: &Peer,
    message: StartupMessage,
) -> Result<(), Refused> {
    if let Some(report) = server.databases.report(&message) {
        say(transport, &report).await;
        return Ok(());
    }
    match server.databases.connect(&message).await {
        Ok(Destination::Here(place)) => host(server, id, transport, peer, message, place).await,
        #[cfg(unix)]
        Ok(Destination::There {
            elsewhere,
            stream,
            words,
        }) => {
            let carried = Carried::new(elsewhere);
            let end = End::There(Arc::clone(&carried));
            match list(server, id, peer, &message, end) {
                Ok(_listed) => {
                    let inspector = server.inspector(id);
                    carried
                        .converse(transport, stream, words, inspector.as_ref())
                        .await;
                    Ok(())
                }
                Err(refused) => {
                    refuse(transport, &refused).await;
                    Err(refused)
                }
            }
        }
        Err(refused) => {
            refuse(transport, &refused).await;
            Err(refused)
        }
    }
}

/// Serves a connection whose session is one of this process.
async fn host(
    server: &Arc<Inner>,
    id: u64,
    transport: Transport,
    peer: &Peer,
    message: StartupMessage,
    place: Place,
) -> Result<(), Refused> {
    let inspector = server.inspector(id).map(Arc::new);
    let (mut reader, mut writer) = sides(transport)?;
    let guests = Arc::clone(place.access.guests());
    let outbox = Outbox::new(&writer, &guests, inspector.clone());
    let outlet: Arc<dyn Outlet> = Arc::<Outbox>::clone(&outbox);
    let options = SessionOptions {
        lingers: true,
        ..place.options
    };
    let session = Arc::new(Session::open(place.access, outlet, &options));
    outbox.attach(&session);
    let end = End::Here(Arc::clone(&session), Arc::clone(&outbox));
    let _listed = match list(server, id, peer, &message, end) {
        Ok(listed) => listed,
        Err(refused) => {
            if let Some(fields) = refused.fields() {
                session.shared().deliver_fatal(&fields);
            }
            session.end();
            farewell(&mut writer, &outbox).await;
            return Err(refused);
        }
    };
    session.begin(message);
    let intake = Arc::new(Intake { session, inspector });
    converse(&mut reader, &mut writer, &intake, &outbox, &guests).await;
    if outbox.is_broken() {
        intake.session.abort(None);
    } else {
        intake.session.end();
    }
    outbox.close();
    Ok(())
}

/// Adds a connection to those that are open, unless there are too many.
fn list<'a>(
    server: &'a Arc<Inner>,
    id: u64,
    peer: &'a Peer,
    message: &StartupMessage,
    end: End,
) -> Result<Listed<'a>, Refused> {
    let part = |name| message.get(name).unwrap_or("postgres").to_owned();
    let (user, database) = (part("user"), part("database"));
    let address = peer.address.clone();
    let client = Client {
        address: address.clone(),
        user: user.clone(),
        database: database.clone(),
        end,
    };
    let most = server.options.max_connections;
    server.clients.add(id, client, most)?;
    (server.events)(Event::Connected {
        id,
        address,
        user,
        database,
    });
    Ok(Listed { server, id, peer })
}

/// Writes the last words, for a bounded time.
async fn farewell(writer: &mut Writer, outbox: &Outbox) {
    outbox.end();
    drop(tokio::time::timeout(LONGEST_FAREWELL, writer.write(outbox)).await);
    outbox.close();
}

/// Carries bytes in both directions until either side is done.
async fn converse(
    reader: &mut Reader,
    writer: &mut Writer,
    intake: &Arc<Intake>,
    outbox: &Arc<Outbox>,
    guests: &Guests,
) {
    let session = &intake.session;
    let mut write = std::pin::pin!(writer.write(outbox));
    tokio::select! {
        () = read(reader, intake, outbox, guests) => {}
        () = &mut write => return,
    }
    if !session.shared().has_ended() {
        tokio::select! {
            () = linger(session, outbox) => {}
            () = &mut write => return,
        }
    }
    outbox.end();
    drop(tokio::time::timeout(LONGEST_FAREWELL, write).await);
}

/// Reads until the client ends its side or says goodbye.
async fn read(reader: &mut Reader, intake: &Arc<Intake>, outbox: &Arc<Outbox>, guests: &Guests) {
    loop {
        let taken = match reader {
            #[cfg(unix)]
            Reader::Plain(socket) => {
                if socket.readable().await.is_err() {
                    return;
                }
                let mut taken = intake.take(|buffer| socket.receive(buffer));
                if taken == Taken::Bytes && !outbox.is_full() && !intake.session.is_halted() {
                    taken = sit(guests, socket, intake, outbox).await;
                }
                taken
            }
            Reader::Split(half) => {
                let read = |context: &mut Context<'_>| {
                    let mut waits = false;
                    let taken = intake.take(|buffer| {
                        let mut buffer = ReadBuf::new(buffer);
                        match Pin::new(&mut *half).poll_read(context, &mut buffer) {
                            Poll::Ready(read) => read.map(|()| buffer.filled().len()),
                            Poll::Pending => {
                                waits = true;
                                Err(io::ErrorKind::WouldBlock.into())
                            }
                        }
                    });
                    if waits {
                        Poll::Pending
                    } else {
                        Poll::Ready(taken)
                    }
                };
                poll_fn(read).await
            }
        };
        let session = &intake.session;
        let mut goes_on = match taken {
            Taken::End => return,
            Taken::Broken => {
                outbox.fail();
                return;
            }
            Taken::Pauses => false,
            Taken::Nothing | Taken::Bytes => true,
        };
        loop {
            if session.has_left() {
                return;
            }
            if !goes_on {
                outbox.resumed().await;
            }
            outbox.has_room().await;
            ebb(session, outbox).await;
            if !session.is_halted() {
                break;
            }
            goes_on = session.write(&[], None);
        }
    }
}

/// Waits until less of what the client sent waits for its turn. It is not read meanwhile, so it is asked whether it is there.
async fn ebb(session: &Session, outbox: &Outbox) {
    let mut asked = Instant::now();
    while session.is_flooded() && !outbox.is_broken() {
        drop(tokio::time::timeout(FLOODED, outbox.answered()).await);
        if asked.elapsed() > PROBE {
            outbox.push(&probe());
            asked = Instant::now();
        }
    }
}

/// What servers say at the start of each connection: to a client that is there it is nothing new.
fn probe() -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_parameter_status(&mut bytes, "in_hot_standby", "off");
    bytes
}

/// Waits until the client has its last answer. One that is gone has no use for it: what still runs is stopped.
async fn linger(session: &Session, outbox: &Outbox) {
    let shared = session.shared();
    while !shared.is_silent() && !shared.has_ended() && !shared.takes_copy_input() {
        if outbox.is_broken() {
            return;
        }
        let answered = tokio::time::timeout(PROBE, outbox.answered());
        if answered.await.is_err() {
            outbox.push(&probe());
        }
    }
}

/// The side that is read.
enum Reader {
    #[cfg(unix)]
    Plain(Arc<Socket>),
    Split(Box<ReadHalf<Transport>>),
}

/// The side that is written.
pub(super) enum Writer {
    #[cfg(unix)]
    Plain(Arc<Socket>),
    Split(Box<WriteHalf<Transport>>),
}

impl Writer {
    async fn write(&mut self, outbox: &Outbox) {
        match self {
            #[cfg(unix)]
            Self::Plain(socket) => outbox.write_plain(socket).await,
            Self::Split(half) => {
                outbox.write_to(half).await;
                drop(half.shutdown().await);
            }
        }
    }
}

/// The two sides of a connection. A plain one is shared with the engine thread, where the system can.
fn sides(transport: Transport) -> io::Result<(Reader, Writer)> {
    #[cfg(unix)]
    let transport = match transport {
        Transport::Plain(stream) => {
            let socket = Socket::new(stream)?;
            return Ok((Reader::Plain(Arc::clone(&socket)), Writer::Plain(socket)));
        }
        Transport::Tls(_) => transport,
    };
    let (read, write) = split(transport);
    Ok((
        Reader::Split(Box::new(read)),
        Writer::Split(Box::new(write)),
    ))
}

/// Takes a connection out of the list when it is over, however it ended.
struct Listed<'a> {
    server: &'a Arc<Inner>,
    id: u64,
    peer: &'a Peer,
}

impl Drop for Listed<'_> {
    fn drop(&mut self) {
        self.server.clients.remove(self.id);
        (self.server.events)(Event::Disconnected {
            id: self.id,
            address: self.peer.address.clone(),
        });
    }
}

/// How often a client that has ended its side is asked whether it is still there.
const PROBE: Duration = Duration::from_secs(1);
/// How often a client of whom too much waits is looked at: a COPY may have begun that takes what it sends.
const FLOODED: Duration = Duration::from_millis(50);
