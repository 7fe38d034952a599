//! Reading the tokens of one statement, one key word or name at a time.
//!
//! A cursor is cheap to clone, which is how lookahead is done.
#![forbid(unsafe_code)]

use std::ops::Range;

use super::identifier::identifier;
use super::lexer::{Lexer, Token, TokenKind};

/// A position between two tokens.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    text: &'a [u8],
    lexer: Lexer<'a>,
}

impl<'a> Cursor<'a> {
    /// At the start of `span`, blind to what follows it. Offsets are those of `text`.
    pub(super) fn new(text: &'a [u8], span: Range<usize>) -> Self {
        let text = text.get(..span.end).unwrap_or(text);
        Self {
            text,
            lexer: Lexer::starting_at(text, span.start),
        }
    }

    pub(super) fn advance(&mut self) -> Option<Token> {
        self.lexer.next()
    }

    pub(super) fn peek(&self) -> Option<Token> {
        self.lexer.clone().next()
    }

    /// The bytes of a token.
    pub(super) fn bytes(&self, token: Token) -> &'a [u8] {
        self.text.get(token.start..token.end).unwrap_or_default()
    }

    /// Whether a token is a key word, given in lower case.
    pub(super) fn is_word(&self, token: Token, word: &[u8]) -> bool {
        token.kind == TokenKind::Word && self.bytes(token).eq_ignore_ascii_case(word)
    }

    /// Takes the next token if it is this key word, given in lower case.
    pub(super) fn accept(&mut self, word: &[u8]) -> bool {
        self.accept_if(|cursor, token| cursor.is_word(token, word))
    }

    /// Takes the next tokens if they are these key words; all or none.
    pub(super) fn accept_all(&mut self, words: &[&[u8]]) -> bool {
        let mut ahead = self.clone();
        let found = words.iter().all(|word| ahead.accept(word));
        if found {
            *self = ahead;
        }
        found
    }

    /// Takes the next token if it is one of these key words.
    pub(super) fn accept_any(&mut self, words: &[&[u8]]) -> bool {
        words.iter().any(|word| self.accept(word))
    }

    /// Takes the next token if it is this operator or punctuation.
    pub(super) fn accept_symbol(&mut self, symbol: &[u8]) -> bool {
        self.accept_if(|cursor, token| {
            matches!(token.kind, TokenKind::Operator | TokenKind::Punctuation)
                && cursor.bytes(token) == symbol
        })
    }

    fn accept_if(&mut self, condition: impl Fn(&Self, Token) -> bool) -> bool {
        let mut ahead = self.lexer.clone();
        let accepted = ahead.next().is_some_and(|token| condition(self, token));
        if accepted {
            self.lexer = ahead;
        }
        accepted
    }

    /// Takes an identifier: its value, and its place, which includes a UESCAPE clause.
    pub(super) fn identifier(&mut self) -> Option<(String, Range<usize>)> {
        let mut ahead = self.clone();
        let token = ahead.advance()?;
        let mut end = token.end;
        let mut escape = b'\\';
        if token.kind == TokenKind::UnicodeIdentifier && ahead.accept(b"uescape") {
            let clause = ahead.advance()?;
            let [b'\'', character, b'\''] = ahead.bytes(clause) else {
                return None;
            };
            (escape, end) = (*character, clause.end);
        }
        let name = identifier(self.text, token, escape)?;
        *self = ahead;
        Some((name, token.start..end))
    }

    /// Takes tokens up to and including the parenthesis that closes the one just taken.
    pub(super) fn skip_group(&mut self) {
        let mut depth = 1_usize;
        while depth > 0 {
            let Some(token) = self.advance() else { return };
            depth = self.depth_after(token, depth);
        }
    }

    /// The depth of parentheses after `token`.
    pub(super) fn depth_after(&self, token: Token, depth: usize) -> usize {
        match (token.kind, self.bytes(token)) {
            (TokenKind::Punctuation, b"(") => depth + 1,
            (TokenKind::Punctuation, b")") => depth.saturating_sub(1),
            _ => depth,
        }
    }

    /// Takes tokens until `stop` says so of one outside of parentheses, which is taken too.
    pub(super) fn find(&mut self, stop: impl Fn(&Self, Token) -> bool) -> Option<Token> {
        let mut depth = 0_usize;
        while let Some(token) = self.advance() {
            if depth == 0 && stop(self, token) {
                return Some(token);
            }
            depth = self.depth_after(token, depth);
        }
        None
    }

    /// Takes tokens up to and including this key word outside of parentheses.
    pub(super) fn find_word(&mut self, word: &[u8]) -> bool {
        self.find(|cursor, token| cursor.is_word(token, word))
            .is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(text: &str) -> Cursor<'_> {
        Cursor::new(text.as_bytes(), 0..text.len())
    }

    #[test]
    fn key_words_are_taken_in_any_case_and_all_or_none() {
        let mut cursor = cursor("If NOT /* c */ exists x");
        assert!(!cursor.accept(b"not"));
        assert!(!cursor.accept_all(&[b"if", b"exists"]));
        assert!(cursor.accept_all(&[b"if", b"not"]));
        assert!(cursor.accept_any(&[b"x", b"exists"]));
        assert_eq!(cursor.identifier(), Some(("x".to_owned(), 22..23)));
        assert_eq!(cursor.identifier(), None);
        assert!(!cursor.accept(b"x"));
    }

    #[test]
    fn a_quoted_name_is_no_key_word() {
        let mut cursor = cursor("\"if\" 'if'");
        assert!(!cursor.accept(b"if"));
        assert_eq!(cursor.identifier(), Some(("if".to_owned(), 0..4)));
        assert!(!cursor.accept(b"if"));
        assert_eq!(cursor.identifier(), None);
    }

    #[test]
    fn a_search_passes_over_parentheses() {
        let mut cursor = cursor("a (as (as) ')') as b");
        assert!(cursor.find_word(b"as"));
        assert!(cursor.accept(b"b"));
        assert!(!cursor.find_word(b"as"));
    }

    #[test]
    fn a_group_ends_at_its_own_parenthesis() {
        let mut cursor = cursor("(a (b) \")\") c (d");
        assert!(cursor.accept_symbol(b"("));
        cursor.skip_group();
        assert!(cursor.accept(b"c"));
        assert!(cursor.accept_symbol(b"("));
        cursor.skip_group();
        assert_eq!(cursor.peek(), None);
    }

    #[test]
    fn nothing_behind_the_span_is_seen() {
        let mut cursor = Cursor::new(b"a b; c", 2..3);
        assert!(cursor.accept(b"b"));
        assert_eq!(cursor.advance(), None);
    }
}
