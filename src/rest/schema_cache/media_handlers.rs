//! Media type handlers: the built-in ones, and those that the user made.
//!
//! Mirrors PostgREST v14, <https://docs.postgrest.org/en/v14/references/api/media_type_handlers.html>.
#![forbid(unsafe_code)]

use std::collections::HashMap;

use crate::rest::identifiers::{QualifiedIdentifier, RelIdentifier};
use crate::rest::media_type::MediaType;
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
            (relation.clone(), MediaType::parse(&row.media_type)),
            (
                MediaHandler::Custom(function, relation),
                MediaType::parse(&row.resolved_media_type),
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
}
