//! Names and JSON paths, and what goes around them.
//!
//! In: a parser. Out: identifiers, fields, embed paths. Mirrors the grammar of PostgREST v14,
//! <https://docs.postgrest.org/en/v14/references/api/url_grammar.html>.
#![forbid(unsafe_code)]

use super::parser::{Parsed, Parser};
use super::types::{EmbedPath, Field, JsonOperand, JsonOperation};

/// Spaces and tabs.
pub(crate) fn parse_blanks(parser: &mut Parser<'_>) {
    parser.take_while(|c| matches!(c, ' ' | '\t'), &[]);
}

/// What the parser reads, with blanks around it.
pub(crate) fn parse_lexeme<T>(
    parser: &mut Parser<'_>,
    inner: impl FnOnce(&mut Parser<'_>) -> Parsed<T>,
) -> Parsed<T> {
    parse_blanks(parser);
    let value = inner(parser)?;
    parse_blanks(parser);
    Ok(value)
}

/// The dot between an operator and its operand.
pub(crate) fn parse_delimiter(parser: &mut Parser<'_>) -> Parsed<char> {
    parser.char_named('.', "delimiter (.)")
}

/// A name: quoted, or words with dashes between them.
pub(crate) fn parse_field_name(parser: &mut Parser<'_>) -> Parsed<String> {
    parser.named("field name (* or [a..z0..9_$])", |p| {
        p.either(parse_quoted, |p| parse_dashed(p, parse_identifier))
    })
}

/// A word of letters, digits, `_`, `$` and spaces, without spaces at its ends.
pub(crate) fn parse_identifier<'a>(parser: &mut Parser<'a>) -> Parsed<&'a str> {
    parser
        .take_some(is_identifier_char, &["letter", "digit"])
        .map(str::trim)
}

/// A text in double quotes; a backslash takes the next character as it is.
pub(crate) fn parse_quoted(parser: &mut Parser<'_>) -> Parsed<String> {
    parser.char('"')?;
    let mut value = String::new();
    loop {
        let plain = parser.take_while(|c| !matches!(c, '"' | '\\'), &[]);
        value.push_str(plain);
        let escaped = parser.optional(|p| {
            p.char('\\')?;
            p.satisfy(|_| true)
        })?;
        match escaped {
            Some(char) => value.push(char),
            None => break,
        }
    }
    parser.char('"')?;
    Ok(value)
}

/// A name with a JSON path, with blanks around it.
pub(crate) fn parse_field(parser: &mut Parser<'_>) -> Parsed<Field> {
    parse_lexeme(parser, |p| {
        let name = parse_field_name(p)?;
        let path = parse_json_path(p)?;
        Ok(Field { name, path })
    })
}

/// `a.b.c->d` in the name of a parameter: the embedded resources on the way, and the field.
pub(crate) fn parse_tree_path(parser: &mut Parser<'_>) -> Parsed<(EmbedPath, Field)> {
    let mut path = parser.separated(parse_field_name, parse_delimiter)?;
    let name = path.pop().unwrap_or_default();
    let json = parse_json_path(parser)?;
    Ok((path, Field { name, path: json }))
}

/// `a,b,c`.
pub(crate) fn parse_columns(parser: &mut Parser<'_>) -> Parsed<Vec<String>> {
    parser.separated(parse_field_name, |p| parse_lexeme(p, |p| p.char(',')))
}

/// `->a->>0`.
pub(crate) fn parse_json_path(parser: &mut Parser<'_>) -> Parsed<Vec<JsonOperation>> {
    parser.many(|p| {
        let text = p.either(
            |p| p.attempt(|p| p.string("->>")).map(|()| true),
            |p| p.attempt(|p| p.string("->")).map(|()| false),
        )?;
        let operand = parse_json_operand(p)?;
        Ok(if text {
            JsonOperation::DoubleArrow(operand)
        } else {
            JsonOperation::Arrow(operand)
        })
    })
}

fn parse_json_operand(parser: &mut Parser<'_>) -> Parsed<JsonOperand> {
    parser.either(
        |p| p.attempt(parse_json_index),
        |p| p.attempt(parse_json_key),
    )
}

/// A number up to the end of the step; it always has a sign.
fn parse_json_index(parser: &mut Parser<'_>) -> Parsed<JsonOperand> {
    let negative = parser.optional(|p| p.char('-'))?.is_some();
    let digits = parser.take_some(|c| c.is_ascii_digit(), &["digit"])?;
    parse_json_index_end(parser)?;
    let sign = if negative { '-' } else { '+' };
    Ok(JsonOperand::Index(format!("{sign}{digits}")))
}

fn parse_json_index_end(parser: &mut Parser<'_>) -> Parsed<()> {
    for end in ["->", "::", ".", ","] {
        // Failing at any of them adds it to what is expected.
        if followed_by(parser, end)? {
            return Ok(());
        }
    }
    parser.attempt(Parser::end)
}

fn parse_json_key(parser: &mut Parser<'_>) -> Parsed<JsonOperand> {
    parser
        .named("any non reserved character different from: .,>()", |p| {
            p.either(parse_quoted, |p| {
                parse_dashed(p, |p| p.take_some(is_json_key_char, &[]).map(str::trim))
            })
        })
        .map(JsonOperand::Key)
}

/// Whether the text follows, which is not read.
pub(crate) fn followed_by(parser: &mut Parser<'_>, text: &'static str) -> Parsed<bool> {
    parser
        .optional(|p| p.attempt(|p| p.look_ahead(|p| p.string(text))))
        .map(|found| found.is_some())
}

/// Words with dashes between them; an arrow is no dash.
fn parse_dashed<'a>(
    parser: &mut Parser<'a>,
    mut word: impl FnMut(&mut Parser<'a>) -> Parsed<&'a str>,
) -> Parsed<String> {
    let mut name = word(parser)?.to_owned();
    parser.many(|p| {
        p.attempt(|p| {
            p.char('-')?;
            p.not_followed_by(|c| c == '>', Some('>'))
        })?;
        let next = word(p)?;
        name.push('-');
        name.push_str(next);
        Ok(())
    })?;
    Ok(name)
}

fn is_identifier_char(char: char) -> bool {
    char.is_ascii_alphanumeric()
        || matches!(char, '_' | ' ' | '$')
        || (!char.is_ascii() && char.is_alphabetic())
}

fn is_json_key_char(char: char) -> bool {
    !matches!(char, '(' | '-' | ':' | '.' | ',' | '>' | ')')
}
