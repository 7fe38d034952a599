//! The only layer that knows Node: converts and forwards, decides nothing.
//!
//! JavaScript sees eight things: `NativeDatabase`, `NativeTenants`, `NativeSession`, `NativeRest`, `NativeHold`, `Mailbox`,
//! `splitStatements` and `closeAll`. Failures come back as plain objects that lib/native.ts turns into the right class; a
//! panic below never crosses as one.

mod database;
mod dump;
mod error;
mod hold;
mod mailbox;
mod rest;
mod script;
mod server;
mod session;
mod stats;
mod tenants;

use std::panic::catch_unwind;

pub use database::{NativeDatabase, NativeOpenOptions};
pub use dump::pg_dump;
pub use error::NativeError;
pub use hold::NativeHold;
pub use mailbox::Mailbox;
pub use rest::{NativeAnswer, NativeRest};
pub use script::{NativeStatement, split_statements};
pub use server::{
    NativeServer, NativeServerClient, NativeServerEvent, NativeServerOptions, NativeServerStats,
};
pub use session::{NativeSession, NativeSessionOptions};
pub use stats::{NativeHistogram, NativeSessionInfo, NativeStats};
pub use tenants::{
    NativeTenant, NativeTenantEvent, NativeTenantOptions, NativeTenantStats, NativeTenants,
};

/// Closes every engine of the process and waits until they have, for a bounded time. For the end of the process.
#[napi_derive::napi]
pub fn close_all() {
    // At the end of the process there is nobody left to tell.
    drop(catch_unwind(crate::engine::close_all));
    drop(catch_unwind(crate::tenant::leave_all));
}
