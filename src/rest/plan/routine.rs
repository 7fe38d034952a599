//! Which function is meant: overloads are told apart by the names of their arguments.
//!
//! In: a name and the names of arguments. Out: a `Routine`; PGRST202 when there is none, PGRST203 when there are several.
//! Mirrors PostgREST v14, functions as RPC.
#![forbid(unsafe_code)]

use std::sync::Arc;

use crate::rest::error::{Error, SchemaCacheError};
use crate::rest::identifiers::QualifiedIdentifier;
use crate::rest::media_type::MediaType;
use crate::rest::schema_cache::SchemaCache;
use crate::rest::schema_cache::hint::suggest_routine;
use crate::rest::schema_cache::types::Routine;

/// How a function is called.
pub(crate) struct Call<'a> {
    pub(crate) name: &'a QualifiedIdentifier,
    /// Names of the arguments, in order, each once.
    pub(crate) arguments: &'a [&'a str],
    pub(crate) content_type: &'a MediaType,
    pub(crate) is_post: bool,
}

impl Call<'_> {
    /// The function whose parameters are the arguments; without one, the function of a single unnamed parameter that
    /// takes the body.
    pub(crate) fn find_routine<'c>(
        &self,
        cache: &'c SchemaCache,
    ) -> Result<&'c Arc<Routine>, Error> {
        let overloads = cache.routines.get(self.name).map_or(&[][..], Vec::as_slice);
        let named = overloads.iter().filter(|routine| self.matches(routine));
        if let Some(found) = only(named)? {
            return Ok(found);
        }
        let unnamed = overloads.iter().filter(|routine| self.takes_body(routine));
        only(unnamed)?.ok_or_else(|| self.not_found(cache))
    }

    /// Every required parameter has an argument, and every argument a parameter.
    fn matches(&self, routine: &Routine) -> bool {
        let params = &routine.params;
        if params.is_empty() {
            return self.arguments.is_empty() && !(self.is_post && self.is_raw_body());
        }
        params
            .iter()
            .all(|param| !param.required || self.arguments.contains(&param.name.as_str()))
            && self
                .arguments
                .iter()
                .all(|argument| params.iter().any(|param| param.name == *argument))
    }

    /// The body has no names of arguments in it.
    const fn is_raw_body(&self) -> bool {
        matches!(
            self.content_type,
            MediaType::OctetStream | MediaType::TextPlain | MediaType::TextXml
        )
    }

    fn takes_body(&self, routine: &Routine) -> bool {
        let [param] = routine.params.as_slice() else {
            return false;
        };
        self.is_post
            && param.name.is_empty()
            && matches!(
                (self.content_type, param.type_name.as_str()),
                (MediaType::ApplicationJson, "json" | "jsonb")
                    | (MediaType::TextPlain, "text")
                    | (MediaType::TextXml, "xml")
                    | (MediaType::OctetStream, "bytea")
            )
    }

    fn not_found(&self, cache: &SchemaCache) -> Error {
        let arguments: Vec<String> = self.arguments.iter().copied().map(str::to_owned).collect();
        let QualifiedIdentifier { schema, name } = self.name;
        SchemaCacheError::NoRoutine {
            schema: schema.clone(),
            name: name.clone(),
            suggestion: suggest_routine(cache, schema, name, &arguments),
            arguments,
            content_type: self.content_type.clone(),
            is_post: self.is_post,
        }
        .into()
    }
}

/// The only one of the candidates, if there is one.
fn only<'a>(
    mut candidates: impl Iterator<Item = &'a Arc<Routine>>,
) -> Result<Option<&'a Arc<Routine>>, Error> {
    let Some(first) = candidates.next() else {
        return Ok(None);
    };
    let others: Vec<&Arc<Routine>> = candidates.collect();
    if others.is_empty() {
        return Ok(Some(first));
    }
    let all = [first].into_iter().chain(others);
    let routines = all.map(|routine| Routine::clone(routine)).collect();
    Err(SchemaCacheError::AmbiguousRoutine(routines).into())
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{cache, qi};
    use super::*;

    fn find(
        name: &str,
        arguments: &[&str],
        content_type: &MediaType,
        is_post: bool,
    ) -> Result<Arc<Routine>, Box<SchemaCacheError>> {
        let call = Call {
            name: &qi(name),
            arguments,
            content_type,
            is_post,
        };
        match call.find_routine(&cache()) {
            Ok(routine) => Ok(Arc::clone(routine)),
            Err(Error::SchemaCache(error)) => Err(error),
            Err(other) => panic!("{other:?}"),
        }
    }

    fn post(name: &str, arguments: &[&str]) -> Result<Arc<Routine>, Box<SchemaCacheError>> {
        find(name, arguments, &MediaType::ApplicationJson, true)
    }

    fn last_param(routine: Result<Arc<Routine>, Box<SchemaCacheError>>) -> (String, String) {
        let routine = routine.unwrap();
        let param = routine.params.last().unwrap();
        (param.name.clone(), param.type_name.clone())
    }

    fn not_found(result: &Result<Arc<Routine>, Box<SchemaCacheError>>) -> bool {
        matches!(result, Err(error) if matches!(**error, SchemaCacheError::NoRoutine { .. }))
    }

    #[test]
    fn overloads_are_told_apart_by_their_arguments() {
        assert_eq!(last_param(post("add", &["a", "b"])).0, "b");
        assert_eq!(last_param(post("add", &["a", "c"])).0, "c");
        assert_eq!(last_param(post("defaults", &["a", "c"])).0, "c");
    }

    #[test]
    fn required_parameters_need_arguments_and_arguments_parameters() {
        assert!(not_found(&post("add", &["a"])));
        assert!(not_found(&post("add", &["a", "b", "c"])));
        assert!(not_found(&post("defaults", &["b"])));
        assert!(not_found(&post("all_projects", &["a"])));
        assert!(not_found(&post("nope", &[])));
    }

    #[test]
    fn what_was_asked_for_is_told() {
        let error = find("add", &["x", "y"], &MediaType::TextPlain, true).unwrap_err();
        let SchemaCacheError::NoRoutine {
            schema,
            name,
            arguments,
            content_type,
            is_post,
            ..
        } = *error
        else {
            panic!("{error:?}");
        };
        assert_eq!((schema.as_str(), name.as_str()), ("test", "add"));
        assert_eq!(arguments, ["x", "y"]);
        assert_eq!((content_type, is_post), (MediaType::TextPlain, true));
    }

    #[test]
    fn several_functions_are_ambiguous() {
        let error = post("defaults", &["a"]).unwrap_err();
        assert!(matches!(*error, SchemaCacheError::AmbiguousRoutine(found) if found.len() == 2));
        let error = post("unnamed_jsons", &[]).unwrap_err();
        assert!(matches!(*error, SchemaCacheError::AmbiguousRoutine(found) if found.len() == 2));
    }

    #[test]
    fn a_single_unnamed_parameter_takes_a_body_of_its_type() {
        assert_eq!(last_param(post("unnamed", &["any", "key"])).1, "json");
        let text = find("unnamed", &[], &MediaType::TextPlain, true);
        assert_eq!(last_param(text).1, "text");
        assert!(not_found(&find(
            "unnamed",
            &[],
            &MediaType::OctetStream,
            true
        )));
        assert!(not_found(&find(
            "unnamed",
            &[],
            &MediaType::ApplicationJson,
            false
        )));
    }

    #[test]
    fn a_named_parameter_takes_no_body() {
        assert!(not_found(&post("named_json", &["x"])));
        assert_eq!(last_param(post("named_json", &["data"])).0, "data");
    }

    #[test]
    fn a_function_without_parameters_takes_no_raw_body() {
        assert!(post("all_projects", &[]).is_ok());
        assert!(not_found(&find(
            "all_projects",
            &[],
            &MediaType::TextPlain,
            true
        )));
        assert!(find("all_projects", &[], &MediaType::TextPlain, false).is_ok());
    }
}
