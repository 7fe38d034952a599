//! SQL text to tokens, by PostgreSQL's lexical rules.
//!
//! Comments and white space are skipped; a literal or comment that is not closed reaches to the end
//! of the text. Numbers and operators are cut more coarsely than PostgreSQL cuts them, which moves
//! no border that matters here. `standard_conforming_strings` is taken to be on.
//! Mirrors PostgreSQL 18, "Lexical Structure":
//! <https://www.postgresql.org/docs/18/sql-syntax-lexical.html>
#![forbid(unsafe_code)]

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A key word or an identifier without quotes.
    Word,
    /// `"…"`
    QuotedIdentifier,
    /// `U&"…"`
    UnicodeIdentifier,
    /// `'…'`
    String,
    /// `E'…'`
    EscapeString,
    /// `B'…'`, `X'…'`, `N'…'`, `U&'…'`
    PrefixedString,
    /// `$tag$…$tag$`
    DollarString,
    Number,
    /// `$1`
    Parameter,
    Operator,
    /// One byte that stands for itself, such as a parenthesis, or one that belongs nowhere.
    Punctuation,
}

/// A token and where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// An iterator over the tokens of a text.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// Starts in the middle of a text, at a border between tokens.
    pub(super) fn starting_at(text: &'a [u8], at: usize) -> Self {
        Self { text, at }
    }

    #[inline]
    fn byte(&self, at: usize) -> u8 {
        // NUL is in no class, so the end of the text ends every run.
        self.text.get(at).copied().unwrap_or(0)
    }

    #[inline]
    fn is(&self, at: usize, classes: u8) -> bool {
        class(self.byte(at)) & classes != 0
    }

    #[inline]
    fn skip_blanks(&mut self) {
        loop {
            while self.is(self.at, SPACE) {
                self.at += 1;
            }
            match self.byte(self.at) {
                b'-' if self.byte(self.at + 1) == b'-' => self.skip_line_comment(),
                b'/' if self.byte(self.at + 1) == b'*' => self.skip_block_comment(),
                _ => return,
            }
        }
    }

    fn skip_line_comment(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        self.at += length.unwrap_or(rest.len());
    }

    fn skip_block_comment(&mut self) {
        let mut depth = 1_usize;
        self.at += 2;
        while self.at < self.text.len() {
            match (self.byte(self.at), self.byte(self.at + 1)) {
                (b'/', b'*') => {
                    depth += 1;
                    self.at += 2;
                }
                (b'*', b'/') => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return;
                    }
                }
                _ => self.at += 1,
            }
        }
    }

    #[inline]
    fn skip_class(&mut self, classes: u8) {
        while self.is(self.at, classes) {
            self.at += 1;
        }
    }

    /// A word, or the prefix of a literal, at the current position.
    #[inline]
    fn word(&mut self) -> TokenKind {
        let start = self.at;
        self.at += 1;
        self.skip_class(WORD_START | DIGIT | DOLLAR);
        if self.at == start + 1 && matches!(self.byte(self.at), b'\'' | b'&') {
            return self.prefixed(start);
        }
        TokenKind::Word
    }

    /// A one-letter word before a quote or an ampersand.
    fn prefixed(&mut self, start: usize) -> TokenKind {
        let letter = self.byte(start).to_ascii_lowercase();
        match (letter, self.byte(self.at), self.byte(self.at + 1)) {
            (b'e', b'\'', _) => self.escape_string(),
            (b'b' | b'x' | b'n', b'\'', _) => {
                self.quoted(b'\'');
                TokenKind::PrefixedString
            }
            (b'u', b'&', quote @ (b'\'' | b'"')) => {
                self.at += 1;
                self.quoted(quote);
                if quote == b'"' {
                    TokenKind::UnicodeIdentifier
                } else {
                    TokenKind::PrefixedString
                }
            }
            _ => TokenKind::Word,
        }
    }

    /// From an opening quote to behind the closing one; a doubled quote stands for one.
    fn quoted(&mut self, quote: u8) {
        self.at += 1;
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let Some(length) = rest.iter().position(|&byte| byte == quote) else {
                self.at = self.text.len();
                return;
            };
            self.at += length + 1;
            if self.byte(self.at) != quote {
                return;
            }
            self.at += 1;
        }
    }

    /// As `quoted`, with backslash escapes, and with the parts that follow on later lines: they
    /// know backslashes too, although no `E` is before them.
    fn escape_string(&mut self) -> TokenKind {
        self.at += 1;
        while self.at < self.text.len() {
            match self.byte(self.at) {
                b'\\' => self.at += 2,
                b'\'' if self.byte(self.at + 1) == b'\'' => self.at += 2,
                b'\'' => {
                    self.at += 1;
                    match self.continuation() {
                        Some(next) => self.at = next + 1,
                        None => return TokenKind::EscapeString,
                    }
                }
                _ => self.at += 1,
            }
        }
        self.at = self.text.len();
        TokenKind::EscapeString
    }

    /// The quote that continues the string before it: only white space with a newline, and line
    /// comments, may be between.
    fn continuation(&self) -> Option<usize> {
        let mut ahead = self.clone();
        loop {
            ahead.skip_class(SPACE);
            if ahead.byte(ahead.at) == b'-' && ahead.byte(ahead.at + 1) == b'-' {
                ahead.skip_line_comment();
            } else {
                break;
            }
        }
        let between = self.text.get(self.at..ahead.at)?;
        let newline = between.iter().any(|byte| matches!(byte, b'\n' | b'\r'));
        (newline && ahead.byte(ahead.at) == b'\'').then_some(ahead.at)
    }

    /// A parameter, a dollar-quoted string, or a lone dollar sign.
    fn dollar(&mut self) -> TokenKind {
        let start = self.at;
        self.at += 1;
        if self.is(self.at, DIGIT) {
            self.skip_class(DIGIT);
            return TokenKind::Parameter;
        }
        if self.is(self.at, WORD_START) {
            self.skip_class(WORD_START | DIGIT);
        }
        if self.byte(self.at) != b'$' {
            self.at = start + 1;
            return TokenKind::Punctuation;
        }
        self.at += 1;
        let tag = self.text.get(start..self.at).unwrap_or_default();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let Some(length) = rest.iter().position(|&byte| byte == b'$') else {
                self.at = self.text.len();
                return TokenKind::DollarString;
            };
            self.at += length;
            if rest.get(length..).is_some_and(|rest| rest.starts_with(tag)) {
                self.at += tag.len();
                return TokenKind::DollarString;
            }
            self.at += 1;
        }
    }

    fn number(&mut self) -> TokenKind {
        // Wide enough for 1_000, 0x1F, 1.5 and 1e5; the sign of an exponent becomes an operator.
        while self.is(self.at, DIGIT | WORD_START)
            || (self.byte(self.at) == b'.' && self.byte(self.at + 1) != b'.')
        {
            self.at += 1;
        }
        TokenKind::Number
    }

    /// A run of operator characters, ended by a comment too.
    fn operator(&mut self) -> TokenKind {
        self.at += 1;
        while self.is(self.at, OPERATOR)
            && !matches!(
                (self.byte(self.at), self.byte(self.at + 1)),
                (b'-', b'-') | (b'/', b'*')
            )
        {
            self.at += 1;
        }
        TokenKind::Operator
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    #[inline]
    fn next(&mut self) -> Option<Token> {
        self.skip_blanks();
        let start = self.at;
        let first = *self.text.get(start)?;
        let kind = match class(first) {
            WORD_START => self.word(),
            DIGIT => self.number(),
            OPERATOR => self.operator(),
            DOLLAR => self.dollar(),
            QUOTE if first == b'"' => {
                self.quoted(b'"');
                TokenKind::QuotedIdentifier
            }
            QUOTE => {
                self.quoted(b'\'');
                TokenKind::String
            }
            _ if first == b'.' && self.is(start + 1, DIGIT) => self.number(),
            _ => {
                self.at += 1;
                TokenKind::Punctuation
            }
        };
        // An escape at the very end may point behind the text.
        self.at = self.at.min(self.text.len());
        Some(Token {
            kind,
            start,
            end: self.at,
        })
    }
}

/// The class of a byte; 0 for one that stands for itself.
#[inline]
fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(0)
}

const SPACE: u8 = 1;
const WORD_START: u8 = 2;
const DIGIT: u8 = 4;
const DOLLAR: u8 = 8;
const OPERATOR: u8 = 16;
const QUOTE: u8 = 32;

const CLASSES: [u8; 256] = {
    let mut classes = [0_u8; 256];
    let mut index = 0;
    let mut byte = 0_u8;
    while index < 256 {
        classes[index] = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => SPACE,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80..=0xff => WORD_START,
            b'0'..=b'9' => DIGIT,
            b'$' => DOLLAR,
            b'\'' | b'"' => QUOTE,
            b'~' | b'!' | b'@' | b'#' | b'^' | b'&' | b'|' | b'`' | b'?' | b'+' | b'-' | b'*'
            | b'/' | b'%' | b'<' | b'>' | b'=' => OPERATOR,
            _ => 0,
        };
        index += 1;
        byte = byte.wrapping_add(1);
    }
    classes
};

#[cfg(test)]
mod tests {
    use super::TokenKind::*;
    use super::*;

    fn tokens(text: &str) -> Vec<(TokenKind, &str)> {
        Lexer::new(text.as_bytes())
            .map(|token| (token.kind, &text[token.start..token.end]))
            .collect()
    }

    #[test]
    fn words_numbers_operators_and_punctuation_are_cut_apart() {
        assert_eq!(
            tokens("a.b_1$x >= $12+1.5e3::int4[.5]"),
            [
                (Word, "a"),
                (Punctuation, "."),
                (Word, "b_1$x"),
                (Operator, ">="),
                (Parameter, "$12"),
                (Operator, "+"),
                (Number, "1.5e3"),
                (Punctuation, ":"),
                (Punctuation, ":"),
                (Word, "int4"),
                (Punctuation, "["),
                (Number, ".5"),
                (Punctuation, "]"),
            ]
        );
        assert_eq!(
            tokens("1..2"),
            [(Number, "1"), (Punctuation, "."), (Number, ".2")]
        );
    }

    #[test]
    fn letters_beyond_ascii_are_part_of_words() {
        assert_eq!(tokens("größe日本"), [(Word, "größe日本")]);
    }

    #[test]
    fn comments_are_skipped_and_block_comments_nest() {
        assert_eq!(tokens("a -- ; 'b\nc"), [(Word, "a"), (Word, "c")]);
        assert_eq!(tokens("a -- x\rb"), [(Word, "a"), (Word, "b")]);
        assert_eq!(tokens("a/* /* ; */ ' */b"), [(Word, "a"), (Word, "b")]);
        assert_eq!(tokens("a /* /* */ b"), [(Word, "a")]);
        assert_eq!(
            tokens("1-2"),
            [(Number, "1"), (Operator, "-"), (Number, "2")]
        );
    }

    #[test]
    fn an_operator_ends_where_a_comment_begins() {
        assert_eq!(
            tokens("1 +-- x\n2"),
            [(Number, "1"), (Operator, "+"), (Number, "2")]
        );
        assert_eq!(
            tokens("1 */* x */2"),
            [(Number, "1"), (Operator, "*"), (Number, "2")]
        );
    }

    #[test]
    fn a_plain_string_knows_no_backslash() {
        assert_eq!(tokens(r"'a\' b"), [(String, r"'a\'"), (Word, "b")]);
        assert_eq!(tokens("'it''s' b"), [(String, "'it''s'"), (Word, "b")]);
    }

    #[test]
    fn an_escape_string_knows_backslashes() {
        assert_eq!(
            tokens(r"E'a\' b' c"),
            [(EscapeString, r"E'a\' b'"), (Word, "c")]
        );
        assert_eq!(
            tokens(r"e'a\\' c"),
            [(EscapeString, r"e'a\\'"), (Word, "c")]
        );
        assert_eq!(
            tokens("e'a''b' c"),
            [(EscapeString, "e'a''b'"), (Word, "c")]
        );
    }

    #[test]
    fn an_escape_string_goes_on_after_a_newline() {
        let text = "e'a' -- c\n  'b\\' ; c' d";
        assert_eq!(
            tokens(text),
            [(EscapeString, &text[..text.len() - 2]), (Word, "d")]
        );
        assert_eq!(
            tokens("e'a' 'b'"),
            [(EscapeString, "e'a'"), (String, "'b'")]
        );
    }

    #[test]
    fn prefixed_strings_are_one_token() {
        assert_eq!(
            tokens(r"b'01' X'1f' N'n' u&'\0041' U&'\'';"),
            [
                (PrefixedString, "b'01'"),
                (PrefixedString, "X'1f'"),
                (PrefixedString, "N'n'"),
                (PrefixedString, r"u&'\0041'"),
                (PrefixedString, r"U&'\'';"),
            ]
        );
        assert_eq!(tokens("abe'x'"), [(Word, "abe"), (String, "'x'")]);
        assert_eq!(
            tokens("u & 'x'"),
            [(Word, "u"), (Operator, "&"), (String, "'x'")]
        );
        assert_eq!(tokens("u&x"), [(Word, "u"), (Operator, "&"), (Word, "x")]);
    }

    #[test]
    fn quoted_identifiers_may_hold_anything() {
        assert_eq!(
            tokens(r#""a;""b" U&"\0041" c"#),
            [
                (QuotedIdentifier, r#""a;""b""#),
                (UnicodeIdentifier, r#"U&"\0041""#),
                (Word, "c")
            ]
        );
    }

    #[test]
    fn dollar_quotes_end_at_their_own_tag() {
        assert_eq!(
            tokens("$$a;'$$ b"),
            [(DollarString, "$$a;'$$"), (Word, "b")]
        );
        assert_eq!(
            tokens("$x$ $$ $y$ $x$b"),
            [(DollarString, "$x$ $$ $y$ $x$"), (Word, "b")]
        );
        assert_eq!(tokens("$x$ $X$ $x$"), [(DollarString, "$x$ $X$ $x$")]);
        assert_eq!(tokens("$é$;$é$"), [(DollarString, "$é$;$é$")]);
        assert_eq!(
            tokens("$a b"),
            [(Punctuation, "$"), (Word, "a"), (Word, "b")]
        );
        assert_eq!(
            tokens("$1$$x$$"),
            [(Parameter, "$1"), (DollarString, "$$x$$")]
        );
    }

    #[test]
    fn what_is_not_closed_reaches_to_the_end() {
        for text in [
            "'a", "\"a", "e'a\\", "e'a", "$a$ b $a", "U&\"x", "b'", "$$", "$$$",
        ] {
            let tokens = tokens(text);
            assert_eq!(tokens.len(), 1, "{text}");
            assert_eq!(tokens[0].1, text);
        }
    }
}
