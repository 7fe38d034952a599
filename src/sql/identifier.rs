//! The value of an identifier token: folded, unescaped, truncated.
//!
//! Mirrors PostgreSQL 18, "Identifiers and Key Words":
//! <https://www.postgresql.org/docs/18/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS>
#![forbid(unsafe_code)]

use super::lexer::{Token, TokenKind};

/// The name that a token stands for; `None` if it is no identifier. `escape` is the escape
/// character of a `U&"…"` identifier.
pub(super) fn identifier(text: &[u8], token: Token, escape: u8) -> Option<String> {
    let bytes = text.get(token.start..token.end)?;
    match token.kind {
        TokenKind::Word => Some(truncate(bytes.to_ascii_lowercase())),
        TokenKind::QuotedIdentifier => Some(truncate(unquote(bytes, b'"')?)),
        TokenKind::UnicodeIdentifier => Some(truncate(unescape(
            &unquote(bytes.get(2..)?, b'"')?,
            escape,
        )?)),
        _ => None,
    }
}

/// The inside of quotes, with doubled ones made single. `None` if the closing quote is missing.
pub(super) fn unquote(bytes: &[u8], quote: u8) -> Option<Vec<u8>> {
    let inside = bytes.strip_prefix(&[quote])?.strip_suffix(&[quote])?;
    let mut unquoted = Vec::with_capacity(inside.len());
    let mut bytes = inside.iter();
    while let Some(&byte) = bytes.next() {
        if byte == quote {
            // An odd number of quotes: what looked like the closing one is half of a pair.
            bytes.next().filter(|&&second| second == quote)?;
        }
        unquoted.push(byte);
    }
    Some(unquoted)
}

/// Replaces `\XXXX` and `\+XXXXXX`; `None` where PostgreSQL would refuse the escape.
fn unescape(bytes: &[u8], escape: u8) -> Option<Vec<u8>> {
    let mut units: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut high: Option<u32> = None;
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        if byte != escape || after.first() == Some(&escape) {
            if high.is_some() {
                return None;
            }
            units.push(byte);
            rest = if byte == escape {
                after.get(1..)?
            } else {
                after
            };
            continue;
        }
        let (digits, after) = match after.strip_prefix(b"+") {
            Some(after) => after.split_at_checked(6)?,
            None => after.split_at_checked(4)?,
        };
        rest = after;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let code = u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        let code = match (high.take(), code) {
            (None, 0xd800..=0xdbff) => {
                high = Some(code);
                continue;
            }
            (Some(high), 0xdc00..=0xdfff) => 0x10000 + ((high - 0xd800) << 10) + (code - 0xdc00),
            (Some(_), _) => return None,
            (None, code) => code,
        };
        let character = char::from_u32(code).filter(|&character| character != '\0')?;
        units.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
    high.is_none().then_some(units)
}

/// Cuts to 63 bytes without cutting a character in two. Bytes that are not UTF-8 are replaced.
fn truncate(mut name: Vec<u8>) -> String {
    if name.len() > NAME_LIMIT {
        let is_continuation = |byte: &u8| byte & 0xc0 == 0x80;
        let mut end = NAME_LIMIT;
        while end > 0 && name.get(end).is_some_and(is_continuation) {
            end -= 1;
        }
        name.truncate(end);
    }
    String::from_utf8(name)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// One less than NAMEDATALEN.
const NAME_LIMIT: usize = 63;

#[cfg(test)]
mod tests {
    use super::super::lexer::Lexer;
    use super::*;

    fn name(text: &str) -> Option<String> {
        let token = Lexer::new(text.as_bytes()).next().unwrap();
        assert_eq!(token.end, text.len());
        identifier(text.as_bytes(), token, b'\\')
    }

    #[test]
    fn words_are_folded_and_quoted_names_are_not() {
        assert_eq!(name("FooBar"), Some("foobar".to_owned()));
        assert_eq!(name("\"FooBar\""), Some("FooBar".to_owned()));
        assert_eq!(name("\"a\"\"b\""), Some("a\"b".to_owned()));
        assert_eq!(name("ÄB"), Some("Äb".to_owned()));
        assert_eq!(name("'x'"), None);
        assert_eq!(name("1"), None);
    }

    #[test]
    fn unicode_escapes_are_replaced() {
        assert_eq!(name(r#"U&"d\0061t\+000061""#), Some("data".to_owned()));
        assert_eq!(name(r#"U&"\\X""#), Some("\\X".to_owned()));
        assert_eq!(name(r#"U&"\D83D\DE00""#), Some("😀".to_owned()));
        for wrong in [
            r#"U&"\12""#,
            r#"U&"\00zz""#,
            r#"U&"\D83D""#,
            r#"U&"\DE00""#,
            r#"U&"\0000""#,
        ] {
            assert_eq!(name(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn names_are_cut_to_63_bytes_at_a_character() {
        assert_eq!(name(&"a".repeat(70)), Some("a".repeat(63)));
        assert_eq!(
            name(&format!("\"{}\"", "ä".repeat(40))),
            Some("ä".repeat(31))
        );
        assert_eq!(
            name(&format!("{}日本", "a".repeat(60))),
            Some(format!("{}日", "a".repeat(60)))
        );
    }

    #[test]
    fn an_unclosed_name_is_none() {
        assert_eq!(name("\"a"), None);
        assert_eq!(name("\""), None);
        assert_eq!(name("\"a\"\""), None);
    }
}
