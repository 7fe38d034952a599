//! Rows of the catalog queries, decoded.
//!
//! In: JSON texts. Out: typed rows, and the parts of the cache that need no more than one of them.
//! Mirrors PostgREST v14's decoding and ordering.
#![forbid(unsafe_code)]

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::rest::identifiers::QualifiedIdentifier;
use crate::rest::schema_cache::catalog::{
    COMPUTED, CONSTRAINTS, CatalogRows, LoadError, MEDIA_HANDLERS, RELATIONS, REPRESENTATIONS,
    ROLES, ROUTINES, Rows, TIMEZONES, VIEWS,
};
use crate::rest::schema_cache::types::{
    Column, DataRepresentation, IsolationLevel, ReturnKind, ReturnType, Routine, RoutineParam,
    Table, Volatility,
};
use crate::rest::schema_cache::view_keys::{KeyDependency, KeyKind};

/// All the rows.
#[derive(Debug)]
pub(super) struct Catalog {
    pub(super) relations: Vec<RelationRow>,
    pub(super) constraints: Vec<ConstraintRow>,
    pub(super) views: Vec<ViewRow>,
    pub(super) routines: Vec<RoutineRow>,
    pub(super) computed: Vec<ComputedRow>,
    pub(super) representations: Vec<RepresentationRow>,
    pub(super) media_handlers: Vec<HandlerRow>,
    pub(super) roles: Vec<RoleRow>,
    pub(super) timezones: Vec<String>,
}

impl Catalog {
    /// Reads the rows of all the queries.
    pub(super) fn decode(rows: &CatalogRows) -> Result<Self, LoadError> {
        let mut next = rows.iter();
        Ok(Self {
            relations: decode_next(RELATIONS, &mut next)?,
            constraints: decode_next(CONSTRAINTS, &mut next)?,
            views: decode_next(VIEWS, &mut next)?,
            routines: decode_next(ROUTINES, &mut next)?,
            computed: decode_next(COMPUTED, &mut next)?,
            representations: decode_next(REPRESENTATIONS, &mut next)?,
            media_handlers: decode_next(MEDIA_HANDLERS, &mut next)?,
            roles: decode_next(ROLES, &mut next)?,
            timezones: decode_next(TIMEZONES, &mut next)?,
        })
    }
}

/// A table or view.
#[derive(Debug, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each one is a column of the row"
)]
pub(super) struct RelationRow {
    schema: String,
    name: String,
    description: Option<String>,
    is_view: bool,
    insertable: bool,
    updatable: bool,
    deletable: bool,
    pk_columns: Vec<String>,
    columns: Vec<ColumnRow>,
}

/// A column.
#[derive(Debug, Deserialize)]
struct ColumnRow {
    name: String,
    description: Option<String>,
    nullable: bool,
    data_type: String,
    nominal_type: String,
    max_length: Option<i32>,
    default: Option<String>,
    enum_labels: Option<Vec<String>>,
}

/// A primary or foreign key.
#[derive(Debug, Deserialize)]
pub(super) struct ConstraintRow {
    pub(super) name: String,
    pub(super) is_primary: bool,
    /// It is not that of a partition, inherited from the partitioned table.
    pub(super) is_root: bool,
    pub(super) table_oid: u32,
    pub(super) table_schema: String,
    pub(super) table_name: String,
    pub(super) column_numbers: Vec<i16>,
    pub(super) columns: Vec<String>,
    pub(super) foreign_oid: u32,
    pub(super) foreign_schema: Option<String>,
    pub(super) foreign_name: Option<String>,
    pub(super) foreign_numbers: Option<Vec<i16>>,
    pub(super) foreign_columns: Vec<Option<String>>,
    /// The columns of the foreign key are a key themselves.
    pub(super) is_unique: bool,
}

/// A view with its query.
#[derive(Debug, Deserialize)]
pub(super) struct ViewRow {
    pub(super) oid: u32,
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) is_exposed: bool,
    /// A node tree.
    pub(super) query: String,
    /// Names by number.
    pub(super) columns: Option<HashMap<String, String>>,
}

/// A function.
#[derive(Debug, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each one is a column of the row"
)]
pub(super) struct RoutineRow {
    schema: String,
    name: String,
    description: Option<String>,
    params: Vec<ParamRow>,
    return_schema: String,
    return_name: String,
    returns_set: bool,
    returns_composite: bool,
    returns_alias: bool,
    volatility: String,
    has_variadic: bool,
    isolation: Option<String>,
    settings: Vec<(String, String)>,
}

/// A parameter.
#[derive(Debug, Deserialize)]
struct ParamRow {
    name: String,
    type_name: String,
    type_max_length: String,
    required: bool,
    variadic: bool,
}

/// A function of a row that returns rows.
#[derive(Debug, Deserialize)]
pub(super) struct ComputedRow {
    pub(super) function_schema: String,
    pub(super) function_name: String,
    pub(super) table_schema: String,
    pub(super) table_name: String,
    pub(super) foreign_schema: String,
    pub(super) foreign_name: String,
    pub(super) to_one: bool,
    pub(super) is_self: bool,
}

/// A cast.
#[derive(Debug, Deserialize)]
pub(super) struct RepresentationRow {
    source_type: String,
    target_type: String,
    function: String,
}

/// A media type handler.
#[derive(Debug, Deserialize)]
pub(super) struct HandlerRow {
    pub(super) handler_schema: String,
    pub(super) handler_name: String,
    pub(super) target_schema: String,
    pub(super) target_name: String,
    pub(super) media_type: String,
    pub(super) resolved_media_type: String,
}

/// Settings of a role.
#[derive(Debug, Deserialize)]
pub(super) struct RoleRow {
    name: String,
    isolation: Option<String>,
    settings: Vec<(String, String)>,
}

/// Settings by role.
type RoleSettings = HashMap<String, Vec<(String, String)>>;

/// Reads rows of one column of JSON text.
pub(super) fn decode<T: DeserializeOwned>(
    query: &'static str,
    rows: &[Vec<Option<Bytes>>],
) -> Result<Vec<T>, LoadError> {
    rows.iter()
        .map(|row| match row.first() {
            Some(Some(json)) => serde_json::from_slice(json).map_err(|error| LoadError::Row {
                query,
                reason: error.to_string(),
            }),
            _ => Err(missing(query)),
        })
        .collect()
}

/// Tables by name. Primary keys of views are those of the tables under them.
pub(super) fn tables(
    rows: Vec<RelationRow>,
    dependencies: &[KeyDependency],
) -> HashMap<QualifiedIdentifier, Arc<Table>> {
    let mut view_keys: HashMap<&QualifiedIdentifier, Vec<String>> = HashMap::new();
    for dependency in dependencies
        .iter()
        .filter(|found| found.kind == KeyKind::Primary)
    {
        // Where a view has a column twice, the first one stands for the key.
        let columns = dependency
            .columns
            .iter()
            .filter_map(|(_, names)| names.first().cloned());
        view_keys
            .entry(&dependency.view)
            .or_default()
            .extend(columns);
    }
    rows.into_iter()
        .map(|row| {
            let name = QualifiedIdentifier::new(row.schema.as_str(), row.name.as_str());
            let view_key = view_keys.remove(&name);
            let table = table(row, view_key);
            (name, Arc::new(table))
        })
        .collect()
}

/// Routines by name, those with the fewest parameters first.
pub(super) fn routines(rows: Vec<RoutineRow>) -> HashMap<QualifiedIdentifier, Vec<Arc<Routine>>> {
    let mut routines: HashMap<_, Vec<Arc<Routine>>> = HashMap::with_capacity(rows.len());
    for row in rows {
        let name = QualifiedIdentifier::new(row.schema.as_str(), row.name.as_str());
        routines
            .entry(name)
            .or_default()
            .push(Arc::new(routine(row)));
    }
    for overloads in routines.values_mut() {
        overloads.sort_by(|left, right| compare_routines(left, right));
    }
    routines
}

/// Representations by source and target type.
pub(super) fn representations(
    rows: Vec<RepresentationRow>,
) -> HashMap<(String, String), DataRepresentation> {
    rows.into_iter()
        .map(|row| {
            let key = (row.source_type.clone(), row.target_type.clone());
            let representation = DataRepresentation {
                source_type: row.source_type,
                target_type: row.target_type,
                function: row.function,
            };
            (key, representation)
        })
        .collect()
}

/// Settings and isolation levels by role.
pub(super) fn roles(rows: Vec<RoleRow>) -> (RoleSettings, HashMap<String, IsolationLevel>) {
    let mut settings = HashMap::with_capacity(rows.len());
    let mut isolation = HashMap::new();
    for row in rows {
        if let Some(level) = row.isolation {
            isolation.insert(row.name.clone(), parse_isolation(&level));
        }
        settings.insert(row.name, row.settings);
    }
    (settings, isolation)
}

fn decode_next<'a, T: DeserializeOwned>(
    query: &'static str,
    rows: &mut impl Iterator<Item = &'a Rows>,
) -> Result<Vec<T>, LoadError> {
    decode(query, rows.next().ok_or_else(|| missing(query))?)
}

fn missing(query: &'static str) -> LoadError {
    LoadError::Row {
        query,
        reason: "there is no value".to_owned(),
    }
}

fn table(row: RelationRow, view_key: Option<Vec<String>>) -> Table {
    let columns: IndexMap<String, Column> = row
        .columns
        .into_iter()
        .map(|column| (column.name.clone(), self::column(column)))
        .collect();
    Table {
        schema: row.schema,
        name: row.name,
        description: row.description,
        is_view: row.is_view,
        insertable: row.insertable,
        updatable: row.updatable,
        deletable: row.deletable,
        pk_columns: if row.is_view {
            view_key.unwrap_or_default()
        } else {
            row.pk_columns
        },
        columns,
    }
}

fn column(row: ColumnRow) -> Column {
    Column {
        name: row.name,
        description: row.description,
        nullable: row.nullable,
        data_type: row.data_type,
        nominal_type: row.nominal_type,
        max_length: row.max_length,
        default: row.default,
        enum_labels: row.enum_labels.unwrap_or_default(),
    }
}

fn routine(row: RoutineRow) -> Routine {
    let returned = QualifiedIdentifier::new(row.return_schema, row.return_name);
    Routine {
        schema: row.schema,
        name: row.name,
        description: row.description,
        params: row
            .params
            .into_iter()
            .map(|param| RoutineParam {
                name: param.name,
                type_name: param.type_name,
                type_max_length: param.type_max_length,
                required: param.required,
                variadic: param.variadic,
            })
            .collect(),
        return_type: ReturnType {
            set: row.returns_set,
            kind: if row.returns_composite {
                ReturnKind::Composite {
                    relation: returned,
                    is_alias: row.returns_alias,
                }
            } else {
                ReturnKind::Scalar(returned)
            },
        },
        volatility: match row.volatility.as_str() {
            "i" => Volatility::Immutable,
            "s" => Volatility::Stable,
            _ => Volatility::Volatile,
        },
        has_variadic: row.has_variadic,
        isolation: row.isolation.as_deref().map(parse_isolation),
        settings: row.settings,
    }
}

fn parse_isolation(level: &str) -> IsolationLevel {
    match level {
        "repeatable read" => IsolationLevel::RepeatableRead,
        "serializable" => IsolationLevel::Serializable,
        _ => IsolationLevel::ReadCommitted,
    }
}

/// By the number of parameters, and then by everything else, so that the order is always the same.
fn compare_routines(left: &Routine, right: &Routine) -> Ordering {
    fn rest(routine: &Routine) -> impl Ord + '_ {
        (
            &routine.description,
            &routine.params,
            &routine.return_type,
            routine.volatility,
            routine.has_variadic,
            routine.isolation,
            &routine.settings,
        )
    }
    left.params
        .len()
        .cmp(&right.params.len())
        .then_with(|| rest(left).cmp(&rest(right)))
}
