//! Media type handlers: the built-in ones, and those that the user made.
//!
//! Mirrors PostgREST v14, <https://docs.postgrest.org/en/v14/references/api/media_type_handlers.html>.
#![forbid(unsafe_code)]

use std::collections::HashMap;

use crate::rest::identifiers::{QualifiedIdentifier, RelIdentifier};
use crate::rest::media_type::{MediaType, PlanFormat, PlanMedia};
use crate::rest::schema_cache::rows::HandlerRow;
use crate::rest::schema_cache::types::MediaHandler;

/// The handler of a media type for a relation, and the media type that the answer has.
pub(super) type MediaHandlers = HashMap<(RelIdentifier, MediaType), (MediaHandler, MediaType)>;

/// The built-in handlers, with those of the user in their place.
pub(super) fn all(rows: Vec<HandlerRow>) -> MediaHandlers {
    let mut handlers = built_in();
    for row in rows {
        let target = QualifiedIdentifier::new(row.target_schema, row.target_name);
        let relation = if target.schema == "pg_catalog" && target.name == "anyelement" {
            RelIdentifier::Any
        } else {
            RelIdentifier::Relation(target)
        };
        let function = QualifiedIdentifier::new(row.handler_schema, row.handler_name);
        handlers.insert(
            (relation.clone(), media_type(row.media_type)),
            (
                MediaHandler::Custom(function, relation),
                media_type(row.resolved_media_type),
            ),
        );
    }
    handlers
}

fn built_in() -> MediaHandlers {
    [
        (
            MediaType::Any,
            MediaHandler::Json,
            MediaType::ApplicationJson,
        ),
        (
            MediaType::ApplicationJson,
            MediaHandler::Json,
            MediaType::ApplicationJson,
        ),
        (MediaType::TextCsv, MediaHandler::Csv, MediaType::TextCsv),
        (
            MediaType::GeoJson,
            MediaHandler::GeoJson,
            MediaType::GeoJson,
        ),
    ]
    .into_iter()
    .map(|(asked, handler, answered)| ((RelIdentifier::Any, asked), (handler, answered)))
    .collect()
}

/// The media type that a domain is named for. Such a name has no parameters.
fn media_type(name: String) -> MediaType {
    match name.to_ascii_lowercase().as_str() {
        "*/*" => MediaType::Any,
        "application/json" | "application/vnd.pgrst.array" | "application/vnd.pgrst.array+json" => {
            MediaType::ApplicationJson
        }
        "application/geo+json" => MediaType::GeoJson,
        "application/octet-stream" => MediaType::OctetStream,
        "application/openapi+json" => MediaType::OpenApi,
        "application/vnd.pgrst.object" | "application/vnd.pgrst.object+json" => {
            MediaType::SingularJson {
                nulls_stripped: false,
            }
        }
        "application/vnd.pgrst.plan" | "application/vnd.pgrst.plan+text" => plan(PlanFormat::Text),
        "application/vnd.pgrst.plan+json" => plan(PlanFormat::Json),
        "application/x-www-form-urlencoded" => MediaType::UrlEncoded,
        "text/csv" => MediaType::TextCsv,
        "text/plain" => MediaType::TextPlain,
        "text/xml" => MediaType::TextXml,
        _ => MediaType::Other(name),
    }
}

fn plan(format: PlanFormat) -> MediaType {
    MediaType::Plan(PlanMedia {
        media: Box::new(MediaType::ApplicationJson),
        format,
        options: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(handler: &str, target: (&str, &str), media: &str, resolved: &str) -> HandlerRow {
        HandlerRow {
            handler_schema: "api".to_owned(),
            handler_name: handler.to_owned(),
            target_schema: target.0.to_owned(),
            target_name: target.1.to_owned(),
            media_type: media.to_owned(),
            resolved_media_type: resolved.to_owned(),
        }
    }

    #[test]
    fn a_handler_of_any_element_takes_the_place_of_the_built_in_one() {
        let handlers = all(vec![row(
            "csv_agg",
            ("pg_catalog", "anyelement"),
            "text/csv",
            "text/csv",
        )]);
        assert_eq!(
            handlers.get(&(RelIdentifier::Any, MediaType::TextCsv)),
            Some(&(
                MediaHandler::Custom(
                    QualifiedIdentifier::new("api", "csv_agg"),
                    RelIdentifier::Any
                ),
                MediaType::TextCsv
            ))
        );
        assert_eq!(handlers.len(), 4);
    }

    #[test]
    fn a_handler_of_every_media_type_answers_bytes_unless_it_says_otherwise() {
        let handlers = all(vec![row(
            "any",
            ("api", "films"),
            "*/*",
            "application/octet-stream",
        )]);
        let films = RelIdentifier::Relation(QualifiedIdentifier::new("api", "films"));
        assert_eq!(
            handlers.get(&(films.clone(), MediaType::Any)),
            Some(&(
                MediaHandler::Custom(QualifiedIdentifier::new("api", "any"), films),
                MediaType::OctetStream
            ))
        );
    }

    #[test]
    fn unknown_media_types_are_kept_as_they_are() {
        assert_eq!(
            media_type("image/PNG".to_owned()),
            MediaType::Other("image/PNG".to_owned())
        );
        assert_eq!(media_type("Text/Plain".to_owned()), MediaType::TextPlain);
    }
}
