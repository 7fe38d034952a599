//! `response.headers` and `response.status`, with which the database has the last word.
//!
//! In: a response and what the settings hold. Out: the response with them, or PGRST111, PGRST112.
//! Mirrors PostgREST v14, <https://docs.postgrest.org/en/v14/references/transactions.html#response-headers>.
#![forbid(unsafe_code)]

use serde_json::Value;

use crate::http::HttpResponse;
use crate::rest::error::{ApiError, Error, is_status};
use crate::rest::query::types::ResultSet;

/// The response as the settings want it. Their headers come last, and replace those of their name.
pub(super) fn override_response(
    mut response: HttpResponse,
    result: &ResultSet,
) -> Result<HttpResponse, Error> {
    if let Some(status) = &result.status {
        response.status = parse_status(status).ok_or(ApiError::GucStatus)?;
    }
    if let Some(json) = &result.headers {
        let overriding = parse_headers(json).ok_or(ApiError::GucHeaders)?;
        let replaced = |name: &str| {
            overriding
                .iter()
                .any(|(key, _)| key.eq_ignore_ascii_case(name))
        };
        response.headers.retain(|(name, _)| !replaced(name));
        response.headers.extend(overriding);
    }
    Ok(response)
}

/// The number that the text begins with; what comes behind it does not matter.
///
/// Differs from PostgREST: a number that cannot be a status is refused as text would be.
fn parse_status(text: &str) -> Option<u16> {
    let digits = text.len()
        - text
            .trim_start_matches(|at: char| at.is_ascii_digit())
            .len();
    let status = text.get(..digits)?.parse().ok()?;
    is_status(status).then_some(status)
}

/// A list of objects, each with one key and a text.
fn parse_headers(json: &[u8]) -> Option<Vec<(String, String)>> {
    let objects: Vec<serde_json::Map<String, Value>> = serde_json::from_slice(json).ok()?;
    objects.into_iter().map(parse_header).collect()
}

fn parse_header(object: serde_json::Map<String, Value>) -> Option<(String, String)> {
    let mut entries = object.into_iter();
    match (entries.next(), entries.next()) {
        (Some((name, Value::String(value))), None) => Some((name, value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::rest::response::sample::{headers, status_of};

    fn overridden(status: Option<&str>, json: Option<&'static str>) -> Result<HttpResponse, u16> {
        let response = HttpResponse {
            status: 200,
            headers: headers(&[("Content-Range", "0-0/*"), ("Content-Type", "text/csv")]),
            ..HttpResponse::default()
        };
        let result = ResultSet {
            status: status.map(str::to_owned),
            headers: json.map(|json| Bytes::from_static(json.as_bytes())),
            ..ResultSet::default()
        };
        override_response(response, &result).map_err(status_of)
    }

    #[test]
    fn without_settings_nothing_changes() {
        let response = overridden(None, None);
        assert_eq!(response.map(|response| response.status), Ok(200));
    }

    #[test]
    fn headers_replace_those_of_their_name_and_come_last() {
        let json = r#"[{"content-type": "text/x"}, {"Set-Cookie": "a=b"}, {"Set-Cookie": "c=d"}]"#;
        let response = overridden(None, Some(json)).map(|response| response.headers);
        assert_eq!(
            response,
            Ok(headers(&[
                ("Content-Range", "0-0/*"),
                ("content-type", "text/x"),
                ("Set-Cookie", "a=b"),
                ("Set-Cookie", "c=d"),
            ]))
        );
        assert!(overridden(None, Some("[]")).is_ok());
    }

    #[test]
    fn headers_of_another_shape_are_an_error() {
        for json in [
            "",
            "x",
            "{}",
            "{\"a\":\"b\"}",
            "[{}]",
            "[{\"a\":\"b\",\"c\":\"d\"}]",
            "[{\"a\":1}]",
            "[\"a\"]",
            "[{\"a\":\"b\"}] x",
        ] {
            assert_eq!(overridden(None, Some(json)), Err(500), "{json}");
        }
    }

    #[test]
    fn the_status_is_the_number_that_comes_first() {
        let status = |text| overridden(Some(text), None).map(|response| response.status);
        assert_eq!(status("201"), Ok(201));
        assert_eq!(status("418 I'm a teapot"), Ok(418));
        for text in ["", "x200", "-200", " 200", "0", "99999", "99", "²00"] {
            assert_eq!(status(text), Err(500), "{text}");
        }
    }
}
