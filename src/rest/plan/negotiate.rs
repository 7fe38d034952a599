//! Content negotiation: the first accepted media type that something can make, and what makes it.
//!
//! In: `Accept` and the handlers of the schema cache. Out: a handler and a media type, or PGRST107.
//! Mirrors PostgREST v14, media type handlers and resource representation.
#![forbid(unsafe_code)]

use crate::rest::api_request::preferences::Representation;
use crate::rest::api_request::{Action, ApiRequest, Invoke};
use crate::rest::config::Config;
use crate::rest::error::{ApiError, Error};
use crate::rest::identifiers::{QualifiedIdentifier, RelIdentifier};
use crate::rest::media_type::MediaType;
use crate::rest::schema_cache::SchemaCache;
use crate::rest::schema_cache::types::MediaHandler;

use super::types::{Plan, ReadPlan};

/// Whether just `*` is selected, when handlers of the relation itself may take its rows.
pub(crate) fn has_default_select(read: &ReadPlan) -> bool {
    read.children.is_empty() && matches!(read.select.as_slice(), [only] if only.field.name == "*")
}

/// Chooses how the body is made. No body is made of writes without `return=representation`, nor for `HEAD`.
pub(crate) fn negotiate(
    request: &ApiRequest,
    config: &Config,
    cache: &SchemaCache,
    relation: &QualifiedIdentifier,
    is_default: bool,
) -> Result<(MediaHandler, MediaType), Error> {
    let accepted = request
        .accept
        .iter()
        .find_map(|media| accept(media, config, cache, relation, is_default));
    let Some((handler, media)) = accepted else {
        return Err(not_acceptable(&request.accept));
    };
    let has_body = match &request.action {
        Action::RelationMutate { .. } => {
            request.preferences.representation == Some(Representation::Full)
        }
        Action::RelationRead { head, .. }
        | Action::Routine {
            invoke: Invoke::Read { head },
            ..
        } => !head,
        _ => true,
    };
    if has_body {
        Ok((handler, media))
    } else {
        Ok((MediaHandler::NoAggregate, media))
    }
}

/// Plans the description at the root. It is OpenAPI, whichever of these media types is accepted.
pub(crate) fn plan_inspect(schema: &str, head: bool, accept: &[MediaType]) -> Result<Plan, Error> {
    let is_accepted = accept.iter().any(|media| {
        matches!(
            media,
            MediaType::OpenApi | MediaType::ApplicationJson | MediaType::Any
        )
    });
    if !is_accepted {
        return Err(not_acceptable(accept));
    }
    Ok(Plan::Inspect {
        schema: schema.to_owned(),
        head,
    })
}

fn accept(
    media: &MediaType,
    config: &Config,
    cache: &SchemaCache,
    relation: &QualifiedIdentifier,
    is_default: bool,
) -> Option<(MediaHandler, MediaType)> {
    // PostgREST's own media types have parameters, and no handler may replace them.
    if let Some(handler) = own_handler(media) {
        return Some((handler, media.clone()));
    }
    let MediaType::Plan(plan) = media else {
        return find_handler(media, cache, relation, is_default).cloned();
    };
    if !config.plan_enabled {
        return None;
    }
    let handler = own_handler(&plan.media).or_else(|| {
        let found = find_handler(&plan.media, cache, relation, is_default)?;
        Some(found.0.clone())
    })?;
    Some((handler, media.clone()))
}

const fn own_handler(media: &MediaType) -> Option<MediaHandler> {
    match media {
        MediaType::SingularJson { nulls_stripped } => Some(MediaHandler::SingleJson {
            nulls_stripped: *nulls_stripped,
        }),
        MediaType::ArrayJsonStripped => Some(MediaHandler::ArrayJsonStripped),
        _ => None,
    }
}

/// The relation's handler for any media type, its handler for this one, or the one that takes any relation.
fn find_handler<'a>(
    media: &MediaType,
    cache: &'a SchemaCache,
    relation: &QualifiedIdentifier,
    is_default: bool,
) -> Option<&'a (MediaHandler, MediaType)> {
    let handlers = &cache.media_handlers;
    if is_default {
        let mut key = (RelIdentifier::Relation(relation.clone()), MediaType::Any);
        if let Some(found) = handlers.get(&key) {
            return Some(found);
        }
        key.1 = media.clone();
        if let Some(found) = handlers.get(&key) {
            return Some(found);
        }
    }
    handlers.get(&(RelIdentifier::Any, media.clone()))
}

fn not_acceptable(accept: &[MediaType]) -> Error {
    let names = accept.iter().map(|media| media.to_mime().into_owned());
    ApiError::MediaType(names.collect()).into()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{api_error, cache, field, get, plan, qi, request, rpc};
    use super::*;
    use crate::rest::media_type::{PlanFormat, PlanMedia, PlanOption};

    fn png() -> MediaType {
        MediaType::Other("image/png".to_owned())
    }

    fn custom(name: &str) -> MediaHandler {
        MediaHandler::Custom(qi(name), RelIdentifier::Any)
    }

    /// Clients have handlers for an image and for CSV, tasks for anything.
    fn chosen(
        relation: &str,
        select: &str,
        accept: &[MediaType],
    ) -> Result<(MediaHandler, MediaType), ApiError> {
        let mut cache = cache();
        for (relation, media, handler) in [
            ("clients", png(), "to_png"),
            ("clients", MediaType::TextCsv, "to_csv"),
            ("tasks", MediaType::Any, "to_any"),
        ] {
            let key = (RelIdentifier::Relation(qi(relation)), media.clone());
            let media = if media == MediaType::Any {
                MediaType::OctetStream
            } else {
                media
            };
            cache.media_handlers.insert(key, (custom(handler), media));
        }
        let config = Config {
            plan_enabled: select == "planned",
            ..Config::default()
        };
        let column = if select == "planned" { "*" } else { select };
        let mut request = get(relation, vec![field(column)]);
        request.accept = accept.to_vec();
        match Plan::new(&request, &config, &cache) {
            Ok(Plan::Read(action)) => Ok((action.handler, action.media)),
            Err(Error::Api(error)) => Err(error),
            other => panic!("{other:?}"),
        }
    }

    fn explain(media: MediaType) -> MediaType {
        MediaType::Plan(PlanMedia {
            media: Box::new(media),
            format: PlanFormat::Json,
            options: vec![PlanOption::Analyze, PlanOption::Wal],
        })
    }

    #[test]
    fn the_first_media_type_that_can_be_made_is_taken() {
        let accept = [png(), MediaType::TextCsv, MediaType::ApplicationJson];
        let expected = Ok((MediaHandler::Csv, MediaType::TextCsv));
        assert_eq!(chosen("projects", "*", &accept), expected);
        let any = Ok((MediaHandler::Json, MediaType::ApplicationJson));
        assert_eq!(chosen("projects", "*", &[MediaType::Any]), any);
    }

    #[test]
    fn handlers_of_the_relation_come_first_when_only_a_star_is_selected() {
        let csv = [MediaType::TextCsv];
        let own = Ok((custom("to_csv"), MediaType::TextCsv));
        assert_eq!(chosen("clients", "*", &csv), own);
        assert_eq!(
            chosen("clients", "*", &[png()]),
            Ok((custom("to_png"), png()))
        );
        let builtin = Ok((MediaHandler::Csv, MediaType::TextCsv));
        assert_eq!(chosen("clients", "id", &csv), builtin);
        let refused = Err(ApiError::MediaType(vec!["image/png".to_owned()]));
        assert_eq!(chosen("clients", "id", &[png()]), refused);
    }

    #[test]
    fn a_handler_for_anything_takes_everything_but_what_is_postgrests_own() {
        let anything = Ok((custom("to_any"), MediaType::OctetStream));
        assert_eq!(chosen("tasks", "*", &[png()]), anything);
        assert_eq!(
            chosen("tasks", "*", &[MediaType::ApplicationJson]),
            anything
        );
        let singular = MediaType::SingularJson {
            nulls_stripped: true,
        };
        let handler = MediaHandler::SingleJson {
            nulls_stripped: true,
        };
        let accept = [singular.clone()];
        assert_eq!(chosen("tasks", "*", &accept), Ok((handler, singular)));
        let stripped = Ok((
            MediaHandler::ArrayJsonStripped,
            MediaType::ArrayJsonStripped,
        ));
        assert_eq!(
            chosen("tasks", "*", &[MediaType::ArrayJsonStripped]),
            stripped
        );
    }

    #[test]
    fn plans_are_made_only_when_enabled() {
        let accept = [explain(MediaType::TextCsv)];
        let expected = Ok((MediaHandler::Csv, explain(MediaType::TextCsv)));
        assert_eq!(chosen("projects", "planned", &accept), expected);
        let name = "application/vnd.pgrst.plan+json; for=\"text/csv\"; options=analyze|wal";
        let refused = Err(ApiError::MediaType(vec![name.to_owned()]));
        assert_eq!(chosen("projects", "*", &accept), refused);
        let stripped = [explain(MediaType::ArrayJsonStripped)];
        let expected = (
            MediaHandler::ArrayJsonStripped,
            explain(MediaType::ArrayJsonStripped),
        );
        assert_eq!(chosen("projects", "planned", &stripped), Ok(expected));
        assert!(chosen("projects", "planned", &[explain(png())]).is_err());
    }

    #[test]
    fn nothing_is_made_for_head() {
        let relation = qi("clients");
        let head = request(Action::RelationRead {
            relation,
            head: true,
        });
        let Ok(Plan::Read(action)) = plan(&head) else {
            panic!("not a read");
        };
        assert_eq!(action.handler, MediaHandler::NoAggregate);
        assert_eq!(action.media, MediaType::ApplicationJson);
        let Ok(Plan::Call(action)) = plan(&rpc("all_projects", Invoke::Read { head: true })) else {
            panic!("not a call");
        };
        assert_eq!(action.handler, MediaHandler::NoAggregate);
    }

    #[test]
    fn the_description_is_openapi() {
        let mut root = request(Action::SchemaRead {
            schema: "test".to_owned(),
            head: false,
        });
        for media in [
            MediaType::Any,
            MediaType::ApplicationJson,
            MediaType::OpenApi,
        ] {
            root.accept = vec![MediaType::TextCsv, media];
            assert!(matches!(plan(&root), Ok(Plan::Inspect { .. })));
        }
        root.accept = vec![MediaType::TextCsv, MediaType::TextXml];
        let refused = vec!["text/csv".to_owned(), "text/xml".to_owned()];
        assert_eq!(api_error(plan(&root)), ApiError::MediaType(refused));
    }
}
