//! What a result must be for its transaction to commit.
//!
//! In: the plan, the request and the result. Out: nothing, or the error that rolls back.
//! Mirrors PostgREST v14, MainTx.hs.
#![forbid(unsafe_code)]

use crate::rest::api_request::preferences::{Handling, TransactionEnd};
use crate::rest::api_request::{ApiRequest, Mutation};
use crate::rest::config::Config;
use crate::rest::error::{ApiError, Error};
use crate::rest::media_type::MediaType;
use crate::rest::plan::types::Plan;
use crate::rest::query::types::ResultSet;

/// Refuses a result that is not what was asked for: several rows for one object, a PUT that wrote
/// another row than its URL names, more rows than may be affected.
pub(crate) fn check(plan: &Plan, request: &ApiRequest, result: &ResultSet) -> Result<(), Error> {
    match plan {
        Plan::Read(action) => check_singular(&action.media, result),
        Plan::Mutate(action) if matches!(action.media, MediaType::Plan(_)) => Ok(()),
        Plan::Mutate(action) => match action.mutation {
            Mutation::Create => check_singular(&action.media, result),
            Mutation::Update | Mutation::Delete => {
                check_singular(&action.media, result)?;
                check_affected(request, result)
            }
            Mutation::SingleUpsert if result.page_total == 1 => Ok(()),
            Mutation::SingleUpsert => Err(ApiError::PutMatchingPk.into()),
        },
        Plan::Call(action) if matches!(action.media, MediaType::Plan(_)) => Ok(()),
        Plan::Call(action) => {
            check_singular(&action.media, result)?;
            check_affected(request, result)
        }
        Plan::Inspect { .. } | Plan::Info(_) => Ok(()),
    }
}

/// Whether `check` can refuse a result of this plan: only then must one wait for the rows before one commits.
pub(crate) fn may_refuse(plan: &Plan, request: &ApiRequest) -> bool {
    let preferences = &request.preferences;
    let is_limited =
        || preferences.max_affected.is_some() && preferences.handling == Some(Handling::Strict);
    let is_singular = |media: &MediaType| matches!(media, MediaType::SingularJson { .. });
    match plan {
        Plan::Mutate(action) => {
            action.mutation == Mutation::SingleUpsert || is_singular(&action.media) || is_limited()
        }
        Plan::Call(action) => !action.read_only && (is_singular(&action.media) || is_limited()),
        Plan::Read(_) | Plan::Inspect { .. } | Plan::Info(_) => false,
    }
}

fn check_singular(media: &MediaType, result: &ResultSet) -> Result<(), Error> {
    if matches!(media, MediaType::SingularJson { .. }) && result.page_total != 1 {
        return Err(ApiError::Singularity(result.page_total).into());
    }
    Ok(())
}

/// `max-affected` counts only where preferences are handled strictly.
fn check_affected(request: &ApiRequest, result: &ResultSet) -> Result<(), Error> {
    let strict = request.preferences.handling == Some(Handling::Strict);
    match request.preferences.max_affected {
        Some(most) if strict && result.page_total > most => {
            Err(ApiError::MaxAffectedViolation(result.page_total).into())
        }
        _ => Ok(()),
    }
}

/// The transaction is rolled back although all went well: `Prefer: tx=`, where it may say so, and
/// `db-tx-end`. Deferred constraints are to be checked before, so that their errors are told.
pub(crate) fn must_roll_back(request: &ApiRequest, config: &Config) -> bool {
    let preferred = request
        .preferences
        .transaction
        .filter(|_| config.tx_end.allows_override());
    match preferred {
        Some(TransactionEnd::Rollback) => true,
        Some(TransactionEnd::Commit) => false,
        None => config.tx_end.rolls_back(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rest::api_request::Invoke;
    use crate::rest::api_request::preferences::Preferences;
    use crate::rest::config::TxEnd;
    use crate::rest::error::codes;
    use crate::rest::media_type::{PlanFormat, PlanMedia};
    use crate::rest::response::sample::{call, mutate, read, request};

    const JSON: MediaType = MediaType::ApplicationJson;
    const ONE: MediaType = MediaType::SingularJson {
        nulls_stripped: false,
    };

    /// The body of the error, if it is refused.
    fn refused(plan: &Plan, preferences: Preferences, page_total: i64) -> Option<String> {
        let result = ResultSet {
            page_total,
            ..ResultSet::default()
        };
        let error = check(plan, &request(preferences), &result).err()?;
        let body = error.into_response().body;
        Some(String::from_utf8_lossy(&body).into_owned())
    }

    fn at_most(most: i64, handling: Option<Handling>) -> Preferences {
        Preferences {
            max_affected: Some(most),
            handling,
            ..Preferences::default()
        }
    }

    fn explain() -> MediaType {
        MediaType::Plan(PlanMedia {
            media: Box::new(ONE),
            format: PlanFormat::Json,
            options: Vec::new(),
        })
    }

    #[test]
    fn one_object_needs_one_row() {
        let stripped = MediaType::SingularJson {
            nulls_stripped: true,
        };
        for plan in [
            read(ONE, false),
            read(stripped, true),
            mutate(ONE, Mutation::Create, &[]),
            mutate(ONE, Mutation::Update, &[]),
            mutate(ONE, Mutation::Delete, &[]),
            call(ONE, Invoke::Post, "int4"),
        ] {
            assert_eq!(refused(&plan, Preferences::default(), 1), None);
            assert_eq!(
                refused(&plan, Preferences::default(), 4).as_deref(),
                Some(
                    r#"{"code":"PGRST116","details":"The result contains 4 rows","hint":null,"message":"Cannot coerce the result to a single JSON object"}"#
                )
            );
        }
        assert_eq!(refused(&read(JSON, false), Preferences::default(), 0), None);
    }

    #[test]
    fn a_put_writes_the_row_of_its_url() {
        // Even where one object is asked for, it is the PUT that is wrong.
        let plan = mutate(ONE, Mutation::SingleUpsert, &["id"]);
        assert_eq!(refused(&plan, Preferences::default(), 1), None);
        let body = refused(&plan, Preferences::default(), 0);
        assert!(body.is_some_and(|body| body.contains(codes::PUT_MATCHING_PK)));
    }

    #[test]
    fn no_more_rows_are_affected_than_is_strictly_allowed() {
        let strict = || at_most(2, Some(Handling::Strict));
        for plan in [
            mutate(JSON, Mutation::Update, &[]),
            mutate(JSON, Mutation::Delete, &[]),
            call(JSON, Invoke::Post, "int4"),
        ] {
            assert_eq!(refused(&plan, strict(), 2), None);
            assert_eq!(
                refused(&plan, strict(), 3).as_deref(),
                Some(
                    r#"{"code":"PGRST124","details":"The query affects 3 rows","hint":null,"message":"Query result exceeds max-affected preference constraint"}"#
                )
            );
            let lenient = at_most(2, Some(Handling::Lenient));
            assert_eq!(refused(&plan, lenient, 3), None);
            assert_eq!(refused(&plan, at_most(2, None), 3), None);
        }
        for plan in [read(JSON, false), mutate(JSON, Mutation::Create, &[])] {
            assert_eq!(refused(&plan, strict(), 3), None);
        }
    }

    #[test]
    fn an_execution_plan_is_never_refused() {
        let strict = || at_most(0, Some(Handling::Strict));
        for plan in [
            read(explain(), false),
            mutate(explain(), Mutation::SingleUpsert, &[]),
            mutate(explain(), Mutation::Delete, &[]),
            call(explain(), Invoke::Post, "int4"),
        ] {
            assert_eq!(refused(&plan, strict(), 3), None);
        }
    }

    #[test]
    fn the_preference_counts_only_where_it_may() {
        let rolls_back = |tx_end, transaction| {
            let config = Config {
                tx_end,
                ..Config::default()
            };
            let preferences = Preferences {
                transaction,
                ..Preferences::default()
            };
            must_roll_back(&request(preferences), &config)
        };
        let (commit, rollback) = (TransactionEnd::Commit, TransactionEnd::Rollback);
        assert!(!rolls_back(TxEnd::Commit, None));
        assert!(!rolls_back(TxEnd::Commit, Some(rollback)));
        assert!(!rolls_back(TxEnd::CommitAllowOverride, None));
        assert!(rolls_back(TxEnd::CommitAllowOverride, Some(rollback)));
        assert!(rolls_back(TxEnd::Rollback, None));
        assert!(rolls_back(TxEnd::Rollback, Some(commit)));
        assert!(rolls_back(TxEnd::RollbackAllowOverride, None));
        assert!(!rolls_back(TxEnd::RollbackAllowOverride, Some(commit)));
    }
}
