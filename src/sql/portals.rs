//! Cursors: DECLARE, FETCH, MOVE, CLOSE, and where an UPDATE or DELETE stands on one.
//!
//! Mirrors PostgreSQL 18: <https://www.postgresql.org/docs/18/sql-declare.html> and its relatives.
#![forbid(unsafe_code)]

use std::ops::Range;

use super::cursor::Cursor;
use super::script::Kind;

/// Behind DECLARE.
pub(super) fn declare(cursor: &mut Cursor<'_>) -> Option<Kind> {
    let (name, name_span) = cursor.identifier()?;
    let hold = cursor.find_word(b"cursor") && cursor.accept_all(&[b"with", b"hold"]);
    Some(Kind::DeclareCursor {
        hold,
        name,
        name_span,
    })
}

/// Behind FETCH or MOVE: whatever the direction is, the name comes last.
pub(super) fn fetch(cursor: &mut Cursor<'_>) -> Option<Kind> {
    let mut last = None;
    loop {
        last = match cursor.identifier() {
            Some(found) => Some(found),
            None if cursor.advance().is_some() => None,
            None => break,
        };
    }
    last.map(|(name, name_span)| Kind::Fetch { name, name_span })
}

/// Behind CLOSE.
pub(super) fn close(cursor: &mut Cursor<'_>) -> Option<Kind> {
    if cursor.accept(b"all") {
        return Some(Kind::CloseAll);
    }
    let (name, name_span) = cursor.identifier()?;
    Some(Kind::CloseCursor { name, name_span })
}

/// The cursor behind WHERE CURRENT OF in the statement at `span`, and its place.
pub(crate) fn current_of(text: &[u8], span: &Range<usize>) -> Option<(String, Range<usize>)> {
    let mut cursor = Cursor::new(text, span.clone());
    while cursor.find_word(b"where") {
        if cursor.accept_all(&[b"current", b"of"]) {
            return cursor.identifier();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::analyze;
    use super::*;

    fn kind(text: &str) -> Kind {
        analyze(text.as_bytes()).statements.remove(0).kind
    }

    #[test]
    fn only_cursors_with_hold_are_held() {
        let declare = |hold, name: &str, name_span| Kind::DeclareCursor {
            hold,
            name: name.to_owned(),
            name_span,
        };
        for (text, expected) in [
            (
                "declare C cursor with hold for select 1",
                declare(true, "c", 8..9),
            ),
            (
                "declare c binary no scroll cursor with hold for select 1",
                declare(true, "c", 8..9),
            ),
            (
                "declare cursor cursor with hold for select 1",
                declare(true, "cursor", 8..14),
            ),
            (
                "declare \"C\" cursor for select 1",
                declare(false, "C", 8..11),
            ),
            (
                "declare c cursor without hold for select 1",
                declare(false, "c", 8..9),
            ),
            ("declare", Kind::Other),
        ] {
            assert_eq!(kind(text), expected, "{text}");
        }
    }

    #[test]
    fn fetch_and_move_name_their_cursor_last() {
        for text in [
            "fetch C",
            "fetch next c",
            "FETCH 2 FROM c",
            "fetch -1 in c",
            "fetch absolute +3 from c",
            "fetch forward all in \"c\"",
            "move backward 2 c",
        ] {
            assert!(
                matches!(kind(text), Kind::Fetch { name, name_span }
                    if name == "c" && name_span.end == text.len()),
                "{text}"
            );
        }
        assert_eq!(kind("fetch"), Kind::Other);
        assert_eq!(kind("fetch 1"), Kind::Other);
    }

    #[test]
    fn close_names_one_or_all() {
        let one = Kind::CloseCursor {
            name: "a".to_owned(),
            name_span: 6..7,
        };
        assert_eq!(kind("close A"), one);
        assert_eq!(kind("close all"), Kind::CloseAll);
        assert!(matches!(kind("close \"all\""), Kind::CloseCursor { name, .. } if name == "all"));
        assert_eq!(kind("close"), Kind::Other);
    }

    #[test]
    fn the_cursor_that_a_change_stands_on_is_found() {
        let text =
            "update t set a = (select b from u where c = 1) where current of Cur returning a";
        assert_eq!(
            current_of(text.as_bytes(), &(0..text.len())),
            Some(("cur".to_owned(), 64..67))
        );
        let text = "delete from t where current = 1";
        assert_eq!(current_of(text.as_bytes(), &(0..text.len())), None);
    }
}
