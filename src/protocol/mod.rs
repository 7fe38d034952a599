//! The PostgreSQL frontend/backend protocol, version 3: bytes in, messages out, and back.
//!
//! No I/O, and no assumption that text is UTF-8. Decoders check every length, terminator and count
//! of what they read; encoders append to a buffer of the caller's.
//! Mirrors PostgreSQL 18, "Message Formats":
//! <https://www.postgresql.org/docs/18/protocol-message-formats.html>
#![forbid(unsafe_code)]

pub(crate) mod backend;
mod buffer;
mod error;
mod error_fields;
pub(crate) mod frontend;
#[cfg(unix)]
pub(crate) mod position;
pub(crate) mod sqlstate;
pub(crate) mod startup;

pub(crate) use error::Error;
pub(crate) use error_fields::ErrorFields;
