//! Plans to SQL.
//!
//! In: a `Plan`. Out: statements with parameters. Mirrors PostgREST v14.
#![forbid(unsafe_code)]

pub(crate) mod caller;
pub(crate) mod types;

pub(crate) use types::{Query, ResultSet, Statement};
