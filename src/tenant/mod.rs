//! A database per tenant: each in a directory of its own, opened when somebody connects, closed while nobody needs it.
//!
//! In: a name. Out: a `Lease` on the engine of that database, or PostgreSQL's own refusal. See docs/internals/tenants.md.
#![forbid(unsafe_code)]

mod databases;
mod doorway;
mod error;
mod lease;
mod lifecycle;
mod memory;
mod name;
mod options;
mod pool;
mod rooms;
mod state;
mod status;
mod watch;

pub(crate) use error::Error;
pub(crate) use lease::Lease;
pub(crate) use options::{Event, Options};
pub(crate) use pool::{Tenants, leave_all};

/// A name as it is kept, or why it is none.
pub(crate) fn name_of(text: &str) -> Result<String, Error> {
    name::Name::parse(text).map(|name| name.to_string())
}
