//! SQL text and its parameters, written side by side from left to right.
//!
//! In: fragments, names, values. Out: a `Statement`. Names are quoted and values become `$1…`, so that nothing of a
//! request is ever read as SQL. Mirrors PostgREST v14's fragments.
#![forbid(unsafe_code)]

use std::fmt::Write;

use bytes::Bytes;

use super::types::Statement;
use crate::rest::identifiers::QualifiedIdentifier;

/// SQL in the making.
#[derive(Debug, Default)]
pub(crate) struct Sql {
    text: String,
    params: Vec<Option<Bytes>>,
}

/// A relation, or an alias when the schema is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowName<'a> {
    pub(crate) schema: &'a str,
    pub(crate) name: &'a str,
}

impl Sql {
    /// Room for a simple request, so that the text does not grow step by step.
    pub(crate) fn new() -> Self {
        Self {
            text: String::with_capacity(768),
            params: Vec::with_capacity(8),
        }
    }

    /// SQL as it is. Never text of a request.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// A number of ours.
    pub(crate) fn number(&mut self, number: i64) -> &mut Self {
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{number}");
        self
    }

    /// A quoted identifier. What follows a NUL is cut, for PostgreSQL knows no such names.
    pub(crate) fn ident(&mut self, name: &str) -> &mut Self {
        quote_ident(&mut self.text, name);
        self
    }

    /// A quoted identifier, with its schema if it has one.
    pub(crate) fn name(&mut self, name: RowName<'_>) -> &mut Self {
        if !name.schema.is_empty() {
            self.ident(name.schema).text(".");
        }
        self.ident(name.name)
    }

    /// The same of an owned name.
    pub(crate) fn qualified(&mut self, name: &QualifiedIdentifier) -> &mut Self {
        self.name(name.into())
    }

    /// A column of a row; `*` means all of them.
    pub(crate) fn column(&mut self, row: RowName<'_>, column: &str) -> &mut Self {
        self.name(row).text(".");
        if column == "*" {
            self.text("*")
        } else {
            self.ident(column)
        }
    }

    /// A string constant, for names that come from the schema cache.
    pub(crate) fn literal(&mut self, value: &str) -> &mut Self {
        quote_literal(&mut self.text, value);
        self
    }

    /// A value as a parameter.
    pub(crate) fn param(&mut self, value: Bytes) -> &mut Self {
        self.nullable_param(Some(value))
    }

    /// Text as a parameter. It ends before a NUL, which PostgreSQL's text cannot hold.
    pub(crate) fn text_param(&mut self, value: &str) -> &mut Self {
        let value = value.split('\0').next().unwrap_or_default();
        self.param(Bytes::copy_from_slice(value.as_bytes()))
    }

    /// A value as a parameter, or a parameter that is null.
    pub(crate) fn nullable_param(&mut self, value: Option<Bytes>) -> &mut Self {
        self.params.push(value);
        // Writing to a string cannot fail.
        let _ = write!(self.text, "${}", self.params.len());
        self
    }

    /// Every item, with the separator between them.
    pub(crate) fn list<T>(
        &mut self,
        separator: &str,
        items: impl IntoIterator<Item = T>,
        mut render: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.text(separator);
            }
            render(self, item);
        }
        self
    }

    /// The statement.
    pub(crate) fn finish(self) -> Statement {
        Statement {
            sql: self.text,
            params: self.params,
        }
    }
}

impl<'a> RowName<'a> {
    /// What stands in no schema, such as an alias.
    pub(crate) const fn alias(name: &'a str) -> Self {
        Self { schema: "", name }
    }
}

impl<'a> From<&'a QualifiedIdentifier> for RowName<'a> {
    fn from(name: &'a QualifiedIdentifier) -> Self {
        Self {
            schema: &name.schema,
            name: &name.name,
        }
    }
}

/// Appends a quoted identifier.
pub(crate) fn quote_ident(text: &mut String, name: &str) {
    text.push('"');
    push_doubled(text, before_nul(name), &['"']);
    text.push('"');
}

/// Appends a string constant. With a backslash in it, it takes the form that reads the same under every setting.
pub(crate) fn quote_literal(text: &mut String, value: &str) {
    let value = before_nul(value);
    if value.contains('\\') {
        text.push('E');
    }
    text.push('\'');
    push_doubled(text, value, &['\'', '\\']);
    text.push('\'');
}

/// The text form of an array, every element quoted. As a parameter its type stays open.
pub(crate) fn quote_array<T: AsRef<str>>(values: &[T]) -> String {
    let length: usize = values.iter().map(|value| value.as_ref().len() + 3).sum();
    let mut text = String::with_capacity(length + 2);
    text.push('{');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push('"');
        for character in before_nul(value.as_ref()).chars() {
            if matches!(character, '"' | '\\') {
                text.push('\\');
            }
            text.push(character);
        }
        text.push('"');
    }
    text.push('}');
    text
}

/// What stands before the first NUL.
fn before_nul(text: &str) -> &str {
    text.split('\0').next().unwrap_or_default()
}

fn push_doubled(text: &mut String, value: &str, doubled: &[char]) {
    if !value.contains(doubled) {
        text.push_str(value);
        return;
    }
    for character in value.chars() {
        if doubled.contains(&character) {
            text.push(character);
        }
        text.push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_double_their_quotes_and_end_at_a_nul() {
        let mut sql = Sql::new();
        sql.ident("a\"b").text(" ").ident("c\0; drop");
        assert_eq!(sql.finish().sql, "\"a\"\"b\" \"c\"");
    }

    #[test]
    fn literals_with_backslashes_take_the_escape_form() {
        let mut sql = Sql::new();
        sql.literal("it's")
            .text(" ")
            .literal("a\\' or 1=1")
            .text(" ")
            .literal("x\0y");
        assert_eq!(sql.finish().sql, "'it''s' E'a\\\\'' or 1=1' 'x'");
    }

    #[test]
    fn array_elements_are_quoted_whatever_they_are() {
        assert_eq!(quote_array::<&str>(&[]), "{}");
        assert_eq!(
            quote_array(&["a", "NULL", "b,c", "q\"\\", "x\0y"]),
            "{\"a\",\"NULL\",\"b,c\",\"q\\\"\\\\\",\"x\"}"
        );
    }

    #[test]
    fn parameters_are_numbered_in_the_order_of_the_text() {
        let mut sql = Sql::new();
        sql.text_param("a").text(", ").nullable_param(None);
        let statement = sql.finish();
        assert_eq!(statement.sql, "$1, $2");
        assert_eq!(statement.params, [Some(Bytes::from_static(b"a")), None]);
    }
}
