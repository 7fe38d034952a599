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

#[cfg(test)]
mod tests {
    use super::super::fixture::{embed, embed_as, field, get, read, spread};
    use super::super::types::{EmbedSelect, SpreadField};
    use super::spread_field;

    fn json(name: &str, alias: &str, to_one: bool, empty: bool) -> EmbedSelect {
        EmbedSelect::Json {
            name: name.to_owned(),
            aggregate_alias: alias.to_owned(),
            to_one,
            empty,
        }
    }

    #[test]
    fn one_row_is_an_object_and_several_an_array() {
        let select = vec![
            embed_as(Some("owner"), "clients", None, vec![field("*")]),
            embed("tasks", vec![field("*")]),
        ];
        assert_eq!(
            read(&get("projects", select)).embeds,
            [
                json("owner", "projects_owner_1", true, false),
                json("tasks", "projects_tasks_1", false, false),
            ]
        );
    }

    #[test]
    fn a_resource_of_which_nothing_is_selected_is_empty() {
        let nested = vec![embed("tasks", vec![embed("users", vec![])])];
        assert_eq!(
            read(&get("projects", nested)).embeds,
            [json("tasks", "projects_tasks_1", false, true)]
        );
        let nested = vec![embed("tasks", vec![embed("users", vec![field("id")])])];
        assert_eq!(
            read(&get("projects", nested)).embeds,
            [json("tasks", "projects_tasks_1", false, false)]
        );
    }

    #[test]
    fn a_spread_resource_gives_its_fields_and_what_it_embeds() {
        let inner = vec![
            field("name"),
            embed("tasks", vec![field("id")]),
            spread("clients", vec![field("id")]),
        ];
        let request = get("tasks", vec![spread("projects", inner)]);
        let fields: Vec<SpreadField> = ["name", "tasks", "id"]
            .into_iter()
            .map(spread_field)
            .collect();
        assert_eq!(
            read(&request).embeds,
            [EmbedSelect::Spread {
                fields,
                aggregate_alias: "tasks_projects_1".to_owned(),
            }]
        );
    }
}
