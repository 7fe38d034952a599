//! JSON as PostgREST writes it when it passes claims on to the database.
//!
//! In: JSON text. Out: the same value without blanks, keys in order, the first of equal keys kept, numbers and escapes
//! spelled as PostgREST's JSON library spells them (aeson 2.2), so that `request.jwt.claims` is equal to the byte.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members of a JSON object, their values unread.
#[derive(Debug)]
pub(super) struct Members<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> Members<'a> {
    /// Reads an object; nothing when the text is something else.
    pub(super) fn parse(json: &'a str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// The text of a member's value.
    pub(super) fn get(&self, key: &str) -> Option<&'a str> {
        self.0.get(key).map(|value| value.get())
    }

    /// A member that may be left out or null but is a string otherwise; the error says that it is not.
    pub(super) fn text(&self, key: &str) -> Result<Option<String>, ()> {
        self.get(key)
            .map_or(Ok(None), |json| serde_json::from_str(json).map_err(drop))
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

/// Collects members, the first of equal keys winning.
struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((key, value)) = access.next_entry::<String, &'de RawValue>()? {
            members.entry(key).or_insert(value);
        }
        Ok(Members(members))
    }
}

/// Writes an object anew, with its member `role` set when one is given. Nothing when the text is not an object.
pub(super) fn encode_object(json: &str, role: Option<&str>) -> Option<String> {
    let members = Members::parse(json)?;
    let mut out = String::with_capacity(json.len() + role.map_or(0, |role| role.len() + 10));
    write_members(&members, role, 0, &mut out)?;
    Some(out)
}

/// Writes one value of any type anew. Nothing when the text is not JSON.
pub(super) fn encode_value(json: &str) -> Option<String> {
    let value: &RawValue = serde_json::from_str(json).ok()?;
    let mut out = String::with_capacity(json.len());
    write_value(value.get(), 0, &mut out)?;
    Some(out)
}

/// Writes `{"role":…}`, the claims of a request without a token.
pub(super) fn encode_role(role: &str) -> String {
    let mut out = String::with_capacity(role.len() + 12);
    out.push_str("{\"role\":");
    write_string(role, &mut out);
    out.push('}');
    out
}

fn write_members(
    members: &Members<'_>,
    role: Option<&str>,
    depth: usize,
    out: &mut String,
) -> Option<()> {
    let mut separator = '{';
    let mut role = role;
    for (key, value) in &members.0 {
        if let Some(text) = role.take_if(|_| key.as_str() >= "role") {
            write_member(&mut separator, "role", out);
            write_string(text, out);
            if key == "role" {
                continue;
            }
        }
        write_member(&mut separator, key, out);
        write_value(value.get(), depth + 1, out)?;
    }
    if let Some(text) = role {
        write_member(&mut separator, "role", out);
        write_string(text, out);
    }
    if separator == '{' {
        out.push('{');
    }
    out.push('}');
    Some(())
}

fn write_member(separator: &mut char, key: &str, out: &mut String) {
    out.push(*separator);
    *separator = ',';
    write_string(key, out);
    out.push(':');
}

fn write_value(json: &str, depth: usize, out: &mut String) -> Option<()> {
    match json.as_bytes().first()? {
        b'{' | b'[' if depth > MAX_DEPTH => return None,
        b'{' => write_members(&Members::parse(json)?, None, depth, out)?,
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(json).ok()?;
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write_value(item.get(), depth + 1, out)?;
            }
            out.push(']');
        }
        b'"' => write_string(&serde_json::from_str::<String>(json).ok()?, out),
        b'-' | b'0'..=b'9' => write_number(json, out),
        _ => out.push_str(json),
    }
    Some(())
}

/// Control characters other than the three with a letter are written as `\u00xx`; all else stands for itself.
fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\x1f' => {
                out.push_str("\\u00");
                let code = u32::from(character);
                out.extend(char::from_digit(code >> 4, 16));
                out.extend(char::from_digit(code & 15, 16));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

/// A number without a negative power of ten is written as an integer, any other with a point, and with an exponent when
/// it is less than 0.1 or not less than ten million.
fn write_number(json: &str, out: &mut String) {
    let (sign, magnitude) = json
        .strip_prefix('-')
        .map_or(("", json), |magnitude| ("-", magnitude));
    let (mantissa, power) = magnitude.split_once(['e', 'E']).unwrap_or((magnitude, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let Ok(power) = power.parse::<i32>() else {
        out.push_str(json);
        return;
    };
    let all = [whole, fraction].concat();
    let digits = all.trim_start_matches('0');
    let power = i64::from(power) - length(fraction);
    let integer = (0..=1024).contains(&power);
    if digits.is_empty() {
        out.push_str(if integer { "0" } else { "0.0" });
        return;
    }
    out.push_str(sign);
    if integer {
        out.push_str(digits);
        out.extend((0..power).map(|_| '0'));
    } else {
        write_decimal(digits.trim_end_matches('0'), length(digits) + power, out);
    }
}

/// Writes 0.`digits` times ten to the power of `point`.
fn write_decimal(digits: &str, point: i64, out: &mut String) {
    let Ok(before) = usize::try_from(point) else {
        return write_exponent(digits, point, out);
    };
    match before {
        0 => {
            out.push_str("0.");
            out.push_str(digits);
        }
        1..=7 => {
            let (whole, fraction) = digits.split_at_checked(before).unwrap_or((digits, ""));
            out.push_str(whole);
            out.extend((whole.len()..before).map(|_| '0'));
            out.push('.');
            out.push_str(if fraction.is_empty() { "0" } else { fraction });
        }
        _ => write_exponent(digits, point, out),
    }
}

fn write_exponent(digits: &str, point: i64, out: &mut String) {
    let (first, rest) = digits.split_at_checked(1).unwrap_or((digits, ""));
    out.push_str(first);
    out.push('.');
    out.push_str(if rest.is_empty() { "0" } else { rest });
    out.push('e');
    out.push_str(&(point - 1).to_string());
}

fn length(digits: &str) -> i64 {
    i64::try_from(digits.len()).unwrap_or(i64::MAX)
}

/// How deep values may be nested; PostgREST has no such limit.
const MAX_DEPTH: usize = 120;

#[cfg(test)]
mod tests {
    use super::{encode_object, encode_role, encode_value};

    fn object(json: &str) -> Option<String> {
        encode_object(json, None)
    }

    #[test]
    fn keys_are_in_order_and_the_first_of_equal_keys_wins() {
        let json = r#" { "b" : 1 , "a" : { "z" : [ ] , "y" : { } } , "b" : 2 } "#;
        assert_eq!(object(json).unwrap(), r#"{"a":{"y":{},"z":[]},"b":1}"#);
        assert_eq!(object("{}").unwrap(), "{}");
    }

    #[test]
    fn the_role_is_set_at_its_place() {
        let with = |json| encode_object(json, Some("me")).unwrap();
        assert_eq!(with("{}"), r#"{"role":"me"}"#);
        assert_eq!(with(r#"{"aud":1}"#), r#"{"aud":1,"role":"me"}"#);
        assert_eq!(
            with(r#"{"sub":1,"aud":2}"#),
            r#"{"aud":2,"role":"me","sub":1}"#
        );
        assert_eq!(with(r#"{"sub":1,"role":{}}"#), r#"{"role":"me","sub":1}"#);
        assert_eq!(
            with(r#"{"a":{"role":1}}"#),
            r#"{"a":{"role":1},"role":"me"}"#
        );
        assert_eq!(encode_role("a\"b"), r#"{"role":"a\"b"}"#);
    }

    #[test]
    fn numbers_are_spelled_as_aeson_spells_them() {
        for (json, expected) in [
            ("1300819380", "1300819380"),
            ("-0", "0"),
            ("0.0", "0.0"),
            ("-0.0", "0.0"),
            ("1.0", "1.0"),
            ("1.10", "1.1"),
            ("1e2", "100"),
            ("1.5e3", "1500"),
            ("1.50e1", "15.0"),
            ("0.1", "0.1"),
            ("0.05", "5.0e-2"),
            ("1e-7", "1.0e-7"),
            ("1234567.5", "1234567.5"),
            ("12345678.5", "1.23456785e7"),
            ("-2.5", "-2.5"),
            (
                "123456789012345678901234567890",
                "123456789012345678901234567890",
            ),
            ("1e2000", "1.0e2000"),
            ("1e99999999999", "1e99999999999"),
        ] {
            assert_eq!(encode_value(json).unwrap(), expected, "{json}");
        }
    }

    #[test]
    fn strings_are_escaped_as_aeson_escapes_them() {
        assert_eq!(
            encode_value(r#""\u0000\b\f\n\r\t\/<>\u007f\u00e9\ud83d\ude00\\""#).unwrap(),
            "\"\\u0000\\u0008\\u000c\\n\\r\\t/<>\u{7f}é😀\\\\\""
        );
        assert_eq!(
            encode_value("[true,false,null]").unwrap(),
            "[true,false,null]"
        );
    }

    #[test]
    fn what_is_no_object_or_too_deep_is_refused() {
        for json in [
            "",
            "[]",
            "1",
            "\"a\"",
            "{",
            "{}x",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":01}",
        ] {
            assert_eq!(object(json), None, "{json}");
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(50_000), "]".repeat(50_000));
        assert_eq!(object(&deep), None);
    }
}
