//! What `Prefer: handling=strict` refuses.
//!
//! In: preferences. Out: PGRST122 or PGRST128. Mirrors PostgREST v14, preferences.
#![forbid(unsafe_code)]

use crate::rest::api_request::preferences::{Handling, Preferences};
use crate::rest::error::{ApiError, Error};
use crate::rest::schema_cache::types::Routine;

/// Preferences that nobody knows are an error when handling is strict.
pub(crate) fn check_known(preferences: &Preferences) -> Result<(), Error> {
    if is_strict(preferences) && !preferences.invalid.is_empty() {
        return Err(ApiError::InvalidPreferences(preferences.invalid.clone()).into());
    }
    Ok(())
}

/// `max-affected` has no meaning for a function that returns one value, if handling is strict.
pub(crate) fn check_max_affected(
    preferences: &Preferences,
    routine: &Routine,
) -> Result<(), Error> {
    if is_strict(preferences) && preferences.max_affected.is_some() && routine.returns_single() {
        return Err(ApiError::MaxAffectedRpcViolation.into());
    }
    Ok(())
}

fn is_strict(preferences: &Preferences) -> bool {
    preferences.handling == Some(Handling::Strict)
}
