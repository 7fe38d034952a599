//! Settings: SET, RESET, DISCARD, calls of `set_config`, and what a DO block may do to them.
//!
//! Names come out in lower case, as PostgreSQL compares them without regard to case.
//! Mirrors PostgreSQL 18: <https://www.postgresql.org/docs/18/sql-set.html>,
//! <https://www.postgresql.org/docs/18/functions-admin.html#FUNCTIONS-ADMIN-SET>
#![forbid(unsafe_code)]

use std::borrow::Cow;
use std::ops::Range;

use super::cursor::Cursor;
use super::identifier::unquote;
use super::lexer::{Lexer, Token, TokenKind};
use super::script::Kind;

/// Behind SET.
pub(super) fn set(cursor: &mut Cursor<'_>) -> Option<Kind> {
    let local = scope(cursor);
    let mut ahead = cursor.clone();
    if let Some(kind) = special_set(&mut ahead, local) {
        return Some(kind);
    }
    if cursor.accept(b"constraints") {
        return Some(Kind::Other);
    }
    let name = setting_name(cursor)?;
    if !assignment(cursor) {
        return None;
    }
    Some(Kind::Set {
        local,
        name,
        to_default: cursor.accept(b"default"),
    })
}

/// Takes LOCAL or SESSION, unless it begins SESSION AUTHORIZATION, SESSION CHARACTERISTICS, or is
/// itself the name. Gives whether it was LOCAL.
fn scope(cursor: &mut Cursor<'_>) -> bool {
    let mut ahead = cursor.clone();
    let local = ahead.accept(b"local");
    if !local && !ahead.accept(b"session") {
        return false;
    }
    let named = {
        let mut after = ahead.clone();
        continues_a_name(&after)
            || (!local && after.accept_any(&[b"authorization", b"characteristics"]))
    };
    if named {
        return false;
    }
    *cursor = ahead;
    local
}

/// The forms that are not `name = value`.
fn special_set(cursor: &mut Cursor<'_>, local: bool) -> Option<Kind> {
    let (name, to_default) = if cursor.accept_all(&[b"time", b"zone"]) {
        ("timezone", cursor.accept_any(&[b"default", b"local"]))
    } else if cursor.accept_all(&[b"session", b"authorization"]) {
        ("session_authorization", cursor.accept(b"default"))
    } else if cursor.accept_all(&[b"session", b"characteristics"]) {
        return Some(Kind::SetCharacteristics);
    } else if cursor.accept_all(&[b"xml", b"option"]) {
        ("xmloption", false)
    } else if cursor.accept(b"names") {
        ("client_encoding", cursor.accept(b"default"))
    } else if cursor.accept(b"role") {
        ("role", false)
    } else if cursor.accept(b"schema") {
        ("search_path", false)
    } else if cursor.accept(b"transaction") {
        return Some(Kind::SetTransaction);
    } else {
        return None;
    };
    // A setting that is called like the key word.
    if continues_a_name(cursor) {
        return None;
    }
    Some(Kind::Set {
        local,
        name: name.to_owned(),
        to_default,
    })
}

/// Whether what was taken is a setting's name, or its first part.
fn continues_a_name(cursor: &Cursor<'_>) -> bool {
    let mut ahead = cursor.clone();
    assignment(&mut ahead) || ahead.accept_symbol(b".")
}

fn assignment(cursor: &mut Cursor<'_>) -> bool {
    cursor.accept(b"to") || cursor.accept_symbol(b"=")
}

/// A name with dots in it.
fn setting_name(cursor: &mut Cursor<'_>) -> Option<String> {
    let (mut name, _) = cursor.identifier()?;
    while cursor.accept_symbol(b".") {
        name.push('.');
        name.push_str(&cursor.identifier()?.0);
    }
    name.make_ascii_lowercase();
    Some(name)
}

/// Behind RESET.
pub(super) fn reset(cursor: &mut Cursor<'_>) -> Option<Kind> {
    let name = if cursor.accept(b"all") {
        return Some(Kind::ResetAll);
    } else if cursor.accept_all(&[b"time", b"zone"]) {
        "timezone".to_owned()
    } else if cursor.accept_all(&[b"transaction", b"isolation", b"level"]) {
        "transaction_isolation".to_owned()
    } else if cursor.accept_all(&[b"session", b"authorization"]) {
        "session_authorization".to_owned()
    } else {
        setting_name(cursor)?
    };
    Some(Kind::Reset(name))
}

/// Behind DISCARD.
pub(super) fn discard(cursor: &mut Cursor<'_>) -> Option<Kind> {
    Some(if cursor.accept(b"all") {
        Kind::DiscardAll
    } else if cursor.accept(b"plans") {
        Kind::DiscardPlans
    } else if cursor.accept_any(&[b"temp", b"temporary"]) {
        Kind::DiscardTemp
    } else if cursor.accept(b"sequences") {
        Kind::DiscardSequences
    } else {
        return None;
    })
}

/// Whether a setting, in lower case, decides what a text means: where names are looked up, and how literals are read.
pub(crate) fn decides_meaning(name: &str) -> bool {
    READING.contains(&name) || name == "search_path"
}

/// Whether a setting decides how literals are read. What PostgreSQL has read it does not read again when they change.
pub(crate) fn decides_reading(name: &str) -> bool {
    READING.contains(&name)
}

/// What a mention of `set_config` is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SetConfig {
    /// No parenthesis follows.
    NotACall,
    /// Its third argument is literally true: it ends with the transaction. The name, where it is a literal.
    Local(Option<String>),
    /// It may outlast the transaction. The name, where it and `false` are literals.
    Session(Option<String>),
}

/// Reads the arguments that follow the word `set_config`, which ends at `after`.
pub(super) fn set_config_call(text: &[u8], after: usize) -> SetConfig {
    let mut cursor = Cursor::new(text, after..text.len());
    if !cursor.accept_symbol(b"(") {
        return SetConfig::NotACall;
    }
    let Some([name, _, is_local]) = arguments(&mut cursor) else {
        return SetConfig::Session(None);
    };
    let (Some(name), Some(is_local)) = (name, is_local) else {
        // A local call stays local, whatever its name is.
        return match is_local.and_then(|token| boolean(cursor.bytes(token))) {
            Some(true) => SetConfig::Local(None),
            _ => SetConfig::Session(None),
        };
    };
    match boolean(cursor.bytes(is_local)) {
        Some(true) => SetConfig::Local(literal(&cursor, name)),
        Some(false) => SetConfig::Session(literal(&cursor, name)),
        None => SetConfig::Session(None),
    }
}

/// The three arguments of a call, behind its parenthesis: each the token it consists of, or `None`
/// if it has several. `None` for another number of arguments.
fn arguments(cursor: &mut Cursor<'_>) -> Option<[Option<Token>; 3]> {
    let mut arguments = [None; 3];
    let mut budget = LONGEST_CALL;
    for (index, argument) in arguments.iter_mut().enumerate() {
        let mut depth = 0_usize;
        let mut tokens = 0_usize;
        loop {
            let token = cursor.advance()?;
            budget = budget.checked_sub(1)?;
            match cursor.bytes(token) {
                b"," if depth == 0 && index < 2 => break,
                b")" if depth == 0 && index == 2 => break,
                b"," | b")" if depth == 0 => return None,
                b";" => return None,
                _ => {}
            }
            depth = cursor.depth_after(token, depth);
            tokens += 1;
            *argument = (tokens == 1).then_some(token);
        }
    }
    Some(arguments)
}

fn boolean(bytes: &[u8]) -> Option<bool> {
    let inside = unquote(bytes, b'\'');
    let word = inside.as_deref().unwrap_or(bytes).to_ascii_lowercase();
    match (word.as_slice(), inside.is_some()) {
        (b"true", _) | (b"t" | b"on" | b"yes" | b"y" | b"1", true) => Some(true),
        (b"false", _) | (b"f" | b"off" | b"no" | b"n" | b"0", true) => Some(false),
        _ => None,
    }
}

/// The value of a string without escapes, in lower case.
fn literal(cursor: &Cursor<'_>, token: Token) -> Option<String> {
    let bytes = cursor.bytes(token);
    let value = match token.kind {
        TokenKind::String => unquote(bytes, b'\'')?,
        _ => return None,
    };
    String::from_utf8(value.to_ascii_lowercase()).ok()
}

/// Whether a DO block may change a setting for longer than its transaction: `set_config`, RESET,
/// or a SET that is neither SET LOCAL nor part of UPDATE or ALTER, in its body or in a string
/// inside it, which may be run with EXECUTE.
pub(super) fn block_changes_settings(text: &[u8], span: &Range<usize>) -> bool {
    strings_change_settings(text.get(span.clone()).unwrap_or_default(), 0)
}

/// Looks into every string of `text`.
fn strings_change_settings(text: &[u8], level: usize) -> bool {
    Lexer::new(text).any(|token| {
        let bytes = text.get(token.start..token.end).unwrap_or_default();
        inside(token.kind, bytes).is_some_and(|body| body_changes_settings(&body, level))
    })
}

/// What is between the quotes of a string, with a space for each escape; `None` for another token.
fn inside(kind: TokenKind, bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    let opening = match kind {
        TokenKind::String | TokenKind::EscapeString | TokenKind::PrefixedString => {
            bytes.iter().position(|&byte| byte == b'\'')? + 1
        }
        TokenKind::DollarString => bytes.iter().skip(1).position(|&byte| byte == b'$')? + 2,
        _ => return None,
    };
    let closing = if kind == TokenKind::DollarString {
        opening
    } else {
        1
    };
    let inside = bytes
        .get(opening..bytes.len().saturating_sub(closing))
        .unwrap_or_default();
    if kind != TokenKind::EscapeString || !inside.contains(&b'\\') {
        return Some(Cow::Borrowed(inside));
    }
    let mut plain = Vec::with_capacity(inside.len());
    let mut rest = inside.iter();
    while let Some(&byte) = rest.next() {
        if byte == b'\\' {
            rest.next();
            plain.push(b' ');
        } else {
            plain.push(byte);
        }
    }
    Some(Cow::Owned(plain))
}

fn body_changes_settings(body: &[u8], level: usize) -> bool {
    // Strings within strings within strings: it costs little to assume the worst.
    if level > DEEPEST {
        return true;
    }
    let mut cursor = Cursor::new(body, 0..body.len());
    let mut set_is_a_clause = false;
    while let Some(token) = cursor.advance() {
        if cursor.is_word(token, b"set_config") || cursor.is_word(token, b"reset") {
            return true;
        }
        if cursor.is_word(token, b"update") || cursor.is_word(token, b"alter") {
            set_is_a_clause = true;
        } else if starts_statement(&cursor, token) {
            set_is_a_clause = false;
        } else if cursor.is_word(token, b"set")
            && !set_is_a_clause
            && !cursor.accept_any(HARMLESS_AFTER_SET)
        {
            return true;
        }
    }
    strings_change_settings(body, level + 1)
}

/// Whether a statement of a block may begin behind `token`.
fn starts_statement(cursor: &Cursor<'_>, token: Token) -> bool {
    let words: [&[u8]; 4] = [b"begin", b"else", b"loop", b"then"];
    cursor.bytes(token) == b";" || words.iter().any(|word| cursor.is_word(token, word))
}

/// SET LOCAL, SET TRANSACTION and SET CONSTRAINTS end with the transaction; SET NULL and
/// SET DEFAULT are actions of a foreign key.
const HARMLESS_AFTER_SET: &[&[u8]] = &[
    b"local",
    b"transaction",
    b"constraints",
    b"null",
    b"default",
];

const READING: [&str; 9] = [
    "array_nulls",
    "backslash_quote",
    "datestyle",
    "intervalstyle",
    "lc_monetary",
    "standard_conforming_strings",
    "timezone",
    "transform_null_equals",
    "xmloption",
];

/// How many tokens the arguments of `set_config` may have. Bounds the work on nested calls.
const LONGEST_CALL: usize = 256;

/// How many strings within strings are looked into.
const DEEPEST: usize = 4;

#[cfg(test)]
mod tests {
    use super::super::analyze;
    use super::*;

    fn kind(text: &str) -> Kind {
        analyze(text.as_bytes()).statements.remove(0).kind
    }

    fn assert_set(text: &str, local: bool, name: &str, to_default: bool) {
        let expected = Kind::Set {
            local,
            name: name.to_owned(),
            to_default,
        };
        assert_eq!(kind(text), expected, "{text}");
    }

    #[test]
    fn set_names_the_setting_in_lower_case() {
        assert_set("set Search_Path to a, b", false, "search_path", false);
        assert_set("SET SESSION work_mem = '1MB'", false, "work_mem", false);
        assert_set("set local a.\"B\".c = 1", true, "a.b.c", false);
        assert_set("set \"TimeZone\" to 'UTC'", false, "timezone", false);
        assert_set("set x to default", false, "x", true);
        assert_set("set local x = DEFAULT", true, "x", true);
    }

    #[test]
    fn special_forms_of_set_have_the_name_of_their_setting() {
        assert_set("set time zone 'UTC'", false, "timezone", false);
        assert_set(
            "set local time zone interval '1' hour",
            true,
            "timezone",
            false,
        );
        assert_set("set session time zone local", false, "timezone", true);
        assert_set("set time zone default", false, "timezone", true);
        assert_set("set names 'utf8'", false, "client_encoding", false);
        assert_set("set names default", false, "client_encoding", true);
        assert_set("set schema 'a'", false, "search_path", false);
        assert_set("set role none", false, "role", false);
        assert_set("set local role \"A\"", true, "role", false);
        assert_set("set session role a", false, "role", false);
        assert_set(
            "set session authorization a",
            false,
            "session_authorization",
            false,
        );
        assert_set(
            "set session authorization default",
            false,
            "session_authorization",
            true,
        );
        assert_set(
            "set session session authorization a",
            false,
            "session_authorization",
            false,
        );
        assert_set(
            "set local session authorization a",
            true,
            "session_authorization",
            false,
        );
        assert_set("set xml option document", false, "xmloption", false);
    }

    #[test]
    fn a_setting_may_be_called_like_a_special_form() {
        assert_set("set role to a", false, "role", false);
        assert_set("set role = default", false, "role", true);
        assert_set(
            "set session_authorization to a",
            false,
            "session_authorization",
            false,
        );
        assert_set("set names = 1", false, "names", false);
        assert_set("set time = 1", false, "time", false);
        assert_set("set session = 1", false, "session", false);
        assert_set("set local = 1", false, "local", false);
        assert_set("set session.a = 1", false, "session.a", false);
        assert_set("set role.a = 1", false, "role.a", false);
        assert_set("set local local.a to 1", true, "local.a", false);
    }

    #[test]
    fn set_has_forms_that_are_no_settings() {
        assert_eq!(
            kind("set transaction isolation level serializable"),
            Kind::SetTransaction
        );
        assert_eq!(
            kind("set local transaction read only"),
            Kind::SetTransaction
        );
        let text = "set session characteristics as transaction read only";
        assert_eq!(kind(text), Kind::SetCharacteristics);
        assert_eq!(kind("set constraints all deferred"), Kind::Other);
        for text in ["set", "set x", "set local", "set 'x' = 1", "set x.= 1"] {
            assert_eq!(kind(text), Kind::Other, "{text}");
        }
    }

    #[test]
    fn reset_names_the_setting() {
        let reset = |name: &str| Kind::Reset(name.to_owned());
        let expected = [
            ("reset all", Kind::ResetAll),
            ("reset a.B", reset("a.b")),
            ("reset time zone", reset("timezone")),
            ("reset role", reset("role")),
            (
                "reset session authorization",
                reset("session_authorization"),
            ),
            (
                "reset transaction isolation level",
                reset("transaction_isolation"),
            ),
            ("reset", Kind::Other),
        ];
        for (text, expected) in expected {
            assert_eq!(kind(text), expected, "{text}");
        }
    }

    #[test]
    fn discard_says_what() {
        let expected = [
            ("discard all", Kind::DiscardAll),
            ("discard plans", Kind::DiscardPlans),
            ("discard temp", Kind::DiscardTemp),
            ("discard temporary", Kind::DiscardTemp),
            ("discard sequences", Kind::DiscardSequences),
            ("discard", Kind::Other),
        ];
        for (text, expected) in expected {
            assert_eq!(kind(text), expected, "{text}");
        }
    }

    #[test]
    fn set_config_calls_are_read_to_their_third_argument() {
        let call = |arguments: &str| set_config_call(arguments.as_bytes(), 0);
        let named = |name: &str| SetConfig::Session(Some(name.to_owned()));
        let expected = [
            ("('A', 'x', false)", named("a")),
            ("('a''b', f(1, (2)), 'off')", named("a'b")),
            (" /* c */ ('a', $1, FALSE)", named("a")),
            ("('a', 'x', true)", SetConfig::Local(Some("a".to_owned()))),
            ("($1, 'x', 't')", SetConfig::Local(None)),
            ("('a' || 'b', ',)', TRUE)", SetConfig::Local(None)),
            ("('a' || 'b', 'x', false)", SetConfig::Session(None)),
            ("(e'a', 'x', false)", SetConfig::Session(None)),
            ("('a', 'x', $1)", SetConfig::Session(None)),
            ("('a', 'x', not true)", SetConfig::Session(None)),
            ("('a', 'x', is_local => true)", SetConfig::Session(None)),
            ("('a', 'x')", SetConfig::Session(None)),
            ("('a', 'x', true, 1)", SetConfig::Session(None)),
            ("('a', 'x'; 1, true)", SetConfig::Session(None)),
            ("(", SetConfig::Session(None)),
            (", 1", SetConfig::NotACall),
            ("", SetConfig::NotACall),
        ];
        for (arguments, expected) in expected {
            assert_eq!(call(arguments), expected, "{arguments}");
        }
    }

    fn block_changes(text: &str) -> bool {
        block_changes_settings(text.as_bytes(), &(0..text.len()))
    }

    #[test]
    fn a_block_that_sets_something_is_seen() {
        for text in [
            "do $$ begin set x = 1; end $$",
            "do $a$ begin perform set_config('a', 'b', true); end $a$ language plpgsql",
            "do 'begin reset x; end'",
            "do E'begin\\nset x = 1; end'",
            "do $$ begin execute 'set x = 1'; end $$",
            "do $$ begin execute format($q$set x = %L$q$, 1); end $$",
            "do $$ begin update t set a = 1; set x = 1; end $$",
            "do $$ begin for r in select 1 for update loop set x = 1; end loop; end $$",
        ] {
            assert!(block_changes(text), "{text}");
        }
    }

    #[test]
    fn a_block_that_sets_nothing_is_seen() {
        for text in [
            "do $$ begin perform 1; end $$",
            "do $$ begin set local x = 1; set constraints all deferred; end $$",
            "do $$ begin update t set a = 1; end $$",
            "do $$ begin insert into t values (1) on conflict do update set a = 2; end $$",
            "do $$ begin alter table t alter a set not null, alter b set default 1; end $$",
            "do $$ begin create table t (a int references b on delete set null); end $$",
            "do $$ begin -- set x = 1;\n null; end $$",
            "do",
            "do $$",
        ] {
            assert!(!block_changes(text), "{text}");
        }
    }
}
