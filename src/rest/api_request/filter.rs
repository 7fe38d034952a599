//! Filters and trees of them: operators with their operands.
//!
//! In: a parser. Out: operations, logic trees. Mirrors PostgREST v14, horizontal filtering,
//! <https://docs.postgrest.org/en/v14/references/api/tables_views.html>.
#![forbid(unsafe_code)]

use super::field::{
    parse_delimiter, parse_field, parse_field_name, parse_identifier, parse_lexeme, parse_quoted,
};
use super::parser::{Parsed, Parser, Stop};
use super::types::{
    EmbedPath, Filter, FullTextOperator, IsValue, LogicOperator, LogicTree, Operation,
    QuantOperator, Quantifier, SimpleOperator,
};

/// How a single value is read: all of the text in a parameter, up to a comma in a logic tree.
pub(crate) type ValueParser = fn(&mut Parser<'_>) -> Parsed<String>;

/// `not.eq.5`: whether it is negated, and what is done.
pub(crate) fn parse_operation(
    parser: &mut Parser<'_>,
    value: ValueParser,
) -> Parsed<(bool, Operation)> {
    let negated = parse_not(parser)?;
    let operation = parser.named("operator (eq, gt, ...)", |p| {
        p.either(parse_in, |p| {
            p.either(parse_is, |p| {
                p.either(|p| parse_is_distinct(p, value), |p| parse_binary(p, value))
            })
        })
    })?;
    Ok((negated, operation))
}

/// The rest of the text.
#[expect(
    clippy::unnecessary_wraps,
    reason = "a ValueParser, others of which can fail"
)]
pub(crate) fn parse_single_value(parser: &mut Parser<'_>) -> Parsed<String> {
    Ok(parser.take_while(|_| true, &[]).to_owned())
}

/// `and(a.eq.1,or(b.eq.2,not.and(…)))`.
pub(crate) fn parse_logic_tree(parser: &mut Parser<'_>) -> Parsed<LogicTree> {
    parse_logic_level(parser, 0)
}

/// `a.b.not.and`: the embedded resources on the way, and the operator as it is written before a tree.
pub(crate) fn parse_logic_path(parser: &mut Parser<'_>) -> Parsed<(EmbedPath, String)> {
    let mut path = parser.separated(parse_field_name, parse_delimiter)?;
    let negated = path.iter().any(|name| name == "not");
    let operator = path.pop().unwrap_or_default();
    path.retain(|name| name != "not");
    let operator = if negated {
        format!("not.{operator}")
    } else {
        operator
    };
    Ok((path, operator))
}

fn parse_logic_level(parser: &mut Parser<'_>, depth: usize) -> Parsed<LogicTree> {
    parser.either(
        |p| p.attempt(parse_logic_filter).map(LogicTree::Filter),
        |p| parse_logic_expression(p, depth),
    )
}

fn parse_logic_filter(parser: &mut Parser<'_>) -> Parsed<Filter> {
    let field = parse_field(parser)?;
    parse_delimiter(parser)?;
    let (negated, operation) = parse_operation(parser, parse_logic_value)?;
    Ok(Filter {
        field,
        negated,
        operation,
    })
}

fn parse_logic_expression(parser: &mut Parser<'_>, depth: usize) -> Parsed<LogicTree> {
    let negated = parser.named("negation operator (not)", parse_not)?;
    let operator = parser.named("logic operator (and, or)", |p| {
        p.either(
            |p| p.attempt(|p| p.string("and")).map(|()| LogicOperator::And),
            |p| p.string("or").map(|()| LogicOperator::Or),
        )
    })?;
    parse_lexeme(parser, |p| p.char('('))?;
    if depth >= MAX_DEPTH {
        // Differs from PostgREST: it has no such limit.
        return parser.abort("too many nested conditions");
    }
    let operands = parser.separated(
        |p| parse_logic_level(p, depth + 1),
        |p| parse_lexeme(p, |p| p.char(',')),
    )?;
    parse_lexeme(parser, |p| p.char(')'))?;
    Ok(LogicTree::Expression {
        negated,
        operator,
        operands,
    })
}

fn parse_not(parser: &mut Parser<'_>) -> Parsed<bool> {
    parser.either(
        |p| {
            p.attempt(|p| {
                p.string("not")?;
                parse_delimiter(p)?;
                Ok(true)
            })
        },
        |_| Ok(false),
    )
}

fn parse_in(parser: &mut Parser<'_>) -> Parsed<Operation> {
    parse_keyword(parser, "in")?;
    parse_lexeme(parser, |p| p.char('('))?;
    let list = parser.separated(parse_list_element, |p| p.char(','))?;
    parse_lexeme(parser, |p| p.char(')'))?;
    Ok(Operation::In(list))
}

fn parse_is(parser: &mut Parser<'_>) -> Parsed<Operation> {
    parse_keyword(parser, "is")?;
    parser
        .named("isVal: (null, not_null, true, false, unknown)", |p| {
            parse_first(p, &IS_VALUES, parse_case_insensitive)
        })
        .map(Operation::Is)
}

fn parse_is_distinct(parser: &mut Parser<'_>, value: ValueParser) -> Parsed<Operation> {
    parse_keyword(parser, "isdistinct")?;
    value(parser).map(Operation::IsDistinctFrom)
}

fn parse_binary(parser: &mut Parser<'_>, value: ValueParser) -> Parsed<Operation> {
    parser.either(
        |p| p.attempt(|p| parse_full_text(p, value)),
        |p| {
            p.either(
                |p| p.attempt(|p| parse_simple(p, value)),
                |p| p.attempt(|p| parse_quantified(p, value)),
            )
        },
    )
}

fn parse_full_text(parser: &mut Parser<'_>, value: ValueParser) -> Parsed<Operation> {
    let operator = parse_first(parser, &FULL_TEXT_OPERATORS, Parser::string)?;
    let language = parser.optional(|p| {
        p.attempt(|p| {
            p.char('(')?;
            let language = parse_identifier(p)?.to_owned();
            p.char(')')?;
            Ok(language)
        })
    })?;
    parse_delimiter(parser)?;
    Ok(Operation::FullText(operator, language, value(parser)?))
}

fn parse_simple(parser: &mut Parser<'_>, value: ValueParser) -> Parsed<Operation> {
    let operator = parser.named("unknown single value operator", |p| {
        parse_first(p, &SIMPLE_OPERATORS, Parser::string)
    })?;
    parse_delimiter(parser)?;
    Ok(Operation::Simple(operator, value(parser)?))
}

fn parse_quantified(parser: &mut Parser<'_>, value: ValueParser) -> Parsed<Operation> {
    let operator = parser.named("unknown single value operator", |p| {
        parse_first(p, &QUANT_OPERATORS, Parser::string)
    })?;
    let quantifier = parser.optional(|p| {
        p.attempt(|p| {
            p.char('(')?;
            let quantifier = p.either(
                |p| p.attempt(|p| p.string("any")).map(|()| Quantifier::Any),
                |p| p.string("all").map(|()| Quantifier::All),
            )?;
            p.char(')')?;
            Ok(quantifier)
        })
    })?;
    parse_delimiter(parser)?;
    Ok(Operation::Quantified(operator, quantifier, value(parser)?))
}

/// The word and a dot.
fn parse_keyword(parser: &mut Parser<'_>, word: &'static str) -> Parsed<()> {
    parser.attempt(|p| {
        p.string(word)?;
        parse_delimiter(p)?;
        Ok(())
    })
}

/// The first word that matches, each one tried from the beginning.
fn parse_first<'a, T: Copy>(
    parser: &mut Parser<'a>,
    words: &[(&'static str, T)],
    word: fn(&mut Parser<'a>, &'static str) -> Parsed<()>,
) -> Parsed<T> {
    let mut words = words;
    while let [(name, value), others @ ..] = words {
        if others.is_empty() {
            return parser.attempt(|p| word(p, name)).map(|()| *value);
        }
        if parser.optional(|p| p.attempt(|p| word(p, name)))?.is_some() {
            return Ok(*value);
        }
        words = others;
    }
    Err(Stop)
}

/// The word in lower case, any letter of which may be in upper case.
fn parse_case_insensitive(parser: &mut Parser<'_>, word: &'static str) -> Parsed<()> {
    for letter in word.chars() {
        parser.either(|p| p.char(letter), |p| p.char(letter.to_ascii_uppercase()))?;
    }
    Ok(())
}

fn parse_list_element(parser: &mut Parser<'_>) -> Parsed<String> {
    parser.either(
        |p| p.attempt(parse_whole_quoted),
        |p| Ok(read_plain_value(p)),
    )
}

fn parse_logic_value(parser: &mut Parser<'_>) -> Parsed<String> {
    parser.either(
        |p| p.attempt(parse_whole_quoted),
        |p| p.either(|p| p.attempt(parse_array), |p| Ok(read_plain_value(p))),
    )
}

/// A quoted text with nothing between it and the next comma or parenthesis.
fn parse_whole_quoted(parser: &mut Parser<'_>) -> Parsed<String> {
    let value = parse_quoted(parser)?;
    parser.not_followed_by(is_value_char, None)?;
    Ok(value)
}

/// An array of PostgreSQL, `{…}`.
fn parse_array(parser: &mut Parser<'_>) -> Parsed<String> {
    parser.string("{")?;
    let items = parser.take_while(|c| !matches!(c, '{' | '}'), &[]);
    parser.string("}")?;
    Ok(format!("{{{items}}}"))
}

fn read_plain_value(parser: &mut Parser<'_>) -> String {
    parser.take_while(is_value_char, &[]).to_owned()
}

fn is_value_char(char: char) -> bool {
    !matches!(char, ',' | ')')
}

const IS_VALUES: [(&str, IsValue); 5] = [
    ("null", IsValue::Null),
    ("not_null", IsValue::NotNull),
    ("true", IsValue::True),
    ("false", IsValue::False),
    ("unknown", IsValue::Unknown),
];

const FULL_TEXT_OPERATORS: [(&str, FullTextOperator); 4] = [
    ("fts", FullTextOperator::Fts),
    ("plfts", FullTextOperator::Plain),
    ("phfts", FullTextOperator::Phrase),
    ("wfts", FullTextOperator::WebSearch),
];

const SIMPLE_OPERATORS: [(&str, SimpleOperator); 9] = [
    ("neq", SimpleOperator::NotEqual),
    ("cs", SimpleOperator::Contains),
    ("cd", SimpleOperator::Contained),
    ("ov", SimpleOperator::Overlap),
    ("sl", SimpleOperator::StrictlyLeft),
    ("sr", SimpleOperator::StrictlyRight),
    ("nxr", SimpleOperator::NotExtendsRight),
    ("nxl", SimpleOperator::NotExtendsLeft),
    ("adj", SimpleOperator::Adjacent),
];

const QUANT_OPERATORS: [(&str, QuantOperator); 9] = [
    ("eq", QuantOperator::Equal),
    ("gte", QuantOperator::GreaterThanEqual),
    ("gt", QuantOperator::GreaterThan),
    ("lte", QuantOperator::LessThanEqual),
    ("lt", QuantOperator::LessThan),
    ("like", QuantOperator::Like),
    ("ilike", QuantOperator::ILike),
    ("match", QuantOperator::Match),
    ("imatch", QuantOperator::IMatch),
];

/// How deeply conditions may be nested.
const MAX_DEPTH: usize = 64;
