//! Definitions: CREATE, as far as one differs from another for a session.
#![forbid(unsafe_code)]

use super::classify::execute;
use super::cursor::Cursor;
use super::database;
use super::script::Kind;

/// Behind CREATE.
pub(super) fn create(cursor: &mut Cursor<'_>) -> Kind {
    if cursor.accept(b"database") {
        return database::create(cursor);
    }
    let special = if cursor.accept(b"extension") {
        extension(cursor)
    } else {
        table_as_execute(cursor)
    };
    special.unwrap_or(Kind::Ddl)
}

fn extension(cursor: &mut Cursor<'_>) -> Option<Kind> {
    cursor.accept_all(&[b"if", b"not", b"exists"]);
    let (name, _) = cursor.identifier()?;
    Some(Kind::CreateExtension { name })
}

/// CREATE TABLE … AS EXECUTE name; `None` for every other definition.
fn table_as_execute(cursor: &mut Cursor<'_>) -> Option<Kind> {
    cursor.accept_any(&[b"global", b"local"]);
    cursor.accept_any(&[b"temporary", b"temp", b"unlogged"]);
    if !cursor.accept(b"table") {
        return None;
    }
    // The first AS outside of parentheses comes before the query; none inside a query matters.
    (cursor.find_word(b"as") && cursor.accept(b"execute")).then(|| execute(cursor))?
}

#[cfg(test)]
mod tests {
    use super::super::analyze;
    use super::*;

    fn kind(text: &str) -> Kind {
        analyze(text.as_bytes()).statements.remove(0).kind
    }

    #[test]
    fn an_extension_is_named() {
        let named = |name: &str| Kind::CreateExtension {
            name: name.to_owned(),
        };
        assert_eq!(kind("create extension Citext"), named("citext"));
        let text = "CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\" WITH SCHEMA extensions CASCADE";
        assert_eq!(kind(text), named("uuid-ossp"));
        assert_eq!(kind("create extension"), Kind::Ddl);
        assert_eq!(kind("create table extension (a int)"), Kind::Ddl);
    }
}
