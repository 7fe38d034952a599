//! The headers that say what a body is: `Content-Length`, `Content-Type`, `Content-Profile`.
//!
//! Mirrors PostgREST v14, MediaType.hs and Response.hs.
#![forbid(unsafe_code)]

use super::push;
use crate::http::HttpResponse;
use crate::rest::api_request::ApiRequest;
use crate::rest::media_type::MediaType;
use crate::rest::query::types::ResultSet;

/// `Content-Type`, and `Content-Profile` where the schema was negotiated.
pub(super) fn push_content_type(
    headers: &mut Vec<(String, String)>,
    media: &MediaType,
    request: &ApiRequest,
) {
    push(headers, "Content-Type", media.to_content_type());
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
