//! Answers to requests that cannot be read or are not allowed: PGRST1xx.
//!
//! Mirrors PostgREST v14, Error.hs.
#![forbid(unsafe_code)]

use std::borrow::Cow;

use super::answer::{Answer, Details};
use super::{ApiError, RaiseError, RangeError, codes};

impl From<ApiError> for Answer {
    fn from(error: ApiError) -> Self {
        let (status, code) = status_and_code(&error);
        let hint = hint(&error);
        let details = details(&error).map(Details::Text);
        Self {
            details,
            hint,
            ..Self::new(status, code, message(error))
        }
    }
}

const fn status_and_code(error: &ApiError) -> (u16, &'static str) {
    match error {
        ApiError::AggregatesNotAllowed => (400, codes::AGGREGATES_NOT_ALLOWED),
        ApiError::InvalidBody(_) => (400, codes::INVALID_BODY),
        ApiError::InvalidFilters => (405, codes::INVALID_FILTERS),
        ApiError::InvalidPreferences(_) => (400, codes::INVALID_PREFERENCES),
        ApiError::InvalidRange(_) => (416, codes::INVALID_RANGE),
        ApiError::InvalidResourcePath => (404, codes::INVALID_RESOURCE_PATH),
        ApiError::InvalidRpcMethod(_) => (405, codes::INVALID_RPC_METHOD),
        ApiError::GucHeaders => (500, codes::GUC_HEADERS),
        ApiError::GucStatus => (500, codes::GUC_STATUS),
        ApiError::MaxAffectedRpcViolation => (400, codes::MAX_AFFECTED_RPC_VIOLATION),
        ApiError::MaxAffectedViolation(_) => (400, codes::MAX_AFFECTED_VIOLATION),
        ApiError::MediaType(_) => (406, codes::MEDIA_TYPE),
        ApiError::NotEmbedded(_) => (400, codes::NOT_EMBEDDED),
        ApiError::NotImplemented(_) => (400, codes::NOT_IMPLEMENTED),
        ApiError::OpenApiDisabled => (404, codes::OPENAPI_DISABLED),
        ApiError::PutLimitNotAllowed => (400, codes::PUT_LIMIT_NOT_ALLOWED),
        ApiError::PutMatchingPk => (400, codes::PUT_MATCHING_PK),
        ApiError::QueryParam { .. } => (400, codes::QUERY_PARAM),
        ApiError::RaiseParse(_) => (500, codes::RAISE_PARSE),
        ApiError::RelatedOrderNotToOne { .. } => (400, codes::RELATED_ORDER_NOT_TO_ONE),
        ApiError::Singularity(_) => (406, codes::SINGULARITY),
        ApiError::TooLarge { .. } => (413, codes::TOO_LARGE),
        ApiError::UnacceptableSchema { .. } => (406, codes::UNACCEPTABLE_SCHEMA),
        ApiError::UnsupportedMethod(_) => (405, codes::UNSUPPORTED_METHOD),
    }
}

fn message(error: ApiError) -> Cow<'static, str> {
    Cow::Borrowed(match error {
        ApiError::InvalidBody(message) | ApiError::QueryParam { message, .. } => {
            return Cow::Owned(message);
        }
        ApiError::InvalidRpcMethod(method) => {
            return format!("Cannot use the {method} method on RPC").into();
        }
        ApiError::MediaType(types) => {
            return format!(
                "None of these media types are available: {}",
                types.join(", ")
            )
            .into();
        }
        ApiError::NotEmbedded(resource) => {
            return format!("'{resource}' is not an embedded resource in this request").into();
        }
        ApiError::RelatedOrderNotToOne { target, .. } => {
            return format!("A related order on '{target}' is not possible").into();
        }
        ApiError::TooLarge { limit } => {
            return format!("The request body is longer than {limit} bytes").into();
        }
        ApiError::UnacceptableSchema { schema, .. } => {
            return format!("Invalid schema: {schema}").into();
        }
        ApiError::UnsupportedMethod(method) => {
            return format!("Unsupported HTTP method: {method}").into();
        }
        ApiError::AggregatesNotAllowed => "Use of aggregate functions is not allowed",
        ApiError::InvalidFilters => {
            "Filters must include all and only primary key columns with 'eq' operators"
        }
        ApiError::InvalidPreferences(_) => "Invalid preferences given with handling=strict",
        ApiError::InvalidRange(_) => "Requested range not satisfiable",
        ApiError::InvalidResourcePath => "Invalid path specified in request URL",
        ApiError::GucHeaders => {
            "response.headers guc must be a JSON array composed of objects with a single key and a string value"
        }
        ApiError::GucStatus => "response.status guc must be a valid status code",
        ApiError::MaxAffectedRpcViolation => {
            "Function must return SETOF or TABLE when max-affected preference is used with handling=strict"
        }
        ApiError::MaxAffectedViolation(_) => {
            "Query result exceeds max-affected preference constraint"
        }
        ApiError::NotImplemented(_) => "Feature not implemented",
        ApiError::OpenApiDisabled => "Root endpoint metadata is disabled",
        ApiError::PutLimitNotAllowed => {
            "limit/offset querystring parameters are not allowed for PUT"
        }
        ApiError::PutMatchingPk => "Payload values do not match URL in primary key column(s)",
        ApiError::RaiseParse(_) => "Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error",
        ApiError::Singularity(_) => "Cannot coerce the result to a single JSON object",
    })
}

fn details(error: &ApiError) -> Option<Cow<'static, str>> {
    Some(match error {
        ApiError::QueryParam { details, .. } | ApiError::NotImplemented(details) => {
            details.clone().into()
        }
        ApiError::InvalidPreferences(preferences) => {
            format!("Invalid preferences: {}", preferences.join(", ")).into()
        }
        ApiError::InvalidRange(error) => range_details(error),
        ApiError::MaxAffectedViolation(rows) => format!("The query affects {rows} rows").into(),
        ApiError::RaiseParse(error) => raise_details(error),
        ApiError::RelatedOrderNotToOne { origin, target } => format!(
            "'{origin}' and '{target}' do not form a many-to-one or one-to-one relationship"
        )
        .into(),
        ApiError::Singularity(rows) => format!("The result contains {rows} rows").into(),
        _ => return None,
    })
}

fn range_details(error: &RangeError) -> Cow<'static, str> {
    match error {
        RangeError::NegativeLimit => "Limit should be greater than or equal to zero.".into(),
        RangeError::LowerGreaterThanUpper => {
            "The lower boundary must be lower than or equal to the upper boundary in the Range header.".into()
        }
        RangeError::OutOfBounds { lower, total } => format!(
            "An offset of {lower} was requested, but there are only {total} rows."
        )
        .into(),
    }
}

fn raise_details(error: &RaiseError) -> Cow<'static, str> {
    match error {
        RaiseError::Message(text) => format!("Invalid JSON value for MESSAGE: '{text}'").into(),
        RaiseError::Details(text) => format!("Invalid JSON value for DETAIL: '{text}'").into(),
        RaiseError::NoDetail => "DETAIL is missing in the RAISE statement".into(),
    }
}

fn hint(error: &ApiError) -> Option<Cow<'static, str>> {
    Some(match error {
        ApiError::NotEmbedded(resource) => format!(
            "Verify that '{resource}' is included in the 'select' query parameter."
        )
        .into(),
        ApiError::RaiseParse(RaiseError::Message(_)) => {
            "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'.".into()
        }
        ApiError::RaiseParse(_) => {
            "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'.".into()
        }
        ApiError::UnacceptableSchema { schemas, .. } => format!(
            "Only the following schemas are exposed: {}",
            schemas.join(", ")
        )
        .into(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rest::error::Error;

    fn text(text: &str) -> String {
        text.to_owned()
    }

    /// The variants, each with the status and the body that PostgREST answers.
    fn first_cases() -> Vec<(ApiError, u16, &'static str)> {
        vec![
            (
                ApiError::AggregatesNotAllowed,
                400,
                r#"{"code":"PGRST123","details":null,"hint":null,"message":"Use of aggregate functions is not allowed"}"#,
            ),
            (
                ApiError::InvalidBody(text("Empty or invalid json")),
                400,
                r#"{"code":"PGRST102","details":null,"hint":null,"message":"Empty or invalid json"}"#,
            ),
            (
                ApiError::InvalidFilters,
                405,
                r#"{"code":"PGRST105","details":null,"hint":null,"message":"Filters must include all and only primary key columns with 'eq' operators"}"#,
            ),
            (
                ApiError::InvalidPreferences(vec![text("a"), text("b=c")]),
                400,
                r#"{"code":"PGRST122","details":"Invalid preferences: a, b=c","hint":null,"message":"Invalid preferences given with handling=strict"}"#,
            ),
            (
                ApiError::InvalidRange(RangeError::NegativeLimit),
                416,
                r#"{"code":"PGRST103","details":"Limit should be greater than or equal to zero.","hint":null,"message":"Requested range not satisfiable"}"#,
            ),
            (
                ApiError::InvalidRange(RangeError::LowerGreaterThanUpper),
                416,
                r#"{"code":"PGRST103","details":"The lower boundary must be lower than or equal to the upper boundary in the Range header.","hint":null,"message":"Requested range not satisfiable"}"#,
            ),
            (
                ApiError::InvalidRange(RangeError::OutOfBounds {
                    lower: text("100"),
                    total: text("15"),
                }),
                416,
                r#"{"code":"PGRST103","details":"An offset of 100 was requested, but there are only 15 rows.","hint":null,"message":"Requested range not satisfiable"}"#,
            ),
        ]
    }

    fn second_cases() -> Vec<(ApiError, u16, &'static str)> {
        vec![
            (
                ApiError::InvalidResourcePath,
                404,
                r#"{"code":"PGRST125","details":null,"hint":null,"message":"Invalid path specified in request URL"}"#,
            ),
            (
                ApiError::InvalidRpcMethod(text("PUT")),
                405,
                r#"{"code":"PGRST101","details":null,"hint":null,"message":"Cannot use the PUT method on RPC"}"#,
            ),
            (
                ApiError::GucHeaders,
                500,
                r#"{"code":"PGRST111","details":null,"hint":null,"message":"response.headers guc must be a JSON array composed of objects with a single key and a string value"}"#,
            ),
            (
                ApiError::GucStatus,
                500,
                r#"{"code":"PGRST112","details":null,"hint":null,"message":"response.status guc must be a valid status code"}"#,
            ),
            (
                ApiError::MaxAffectedRpcViolation,
                400,
                r#"{"code":"PGRST128","details":null,"hint":null,"message":"Function must return SETOF or TABLE when max-affected preference is used with handling=strict"}"#,
            ),
            (
                ApiError::MaxAffectedViolation(14),
                400,
                r#"{"code":"PGRST124","details":"The query affects 14 rows","hint":null,"message":"Query result exceeds max-affected preference constraint"}"#,
            ),
            (
                ApiError::MediaType(vec![text("text/unknown"), text("a/b")]),
                406,
                r#"{"code":"PGRST107","details":null,"hint":null,"message":"None of these media types are available: text/unknown, a/b"}"#,
            ),
            (
                ApiError::NotEmbedded(text("tasks")),
                400,
                r#"{"code":"PGRST108","details":null,"hint":"Verify that 'tasks' is included in the 'select' query parameter.","message":"'tasks' is not an embedded resource in this request"}"#,
            ),
            (
                ApiError::NotImplemented(text("why")),
                400,
                r#"{"code":"PGRST127","details":"why","hint":null,"message":"Feature not implemented"}"#,
            ),
            (
                ApiError::OpenApiDisabled,
                404,
                r#"{"code":"PGRST126","details":null,"hint":null,"message":"Root endpoint metadata is disabled"}"#,
            ),
        ]
    }

    fn third_cases() -> Vec<(ApiError, u16, &'static str)> {
        vec![
            (
                ApiError::PutLimitNotAllowed,
                400,
                r#"{"code":"PGRST114","details":null,"hint":null,"message":"limit/offset querystring parameters are not allowed for PUT"}"#,
            ),
            (
                ApiError::PutMatchingPk,
                400,
                r#"{"code":"PGRST115","details":null,"hint":null,"message":"Payload values do not match URL in primary key column(s)"}"#,
            ),
            (
                ApiError::QueryParam {
                    message: text("\"failed to parse filter (x)\" (line 1, column 1)"),
                    details: text("unexpected \"x\""),
                },
                400,
                r#"{"code":"PGRST100","details":"unexpected \"x\"","hint":null,"message":"\"failed to parse filter (x)\" (line 1, column 1)"}"#,
            ),
            (
                ApiError::RaiseParse(RaiseError::Message(text("m"))),
                500,
                r#"{"code":"PGRST121","details":"Invalid JSON value for MESSAGE: 'm'","hint":"MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'.","message":"Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error"}"#,
            ),
            (
                ApiError::RaiseParse(RaiseError::Details(text("d"))),
                500,
                r#"{"code":"PGRST121","details":"Invalid JSON value for DETAIL: 'd'","hint":"DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'.","message":"Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error"}"#,
            ),
            (
                ApiError::RaiseParse(RaiseError::NoDetail),
                500,
                r#"{"code":"PGRST121","details":"DETAIL is missing in the RAISE statement","hint":"DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'.","message":"Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error"}"#,
            ),
            (
                ApiError::RelatedOrderNotToOne {
                    origin: text("clients"),
                    target: text("projects"),
                },
                400,
                r#"{"code":"PGRST118","details":"'clients' and 'projects' do not form a many-to-one or one-to-one relationship","hint":null,"message":"A related order on 'projects' is not possible"}"#,
            ),
            (
                ApiError::Singularity(0),
                406,
                r#"{"code":"PGRST116","details":"The result contains 0 rows","hint":null,"message":"Cannot coerce the result to a single JSON object"}"#,
            ),
            (
                ApiError::TooLarge { limit: 8 },
                413,
                r#"{"code":"OX413","details":null,"hint":null,"message":"The request body is longer than 8 bytes"}"#,
            ),
            (
                ApiError::UnacceptableSchema {
                    schema: text("x"),
                    schemas: vec![text("v1"), text("v2")],
                },
                406,
                r#"{"code":"PGRST106","details":null,"hint":"Only the following schemas are exposed: v1, v2","message":"Invalid schema: x"}"#,
            ),
            (
                ApiError::UnsupportedMethod(text("CONNECT")),
                405,
                r#"{"code":"PGRST117","details":null,"hint":null,"message":"Unsupported HTTP method: CONNECT"}"#,
            ),
        ]
    }

    #[test]
    fn each_variant_has_its_status_and_body_and_no_headers_of_its_own() {
        for (error, status, body) in [first_cases(), second_cases(), third_cases()].concat() {
            let response = Error::from(error).into_response();
            assert_eq!(response.body, body);
            assert_eq!(response.status, status, "{body}");
            assert_eq!(response.headers.len(), 3, "{body}");
        }
    }

    #[test]
    fn the_code_is_in_the_proxy_status() {
        let response = Error::from(ApiError::Singularity(2)).into_response();
        assert_eq!(
            response.header("Proxy-Status"),
            Some("PostgREST; error=PGRST116")
        );
    }
}
