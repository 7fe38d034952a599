//! Extensions on demand: the backend is opened again with what a CREATE EXTENSION needs, or a function of an extension that
//! the database has.
#![forbid(unsafe_code)]

use std::time::Instant;

use super::job::Batch;
use super::reply::Outcome;
use super::request::{Block, Request};
use super::settings::literal;
use super::state::State;
use super::table::Table;
use super::timeouts;
use crate::engine::error::Error;
use crate::engine::extensions;
use crate::engine::interrupt::Stop;
use crate::engine::wire::{Restart, Wire};
use crate::protocol::ErrorFields;
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
            .filter(|name| extensions::find(name).is_some())
            .filter(|name| !self.available.contains(*name) && !self.dormant.contains(*name))
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

    /// Exchanges a request, once more for each extension that it misses and that can be made available.
    pub(super) async fn exchange_providing(
        &mut self,
        state: &mut State,
        request: &mut Request,
        batch: &Batch,
        (holds_stale, may_wait, mut may_provide): (bool, bool, bool),
        deadline: Option<(Instant, Stop)>,
        wire: &Wire,
    ) -> Result<Outcome, Error> {
        let may = (holds_stale, may_wait, may_provide);
        let mut outcome = self.exchange(state, request, batch, may, wire).await?;
        while may_provide && self.can_provide(&outcome) {
            self.undo_named(state, request, wire).await?;
            self.undo(state, std::mem::take(&mut outcome.undone));
            self.wanted.extend(outcome.missing_module.take());
            may_provide = self.provide_wanted(state, wire).await?;
            *request = self.build(state, batch);
            self.run_before(request, wire).await?;
            wire.stopper().run(deadline).map_err(timeouts::not_begun)?;
            let may = (false, may_wait, may_provide);
            outcome = self.exchange(state, request, batch, may, wire).await?;
        }
        self.wanted.extend(outcome.missing_module.take());
        Ok(outcome)
    }

    /// Whether a batch has failed for want of an extension that can be made available, and left nothing behind.
    pub(super) fn can_provide(&self, outcome: &Outcome) -> bool {
        let missing = outcome.missing_module.as_ref();
        outcome.ready == Some(b'I')
            && !outcome.committed
            && missing.is_some_and(|name| !self.available.contains(name))
    }

    /// Opens the backend again with what statements have missed. False when that would lose something.
    pub(super) async fn provide_wanted(
        &mut self,
        state: &mut State,
        wire: &Wire,
    ) -> Result<bool, Error> {
        let mut wanted = std::mem::take(&mut self.wanted);
        wanted.retain(|name| !self.available.contains(name));
        if wanted.is_empty() || self.has_unrestorable(state, wire).await? {
            return Ok(false);
        }
        for name in wanted {
            wire.restart(Restart::Extension(name.clone())).await?;
            self.available.insert(name);
        }
        self.follow_generation(wire).await;
        self.switch_in(state, wire).await?;
        Ok(true)
    }
}

/// The bundled extension that an error says is not there: a database may have one whose files the backend has not.
pub(super) fn missing_module(error: &ErrorFields) -> Option<String> {
    let (before, after) = match error.code.as_str() {
        "58P01" => ("could not access file \"", "\": No such file or directory"),
        sqlstate::FEATURE_NOT_SUPPORTED => ("extension \"", "\" is not available"),
        _ => return None,
    };
    let named = error.message.strip_prefix(before)?.strip_suffix(after)?;
    let name = named.strip_prefix("$libdir/").unwrap_or(named);
    extensions::find(name).map(|_| name.to_owned())
}

/// What the client can do that cannot be helped by running its statement once more.
pub(super) fn hint(name: &str) -> String {
    format!(
        "Extension \"{name}\" is being made available: run the transaction again, or name it in the option \"extensions\" when the database is opened."
    )
}

/// Whether code in a request may commit, so that it must not be run twice.
pub(super) fn may_commit_inside(request: &Request) -> bool {
    request.blocks.iter().any(|block| match block {
        Block::Do(text) => text.to_ascii_lowercase().contains("commit"),
        Block::Call(_) => true,
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: &str, message: &str) -> ErrorFields {
        ErrorFields::new("ERROR", code, message)
    }

    #[test]
    fn a_file_that_is_missing_is_the_module_of_a_bundled_extension() {
        let missing = "could not access file \"$libdir/uuid-ossp\": No such file or directory";
        let named = missing_module(&error("58P01", missing));
        assert_eq!(named.as_deref(), Some("uuid-ossp"));
        let absent = "extension \"pgcrypto\" is not available";
        let named = missing_module(&error("0A000", absent));
        assert_eq!(named.as_deref(), Some("pgcrypto"));
    }

    #[test]
    fn another_error_names_no_module() {
        let other = "could not access file \"/etc/none\": No such file or directory";
        assert_eq!(missing_module(&error("58P01", other)), None);
        let unknown = "extension \"postgis\" is not available";
        assert_eq!(missing_module(&error("0A000", unknown)), None);
        assert_eq!(
            missing_module(&error("42704", "extension \"pgcrypto\" is not available")),
            None
        );
    }
}
