//! `*` becomes the columns where they must be named: with representations, with aggregates, in to-many spreads.
//!
//! In and out: a read plan with its relationships. Mirrors PostgREST v14.
#![forbid(unsafe_code)]

use std::borrow::Cow;
use std::mem;

use crate::rest::api_request::types::Aggregate;
use crate::rest::identifiers::QualifiedIdentifier;
use crate::rest::schema_cache::SchemaCache;

use super::field::Resolver;
use super::types::{ReadPlan, SOURCE, SelectField, SpreadType};

/// Expands the stars of a node and of those under it. `aggregated` says that a node above has an aggregate; `schema` is
/// where the relation is whose rows are written or returned.
pub(crate) fn expand_stars(
    node: &mut ReadPlan,
    schema: &str,
    cache: &SchemaCache,
    aggregated: bool,
) {
    let aggregated = aggregated
        || node.spread == Some(SpreadType::ToMany)
        || node.select.iter().any(|item| item.aggregate.is_some());
    expand_node(node, schema, cache, aggregated);
    for child in &mut node.children {
        expand_stars(child, schema, cache, aggregated);
    }
}

fn expand_node(node: &mut ReadPlan, schema: &str, cache: &SchemaCache, aggregated: bool) {
    let is_spread = node.spread.is_some();
    if !node.select.iter().any(|item| has_star(item, is_spread)) {
        return;
    }
    if !aggregated && cache.representations.is_empty() {
        return;
    }
    let fields = Resolver::new(cache, &named_relation(node, schema));
    if !aggregated && !fields.has_representations() {
        return;
    }
    for mut item in mem::take(&mut node.select) {
        let is_star = item.field.name == "*" && item.field.path.is_empty();
        match item.aggregate {
            None if is_star => node
                .select
                .extend(fields.columns().map(|column| SelectField {
                    field: fields.output_column(column),
                    ..item.clone()
                })),
            aggregate => {
                if is_star && is_spread && aggregate == Some(Aggregate::Count) {
                    item.field.full_row = true;
                }
                node.select.push(item);
            }
        }
    }
}

/// A star that is expanded, or in a spread resource counts its rows.
fn has_star(item: &SelectField, is_spread: bool) -> bool {
    item.field.name == "*"
        && match item.aggregate {
            None => true,
            Some(aggregate) => is_spread && aggregate == Aggregate::Count,
        }
}

/// The relation whose columns a node has: what is written or returned has the relation's name as its alias.
fn named_relation<'a>(node: &'a ReadPlan, schema: &str) -> Cow<'a, QualifiedIdentifier> {
    match &node.from_alias {
        Some(alias) if node.from.schema.is_empty() && node.from.name == SOURCE => {
            Cow::Owned(QualifiedIdentifier::new(schema, alias.as_str()))
        }
        _ => Cow::Borrowed(&node.from),
    }
}
