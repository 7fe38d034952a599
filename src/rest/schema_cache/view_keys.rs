//! Keys of tables that show through views.
//!
//! In: views with their queries, and primary and foreign keys. Out: for each view the keys all of whose columns it has,
//! also through other views. Mirrors PostgREST v14's view key dependencies.
#![forbid(unsafe_code)]

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::rest::identifiers::QualifiedIdentifier;
use crate::rest::schema_cache::node_tree::parse_target_list;
use crate::rest::schema_cache::rows::{ConstraintRow, ViewRow};

/// A key of a table, and the columns of a view in which it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyDependency {
    pub(super) table: QualifiedIdentifier,
    pub(super) view: QualifiedIdentifier,
    pub(super) constraint: String,
    pub(super) kind: KeyKind,
    /// Each column of the key, with all the columns of the view that show it.
    pub(super) columns: Vec<(String, Vec<String>)>,
}

/// Which side of which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum KeyKind {
    Foreign,
    /// The columns that a foreign key refers to.
    Referenced,
    Primary,
}

/// All dependencies of the exposed views, sorted by table, view and constraint.
pub(super) fn find_dependencies(
    views: &[ViewRow],
    constraints: &[ConstraintRow],
) -> Vec<KeyDependency> {
    if views.is_empty() {
        return Vec::new();
    }
    let origins = find_origins(views);
    let keys = keys_by_table(constraints);
    let mut dependencies = Vec::new();
    for view in views.iter().filter(|view| view.is_exposed) {
        let shown = shown_columns(view, &origins);
        for (&table, columns) in &shown {
            for key in keys.get(&table).into_iter().flatten() {
                dependencies.extend(dependency(view, key, columns));
            }
        }
    }
    dependencies.sort_by(|left, right| sort_key(left).cmp(&sort_key(right)));
    dependencies
}

/// All ways to choose one column of the view for each column of the key, the last one changing first.
pub(super) fn choose_columns(columns: &[(String, Vec<String>)]) -> Vec<Vec<&str>> {
    columns.iter().fold(vec![Vec::new()], |chosen, (_, names)| {
        chosen
            .iter()
            .flat_map(|before| {
                names.iter().map(move |name| {
                    let mut columns = before.clone();
                    columns.push(name.as_str());
                    columns
                })
            })
            .collect()
    })
}

/// Where the columns of views come from: a column of a table or of another view.
type Origins = HashMap<(u32, i16), (u32, i16)>;

/// Columns of the view, by the tables and their columns which they show.
type Shown = BTreeMap<u32, BTreeMap<i16, Vec<String>>>;

/// One side of a key. Keys of one name that refer to one table are one.
struct Key<'a> {
    table_schema: &'a str,
    table_name: &'a str,
    constraint: &'a str,
    kind: KeyKind,
    size: usize,
    /// Place in the key, number and name.
    columns: BTreeSet<(usize, i16, &'a str)>,
}

fn find_origins(views: &[ViewRow]) -> Origins {
    views
        .iter()
        .flat_map(|view| {
            parse_target_list(&view.query)
                .into_iter()
                .map(move |entry| {
                    (
                        (view.oid, entry.number),
                        (entry.origin_table, entry.origin_column),
                    )
                })
        })
        .collect()
}

fn shown_columns(view: &ViewRow, origins: &Origins) -> Shown {
    let mut names: Vec<(i16, &String)> = view
        .columns
        .iter()
        .flatten()
        .filter_map(|(number, name)| Some((number.parse().ok()?, name)))
        .collect();
    names.sort_unstable();
    let mut shown = Shown::new();
    for (number, name) in names {
        let mut path = Vec::new();
        let mut next = origins.get(&(view.oid, number));
        while let Some(&(table, column)) = next {
            shown
                .entry(table)
                .or_default()
                .entry(column)
                .or_default()
                .push(name.clone());
            if path.contains(&table) {
                break;
            }
            path.push(table);
            next = origins.get(&(table, column));
        }
    }
    shown
}

fn keys_by_table(constraints: &[ConstraintRow]) -> HashMap<u32, Vec<Key<'_>>> {
    let mut keys: HashMap<u32, Vec<Key<'_>>> = HashMap::new();
    for row in constraints {
        let kind = if row.is_primary {
            KeyKind::Primary
        } else {
            KeyKind::Foreign
        };
        add_key(
            keys.entry(row.table_oid).or_default(),
            Key {
                table_schema: &row.table_schema,
                table_name: &row.table_name,
                constraint: &row.name,
                kind,
                size: row.column_numbers.len(),
                columns: row
                    .column_numbers
                    .iter()
                    .zip(&row.columns)
                    .enumerate()
                    .map(|(place, (&number, name))| (place, number, name.as_str()))
                    .collect(),
            },
        );
        if let (Some(schema), Some(name), Some(numbers)) =
            (&row.foreign_schema, &row.foreign_name, &row.foreign_numbers)
        {
            add_key(
                keys.entry(row.foreign_oid).or_default(),
                Key {
                    table_schema: schema,
                    table_name: name,
                    constraint: &row.name,
                    kind: KeyKind::Referenced,
                    size: numbers.len(),
                    columns: numbers
                        .iter()
                        .zip(&row.foreign_columns)
                        .enumerate()
                        .filter_map(|(place, (&number, name))| {
                            Some((place, number, name.as_deref()?))
                        })
                        .collect(),
                },
            );
        }
    }
    keys
}

/// Adds a key, or its columns to the one that is there under its name.
fn add_key<'a>(keys: &mut Vec<Key<'a>>, key: Key<'a>) {
    let same = keys.iter_mut().find(|other| {
        other.kind == key.kind && other.size == key.size && other.constraint == key.constraint
    });
    match same {
        Some(other) => other.columns.extend(key.columns),
        None => keys.push(key),
    }
}

/// The key as the view shows it, unless a column is missing.
fn dependency(
    view: &ViewRow,
    key: &Key<'_>,
    shown: &BTreeMap<i16, Vec<String>>,
) -> Option<KeyDependency> {
    let columns: Vec<(String, Vec<String>)> = key
        .columns
        .iter()
        .filter_map(|(_, number, name)| Some(((*name).to_owned(), shown.get(number)?.clone())))
        .collect();
    (columns.len() == key.size).then(|| KeyDependency {
        table: QualifiedIdentifier::new(key.table_schema, key.table_name),
        view: QualifiedIdentifier::new(view.schema.as_str(), view.name.as_str()),
        constraint: key.constraint.to_owned(),
        kind: key.kind,
        columns,
    })
}

fn sort_key(dependency: &KeyDependency) -> impl Ord + '_ {
    (
        &dependency.table,
        &dependency.view,
        &dependency.constraint,
        dependency.kind,
    )
}
