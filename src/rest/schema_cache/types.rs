//! What is known of the database: relations, relationships, routines, representations, media type handlers.
//!
//! Mirrors PostgREST v14, <https://docs.postgrest.org/en/v14/references/schema_cache.html>.
#![forbid(unsafe_code)]

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;

use crate::rest::identifiers::{QualifiedIdentifier, RelIdentifier};
use crate::rest::media_type::MediaType;

/// The schema cache. Never changed: a reload makes another one.
#[derive(Debug, Clone, Default)]
pub(crate) struct SchemaCache {
    pub(crate) tables: HashMap<QualifiedIdentifier, Arc<Table>>,
    /// By table and the schema of the foreign table; each list sorted.
    pub(crate) relationships: HashMap<(QualifiedIdentifier, String), Vec<Relationship>>,
    /// Overloads with the fewest parameters first.
    pub(crate) routines: HashMap<QualifiedIdentifier, Vec<Arc<Routine>>>,
    /// By source and target type.
    pub(crate) representations: HashMap<(String, String), DataRepresentation>,
    pub(crate) media_handlers: HashMap<(RelIdentifier, MediaType), (MediaHandler, MediaType)>,
    pub(crate) timezones: HashSet<String>,
    /// Settings of the roles that `authenticator` may become, by role; those that a transaction applies.
    pub(crate) role_settings: HashMap<String, Vec<(String, String)>>,
    /// `default_transaction_isolation` of roles.
    pub(crate) role_isolation: HashMap<String, IsolationLevel>,
}

/// A table, view, materialized view, foreign table or partitioned table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each one is a fact of its own"
)]
pub(crate) struct Table {
    pub(crate) schema: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) is_view: bool,
    pub(crate) insertable: bool,
    pub(crate) updatable: bool,
    pub(crate) deletable: bool,
    /// Sorted by name.
    pub(crate) pk_columns: Vec<String>,
    /// In the order of the table.
    pub(crate) columns: IndexMap<String, Column>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) nullable: bool,
    /// The base type; of a domain the type under it.
    pub(crate) data_type: String,
    /// As declared, the domain's name for a domain.
    pub(crate) nominal_type: String,
    pub(crate) max_length: Option<i32>,
    /// SQL of the default, `nextval(…)` or `GENERATED …` of identities included as PostgREST has it.
    pub(crate) default: Option<String>,
    /// Labels of an enum.
    pub(crate) enum_labels: Vec<String>,
}

/// How two relations are related, seen from `table`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Relationship {
    /// By foreign keys.
    ForeignKey {
        table: QualifiedIdentifier,
        foreign_table: QualifiedIdentifier,
        is_self: bool,
        cardinality: Cardinality,
        table_is_view: bool,
        foreign_table_is_view: bool,
    },
    /// By a function of the row.
    Computed {
        function: QualifiedIdentifier,
        table: QualifiedIdentifier,
        foreign_table: QualifiedIdentifier,
        /// What the row is called where the function is called; set by planning, empty in the cache.
        table_alias: QualifiedIdentifier,
        to_one: bool,
        is_self: bool,
    },
}

/// Cardinality, with the columns of `table` and of `foreign_table` side by side.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cardinality {
    OneToMany {
        constraint: String,
        columns: Vec<(String, String)>,
    },
    ManyToOne {
        constraint: String,
        columns: Vec<(String, String)>,
    },
    OneToOne {
        constraint: String,
        columns: Vec<(String, String)>,
        /// The foreign key is on the other side.
        is_parent: bool,
    },
    ManyToMany(Junction),
}

/// The table between two others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Junction {
    pub(crate) table: QualifiedIdentifier,
    pub(crate) constraint1: String,
    pub(crate) constraint2: String,
    /// Columns of the source table and of the junction.
    pub(crate) source_columns: Vec<(String, String)>,
    /// Columns of the target table and of the junction.
    pub(crate) target_columns: Vec<(String, String)>,
}

impl Relationship {
    pub(crate) const fn table(&self) -> &QualifiedIdentifier {
        match self {
            Self::ForeignKey { table, .. } | Self::Computed { table, .. } => table,
        }
    }

    pub(crate) const fn foreign_table(&self) -> &QualifiedIdentifier {
        match self {
            Self::ForeignKey { foreign_table, .. } | Self::Computed { foreign_table, .. } => {
                foreign_table
            }
        }
    }

    /// At most one row is at the other end.
    pub(crate) const fn is_to_one(&self) -> bool {
        matches!(
            self,
            Self::ForeignKey {
                cardinality: Cardinality::ManyToOne { .. } | Cardinality::OneToOne { .. },
                ..
            } | Self::Computed { to_one: true, .. }
        )
    }
}

/// A function or procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Routine {
    pub(crate) schema: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) params: Vec<RoutineParam>,
    pub(crate) return_type: ReturnType,
    pub(crate) volatility: Volatility,
    pub(crate) has_variadic: bool,
    pub(crate) isolation: Option<IsolationLevel>,
    /// Its own settings that are set for the whole transaction.
    pub(crate) settings: Vec<(String, String)>,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RoutineParam {
    /// Empty when unnamed.
    pub(crate) name: String,
    pub(crate) type_name: String,
    /// With `character` and `bit` in their form without a length limit.
    pub(crate) type_max_length: String,
    pub(crate) required: bool,
    pub(crate) variadic: bool,
}

/// What a routine returns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ReturnType {
    pub(crate) set: bool,
    pub(crate) kind: ReturnKind,
}

/// A scalar or a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ReturnKind {
    Scalar(QualifiedIdentifier),
    Composite {
        relation: QualifiedIdentifier,
        /// A domain over the composite type.
        is_alias: bool,
    },
}

/// What a function promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Volatility {
    Volatile,
    Stable,
    Immutable,
}

/// Transaction isolation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum IsolationLevel {
    ReadCommitted,
    RepeatableRead,
    Serializable,
}

impl Routine {
    pub(crate) fn returns_scalar(&self) -> bool {
        !self.return_type.set && matches!(self.return_type.kind, ReturnKind::Scalar(_))
    }

    pub(crate) fn returns_set_of_scalar(&self) -> bool {
        self.return_type.set && matches!(self.return_type.kind, ReturnKind::Scalar(_))
    }

    pub(crate) fn returns_single_composite(&self) -> bool {
        !self.return_type.set && matches!(self.return_type.kind, ReturnKind::Composite { .. })
    }

    pub(crate) const fn returns_single(&self) -> bool {
        !self.return_type.set
    }

    pub(crate) fn returns_void(&self) -> bool {
        matches!(&self.return_type, ReturnType { set: false, kind: ReturnKind::Scalar(name) }
            if name.schema == "pg_catalog" && name.name == "void")
    }

    /// The relation whose rows it returns.
    pub(crate) fn table_name(&self) -> Option<&str> {
        match &self.return_type.kind {
            ReturnKind::Composite { relation, .. } => Some(&relation.name),
            ReturnKind::Scalar(_) => None,
        }
    }
}

/// A cast that represents a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DataRepresentation {
    pub(crate) source_type: String,
    pub(crate) target_type: String,
    /// As SQL, quoted where it must be.
    pub(crate) function: String,
}

/// How rows become a body.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum MediaHandler {
    SingleJson {
        nulls_stripped: bool,
    },
    ArrayJsonStripped,
    Json,
    GeoJson,
    Csv,
    /// A function or aggregate, and what its argument is.
    Custom(QualifiedIdentifier, RelIdentifier),
    /// No body.
    NoAggregate,
}
