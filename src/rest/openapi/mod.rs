//! The description at the root: an OpenAPI 2.0 document.
//!
//! In: what of a schema is shown, the schema cache and the settings. Out: JSON. Mirrors PostgREST v14,
//! <https://docs.postgrest.org/en/v14/references/api/openapi.html>.
#![forbid(unsafe_code)]

mod definitions;
mod document;
mod parameters;
mod paths;
mod proxy;
mod swagger_type;

#[cfg(test)]
mod tests;

pub(crate) use document::{Description, render};
