//! The schema cache, from PostgreSQL's catalogs.
//!
//! In: rows of the catalog queries. Out: a `SchemaCache`. Mirrors PostgREST v14.
#![forbid(unsafe_code)]

pub(crate) mod types;

pub(crate) use types::SchemaCache;
