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

#[cfg(test)]
mod tests {
    use super::super::fixture::{
        aggregate, api_error, cache, embed, get, plan, spread, with_aggregates,
    };
    use super::super::types::Plan;
    use crate::rest::api_request::types::Aggregate;
    use crate::rest::error::ApiError;

    #[test]
    fn aggregates_are_refused_at_every_level_unless_enabled() {
        let count = || vec![aggregate("*", Aggregate::Count)];
        for select in [
            count(),
            vec![embed("clients", count())],
            vec![spread("clients", count())],
            vec![spread("tasks", count())],
        ] {
            let error = api_error(plan(&get("projects", select)));
            assert_eq!(error, ApiError::AggregatesNotAllowed);
        }
        let request = get("projects", count());
        assert!(Plan::new(&request, &with_aggregates(), &cache()).is_ok());
    }
}
