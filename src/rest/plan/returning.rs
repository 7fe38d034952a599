//! The columns that a write or a function must return for the read that follows it.
//!
//! In: a read plan. Out: names in order, each once. Mirrors PostgREST v14.
#![forbid(unsafe_code)]

use std::collections::BTreeSet;

use crate::rest::schema_cache::types::{Cardinality, Relationship};

use super::types::{Condition, ReadPlan};

/// Selected columns, those that joins to embedded resources need, and the primary key for `Location`. Only `*` when it is
/// selected, or when a computed relationship takes the whole row.
pub(crate) fn returned_columns(read: &ReadPlan, pk_columns: &[String]) -> Vec<String> {
    let is_star = read.select.iter().any(|item| item.field.name == "*");
    if is_star || read.children.iter().any(is_computed) {
        return vec!["*".to_owned()];
    }
    let mut columns: BTreeSet<&str> = read
        .select
        .iter()
        .map(|item| item.field.name.as_str())
        .collect();
    for child in &read.children {
        columns.extend(joined_columns(child).iter().map(|(own, _)| own.as_str()));
    }
    columns.extend(pk_columns.iter().map(String::as_str));
    columns.into_iter().map(str::to_owned).collect()
}

/// What a function must return: as above, and what conditions name. Nothing when nothing is selected, which means all columns.
pub(crate) fn called_columns(read: &ReadPlan) -> Vec<String> {
    let mut columns = returned_columns(read, &[]);
    if columns.is_empty() || columns.iter().any(|column| column == "*") {
        return columns;
    }
    let mut filtered = BTreeSet::new();
    for condition in &read.filters {
        collect_names(condition, &mut filtered);
    }
    if !filtered.is_empty() {
        columns.extend(filtered.into_iter().map(str::to_owned));
        columns.sort_unstable();
        columns.dedup();
    }
    columns
}

fn is_computed(child: &ReadPlan) -> bool {
    matches!(child.relationship, Some(Relationship::Computed { .. }))
}

fn joined_columns(child: &ReadPlan) -> &[(String, String)] {
    match &child.relationship {
        Some(Relationship::ForeignKey { cardinality, .. }) => match cardinality {
            Cardinality::OneToMany { columns, .. }
            | Cardinality::ManyToOne { columns, .. }
            | Cardinality::OneToOne { columns, .. } => columns,
            Cardinality::ManyToMany(junction) => &junction.source_columns,
        },
        Some(Relationship::Computed { .. }) | None => &[],
    }
}

fn collect_names<'a>(condition: &'a Condition, names: &mut BTreeSet<&'a str>) {
    match condition {
        Condition::Expression { operands, .. } => {
            for operand in operands {
                collect_names(operand, names);
            }
        }
        Condition::Filter { field, .. } => {
            names.insert(&field.name);
        }
        // Not a column, but a joined resource.
        Condition::NullEmbed { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{embed, equal, field, get, is_null, names, read};
    use super::{called_columns, returned_columns};
    use crate::rest::api_request::types::SelectItem;

    fn returned(select: Vec<SelectItem>) -> Vec<String> {
        returned_columns(&read(&get("projects", select)), &names(&["id"]))
    }

    #[test]
    fn columns_are_those_selected_joined_and_of_the_primary_key() {
        let select = vec![field("name"), embed("clients", vec![field("*")])];
        assert_eq!(returned(select), ["client_id", "id", "name"]);
        assert_eq!(returned(vec![embed("tasks", vec![])]), ["id"]);
    }

    #[test]
    fn a_junction_needs_the_columns_of_the_source() {
        let read = read(&get("tasks", vec![field("name"), embed("users", vec![])]));
        assert_eq!(returned_columns(&read, &[]), ["id", "name"]);
    }

    #[test]
    fn a_star_or_a_computed_relationship_needs_all() {
        assert_eq!(returned(vec![field("*"), field("id")]), ["*"]);
        let select = vec![field("name"), embed("computed_clients", vec![field("*")])];
        assert_eq!(returned(select), ["*"]);
    }

    #[test]
    fn a_function_returns_what_is_filtered_too() {
        let called = |select: Vec<SelectItem>| {
            let mut request = get("projects", select);
            request.query.filters = vec![
                (vec![], equal("name", "x")),
                (vec![], is_null("tasks", true)),
            ];
            called_columns(&read(&request))
        };
        assert_eq!(called(vec![field("id")]), ["id", "name", "tasks"]);
        let embedded = vec![field("id"), embed("tasks", vec![])];
        assert_eq!(called(embedded), ["id", "name"]);
        assert_eq!(called(vec![field("*")]), ["*"]);
        assert_eq!(called(vec![]), [""; 0]);
    }
}
