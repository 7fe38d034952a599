//! Where a session's names are looked up, so that a statement kept behind its back is never one of another path.
//!
//! A kept statement is analysed again when the path has changed, but fails when its columns have, and inside a
//! transaction it could not be run again. So the statements are kept by path.
#![forbid(unsafe_code)]

use super::settings::{ROLE, SESSION_AUTHORIZATION, Values};
use super::state::State;
use super::table::{Table, rows};
use crate::engine::error::Error;
use crate::engine::wire::Wire;
use crate::sql::{Kind, Script};

/// A session's search path, and the user that `"$user"` in it means.
#[derive(Debug, Default)]
pub(crate) struct Path {
    /// Empty for the backend's own.
    scope: Vec<u8>,
    /// It may have changed since it was read.
    unsure: bool,
    /// It may have changed until the end of the transaction.
    local: bool,
}

impl Path {
    /// The path that a session begins with.
    pub(crate) fn new(defaults: &Values) -> Self {
        let kept: Vec<&str> = [SEARCH_PATH, ROLE, SESSION_AUTHORIZATION]
            .iter()
            .filter_map(|name| defaults.get(*name).map(String::as_str))
            .collect();
        Self {
            scope: kept.join("\0").into_bytes(),
            ..Self::default()
        }
    }

    /// Notes what a text may change.
    pub(crate) fn note(&mut self, script: &Script, text: &[u8]) {
        self.local |= script.sets_local_path;
        let sets = |name: &Option<String>| name.as_deref().is_none_or(is_part);
        self.unsure |= script.set_config_names.iter().any(sets);
        for statement in &script.statements {
            match &statement.kind {
                Kind::Set { local, name, .. } if *local => self.local |= name == SEARCH_PATH,
                Kind::Set { name, .. } | Kind::Reset(name) => self.unsure |= is_part(name),
                Kind::ResetAll | Kind::DiscardAll => self.unsure = true,
                Kind::Do => {
                    let names = contains(text.get(statement.span.clone()).unwrap_or_default());
                    self.unsure |= names;
                    self.local |= names;
                }
                _ => {}
            }
        }
    }

    /// The backend is ready.
    pub(crate) fn ready(&mut self, status: u8) {
        self.local &= status != b'I';
    }

    /// What tells kept statements apart; `None` when that is not known.
    pub(crate) fn scope(&self) -> Option<&[u8]> {
        (!self.unsure && !self.local).then_some(&self.scope)
    }
}

impl Table {
    /// Reads the path of the session that is switched in, if it may have changed and a kept statement may be asked for.
    pub(super) async fn read_path(
        &mut self,
        state: &mut State,
        batch: &[u8],
        wire: &Wire,
    ) -> Result<(), Error> {
        let idle = state.shared.transaction_status() == b'I';
        if !(state.path.unsure && idle && batch.first() == Some(&b'P')) {
            return Ok(());
        }
        let reply = self.query(wire, READ.as_bytes()).await?;
        let values: Vec<String> = rows(&reply.bytes).into_iter().flatten().flatten().collect();
        if !values.is_empty() {
            state.path.scope = values.join("\0").into_bytes();
            state.path.unsure = false;
        }
        Ok(())
    }
}

fn is_part(name: &str) -> bool {
    [SEARCH_PATH, ROLE, SESSION_AUTHORIZATION].contains(&name)
}

fn contains(text: &[u8]) -> bool {
    text.windows(SEARCH_PATH.len())
        .any(|window| window.eq_ignore_ascii_case(SEARCH_PATH.as_bytes()))
}

const SEARCH_PATH: &str = "search_path";
const READ: &str = "SELECT pg_catalog.current_setting('search_path'), current_user";

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &str) -> Path {
        let mut path = Path::default();
        path.note(&crate::sql::analyze(text.as_bytes()), text.as_bytes());
        path
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
            "select set_config('search_path', 'a', true)",
            "select set_config($1, $2, true)",
        ] {
            let mut path = after(text);
            assert_eq!(path.scope(), None, "{text}");
            path.ready(b'T');
            assert_eq!(path.scope(), None, "{text}");
            path.ready(b'I');
            assert_eq!(path.scope(), Some(&b""[..]), "{text}");
        }
    }

    #[test]
    fn a_path_of_the_session_is_unknown_until_it_is_read() {
        for text in [
            "set search_path = a",
            "reset all",
            "set role a",
            "set schema 'a'",
            "select set_config('search_path', 'a', false)",
            "do $$ begin set search_path = a; end $$",
        ] {
            let mut path = after(text);
            path.ready(b'I');
            assert_eq!(path.scope(), None, "{text}");
        }
    }
}
