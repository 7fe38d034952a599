//! Relationships between tables and views.
//!
//! In: foreign keys, the keys that show through views, and functions of rows. Out: all relationships between exposed
//! relations, by table and schema of the foreign table. Mirrors PostgREST v14, resource embedding:
//! <https://docs.postgrest.org/en/v14/references/api/resource_embedding.html>.
#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::sync::Arc;

use crate::rest::identifiers::QualifiedIdentifier;
use crate::rest::schema_cache::rows::{ComputedRow, ConstraintRow};
use crate::rest::schema_cache::types::{Cardinality, Junction, Relationship, Table};
use crate::rest::schema_cache::view_keys::{KeyDependency, KeyKind, choose_columns};

/// Relationships by table and schema of the foreign table.
pub(super) type Relationships = HashMap<(QualifiedIdentifier, String), Vec<Relationship>>;

/// All relationships whose both sides, and junction, are exposed.
pub(super) fn find(
    schemas: &[String],
    tables: &HashMap<QualifiedIdentifier, Arc<Table>>,
    constraints: &[ConstraintRow],
    dependencies: &[KeyDependency],
    computed: Vec<ComputedRow>,
) -> Relationships {
    let mut edges: Vec<Edge> = constraints.iter().filter_map(foreign_key).collect();
    add_views(&mut edges, dependencies);
    let mut relationships = many_to_many(&primary_keys(tables, constraints), &edges);
    for edge in edges {
        relationships.push(edge.inverse());
        relationships.push(edge.relationship());
    }
    let overridden = override_computed(relationships, computed);
    index(schemas, overridden)
}

/// A foreign key from one relation to another: many-to-one, or one-to-one when it is unique.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each one is a fact of its own"
)]
struct Edge {
    from: QualifiedIdentifier,
    to: QualifiedIdentifier,
    is_self: bool,
    constraint: String,
    columns: Vec<(String, String)>,
    is_unique: bool,
    from_view: bool,
    to_view: bool,
}

impl Edge {
    fn relationship(self) -> Relationship {
        Relationship::ForeignKey {
            is_self: self.is_self,
            table_is_view: self.from_view,
            foreign_table_is_view: self.to_view,
            cardinality: if self.is_unique {
                Cardinality::OneToOne {
                    constraint: self.constraint,
                    columns: self.columns,
                    is_parent: false,
                }
            } else {
                Cardinality::ManyToOne {
                    constraint: self.constraint,
                    columns: self.columns,
                }
            },
            table: self.from,
            foreign_table: self.to,
        }
    }

    /// Seen from the other side.
    fn inverse(&self) -> Relationship {
        let constraint = self.constraint.clone();
        let columns = swap(&self.columns);
        Relationship::ForeignKey {
            table: self.to.clone(),
            foreign_table: self.from.clone(),
            is_self: self.is_self,
            cardinality: if self.is_unique {
                Cardinality::OneToOne {
                    constraint,
                    columns,
                    is_parent: true,
                }
            } else {
                Cardinality::OneToMany {
                    constraint,
                    columns,
                }
            },
            table_is_view: self.to_view,
            foreign_table_is_view: self.from_view,
        }
    }
}

fn foreign_key(row: &ConstraintRow) -> Option<Edge> {
    if row.is_primary || !row.is_root {
        return None;
    }
    let columns = row
        .columns
        .iter()
        .zip(&row.foreign_columns)
        .map(|(column, foreign)| Some((column.clone(), foreign.clone()?)))
        .collect::<Option<_>>()?;
    Some(Edge {
        from: QualifiedIdentifier::new(row.table_schema.as_str(), row.table_name.as_str()),
        to: QualifiedIdentifier::new(row.foreign_schema.as_deref()?, row.foreign_name.as_deref()?),
        is_self: row.table_oid == row.foreign_oid,
        constraint: row.name.clone(),
        columns,
        is_unique: row.is_unique,
        from_view: false,
        to_view: false,
    })
}

/// Adds the same foreign keys from views to tables, tables to views, and views to views, once for each way in which the
/// views show the columns.
fn add_views(edges: &mut Vec<Edge>, dependencies: &[KeyDependency]) {
    if dependencies.is_empty() {
        return;
    }
    let mut by_key: HashMap<(&QualifiedIdentifier, &str, KeyKind), Vec<&KeyDependency>> =
        HashMap::new();
    for dependency in dependencies {
        let key = (
            &dependency.table,
            dependency.constraint.as_str(),
            dependency.kind,
        );
        by_key.entry(key).or_default().push(dependency);
    }
    let expand = |table, constraint, kind| -> Vec<(&QualifiedIdentifier, Vec<&str>)> {
        by_key
            .get(&(table, constraint, kind))
            .into_iter()
            .flatten()
            .flat_map(|found| {
                choose_columns(&found.columns)
                    .into_iter()
                    .map(|columns| (&found.view, columns))
            })
            .collect()
    };
    let mut added = Vec::new();
    for edge in edges.iter() {
        let sources = expand(&edge.from, edge.constraint.as_str(), KeyKind::Foreign);
        let targets = expand(&edge.to, edge.constraint.as_str(), KeyKind::Referenced);
        for (view, columns) in &sources {
            let foreign = edge.columns.iter().map(|(_, foreign)| foreign.as_str());
            added.push(Edge {
                from: (*view).clone(),
                from_view: true,
                is_self: false,
                columns: pair(columns.iter().copied(), foreign),
                ..edge.clone()
            });
        }
        for (view, columns) in &targets {
            let own = edge.columns.iter().map(|(own, _)| own.as_str());
            added.push(Edge {
                to: (*view).clone(),
                to_view: true,
                is_self: false,
                columns: pair(own, columns.iter().copied()),
                ..edge.clone()
            });
        }
        for (source, columns) in &sources {
            for (target, foreign) in &targets {
                added.push(Edge {
                    from: (*source).clone(),
                    to: (*target).clone(),
                    is_self: source == target,
                    columns: pair(columns.iter().copied(), foreign.iter().copied()),
                    from_view: true,
                    to_view: true,
                    ..edge.clone()
                });
            }
        }
    }
    edges.append(&mut added);
}

/// Columns of the primary keys: those of the exposed relations, and those of internal tables.
fn primary_keys<'a>(
    tables: &'a HashMap<QualifiedIdentifier, Arc<Table>>,
    constraints: &'a [ConstraintRow],
) -> HashMap<(&'a str, &'a str), &'a [String]> {
    constraints
        .iter()
        .filter(|row| row.is_primary)
        .map(|row| {
            (
                (row.table_schema.as_str(), row.table_name.as_str()),
                row.columns.as_slice(),
            )
        })
        .chain(tables.values().map(|table| {
            (
                (table.schema.as_str(), table.name.as_str()),
                table.pk_columns.as_slice(),
            )
        }))
        .collect()
}

/// Two foreign keys of one relation whose columns are all in its primary key make a junction of it.
fn many_to_many(
    primary_keys: &HashMap<(&str, &str), &[String]>,
    edges: &[Edge],
) -> Vec<Relationship> {
    let mut by_junction: HashMap<&QualifiedIdentifier, Vec<&Edge>> = HashMap::new();
    for edge in edges.iter().filter(|edge| !edge.is_unique) {
        let name = (edge.from.schema.as_str(), edge.from.name.as_str());
        let Some(primary_key) = primary_keys.get(&name) else {
            continue;
        };
        // Only keys inside of the primary key can be one half.
        if edge
            .columns
            .iter()
            .all(|(column, _)| primary_key.contains(column))
        {
            by_junction.entry(&edge.from).or_default().push(edge);
        }
    }
    let mut relationships = Vec::new();
    for (junction, keys) in by_junction {
        for source in &keys {
            for target in keys
                .iter()
                .filter(|target| target.constraint != source.constraint)
            {
                relationships.push(Relationship::ForeignKey {
                    table: source.to.clone(),
                    foreign_table: target.to.clone(),
                    is_self: source.to == target.to,
                    cardinality: Cardinality::ManyToMany(Junction {
                        table: junction.clone(),
                        constraint1: source.constraint.clone(),
                        constraint2: target.constraint.clone(),
                        source_columns: swap(&source.columns),
                        target_columns: swap(&target.columns),
                    }),
                    table_is_view: source.to_view,
                    foreign_table_is_view: target.to_view,
                });
            }
        }
    }
    relationships
}

/// Adds the computed ones; each hides those between its table and the table of its own name.
fn override_computed(
    mut relationships: Vec<Relationship>,
    computed: Vec<ComputedRow>,
) -> Vec<Relationship> {
    if computed.is_empty() {
        return relationships;
    }
    let computed: HashMap<(QualifiedIdentifier, QualifiedIdentifier), Relationship> = computed
        .into_iter()
        .map(|row| {
            let function = QualifiedIdentifier::new(row.function_schema, row.function_name);
            let table = QualifiedIdentifier::new(row.table_schema, row.table_name);
            let relationship = Relationship::Computed {
                function: function.clone(),
                table: table.clone(),
                foreign_table: QualifiedIdentifier::new(row.foreign_schema, row.foreign_name),
                table_alias: QualifiedIdentifier::default(),
                to_one: row.to_one,
                is_self: row.is_self,
            };
            ((table, function), relationship)
        })
        .collect();
    relationships.retain(|found| {
        !computed.contains_key(&(found.table().clone(), found.foreign_table().clone()))
    });
    relationships.extend(computed.into_values());
    relationships
}

/// By table and schema. A table whose relationships are all with internal ones keeps an empty list: it is known to have
/// some, which counts for hints.
fn index(schemas: &[String], relationships: Vec<Relationship>) -> Relationships {
    let exposed = |name: &QualifiedIdentifier| schemas.contains(&name.schema);
    let mut indexed = Relationships::new();
    for found in relationships {
        if !exposed(found.table()) {
            continue;
        }
        let (schema, visible) = match &found {
            Relationship::Computed { function, .. } => (&function.schema, true),
            Relationship::ForeignKey {
                foreign_table,
                cardinality: Cardinality::ManyToMany(junction),
                ..
            } => (&foreign_table.schema, exposed(&junction.table)),
            Relationship::ForeignKey { foreign_table, .. } => (&foreign_table.schema, true),
        };
        let visible = visible && exposed(found.foreign_table());
        let list = indexed
            .entry((found.table().clone(), schema.clone()))
            .or_default();
        if visible {
            list.push(found);
        }
    }
    for list in indexed.values_mut() {
        list.sort_unstable();
    }
    indexed
}

fn swap(columns: &[(String, String)]) -> Vec<(String, String)> {
    columns
        .iter()
        .map(|(left, right)| (right.clone(), left.clone()))
        .collect()
}

fn pair<'a>(
    left: impl Iterator<Item = &'a str>,
    right: impl Iterator<Item = &'a str>,
) -> Vec<(String, String)> {
    left.zip(right)
        .map(|(left, right)| (left.to_owned(), right.to_owned()))
        .collect()
}
