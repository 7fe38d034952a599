//! JSON Web Tokens: whether a token is good, and what it claims.
//!
//! In: a token and the keys. Out: its claims, or PostgREST v14's error (PGRST300 to PGRST303),
//! <https://docs.postgrest.org/en/v14/references/auth.html>.
#![forbid(unsafe_code)]

mod cache;
mod claims;
mod encoding;
mod keys;
#[cfg(test)]
mod tests;
mod token;

pub(crate) use cache::Cache;
pub(crate) use claims::Claims;
pub(crate) use keys::{KeyError, Keys};

/// Why a token is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum Error {
    /// The token cannot be read or its signature is not good: PGRST301.
    Decode(DecodeError),
    /// A claim is not good: PGRST303.
    Claims(ClaimsError),
    /// There is a token but no secret to check it with: PGRST300.
    SecretMissing,
    /// There is neither a token nor an anonymous role: PGRST302.
    TokenRequired,
}

/// PGRST301.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DecodeError {
    BadAlgorithm(String),
    BadCrypto,
    EmptyAuthHeader,
    Key(String),
    /// A token has three parts; this one had so many.
    UnexpectedParts(usize),
}

/// PGRST303.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ClaimsError {
    AudNotStringOrArray,
    Expired,
    ExpNotNumber,
    IatNotNumber,
    IssuedAtFuture,
    NbfNotNumber,
    NotInAudience,
    NotYetValid,
    Parsing,
}
