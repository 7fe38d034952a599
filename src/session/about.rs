//! What PostgreSQL's own views and functions tell a session about itself.
//!
//! `pg_backend_pid()`, `pg_listening_channels()` and `pg_prepared_statements` read settings (see
//! `engine/preparation.sql`). They are filled in just before a text that names one of them runs.
#![forbid(unsafe_code)]

use serde_json::{Map, Value, json};

use super::settings::literal;
use super::state::State;
use crate::sql::Mentions;

/// SQL that fills in what a text asks for; `None` when it asks for nothing.
pub(crate) fn tell(state: &State, mentions: Mentions) -> Option<String> {
    let mut settings = Vec::new();
    if mentions.backend_pid {
        settings.push(("oxbase.process_id", state.shared.process_id.to_string()));
    }
    if mentions.backend_signal {
        let mut known = state.shared.signalled();
        known.extend(state.shared.hub.all().iter().map(|other| other.process_id));
        settings.push(("oxbase.backends", json!(known).to_string()));
    }
    if mentions.listening_channels {
        settings.push((
            "oxbase.channels",
            json!(state.listening.channels()).to_string(),
        ));
    }
    if mentions.prepared_statements {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let names: Map<String, Value> = state
            .statements
            .iter()
            .map(|(name, named)| (text(&named.backend), Value::String(text(name))))
            .collect();
        settings.push(("oxbase.statements", Value::Object(names).to_string()));
    }
    if mentions.cursors {
        let names: Map<String, Value> = state
            .cursors
            .names()
            .map(|(own, backend)| (backend.to_owned(), Value::String(own.to_owned())))
            .collect();
        settings.push(("oxbase.cursors", Value::Object(names).to_string()));
    }
    if settings.is_empty() {
        return None;
    }
    let calls: Vec<String> = settings
        .iter()
        .map(|(name, value)| {
            format!(
                "pg_catalog.set_config({}, {}, false)",
                literal(name),
                literal(value)
            )
        })
        .collect();
    Some(format!("SELECT {}", calls.join(", ")))
}
