//! `select`: columns, JSON paths, casts, aggregates, embedded resources.
//!
//! In: a parser. Out: select items. Mirrors PostgREST v14,
//! <https://docs.postgrest.org/en/v14/references/api/tables_views.html> and resource_embedding.html.
#![forbid(unsafe_code)]

use super::field::{followed_by, parse_field, parse_field_name, parse_identifier, parse_lexeme};
use super::parser::{Parsed, Parser, Stop};
use super::types::{Aggregate, Field, JoinType, SelectItem};

/// All items of a `select`; none when it is empty.
pub(crate) fn parse_select(parser: &mut Parser<'_>) -> Parsed<Vec<SelectItem>> {
    parse_items(parser, 0)
}

fn parse_items(parser: &mut Parser<'_>, depth: usize) -> Parsed<Vec<SelectItem>> {
    parser
        .optional(|p| {
            p.separated(
                |p| parse_item(p, depth),
                |p| parse_lexeme(p, |p| p.char(',')),
            )
        })
        .map(Option::unwrap_or_default)
}

fn parse_item(parser: &mut Parser<'_>, depth: usize) -> Parsed<SelectItem> {
    parser.either(
        |p| parse_embed(p, depth, parse_spread_head),
        |p| {
            p.either(
                |p| parse_embed(p, depth, parse_relation_head),
                parse_select_field,
            )
        },
    )
}

/// A resource and, in parentheses, what is selected of it.
fn parse_embed(
    parser: &mut Parser<'_>,
    depth: usize,
    head: impl FnOnce(&mut Parser<'_>) -> Parsed<SelectItem>,
) -> Parsed<SelectItem> {
    let mut item = parser.attempt(head)?;
    parser.char('(')?;
    if depth >= MAX_DEPTH {
        // Differs from PostgREST: it has no such limit.
        return parser.abort("too many nested resources");
    }
    let items = parse_items(parser, depth + 1)?;
    parser.char(')')?;
    if let SelectItem::Relation { select, .. } | SelectItem::Spread { select, .. } = &mut item {
        *select = items;
    }
    Ok(item)
}

fn parse_spread_head(parser: &mut Parser<'_>) -> Parsed<SelectItem> {
    parse_lexeme(parser, |p| {
        p.string("...")?;
        let relation = parse_field_name(p)?;
        let (hint, join) = parse_embed_params(p)?;
        p.attempt(|p| p.look_ahead(|p| p.string("(")))?;
        Ok(SelectItem::Spread {
            relation,
            hint,
            join,
            select: Vec::new(),
        })
    })
}

fn parse_relation_head(parser: &mut Parser<'_>) -> Parsed<SelectItem> {
    parse_lexeme(parser, |p| {
        let alias = parse_alias(p)?;
        let relation = parse_field_name(p)?;
        if relation == "count" {
            // Fails without saying why, as PostgREST does.
            return Err(Stop);
        }
        let (hint, join) = parse_embed_params(p)?;
        p.attempt(|p| p.look_ahead(|p| p.string("(")))?;
        Ok(SelectItem::Relation {
            relation,
            alias,
            hint,
            join,
            select: Vec::new(),
        })
    })
}

/// One of `!hint`, `!inner` and `!left`.
enum EmbedParam {
    Hint(String),
    Join(JoinType),
}

/// At most two parameters. The first one of a kind counts.
fn parse_embed_params(parser: &mut Parser<'_>) -> Parsed<(Option<String>, Option<JoinType>)> {
    let (mut hint, mut join) = (None, None);
    for _ in 0..2 {
        match parser.optional(parse_embed_param)? {
            Some(EmbedParam::Hint(name)) => hint = hint.or(Some(name)),
            Some(EmbedParam::Join(kind)) => join = join.or(Some(kind)),
            None => {}
        }
    }
    Ok((hint, join))
}

fn parse_embed_param(parser: &mut Parser<'_>) -> Parsed<EmbedParam> {
    parser.char('!')?;
    parser.either(
        |p| {
            p.attempt(|p| p.string("left"))
                .map(|()| EmbedParam::Join(JoinType::Left))
        },
        |p| {
            p.either(
                |p| {
                    p.attempt(|p| p.string("inner"))
                        .map(|()| EmbedParam::Join(JoinType::Inner))
                },
                |p| p.attempt(parse_field_name).map(EmbedParam::Hint),
            )
        },
    )
}

/// `alias:`, but not the beginning of a cast.
fn parse_alias(parser: &mut Parser<'_>) -> Parsed<Option<String>> {
    parser.optional(|p| {
        p.attempt(|p| {
            let alias = parse_field_name(p)?;
            p.char(':')?;
            p.not_followed_by(|c| c == ':', Some(':'))?;
            Ok(alias)
        })
    })
}

fn parse_select_field(parser: &mut Parser<'_>) -> Parsed<SelectItem> {
    parse_lexeme(parser, |p| {
        p.either(
            |p| p.attempt(parse_star),
            |p| p.either(|p| p.attempt(parse_count), parse_column),
        )
    })
}

fn parse_star(parser: &mut Parser<'_>) -> Parsed<SelectItem> {
    parser.string("*")?;
    parse_item_end(parser)?;
    Ok(star(None, None, None))
}

/// `count()` of all rows.
fn parse_count(parser: &mut Parser<'_>) -> Parsed<SelectItem> {
    let alias = parse_alias(parser)?;
    parser.string("count()")?;
    let cast = parse_cast(parser)?;
    parse_item_end(parser)?;
    Ok(star(Some(Aggregate::Count), cast, alias))
}

fn parse_column(parser: &mut Parser<'_>) -> Parsed<SelectItem> {
    let alias = parse_alias(parser)?;
    let field = parse_field(parser)?;
    let cast = parse_cast(parser)?;
    let aggregate = parser.optional(|p| {
        p.attempt(|p| {
            p.char('.')?;
            let aggregate = parse_aggregate(p)?;
            p.string("()")?;
            Ok(aggregate)
        })
    })?;
    let aggregate_cast = parse_cast(parser)?;
    parse_item_end(parser)?;
    Ok(SelectItem::Field {
        field,
        aggregate,
        aggregate_cast,
        cast,
        alias,
    })
}

/// `::type`.
fn parse_cast(parser: &mut Parser<'_>) -> Parsed<Option<String>> {
    parser.optional(|p| {
        p.string("::")?;
        parse_identifier(p).map(str::to_owned)
    })
}

fn parse_aggregate(parser: &mut Parser<'_>) -> Parsed<Aggregate> {
    let plain = |name, aggregate| move |p: &mut Parser<'_>| p.string(name).map(|()| aggregate);
    let tried = |name, aggregate| {
        move |p: &mut Parser<'_>| p.attempt(|p| p.string(name)).map(|()| aggregate)
    };
    parser.either(plain("sum", Aggregate::Sum), |p| {
        p.either(plain("avg", Aggregate::Avg), |p| {
            p.either(plain("count", Aggregate::Count), |p| {
                p.either(tried("max", Aggregate::Max), tried("min", Aggregate::Min))
            })
        })
    })
}

/// A parenthesis, a comma or the end, which is not read.
fn parse_item_end(parser: &mut Parser<'_>) -> Parsed<()> {
    for end in [")", ","] {
        if followed_by(parser, end)? {
            return Ok(());
        }
    }
    parser.attempt(Parser::end)
}

fn star(
    aggregate: Option<Aggregate>,
    aggregate_cast: Option<String>,
    alias: Option<String>,
) -> SelectItem {
    SelectItem::Field {
        field: Field {
            name: "*".to_owned(),
            path: Vec::new(),
        },
        aggregate,
        aggregate_cast,
        cast: None,
        alias,
    }
}

/// How deeply resources may be embedded.
const MAX_DEPTH: usize = 64;
