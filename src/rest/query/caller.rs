//! Who asks, once the token is read.
#![forbid(unsafe_code)]

/// The role that a request runs as, and what its token claims.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Caller {
    pub(crate) role: String,
    /// A JSON object, as text.
    pub(crate) claims: String,
    /// There was a token.
    pub(crate) authenticated: bool,
}
