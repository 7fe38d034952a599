//! What a statement is, from its head.
//!
//! In: the text and the place of one statement. Out: its `Kind`. The first key word decides which
//! rule reads on; the rules for transactions, settings and definitions are in files of their own.
//! Mirrors PostgreSQL 18, "SQL Commands": <https://www.postgresql.org/docs/18/sql-commands.html>
#![forbid(unsafe_code)]

use std::ops::Range;

use super::cursor::Cursor;
use super::lexer::{Token, TokenKind};
use super::script::Kind;
use super::{database, ddl, portals, settings, transaction};

/// Decides what the statement at `span` is.
pub(super) fn classify(text: &[u8], span: &Range<usize>) -> Kind {
    let mut cursor = Cursor::new(text, span.clone());
    statement(&mut cursor).unwrap_or(Kind::Other)
}

/// `None` where the head breaks off or is not in the grammar.
fn statement(cursor: &mut Cursor<'_>) -> Option<Kind> {
    let first = cursor.advance()?;
    if first.kind != TokenKind::Word {
        return (cursor.bytes(first) == b"(").then(|| parenthesized(cursor));
    }
    let bytes = cursor.bytes(first);
    // By far the most frequent; the rest of the list is compared in lower case.
    if bytes.eq_ignore_ascii_case(b"select") {
        return Some(Kind::Select);
    }
    let mut word = [0_u8; LONGEST];
    let word = word.get_mut(..bytes.len())?;
    word.copy_from_slice(bytes);
    word.make_ascii_lowercase();
    Some(match &*word {
        b"table" => Kind::Select,
        b"insert" => Kind::Insert,
        b"update" => Kind::Update,
        b"delete" => Kind::Delete,
        b"begin" => Kind::Begin,
        b"commit" | b"end" => transaction::commit(cursor),
        b"rollback" | b"abort" => transaction::rollback(cursor)?,
        b"start" => cursor.accept(b"transaction").then_some(Kind::Begin)?,
        b"savepoint" => Kind::Savepoint(cursor.identifier()?.0),
        b"release" => transaction::release(cursor)?,
        b"set" => settings::set(cursor)?,
        b"reset" => settings::reset(cursor)?,
        b"discard" => settings::discard(cursor)?,
        b"prepare" => prepare(cursor)?,
        b"execute" => execute(cursor)?,
        b"deallocate" => deallocate(cursor)?,
        b"listen" => Kind::Listen(cursor.identifier()?.0),
        b"unlisten" => unlisten(cursor)?,
        b"notify" => Kind::Notify,
        b"with" => with(cursor)?,
        b"values" => Kind::Values,
        b"merge" => Kind::Merge,
        b"explain" => explain(cursor),
        b"copy" => copy(cursor),
        b"declare" => portals::declare(cursor)?,
        b"fetch" | b"move" => portals::fetch(cursor)?,
        b"close" => portals::close(cursor)?,
        b"do" => Kind::Do,
        b"call" => Kind::Call,
        b"show" => Kind::Show,
        b"vacuum" => Kind::Vacuum,
        b"create" => ddl::create(cursor),
        b"security" => cursor.accept(b"label").then_some(Kind::Ddl)?,
        b"alter" if cursor.accept(b"database") => database::rename(cursor).unwrap_or(Kind::Ddl),
        b"drop" if cursor.accept(b"database") => database::drop(cursor).unwrap_or(Kind::Ddl),
        b"alter" | b"drop" | b"comment" | b"grant" | b"revoke" | b"truncate" | b"reindex"
        | b"cluster" | b"import" | b"refresh" => Kind::Ddl,
        _ => Kind::Other,
    })
}

/// A query in parentheses.
fn parenthesized(cursor: &mut Cursor<'_>) -> Kind {
    while cursor.accept_symbol(b"(") {}
    if cursor.accept(b"values") {
        Kind::Values
    } else if cursor.accept_any(&[b"select", b"with", b"table"]) {
        Kind::Select
    } else {
        Kind::Other
    }
}

/// Behind WITH: skips the common table expressions. Their names may be verbs, so the verb is only
/// looked for where one can be.
fn with(cursor: &mut Cursor<'_>) -> Option<Kind> {
    cursor.accept(b"recursive");
    loop {
        cursor.identifier()?;
        if cursor.accept_symbol(b"(") {
            cursor.skip_group();
        }
        if !cursor.accept(b"as") {
            return None;
        }
        cursor.accept(b"not");
        cursor.accept(b"materialized");
        if !cursor.accept_symbol(b"(") {
            return None;
        }
        cursor.skip_group();
        if cursor.accept(b"search") {
            cursor.find_word(b"set").then(|| cursor.identifier())??;
        }
        if cursor.accept(b"cycle") {
            cursor.find_word(b"using").then(|| cursor.identifier())??;
        }
        if !cursor.accept_symbol(b",") {
            return Some(verb(cursor));
        }
    }
}

fn verb(cursor: &mut Cursor<'_>) -> Kind {
    if cursor.accept(b"insert") {
        Kind::Insert
    } else if cursor.accept(b"update") {
        Kind::Update
    } else if cursor.accept(b"delete") {
        Kind::Delete
    } else if cursor.accept(b"merge") {
        Kind::Merge
    } else if cursor.accept_symbol(b"(") {
        parenthesized(cursor)
    } else if cursor.accept(b"values") {
        Kind::Values
    } else if cursor.accept_any(&[b"select", b"table"]) {
        Kind::Select
    } else {
        Kind::Other
    }
}

fn prepare(cursor: &mut Cursor<'_>) -> Option<Kind> {
    let mut ahead = cursor.clone();
    let is_string = |token: Token| {
        matches!(
            token.kind,
            TokenKind::String
                | TokenKind::EscapeString
                | TokenKind::PrefixedString
                | TokenKind::DollarString
        )
    };
    if ahead.accept(b"transaction") && ahead.peek().is_some_and(is_string) {
        return Some(Kind::PrepareTransaction);
    }
    let (name, name_span) = cursor.identifier()?;
    Some(Kind::Prepare { name, name_span })
}

/// Behind EXECUTE.
pub(super) fn execute(cursor: &mut Cursor<'_>) -> Option<Kind> {
    let (name, name_span) = cursor.identifier()?;
    Some(Kind::Execute { name, name_span })
}

fn deallocate(cursor: &mut Cursor<'_>) -> Option<Kind> {
    let mut ahead = cursor.clone();
    // PREPARE is noise here, unless it is itself the name.
    if ahead.accept(b"prepare") && ahead.peek().is_some() {
        *cursor = ahead;
    }
    if cursor.accept(b"all") {
        return Some(Kind::DeallocateAll);
    }
    let (name, name_span) = cursor.identifier()?;
    Some(Kind::Deallocate { name, name_span })
}

fn unlisten(cursor: &mut Cursor<'_>) -> Option<Kind> {
    let star = cursor.peek()?;
    if cursor.accept_symbol(b"*") {
        return Some(Kind::Unlisten {
            channel: None,
            argument: star.start..star.end,
        });
    }
    let (channel, argument) = cursor.identifier()?;
    Some(Kind::Unlisten {
        channel: Some(channel),
        argument,
    })
}

/// Behind EXPLAIN: only what it explains can make it something else.
fn explain(cursor: &mut Cursor<'_>) -> Kind {
    let mut ahead = cursor.clone();
    if ahead.accept_symbol(b"(") && !ahead.accept_any(&[b"select", b"with", b"values", b"table"]) {
        ahead.skip_group();
        *cursor = ahead;
    } else {
        cursor.accept_any(&[b"analyze", b"analyse"]);
        cursor.accept(b"verbose");
    }
    let executed = if cursor.accept(b"execute") {
        execute(cursor)
    } else if cursor.accept(b"create") {
        Some(ddl::create(cursor))
    } else {
        None
    };
    match executed {
        Some(executed @ Kind::Execute { .. }) => executed,
        _ => Kind::Explain,
    }
}

/// Behind COPY. STDIN and STDOUT mean the same; FROM and TO make the difference.
fn copy(cursor: &mut Cursor<'_>) -> Kind {
    let direction =
        cursor.find(|cursor, token| cursor.is_word(token, b"from") || cursor.is_word(token, b"to"));
    let from = direction.is_some_and(|token| cursor.is_word(token, b"from"));
    let client = cursor.accept_any(&[b"stdin", b"stdout"]);
    Kind::Copy {
        from_stdin: from && client,
        to_stdout: !from && client,
    }
}

/// The longest key word that begins a statement: `deallocate`, `checkpoint`; with some room.
const LONGEST: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Kind {
        classify(text.as_bytes(), &(0..text.len()))
    }

    /// The kind without its place, and the text at the place.
    fn place<'a>(text: &'a str, span: &Range<usize>) -> &'a str {
        &text[span.clone()]
    }

    #[test]
    fn the_first_word_decides_in_any_case() {
        let expected = [
            ("Select 1", Kind::Select),
            ("TABLE t", Kind::Select),
            ("values (1)", Kind::Values),
            ("insert into t default values", Kind::Insert),
            ("update t set a = 1", Kind::Update),
            ("delete from t", Kind::Delete),
            (
                "merge into t using s on true when matched then do nothing",
                Kind::Merge,
            ),
            ("notify a, 'b'", Kind::Notify),
            ("do $$begin end$$", Kind::Do),
            ("call p()", Kind::Call),
            ("show all", Kind::Show),
            ("vacuum full t", Kind::Vacuum),
            ("analyze t", Kind::Other),
            ("checkpoint", Kind::Other),
            ("selects", Kind::Other),
            ("a_word_longer_than_any_key_word_there_is", Kind::Other),
            ("\"select\"", Kind::Other),
            ("$1", Kind::Other),
        ];
        for (text, expected) in expected {
            assert_eq!(kind(text), expected, "{text}");
        }
    }

    #[test]
    fn definitions_are_ddl() {
        for text in [
            "create table t (a int)",
            "create table t as select 1",
            "create trigger t after insert on a execute function f()",
            "alter table t add b int",
            "drop table t",
            "comment on table t is 'x'",
            "grant execute on function f() to a",
            "revoke all on t from a",
            "truncate t",
            "reindex table t",
            "cluster t",
            "import foreign schema a from server b into c",
            "security label on table t is 'x'",
            "refresh materialized view v",
        ] {
            assert_eq!(kind(text), Kind::Ddl, "{text}");
        }
    }

    #[test]
    fn queries_in_parentheses_are_queries() {
        assert_eq!(kind("(select 1) union select 2"), Kind::Select);
        assert_eq!(kind("((values (1)))"), Kind::Values);
        assert_eq!(kind("(with a as (select 1) table a)"), Kind::Select);
        assert_eq!(kind("(1)"), Kind::Other);
    }

    #[test]
    fn with_takes_the_kind_of_its_main_verb() {
        let expected = [
            ("with a as (select 1) select * from a", Kind::Select),
            (
                "with a as (select 1) insert into t select * from a",
                Kind::Insert,
            ),
            (
                "with a(x) as not materialized (delete from b returning 1) update t set x = 1",
                Kind::Update,
            ),
            (
                "with a as (select ')'), b as (select 2) delete from t",
                Kind::Delete,
            ),
            (
                "with update as (update t set a = 1 returning a) select * from update",
                Kind::Select,
            ),
            (
                "with a as materialized (select 1) merge into t using a on true",
                Kind::Merge,
            ),
            ("with a as (select 1) (select 2)", Kind::Select),
            ("with a as (select 1) values (1)", Kind::Values),
            (
                "with recursive a as (select 1 b) search depth first by b, c set o cycle b, c set \
                 d to true default false using p, e as (select 2) insert into t table a",
                Kind::Insert,
            ),
            ("with a as (select 1)", Kind::Other),
            ("with a", Kind::Other),
        ];
        for (text, expected) in expected {
            assert_eq!(kind(text), expected, "{text}");
        }
    }

    #[test]
    fn prepare_names_its_statement_and_its_place() {
        let text = "PREPARE /* c */ \"My P\" (int) AS select $1";
        let Kind::Prepare { name, name_span } = kind(text) else {
            panic!("{:?}", kind(text))
        };
        assert_eq!(
            (name.as_str(), place(text, &name_span)),
            ("My P", "\"My P\"")
        );
        assert_eq!(kind("prepare transaction 'x'"), Kind::PrepareTransaction);
        let named = Kind::Prepare {
            name: "transaction".to_owned(),
            name_span: 8..19,
        };
        assert_eq!(kind("prepare transaction as select 1"), named);
    }

    #[test]
    fn execute_is_found_where_a_statement_is_executed() {
        for text in [
            "execute Foo(1, 2)",
            "explain execute Foo",
            "explain analyze verbose execute Foo(1)",
            "explain (analyze, costs off) execute Foo",
            "create table t as execute Foo(1)",
            "create temp table if not exists t (a, b) with (fillfactor = 10) as execute Foo",
            "explain analyze create table t as execute Foo",
        ] {
            let Kind::Execute { name, name_span } = kind(text) else {
                panic!("{text}: {:?}", kind(text));
            };
            assert_eq!(
                (name.as_str(), place(text, &name_span)),
                ("foo", "Foo"),
                "{text}"
            );
        }
        for text in [
            "explain select 1",
            "explain (select 1)",
            "explain create table t as select 1",
        ] {
            assert_eq!(kind(text), Kind::Explain, "{text}");
        }
        assert_eq!(kind("create table t as select 1 as execute"), Kind::Ddl);
    }

    #[test]
    fn deallocate_names_one_or_all() {
        let named = |name: &str, name_span| Kind::Deallocate {
            name: name.to_owned(),
            name_span,
        };
        assert_eq!(kind("deallocate a"), named("a", 11..12));
        assert_eq!(kind("deallocate prepare a"), named("a", 19..20));
        assert_eq!(kind("deallocate prepare"), named("prepare", 11..18));
        assert_eq!(kind("deallocate \"all\""), named("all", 11..16));
        assert_eq!(kind("deallocate all"), Kind::DeallocateAll);
        assert_eq!(kind("deallocate prepare all"), Kind::DeallocateAll);
        assert_eq!(kind("deallocate"), Kind::Other);
    }

    #[test]
    fn the_place_of_a_unicode_name_includes_its_uescape_clause() {
        let text = "execute U&\"d!0061ta\" UESCAPE '!' (1)";
        let Kind::Execute { name, name_span } = kind(text) else {
            panic!("{:?}", kind(text))
        };
        let expected = ("data", "U&\"d!0061ta\" UESCAPE '!'");
        assert_eq!((name.as_str(), place(text, &name_span)), expected);
    }

    #[test]
    fn listen_and_unlisten_name_their_channel() {
        assert_eq!(kind("listen Foo"), Kind::Listen("foo".to_owned()));
        assert_eq!(kind("listen \"Foo\""), Kind::Listen("Foo".to_owned()));
        assert_eq!(kind("listen 'x'"), Kind::Other);
        let one = Kind::Unlisten {
            channel: Some("a".to_owned()),
            argument: 9..10,
        };
        assert_eq!(kind("unlisten A"), one);
        assert_eq!(
            kind("unlisten *"),
            Kind::Unlisten {
                channel: None,
                argument: 9..10
            }
        );
        assert_eq!(kind("unlisten"), Kind::Other);
    }

    #[test]
    fn copy_tells_the_client_from_files() {
        let copy = |from_stdin, to_stdout| Kind::Copy {
            from_stdin,
            to_stdout,
        };
        let expected = [
            ("copy t from stdin", copy(true, false)),
            (
                "COPY public.t (a, \"from\") FROM STDIN WITH (FORMAT csv)",
                copy(true, false),
            ),
            ("copy binary t from stdout", copy(true, false)),
            ("copy t to stdout", copy(false, true)),
            ("copy (select a from b) to stdin csv", copy(false, true)),
            ("copy t from 'f'", copy(false, false)),
            ("copy t to program 'stdin'", copy(false, false)),
            ("copy", copy(false, false)),
        ];
        for (text, expected) in expected {
            assert_eq!(kind(text), expected, "{text}");
        }
    }

    #[test]
    fn a_place_counts_from_the_start_of_the_text() {
        let text = "select 1; execute p; select 2";
        let expected = Kind::Execute {
            name: "p".to_owned(),
            name_span: 18..19,
        };
        assert_eq!(classify(text.as_bytes(), &(10..19)), expected);
    }
}
