//! The beginning of a connection: encryption, cancel requests, the start-up message.
//!
//! Mirrors PostgreSQL 18, "Start-up": <https://www.postgresql.org/docs/18/protocol-flow.html>. What cannot be a start-up
//! packet is refused after its first four bytes.
#![forbid(unsafe_code)]

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::Inner;
use super::error::Refused;
use super::stream::{Stream, Transport};
use crate::protocol::startup::{Startup, StartupMessage, decode_startup, startup_length};
use crate::protocol::{Error, ErrorFields, sqlstate};

/// Reads up to the start-up message; `None` after a cancel request, which gets no answer.
pub(super) async fn read(
    server: &Inner,
    transport: &mut Option<Transport>,
) -> Result<Option<StartupMessage>, Refused> {
    if is_tls(transport.as_ref()).await? {
        encrypt(server, transport).await?;
        require_alpn(transport.as_ref())?;
    }
    let (mut may_encrypt, mut may_gss) = (true, true);
    loop {
        let stream = transport.as_mut().ok_or_else(gone)?;
        let packet = read_packet(stream).await?;
        match decode_startup(&packet)? {
            Startup::Ssl if may_encrypt => {
                may_encrypt = false;
                let encrypts = server.tls.is_some() && matches!(stream, Transport::Plain(_));
                if encrypts {
                    stream.write_all(b"S").await?;
                    stream.flush().await?;
                    encrypt(server, transport).await?;
                } else {
                    refuse_encryption(stream, "SSL").await?;
                }
            }
            Startup::Gss if may_gss => {
                may_gss = false;
                refuse_encryption(stream, "GSSAPI encryption").await?;
            }
            Startup::Ssl => return Err(unsupported(SSL_MINOR)),
            Startup::Gss => return Err(unsupported(SSL_MINOR + 1)),
            Startup::Cancel {
                process_id,
                secret_key,
            } => {
                server.clients.cancel(process_id, &secret_key).await;
                return Ok(None);
            }
            Startup::Startup(message) => return Ok(Some(message)),
        }
    }
}

async fn read_packet(stream: &mut Transport) -> Result<Vec<u8>, Refused> {
    let mut packet = vec![0; 4];
    stream.read_exact(&mut packet).await?;
    let length = startup_length(&packet)?.unwrap_or_default();
    packet.resize(length, 0);
    stream
        .read_exact(packet.get_mut(4..).unwrap_or_default())
        .await?;
    Ok(packet)
}

/// Whether the client begins with encryption, without asking for it.
async fn is_tls(transport: Option<&Transport>) -> Result<bool, Refused> {
    let Some(Transport::Plain(Stream::Tcp(stream))) = transport else {
        return Ok(false);
    };
    let mut first = [0];
    let count = stream.peek(&mut first).await?;
    Ok(count == 1 && first == [TLS_HANDSHAKE])
}

async fn encrypt(server: &Inner, transport: &mut Option<Transport>) -> Result<(), Refused> {
    let Some(acceptor) = &server.tls else {
        return Err(Error::StartupLength.into());
    };
    if let Some(Transport::Plain(stream)) = transport.take() {
        let stream = acceptor.accept(stream).await?;
        *transport = Some(Transport::Tls(Box::new(stream)));
    }
    Ok(())
}

/// Who begins with encryption has to say for which protocol, so that nobody can pass another protocol's client off as ours.
fn require_alpn(transport: Option<&Transport>) -> Result<(), Refused> {
    match transport {
        Some(Transport::Tls(stream)) if stream.get_ref().1.alpn_protocol().is_none() => {
            let message = "received direct SSL connection request without ALPN protocol negotiation extension";
            Err(violation(message))
        }
        _ => Ok(()),
    }
}

/// Says that there is none of that kind. What has come before the client could know that is looked at first.
async fn refuse_encryption(stream: &mut Transport, request: &str) -> Result<(), Refused> {
    let silent = expect_silence(stream, request);
    stream.write_all(b"N").await?;
    stream.flush().await?;
    silent
}

/// A client waits for the answer to its request: what has come already may have been put there by somebody in between.
fn expect_silence(transport: &Transport, request: &str) -> Result<(), Refused> {
    let Transport::Plain(stream) = transport else {
        return Ok(());
    };
    match stream.try_read(&mut [0]) {
        Ok(1..) => Err(violation(&format!(
            "received unencrypted data after {request} request"
        ))),
        _ => Ok(()),
    }
}

fn violation(message: &str) -> Refused {
    let fields = ErrorFields::new("FATAL", sqlstate::PROTOCOL_VIOLATION, message);
    Refused::Fatal(Box::new(fields))
}

/// A request that was answered already is no version of the protocol, either.
fn unsupported(minor: u16) -> Refused {
    Error::UnsupportedProtocol { major: 1234, minor }.into()
}

fn gone() -> Refused {
    Refused::Gone(std::io::ErrorKind::NotConnected.into())
}

/// The request for encryption as a version: 1234.5679; that for GSSAPI follows it.
const SSL_MINOR: u16 = 5679;
/// The first byte of a TLS connection. As the first one of a length it would mean 369 MB.
const TLS_HANDSHAKE: u8 = 0x16;
