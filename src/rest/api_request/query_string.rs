//! Query strings and forms: names and values, decoded, and encoded anew.
//!
//! In: `a=1&b`. Out: pairs. Mirrors what PostgREST v14 uses: http-types' `parseQueryReplacePlus`, where `;` separates
//! too and wrong escapes stay as they are, and HTTP's `urlEncodeVars`.
#![forbid(unsafe_code)]

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::rest::error::ApiError;

/// A name and its value; the value is absent when there is no `=`.
pub(crate) type Pair<'a> = (Cow<'a, str>, Option<Cow<'a, str>>);

/// All pairs, in their order.
pub(crate) fn parse_query_string(query: &[u8]) -> Result<Vec<Pair<'_>>, ApiError> {
    let query = query.strip_prefix(b"?").unwrap_or(query);
    let mut rest = query;
    let mut pairs = Vec::with_capacity(4);
    while !rest.is_empty() {
        let (pair, others) = split_at_byte(rest, |b| matches!(b, b'&' | b';'));
        rest = others.unwrap_or_default();
        let (name, value) = split_at_byte(pair, |b| b == b'=');
        let value = value.map(decode_text).transpose()?;
        pairs.push((decode_text(name)?, value));
    }
    Ok(pairs)
}

/// The pairs sorted by name and encoded. Values of one name stand together, with commas between them.
pub(crate) fn render_canonical(pairs: &[Pair<'_>]) -> String {
    let mut sorted: Vec<_> = pairs.iter().collect();
    sorted.sort_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
    let mut out = String::new();
    let mut previous: Option<&str> = None;
    for (name, value) in sorted {
        if previous == Some(name) {
            out.push(',');
        } else {
            if previous.is_some() {
                out.push('&');
            }
            encode_into(&mut out, name);
            out.push('=');
        }
        encode_into(&mut out, value.as_deref().unwrap_or_default());
        previous = Some(name);
    }
    out
}

/// Escapes of a percent sign and two hexadecimal digits as bytes. Any other percent sign stays.
pub(crate) fn decode_percent(text: &[u8], plus_is_space: bool) -> Cow<'_, [u8]> {
    if !text
        .iter()
        .any(|&b| b == b'%' || (plus_is_space && b == b'+'))
    {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, others @ ..] = rest {
        rest = others;
        match (first, others) {
            (b'+', _) if plus_is_space => out.push(b' '),
            (b'%', [high, low, after @ ..]) => match (hex_value(*high), hex_value(*low)) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    rest = after;
                }
                _ => out.push(b'%'),
            },
            (other, _) => out.push(*other),
        }
    }
    Cow::Owned(out)
}

fn decode_text(text: &[u8]) -> Result<Cow<'_, str>, ApiError> {
    let decoded = match decode_percent(text, true) {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(Cow::Borrowed).ok(),
        Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).ok(),
    };
    // Differs from PostgREST: it answers 500 without a reason.
    decoded.ok_or_else(|| ApiError::QueryParam {
        message: "failed to decode the query string".to_owned(),
        details: "invalid UTF-8".to_owned(),
    })
}

/// What is before and after the first byte for which the test holds.
fn split_at_byte(bytes: &[u8], test: impl Fn(u8) -> bool) -> (&[u8], Option<&[u8]>) {
    let mut parts = bytes.splitn(2, |&byte| test(byte));
    (parts.next().unwrap_or_default(), parts.next())
}

fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// Every byte counts as a character of its own, of which the UTF-8 form is encoded.
fn encode_into(out: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            _ => {
                for part in char::from(byte).encode_utf8(&mut [0; 4]).bytes() {
                    // Writing to a string does not fail.
                    let _ = write!(out, "%{part:02X}");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(query: &str) -> String {
        render_canonical(&parse_query_string(query.as_bytes()).unwrap())
    }

    #[test]
    fn pairs_are_sorted_by_name() {
        assert_eq!(canonical("a=1&c=3&b=2&d"), "a=1&b=2&c=3&d=");
    }

    #[test]
    fn values_of_one_name_are_joined_by_commas() {
        assert_eq!(canonical("b=2&a=1&b=x y"), "a=1&b=2,x%20y");
    }

    #[test]
    fn each_byte_beyond_ascii_is_encoded_as_a_character() {
        assert_eq!(canonical("a=é"), "a=%C3%83%C2%A9");
    }

    #[test]
    fn semicolons_separate_and_pluses_are_spaces() {
        let pairs = parse_query_string(b"a=x+y;b&c=%2B%zz%4").unwrap();
        assert_eq!(
            pairs,
            [
                (Cow::Borrowed("a"), Some(Cow::Borrowed("x y"))),
                (Cow::Borrowed("b"), None),
                (Cow::Borrowed("c"), Some(Cow::Borrowed("+%zz%4"))),
            ]
        );
    }

    #[test]
    fn bytes_that_are_no_utf8_are_refused() {
        assert!(parse_query_string(b"a=%ff").is_err());
    }
}
