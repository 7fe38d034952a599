//! Rows that were written: 201, 200 or 204, by what was done and what is to be returned.
//!
//! Mirrors PostgREST v14, Response.hs and <https://docs.postgrest.org/en/v14/references/api/tables_views.html>.
#![forbid(unsafe_code)]

use bytes::Bytes;

use super::content_type::{push_content_type, push_length, render_plan};
use super::preference::{Done, push_applied};
use super::range::content_range;
use super::{guc, push};
use crate::http::HttpResponse;
use crate::rest::api_request::preferences::{Count, Preferences, Representation, Resolution};
use crate::rest::api_request::{ApiRequest, Mutation};
use crate::rest::error::Error;
use crate::rest::media_type::MediaType;
use crate::rest::plan::types::{MutateAction, MutatePlan};
use crate::rest::query::types::ResultSet;

/// The response to a write.
pub(super) fn render(
    request: &ApiRequest,
    action: &MutateAction,
    result: &ResultSet,
) -> Result<HttpResponse, Error> {
    if matches!(action.media, MediaType::Plan(_)) {
        return Ok(render_plan(request, &action.media, false, result));
    }
    let response = match action.mutation {
        Mutation::Create => create(request, action, result),
        Mutation::Update => update(request, action, result),
        Mutation::SingleUpsert => upsert(request, action, result),
        Mutation::Delete => delete(request, action, result),
    };
    guc::override_response(response, result)
}

/// POST: 201, or 200 when rows were merged and none inserted.
fn create(request: &ApiRequest, action: &MutateAction, result: &ResultSet) -> HttpResponse {
    let full = returns_rows(&request.preferences);
    let merges = request.preferences.resolution == Some(Resolution::MergeDuplicates);
    let status = match result.inserted {
        None => 200,
        Some(inserted) if inserted <= 0 && merges => 200,
        Some(_) => 201,
    };
    let body = if full {
        result.body.clone()
    } else {
        Bytes::new()
    };
    let mut headers = Vec::with_capacity(6);
    push_length(&mut headers, &body);
    if !result.location.is_empty() {
        push(
            &mut headers,
            "Location",
            location(&action.relation.name, &result.location),
        );
    }
    let range = content_range(1, 0, counted(request, result));
    push(&mut headers, "Content-Range", range);
    let can_conflict = can_conflict(request, &action.mutate);
    push_applied(
        &mut headers,
        &request.preferences,
        Done::Create { can_conflict },
    );
    if full {
        push_content_type(&mut headers, &action.media, request);
    }
    response(status, headers, body)
}

/// PATCH: 200 with the rows, else 204.
fn update(request: &ApiRequest, action: &MutateAction, result: &ResultSet) -> HttpResponse {
    let last = result.page_total.saturating_sub(1);
    let range = content_range(0, last, counted(request, result));
    rows_or_nothing(request, action, result, range, Done::Update)
}

/// DELETE: 200 with the rows, else 204.
fn delete(request: &ApiRequest, action: &MutateAction, result: &ResultSet) -> HttpResponse {
    let range = content_range(1, 0, counted(request, result));
    rows_or_nothing(request, action, result, range, Done::Delete)
}

fn rows_or_nothing(
    request: &ApiRequest,
    action: &MutateAction,
    result: &ResultSet,
    range: String,
    done: Done,
) -> HttpResponse {
    let mut headers = Vec::with_capacity(5);
    push(&mut headers, "Content-Range", range);
    push_applied(&mut headers, &request.preferences, done);
    if !returns_rows(&request.preferences) {
        return response(204, headers, Bytes::new());
    }
    push_length(&mut headers, &result.body);
    push_content_type(&mut headers, &action.media, request);
    response(200, headers, result.body.clone())
}

/// PUT: 201 or 200 with the row, by whether it was inserted, else 204.
fn upsert(request: &ApiRequest, action: &MutateAction, result: &ResultSet) -> HttpResponse {
    let mut headers = Vec::with_capacity(4);
    if !returns_rows(&request.preferences) {
        push_applied(&mut headers, &request.preferences, Done::SingleUpsert);
        return response(204, headers, Bytes::new());
    }
    push_length(&mut headers, &result.body);
    push_content_type(&mut headers, &action.media, request);
    push_applied(&mut headers, &request.preferences, Done::SingleUpsert);
    let inserted = result.inserted.unwrap_or(0) > 0;
    let status = if inserted { 201 } else { 200 };
    response(status, headers, result.body.clone())
}

fn response(status: u16, headers: Vec<(String, String)>, body: Bytes) -> HttpResponse {
    HttpResponse {
        status,
        reason: None,
        headers,
        body,
    }
}

fn returns_rows(preferences: &Preferences) -> bool {
    preferences.representation == Some(Representation::Full)
}

/// How many rows were written, where that was asked for; a planned count says nothing of it.
fn counted(request: &ApiRequest, result: &ResultSet) -> Option<i64> {
    match request.preferences.count {
        Some(Count::Exact | Count::Estimated) => Some(result.page_total),
        Some(Count::Planned) | None => None,
    }
}

/// There is something that rows can be duplicates in.
fn can_conflict(request: &ApiRequest, plan: &MutatePlan) -> bool {
    let has_key = matches!(plan, MutatePlan::Insert { pk_columns, .. } if !pk_columns.is_empty());
    has_key || request.query.on_conflict.is_some()
}

/// `/relation?key=eq.value&…`.
fn location(relation: &str, pairs: &[(String, String)]) -> String {
    let mut location = format!("/{relation}");
    for (at, (key, value)) in pairs.iter().enumerate() {
        location.push(if at == 0 { '?' } else { '&' });
        push_encoded(&mut location, key);
        location.push('=');
        push_encoded(&mut location, value);
    }
    location
}

/// Appends the text, percent-encoded but for what may stand in a query as it is.
fn push_encoded(query: &mut String, text: &str) {
    query.extend(percent_encoding::utf8_percent_encode(text, RESERVED));
}

const RESERVED: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');
