//! Extensions on demand: the backend is opened again with what a CREATE EXTENSION needs.
#![forbid(unsafe_code)]

use super::job::Batch;
use super::request::Request;
use super::settings::literal;
use super::state::State;
use super::table::Table;
use crate::engine::error::Error;
use crate::engine::extensions;
use crate::engine::wire::{Restart, Wire};
use crate::protocol::frontend::encode_query;
use crate::protocol::sqlstate;

impl Table {
    /// Opens the backend again with the extensions that a statement wants to create and the backend does not have yet.
    pub(super) async fn provide_extensions(
        &mut self,
        state: &mut State,
        request: &mut Request,
        batch: &Batch,
        wire: &Wire,
    ) -> Result<(), Error> {
        let wanted: Vec<String> = request
            .extensions
            .iter()
            .filter(|name| extensions::find(name).is_some() && !self.available.contains(*name))
            .cloned()
            .collect();
        let Some(first) = wanted.first() else {
            return Ok(());
        };
        let status = state.shared.transaction_status();
        let begun = state.only_begun.take();
        let reason = if status != b'I' && begun.is_none() {
            Some(("inside a transaction", BEFORE_BEGIN))
        } else if self.has_unrestorable(state, wire).await? {
            Some((
                "while a session has temporary tables or held cursors",
                BEFORE_TEMPORARY,
            ))
        } else {
            None
        };
        if let Some((when, hint)) = reason {
            let mut bytes = Vec::new();
            encode_query(&mut bytes, refuse_extension(first, when, hint).as_bytes());
            if batch.bytes.first() != Some(&b'Q') {
                return Ok(());
            }
            request.bytes = bytes;
            return Ok(());
        }
        if begun.is_some() {
            self.query(wire, b"ROLLBACK").await?;
        }
        for name in wanted {
            wire.restart(Restart::Extension(name.clone())).await?;
            self.available.insert(name);
        }
        self.follow_generation(wire).await;
        self.switch_in(state, wire).await?;
        if let Some(begin) = begun {
            self.query(wire, &begin).await?;
        }
        *request = self.build(state, batch);
        Ok(())
    }
}

const BEFORE_BEGIN: &str = "Run CREATE EXTENSION before BEGIN, or name it in the option \"extensions\" when the database is opened.";
const BEFORE_TEMPORARY: &str =
    "Drop them first, or name it in the option \"extensions\" when the database is opened.";

fn refuse_extension(name: &str, when: &str, hint: &str) -> String {
    let message = format!("extension \"{name}\" cannot be made available {when}");
    format!(
        "DO $oxbase$ BEGIN RAISE EXCEPTION USING ERRCODE = {}, MESSAGE = {}, HINT = {}; END $oxbase$",
        literal(sqlstate::FEATURE_NOT_SUPPORTED),
        literal(&message),
        literal(hint)
    )
}
