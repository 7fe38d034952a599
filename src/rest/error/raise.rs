//! `RAISE sqlstate 'PGRST'`: a function says itself what is answered, as JSON in MESSAGE and DETAIL.
//!
//! Mirrors PostgREST v14, <https://docs.postgrest.org/en/v14/references/errors.html#raise-headers>.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use serde::Deserialize;

use super::answer::{Answer, Details};
use super::{ApiError, RaiseError};

/// What MESSAGE holds.
#[derive(Deserialize)]
struct Said {
    code: String,
    message: String,
    details: Option<String>,
    hint: Option<String>,
}

/// What DETAIL holds.
#[derive(Deserialize)]
struct Detail {
    status: serde_json::Number,
    status_text: Option<String>,
    /// PostgREST sends them sorted by name.
    headers: BTreeMap<String, String>,
}

/// The answer that was raised, or PGRST121.
pub(super) fn answer(message: String, detail: Option<String>) -> Answer {
    match parse_raise(message, detail) {
        Ok(answer) => answer,
        Err(error) => ApiError::RaiseParse(error).into(),
    }
}

fn parse_raise(message: String, detail: Option<String>) -> Result<Answer, RaiseError> {
    let Some(said) = parse_object::<Said>(&message) else {
        return Err(RaiseError::Message(message));
    };
    let detail = detail.ok_or(RaiseError::NoDetail)?;
    let parsed = parse_object::<Detail>(&detail)
        .and_then(|parsed| Some((parse_status(&parsed.status)?, parsed)));
    let Some((status, how)) = parsed else {
        return Err(RaiseError::Details(detail));
    };
    Ok(Answer {
        status,
        reason: how.status_text,
        code: said.code.into(),
        message: said.message.into(),
        details: said.details.map(|text| Details::Text(text.into())),
        hint: said.hint.map(Into::into),
        headers: how.headers.into_iter().collect(),
    })
}

/// An object, and nothing else: serde would take an array of the fields too.
fn parse_object<T: for<'a> Deserialize<'a>>(json: &str) -> Option<T> {
    let is_object = json.trim_start().starts_with('{');
    is_object.then(|| serde_json::from_str(json).ok()).flatten()
}

/// A whole number, with or without a fraction of zero.
///
/// Differs from PostgREST: a number that cannot be a status is refused as text would be.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be whole and in range"
)]
fn parse_status(number: &serde_json::Number) -> Option<u16> {
    if let Some(whole) = number.as_u64() {
        return u16::try_from(whole)
            .ok()
            .filter(|status| is_status(*status));
    }
    let number = number.as_f64()?;
    let whole = (100.0..1000.0).contains(&number) && number.fract() == 0.0;
    whole.then_some(number as u16)
}

/// Three digits.
pub(crate) const fn is_status(status: u16) -> bool {
    100 <= status && status <= 999
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raised(message: &str, detail: Option<&str>) -> Answer {
        answer(message.to_owned(), detail.map(str::to_owned))
    }

    #[test]
    fn everything_is_taken_from_message_and_detail() {
        let answer = raised(
            r#"{"code":"123","message":"Payment Required","details":"Quota exceeded","hint":"Upgrade your plan"}"#,
            Some(
                r#"{"status":402,"status_text":"Pay","headers":{"X-Powered-By":"Nerd Rage","A":"b"}}"#,
            ),
        );
        let response = answer.into_response();
        assert_eq!(
            (response.status, response.reason.as_deref()),
            (402, Some("Pay"))
        );
        assert_eq!(
            response.body,
            r#"{"code":"123","details":"Quota exceeded","hint":"Upgrade your plan","message":"Payment Required"}"#
        );
        assert_eq!(
            response.headers,
            [
                ("Content-Type", "application/json; charset=utf-8"),
                ("Content-Length", "97"),
                ("Proxy-Status", "PostgREST; error=123"),
                ("A", "b"),
                ("X-Powered-By", "Nerd Rage"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn details_hint_and_reason_may_be_absent_or_null() {
        let answer = raised(
            r#" {"code":"1","message":"m","hint":null}"#,
            Some(r#"{"status":419.0,"headers":{}}"#),
        );
        assert_eq!((answer.status, answer.reason.clone()), (419, None));
        assert_eq!(
            answer.body(),
            r#"{"code":"1","details":null,"hint":null,"message":"m"}"#
        );
    }

    #[test]
    fn no_challenge_is_added_to_a_raised_401() {
        let answer = raised(
            r#"{"code":"1","message":"m"}"#,
            Some(r#"{"status":401,"headers":{}}"#),
        );
        assert_eq!((answer.status, answer.headers), (401, Vec::new()));
    }

    #[test]
    fn what_cannot_be_read_is_pgrst121() {
        let good = r#"{"code":"1","message":"m"}"#;
        let cases = [
            ("x", None, "Invalid JSON value for MESSAGE: 'x'"),
            (
                r#"["1","m",null,null]"#,
                None,
                r#"Invalid JSON value for MESSAGE: '["1","m",null,null]'"#,
            ),
            (
                r#"{"code":"1"}"#,
                Some("{}"),
                r#"Invalid JSON value for MESSAGE: '{"code":"1"}'"#,
            ),
            (
                r#"{"code":1,"message":"m"}"#,
                Some("{}"),
                r#"Invalid JSON value for MESSAGE: '{"code":1,"message":"m"}'"#,
            ),
            (good, None, "DETAIL is missing in the RAISE statement"),
            (good, Some("y"), "Invalid JSON value for DETAIL: 'y'"),
            (
                good,
                Some(r#"{"status":200}"#),
                r#"Invalid JSON value for DETAIL: '{"status":200}'"#,
            ),
            (
                good,
                Some(r#"{"status":"200","headers":{}}"#),
                r#"Invalid JSON value for DETAIL: '{"status":"200","headers":{}}'"#,
            ),
            (
                good,
                Some(r#"{"status":99999,"headers":{}}"#),
                r#"Invalid JSON value for DETAIL: '{"status":99999,"headers":{}}'"#,
            ),
            (
                good,
                Some(r#"{"status":402.5,"headers":{}}"#),
                r#"Invalid JSON value for DETAIL: '{"status":402.5,"headers":{}}'"#,
            ),
            (
                good,
                Some(r#"{"status":200,"headers":{"a":1}}"#),
                r#"Invalid JSON value for DETAIL: '{"status":200,"headers":{"a":1}}'"#,
            ),
        ];
        for (message, detail, details) in cases {
            let answer = raised(message, detail);
            assert_eq!((answer.status, answer.code.as_ref()), (500, "PGRST121"));
            assert_eq!(
                answer.details,
                Some(Details::Text(details.to_owned().into()))
            );
            assert!(answer.headers.is_empty());
        }
    }
}
