//! SQL scripts for JavaScript: where their statements begin and end is told by the tokenizer that sessions use.
#![expect(
    clippy::needless_pass_by_value,
    reason = "napi hands texts over by value, and attributes of its functions count for its own code as well"
)]

use napi_derive::napi;

use crate::sql::{Kind, analyze};

/// One statement of a script.
#[napi(object)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NativeStatement {
    /// From its first token to its last, without the semicolon.
    pub text: String,
    /// The extension that it creates.
    pub extension: Option<String>,
}

/// Splits a script into its statements.
#[napi]
pub fn split_statements(sql: String) -> Vec<NativeStatement> {
    let statement = |span: std::ops::Range<usize>, kind: &Kind| {
        let extension = match kind {
            Kind::Empty => return None,
            Kind::CreateExtension { name } => Some(name.clone()),
            _ => None,
        };
        let text = sql.get(span)?.to_owned();
        Some(NativeStatement { text, extension })
    };
    analyze(sql.as_bytes())
        .statements
        .iter()
        .filter_map(|each| statement(each.span.clone(), &each.kind))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(sql: &str) -> Vec<String> {
        let statements = split_statements(sql.to_owned());
        statements.into_iter().map(|each| each.text).collect()
    }

    #[test]
    fn semicolons_in_strings_bodies_and_comments_end_nothing() {
        let function =
            "create function f() returns void as $$ begin perform 1; end $$ language plpgsql";
        let atomic = "create function g() returns int begin atomic select 1; select 2; end";
        let sql = format!("-- a; b\nselect ';' ;; {function};{atomic} ; /* ; */ select \"a;b\"");
        let expected = ["select ';'", function, atomic, "select \"a;b\""];
        assert_eq!(texts(&sql), expected);
    }

    #[test]
    fn an_extension_is_named() {
        let made = split_statements(
            "create extension if not exists \"uuid-ossp\" with schema x".to_owned(),
        );
        let names: Vec<_> = made.into_iter().map(|each| each.extension).collect();
        assert_eq!(names, [Some("uuid-ossp".to_owned())]);
    }
}
