//! Aggregates are allowed only when `db-aggregates-enabled` says so.
//!
//! In: a read plan. Out: PGRST123 when it has one. Mirrors PostgREST v14, aggregate functions.
#![forbid(unsafe_code)]

use crate::rest::error::{ApiError, Error};

use super::types::ReadPlan;

/// Refuses a plan with aggregates.
pub(crate) fn refuse_aggregates(node: &ReadPlan) -> Result<(), Error> {
    if node.select.iter().any(|item| item.aggregate.is_some()) {
        return Err(ApiError::AggregatesNotAllowed.into());
    }
    node.children.iter().try_for_each(refuse_aggregates)
}
