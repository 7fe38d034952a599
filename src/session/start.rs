//! The beginning of a session: its start-up packet becomes its settings, and is answered as a server answers it.
//!
//! Mirrors the protocol's start-up phase: <https://www.postgresql.org/docs/18/protocol-flow.html>. There is no
//! authentication: who can reach the session is inside the process.
#![forbid(unsafe_code)]

use std::sync::Arc;

use super::meaning::Meaning;
use super::queue_settings::QueueSettings;
use super::settings::{SESSION_AUTHORIZATION, SUPERUSER, Values, literal, set};
use super::shared::{Delivery, Shared};
use super::state::State;
use super::table::{Table, first_error, rows};
use crate::engine::error::Error;
use crate::engine::wire::Wire;
use crate::protocol::backend::{
    Messages, encode_authentication_ok, encode_backend_key_data, encode_negotiate_protocol_version,
    encode_parameter_status, encode_ready_for_query, parameter_status,
};
use crate::protocol::startup::{StartupMessage, options};
use crate::protocol::{ErrorFields, sqlstate};
use crate::sql::decides_reading;

/// Runs the start-up of one session; on failure the client gets the reason and the session is over.
pub(super) async fn run(
    table: &mut Table,
    shared: &Arc<Shared>,
    message: &StartupMessage,
    greeted: bool,
    wire: &Wire,
) {
    if let Err(error) = shake_hands(table, shared, message, greeted, wire).await {
        shared.deliver_fatal(&error);
    }
}

async fn shake_hands(
    table: &mut Table,
    shared: &Arc<Shared>,
    message: &StartupMessage,
    greeted: bool,
    wire: &Wire,
) -> Result<(), Box<ErrorFields>> {
    let fatal = |error: &Error| {
        Box::new(ErrorFields::new(
            "FATAL",
            error.sqlstate(),
            error.to_string(),
        ))
    };
    let mut state = State::new(Arc::clone(shared));
    let mut defaults = requested(message)?;
    let user = message.get("user").unwrap_or(SUPERUSER);
    let known = kept_for_role(table, wire, user)
        .await
        .map_err(|error| fatal(&error))?;
    if user != SUPERUSER && known.is_role {
        defaults.insert(SESSION_AUTHORIZATION.to_owned(), user.to_owned());
    }
    for (name, value) in known.settings {
        defaults.entry(name).or_insert(value);
    }
    let own = |name: &str, value: &str| {
        parameters(shared).iter().any(|(known, default)| {
            known.eq_ignore_ascii_case(name.as_bytes()) && default == value.as_bytes()
        })
    };
    defaults.retain(|name, value| !own(name, value));
    table
        .switch_in(&mut state, wire)
        .await
        .map_err(|error| fatal(&error))?;
    let mut reported = Vec::new();
    for (name, value) in &defaults {
        let reply = table
            .query(wire, set(name, value).as_bytes())
            .await
            .map_err(|error| fatal(&error))?;
        if let Some(mut error) = first_error(&reply.bytes) {
            "FATAL".clone_into(&mut error.severity);
            table.abandon(&defaults);
            return Err(Box::new(error));
        }
        reported.extend(reply.bytes);
    }
    let timeouts = table
        .begin_timeouts(defaults.keys(), wire)
        .await
        .map_err(|error| fatal(&error))?;
    shared.set_timeouts(timeouts);
    if defaults.keys().any(|name| decides_reading(name)) {
        drop(table.query(wire, b"DISCARD PLANS").await);
    }
    table.adopt(&defaults);
    state.meaning = Meaning::new(&defaults, shared.service);
    state.settings.values.clone_from(&defaults);
    state.settings.defaults = defaults;
    shared.update_activity(|activity| {
        let of = |name: &str| state.settings.defaults.get(name).cloned();
        activity.user = of(SESSION_AUTHORIZATION).unwrap_or_else(|| SUPERUSER.to_owned());
        activity.application_name = of("application_name").unwrap_or_default();
    });
    let bytes = greeting(shared, &state.settings.defaults, message, &reported);
    table.add(state);
    shared.mark_begun();
    if !greeted {
        deliver(shared, bytes);
    }
    Ok(())
}

/// Answers a start-up packet without the backend, when nothing in it can be refused. True when it was answered; what it
/// asks for takes effect before the session's first batch.
pub(super) fn greet_early(shared: &Shared, message: &StartupMessage) -> bool {
    let Ok(mut defaults) = requested(message) else {
        return false;
    };
    if defaults
        .iter()
        .any(|(name, value)| !is_harmless(name, value))
    {
        return false;
    }
    // Who the user is, if not the superuser, is found out later.
    defaults.remove(SESSION_AUTHORIZATION);
    deliver(shared, greeting(shared, &defaults, message, &[]));
    true
}

/// Whether a setting can be promised without asking the backend.
fn is_harmless(name: &str, value: &str) -> bool {
    match name {
        "application_name" => value.is_ascii(),
        "client_encoding" => {
            value.eq_ignore_ascii_case("utf8") || value.eq_ignore_ascii_case("utf-8")
        }
        "statement_timeout" | "lock_timeout" | "idle_in_transaction_session_timeout" => {
            value.parse().is_ok_and(|limit: i32| limit >= 0)
        }
        _ => false,
    }
}

fn deliver(shared: &Shared, bytes: Vec<u8>) {
    shared.deliver(Delivery {
        bytes,
        last: true,
        ..Delivery::default()
    });
}

fn parameters(shared: &Shared) -> &[(Vec<u8>, Vec<u8>)] {
    shared
        .hub
        .started
        .get()
        .map_or(&[], |started| started.parameters.as_slice())
}

/// The backend's settings that a start-up packet asks for.
fn requested(message: &StartupMessage) -> Result<Values, Box<ErrorFields>> {
    let mut values = settings_of(message)?;
    QueueSettings::take(&mut values)?;
    Ok(values)
}

/// The settings in a start-up packet.
fn settings_of(message: &StartupMessage) -> Result<Values, Box<ErrorFields>> {
    let mut values = Values::new();
    // What is sent by its own name wins over what stands in `options`.
    let (options_first, others): (Vec<_>, Vec<_>) =
        (message.parameters.iter()).partition(|(name, _)| name == "options");
    for (name, value) in options_first.into_iter().chain(others) {
        match name.as_str() {
            "replication" if !matches!(value.as_str(), "false" | "off" | "no" | "0" | "") => {
                let message = "replication connections are not supported";
                let code = sqlstate::FEATURE_NOT_SUPPORTED;
                return Err(Box::new(ErrorFields::new("FATAL", code, message)));
            }
            "user" | "database" | "replication" => {}
            "options" => {
                let parsed = options(value).map_err(|error| {
                    Box::new(ErrorFields::new(
                        "FATAL",
                        error.sqlstate(),
                        error.to_string(),
                    ))
                })?;
                values.extend(
                    parsed
                        .into_iter()
                        .map(|(name, value)| (name.to_ascii_lowercase(), value)),
                );
            }
            name if name.starts_with("_pq_.") => {}
            _ => drop(values.insert(name.to_ascii_lowercase(), value.clone())),
        }
    }
    Ok(values)
}

/// What the catalog keeps for a user.
struct KeptForRole {
    is_role: bool,
    settings: Values,
}

/// Reads whether a user is a role, and the settings that ALTER ROLE and ALTER DATABASE keep for it: a backend without a
/// postmaster does not apply them by itself. The more special come last and win.
async fn kept_for_role(table: &mut Table, wire: &Wire, user: &str) -> Result<KeptForRole, Error> {
    let sql = format!(
        "SELECT NULL FROM pg_catalog.pg_roles WHERE rolname = {user} AND rolcanlogin UNION ALL \
         (SELECT setting FROM pg_catalog.pg_db_role_setting AS kept, pg_catalog.unnest(kept.setconfig) AS setting \
         WHERE setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())) \
         AND setrole IN (0, coalesce((SELECT oid FROM pg_catalog.pg_roles WHERE rolname = {user}), 10)) \
         ORDER BY setrole <> 0, setdatabase <> 0)",
        user = literal(user)
    );
    let reply = table.query(wire, sql.as_bytes()).await?;
    let answers: Vec<Option<String>> = rows(&reply.bytes).into_iter().flatten().collect();
    let settings = answers
        .iter()
        .flatten()
        .filter_map(|setting| setting.split_once('='))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    Ok(KeptForRole {
        is_role: answers.contains(&None),
        settings,
    })
}

fn greeting(
    shared: &Shared,
    defaults: &Values,
    message: &StartupMessage,
    reported: &[u8],
) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(512);
    let unknown: Vec<&str> = message
        .parameters
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| name.starts_with("_pq_."))
        .collect();
    if message.protocol.1 > NEWEST_MINOR || !unknown.is_empty() {
        let minor = message.protocol.1.min(NEWEST_MINOR);
        encode_negotiate_protocol_version(&mut bytes, minor.into(), &unknown);
    }
    encode_authentication_ok(&mut bytes);
    for (name, value) in parameters(shared) {
        let name = String::from_utf8_lossy(name);
        let last = Messages::new(reported)
            .filter(|message| message.tag == b'S')
            .filter_map(|message| parameter_status(message.body))
            .filter(|(reported, _)| *reported == name.as_bytes())
            .last();
        let wanted = defaults.get(&name.to_ascii_lowercase());
        let value = match (last, wanted) {
            (Some((_, value)), _) => String::from_utf8_lossy(value).into_owned(),
            (None, Some(value)) => value.clone(),
            // The backend was started without saying whose session it is.
            (None, None) if name == SESSION_AUTHORIZATION && value.is_empty() => {
                SUPERUSER.to_owned()
            }
            (None, None) => String::from_utf8_lossy(value).into_owned(),
        };
        encode_parameter_status(&mut bytes, &name, &value);
    }
    if message.protocol.1 >= LONG_KEYS {
        shared.cancel_key.lengthen();
    }
    encode_backend_key_data(&mut bytes, shared.process_id, shared.cancel_key.bytes());
    encode_ready_for_query(&mut bytes, b'I');
    bytes
}

/// What a start-up packet asks of the queue. What is wrong in it is told when the session begins.
pub(super) fn queue_settings(message: &StartupMessage) -> QueueSettings {
    let values = settings_of(message);
    values
        .and_then(|mut values| QueueSettings::take(&mut values))
        .unwrap_or_default()
}

/// The newest version of the protocol is 3.2.
const NEWEST_MINOR: u16 = 2;
/// From this version on cancel keys are long.
const LONG_KEYS: u16 = 2;
