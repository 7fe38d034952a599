//! Plans to SQL.
//!
//! In: a `Plan`. Out: statements with parameters. Mirrors PostgREST v14.
#![forbid(unsafe_code)]

mod body;
mod builder;
mod call;
pub(crate) mod caller;
mod field;
mod filter;
mod handler;
mod main_query;
mod mutate;
mod read;
pub(crate) mod result;
pub(crate) mod settings;
pub(crate) mod types;

#[cfg(test)]
mod tests;

pub(crate) use caller::Caller;
pub(crate) use types::{Query, ResultSet};
