//! Planning: an intent meets the schema cache.
//!
//! In: `ApiRequest`, `Config`, `SchemaCache`. Out: a `Plan`, or PostgREST's error. Mirrors PostgREST v14.
#![forbid(unsafe_code)]

pub(crate) mod types;

pub(crate) use types::Plan;
