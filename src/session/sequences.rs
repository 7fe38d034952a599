//! `currval` and `lastval` tell what this session had from a sequence, never what another had.
//!
//! The backend remembers one value per sequence, for all sessions. Whose values these are is followed by what texts may
//! advance. Once a text has asked for a value, the memory is kept to one session: when another one needs it, the values
//! are noted and discarded, and put back when their session asks. A session whose values were lost before that is refused.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use super::request::Request;
use super::settings::SUPERUSER;
use super::state::State;
use super::table::{Table, first_error, rows};
use crate::engine::error::Error;
use crate::engine::queue::SessionId;
use crate::engine::wire::{Reply, Wire};
use crate::protocol::frontend::encode_query;
use crate::protocol::sqlstate;
use crate::sql::{Kind, Script};

/// Whose values the backend remembers.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remembered {
    #[default]
    Nothing,
    Of(SessionId),
    Mixed,
}

/// What is known of the backend's memory.
#[derive(Debug, Default)]
pub(crate) struct Sequences {
    remembered: Remembered,
    /// What the sequences had given when the memory became that of one session.
    before: BTreeMap<String, String>,
    /// A text has asked for a value: from then on the memory is kept to one session.
    watched: bool,
}

/// What is known of one session.
#[derive(Debug, Default)]
pub(crate) struct Advanced {
    ever: bool,
    /// Since it was switched in last.
    lately: bool,
    /// Values that the backend was made to forget: sequence and number, the one that `lastval` tells last.
    saved: Vec<(String, String)>,
    /// It has advanced sequences since, with these not in place.
    ahead: bool,
}

impl Advanced {
    /// The session is switched in.
    pub(crate) fn begin(&mut self) {
        self.lately = false;
    }
}

/// What has to be done before a request runs.
#[derive(Debug, PartialEq, Eq)]
enum Before {
    Nothing,
    /// Values of others are to be noted and forgotten.
    Discard,
    /// And the session's own are to be put back.
    Restore,
    /// And the session's own are lost.
    Refuse,
}

impl Sequences {
    /// Follows a request of a session that `advances` sequences or `asks` for a value.
    fn follow(
        &mut self,
        session: SessionId,
        own: &mut Advanced,
        advances: bool,
        asks: bool,
    ) -> Before {
        self.watched |= asks;
        let own_alone = self.remembered == Remembered::Of(session);
        let others = !own_alone && self.remembered != Remembered::Nothing;
        let mut before = Before::Nothing;
        if asks && !advances {
            if !own.saved.is_empty() && (own.ahead || !own_alone) {
                self.remembered = Remembered::Of(session);
                before = Before::Restore;
            } else if !own_alone && !own.lately {
                self.remembered = Remembered::Nothing;
                before = match (own.ever, others) {
                    (true, _) => Before::Refuse,
                    (false, true) => Before::Discard,
                    (false, false) => Before::Nothing,
                };
            }
        }
        if advances {
            let discards = others && self.watched && !own.lately;
            if discards {
                before = Before::Discard;
            }
            own.ahead |= !own_alone && !own.saved.is_empty();
            self.remembered = if others && !discards {
                Remembered::Mixed
            } else {
                Remembered::Of(session)
            };
            (own.ever, own.lately) = (true, true);
        }
        before
    }

    /// Whether nothing is remembered of another session.
    pub(crate) fn are_only_of(&self, session: SessionId) -> bool {
        [Remembered::Nothing, Remembered::Of(session)].contains(&self.remembered)
    }

    /// Whatever the backend remembered, it does not any more.
    pub(crate) fn forget(&mut self) {
        self.remembered = Remembered::Nothing;
    }
}

impl Table {
    /// Makes sure that a request sees no value of another session.
    pub(super) async fn separate_sequences(
        &mut self,
        state: &mut State,
        request: &Request,
        wire: &Wire,
    ) -> Result<(), Error> {
        let asks = request.mentions.sequence_values;
        let calls = || self.routines.is_unknown() || self.routines.advance;
        let advances = request.advances || (request.calls && !asks && calls());
        if !(asks || advances) {
            return Ok(());
        }
        let session = state.shared.id;
        let (watched, of) = (self.sequences.watched, self.sequences.remembered);
        let before = self
            .sequences
            .follow(session, &mut state.advanced, advances, asks);
        let status = state.shared.transaction_status();
        if before == Before::Nothing {
            if asks && !watched && status != b'E' {
                // From here on it can be told what a session advances.
                self.sequences.before = self.read_sequences(status, wire).await?;
            }
            return Ok(());
        }
        if status != b'E' {
            self.displace(state, of, status, wire).await?;
        }
        self.query(wire, b"DISCARD SEQUENCES").await?;
        let restored = match before {
            Before::Refuse => false,
            Before::Restore => self.restore_values(state, status, wire).await?,
            Before::Nothing | Before::Discard => true,
        };
        if !restored {
            return Err(Error::Protocol {
                code: sqlstate::FEATURE_NOT_SUPPORTED,
                message: REFUSAL.to_owned(),
            });
        }
        Ok(())
    }

    /// Notes what the session had that advanced sequences last: the backend is about to be closed.
    pub(super) async fn note_sequences(
        &mut self,
        state: &mut State,
        wire: &Wire,
    ) -> Result<(), Error> {
        let of = self.sequences.remembered;
        match of {
            Remembered::Of(_) => self.displace(state, of, b'I', wire).await,
            Remembered::Nothing | Remembered::Mixed => Ok(()),
        }
    }

    /// Notes what the session had whose values the backend is about to forget, as far as that can be told.
    async fn displace(
        &mut self,
        state: &mut State,
        of: Remembered,
        status: u8,
        wire: &Wire,
    ) -> Result<(), Error> {
        let now = self.read_sequences(status, wire).await?;
        let before = std::mem::replace(&mut self.sequences.before, now.clone());
        let Remembered::Of(owner) = of else {
            return Ok(());
        };
        let advanced: Vec<&String> = now
            .iter()
            .filter(|(sequence, value)| before.get(*sequence) != Some(value))
            .map(|(sequence, _)| sequence)
            .collect();
        if advanced.is_empty() {
            return Ok(());
        }
        let columns: Vec<String> = advanced
            .iter()
            .map(|sequence| format!("currval({sequence})"))
            .collect();
        let sql = format!("SELECT lastval(), {}", columns.join(", "));
        let reply = self.aside(&sql, status, wire).await?;
        let values = rows(&reply.bytes).into_iter().next().unwrap_or_default();
        let mut values = values.into_iter().flatten();
        let last = values.next();
        let owner = if owner == state.shared.id {
            Some(state)
        } else {
            self.sessions.get_mut(&owner)
        };
        if let Some(owner) = owner {
            let saved = &mut owner.advanced.saved;
            for (sequence, value) in advanced.into_iter().zip(values) {
                saved.retain(|(known, _)| known != sequence);
                saved.push((sequence.clone(), value));
            }
            // A sort that keeps the order: what `lastval` tells comes last.
            saved.sort_by_key(|(_, value)| Some(value) == last.as_ref());
        }
        Ok(())
    }

    /// Makes the backend remember a session's values: in a transaction that is undone the sequence is restarted there and
    /// asked once. The memory outlasts the transaction, the sequence is as it was.
    async fn restore_values(
        &mut self,
        state: &mut State,
        status: u8,
        wire: &Wire,
    ) -> Result<bool, Error> {
        state.advanced.ahead = false;
        let steps: Vec<String> = state
            .advanced
            .saved
            .iter()
            .map(|(sequence, value)| {
                format!(
                    "IF EXISTS (SELECT FROM pg_class WHERE oid = {sequence}) THEN \
                     EXECUTE format('ALTER SEQUENCE %s RESTART WITH {value}', {sequence}::regclass); \
                     PERFORM nextval({sequence}); END IF;"
                )
            })
            .collect();
        let sql = format!("DO $oxbase$ BEGIN {} END $oxbase$", steps.concat());
        let reply = self.aside(&sql, status, wire).await?;
        Ok(first_error(&reply.bytes).is_none())
    }

    async fn read_sequences(
        &mut self,
        status: u8,
        wire: &Wire,
    ) -> Result<BTreeMap<String, String>, Error> {
        let reply = self.aside(GIVEN, status, wire).await?;
        let pairs = rows(&reply.bytes).into_iter().filter_map(|row| {
            let [sequence, value] = <[Option<String>; 2]>::try_from(row).ok()?;
            sequence.zip(value)
        });
        Ok(pairs.collect())
    }

    /// Runs SQL as the superuser, and undoes what it did; inside the session's transaction, if one is open.
    async fn aside(&mut self, sql: &str, status: u8, wire: &Wire) -> Result<Reply, Error> {
        let (open, close) = if status == b'I' {
            ("BEGIN READ WRITE", "ROLLBACK")
        } else {
            ("SAVEPOINT _oxbase", "ROLLBACK TO _oxbase; RELEASE _oxbase")
        };
        let mut bytes = Vec::new();
        encode_query(&mut bytes, open.as_bytes());
        let sql = format!(
            "SET LOCAL SESSION AUTHORIZATION {SUPERUSER}; SET LOCAL ROLE NONE; \
             SET LOCAL search_path = pg_catalog; SET LOCAL event_triggers = off; {sql}"
        );
        encode_query(&mut bytes, sql.as_bytes());
        encode_query(&mut bytes, close.as_bytes());
        self.unnamed_owner = None;
        wire.exchange(bytes).await
    }
}

/// Whether a statement may call `nextval`, directly or by a default, a trigger or a rule.
pub(crate) fn may_advance(script: &Script) -> bool {
    script.mentions.advances_sequence
        || script.statements.iter().any(|statement| {
            !matches!(
                statement.kind,
                Kind::Empty
                    | Kind::Begin
                    | Kind::Commit { .. }
                    | Kind::Rollback { .. }
                    | Kind::Savepoint(_)
                    | Kind::RollbackTo(_)
                    | Kind::Release(_)
                    | Kind::Set { .. }
                    | Kind::SetCharacteristics
                    | Kind::SetTransaction
                    | Kind::Reset(_)
                    | Kind::ResetAll
                    | Kind::Listen(_)
                    | Kind::Unlisten { .. }
                    | Kind::Notify
                    | Kind::Prepare { .. }
                    | Kind::Deallocate { .. }
                    | Kind::DeallocateAll
                    | Kind::DiscardAll
                    | Kind::DiscardPlans
                    | Kind::DiscardTemp
                    | Kind::DiscardSequences
                    | Kind::CloseCursor { .. }
                    | Kind::CloseAll
                    | Kind::Select
                    | Kind::Values
                    | Kind::Show
            )
        })
}

/// Whether a statement that advances nothing by itself may do so in a function that it calls.
pub(crate) fn may_call(script: &Script, text: &[u8]) -> bool {
    text.contains(&b'(')
        && script
            .statements
            .iter()
            .any(|statement| matches!(statement.kind, Kind::Select | Kind::Values))
}

const GIVEN: &str = "SELECT seqrelid, pg_sequence_last_value(seqrelid) FROM pg_sequence";
const REFUSAL: &str = "currval and lastval cannot tell what this session had from a sequence before another session ran; \
    use INSERT ... RETURNING, or ask in the transaction that had it";

#[cfg(test)]
mod tests {
    use super::*;

    fn run(steps: &[(SessionId, bool, bool)]) -> Before {
        let mut sequences = Sequences::default();
        let mut own: [Advanced; 3] = Default::default();
        let mut last = (0, Before::Nothing);
        for (session, advances, asks) in steps {
            let state = &mut own[usize::try_from(*session).unwrap()];
            if last.0 != *session {
                state.begin();
            }
            last = (
                *session,
                sequences.follow(*session, state, *advances, *asks),
            );
        }
        last.1
    }

    const ADVANCE: (bool, bool) = (true, false);
    const ASK: (bool, bool) = (false, true);

    fn steps(steps: &[(SessionId, (bool, bool))]) -> Before {
        let flat: Vec<(SessionId, bool, bool)> = steps
            .iter()
            .map(|(session, (advances, asks))| (*session, *advances, *asks))
            .collect();
        run(&flat)
    }

    #[test]
    fn what_the_session_had_itself_is_told() {
        assert_eq!(steps(&[(1, ADVANCE), (1, ASK)]), Before::Nothing);
        assert_eq!(
            steps(&[(2, ADVANCE), (1, ADVANCE), (1, ASK)]),
            Before::Nothing
        );
        assert_eq!(steps(&[(1, ADVANCE), (2, ASK)]), Before::Discard);
    }

    #[test]
    fn what_was_displaced_is_refused() {
        assert_eq!(
            steps(&[(1, ADVANCE), (2, ADVANCE), (1, ASK)]),
            Before::Refuse
        );
        assert_eq!(steps(&[(1, ADVANCE), (2, ASK), (1, ASK)]), Before::Refuse);
    }

    #[test]
    fn once_somebody_asked_the_memory_is_that_of_one_session() {
        assert_eq!(
            steps(&[(1, ADVANCE), (1, ASK), (2, ADVANCE)]),
            Before::Discard
        );
        assert_eq!(
            steps(&[(1, ASK), (2, ADVANCE), (1, ADVANCE), (1, ASK)]),
            Before::Nothing
        );
    }

    #[test]
    fn statements_that_may_advance_are_told_from_those_that_do_not() {
        let script = |text: &str| crate::sql::analyze(text.as_bytes());
        for text in [
            "insert into t default values",
            "select nextval('s')",
            "call p()",
            "update t set a = 1",
        ] {
            assert!(may_advance(&script(text)), "{text}");
        }
        for text in [
            "select 1",
            "begin; commit",
            "show all",
            "select currval('s')",
        ] {
            assert!(!may_advance(&script(text)), "{text}");
        }
        assert!(may_call(&script("select f()"), b"select f()"));
        assert!(!may_call(&script("select 1"), b"select 1"));
    }
}
