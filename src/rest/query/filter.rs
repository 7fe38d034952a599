//! Conditions, order and limits to SQL.
//!
//! In: conditions, order terms and the range of a plan. Out: what stands after WHERE, ORDER BY and LIMIT. Mirrors
//! PostgREST v14, <https://docs.postgrest.org/en/v14/references/api/tables_views.html#operators>.
#![forbid(unsafe_code)]

use bytes::Bytes;

use super::builder::{RowName, Sql, quote_array};
use super::field::{render_field, render_language, render_path};
use crate::rest::api_request::types::{
    FullTextOperator, IsValue, LogicOperator, Operation, OrderDirection, OrderNulls, QuantOperator,
    Quantifier, SimpleOperator,
};
use crate::rest::plan::types::{Condition, JoinCondition, PlanField, PlanOrder};
use crate::rest::range::RowRange;

/// One condition on the rows of `row`.
pub(crate) fn render_condition(sql: &mut Sql, row: RowName<'_>, condition: &Condition) {
    match condition {
        Condition::Expression {
            negated,
            operator,
            operands,
        } => {
            open_expression(sql, *negated);
            sql.list(separator(*operator), operands, |sql, operand| {
                render_condition(sql, row, operand);
            });
            sql.text(")");
        }
        Condition::Filter {
            field,
            negated,
            operation,
        } => render_filter(sql, row, field, *negated, operation),
        Condition::NullEmbed {
            not_null,
            aggregate_alias,
        } => {
            sql.ident(aggregate_alias).text(if *not_null {
                " IS DISTINCT FROM NULL"
            } else {
                " IS NOT DISTINCT FROM NULL"
            });
        }
    }
}

/// `(` or `NOT (`.
pub(crate) fn open_expression(sql: &mut Sql, negated: bool) {
    sql.text(if negated { "NOT (" } else { "(" });
}

/// What stands between operands.
pub(crate) const fn separator(operator: LogicOperator) -> &'static str {
    match operator {
        LogicOperator::And => " AND ",
        LogicOperator::Or => " OR ",
    }
}

/// `left = right`.
pub(crate) fn render_join_condition(sql: &mut Sql, condition: &JoinCondition) {
    let (left, left_column) = &condition.left;
    let (right, right_column) = &condition.right;
    sql.column(left.into(), left_column)
        .text(" = ")
        .column(right.into(), right_column);
}

/// A field, an operator, and its operand as a parameter.
pub(crate) fn render_filter(
    sql: &mut Sql,
    row: RowName<'_>,
    field: &PlanField,
    negated: bool,
    operation: &Operation,
) {
    if negated {
        sql.text("NOT ");
    }
    render_field(sql, row, field);
    match operation {
        Operation::Simple(operator, value) => {
            sql.text(simple_operator(*operator));
            render_value(sql, field, value);
        }
        Operation::Quantified(operator, quantifier, value) => {
            sql.text(quant_operator(*operator));
            render_quantified(sql, field, *operator, *quantifier, value);
        }
        // A value cannot be a parameter here, so these are the words that IS takes.
        Operation::Is(value) => {
            sql.text(match value {
                IsValue::Null => " IS NULL",
                IsValue::NotNull => " IS NOT NULL",
                IsValue::True => " IS TRUE",
                IsValue::False => " IS FALSE",
                IsValue::Unknown => " IS UNKNOWN",
            });
        }
        Operation::IsDistinctFrom(value) => {
            sql.text(" IS DISTINCT FROM ").text_param(value);
        }
        Operation::In(values) => render_in(sql, field, values),
        Operation::FullText(operator, language, value) => {
            sql.text(full_text_operator(*operator));
            render_language(sql, language.as_deref());
            sql.text_param(value).text(")");
        }
    }
}

/// The value, read by the data representation of the field if it has one.
fn render_value(sql: &mut Sql, field: &PlanField, value: &str) {
    match &field.transform {
        Some(function) => sql.text(function).text("(").text_param(value).text(")"),
        None => sql.text_param(value),
    };
}

fn render_quantified(
    sql: &mut Sql,
    field: &PlanField,
    operator: QuantOperator,
    quantifier: Option<Quantifier>,
    value: &str,
) {
    match quantifier {
        Some(Quantifier::Any) => sql.text("ANY("),
        Some(Quantifier::All) => sql.text("ALL("),
        None => sql,
    };
    if matches!(operator, QuantOperator::Like | QuantOperator::ILike) {
        sql.param(Bytes::from(value.replace('*', "%")));
    } else {
        render_value(sql, field, value);
    }
    if quantifier.is_some() {
        sql.text(")");
    }
}

/// `= ANY` of one array, so that lists of every length have the same SQL, the empty list included.
fn render_in(sql: &mut Sql, field: &PlanField, values: &[String]) {
    if let [only] = values
        && only.is_empty()
    {
        sql.text(" = ANY('{}')");
        return;
    }
    let array = Bytes::from(quote_array(values));
    sql.text(" = ANY (");
    match &field.transform {
        Some(function) => sql
            .text("(SELECT ")
            .text(function)
            .text("(unnest(")
            .param(array)
            .text("::text[])))"),
        None => sql.param(array),
    };
    sql.text(")");
}

/// ` ORDER BY …`, or nothing.
pub(crate) fn render_order(sql: &mut Sql, row: RowName<'_>, order: &[PlanOrder]) {
    if order.is_empty() {
        return;
    }
    sql.text(" ORDER BY ");
    sql.list(", ", order, |sql, term| {
        let (direction, nulls) = match term {
            PlanOrder::Field {
                field,
                direction,
                nulls,
            } => {
                render_field(sql, row, field);
                (direction, nulls)
            }
            PlanOrder::Relation {
                relation,
                field,
                direction,
                nulls,
            } => {
                sql.column(RowName::alias(relation), &field.name);
                render_path(sql, &field.path);
                (direction, nulls)
            }
        };
        render_direction(sql, *direction, *nulls);
    });
}

/// ` ASC NULLS FIRST` and the like, after an order term.
pub(crate) fn render_direction(
    sql: &mut Sql,
    direction: Option<OrderDirection>,
    nulls: Option<OrderNulls>,
) {
    sql.text(match direction {
        Some(OrderDirection::Asc) => " ASC",
        Some(OrderDirection::Desc) => " DESC",
        None => "",
    });
    sql.text(match nulls {
        Some(OrderNulls::First) => " NULLS FIRST",
        Some(OrderNulls::Last) => " NULLS LAST",
        None => "",
    });
}

/// ` LIMIT … OFFSET …`, or nothing when all rows are meant.
pub(crate) fn render_range(sql: &mut Sql, range: RowRange) {
    if range == RowRange::ALL {
        return;
    }
    sql.text(" LIMIT ");
    match range.limit {
        Some(limit) => sql.param(Bytes::from(limit.to_string())),
        None => sql.text("ALL"),
    };
    sql.text(" OFFSET ")
        .param(Bytes::from(range.offset.to_string()));
}

const fn simple_operator(operator: SimpleOperator) -> &'static str {
    match operator {
        SimpleOperator::NotEqual => " <> ",
        SimpleOperator::Contains => " @> ",
        SimpleOperator::Contained => " <@ ",
        SimpleOperator::Overlap => " && ",
        SimpleOperator::StrictlyLeft => " << ",
        SimpleOperator::StrictlyRight => " >> ",
        SimpleOperator::NotExtendsRight => " &< ",
        SimpleOperator::NotExtendsLeft => " &> ",
        SimpleOperator::Adjacent => " -|- ",
    }
}

const fn quant_operator(operator: QuantOperator) -> &'static str {
    match operator {
        QuantOperator::Equal => " = ",
        QuantOperator::GreaterThanEqual => " >= ",
        QuantOperator::GreaterThan => " > ",
        QuantOperator::LessThanEqual => " <= ",
        QuantOperator::LessThan => " < ",
        QuantOperator::Like => " like ",
        QuantOperator::ILike => " ilike ",
        QuantOperator::Match => " ~ ",
        QuantOperator::IMatch => " ~* ",
    }
}

const fn full_text_operator(operator: FullTextOperator) -> &'static str {
    match operator {
        FullTextOperator::Fts => " @@ to_tsquery(",
        FullTextOperator::Plain => " @@ plainto_tsquery(",
        FullTextOperator::Phrase => " @@ phraseto_tsquery(",
        FullTextOperator::WebSearch => " @@ websearch_to_tsquery(",
    }
}
