//! Cursors WITH HOLD outlive their transaction, so on a shared backend their names are mapped.
//!
//! From the first DECLARE … WITH HOLD of a name on, the session's text gets another one wherever it names that cursor.
//! What CLOSE ALL and DISCARD ALL would take from other sessions is left out, by closing one's own cursors alone.
#![forbid(unsafe_code)]

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::edit::Edit;
use super::state::State;
use super::statements::PREFIX;
use crate::engine::queue::SessionId;
use crate::protocol::frontend::encode_close;
use crate::sql::{Kind, Script, Statement, current_of};

/// The names that one session has given to cursors WITH HOLD, and those that the backend knows.
#[derive(Debug, Default)]
pub(crate) struct Cursors {
    names: BTreeMap<String, String>,
}

impl Cursors {
    /// Own and backend names.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names
            .iter()
            .map(|(own, backend)| (own.as_str(), backend.as_str()))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Messages that close them all; closing what is closed already succeeds.
    pub(crate) fn encode_closes(&self, out: &mut Vec<u8>) {
        for backend in self.names.values() {
            encode_close(out, b'P', backend.as_bytes());
        }
    }

    /// What has to be different in a statement for the backend, if something has. `idle` outside of transactions, in which
    /// the backend refuses DISCARD ALL.
    pub(crate) fn edit(
        &mut self,
        session: SessionId,
        statement: &Statement,
        text: &[u8],
        idle: bool,
        others_hold: impl Fn() -> bool,
    ) -> Option<Edit> {
        match &statement.kind {
            Kind::DeclareCursor {
                hold: true,
                name,
                name_span,
            } => {
                let number = self.names.len() + 1;
                self.names
                    .entry(name.clone())
                    .or_insert_with(|| format!("{}{number}", prefix(session)));
                self.rename(name, name_span)
            }
            Kind::DeclareCursor {
                name, name_span, ..
            }
            | Kind::Fetch { name, name_span }
            | Kind::CloseCursor { name, name_span } => self.rename(name, name_span),
            Kind::Update | Kind::Delete if !self.is_empty() => {
                let (name, name_span) = current_of(text, &statement.span)?;
                self.rename(&name, &name_span)
            }
            Kind::CloseAll if others_hold() => Some(Edit {
                at: statement.span.clone(),
                new: close_own(session).into_bytes(),
            }),
            // In the extended protocol a statement cannot be done in pieces.
            Kind::DiscardAll if idle && others_hold() => Some(Edit {
                at: statement.span.clone(),
                new: REFUSED_DISCARD.into(),
            }),
            _ => None,
        }
    }

    fn rename(&self, name: &str, at: &Range<usize>) -> Option<Edit> {
        self.names.get(name).map(|backend| Edit {
            at: at.clone(),
            new: format!("\"{backend}\"").into_bytes(),
        })
    }
}

/// Whether another session may have a cursor open between its transactions.
pub(crate) fn others_hold(others: &HashMap<SessionId, State>) -> bool {
    others.values().any(|other| !other.cursors.is_empty())
}

/// SQL that does what DISCARD ALL does, but for the cursors of others; `None` when the text is something else.
pub(crate) fn discard_in_pieces(session: SessionId, script: &Script) -> Option<String> {
    matches!(script.statements.as_slice(), [statement] if statement.kind == Kind::DiscardAll)
        .then(|| format!("{};{DISCARDS}", close_own(session)))
}

fn prefix(session: SessionId) -> String {
    format!("{PREFIX}{session}_c")
}

/// SQL that closes the session's own cursors: those without hold, which live in its transaction, and its held ones.
pub(super) fn close_own(session: SessionId) -> String {
    let own = prefix(session);
    format!(
        "DO $oxbase$ DECLARE open pg_catalog.text[]; one pg_catalog.refcursor; BEGIN \
         SELECT pg_catalog.array_agg(c.name) INTO open FROM pg_catalog.pg_cursor() AS c WHERE c.name <> '' AND \
         (NOT pg_catalog.starts_with(c.name, '{PREFIX}') OR pg_catalog.starts_with(c.name, '{own}')); \
         FOREACH one IN ARRAY coalesce(open, '{{}}') LOOP CLOSE one; END LOOP; END $oxbase$"
    )
}

const REFUSED_DISCARD: &str = "DO $oxbase$ BEGIN RAISE EXCEPTION USING ERRCODE = '55006', \
    MESSAGE = 'DISCARD ALL would close cursors WITH HOLD of other sessions', \
    HINT = 'Send it as a simple query, which spares them.'; END $oxbase$";

/// The documented equivalent of DISCARD ALL, without CLOSE ALL.
const DISCARDS: &str = "SET SESSION AUTHORIZATION DEFAULT; RESET ALL; DEALLOCATE ALL; UNLISTEN *; \
    SELECT pg_catalog.pg_advisory_unlock_all(); DISCARD PLANS; DISCARD TEMP; DISCARD SEQUENCES";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::analyze;

    fn edited(cursors: &mut Cursors, text: &str) -> String {
        let script = analyze(text.as_bytes());
        let mut out = text.to_owned();
        for statement in script.statements.iter().rev() {
            if let Some(edit) = cursors.edit(3, statement, text.as_bytes(), true, || false) {
                out.replace_range(edit.at, std::str::from_utf8(&edit.new).unwrap());
            }
        }
        out
    }

    #[test]
    fn a_name_is_mapped_from_its_first_hold_on() {
        let mut cursors = Cursors::default();
        let plain = "declare c cursor for select 1";
        assert_eq!(edited(&mut cursors, plain), plain);
        assert_eq!(
            edited(&mut cursors, "DECLARE C CURSOR WITH HOLD FOR SELECT 1"),
            "DECLARE \"_oxbase_3_c1\" CURSOR WITH HOLD FOR SELECT 1"
        );
        for (text, expected) in [
            ("fetch 2 from c", "fetch 2 from \"_oxbase_3_c1\""),
            ("move c", "move \"_oxbase_3_c1\""),
            ("close \"c\"", "close \"_oxbase_3_c1\""),
            (
                "delete from t where current of c",
                "delete from t where current of \"_oxbase_3_c1\"",
            ),
            ("fetch d", "fetch d"),
            ("close all", "close all"),
        ] {
            assert_eq!(edited(&mut cursors, text), expected);
        }
    }

    #[test]
    fn close_all_spares_the_cursors_of_others() {
        let script = analyze(b"close all");
        let edit = Cursors::default()
            .edit(3, &script.statements[0], b"close all", true, || true)
            .unwrap();
        assert!(
            String::from_utf8(edit.new)
                .unwrap()
                .contains("'_oxbase_3_c'")
        );
    }

    #[test]
    fn discard_all_is_done_in_pieces_only_where_it_stands_alone() {
        assert!(discard_in_pieces(3, &analyze(b"discard all;")).is_some());
        assert!(discard_in_pieces(3, &analyze(b"discard all; select 1")).is_none());
        assert!(discard_in_pieces(3, &analyze(b"discard temp")).is_none());
    }
}
