//! Who the client is: trusted, or by SCRAM-SHA-256.
//!
//! The verifier of the user `postgres` is that of the option `password`; of others it is what the database keeps in
//! `pg_authid`. Whether a user exists is not told: a stranger goes through the same exchange.
#![forbid(unsafe_code)]

use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::error::Refused;
use super::scram::{Exchange, Malformed, Verifier, nonce};
use super::stream::Transport;
use super::{Inner, Peer};
use crate::database::{End, Script};
use crate::protocol::backend::{encode_authentication_sasl, encode_authentication_sasl_message};
use crate::protocol::frontend::sasl_initial_response;
use crate::protocol::startup::StartupMessage;
use crate::protocol::{Error, ErrorFields, sqlstate};
use crate::sql::ParameterizedStatement as Statement;

/// How clients show who they are.
#[derive(Debug)]
pub(super) enum Authentication {
    /// They do not; only those of this machine come here.
    Trust,
    /// By a password.
    Scram {
        /// That of the user `postgres`, when the options name one.
        password: Option<Verifier>,
        /// What mock exchanges are made from.
        secret: [u8; 32],
    },
}

/// Returns when the client is who it says it is.
pub(super) async fn authenticate(
    server: &Inner,
    transport: &mut Transport,
    peer: &Peer,
    message: &StartupMessage,
) -> Result<(), Refused> {
    let user = message.get("user").filter(|user| !user.is_empty());
    let Some(user) = user else {
        let message = "no PostgreSQL user name specified in startup packet";
        return Err(refused(
            sqlstate::INVALID_AUTHORIZATION_SPECIFICATION,
            message,
        ));
    };
    match &server.authentication {
        Authentication::Trust if peer.may_be_trusted(server.trusts_remote) => Ok(()),
        Authentication::Trust => Err(refused(
            sqlstate::INVALID_AUTHORIZATION_SPECIFICATION,
            format!("Peer authentication failed for user \"{user}\""),
        )),
        Authentication::Scram { password, secret } => {
            let known = match password {
                Some(verifier) if user == SUPERUSER => Known {
                    verifier: Some(verifier.clone()),
                    may_log_in: true,
                },
                _ => look_up(server, message, user).await?,
            };
            let verifier = known
                .verifier
                .unwrap_or_else(|| Verifier::mock(user, secret));
            exchange(transport, verifier, user).await?;
            if known.may_log_in {
                return Ok(());
            }
            Err(refused(
                sqlstate::INVALID_AUTHORIZATION_SPECIFICATION,
                format!("role \"{user}\" is not permitted to log in"),
            ))
        }
    }
}

async fn exchange(
    transport: &mut Transport,
    verifier: Verifier,
    user: &str,
) -> Result<(), Refused> {
    let mut bytes = Vec::with_capacity(64);
    encode_authentication_sasl(&mut bytes, &[MECHANISM]);
    transport.write_all(&bytes).await?;
    transport.flush().await?;
    let response = read_response(transport).await?;
    let (mechanism, client_first) = sasl_initial_response(&response)?;
    if mechanism != MECHANISM.as_bytes() {
        let message = "client selected an invalid SASL authentication mechanism";
        return Err(refused(sqlstate::PROTOCOL_VIOLATION, message));
    }
    let Some(nonce) = nonce() else {
        let message = "could not generate random nonce";
        return Err(refused(sqlstate::INTERNAL_ERROR, message));
    };
    let (exchange, server_first) =
        Exchange::begin(verifier, client_first, &nonce).map_err(|error| malformed(&error))?;
    bytes.clear();
    encode_authentication_sasl_message(&mut bytes, &server_first, false);
    transport.write_all(&bytes).await?;
    transport.flush().await?;
    let client_final = read_response(transport).await?;
    let server_final = exchange
        .finish(&client_final)
        .map_err(|error| malformed(&error))?
        .ok_or_else(|| Refused::Password {
            user: user.to_owned(),
        })?;
    bytes.clear();
    encode_authentication_sasl_message(&mut bytes, &server_final, true);
    transport.write_all(&bytes).await?;
    Ok(())
}

async fn read_response(transport: &mut Transport) -> Result<Vec<u8>, Refused> {
    let tag = transport.read_u8().await?;
    let length = transport.read_u32().await?;
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if tag != b'p' {
        let message = format!("expected SASL response, got message type {tag}");
        return Err(refused(sqlstate::PROTOCOL_VIOLATION, message));
    }
    if !(4..=LONGEST_RESPONSE).contains(&length) {
        return Err(Error::InvalidLength.into());
    }
    let mut body = vec![0; length - 4];
    transport.read_exact(&mut body).await?;
    Ok(body)
}

/// What the catalog says of a user.
#[derive(Default)]
struct Known {
    verifier: Option<Verifier>,
    may_log_in: bool,
}

async fn look_up(server: &Inner, message: &StartupMessage, user: &str) -> Result<Known, Refused> {
    let Some(asked) = server.databases.existing(message).await? else {
        return Ok(Known::default());
    };
    let database = &asked.database;
    let statement = Statement {
        sql: "SELECT rolpassword, rolcanlogin, coalesce(rolvaliduntil > pg_catalog.now(), true) \
              FROM pg_catalog.pg_authid WHERE rolname = $1"
            .to_owned(),
        params: vec![Some(Bytes::copy_from_slice(user.as_bytes()))],
    };
    let script = Script {
        isolation: None,
        read_only: false,
        timeout: Some(LONGEST_LOOK),
        statements: vec![&statement],
        end: End::Commit,
    };
    let rows = database.run(&script, |_| true).await;
    database.close();
    let rows = rows.map_err(|error| {
        let message = format!("the password could not be looked up: {error}");
        refused(sqlstate::CANNOT_CONNECT_NOW, message)
    })?;
    let row = rows.into_iter().flatten().next().unwrap_or_default();
    let mut values = row.into_iter();
    let password = values.next().flatten();
    let is_true = |value: Option<Option<Bytes>>| {
        value
            .flatten()
            .is_some_and(|value| value.as_ref() == [1] || value.as_ref() == b"t")
    };
    let (may_log_in, is_valid) = (is_true(values.next()), is_true(values.next()));
    let verifier = password
        .filter(|_| is_valid)
        .and_then(|text: Bytes| Verifier::parse(std::str::from_utf8(&text).ok()?));
    Ok(Known {
        verifier,
        may_log_in,
    })
}

fn malformed(error: &Malformed) -> Refused {
    refused(sqlstate::PROTOCOL_VIOLATION, error.to_string())
}

fn refused(code: &str, message: impl Into<String>) -> Refused {
    Refused::Fatal(Box::new(ErrorFields::new("FATAL", code, message)))
}

const SUPERUSER: &str = "postgres";
const MECHANISM: &str = "SCRAM-SHA-256";
const LONGEST_RESPONSE: usize = 65_535;
const LONGEST_LOOK: Duration = Duration::from_secs(10);
