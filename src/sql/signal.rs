//! Statements that do nothing but cancel or end another session.
#![forbid(unsafe_code)]

use super::lexer::{Lexer, Token, TokenKind};

/// What a statement asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BackendSignal {
    /// Ends the session; else what it runs is cancelled.
    pub(crate) terminates: bool,
    /// The process id that is meant; absent when it is the statement's first parameter.
    pub(crate) process_id: Option<i32>,
}

/// Reads `SELECT pg_cancel_backend(…)` and `SELECT pg_terminate_backend(…)` with a number or `$1`; `None` for anything else.
pub(crate) fn backend_signal(text: &[u8]) -> Option<BackendSignal> {
    let tokens: Vec<Token> = Lexer::new(text).take(LONGEST).collect();
    let word = |at: usize| {
        let token = tokens.get(at)?;
        let bytes = text.get(token.start..token.end)?;
        Some(bytes.to_ascii_lowercase())
    };
    let is = |at: usize, expected: &[u8]| word(at).as_deref() == Some(expected);
    if !is(0, b"select") {
        return None;
    }
    let name = if is(1, b"pg_catalog") && is(2, b".") {
        3
    } else {
        1
    };
    let terminates = match word(name)?.as_slice() {
        b"pg_cancel_backend" => false,
        b"pg_terminate_backend" => true,
        _ => return None,
    };
    if !is(name + 1, b"(") {
        return None;
    }
    let argument = tokens.get(name + 2)?;
    let written = String::from_utf8(word(name + 2)?).ok()?;
    let process_id = match argument.kind {
        TokenKind::Number => Some(written.parse().ok()?),
        TokenKind::Parameter if written == "$1" => None,
        _ => return None,
    };
    let mut at = name + 3;
    let colons =
        (at..).take_while(|at| word(*at).is_some_and(|word| word.iter().all(|byte| *byte == b':')));
    let colons = colons.count();
    if colons > 0 {
        at += colons + 1;
    }
    if is(at, b",") {
        at += 2;
    }
    if !is(at, b")") {
        return None;
    }
    // An alias, and the end.
    let mut rest = tokens.get(at + 1..).unwrap_or_default();
    let bytes = |token: &Token| text.get(token.start..token.end).unwrap_or_default();
    if let Some((last, before)) = rest.split_last()
        && bytes(last) == b";"
    {
        rest = before;
    }
    let is_alias = |token: &Token| token.kind != TokenKind::Punctuation && !is_clause(bytes(token));
    (rest.len() <= 2 && rest.iter().all(is_alias)).then_some(BackendSignal {
        terminates,
        process_id,
    })
}

/// Words after which there is more to a SELECT than its one value.
fn is_clause(word: &[u8]) -> bool {
    [
        &b"from"[..],
        b"where",
        b"union",
        b"limit",
        b"offset",
        b"group",
        b"having",
        b"order",
    ]
    .iter()
    .any(|clause| word.eq_ignore_ascii_case(clause))
}

const LONGEST: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_statement_that_does_nothing_else_is_read() {
        let signal = |terminates, process_id| {
            Some(BackendSignal {
                terminates,
                process_id,
            })
        };
        for (text, expected) in [
            ("select pg_cancel_backend(1001)", signal(false, Some(1001))),
            (
                "SELECT pg_catalog.pg_terminate_backend ( 7 ) AS done;",
                signal(true, Some(7)),
            ),
            ("select pg_cancel_backend($1::int)", signal(false, None)),
            ("select pg_terminate_backend($1, 100)", signal(true, None)),
            ("select pg_cancel_backend(pid) from pg_stat_activity", None),
            (
                "select pg_cancel_backend(1) from generate_series(1, 2)",
                None,
            ),
            ("select pg_cancel_backend(1), 2", None),
            ("select pg_cancel_backend($2)", None),
            ("select pg_cancel_backend(1); select 2", None),
            ("select pg_cancel_backend(1) where false", None),
            ("select pg_cancel_backend(99999999999)", None),
            ("select 1", None),
            ("", None),
        ] {
            assert_eq!(backend_signal(text.as_bytes()), expected, "{text}");
        }
    }
}
