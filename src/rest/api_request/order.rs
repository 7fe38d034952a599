//! `order`: columns, or columns of embedded to-one resources, with direction and place of nulls.
//!
//! In: a parser. Out: order terms. Mirrors PostgREST v14,
//! <https://docs.postgrest.org/en/v14/references/api/tables_views.html>.
#![forbid(unsafe_code)]

use super::field::{parse_delimiter, parse_field, parse_field_name, parse_lexeme};
use super::parser::{Parsed, Parser};
use super::types::{OrderDirection, OrderNulls, OrderTerm};

/// All terms, at least one.
pub(crate) fn parse_order(parser: &mut Parser<'_>) -> Parsed<Vec<OrderTerm>> {
    parser.separated(
        |p| parse_lexeme(p, |p| p.either(|p| p.attempt(parse_relation), parse_column)),
        |p| p.char(','),
    )
}

/// `relation(field).desc.nullslast`.
fn parse_relation(parser: &mut Parser<'_>) -> Parsed<OrderTerm> {
    let relation = parse_field_name(parser)?;
    parser.char('(')?;
    let field = parse_field(parser)?;
    parser.char(')')?;
    let (direction, nulls) = parse_modifiers(parser)?;
    Ok(OrderTerm::Relation {
        relation,
        field,
        direction,
        nulls,
    })
}

fn parse_column(parser: &mut Parser<'_>) -> Parsed<OrderTerm> {
    let field = parse_field(parser)?;
    let (direction, nulls) = parse_modifiers(parser)?;
    Ok(OrderTerm::Field {
        field,
        direction,
        nulls,
    })
}

fn parse_modifiers(
    parser: &mut Parser<'_>,
) -> Parsed<(Option<OrderDirection>, Option<OrderNulls>)> {
    let direction = parse_modifier(
        parser,
        [("asc", OrderDirection::Asc), ("desc", OrderDirection::Desc)],
    )?;
    let nulls = parser.either(
        |p| {
            let words = [
                ("nullsfirst", OrderNulls::First),
                ("nullslast", OrderNulls::Last),
            ];
            let nulls = parse_modifier(p, words)?;
            parse_term_end(p)?;
            Ok(nulls)
        },
        |p| parse_term_end(p).map(|()| None),
    )?;
    Ok((direction, nulls))
}

/// A dot and one of the words, or nothing.
fn parse_modifier<T: Copy>(
    parser: &mut Parser<'_>,
    words: [(&'static str, T); 2],
) -> Parsed<Option<T>> {
    let [first, second] = words;
    let word = |(name, value): (&'static str, T)| {
        move |p: &mut Parser<'_>| {
            p.attempt(|p| {
                parse_delimiter(p)?;
                p.string(name)?;
                Ok(value)
            })
        }
    };
    parser.optional(|p| p.either(word(first), word(second)))
}

/// A comma or the end, which is not read.
fn parse_term_end(parser: &mut Parser<'_>) -> Parsed<()> {
    parser.either(
        |p| p.attempt(|p| p.look_ahead(|p| p.char(','))),
        |p| p.attempt(Parser::end),
    )
}
