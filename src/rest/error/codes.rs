//! The codes of the errors that do not come from PostgreSQL, in one list.
//!
//! Mirrors PostgREST v14: the first digit is the group (connection, request, schema cache, token).
#![forbid(unsafe_code)]

pub(crate) const CONNECTION_UNREACHABLE: &str = "PGRST000";
pub(crate) const CONNECTION_LOST: &str = "PGRST001";
pub(crate) const NO_SCHEMA_CACHE: &str = "PGRST002";
pub(crate) const POOL_TIMEOUT: &str = "PGRST003";

pub(crate) const QUERY_PARAM: &str = "PGRST100";
pub(crate) const INVALID_RPC_METHOD: &str = "PGRST101";
pub(crate) const INVALID_BODY: &str = "PGRST102";
pub(crate) const INVALID_RANGE: &str = "PGRST103";
pub(crate) const INVALID_FILTERS: &str = "PGRST105";
pub(crate) const UNACCEPTABLE_SCHEMA: &str = "PGRST106";
pub(crate) const MEDIA_TYPE: &str = "PGRST107";
pub(crate) const NOT_EMBEDDED: &str = "PGRST108";
pub(crate) const GUC_HEADERS: &str = "PGRST111";
pub(crate) const GUC_STATUS: &str = "PGRST112";
pub(crate) const PUT_LIMIT_NOT_ALLOWED: &str = "PGRST114";
pub(crate) const PUT_MATCHING_PK: &str = "PGRST115";
pub(crate) const SINGULARITY: &str = "PGRST116";
pub(crate) const UNSUPPORTED_METHOD: &str = "PGRST117";
pub(crate) const RELATED_ORDER_NOT_TO_ONE: &str = "PGRST118";
pub(crate) const RAISE_PARSE: &str = "PGRST121";
pub(crate) const INVALID_PREFERENCES: &str = "PGRST122";
pub(crate) const AGGREGATES_NOT_ALLOWED: &str = "PGRST123";
pub(crate) const MAX_AFFECTED_VIOLATION: &str = "PGRST124";
pub(crate) const INVALID_RESOURCE_PATH: &str = "PGRST125";
pub(crate) const OPENAPI_DISABLED: &str = "PGRST126";
pub(crate) const NOT_IMPLEMENTED: &str = "PGRST127";
pub(crate) const MAX_AFFECTED_RPC_VIOLATION: &str = "PGRST128";

pub(crate) const NO_RELATIONSHIP: &str = "PGRST200";
pub(crate) const AMBIGUOUS_RELATIONSHIP: &str = "PGRST201";
pub(crate) const NO_ROUTINE: &str = "PGRST202";
pub(crate) const AMBIGUOUS_ROUTINE: &str = "PGRST203";
pub(crate) const COLUMN_NOT_FOUND: &str = "PGRST204";
pub(crate) const TABLE_NOT_FOUND: &str = "PGRST205";

pub(crate) const JWT_SECRET_MISSING: &str = "PGRST300";
pub(crate) const JWT_DECODE: &str = "PGRST301";
pub(crate) const JWT_TOKEN_REQUIRED: &str = "PGRST302";
pub(crate) const JWT_CLAIMS: &str = "PGRST303";

pub(crate) const INTERNAL: &str = "PGRSTX00";

/// Differs from PostgREST: it takes bodies of any length.
pub(crate) const TOO_LARGE: &str = "OX413";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const ALL: [&str; 39] = [
        CONNECTION_UNREACHABLE,
        CONNECTION_LOST,
        NO_SCHEMA_CACHE,
        POOL_TIMEOUT,
        QUERY_PARAM,
        INVALID_RPC_METHOD,
        INVALID_BODY,
        INVALID_RANGE,
        INVALID_FILTERS,
        UNACCEPTABLE_SCHEMA,
        MEDIA_TYPE,
        NOT_EMBEDDED,
        GUC_HEADERS,
        GUC_STATUS,
        PUT_LIMIT_NOT_ALLOWED,
        PUT_MATCHING_PK,
        SINGULARITY,
        UNSUPPORTED_METHOD,
        RELATED_ORDER_NOT_TO_ONE,
        RAISE_PARSE,
        INVALID_PREFERENCES,
        AGGREGATES_NOT_ALLOWED,
        MAX_AFFECTED_VIOLATION,
        INVALID_RESOURCE_PATH,
        OPENAPI_DISABLED,
        NOT_IMPLEMENTED,
        MAX_AFFECTED_RPC_VIOLATION,
        NO_RELATIONSHIP,
        AMBIGUOUS_RELATIONSHIP,
        NO_ROUTINE,
        AMBIGUOUS_ROUTINE,
        COLUMN_NOT_FOUND,
        TABLE_NOT_FOUND,
        JWT_SECRET_MISSING,
        JWT_DECODE,
        JWT_TOKEN_REQUIRED,
        JWT_CLAIMS,
        INTERNAL,
        TOO_LARGE,
    ];

    #[test]
    fn every_code_of_this_file_is_listed_once() {
        let declared = include_str!("codes.rs")
            .lines()
            .filter(|line| line.starts_with("pub(crate) const "))
            .count();
        assert_eq!(ALL.len(), declared);
        assert_eq!(ALL.iter().collect::<BTreeSet<_>>().len(), declared);
    }

    #[test]
    fn every_code_is_documented() {
        let docs = include_str!("../../../docs/errors.md");
        let missing: Vec<_> = ALL
            .iter()
            .filter(|code| !docs.contains(&format!("`{code}`")))
            .collect();
        assert!(missing.is_empty(), "not in docs/errors.md: {missing:?}");
    }
}
