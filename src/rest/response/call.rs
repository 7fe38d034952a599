//! Results of functions: those of rows, or 204 when there is none.
//!
//! Mirrors PostgREST v14, Response.hs and <https://docs.postgrest.org/en/v14/references/api/functions.html>.
#![forbid(unsafe_code)]

use bytes::Bytes;

use super::content_type::{push_content_type, push_length, render_plan};
use super::preference::{Done, push_applied};
use super::{guc, push, range};
use crate::http::HttpResponse;
use crate::rest::api_request::{ApiRequest, Invoke};
use crate::rest::error::Error;
use crate::rest::media_type::MediaType;
use crate::rest::plan::types::CallAction;
use crate::rest::query::types::ResultSet;

/// The response to a call.
pub(super) fn render(
    request: &ApiRequest,
    action: &CallAction,
    result: &ResultSet,
) -> Result<HttpResponse, Error> {
    let head = action.invoke == Invoke::Read { head: true };
    if matches!(action.media, MediaType::Plan(_)) {
        return Ok(render_plan(request, &action.media, head, result));
    }
    let (mut status, content_range) = range::status_and_range(request.top_level_range, result);
    let mut body = Bytes::new();
    let mut headers = Vec::with_capacity(5);
    push(&mut headers, "Content-Range", content_range);
    push_applied(&mut headers, &request.preferences, Done::Call);
    if action.routine.returns_void() {
        status = 204;
    } else {
        if !head {
            body = match status {
                416 => range::out_of_bounds(request.top_level_range, result),
                _ => result.body.clone(),
            };
            push_length(&mut headers, &body);
        }
        push_content_type(&mut headers, &action.media, request);
    }
    let response = HttpResponse {
        status,
        reason: None,
        headers,
        body,
    };
    guc::override_response(response, result)
}
