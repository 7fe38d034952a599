//! The ends and savepoints of transactions.
//!
//! Mirrors PostgreSQL 18: <https://www.postgresql.org/docs/18/sql-rollback.html> and its relatives.
#![forbid(unsafe_code)]

use super::cursor::Cursor;
use super::script::Kind;

/// Behind COMMIT or END.
pub(super) fn commit(cursor: &mut Cursor<'_>) -> Kind {
    if cursor.accept(b"prepared") {
        return Kind::Other;
    }
    cursor.accept_any(NOISE);
    Kind::Commit {
        chain: chain(cursor),
    }
}

/// Behind ROLLBACK or ABORT.
pub(super) fn rollback(cursor: &mut Cursor<'_>) -> Option<Kind> {
    if cursor.accept(b"prepared") {
        return Some(Kind::Other);
    }
    cursor.accept_any(NOISE);
    if cursor.accept(b"to") {
        return savepoint(cursor).map(Kind::RollbackTo);
    }
    Some(Kind::Rollback {
        chain: chain(cursor),
    })
}

/// Behind RELEASE.
pub(super) fn release(cursor: &mut Cursor<'_>) -> Option<Kind> {
    savepoint(cursor).map(Kind::Release)
}

/// The name of a savepoint. The word SAVEPOINT before it is noise, unless it is itself the name.
fn savepoint(cursor: &mut Cursor<'_>) -> Option<String> {
    let mut ahead = cursor.clone();
    if ahead.accept(b"savepoint") && ahead.peek().is_some() {
        *cursor = ahead;
    }
    cursor.identifier().map(|(name, _)| name)
}

fn chain(cursor: &mut Cursor<'_>) -> bool {
    cursor.accept_all(&[b"and", b"chain"])
}

const NOISE: &[&[u8]] = &[b"work", b"transaction"];

#[cfg(test)]
mod tests {
    use super::super::analyze;
    use super::*;

    fn kind(text: &str) -> Kind {
        analyze(text.as_bytes()).statements.remove(0).kind
    }

    #[test]
    fn transactions_begin_and_end_under_several_names() {
        let expected = [
            ("begin", Kind::Begin),
            ("BEGIN WORK isolation level serializable", Kind::Begin),
            ("start transaction read only", Kind::Begin),
            ("start", Kind::Other),
            ("commit", Kind::Commit { chain: false }),
            ("end transaction", Kind::Commit { chain: false }),
            ("commit work and chain", Kind::Commit { chain: true }),
            ("commit and no chain", Kind::Commit { chain: false }),
            ("commit prepared 'x'", Kind::Other),
            ("rollback", Kind::Rollback { chain: false }),
            ("abort work", Kind::Rollback { chain: false }),
            (
                "rollback transaction and chain",
                Kind::Rollback { chain: true },
            ),
            ("rollback prepared 'x'", Kind::Other),
        ];
        for (text, expected) in expected {
            assert_eq!(kind(text), expected, "{text}");
        }
    }

    #[test]
    fn savepoints_are_named() {
        let expected = [
            ("savepoint A", Kind::Savepoint("a".to_owned())),
            ("rollback to a", Kind::RollbackTo("a".to_owned())),
            (
                "rollback work to savepoint \"A\"",
                Kind::RollbackTo("A".to_owned()),
            ),
            ("release a", Kind::Release("a".to_owned())),
            ("release savepoint a", Kind::Release("a".to_owned())),
            ("release savepoint", Kind::Release("savepoint".to_owned())),
            ("savepoint", Kind::Other),
            ("rollback to", Kind::Other),
        ];
        for (text, expected) in expected {
            assert_eq!(kind(text), expected, "{text}");
        }
    }
}
