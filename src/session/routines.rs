//! What the code of the user's functions and procedures may do to a session behind SQL's back.
//!
//! Read from the catalog when it may have changed, and only when it matters.
#![forbid(unsafe_code)]

use std::collections::BTreeSet;

use super::advisory;
use super::request::Block;
use super::settings::lasting_names_in_body;
use super::table::rows;
use super::temporary::makes_temporary;
use super::timeouts::names_one;
use crate::engine::error::Error;

/// What is known of the user's routines.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, not states of one thing"
)]
#[derive(Debug, Default)]
pub(crate) struct Routines {
    known: bool,
    /// Settings that one of them may change for longer than its transaction.
    pub(crate) settings: BTreeSet<String>,
    /// One of them may take advisory locks.
    pub(crate) use_advisory: bool,
    /// One of them may change a setting of time.
    pub(crate) change_timeouts: bool,
    /// One of them may make something temporary.
    pub(crate) make_temporary: bool,
    /// One of them may advance a sequence.
    pub(crate) advance: bool,
    /// One of them runs SQL that is not in its body, or is in a language that nobody reads here.
    pub(crate) run_anything: bool,
    /// Procedures that roll back.
    rolling_back: BTreeSet<String>,
}

impl Routines {
    /// The catalog may have changed.
    pub(crate) fn forget(&mut self) {
        self.known = false;
    }

    /// Whether the catalog must be read, with `SQL`, before the rest is true.
    pub(crate) fn is_unknown(&self) -> bool {
        !self.known
    }

    /// Takes the answer to `SQL`.
    pub(crate) fn learn(&mut self, reply: &[u8]) {
        *self = Self {
            known: true,
            ..Self::default()
        };
        for row in rows(reply) {
            let [Some(name), Some(kind), Some(body)] = row.as_slice() else {
                continue;
            };
            self.advance |= kind == ADVANCES;
            self.run_anything |= kind == ANYTHING;
            if kind == "p" && rolls_back(body) {
                self.rolling_back.insert(name.clone());
            }
            self.use_advisory |= advisory::names_one(body);
            self.change_timeouts |= names_one(body.as_bytes());
            self.make_temporary |= makes_temporary(body);
            self.settings.extend(lasting_names_in_body(body));
        }
    }

    /// Refuses what the engine does not survive: after a ROLLBACK inside a procedure or DO block it never answers again.
    pub(crate) fn check(&self, blocks: &[Block]) -> Result<(), Error> {
        let refused = blocks.iter().any(|block| match block {
            Block::Do(text) => rolls_back(text),
            Block::Call(text) => words(text).any(|word| self.rolling_back.contains(word)),
        });
        if refused {
            let message =
                "ROLLBACK inside a procedure or DO block is not supported by the embedded engine";
            return Err(Error::Protocol {
                code: "0A000",
                message: message.to_owned(),
            });
        }
        Ok(())
    }
}

/// Whether a body has a ROLLBACK that is not one to a savepoint.
fn rolls_back(body: &str) -> bool {
    let words: Vec<String> = words(body).map(str::to_ascii_lowercase).collect();
    words.iter().enumerate().any(|(place, word)| {
        word == "rollback" && words.get(place + 1).is_none_or(|next| next != "to")
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !(character.is_alphanumeric() || character == '_'))
        .filter(|word| !word.is_empty())
}

/// Reads name, kind and body of the user's routines that may matter; one row more of a kind of its own if one of them may
/// advance a sequence, and one if one of them may do anything.
pub(crate) const SQL: &str = "SELECT proname, prokind::pg_catalog.text, coalesce(prosrc, '') FROM pg_catalog.pg_proc \
    WHERE oid >= 16384 AND pronamespace <> 11 \
    AND prosrc ~* 'set_config|\\mset\\M|\\mrollback\\M|\\mtemp(orary)?\\M|\\mpg_temp|_timeout|advisory_' \
    UNION ALL SELECT '', 'advances', '' WHERE EXISTS (SELECT FROM pg_catalog.pg_proc \
    WHERE oid >= 16384 AND pronamespace <> 11 AND prolang NOT IN (12, 13) \
    AND (prosqlbody IS NOT NULL OR prosrc ~* 'nextval|setval|insert|update|delete|merge|execute|call')) \
    UNION ALL SELECT '', 'anything', '' WHERE EXISTS (SELECT FROM pg_catalog.pg_proc \
    JOIN pg_catalog.pg_language ON pg_language.oid = prolang JOIN pg_catalog.pg_namespace ON pg_namespace.oid = pronamespace \
    WHERE pg_proc.oid >= 16384 AND pronamespace <> 11 AND prolang NOT IN (12, 13, 14) \
    AND nspname NOT IN ('auth', 'storage', 'realtime', 'extensions', 'graphql', 'graphql_public', 'vault', 'pgbouncer') \
    AND (lanname <> 'plpgsql' OR prosrc ~* '\\mexecute\\M'))";
const ADVANCES: &str = "advances";
/// Those of the Supabase template are known.
const ANYTHING: &str = "anything";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rollback_to_a_savepoint_is_not_one_of_the_transaction() {
        assert!(rolls_back("begin insert into t values (1); ROLLBACK; end"));
        assert!(rolls_back("begin rollback and chain; end"));
        assert!(!rolls_back("begin rollback to s; end"));
        assert!(!rolls_back("begin commit; end"));
    }
}
