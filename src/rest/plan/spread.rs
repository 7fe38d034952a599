//! Aggregates in spread resources: of a to-one spread they are applied in the parent, of a to-many spread not at all.
//!
//! In and out: a read plan with its `embeds`. Mirrors PostgREST v14, aggregates in to-one spreads and PGRST127.
#![forbid(unsafe_code)]

use crate::rest::api_request::types::Aggregate;
use crate::rest::error::{ApiError, Error};

use super::types::{EmbedSelect, ReadPlan, SpreadType};

/// An aggregate on its way up.
struct Hoisted {
    /// Of the spread resource that the parent knows.
    aggregate_alias: String,
    /// The name of the field there.
    name: String,
    aggregate: Aggregate,
    cast: Option<String>,
    alias: Option<String>,
}

/// Moves aggregates up to the next resource that is not itself spread to one.
pub(crate) fn hoist_aggregates(root: &mut ReadPlan) {
    if !root.children.is_empty() {
        hoist(root);
    }
}

/// Refuses aggregates in to-many spreads.
pub(crate) fn check_to_many(node: &ReadPlan) -> Result<(), Error> {
    if node.spread == Some(SpreadType::ToMany) && aggregates(node) {
        return Err(ApiError::NotImplemented(
            "Aggregates are not implemented for one-to-many or many-to-many spreads.".to_owned(),
        )
        .into());
    }
    node.children.iter().try_for_each(check_to_many)
}

fn hoist(node: &mut ReadPlan) -> Vec<Hoisted> {
    let mut below = Vec::new();
    for child in &mut node.children {
        below.append(&mut hoist(child));
    }
    if node.spread == Some(SpreadType::ToOne) {
        let mut hoisted = take_aggregates(node);
        for mut item in below {
            item.aggregate_alias.clone_from(&node.aggregate_alias);
            hoisted.push(item);
        }
        return hoisted;
    }
    if !below.is_empty() {
        apply(&mut node.embeds, &below);
    }
    Vec::new()
}

/// The resource selects the fields as they are; their casts stay.
fn take_aggregates(node: &mut ReadPlan) -> Vec<Hoisted> {
    let mut hoisted = Vec::new();
    for item in &mut node.select {
        if let Some(aggregate) = item.aggregate.take() {
            hoisted.push(Hoisted {
                aggregate_alias: node.aggregate_alias.clone(),
                name: item.alias.as_ref().unwrap_or(&item.field.name).clone(),
                aggregate,
                cast: item.aggregate_cast.take(),
                alias: item.alias.clone(),
            });
        }
    }
    hoisted
}

fn apply(embeds: &mut [EmbedSelect], hoisted: &[Hoisted]) {
    for embed in embeds {
        let EmbedSelect::Spread {
            fields,
            aggregate_alias,
        } = embed
        else {
            continue;
        };
        for field in fields {
            let found = hoisted
                .iter()
                .find(|item| item.aggregate_alias == *aggregate_alias && item.name == field.name);
            if let Some(item) = found {
                field.aggregate = Some(item.aggregate);
                field.aggregate_cast.clone_from(&item.cast);
                field.alias.clone_from(&item.alias);
            }
        }
    }
}

/// It has aggregates, its own or hoisted ones.
fn aggregates(node: &ReadPlan) -> bool {
    node.select.iter().any(|item| item.aggregate.is_some())
        || node.embeds.iter().any(|embed| {
            matches!(embed, EmbedSelect::Spread { fields, .. }
                if fields.iter().any(|field| field.aggregate.is_some()))
        })
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{
        aggregate, api_error, cache, embed, field, get, read, read_with, spread, with_aggregates,
    };
    use super::super::types::{EmbedSelect, Plan, ReadPlan, SpreadField, SpreadType};
    use crate::rest::api_request::types::{Aggregate, SelectItem};
    use crate::rest::error::ApiError;

    fn aggregated(relation: &str, select: Vec<SelectItem>) -> ReadPlan {
        read_with(&get(relation, select), &with_aggregates(), &cache())
    }

    fn summed(alias: &str) -> EmbedSelect {
        EmbedSelect::Spread {
            fields: vec![SpreadField {
                name: "sum".to_owned(),
                aggregate: Some(Aggregate::Sum),
                aggregate_cast: None,
                alias: Some("sum".to_owned()),
            }],
            aggregate_alias: alias.to_owned(),
        }
    }

    #[test]
    fn an_aggregate_of_a_to_one_spread_is_applied_in_the_parent() {
        let plan = aggregated(
            "projects",
            vec![spread("clients", vec![aggregate("id", Aggregate::Sum)])],
        );
        assert_eq!(plan.embeds, [summed("projects_clients_1")]);
        let below = plan.children.first().unwrap().select.first().unwrap();
        assert_eq!(
            (below.aggregate, below.alias.as_deref()),
            (None, Some("sum"))
        );
    }

    #[test]
    fn it_goes_up_to_the_first_resource_that_is_not_spread() {
        let inner = vec![spread("clients", vec![aggregate("id", Aggregate::Sum)])];
        let plan = aggregated("tasks", vec![spread("projects", inner.clone())]);
        assert_eq!(plan.embeds, [summed("tasks_projects_1")]);
        let plan = aggregated("tasks", vec![embed("projects", inner)]);
        let below = plan.children.first().unwrap();
        assert_eq!(below.embeds, [summed("projects_clients_2")]);
    }

    #[test]
    fn a_to_many_spread_takes_no_aggregates() {
        let own = spread("projects", vec![aggregate("id", Aggregate::Sum)]);
        let hoisted = vec![spread("clients", vec![aggregate("id", Aggregate::Sum)])];
        for select in [own, spread("projects", hoisted)] {
            let request = get("clients", vec![select]);
            let result = Plan::new(&request, &with_aggregates(), &cache());
            let details = "Aggregates are not implemented for one-to-many or many-to-many spreads.";
            assert_eq!(
                api_error(result),
                ApiError::NotImplemented(details.to_owned())
            );
        }
    }

    #[test]
    fn spreads_are_to_one_or_to_many_as_their_relationships() {
        for (relation, expected) in [
            ("clients", SpreadType::ToOne),
            ("computed_clients", SpreadType::ToOne),
            ("tasks", SpreadType::ToMany),
        ] {
            let plan = read(&get("projects", vec![spread(relation, vec![field("id")])]));
            assert_eq!(plan.children.first().unwrap().spread, Some(expected));
        }
    }
}
