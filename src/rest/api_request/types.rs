//! What a query string says: select items, filters, order terms.
//!
//! Mirrors PostgREST v14, <https://docs.postgrest.org/en/v14/references/api/url_grammar.html>.
#![forbid(unsafe_code)]

/// A column or other name with a JSON path, such as `data->a->>0`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) path: Vec<JsonOperation>,
}

/// One step of a JSON path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum JsonOperation {
    /// `->`.
    Arrow(JsonOperand),
    /// `->>`.
    DoubleArrow(JsonOperand),
}

/// What a step goes to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum JsonOperand {
    Key(String),
    /// An array index, as written, with its sign.
    Index(String),
}

/// One item of `select`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SelectItem {
    /// `alias:field.aggregate()::aggregate_cast`, where the field may have a cast of its own.
    Field {
        field: Field,
        aggregate: Option<Aggregate>,
        aggregate_cast: Option<String>,
        cast: Option<String>,
        alias: Option<String>,
    },
    /// `alias:relation!hint!inner(…)`.
    Relation {
        relation: String,
        alias: Option<String>,
        hint: Option<String>,
        join: Option<JoinType>,
        select: Vec<SelectItem>,
    },
    /// `...relation!hint!inner(…)`.
    Spread {
        relation: String,
        hint: Option<String>,
        join: Option<JoinType>,
        select: Vec<SelectItem>,
    },
}

/// An aggregate function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Aggregate {
    Sum,
    Avg,
    Max,
    Min,
    Count,
}

/// How an embedded resource is joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum JoinType {
    Inner,
    Left,
}

/// Names of the embedded resources on the way to the one that is meant; empty for the top one.
pub(crate) type EmbedPath = Vec<String>;

/// One term of `order`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OrderTerm {
    Field {
        field: Field,
        direction: Option<OrderDirection>,
        nulls: Option<OrderNulls>,
    },
    /// `relation(field)`.
    Relation {
        relation: String,
        field: Field,
        direction: Option<OrderDirection>,
        nulls: Option<OrderNulls>,
    },
}

/// `asc` or `desc`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrderDirection {
    Asc,
    Desc,
}

/// `nullsfirst` or `nullslast`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrderNulls {
    First,
    Last,
}

/// A tree of conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LogicTree {
    Expression {
        negated: bool,
        operator: LogicOperator,
        operands: Vec<LogicTree>,
    },
    Filter(Filter),
}

/// `and` or `or`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogicOperator {
    And,
    Or,
}

/// A condition on one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) field: Field,
    pub(crate) negated: bool,
    pub(crate) operation: Operation,
}

/// An operator with its operand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operation {
    Simple(SimpleOperator, String),
    Quantified(QuantOperator, Option<Quantifier>, String),
    In(Vec<String>),
    Is(IsValue),
    IsDistinctFrom(String),
    FullText(FullTextOperator, Option<String>, String),
}

/// Operand of `is`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IsValue {
    Null,
    NotNull,
    True,
    False,
    Unknown,
}

/// `(any)` or `(all)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    Any,
    All,
}

/// Operators that take `any` and `all`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QuantOperator {
    Equal,
    GreaterThanEqual,
    GreaterThan,
    LessThanEqual,
    LessThan,
    Like,
    ILike,
    Match,
    IMatch,
}

/// Operators that do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SimpleOperator {
    NotEqual,
    Contains,
    Contained,
    Overlap,
    StrictlyLeft,
    StrictlyRight,
    NotExtendsRight,
    NotExtendsLeft,
    Adjacent,
}

/// `fts`, `plfts`, `phfts`, `wfts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FullTextOperator {
    Fts,
    Plain,
    Phrase,
    WebSearch,
}
