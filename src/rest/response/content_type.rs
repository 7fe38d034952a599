//! The headers that say what a body is: `Content-Length`, `Content-Type`, `Content-Profile`.
//!
//! Mirrors PostgREST v14, MediaType.hs and Response.hs.
#![forbid(unsafe_code)]

use std::borrow::Cow;

use super::push;
use crate::http::HttpResponse;
use crate::rest::api_request::ApiRequest;
use crate::rest::media_type::{MediaType, PlanFormat, PlanMedia, PlanOption};
use crate::rest::query::types::ResultSet;

/// `Content-Type`, and `Content-Profile` where the schema was negotiated.
pub(super) fn push_content_type(
    headers: &mut Vec<(String, String)>,
    media: &MediaType,
    request: &ApiRequest,
) {
    push(headers, "Content-Type", content_type(media));
    push_profile(headers, &request.schema, request.negotiated_by_profile);
}

/// `Content-Profile`, where the schema was negotiated.
pub(super) fn push_profile(headers: &mut Vec<(String, String)>, schema: &str, negotiated: bool) {
    if negotiated {
        push(headers, "Content-Profile", schema);
    }
}

/// `Content-Length` of a body.
pub(super) fn push_length(headers: &mut Vec<(String, String)>, body: &[u8]) {
    push(headers, "Content-Length", body.len().to_string());
}

/// The response when an execution plan was asked for: settings of the response do not count.
pub(super) fn render_plan(
    request: &ApiRequest,
    media: &MediaType,
    head: bool,
    result: &ResultSet,
) -> HttpResponse {
    let mut headers = Vec::with_capacity(3);
    push_length(&mut headers, &result.body);
    push_content_type(&mut headers, media, request);
    HttpResponse {
        status: 200,
        reason: None,
        headers,
        body: if head {
            bytes::Bytes::new()
        } else {
            result.body.clone()
        },
    }
}

/// A media type as `Content-Type`. What is not known to be text has no charset.
pub(super) fn content_type(media: &MediaType) -> String {
    let mime = mime(media);
    match media {
        MediaType::OctetStream | MediaType::Other(_) => mime.into_owned(),
        _ => format!("{mime}; charset=utf-8"),
    }
}

fn mime(media: &MediaType) -> Cow<'_, str> {
    Cow::Borrowed(match media {
        MediaType::Any => "*/*",
        MediaType::ApplicationJson => "application/json",
        MediaType::ArrayJsonStripped => "application/vnd.pgrst.array+json;nulls=stripped",
        MediaType::GeoJson => "application/geo+json",
        MediaType::OctetStream => "application/octet-stream",
        MediaType::OpenApi => "application/openapi+json",
        MediaType::Plan(plan) => return Cow::Owned(plan_mime(plan)),
        MediaType::SingularJson {
            nulls_stripped: false,
        } => "application/vnd.pgrst.object+json",
        MediaType::SingularJson {
            nulls_stripped: true,
        } => "application/vnd.pgrst.object+json;nulls=stripped",
        MediaType::TextCsv => "text/csv",
        MediaType::TextPlain => "text/plain",
        MediaType::TextXml => "text/xml",
        MediaType::UrlEncoded => "application/x-www-form-urlencoded",
        MediaType::Other(other) => other,
    })
}

/// The media type of a plan, with what it is the plan of and its options.
fn plan_mime(plan: &PlanMedia) -> String {
    let format = match plan.format {
        PlanFormat::Json => "json",
        PlanFormat::Text => "text",
    };
    let media = mime(&plan.media);
    let mut written = format!("application/vnd.pgrst.plan+{format}; for=\"{media}\"");
    for (at, option) in plan.options.iter().enumerate() {
        written.push_str(if at == 0 { "; options=" } else { "|" });
        written.push_str(match option {
            PlanOption::Analyze => "analyze",
            PlanOption::Verbose => "verbose",
            PlanOption::Settings => "settings",
            PlanOption::Buffers => "buffers",
            PlanOption::Wal => "wal",
        });
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_a_charset_and_the_rest_none() {
        let cases = [
            (MediaType::Any, "*/*; charset=utf-8"),
            (
                MediaType::ApplicationJson,
                "application/json; charset=utf-8",
            ),
            (
                MediaType::ArrayJsonStripped,
                "application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8",
            ),
            (MediaType::GeoJson, "application/geo+json; charset=utf-8"),
            (MediaType::OctetStream, "application/octet-stream"),
            (
                MediaType::OpenApi,
                "application/openapi+json; charset=utf-8",
            ),
            (
                MediaType::SingularJson {
                    nulls_stripped: false,
                },
                "application/vnd.pgrst.object+json; charset=utf-8",
            ),
            (
                MediaType::SingularJson {
                    nulls_stripped: true,
                },
                "application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8",
            ),
            (MediaType::TextCsv, "text/csv; charset=utf-8"),
            (MediaType::TextPlain, "text/plain; charset=utf-8"),
            (MediaType::TextXml, "text/xml; charset=utf-8"),
            (
                MediaType::UrlEncoded,
                "application/x-www-form-urlencoded; charset=utf-8",
            ),
            (MediaType::Other("image/png".to_owned()), "image/png"),
        ];
        for (media, expected) in cases {
            assert_eq!(content_type(&media), expected);
        }
    }

    #[test]
    fn a_plan_says_of_what_and_how_it_is() {
        let plan = |format, options| {
            content_type(&MediaType::Plan(PlanMedia {
                media: Box::new(MediaType::ApplicationJson),
                format,
                options,
            }))
        };
        assert_eq!(
            plan(PlanFormat::Text, vec![]),
            "application/vnd.pgrst.plan+text; for=\"application/json\"; charset=utf-8"
        );
        let all = vec![
            PlanOption::Analyze,
            PlanOption::Verbose,
            PlanOption::Settings,
            PlanOption::Buffers,
            PlanOption::Wal,
        ];
        assert_eq!(
            plan(PlanFormat::Json, all),
            "application/vnd.pgrst.plan+json; for=\"application/json\"; options=analyze|verbose|settings|buffers|wal; charset=utf-8"
        );
    }
}
