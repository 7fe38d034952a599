//! What a resource selects of those embedded in it: an object, an array, or fields of its own.
//!
//! In and out: a read plan with its relationships. Mirrors PostgREST v14, resource embedding.
#![forbid(unsafe_code)]

use crate::rest::schema_cache::types::Relationship;

use super::types::{EmbedSelect, ReadPlan, SpreadField};

/// Fills `embeds` of a node and of those under it, which come first as spread fields are handed up.
pub(crate) fn add_embeds(node: &mut ReadPlan) {
    if node.children.is_empty() {
        return;
    }
    node.children.iter_mut().for_each(add_embeds);
    node.embeds = node.children.iter().map(embed).collect();
}

fn embed(child: &ReadPlan) -> EmbedSelect {
    if child.spread.is_some() {
        return EmbedSelect::Spread {
            fields: spread_fields(child),
            aggregate_alias: child.aggregate_alias.clone(),
        };
    }
    EmbedSelect::Json {
        name: child.key().to_owned(),
        aggregate_alias: child.aggregate_alias.clone(),
        to_one: child
            .relationship
            .as_ref()
            .is_some_and(Relationship::is_to_one),
        empty: selects_nothing(child),
    }
}

/// Neither it nor anything under it has fields.
fn selects_nothing(node: &ReadPlan) -> bool {
    node.select.is_empty() && node.children.iter().all(selects_nothing)
}

/// The fields that a spread resource gives its parent: its own, then those it embeds.
fn spread_fields(child: &ReadPlan) -> Vec<SpreadField> {
    let mut fields: Vec<SpreadField> = child
        .select
        .iter()
        .map(|item| spread_field(item.alias.as_ref().unwrap_or(&item.field.name)))
        .collect();
    for embedded in &child.embeds {
        match embedded {
            EmbedSelect::Json { name, .. } => fields.push(spread_field(name)),
            EmbedSelect::Spread { fields: inner, .. } => fields.extend_from_slice(inner),
        }
    }
    fields
}

fn spread_field(name: &str) -> SpreadField {
    SpreadField {
        name: name.to_owned(),
        aggregate: None,
        aggregate_cast: None,
        alias: None,
    }
}
