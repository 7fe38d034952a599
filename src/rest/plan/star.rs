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

#[cfg(test)]
mod tests {
    use super::super::fixture::{
        aggregate, cache, cache_with_representations, field, get, read, read_with, spread,
        with_aggregates, write,
    };
    use super::super::types::{PlanField, ReadPlan};
    use crate::rest::api_request::Mutation;
    use crate::rest::api_request::types::Aggregate;
    use crate::rest::config::Config;

    fn selected(plan: &ReadPlan) -> Vec<&str> {
        plan.select
            .iter()
            .map(|item| item.field.name.as_str())
            .collect()
    }

    #[test]
    fn a_star_alone_stays_a_star() {
        assert_eq!(selected(&read(&get("todos", vec![field("*")]))), ["*"]);
    }

    #[test]
    fn a_star_over_represented_columns_becomes_all_columns() {
        let cache = cache_with_representations();
        let request = get("todos", vec![field("*")]);
        let plan = read_with(&request, &Config::default(), &cache);
        assert_eq!(selected(&plan), ["id", "color"]);
        let color = PlanField {
            name: "color".to_owned(),
            ir_type: "test.color".to_owned(),
            transform: Some("test.color_to_json".to_owned()),
            ..PlanField::default()
        };
        assert_eq!(plan.select.last().unwrap().field, color);
        let other = read_with(
            &get("clients", vec![field("*")]),
            &Config::default(),
            &cache,
        );
        assert_eq!(selected(&other), ["*"]);
    }

    #[test]
    fn the_answer_of_a_write_is_represented_too() {
        let cache = cache_with_representations();
        let request = write("todos", Mutation::Create);
        let plan = read_with(&request, &Config::default(), &cache);
        assert_eq!(selected(&plan), ["id", "color"]);
    }

    #[test]
    fn a_star_beside_an_aggregate_becomes_all_columns() {
        let request = get("clients", vec![field("*"), aggregate("id", Aggregate::Max)]);
        let plan = read_with(&request, &with_aggregates(), &cache());
        assert_eq!(selected(&plan), ["id", "name", "id"]);
    }

    #[test]
    fn a_star_in_a_to_many_spread_becomes_all_columns() {
        let plan = read(&get("clients", vec![spread("projects", vec![field("*")])]));
        assert_eq!(
            selected(plan.children.first().unwrap()),
            ["id", "name", "client_id"]
        );
    }

    #[test]
    fn counting_a_spread_resource_counts_its_rows() {
        let request = get(
            "projects",
            vec![spread("clients", vec![aggregate("*", Aggregate::Count)])],
        );
        let plan = read_with(&request, &with_aggregates(), &cache());
        let counted = plan.children.first().unwrap().select.first().unwrap();
        assert!(counted.field.full_row);
        let request = get("projects", vec![aggregate("*", Aggregate::Count)]);
        let plan = read_with(&request, &with_aggregates(), &cache());
        assert!(!plan.select.first().unwrap().field.full_row);
    }
}
