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
