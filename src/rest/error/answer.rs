//! From an error to what is sent: status, headers and the JSON object.
//!
//! In: an error. Out: an `HttpResponse`. The object has PostgREST's four keys in its order, and its
//! text is escaped as PostgREST's JSON library does. Mirrors PostgREST v14, Error.hs.
#![forbid(unsafe_code)]

use std::borrow::Cow;

use bytes::Bytes;

use super::{Error, codes};
use crate::http::HttpResponse;

/// What an error says, before it is written as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The reason phrase where it is not the one of the status.
    pub(crate) reason: Option<String>,
    pub(crate) code: Cow<'static, str>,
    pub(crate) message: Cow<'static, str>,
    pub(crate) details: Option<Details>,
    pub(crate) hint: Option<Cow<'static, str>>,
    /// Those that not every error has.
    pub(crate) headers: Vec<(String, String)>,
}

/// The value of `details`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Details {
    Text(Cow<'static, str>),
    /// JSON as it is to be sent.
    Json(String),
}

impl Answer {
    /// An answer with a code and a message, and nothing else.
    pub(super) fn new(
        status: u16,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            reason: None,
            code: Cow::Borrowed(code),
            message: message.into(),
            details: None,
            hint: None,
            headers: Vec::new(),
        }
    }

    #[must_use]
    pub(super) fn with_details(mut self, details: impl Into<Cow<'static, str>>) -> Self {
        self.details = Some(Details::Text(details.into()));
        self
    }

    #[must_use]
    pub(super) fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub(super) fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The JSON object.
    pub(crate) fn body(&self) -> Bytes {
        let mut json = String::with_capacity(96 + self.message.len());
        json.push_str("{\"code\":");
        push_json_string(&mut json, &self.code);
        json.push_str(",\"details\":");
        match &self.details {
            None => json.push_str("null"),
            Some(Details::Text(text)) => push_json_string(&mut json, text),
            Some(Details::Json(value)) => json.push_str(value),
        }
        json.push_str(",\"hint\":");
        match &self.hint {
            None => json.push_str("null"),
            Some(hint) => push_json_string(&mut json, hint),
        }
        json.push_str(",\"message\":");
        push_json_string(&mut json, &self.message);
        json.push('}');
        Bytes::from(json)
    }

    /// The whole response.
    pub(crate) fn into_response(self) -> HttpResponse {
        let body = self.body();
        let mut headers = Vec::with_capacity(3 + self.headers.len());
        let mut push = |name: &str, value: String| headers.push((name.to_owned(), value));
        push("Content-Type", "application/json; charset=utf-8".to_owned());
        push("Content-Length", body.len().to_string());
        push("Proxy-Status", format!("PostgREST; error={}", self.code));
        headers.extend(self.headers);
        HttpResponse {
            status: self.status,
            reason: self.reason,
            headers,
            body,
        }
    }
}

impl From<Error> for Answer {
    fn from(error: Error) -> Self {
        match error {
            Error::Api(error) => error.into(),
            Error::Connection(error) => error.into(),
            Error::Database {
                authenticated,
                fields,
            } => super::database::answer(authenticated, *fields),
            Error::Jwt(error) => error.into(),
            Error::NoSchemaCache => Self::new(
                503,
                codes::NO_SCHEMA_CACHE,
                "Could not query the database for the schema cache. Retrying.",
            ),
            Error::SchemaCache(error) => (*error).into(),
        }
    }
}

impl Error {
    /// What is sent to the client.
    pub(crate) fn into_response(self) -> HttpResponse {
        Answer::from(self).into_response()
    }
}

/// Appends a JSON string. Control characters without a short form of their own in PostgREST's
/// JSON library (`\b` and `\f` among them) are written as `\u00xx`.
pub(super) fn push_json_string(json: &mut String, text: &str) {
    json.push('"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let short = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..=0x1f => "",
            _ => continue,
        };
        json.push_str(text.get(from..at).unwrap_or_default());
        from = at + 1;
        if short.is_empty() {
            json.push_str("\\u00");
            json.push(char::from(b'0' + (byte >> 4)));
            json.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        } else {
            json.push_str(short);
        }
    }
    json.push_str(text.get(from..).unwrap_or_default());
    json.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_object_has_four_keys_in_order_and_null_for_what_is_absent() {
        let response = Error::NoSchemaCache.into_response();
        assert_eq!(response.status, 503);
        assert_eq!(response.reason, None);
        assert_eq!(
            response.body,
            r#"{"code":"PGRST002","details":null,"hint":null,"message":"Could not query the database for the schema cache. Retrying."}"#
        );
        assert_eq!(
            response.headers,
            [
                ("Content-Type", "application/json; charset=utf-8"),
                ("Content-Length", "119"),
                ("Proxy-Status", "PostgREST; error=PGRST002"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn text_is_escaped_as_json() {
        let mut json = String::new();
        push_json_string(&mut json, "a\"b\\c\nd\re\tf\u{8}g\u{c}h\u{1f}i\u{7f}jé𝄞/");
        assert_eq!(
            json,
            "\"a\\\"b\\\\c\\nd\\re\\tf\\u0008g\\u000ch\\u001fi\u{7f}jé𝄞/\""
        );
    }

    #[test]
    fn details_may_be_json() {
        let answer = Answer {
            details: Some(Details::Json("[{}]".to_owned())),
            ..Answer::new(300, codes::AMBIGUOUS_RELATIONSHIP, "m")
        };
        assert_eq!(
            answer.body(),
            r#"{"code":"PGRST201","details":[{}],"hint":null,"message":"m"}"#
        );
    }
}
