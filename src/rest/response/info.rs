//! What can be done with a resource: `OPTIONS`, and the description at the root.
//!
//! Mirrors PostgREST v14, Response.hs, <https://docs.postgrest.org/en/v14/references/api/options.html>
//! and <https://docs.postgrest.org/en/v14/references/api/openapi.html>.
#![forbid(unsafe_code)]

use bytes::Bytes;

use super::content_type::{push_length, push_profile};
use super::push;
use crate::http::HttpResponse;
use crate::rest::api_request::ApiRequest;
use crate::rest::error::{ApiError, Error};
use crate::rest::media_type::MediaType;
use crate::rest::plan::types::InfoPlan;
use crate::rest::query::types::ResultSet;
use crate::rest::schema_cache::types::{SchemaCache, Table, Volatility};

/// The response to `OPTIONS`.
pub(super) fn render(info: &InfoPlan, cache: &SchemaCache) -> Result<HttpResponse, Error> {
    let allowed = match info {
        InfoPlan::Relation(relation) => cache
            .tables
            .get(relation)
            .map(|table| methods(table))
            .ok_or(ApiError::InvalidResourcePath)?,
        InfoPlan::Routine(routine) if routine.volatility == Volatility::Volatile => {
            "OPTIONS,POST".to_owned()
        }
        InfoPlan::Routine(_) => "OPTIONS,GET,HEAD,POST".to_owned(),
        InfoPlan::Schema => "OPTIONS,GET,HEAD".to_owned(),
    };
    let mut headers = Vec::with_capacity(3);
    push_length(&mut headers, &[]);
    push(&mut headers, "Access-Control-Allow-Origin", "*");
    push(&mut headers, "Allow", allowed);
    Ok(HttpResponse {
        status: 200,
        reason: None,
        headers,
        body: Bytes::new(),
    })
}

/// What PostgreSQL would let someone do with the table, whoever it is.
fn methods(table: &Table) -> String {
    let mut methods = String::from("OPTIONS,GET,HEAD");
    let has_key = !table.pk_columns.is_empty();
    for (method, allowed) in [
        (",POST", table.insertable),
        (",PUT", table.insertable && table.updatable && has_key),
        (",PATCH", table.updatable),
        (",DELETE", table.deletable),
    ] {
        if allowed {
            methods.push_str(method);
        }
    }
    methods
}

/// The response at the root, whose body is the description.
pub(super) fn render_description(
    request: &ApiRequest,
    schema: &str,
    head: bool,
    result: &ResultSet,
) -> HttpResponse {
    let mut headers = Vec::with_capacity(3);
    push(
        &mut headers,
        "Content-Type",
        MediaType::OpenApi.to_content_type(),
    );
    let body = if head {
        Bytes::new()
    } else {
        push_length(&mut headers, &result.body);
        result.body.clone()
    };
    push_profile(&mut headers, schema, request.negotiated_by_profile);
    HttpResponse {
        status: 200,
        reason: None,
        headers,
        body,
    }
}
