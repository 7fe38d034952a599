//! `currval` and `lastval` tell what this session had from a sequence, never what another had.
//!
//! The backend remembers one value per sequence, for all sessions. Whose values these are is followed by what texts may
//! advance; a session that asks when they are not its own has them discarded first, and is refused if it had some.
//! Until a text asks for the first time, nothing is discarded.
#![forbid(unsafe_code)]

use super::request::Request;
use super::state::State;
use super::table::Table;
use crate::engine::error::Error;
use crate::engine::queue::SessionId;
use crate::engine::wire::Wire;
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
    /// A text has asked for a value: from then on the memory is kept to one session.
    watched: bool,
}

/// What is known of one session.
#[derive(Debug, Default)]
pub(crate) struct Advanced {
    ever: bool,
    /// Since it was switched in last.
    lately: bool,
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
    Discard,
    DiscardAndRefuse,
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
        if asks && !advances && !own.lately {
            if others {
                self.remembered = Remembered::Nothing;
                before = Before::Discard;
            }
            if own.ever && !own_alone {
                before = Before::DiscardAndRefuse;
            }
        }
        if advances {
            let discards = others && self.watched && !own.lately;
            if discards {
                before = Before::Discard;
            }
            self.remembered = if others && !discards {
                Remembered::Mixed
            } else {
                Remembered::Of(session)
            };
            (own.ever, own.lately) = (true, true);
        }
        before
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
        let before = self
            .sequences
            .follow(session, &mut state.advanced, advances, asks);
        if before != Before::Nothing {
            self.query(wire, b"DISCARD SEQUENCES").await?;
        }
        if before == Before::DiscardAndRefuse {
            return Err(Error::Protocol {
                code: sqlstate::FEATURE_NOT_SUPPORTED,
                message: REFUSAL.to_owned(),
            });
        }
        Ok(())
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
            Before::DiscardAndRefuse
        );
        assert_eq!(
            steps(&[(1, ADVANCE), (2, ASK), (1, ASK)]),
            Before::DiscardAndRefuse
        );
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
