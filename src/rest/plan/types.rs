//! Plans: an intent with the names resolved, from which SQL is rendered without further questions.
//!
//! Mirrors PostgREST v14's read, mutate and call plans.
#![forbid(unsafe_code)]

use std::sync::Arc;

use bytes::Bytes;

use crate::rest::api_request::preferences::Resolution;
use crate::rest::api_request::types::{
    Aggregate, Field, JoinType, JsonOperation, LogicOperator, Operation, OrderDirection, OrderNulls,
};
use crate::rest::api_request::{Invoke, Mutation};
use crate::rest::identifiers::QualifiedIdentifier;
use crate::rest::media_type::MediaType;
use crate::rest::range::RowRange;
use crate::rest::schema_cache::types::{MediaHandler, Relationship, Routine, RoutineParam};

/// The name of the CTE that writes, or calls a function.
pub(crate) const SOURCE: &str = "pgrst_source";

/// What is to be done with the database.
#[derive(Debug, Clone)]
pub(crate) enum Plan {
    Read(ReadAction),
    Mutate(MutateAction),
    Call(CallAction),
    /// The description at the root.
    Inspect {
        schema: String,
        head: bool,
    },
    /// `OPTIONS`: nothing is asked of the database.
    Info(InfoPlan),
}

/// Rows of a relation.
#[derive(Debug, Clone)]
pub(crate) struct ReadAction {
    pub(crate) read: ReadPlan,
    pub(crate) handler: MediaHandler,
    pub(crate) media: MediaType,
    pub(crate) head: bool,
    pub(crate) relation: QualifiedIdentifier,
}

/// Rows are written, and read as the answer.
#[derive(Debug, Clone)]
pub(crate) struct MutateAction {
    pub(crate) read: ReadPlan,
    pub(crate) mutate: MutatePlan,
    pub(crate) mutation: Mutation,
    pub(crate) handler: MediaHandler,
    pub(crate) media: MediaType,
    pub(crate) relation: QualifiedIdentifier,
}

/// A function is called, and its result read.
#[derive(Debug, Clone)]
pub(crate) struct CallAction {
    pub(crate) read: ReadPlan,
    pub(crate) call: CallPlan,
    pub(crate) routine: Arc<Routine>,
    pub(crate) invoke: Invoke,
    /// The transaction is read only.
    pub(crate) read_only: bool,
    pub(crate) handler: MediaHandler,
    pub(crate) media: MediaType,
}

/// What `OPTIONS` is answered.
#[derive(Debug, Clone)]
pub(crate) enum InfoPlan {
    Relation(QualifiedIdentifier),
    Routine(Arc<Routine>),
    Schema,
}

/// One resource and those embedded in it.
///
/// A column of it is qualified by `from_alias`, without a schema, else by `from`. With a computed relationship rows come
/// from `function(table_alias::table)` instead of from `from`. With a many-to-many relationship the junction stands beside
/// `from` under its own name, as `join_conditions` have it.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReadPlan {
    /// Empty when nothing is selected; all columns are then taken if there are no children either.
    pub(crate) select: Vec<SelectField>,
    /// The CTE `SOURCE`, in no schema, at the top of writes and calls; the alias is then the relation's name.
    pub(crate) from: QualifiedIdentifier,
    pub(crate) from_alias: Option<String>,
    /// Joined by AND; they come before `join_conditions`.
    pub(crate) filters: Vec<Condition>,
    /// Of a to-many spread it orders the arrays and not the rows: term number i, counted from 1, of field f is selected
    /// as well, under the alias `{aggregate_alias}_{f}_{i}`, and the arrays are ordered by these aliases.
    pub(crate) order: Vec<PlanOrder>,
    pub(crate) range: RowRange,
    /// As named in the request.
    pub(crate) name: String,
    pub(crate) relationship: Option<Relationship>,
    pub(crate) join_conditions: Vec<JoinCondition>,
    pub(crate) alias: Option<String>,
    /// The alias of the lateral join that aggregates this resource.
    pub(crate) aggregate_alias: String,
    pub(crate) hint: Option<String>,
    pub(crate) join: Option<JoinType>,
    pub(crate) spread: Option<SpreadType>,
    /// What of the children is selected: one item for each child, in their order.
    pub(crate) embeds: Vec<EmbedSelect>,
    /// 0 at the top.
    pub(crate) depth: usize,
    pub(crate) children: Vec<ReadPlan>,
}

impl ReadPlan {
    /// Its key in the response: the alias, else the name.
    pub(crate) fn key(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.name)
    }
}

/// How a resource is spread into its parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SpreadType {
    ToOne,
    /// Columns become arrays, in the order of the resource; see `ReadPlan::order`.
    ToMany,
}

/// `left = right`, each a relation or alias and a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JoinCondition {
    pub(crate) left: (QualifiedIdentifier, String),
    pub(crate) right: (QualifiedIdentifier, String),
}

/// A field with what is known of its type.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct PlanField {
    pub(crate) name: String,
    pub(crate) path: Vec<JsonOperation>,
    /// `to_jsonb` comes before the path.
    pub(crate) to_json: bool,
    /// `to_tsvector` is applied, with the language if there is one.
    #[expect(
        clippy::option_option,
        reason = "not applied, applied without a language, applied with one"
    )]
    pub(crate) to_tsvector: Option<Option<String>>,
    /// Its type before the transformation; empty when unknown.
    pub(crate) ir_type: String,
    /// The function of a data representation.
    pub(crate) transform: Option<String>,
    /// Of the column; only of fields that are written.
    pub(crate) default: Option<String>,
    /// The whole row is meant: `count(row)` instead of `count(*)` in a spread resource.
    pub(crate) full_row: bool,
}

/// A selected field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SelectField {
    pub(crate) field: PlanField,
    pub(crate) aggregate: Option<Aggregate>,
    pub(crate) aggregate_cast: Option<String>,
    pub(crate) cast: Option<String>,
    pub(crate) alias: Option<String>,
}

/// What is selected of an embedded resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EmbedSelect {
    Json {
        name: String,
        aggregate_alias: String,
        /// An object instead of an array.
        to_one: bool,
        /// Nothing of it is selected: it only filters.
        empty: bool,
    },
    Spread {
        fields: Vec<SpreadField>,
        aggregate_alias: String,
    },
}

/// A field that is spread into the parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SpreadField {
    pub(crate) name: String,
    pub(crate) aggregate: Option<Aggregate>,
    pub(crate) aggregate_cast: Option<String>,
    pub(crate) alias: Option<String>,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    Expression {
        negated: bool,
        operator: LogicOperator,
        operands: Vec<Condition>,
    },
    Filter {
        field: PlanField,
        negated: bool,
        operation: Operation,
    },
    /// `embed=is.null` (or `not.is.null` when `not_null`), of the child with this alias.
    NullEmbed {
        not_null: bool,
        aggregate_alias: String,
    },
}

/// One term of ORDER BY.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PlanOrder {
    Field {
        field: PlanField,
        direction: Option<OrderDirection>,
        nulls: Option<OrderNulls>,
    },
    /// By a column of an embedded to-one resource; `relation` is its aggregate alias.
    Relation {
        relation: String,
        field: Field,
        direction: Option<OrderDirection>,
        nulls: Option<OrderNulls>,
    },
}

/// How rows are written.
#[derive(Debug, Clone)]
pub(crate) enum MutatePlan {
    Insert {
        into: QualifiedIdentifier,
        columns: Vec<PlanField>,
        body: Option<Bytes>,
        on_conflict: Option<(Resolution, Vec<String>)>,
        /// PUT: the filters that the row must pass.
        filters: Vec<Condition>,
        returning: Vec<String>,
        pk_columns: Vec<String>,
        apply_defaults: bool,
    },
    Update {
        into: QualifiedIdentifier,
        columns: Vec<PlanField>,
        body: Option<Bytes>,
        filters: Vec<Condition>,
        returning: Vec<String>,
        apply_defaults: bool,
    },
    Delete {
        from: QualifiedIdentifier,
        filters: Vec<Condition>,
        returning: Vec<String>,
    },
}

/// A function call.
#[derive(Debug, Clone)]
pub(crate) struct CallPlan {
    pub(crate) routine: QualifiedIdentifier,
    pub(crate) params: CallParams,
    pub(crate) args: CallArgs,
    pub(crate) scalar: bool,
    pub(crate) set_of_scalar: bool,
    /// The columns that are selected of the result, those of filters included: all (`*`) when empty, else just `*`, or
    /// names in order. Of no meaning for scalars.
    pub(crate) returning: Vec<String>,
}

/// How arguments are given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CallParams {
    /// `f(a := …, b := …)`.
    Named(Vec<RoutineParam>),
    /// `f(…)`, the single unnamed parameter.
    Positional(RoutineParam),
}

/// Where arguments come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CallArgs {
    /// The query string or a form.
    Direct(Vec<(String, ArgumentValue)>),
    /// The body.
    Json(Option<Bytes>),
}

/// The value of one argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ArgumentValue {
    Fixed(String),
    Variadic(Vec<String>),
}
