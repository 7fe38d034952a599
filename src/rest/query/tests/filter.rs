//! Conditions.
#![forbid(unsafe_code)]

use super::*;
use crate::rest::api_request::types::{
    FullTextOperator, IsValue, JsonOperand, JsonOperation, LogicOperator, Quantifier,
    SimpleOperator,
};

/// What stands after WHERE.
#[track_caller]
fn assert_condition(condition: Condition, sql: &str, values: &[&str]) {
    let mut plan = relation("projects", &["id"]);
    plan.filters = vec![condition];
    let statement = read_sql(&plan);
    let text = statement
        .sql
        .strip_prefix(r#"SELECT "test"."projects"."id" FROM "test"."projects" WHERE "#);
    assert_eq!(text, Some(sql));
    assert_eq!(params(&statement), values);
}

fn quantified(operator: QuantOperator, quantifier: Option<Quantifier>, value: &str) -> Operation {
    Operation::Quantified(operator, quantifier, value.to_owned())
}

#[test]
fn values_are_parameters() {
    assert_condition(
        equal("name", "'; drop table projects; --"),
        r#""test"."projects"."name" = $1"#,
        &["'; drop table projects; --"],
    );
}

#[test]
fn every_quantifiable_operator_has_its_symbol() {
    for (operator, symbol) in [
        (QuantOperator::Equal, "="),
        (QuantOperator::GreaterThanEqual, ">="),
        (QuantOperator::GreaterThan, ">"),
        (QuantOperator::LessThanEqual, "<="),
        (QuantOperator::LessThan, "<"),
        (QuantOperator::Match, "~"),
        (QuantOperator::IMatch, "~*"),
    ] {
        assert_condition(
            filter("name", quantified(operator, None, "1*")),
            &format!(r#""test"."projects"."name" {symbol} $1"#),
            &["1*"],
        );
    }
}

#[test]
fn stars_of_like_are_percent_signs() {
    assert_condition(
        filter("name", quantified(QuantOperator::Like, None, "*a*")),
        r#""test"."projects"."name" like $1"#,
        &["%a%"],
    );
    assert_condition(
        filter(
            "name",
            quantified(QuantOperator::ILike, Some(Quantifier::Any), "{a*,b*}"),
        ),
        r#""test"."projects"."name" ilike ANY($1)"#,
        &["{a%,b%}"],
    );
}

#[test]
fn quantifiers_take_one_array() {
    assert_condition(
        filter(
            "id",
            quantified(QuantOperator::GreaterThan, Some(Quantifier::All), "{1,2}"),
        ),
        r#""test"."projects"."id" > ALL($1)"#,
        &["{1,2}"],
    );
}

#[test]
fn every_simple_operator_has_its_symbol() {
    for (operator, symbol, column, value) in [
        (SimpleOperator::NotEqual, "<>", "name", "a"),
        (SimpleOperator::Contains, "@>", "tags", "{a}"),
        (SimpleOperator::Contained, "<@", "tags", "{a}"),
        (SimpleOperator::Overlap, "&&", "tags", "{a}"),
        (SimpleOperator::StrictlyLeft, "<<", "span", "[1,2]"),
        (SimpleOperator::StrictlyRight, ">>", "span", "[1,2]"),
        (SimpleOperator::NotExtendsRight, "&<", "span", "[1,2]"),
        (SimpleOperator::NotExtendsLeft, "&>", "span", "[1,2]"),
        (SimpleOperator::Adjacent, "-|-", "span", "[1,2]"),
    ] {
        assert_condition(
            filter(column, Operation::Simple(operator, value.to_owned())),
            &format!(r#""test"."projects"."{column}" {symbol} $1"#),
            &[value],
        );
    }
}

#[test]
fn lists_of_every_length_are_one_array() {
    assert_condition(
        filter("id", Operation::In(vec!["1".to_owned()])),
        r#""test"."projects"."id" = ANY ($1)"#,
        &[r#"{"1"}"#],
    );
    let names = ["a,b", "q\"", "b\\", "NULL"].map(str::to_owned).to_vec();
    assert_condition(
        filter("name", Operation::In(names)),
        r#""test"."projects"."name" = ANY ($1)"#,
        &[r#"{"a,b","q\"","b\\","NULL"}"#],
    );
}

#[test]
fn an_empty_list_matches_nothing() {
    assert_condition(
        filter("id", Operation::In(vec![String::new()])),
        r#""test"."projects"."id" = ANY('{}')"#,
        &[],
    );
}

#[test]
fn is_takes_words_only() {
    for (value, word) in [
        (IsValue::Null, "NULL"),
        (IsValue::NotNull, "NOT NULL"),
        (IsValue::True, "TRUE"),
        (IsValue::False, "FALSE"),
        (IsValue::Unknown, "UNKNOWN"),
    ] {
        assert_condition(
            filter("done", Operation::Is(value)),
            &format!(r#""test"."projects"."done" IS {word}"#),
            &[],
        );
    }
    assert_condition(
        filter("id", Operation::IsDistinctFrom("1".to_owned())),
        r#""test"."projects"."id" IS DISTINCT FROM $1"#,
        &["1"],
    );
}

#[test]
fn full_text_search_takes_a_language() {
    for (operator, function) in [
        (FullTextOperator::Fts, "to_tsquery"),
        (FullTextOperator::Plain, "plainto_tsquery"),
        (FullTextOperator::Phrase, "phraseto_tsquery"),
        (FullTextOperator::WebSearch, "websearch_to_tsquery"),
    ] {
        assert_condition(
            filter(
                "vector",
                Operation::FullText(operator, None, "a".to_owned()),
            ),
            &format!(r#""test"."projects"."vector" @@ {function}($1)"#),
            &["a"],
        );
    }
    let language = Some("english".to_owned());
    assert_condition(
        Condition::Filter {
            field: PlanField {
                to_tsvector: Some(language.clone()),
                ..field("name")
            },
            negated: true,
            operation: Operation::FullText(FullTextOperator::Fts, language, "cat".to_owned()),
        },
        r#"NOT to_tsvector($1, "test"."projects"."name") @@ to_tsquery($2, $3)"#,
        &["english", "english", "cat"],
    );
    assert_condition(
        Condition::Filter {
            field: PlanField {
                to_tsvector: Some(None),
                ..field("name")
            },
            negated: false,
            operation: Operation::FullText(FullTextOperator::Plain, None, "cat".to_owned()),
        },
        r#"to_tsvector("test"."projects"."name") @@ plainto_tsquery($1)"#,
        &["cat"],
    );
}

#[test]
fn data_representations_read_the_value() {
    let id = || PlanField {
        transform: Some("\"test\".\"read\"".to_owned()),
        ..field("id")
    };
    assert_condition(
        Condition::Filter {
            field: id(),
            negated: false,
            operation: quantified(QuantOperator::Equal, None, "#1"),
        },
        r#""test"."projects"."id" = "test"."read"($1)"#,
        &["#1"],
    );
    assert_condition(
        Condition::Filter {
            field: id(),
            negated: false,
            operation: Operation::In(vec!["#1".to_owned(), "#2".to_owned()]),
        },
        r#""test"."projects"."id" = ANY ((SELECT "test"."read"(unnest($1::text[]))))"#,
        &[r##"{"#1","#2"}"##],
    );
}

#[test]
fn trees_are_nested_in_parentheses() {
    let path = vec![JsonOperation::DoubleArrow(JsonOperand::Key("a".to_owned()))];
    assert_condition(
        Condition::Expression {
            negated: true,
            operator: LogicOperator::Or,
            operands: vec![
                equal("id", "1"),
                Condition::Expression {
                    negated: false,
                    operator: LogicOperator::And,
                    operands: vec![
                        equal("name", "a"),
                        Condition::Filter {
                            field: PlanField {
                                path,
                                ..field("data")
                            },
                            negated: true,
                            operation: quantified(QuantOperator::Equal, None, "b"),
                        },
                    ],
                },
            ],
        },
        r#"NOT ("test"."projects"."id" = $1 OR ("test"."projects"."name" = $2 AND NOT "test"."projects"."data"->>$3 = $4))"#,
        &["1", "a", "a", "b"],
    );
}
