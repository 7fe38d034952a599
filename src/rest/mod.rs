//! REST requests, from HTTP to HTTP, in five steps.
//!
//! In: method, path, query string, headers, body. Out: status, headers, body.
//! Mirrors PostgREST v14 (<https://docs.postgrest.org/en/v14/>); differences are listed in docs/compatibility.md.
#![forbid(unsafe_code)]

pub(crate) mod api_request;
pub(crate) mod auth;
pub(crate) mod config;
pub(crate) mod error;
pub(crate) mod identifiers;
pub(crate) mod media_type;
pub(crate) mod openapi;
pub(crate) mod plan;
pub(crate) mod query;
pub(crate) mod range;
pub(crate) mod response;
pub(crate) mod schema_cache;
mod service;

pub(crate) use config::Config;
pub(crate) use service::Service;
