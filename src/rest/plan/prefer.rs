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

#[cfg(test)]
mod tests {
    use super::super::fixture::{api_error, field, get, plan, rpc, write};
    use crate::rest::api_request::preferences::{Handling, Preferences};
    use crate::rest::api_request::{Invoke, Mutation};
    use crate::rest::error::ApiError;
    use crate::rest::media_type::MediaType;

    fn preferences(handling: Option<Handling>) -> Preferences {
        Preferences {
            handling,
            max_affected: Some(1),
            invalid: vec!["anything".to_owned()],
            ..Preferences::default()
        }
    }

    fn refused() -> ApiError {
        ApiError::InvalidPreferences(vec!["anything".to_owned()])
    }

    #[test]
    fn unknown_preferences_are_refused_when_handling_is_strict() {
        let strict = preferences(Some(Handling::Strict));
        for mut request in [
            get("clients", vec![field("*")]),
            write("clients", Mutation::Delete),
            rpc("all_projects", Invoke::Post),
        ] {
            request.preferences = strict.clone();
            assert_eq!(api_error(plan(&request)), refused());
            request.preferences = preferences(None);
            assert!(plan(&request).is_ok());
            request.preferences = preferences(Some(Handling::Lenient));
            assert!(plan(&request).is_ok());
        }
    }

    #[test]
    fn a_read_negotiates_before_and_a_write_after() {
        let nothing = vec![MediaType::Other("a/b".to_owned())];
        let mut request = get("clients", vec![field("*")]);
        request.preferences = preferences(Some(Handling::Strict));
        request.accept.clone_from(&nothing);
        assert_eq!(
            api_error(plan(&request)),
            ApiError::MediaType(vec!["a/b".to_owned()])
        );
        let mut request = write("clients", Mutation::Delete);
        request.preferences = preferences(Some(Handling::Strict));
        request.accept = nothing;
        assert_eq!(api_error(plan(&request)), refused());
    }

    #[test]
    fn max_affected_needs_a_function_of_several_rows() {
        let mut request = rpc("one_project", Invoke::Post);
        request.preferences = Preferences {
            invalid: Vec::new(),
            ..preferences(Some(Handling::Strict))
        };
        assert_eq!(api_error(plan(&request)), ApiError::MaxAffectedRpcViolation);
        let mut several = rpc("all_projects", Invoke::Post);
        several.preferences = request.preferences.clone();
        assert!(plan(&several).is_ok());
        request.preferences.handling = None;
        assert!(plan(&request).is_ok());
    }
}
