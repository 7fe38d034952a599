//! The stages of a REST request, without the service that owns a database.
#![forbid(unsafe_code)]

#[path = "../../../src/rest/api_request/mod.rs"]
pub(crate) mod api_request;
#[path = "../../../src/rest/auth/mod.rs"]
pub(crate) mod auth;
#[path = "../../../src/rest/config.rs"]
pub(crate) mod config;
#[path = "../../../src/rest/error/mod.rs"]
pub(crate) mod error;
#[path = "../../../src/rest/identifiers.rs"]
pub(crate) mod identifiers;
#[path = "../../../src/rest/media_type.rs"]
pub(crate) mod media_type;
#[path = "../../../src/rest/openapi/mod.rs"]
pub(crate) mod openapi;
#[path = "../../../src/rest/plan/mod.rs"]
pub(crate) mod plan;
#[path = "../../../src/rest/query/mod.rs"]
pub(crate) mod query;
#[path = "../../../src/rest/range.rs"]
pub(crate) mod range;
#[path = "../../../src/rest/response/mod.rs"]
pub(crate) mod response;
#[path = "../../../src/rest/schema_cache/mod.rs"]
pub(crate) mod schema_cache;

pub(crate) use config::Config;
