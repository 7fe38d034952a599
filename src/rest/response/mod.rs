//! Results to HTTP.
//!
//! In: the request, its plan and the `ResultSet`. Out: status, headers, body, or an error for which
//! the transaction is rolled back. Mirrors PostgREST v14, Response.hs.
#![forbid(unsafe_code)]

mod call;
mod check;
mod content_type;
pub(crate) mod cors;
mod finish;
mod guc;
mod info;
mod mutate;
pub(crate) mod performance;
mod preference;
mod range;
mod read;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::http::HttpResponse;
use crate::rest::api_request::ApiRequest;
use crate::rest::error::Error;
use crate::rest::plan::types::Plan;
use crate::rest::query::types::ResultSet;
use crate::rest::schema_cache::types::SchemaCache;

pub(crate) use check::{check, may_refuse, must_roll_back};
pub(crate) use finish::{finish, trace};

/// The response to a request that succeeded. `result` is empty for plans that ask nothing of the
/// database; its body is the plan where one was asked for, and the description at the root.
///
/// An error comes from `response.headers` or `response.status`, or from a relation that is not there.
pub(crate) fn render(
    request: &ApiRequest,
    plan: &Plan,
    cache: &SchemaCache,
    result: &ResultSet,
) -> Result<HttpResponse, Error> {
    match plan {
        Plan::Read(action) => read::render(request, action, result),
        Plan::Mutate(action) => mutate::render(request, action, result),
        Plan::Call(action) => call::render(request, action, result),
        Plan::Inspect { schema, head, .. } => {
            Ok(info::render_description(request, schema, *head, result))
        }
        Plan::Info(info) => info::render(info, cache),
    }
}

/// Appends a header.
fn push(headers: &mut Vec<(String, String)>, name: &str, value: impl Into<String>) {
    headers.push((name.to_owned(), value.into()));
}
