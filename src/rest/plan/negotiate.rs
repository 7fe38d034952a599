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
use crate::rest::media_type::{MediaType, PlanFormat, PlanMedia, PlanOption};
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

/// Plans the description at the root, which is of one media type.
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
        media: MediaType::OpenApi,
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
    ApiError::MediaType(accept.iter().map(name).collect()).into()
}

/// A media type as it is told.
fn name(media: &MediaType) -> String {
    let fixed = match media {
        MediaType::Any => "*/*",
        MediaType::ApplicationJson => "application/json",
        MediaType::ArrayJsonStripped => "application/vnd.pgrst.array+json;nulls=stripped",
        MediaType::GeoJson => "application/geo+json",
        MediaType::OctetStream => "application/octet-stream",
        MediaType::OpenApi => "application/openapi+json",
        MediaType::Plan(plan) => return plan_name(plan),
        MediaType::SingularJson {
            nulls_stripped: true,
        } => "application/vnd.pgrst.object+json;nulls=stripped",
        MediaType::SingularJson {
            nulls_stripped: false,
        } => "application/vnd.pgrst.object+json",
        MediaType::TextCsv => "text/csv",
        MediaType::TextPlain => "text/plain",
        MediaType::TextXml => "text/xml",
        MediaType::UrlEncoded => "application/x-www-form-urlencoded",
        MediaType::Other(other) => other,
    };
    fixed.to_owned()
}

fn plan_name(plan: &PlanMedia) -> String {
    let format = match plan.format {
        PlanFormat::Json => "json",
        PlanFormat::Text => "text",
    };
    let mut text = format!(
        "application/vnd.pgrst.plan+{format}; for=\"{}\"",
        name(&plan.media)
    );
    for (index, option) in plan.options.iter().enumerate() {
        text.push_str(if index == 0 { "; options=" } else { "|" });
        text.push_str(match option {
            PlanOption::Analyze => "analyze",
            PlanOption::Verbose => "verbose",
            PlanOption::Settings => "settings",
            PlanOption::Buffers => "buffers",
            PlanOption::Wal => "wal",
        });
    }
    text
}
