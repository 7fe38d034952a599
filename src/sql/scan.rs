//! The one pass over a text: where its statements end, and which words are in it.
//!
//! Only words that can matter are looked at, told apart by length and first letter, so that an
//! ordinary statement costs little more than its tokens. What a statement is, is decided in
//! `classify` from its head.
#![forbid(unsafe_code)]

use std::ops::Range;

use super::classify::classify;
use super::lexer::{Lexer, Token, TokenKind};
use super::script::{Kind, Mentions, Script, Statement};
use super::settings::{
    SetConfig, block_changes_settings, decides_meaning, decides_reading, set_config_call,
};

/// Splits a text into statements and says what they are.
pub(crate) fn analyze(text: &[u8]) -> Script {
    let mut script = Script {
        statements: Vec::new(),
        changes_settings: false,
        set_config_names: Vec::new(),
        sets_local_meaning: false,
        sets_local_reading: false,
        mentions: Mentions::default(),
    };
    let mut lexer = Lexer::new(text);
    while let Some(first) = lexer.next() {
        if is_semicolon(text, first) {
            continue;
        }
        let mut scan = Scan {
            text,
            script: &mut script,
            first: first.start..first.end,
            previous: first.start..first.end,
            depth: 0,
            body: 0,
            selects_into: false,
        };
        let end = scan.run(first, &mut lexer);
        let selects_into = scan.selects_into;
        let place = first.start..end;
        let kind = match classify(text, &place) {
            Kind::Select if selects_into => Kind::Ddl,
            kind => kind,
        };
        script.changes_settings |= match &kind {
            Kind::Set { local, .. } => !local,
            Kind::SetCharacteristics | Kind::Reset(_) | Kind::ResetAll | Kind::DiscardAll => true,
            Kind::Do => block_changes_settings(text, &place),
            _ => false,
        };
        script.statements.push(Statement { span: place, kind });
    }
    if script.statements.is_empty() {
        script.statements.push(Statement {
            span: text.len()..text.len(),
            kind: Kind::Empty,
        });
    }
    script.changes_settings |= !script.set_config_names.is_empty();
    script
}

/// The pass over one statement.
struct Scan<'a, 's> {
    text: &'a [u8],
    script: &'s mut Script,
    first: Range<usize>,
    /// The token before the current one.
    previous: Range<usize>,
    /// Open parentheses.
    depth: usize,
    /// Open BEGIN ATOMIC and CASE; semicolons inside do not end the statement.
    body: usize,
    /// INTO outside of parentheses, as in SELECT INTO.
    selects_into: bool,
}

impl Scan<'_, '_> {
    /// Goes behind the semicolon that ends the statement. Gives the end of its last token.
    fn run(&mut self, first: Token, lexer: &mut Lexer<'_>) -> usize {
        let mut token = first;
        loop {
            match token.kind {
                TokenKind::Word => self.word(token),
                TokenKind::Punctuation => match self.text.get(token.start) {
                    Some(b'(') => self.depth += 1,
                    Some(b')') => self.depth = self.depth.saturating_sub(1),
                    Some(b';') if self.depth == 0 && self.body == 0 => return self.previous.end,
                    _ => {}
                },
                TokenKind::QuotedIdentifier => self.quoted(token),
                _ => {}
            }
            self.previous = token.start..token.end;
            match lexer.next() {
                Some(next) => token = next,
                None => return token.end,
            }
        }
    }

    #[inline]
    fn word(&mut self, token: Token) {
        let Some(bytes) = self.text.get(token.start..token.end) else {
            return;
        };
        let Some(first) = bytes.first() else { return };
        match (bytes.len(), first | 0x20) {
            (3, b'e') | (4, b'c' | b'i' | b't') | (6, b'a') | (9, b'e' | b't') => {
                self.key_word(bytes);
            }
            (10, b's') | (7.., b'p') => self.name(token, bytes),
            (6, b's') | (7, b'c' | b'l' | b'n') => self.sequence_function(bytes),
            _ => {}
        }
    }

    /// Key words that mean something only without quotes.
    fn key_word(&mut self, bytes: &[u8]) {
        let is = |word: &[u8]| bytes.eq_ignore_ascii_case(word);
        // After a dot or AS any word is a name.
        if self.previous_is(b".") || self.previous_is(b"as") {
            return;
        }
        match bytes.len() {
            3 if is(b"end") => self.body = self.body.saturating_sub(1),
            4 if is(b"case") => self.body += usize::from(self.body > 0),
            4 if is(b"copy") => self.script.mentions.copy = true,
            4 if is(b"into") => self.selects_into |= self.depth == 0,
            6 if is(b"atomic") => {
                let begins = self.previous_is(b"begin") && self.first_is(b"create");
                self.body = self.body.max(usize::from(begins));
            }
            4 | 9 if is(b"temp") || is(b"temporary") => {
                let makers: [&[u8]; 5] = [b"create", b"global", b"into", b"local", b"replace"];
                if makers.iter().any(|word| self.previous_is(word)) {
                    self.script.mentions.temporary = true;
                }
            }
            9 if is(b"extension") && self.previous_is(b"create") => {
                self.script.mentions.create_extension = true;
            }
            _ => {}
        }
    }

    fn sequence_function(&mut self, bytes: &[u8]) {
        let is = |word: &[u8]| bytes.eq_ignore_ascii_case(word);
        let mentions = &mut self.script.mentions;
        mentions.sequence_values |= is(b"currval") || is(b"lastval");
        mentions.advances_sequence |= is(b"nextval") || is(b"setval");
    }

    /// Names of functions and relations, which may stand in quotes.
    fn name(&mut self, token: Token, bytes: &[u8]) {
        if bytes.len() == 10 && bytes.eq_ignore_ascii_case(b"set_config") {
            self.set_config(token);
            return;
        }
        let mentions = &mut self.script.mentions;
        let starts_with = |prefix: &[u8]| {
            bytes
                .get(..prefix.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        };
        if !starts_with(b"pg_") {
            return;
        }
        if starts_with(b"pg_temp_") || bytes.len() == b"pg_temp".len() && starts_with(b"pg_temp") {
            mentions.temporary = true;
        } else if starts_with(b"pg_backend_pid") {
            mentions.backend_pid = true;
        } else if starts_with(b"pg_cancel_backend") || starts_with(b"pg_terminate_backend") {
            mentions.backend_signal = true;
        } else if starts_with(b"pg_prepared_statement") {
            mentions.prepared_statements = true;
        } else if starts_with(b"pg_cursor") {
            mentions.cursors = true;
        } else if starts_with(b"pg_listening_channels") {
            mentions.listening_channels = true;
        } else if starts_with(b"pg_advisory_") || starts_with(b"pg_try_advisory_") {
            mentions.advisory_lock = true;
        }
    }

    fn quoted(&mut self, token: Token) {
        let inside = token.start + 1..token.end.saturating_sub(1);
        if let Some(bytes) = self.text.get(inside) {
            self.name(token, bytes);
            self.sequence_function(bytes);
        }
    }

    fn set_config(&mut self, token: Token) {
        // In the body of a routine that is being created nothing is called.
        if self.body > 0 {
            return;
        }
        match set_config_call(self.text, token.end) {
            SetConfig::NotACall => {}
            SetConfig::Local(name) => {
                let is = |decides: fn(&str) -> bool| name.as_deref().is_none_or(decides);
                self.script.sets_local_meaning |= is(decides_meaning);
                self.script.sets_local_reading |= is(decides_reading);
            }
            SetConfig::Session(name) => self.script.set_config_names.push(name),
        }
    }

    fn previous_is(&self, word: &[u8]) -> bool {
        is_text(self.text, &self.previous, word)
    }

    fn first_is(&self, word: &[u8]) -> bool {
        is_text(self.text, &self.first, word)
    }
}

fn is_text(text: &[u8], place: &Range<usize>, word: &[u8]) -> bool {
    text.get(place.clone())
        .is_some_and(|bytes| bytes.eq_ignore_ascii_case(word))
}

fn is_semicolon(text: &[u8], token: Token) -> bool {
    token.kind == TokenKind::Punctuation && text.get(token.start) == Some(&b';')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spans(text: &str) -> Vec<&str> {
        let script = analyze(text.as_bytes());
        script
            .statements
            .iter()
            .map(|statement| &text[statement.span.clone()])
            .collect()
    }

    fn kinds(text: &str) -> Vec<Kind> {
        analyze(text.as_bytes())
            .statements
            .into_iter()
            .map(|statement| statement.kind)
            .collect()
    }

    fn mentions(text: &str) -> Mentions {
        analyze(text.as_bytes()).mentions
    }

    #[test]
    fn statements_are_trimmed_and_empty_ones_left_out() {
        assert_eq!(spans("select 1"), ["select 1"]);
        assert_eq!(
            spans("; -- c\n select 1 /* x */ ;; select (2) -- end"),
            ["select 1", "select (2)"]
        );
    }

    #[test]
    fn a_text_without_a_statement_is_one_empty_statement() {
        for text in ["", ";", " ;; -- x", "/* a */"] {
            let end = text.len();
            let expected = [Statement {
                span: end..end,
                kind: Kind::Empty,
            }];
            assert_eq!(analyze(text.as_bytes()).statements, expected, "{text:?}");
        }
    }

    #[test]
    fn semicolons_in_literals_comments_and_parentheses_end_nothing() {
        let text = "select ';', $$;$$, \";\", e'\\';' /* ; */ from t -- ;\n where a";
        assert_eq!(spans(text), [text]);
        let rule = "create rule r as on insert to t do also (delete from a; delete from b)";
        assert_eq!(spans(&format!("{rule}; select 1")), [rule, "select 1"]);
    }

    #[test]
    fn the_body_of_an_sql_routine_is_part_of_its_definition() {
        let function = "CREATE OR REPLACE FUNCTION f(a int) RETURNS int\nBEGIN ATOMIC\n \
            INSERT INTO t VALUES (a);\n SELECT CASE WHEN a > 0 THEN 1 ELSE CASE a WHEN 0 THEN 2 \
            END END AS end; SELECT t.end FROM t;\nEND";
        assert_eq!(
            spans(&format!("{function}; select 1;")),
            [function, "select 1"]
        );
        assert_eq!(kinds(function), [Kind::Ddl]);
    }

    #[test]
    fn begin_and_end_are_statements_elsewhere() {
        assert_eq!(
            kinds("begin; select case when true then 1 end; end; select 1"),
            [
                Kind::Begin,
                Kind::Select,
                Kind::Commit { chain: false },
                Kind::Select
            ]
        );
        assert_eq!(
            spans("select begin atomic; end"),
            ["select begin atomic", "end"]
        );
    }

    #[test]
    fn select_into_defines_a_table() {
        assert_eq!(kinds("select 1 as a into t"), [Kind::Ddl]);
        assert_eq!(
            kinds("with a as (select 1) select * into t from a"),
            [Kind::Ddl]
        );
        assert_eq!(kinds("select 1 as into"), [Kind::Select]);
        assert_eq!(kinds("select a.into from a"), [Kind::Select]);
        assert_eq!(kinds("select (1) from t where x = 'into'"), [Kind::Select]);
        assert_eq!(kinds("insert into t values (1)"), [Kind::Insert]);
    }

    #[test]
    fn mentions_are_found_in_any_statement_and_case() {
        let none = Mentions::default();
        assert_eq!(
            mentions("select 1; Copy t from 'f'"),
            Mentions { copy: true, ..none }
        );
        assert_eq!(
            mentions("table PG_prepared_statements"),
            Mentions {
                prepared_statements: true,
                ..none
            }
        );
        assert_eq!(
            mentions("select * from pg_catalog.\"pg_prepared_statements\""),
            Mentions {
                prepared_statements: true,
                ..none
            }
        );
        assert_eq!(
            mentions("select pg_listening_channels()"),
            Mentions {
                listening_channels: true,
                ..none
            }
        );
        assert_eq!(
            mentions("select pg_backend_pid()"),
            Mentions {
                backend_pid: true,
                ..none
            }
        );
        assert_eq!(
            mentions("select 1; create extension if not exists citext"),
            Mentions {
                create_extension: true,
                ..none
            }
        );
        for call in [
            "pg_advisory_lock(1)",
            "pg_try_advisory_xact_lock(1)",
            "pg_advisory_unlock_all()",
        ] {
            let found = mentions(&format!("select {call}"));
            assert_eq!(
                found,
                Mentions {
                    advisory_lock: true,
                    ..none
                },
                "{call}"
            );
        }
    }

    #[test]
    fn temporary_objects_are_told_from_columns_of_that_name() {
        for text in [
            "create temp table a()",
            "create local temporary view a as select 1",
            "create or replace temp view a as select 1",
            "select 1 into temp a",
            "select * from pg_temp.a",
            "drop table pg_temp_3.a",
        ] {
            assert!(mentions(text).temporary, "{text}");
        }
        for text in [
            "select temp from weather",
            "select 1 as temporary",
            "select pg_template()",
        ] {
            assert!(!mentions(text).temporary, "{text}");
        }
    }

    #[test]
    fn literals_comments_and_names_mention_nothing() {
        for text in [
            "select 'pg_backend_pid(); copy' -- create extension x",
            "select $$ create temp table pg_listening_channels $$",
            "/* pg_prepared_statements */ select \"copy\", t.copy, 1 as copy",
            "alter extension x update; drop extension y",
        ] {
            assert_eq!(mentions(text), Mentions::default(), "{text}");
        }
    }

    #[test]
    fn statements_that_change_settings_are_seen() {
        for text in [
            "set search_path = a",
            "select 1; reset all",
            "SET ROLE x",
            "set session authorization x",
            "reset role",
            "discard all",
            "set session characteristics as transaction read only",
            "select set_config('a.b', 'c', false)",
            "do $$ begin set x = 1; end $$",
        ] {
            assert!(analyze(text.as_bytes()).changes_settings, "{text}");
        }
    }

    #[test]
    fn statements_that_leave_settings_alone_are_seen() {
        for text in [
            "select 1",
            "set local search_path = a",
            "set transaction read only",
            "set constraints all deferred",
            "update t set a = 1",
            "discard plans",
            "select 'set_config(', set_config from t",
            "select set_config('a.b', 'c', true)",
            "create function f() returns text language sql as $$select set_config('a','b',false)$$",
            "create function f() returns text begin atomic select set_config('a','b',false); end",
            "create function f() returns int language sql set search_path = '' as 'select 1'",
            "do $$ begin update t set a = 1; end $$",
        ] {
            let script = analyze(text.as_bytes());
            assert!(!script.changes_settings, "{text}");
            assert_eq!(script.set_config_names, [], "{text}");
        }
    }

    #[test]
    fn the_names_of_set_config_calls_are_listed() {
        let text = "select set_config('Search_Path', 'a', false), \
            pg_catalog.set_config($1, 'x', false), \
            \"set_config\"('b', current_setting('c', true), FALSE), set_config('d', '', true); \
            select set_config('e', 'f', $2)";
        let expected = [
            Some("search_path".to_owned()),
            None,
            Some("b".to_owned()),
            None,
        ];
        assert_eq!(analyze(text.as_bytes()).set_config_names, expected);
    }

    #[test]
    fn a_long_nest_of_calls_is_read_in_bounded_time() {
        let script = analyze("set_config(".repeat(10_000).as_bytes());
        assert_eq!(script.set_config_names.len(), 10_000);
    }

    /// Pieces that make the borders of tokens and statements likely.
    fn soup() -> impl Strategy<Value = Vec<u8>> {
        let pieces = prop::sample::select(&[
            "select",
            "with",
            "as",
            "(",
            ")",
            ";",
            ",",
            "'",
            "''",
            "\"",
            "$$",
            "$a$",
            "$",
            "--",
            "\n",
            "/*",
            "*/",
            "E'",
            "\\",
            "U&\"",
            "u&'",
            " uescape '!'",
            "begin",
            " atomic ",
            "case",
            "end",
            "create ",
            "function ",
            "table",
            "set",
            "local ",
            "session ",
            "to ",
            "=",
            "default",
            "reset",
            "all",
            "do ",
            "execute ",
            "prepare ",
            "deallocate ",
            "unlisten ",
            "*",
            "listen ",
            "set_config(",
            "true",
            "false",
            "x",
            " ",
            "1",
            ".",
            "e",
            "é",
            "\0",
            "explain ",
            "copy ",
            "from ",
            "stdin",
            "rollback ",
            "savepoint ",
            "insert ",
            "into ",
            "recursive ",
            "cycle ",
            "using ",
            "search ",
            "extension ",
            "declare ",
            "cursor ",
            "hold",
            "fetch ",
            "close ",
            "where current of ",
            "\u{1f600}",
        ]);
        prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat().into_bytes())
    }

    fn named_place(kind: &Kind) -> Option<&Range<usize>> {
        match kind {
            Kind::Prepare {
                name_span: place, ..
            }
            | Kind::Execute {
                name_span: place, ..
            }
            | Kind::Deallocate {
                name_span: place, ..
            }
            | Kind::DeclareCursor {
                name_span: place, ..
            }
            | Kind::Fetch {
                name_span: place, ..
            }
            | Kind::CloseCursor {
                name_span: place, ..
            }
            | Kind::Unlisten {
                argument: place, ..
            } => Some(place),
            _ => None,
        }
    }

    fn check(text: &[u8]) -> Result<(), TestCaseError> {
        let script = analyze(text);
        prop_assert!(!script.statements.is_empty());
        let mut end = 0;
        for statement in &script.statements {
            let span = statement.span.clone();
            prop_assert!(end <= span.start && span.start <= span.end && span.end <= text.len());
            prop_assert_eq!(span.is_empty(), statement.kind == Kind::Empty);
            end = span.end;
            if let Some(place) = named_place(&statement.kind) {
                prop_assert!(span.start < place.start && place.start < place.end);
                prop_assert!(place.end <= span.end);
            }
            // A statement alone is one statement, and nothing but that.
            let alone = analyze(&text[span.clone()]).statements;
            prop_assert_eq!(alone.len(), 1);
            prop_assert_eq!(alone[0].span.clone(), 0..span.len());
            prop_assert_eq!(
                std::mem::discriminant(&alone[0].kind),
                std::mem::discriminant(&statement.kind)
            );
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 2000,
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn any_bytes_give_ordered_spans(text in prop::collection::vec(any::<u8>(), 0..200)) {
            check(&text)?;
        }

        #[test]
        fn any_mix_of_pieces_gives_ordered_spans(text in soup()) {
            check(&text)?;
        }
    }
}
