//! Relationships between a resource and those embedded in it, and the joins they make.
//!
//! In: the tree as requested. Out: each embedded node with its relation, its relationship, join conditions and aliases;
//! PGRST200 without a relationship, PGRST201 with several. Mirrors PostgREST v14, resource embedding.
#![forbid(unsafe_code)]

use crate::rest::error::{Error, SchemaCacheError};
use crate::rest::identifiers::QualifiedIdentifier;
use crate::rest::schema_cache::SchemaCache;
use crate::rest::schema_cache::hint::suggest_relationship;
use crate::rest::schema_cache::types::{Cardinality, Junction, Relationship};

use super::types::{JoinCondition, ReadPlan, SpreadType};

/// Relates everything under a node. All of it is in one schema, that of the request.
pub(crate) fn relate_children(
    parent: &mut ReadPlan,
    schema: &str,
    cache: &SchemaCache,
) -> Result<(), Error> {
    if parent.children.is_empty() {
        return Ok(());
    }
    let ReadPlan {
        from,
        from_alias,
        children,
        depth,
        ..
    } = parent;
    // The top resource is read from a CTE when it is written or returned; its alias is the relation's name.
    let alias = from_alias.as_deref();
    let origin = alias.filter(|_| *depth == 0).unwrap_or(&from.name);
    let key = (QualifiedIdentifier::new(schema, origin), schema.to_owned());
    let known = cache.relationships.get(&key).map_or(&[][..], Vec::as_slice);
    for child in children {
        let relationship = find(known, schema, origin, child, cache)?;
        relate(child, relationship, alias);
        relate_children(child, schema, cache)?;
    }
    Ok(())
}

/// The one relationship that the request means.
fn find(
    known: &[Relationship],
    schema: &str,
    origin: &str,
    child: &ReadPlan,
    cache: &SchemaCache,
) -> Result<Relationship, Error> {
    let (target, hint) = (child.name.as_str(), child.hint.as_deref());
    let mut matching = known
        .iter()
        .filter(|relationship| is_meant(relationship, target, hint));
    let Some(first) = matching.next() else {
        return Err(SchemaCacheError::NoRelationship {
            origin: origin.to_owned(),
            target: target.to_owned(),
            hint: child.hint.clone(),
            schema: schema.to_owned(),
            suggestion: suggest_relationship(cache, schema, origin, target),
        }
        .into());
    };
    let others: Vec<&Relationship> = matching.collect();
    if others.is_empty() {
        return Ok(first.clone());
    }
    Err(SchemaCacheError::AmbiguousRelationship {
        origin: origin.to_owned(),
        target: target.to_owned(),
        relationships: [first].into_iter().chain(others).cloned().collect(),
    }
    .into())
}

/// Whether `target`, or `target!hint`, names the relationship.
fn is_meant(relationship: &Relationship, target: &str, hint: Option<&str>) -> bool {
    match relationship {
        Relationship::Computed { function, .. } => target == function.name,
        Relationship::ForeignKey {
            foreign_table,
            is_self: true,
            cardinality,
            ..
        } => {
            // One foreign key makes two relationships: the table's name is the many, the column's name the one.
            let is_many = matches!(cardinality, Cardinality::OneToMany { .. });
            let is_one = matches!(cardinality, Cardinality::ManyToOne { .. });
            match hint {
                None => {
                    target == foreign_table.name && is_many
                        || is_one
                            && single_columns(cardinality).is_some_and(|(own, _)| own == target)
                }
                Some(hint) => {
                    target == foreign_table.name
                        && is_many
                        && single_columns(cardinality).is_some_and(|(_, foreign)| foreign == hint)
                }
            }
        }
        Relationship::ForeignKey {
            foreign_table,
            cardinality,
            foreign_table_is_view,
            ..
        } => {
            let is_relation = target == foreign_table.name;
            match hint {
                None => {
                    is_relation
                        || !foreign_table_is_view
                            && (constraint(cardinality) == Some(target)
                                || single_columns(cardinality)
                                    .is_some_and(|(own, _)| own == target))
                }
                Some(hint) => is_relation && is_hinted(cardinality, hint),
            }
        }
    }
}

/// A hint is a constraint, a column of either side, or a junction.
fn is_hinted(cardinality: &Cardinality, hint: &str) -> bool {
    match cardinality {
        Cardinality::ManyToMany(junction) => junction.table.name == hint,
        _ => {
            constraint(cardinality) == Some(hint)
                || single_columns(cardinality)
                    .is_some_and(|(own, foreign)| own == hint || foreign == hint)
        }
    }
}

fn constraint(cardinality: &Cardinality) -> Option<&str> {
    match cardinality {
        Cardinality::OneToMany { constraint, .. }
        | Cardinality::ManyToOne { constraint, .. }
        | Cardinality::OneToOne { constraint, .. } => Some(constraint),
        Cardinality::ManyToMany(_) => None,
    }
}

/// The columns of a foreign key of one column.
fn single_columns(cardinality: &Cardinality) -> Option<(&str, &str)> {
    match cardinality {
        Cardinality::OneToMany { columns, .. }
        | Cardinality::ManyToOne { columns, .. }
        | Cardinality::OneToOne { columns, .. } => match columns.as_slice() {
            [(own, foreign)] => Some((own, foreign)),
            _ => None,
        },
        Cardinality::ManyToMany(_) => None,
    }
}

/// Says of a node what follows from its relationship.
fn relate(child: &mut ReadPlan, mut relationship: Relationship, parent_alias: Option<&str>) {
    let foreign = relationship.foreign_table().clone();
    let table = &relationship.table().name;
    child.aggregate_alias = format!("{table}_{}_{}", child.key(), child.depth);
    if child.spread.is_some() && !relationship.is_to_one() {
        child.spread = Some(SpreadType::ToMany);
    }
    let alias = format!("{}_{}", foreign.name, child.depth);
    match &mut relationship {
        Relationship::Computed {
            table, table_alias, ..
        } => {
            *table_alias = parent_alias.map_or_else(|| table.clone(), unqualified);
            child.from_alias = Some(alias);
        }
        Relationship::ForeignKey {
            table,
            foreign_table,
            cardinality: Cardinality::ManyToMany(junction),
            ..
        } => child.join_conditions = join_junction(table, foreign_table, junction, parent_alias),
        Relationship::ForeignKey {
            table,
            cardinality:
                Cardinality::OneToMany { columns, .. }
                | Cardinality::ManyToOne { columns, .. }
                | Cardinality::OneToOne { columns, .. },
            ..
        } => {
            let right = parent_alias.map_or_else(|| table.clone(), unqualified);
            child.join_conditions = join(&unqualified(&alias), &right, columns);
            child.from_alias = Some(alias);
        }
    }
    child.from = foreign;
    child.relationship = Some(relationship);
}

/// The junction stands beside the foreign table, both under their own names; names are in the schema of the table.
fn join_junction(
    table: &QualifiedIdentifier,
    foreign: &QualifiedIdentifier,
    junction: &Junction,
    parent_alias: Option<&str>,
) -> Vec<JoinCondition> {
    let in_schema = |name: &str| QualifiedIdentifier::new(table.schema.as_str(), name);
    let between = in_schema(&junction.table.name);
    let parent = parent_alias.map_or_else(|| table.clone(), unqualified);
    let mut conditions = join(
        &between,
        &in_schema(&foreign.name),
        &junction.target_columns,
    );
    conditions.append(&mut join(&between, &parent, &junction.source_columns));
    conditions
}

/// `left` has the second column of each pair.
fn join(
    left: &QualifiedIdentifier,
    right: &QualifiedIdentifier,
    columns: &[(String, String)],
) -> Vec<JoinCondition> {
    let condition = |(own, foreign): &(String, String)| JoinCondition {
        left: (left.clone(), foreign.clone()),
        right: (right.clone(), own.clone()),
    };
    columns.iter().map(condition).collect()
}

fn unqualified(alias: &str) -> QualifiedIdentifier {
    QualifiedIdentifier::new("", alias)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{cache_error, embed, embed_as, field, get, plan, qi, read, write};
    use super::super::types::{JoinCondition, ReadPlan};
    use crate::rest::api_request::Mutation;
    use crate::rest::error::SchemaCacheError;
    use crate::rest::identifiers::QualifiedIdentifier;
    use crate::rest::schema_cache::types::{Cardinality, Relationship};

    fn only_child(table: &str, target: &str, hint: Option<&str>) -> ReadPlan {
        let select = vec![embed_as(None, target, hint, vec![field("*")])];
        read(&get(table, select)).children.remove(0)
    }

    fn on(left: (&str, &str, &str), right: (&str, &str, &str)) -> JoinCondition {
        let side = |(schema, relation, column): (&str, &str, &str)| {
            (
                QualifiedIdentifier::new(schema, relation),
                column.to_owned(),
            )
        };
        JoinCondition {
            left: side(left),
            right: side(right),
        }
    }

    fn constraint(child: &ReadPlan) -> &str {
        match &child.relationship {
            Some(Relationship::ForeignKey { cardinality, .. }) => match cardinality {
                Cardinality::OneToMany { constraint, .. }
                | Cardinality::ManyToOne { constraint, .. }
                | Cardinality::OneToOne { constraint, .. } => constraint,
                Cardinality::ManyToMany(junction) => &junction.table.name,
            },
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_target_is_a_relation_a_constraint_or_a_column() {
        for target in ["clients", "client", "client_id"] {
            let child = only_child("projects", target, None);
            assert_eq!(child.from, qi("clients"));
            assert_eq!(child.from_alias.as_deref(), Some("clients_1"));
            assert_eq!(child.aggregate_alias, format!("projects_{target}_1"));
            assert_eq!(child.name, target);
            let expected = on(("", "clients_1", "id"), ("test", "projects", "client_id"));
            assert_eq!(child.join_conditions, [expected]);
        }
    }

    #[test]
    fn a_view_is_not_a_target_by_constraint_or_column() {
        let child = only_child("clients", "client", None);
        assert_eq!(child.from, qi("projects"));
        assert_eq!(
            only_child("clients", "projects_view", None).from,
            qi("projects_view")
        );
    }

    #[test]
    fn a_hint_is_a_constraint_a_column_of_either_side_or_a_junction() {
        for (hint, expected) in [
            ("owner", "owner"),
            ("owner_id", "owner"),
            ("id", "owner"),
            ("users_tasks", "users_tasks"),
        ] {
            assert_eq!(
                constraint(&only_child("users", "tasks", Some(hint))),
                expected
            );
        }
    }

    #[test]
    fn several_relationships_are_ambiguous() {
        let error = cache_error(plan(&get("users", vec![embed("tasks", vec![])])));
        let SchemaCacheError::AmbiguousRelationship {
            origin,
            target,
            relationships,
        } = error
        else {
            panic!("{error:?}");
        };
        assert_eq!((origin.as_str(), target.as_str()), ("users", "tasks"));
        assert_eq!(relationships.len(), 2);
    }

    #[test]
    fn no_relationship_is_an_error() {
        let select = vec![embed_as(None, "users", Some("no_hint"), vec![])];
        let error = cache_error(plan(&get("projects", select)));
        let SchemaCacheError::NoRelationship {
            origin,
            target,
            hint,
            schema,
            ..
        } = error
        else {
            panic!("{error:?}");
        };
        assert_eq!((origin.as_str(), target.as_str()), ("projects", "users"));
        assert_eq!(
            (hint.as_deref(), schema.as_str()),
            (Some("no_hint"), "test")
        );
    }

    #[test]
    fn the_junction_stands_beside_the_foreign_table() {
        let child = only_child("users", "tasks", Some("users_tasks"));
        assert_eq!((child.from, child.from_alias), (qi("tasks"), None));
        assert_eq!(child.aggregate_alias, "users_tasks_1");
        assert_eq!(
            child.join_conditions,
            [
                on(("test", "users_tasks", "task_id"), ("test", "tasks", "id")),
                on(("test", "users_tasks", "user_id"), ("test", "users", "id")),
            ]
        );
    }

    #[test]
    fn of_a_table_related_to_itself_the_table_is_the_many_and_the_column_the_one() {
        let many = only_child("family_tree", "family_tree", None);
        let expected = on(
            ("", "family_tree_1", "parent"),
            ("test", "family_tree", "id"),
        );
        assert_eq!(many.join_conditions, [expected]);
        let one = only_child("family_tree", "parent", None);
        let expected = on(
            ("", "family_tree_1", "id"),
            ("test", "family_tree", "parent"),
        );
        assert_eq!(one.join_conditions, [expected]);
        let hinted = only_child("family_tree", "family_tree", Some("parent"));
        assert_eq!(hinted.join_conditions, many.join_conditions);
        let by_constraint = embed_as(None, "family_tree", Some("pptr"), vec![]);
        let error = cache_error(plan(&get("family_tree", vec![by_constraint])));
        assert!(matches!(error, SchemaCacheError::NoRelationship { .. }));
    }

    #[test]
    fn composite_keys_join_on_all_their_columns() {
        let child = only_child("students", "students_info", None);
        assert_eq!(
            child.join_conditions,
            [
                on(("", "students_info_1", "id"), ("test", "students", "id")),
                on(
                    ("", "students_info_1", "code"),
                    ("test", "students", "code")
                ),
            ]
        );
        let error = cache_error(plan(&get("students", vec![embed("code", vec![])])));
        assert!(matches!(error, SchemaCacheError::NoRelationship { .. }));
    }

    #[test]
    fn a_computed_relationship_is_called_with_the_row() {
        let child = only_child("projects", "computed_clients", None);
        assert_eq!(child.from, qi("clients"));
        assert_eq!(child.from_alias.as_deref(), Some("clients_1"));
        assert_eq!(child.aggregate_alias, "projects_computed_clients_1");
        assert_eq!(child.join_conditions, []);
        let alias = |plan: ReadPlan| match plan.relationship {
            Some(Relationship::Computed { table_alias, .. }) => table_alias,
            other => panic!("{other:?}"),
        };
        assert_eq!(alias(child), qi("projects"));
        let inner = vec![embed("computed_clients", vec![field("*")])];
        let mut outer = read(&get("tasks", vec![embed("projects", inner)]))
            .children
            .remove(0);
        let expected = QualifiedIdentifier::new("", "projects_1");
        assert_eq!(alias(outer.children.remove(0)), expected);
    }

    #[test]
    fn nested_resources_are_joined_to_the_alias_above() {
        let inner = vec![embed_as(Some("work"), "tasks", None, vec![field("*")])];
        let mut outer = read(&get("clients", vec![embed("projects", inner)]))
            .children
            .remove(0);
        let child = outer.children.remove(0);
        assert_eq!(child.from_alias.as_deref(), Some("tasks_2"));
        assert_eq!(child.aggregate_alias, "projects_work_2");
        let expected = on(("", "tasks_2", "project_id"), ("", "projects_1", "id"));
        assert_eq!(child.join_conditions, [expected]);
    }

    #[test]
    fn what_is_written_is_read_from_the_cte_under_its_name() {
        let mut request = write("projects", Mutation::Create);
        request.query.select = vec![embed("clients", vec![field("*")])];
        let mut plan = read(&request);
        assert_eq!(plan.from, QualifiedIdentifier::new("", "pgrst_source"));
        assert_eq!(plan.from_alias.as_deref(), Some("projects"));
        let child = plan.children.remove(0);
        let expected = on(("", "clients_1", "id"), ("", "projects", "client_id"));
        assert_eq!(child.join_conditions, [expected]);
    }
}
