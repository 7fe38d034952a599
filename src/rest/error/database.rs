//! Answers to errors of PostgreSQL: its own words, under the HTTP status that its SQLSTATE stands for.
//!
//! Mirrors PostgREST v14, <https://docs.postgrest.org/en/v14/references/errors.html#http-status-codes>.
#![forbid(unsafe_code)]

use super::answer::{Answer, Details};
use super::raise;
use crate::protocol::ErrorFields;

/// The answer to an error, `authenticated` when the caller has a role of its own.
pub(super) fn answer(authenticated: bool, fields: ErrorFields) -> Answer {
    if fields.code == "PGRST" {
        return raise::answer(fields.message, fields.detail);
    }
    let (status, reason) = custom_status(&fields).map_or_else(
        || (status(authenticated, &fields.code, &fields.message), None),
        |status| (status, Some(fields.message.clone())),
    );
    let headers = if status == 401 {
        vec![("WWW-Authenticate".to_owned(), "Bearer".to_owned())]
    } else {
        Vec::new()
    };
    Answer {
        status,
        reason,
        code: fields.code.into(),
        message: fields.message.into(),
        details: fields.detail.map(|text| Details::Text(text.into())),
        hint: fields.hint.map(Into::into),
        headers,
    }
}

/// `PTxyz` is the status xyz, with the message as the reason phrase.
///
/// Differs from PostgREST: a number that cannot be a status counts as no number.
fn custom_status(fields: &ErrorFields) -> Option<u16> {
    let status = fields.code.strip_prefix("PT")?.parse().ok()?;
    raise::is_status(status).then_some(status)
}

/// The status of a SQLSTATE: by the whole code first, then by its class.
fn status(authenticated: bool, code: &str, message: &str) -> u16 {
    match code {
        "21000" if message.ends_with("requires a WHERE clause") => 400,
        "21000" | "42P17" | "53400" => 500,
        "22023" if message.starts_with("role") && message.ends_with("does not exist") => 401,
        "23503" | "23505" => 409,
        "25006" => 405,
        "42501" if authenticated => 403,
        "42501" => 401,
        "42883" if message.starts_with("function xmlagg(") => 406,
        "42883" | "42P01" => 404,
        "57P01" => 503,
        "P0001" => 400,
        _ => match code.get(..2).unwrap_or_default() {
            "08" | "53" => 503,
            "0L" | "0P" | "28" => 403,
            "09" | "25" | "2D" | "38" | "39" | "3B" | "40" | "54" | "55" | "57" | "58" | "F0"
            | "HV" | "P0" | "PT" | "XX" => 500,
            _ => 400,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rest::error::Error;

    fn status_of(code: &str, message: &str, authenticated: bool) -> u16 {
        answer(authenticated, ErrorFields::new("ERROR", code, message)).status
    }

    #[test]
    fn message_detail_hint_and_code_are_passed_on() {
        let fields = ErrorFields::new("ERROR", "P0001", "I refuse!")
            .with_detail("Pretty simple")
            .with_hint("There is nothing you can do.");
        let response = Error::Database {
            authenticated: false,
            fields: Box::new(fields),
        }
        .into_response();
        assert_eq!((response.status, response.reason), (400, None));
        assert_eq!(
            response.body,
            r#"{"code":"P0001","details":"Pretty simple","hint":"There is nothing you can do.","message":"I refuse!"}"#
        );
        assert_eq!(
            response.headers,
            [
                ("Content-Type", "application/json; charset=utf-8"),
                ("Content-Length", "102"),
                ("Proxy-Status", "PostgREST; error=P0001"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn a_sqlstate_has_the_status_of_its_class() {
        let cases = [
            ("08006", 503),
            ("09000", 500),
            ("0L000", 403),
            ("0P000", 403),
            ("21000", 500),
            ("22000", 400),
            ("22023", 400),
            ("22P02", 400),
            ("23502", 400),
            ("23503", 409),
            ("23505", 409),
            ("23514", 400),
            ("25006", 405),
            ("25P02", 500),
            ("28000", 403),
            ("2D000", 500),
            ("38000", 500),
            ("39000", 500),
            ("3B000", 500),
            ("40001", 500),
            ("42501", 401),
            ("42601", 400),
            ("42703", 400),
            ("42883", 404),
            ("42P01", 404),
            ("42P17", 500),
            ("53400", 500),
            ("53300", 503),
            ("54001", 500),
            ("55P03", 500),
            ("57014", 500),
            ("57P01", 503),
            ("57P03", 500),
            ("58000", 500),
            ("F0000", 500),
            ("HV000", 500),
            ("P0001", 400),
            ("P0002", 500),
            ("XX000", 500),
            ("ZZ000", 400),
            ("", 400),
            ("é", 400),
        ];
        for (code, status) in cases {
            assert_eq!(status_of(code, "m", false), status, "{code}");
        }
    }

    #[test]
    fn a_few_depend_on_their_message() {
        assert_eq!(
            status_of("21000", "UPDATE requires a WHERE clause", true),
            400
        );
        assert_eq!(status_of("22023", "role \"x\" does not exist", true), 401);
        assert_eq!(
            status_of("42883", "function xmlagg(integer) does not exist", true),
            406
        );
    }

    #[test]
    fn a_missing_privilege_is_401_to_the_anonymous_and_403_to_others() {
        let fields = ErrorFields::new("ERROR", "42501", "permission denied for table t");
        let anonymous = answer(false, fields.clone());
        assert_eq!(anonymous.status, 401);
        assert_eq!(
            anonymous.headers,
            [("WWW-Authenticate".to_owned(), "Bearer".to_owned())]
        );
        let authenticated = answer(true, fields);
        assert_eq!((authenticated.status, authenticated.headers), (403, vec![]));
    }

    #[test]
    fn pt_is_a_status_with_the_message_as_reason() {
        let raised = |code| answer(true, ErrorFields::new("ERROR", code, "Payment Required"));
        let paid = raised("PT402");
        assert_eq!(
            (paid.status, paid.reason.as_deref()),
            (402, Some("Payment Required"))
        );
        assert_eq!(paid.code, "PT402");
        assert_eq!(
            raised("PT401").headers,
            [("WWW-Authenticate".to_owned(), "Bearer".to_owned())]
        );
        assert_eq!(
            (raised("PTABC").status, raised("PTABC").reason),
            (500, None)
        );
        assert_eq!(raised("PT000").status, 500);
    }

    #[test]
    fn pgrst_is_read_as_json() {
        let fields = ErrorFields::new("ERROR", "PGRST", r#"{"code":"1","message":"m"}"#)
            .with_detail(r#"{"status":332,"headers":{}}"#)
            .with_hint("not looked at");
        let raised = answer(true, fields);
        assert_eq!(
            (raised.status, raised.code.as_ref(), raised.hint),
            (332, "1", None)
        );
    }
}
