//! Results to HTTP.
//!
//! In: the request, its plan and the `ResultSet`. Out: status, headers, body. Mirrors PostgREST v14.
#![forbid(unsafe_code)]
