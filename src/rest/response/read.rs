//! Rows that were read: 200, 206 or 416.
//!
//! Mirrors PostgREST v14, Response.hs and <https://docs.postgrest.org/en/v14/references/api/pagination_count.html>.
#![forbid(unsafe_code)]

use bytes::Bytes;

use super::content_type::{push_content_type, push_length, render_plan};
use super::preference::{Done, push_applied};
use super::{guc, push, range};
use crate::http::HttpResponse;
use crate::rest::api_request::ApiRequest;
use crate::rest::error::Error;
use crate::rest::media_type::MediaType;
use crate::rest::plan::types::ReadAction;
use crate::rest::query::types::ResultSet;

/// The response to a read. A HEAD has every header but `Content-Length`, and no body.
pub(super) fn render(
    request: &ApiRequest,
    action: &ReadAction,
    result: &ResultSet,
) -> Result<HttpResponse, Error> {
    if matches!(action.media, MediaType::Plan(_)) {
        return Ok(render_plan(request, &action.media, action.head, result));
    }
    let (status, content_range) = range::status_and_range(request.top_level_range, result);
    let body = match status {
        _ if action.head => Bytes::new(),
        416 => range::out_of_bounds(request.top_level_range, result),
        _ => result.body.clone(),
    };
    let mut headers = Vec::with_capacity(6);
    push(&mut headers, "Content-Range", content_range);
    push(
        &mut headers,
        "Content-Location",
        content_location(&action.relation.name, &request.query.canonical),
    );
    if !action.head {
        push_length(&mut headers, &body);
    }
    push_content_type(&mut headers, &action.media, request);
    push_applied(&mut headers, &request.preferences, Done::Read);
    let response = HttpResponse {
        status,
        reason: None,
        headers,
        body,
    };
    guc::override_response(response, result)
}

/// `/relation?canonical query`.
fn content_location(relation: &str, canonical: &str) -> String {
    let mut location = String::with_capacity(2 + relation.len() + canonical.len());
    location.push('/');
    location.push_str(relation);
    if !canonical.is_empty() {
        location.push('?');
        location.push_str(canonical);
    }
    location
}
