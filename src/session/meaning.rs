//! What a text means in a session: where its names are looked up, and how its literals are read.
//!
//! A kept statement is analysed again when the search path has changed, but fails when its columns have, and inside a
//! transaction it could not be run again. What its literals stand for in another time zone or date style PostgreSQL does
//! not ask again at all. So statements are kept apart by these settings.
#![forbid(unsafe_code)]

use super::reply::Outcome;
use super::request::Request;
use super::settings::{ROLE, SESSION_AUTHORIZATION, Values, names_in_body};
use super::state::State;
use super::table::{Table, rows};
use crate::engine::error::Error;
use crate::engine::wire::Wire;
use crate::sql::{Kind, Script, decides_meaning, decides_reading};

/// The settings of a session that decide what a text means, and the user that `"$user"` in its path stands for.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent observations, not a state"
)]
#[derive(Debug, Default)]
pub(crate) struct Meaning {
    /// Their values; empty for the backend's own.
    scope: Vec<u8>,
    /// Its statements are kept apart by this alone: they name everything in full, and set nothing that outlasts their
    /// transaction.
    service: Option<&'static str>,
    /// It may have changed since it was read.
    unsure: bool,
    /// It may have changed until the end of the transaction.
    local: bool,
    /// Plans that functions keep may have read literals otherwise.
    replan: bool,
    /// So they may have until the end of the transaction.
    local_reading: bool,
}

impl Meaning {
    /// What a session begins with.
    pub(crate) fn new(defaults: &Values, service: Option<&'static str>) -> Self {
        let kept: Vec<String> = defaults
            .iter()
            .filter(|(name, _)| is_part(name))
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        Self {
            scope: kept.join("\0").into_bytes(),
            service,
            ..Self::default()
        }
    }

    /// Notes what a text may change.
    pub(crate) fn note(&mut self, script: &Script, text: &[u8]) {
        self.local |= script.sets_local_meaning;
        self.local_reading |= script.sets_local_reading;
        let reads = |name: &Option<String>| name.as_deref().is_none_or(decides_reading);
        self.replan |= script.sets_local_reading || script.set_config_names.iter().any(reads);
        let sets = |name: &Option<String>| name.as_deref().is_none_or(is_part);
        self.unsure |= script.set_config_names.iter().any(sets);
        for statement in &script.statements {
            match &statement.kind {
                Kind::Set { local, name, .. } if *local => {
                    self.local |= decides_meaning(name);
                    self.local_reading |= decides_reading(name);
                    self.replan |= decides_reading(name);
                }
                Kind::Set { name, .. } | Kind::Reset(name) => {
                    self.unsure |= is_part(name);
                    self.replan |= decides_reading(name);
                }
                Kind::ResetAll | Kind::DiscardAll => (self.unsure, self.replan) = (true, true),
                Kind::Do => {
                    let body = text.get(statement.span.clone()).unwrap_or_default();
                    let names = names_in_body(&String::from_utf8_lossy(body));
                    self.unsure |= names.iter().any(|name| is_part(name));
                }
                _ => {}
            }
        }
    }

    /// The backend reported a new value for this name, maybe because of what a function did.
    pub(crate) fn note_reported(&mut self, name: &str) {
        self.unsure |= !self.local && decides_meaning(&name.to_ascii_lowercase());
    }

    /// The backend is ready.
    pub(crate) fn ready(&mut self, status: u8) {
        if status == b'I' {
            self.replan |= std::mem::take(&mut self.local_reading);
            self.local = false;
        }
    }

    /// What tells kept statements apart; `None` when that is not known.
    pub(crate) fn scope(&self) -> Option<&[u8]> {
        match self.service {
            Some(service) => Some(service.as_bytes()),
            None => (!self.unsure && !self.local).then_some(&self.scope),
        }
    }
}

impl Table {
    /// A plan that a function keeps may mean something else by now: other tables, when the session has made a temporary
    /// one, or other values, when it reads literals otherwise.
    pub(super) async fn replan(
        &mut self,
        state: &mut State,
        request: &Request,
        outcome: &Outcome,
        wire: &Wire,
    ) -> Result<(), Error> {
        if outcome.ready.is_none_or(|status| status == b'E') {
            return Ok(());
        }
        let wanted = std::mem::take(&mut state.meaning.replan) || request.mentions.temporary;
        if !wanted || self.sessions.is_empty() {
            return Ok(());
        }
        self.query(wire, b"DISCARD PLANS").await.map(drop)
    }

    /// Reads the meaning of texts in the session that is switched in, if it may have changed and a kept statement may be asked for.
    pub(super) async fn read_meaning(
        &mut self,
        state: &mut State,
        batch: &[u8],
        wire: &Wire,
    ) -> Result<(), Error> {
        let idle = state.shared.transaction_status() == b'I';
        if !(state.meaning.unsure && idle && batch.first() == Some(&b'P')) {
            return Ok(());
        }
        let reply = self.query(wire, READ.as_bytes()).await?;
        let values: Vec<String> = rows(&reply.bytes).into_iter().flatten().flatten().collect();
        if !values.is_empty() {
            state.meaning.scope = values.join("\0").into_bytes();
            state.meaning.unsure = false;
        }
        Ok(())
    }
}

fn is_part(name: &str) -> bool {
    decides_meaning(name) || [ROLE, SESSION_AUTHORIZATION].contains(&name)
}

const READ: &str = "SELECT current_user, pg_catalog.current_setting('search_path'), pg_catalog.current_setting('timezone'), \
    pg_catalog.current_setting('datestyle'), pg_catalog.current_setting('intervalstyle'), \
    pg_catalog.current_setting('standard_conforming_strings'), pg_catalog.current_setting('backslash_quote'), \
    pg_catalog.current_setting('array_nulls'), pg_catalog.current_setting('lc_monetary'), \
    pg_catalog.current_setting('transform_null_equals'), pg_catalog.current_setting('xmloption')";

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &str) -> Meaning {
        let mut meaning = Meaning::default();
        meaning.note(&crate::sql::analyze(text.as_bytes()), text.as_bytes());
        meaning
    }

    #[test]
    fn what_changes_no_path_keeps_the_scope() {
        for text in [
            "select 1",
            "set work_mem = '1MB'",
            "set local role a",
            "select set_config('a.b', 'c', true), set_config('a.b', 'c', false)",
            "do $$ begin null; end $$",
        ] {
            assert_eq!(after(text).scope(), Some(&b""[..]), "{text}");
        }
    }

    #[test]
    fn a_path_of_the_transaction_ends_with_it() {
        for text in [
            "set local search_path = a",
            "set local timezone = 'UTC'",
            "select set_config('search_path', 'a', true)",
            "select set_config($1, $2, true)",
        ] {
            let mut meaning = after(text);
            assert_eq!(meaning.scope(), None, "{text}");
            meaning.ready(b'T');
            assert_eq!(meaning.scope(), None, "{text}");
            meaning.ready(b'I');
            assert_eq!(meaning.scope(), Some(&b""[..]), "{text}");
        }
    }

    #[test]
    fn a_path_of_the_session_is_unknown_until_it_is_read() {
        for text in [
            "set search_path = a",
            "reset all",
            "set role a",
            "set schema 'a'",
            "set time zone 'UTC'",
            "set datestyle = german",
            "select set_config('search_path', 'a', false)",
            "do $$ begin set search_path = a; end $$",
        ] {
            let mut meaning = after(text);
            meaning.ready(b'I');
            assert_eq!(meaning.scope(), None, "{text}");
        }
    }
}
