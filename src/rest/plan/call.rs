//! The call plan: a function, its arguments, and the read of its result.
//!
//! In: a request for `/rpc/…`. Out: a `CallAction`, or PostgREST's error. Mirrors PostgREST v14, functions as RPC.
#![forbid(unsafe_code)]

use std::sync::Arc;

use crate::rest::api_request::{ApiRequest, Invoke, Payload};
use crate::rest::config::Config;
use crate::rest::error::Error;
use crate::rest::identifiers::QualifiedIdentifier;
use crate::rest::media_type::MediaType;
use crate::rest::schema_cache::SchemaCache;
use crate::rest::schema_cache::types::{Routine, Volatility};

use super::negotiate::{has_default_select, negotiate};
use super::prefer::{check_known, check_max_affected};
use super::read::plan_read;
use super::returning::called_columns;
use super::routine::Call;
use super::types::{ArgumentValue, CallAction, CallArgs, CallParams, CallPlan, InfoPlan, ReadPlan};

/// Plans a call and the read of its result.
pub(crate) fn plan_action(
    name: &QualifiedIdentifier,
    invoke: Invoke,
    request: &ApiRequest,
    config: &Config,
    cache: &SchemaCache,
) -> Result<CallAction, Error> {
    let is_post = invoke == Invoke::Post;
    let arguments = argument_names(request, is_post);
    let call = Call {
        name,
        arguments: &arguments,
        content_type: &request.content_type,
        is_post,
    };
    let routine = call.find_routine(cache)?;
    // What is embedded is related to the relation whose rows are returned.
    let result = routine.table_name().unwrap_or(&routine.name);
    let relation = QualifiedIdentifier::new(routine.schema.as_str(), result);
    let read = plan_read(&relation, request, config, cache)?;
    let call = plan_call(
        routine,
        &arguments,
        plan_args(routine, request, is_post),
        &read,
    );
    let is_default = has_default_select(&read);
    let (handler, media) = negotiate(request, config, cache, &relation, is_default)?;
    check_known(&request.preferences)?;
    check_max_affected(&request.preferences, routine)?;
    Ok(CallAction {
        read,
        call,
        routine: Arc::clone(routine),
        invoke,
        read_only: !is_post || routine.volatility != Volatility::Volatile,
        handler,
        media,
    })
}

/// Plans `OPTIONS` of a function: it fails where a `GET` fails.
pub(crate) fn plan_info(
    name: &QualifiedIdentifier,
    request: &ApiRequest,
    config: &Config,
    cache: &SchemaCache,
) -> Result<InfoPlan, Error> {
    let invoke = Invoke::Read { head: true };
    let action = plan_action(name, invoke, request, config, cache)?;
    Ok(InfoPlan::Routine(action.routine))
}

/// Names of the arguments, in order, each once.
fn argument_names(request: &ApiRequest, is_post: bool) -> Vec<&str> {
    if is_post {
        return request.columns.iter().map(String::as_str).collect();
    }
    let given = request.query.params.iter();
    let mut names: Vec<&str> = given.map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn plan_call(routine: &Routine, arguments: &[&str], args: CallArgs, read: &ReadPlan) -> CallPlan {
    let params = match routine.params.as_slice() {
        [param] if param.name.is_empty() => CallParams::Positional(param.clone()),
        // Those that are left out have defaults.
        params => CallParams::Named(
            params
                .iter()
                .filter(|param| arguments.contains(&param.name.as_str()))
                .cloned()
                .collect(),
        ),
    };
    CallPlan {
        routine: QualifiedIdentifier::new(routine.schema.as_str(), routine.name.as_str()),
        params,
        args,
        scalar: routine.returns_scalar(),
        set_of_scalar: routine.returns_set_of_scalar(),
        returning: called_columns(read),
    }
}

fn plan_args(routine: &Routine, request: &ApiRequest, is_post: bool) -> CallArgs {
    if !is_post {
        return CallArgs::Direct(merge_arguments(routine, &request.query.params));
    }
    match &request.payload {
        Some(Payload::UrlEncoded(given)) => CallArgs::Direct(merge_arguments(routine, given)),
        _ if request.content_type == MediaType::UrlEncoded => CallArgs::Direct(Vec::new()),
        Some(Payload::Processed { raw, .. } | Payload::Raw(raw) | Payload::Text(raw)) => {
            CallArgs::Json(Some(raw.clone()))
        }
        None => CallArgs::Json(None),
    }
}

/// Each argument once: values of a variadic parameter add up, of others the last one counts.
fn merge_arguments(routine: &Routine, given: &[(String, String)]) -> Vec<(String, ArgumentValue)> {
    let mut merged: Vec<(String, ArgumentValue)> = Vec::with_capacity(given.len());
    for (name, value) in given {
        let known = merged.iter_mut().find(|(known, _)| known == name);
        match known {
            Some((_, ArgumentValue::Variadic(values))) => values.push(value.clone()),
            Some((_, ArgumentValue::Fixed(last))) => last.clone_from(value),
            None => merged.push((name.clone(), argument(routine, name, value))),
        }
    }
    merged
}

fn argument(routine: &Routine, name: &str, value: &str) -> ArgumentValue {
    let is_variadic = routine.has_variadic
        && routine
            .params
            .iter()
            .any(|param| param.variadic && param.name == name);
    if is_variadic {
        ArgumentValue::Variadic(vec![value.to_owned()])
    } else {
        ArgumentValue::Fixed(value.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::super::fixture::{
        api_error, cache_error, field, names, pairs, param, plan, qi, request, rpc,
    };
    use super::super::types::Plan;
    use super::*;
    use crate::rest::api_request::Action;
    use crate::rest::error::{ApiError, SchemaCacheError};

    fn planned(request: &ApiRequest) -> CallAction {
        match plan(request) {
            Ok(Plan::Call(action)) => action,
            other => panic!("{other:?}"),
        }
    }

    fn called(routine: &str, params: &[(&str, &str)]) -> ApiRequest {
        let mut request = rpc(routine, Invoke::Read { head: false });
        request.query.params = pairs(params);
        request
    }

    fn fixed(name: &str, value: &str) -> (String, ArgumentValue) {
        (name.to_owned(), ArgumentValue::Fixed(value.to_owned()))
    }

    #[test]
    fn a_get_has_its_arguments_in_the_query_and_only_reads() {
        let action = planned(&called("add", &[("b", "2"), ("a", "1")]));
        let integer = |name: &str| param(name, "integer", true, false);
        assert_eq!(
            action.call.params,
            CallParams::Named(vec![integer("a"), integer("b")])
        );
        let args = vec![fixed("b", "2"), fixed("a", "1")];
        assert_eq!(action.call.args, CallArgs::Direct(args));
        assert_eq!(
            (action.call.scalar, action.call.set_of_scalar),
            (true, false)
        );
        assert_eq!(
            (action.read_only, action.invoke),
            (true, Invoke::Read { head: false })
        );
        assert_eq!(action.call.routine, qi("add"));
    }

    #[test]
    fn a_post_has_them_in_the_body_and_reads_unless_volatile() {
        let mut request = rpc("defaults", Invoke::Post);
        request.columns = ["a".to_owned(), "c".to_owned()].into();
        let body = Bytes::from_static(br#"{"a":1,"c":2}"#);
        request.payload = Some(Payload::Raw(body.clone()));
        let action = planned(&request);
        assert_eq!(action.call.args, CallArgs::Json(Some(body)));
        assert!(!action.read_only);
        assert!(planned(&rpc("all_projects", Invoke::Post)).read_only);
    }

    #[test]
    fn parameters_without_arguments_are_left_out() {
        let named = |params| match planned(&called("optional", params)).call.params {
            CallParams::Named(params) => params.len(),
            other @ CallParams::Positional(_) => panic!("{other:?}"),
        };
        assert_eq!(named(&[("a", "1")]), 1);
        assert_eq!(named(&[("a", "1"), ("b", "2")]), 2);
    }

    #[test]
    fn overloads_with_the_same_required_parameters_are_ambiguous_without_others() {
        let error = cache_error(plan(&called("defaults", &[("a", "1")])));
        assert!(matches!(error, SchemaCacheError::AmbiguousRoutine(_)));
    }

    #[test]
    fn values_of_a_variadic_parameter_add_up_and_of_others_the_last_counts() {
        let given = [("v", "1"), ("x", "a"), ("v", "2"), ("x", "b")];
        let expected = CallArgs::Direct(vec![
            ("v".to_owned(), ArgumentValue::Variadic(names(&["1", "2"]))),
            fixed("x", "b"),
        ]);
        assert_eq!(planned(&called("variadic", &given)).call.args, expected);
        let mut form = rpc("variadic", Invoke::Post);
        form.content_type = MediaType::UrlEncoded;
        form.columns = ["v".to_owned(), "x".to_owned()].into();
        form.payload = Some(Payload::UrlEncoded(pairs(&given)));
        assert_eq!(planned(&form).call.args, expected);
    }

    #[test]
    fn a_single_unnamed_parameter_is_given_by_position() {
        let mut request = rpc("unnamed", Invoke::Post);
        request.columns = ["k".to_owned()].into();
        let params = planned(&request).call.params;
        assert_eq!(
            params,
            CallParams::Positional(param("", "json", true, false))
        );
    }

    #[test]
    fn the_result_has_the_selected_columns() {
        let mut request = called("all_projects", &[]);
        assert_eq!(planned(&request).call.returning, ["*"]);
        request.query.select = vec![field("name"), field("id")];
        assert_eq!(planned(&request).call.returning, ["id", "name"]);
    }

    #[test]
    fn options_of_a_function_finds_it_and_fails_as_a_read_does() {
        let info = request(Action::RoutineInfo(qi("all_projects")));
        let Ok(Plan::Info(InfoPlan::Routine(routine))) = plan(&info) else {
            panic!("not found");
        };
        assert_eq!(routine.name, "all_projects");
        let error = cache_error(plan(&request(Action::RoutineInfo(qi("add")))));
        assert!(matches!(
            error,
            SchemaCacheError::NoRoutine { is_post: false, .. }
        ));
        let mut refused = info;
        refused.accept = vec![MediaType::Other("a/b".to_owned())];
        assert_eq!(
            api_error(plan(&refused)),
            ApiError::MediaType(names(&["a/b"]))
        );
    }
}
