//! Statements about whole databases: CREATE, DROP and ALTER … RENAME.
//!
//! Mirrors PostgreSQL 18: <https://www.postgresql.org/docs/18/sql-createdatabase.html>
#![forbid(unsafe_code)]

use super::cursor::Cursor;
use super::identifier::unquote;
use super::lexer::{Token, TokenKind};
use super::script::{Kind, NewDatabase};

/// Behind CREATE DATABASE.
pub(super) fn create(cursor: &mut Cursor<'_>) -> Kind {
    Kind::CreateDatabase(new_database(cursor).unwrap_or_default())
}

/// Behind DROP DATABASE.
pub(super) fn drop(cursor: &mut Cursor<'_>) -> Option<Kind> {
    let if_exists = cursor.accept_all(&[b"if", b"exists"]);
    let (name, _) = cursor.identifier()?;
    cursor.accept(b"with");
    let mut force = false;
    if cursor.accept_symbol(b"(") {
        while cursor.accept(b"force") {
            force = true;
            cursor.accept_symbol(b",");
        }
        cursor.accept_symbol(b")").then_some(())?;
    }
    cursor.peek().is_none().then_some(Kind::DropDatabase {
        name,
        if_exists,
        force,
    })
}

/// Behind ALTER DATABASE; `None` for everything but RENAME.
pub(super) fn rename(cursor: &mut Cursor<'_>) -> Option<Kind> {
    let (from, _) = cursor.identifier()?;
    if !cursor.accept_all(&[b"rename", b"to"]) {
        return None;
    }
    let (to, _) = cursor.identifier()?;
    cursor
        .peek()
        .is_none()
        .then_some(Kind::RenameDatabase { from, to })
}

fn new_database(cursor: &mut Cursor<'_>) -> Option<NewDatabase> {
    let (name, _) = cursor.identifier()?;
    let mut options = Vec::new();
    cursor.accept(b"with");
    while cursor.peek().is_some() {
        let (mut option, _) = cursor.identifier()?;
        if option == "connection" {
            cursor.accept(b"limit").then(|| option.push_str(" limit"))?;
        }
        cursor.accept_symbol(b"=");
        let value = if cursor.accept(b"default") {
            None
        } else {
            Some(value(cursor)?)
        };
        options.push((option, value));
    }
    Some(NewDatabase { name, options })
}

/// The value of an option, as text.
fn value(cursor: &mut Cursor<'_>) -> Option<String> {
    let negative = cursor.accept_symbol(b"-");
    if let Some((name, _)) = cursor.identifier() {
        return Some(name);
    }
    let token: Token = cursor.advance()?;
    let bytes = cursor.bytes(token);
    let text = match token.kind {
        TokenKind::String => String::from_utf8(unquote(bytes, b'\'')?).ok()?,
        TokenKind::Number => String::from_utf8(bytes.to_vec()).ok()?,
        _ => return None,
    };
    Some(if negative { format!("-{text}") } else { text })
}

#[cfg(test)]
mod tests {
    use super::super::analyze;
    use super::*;

    fn kind(text: &str) -> Kind {
        analyze(text.as_bytes()).statements.remove(0).kind
    }

    fn created(name: &str, options: &[(&str, Option<&str>)]) -> Kind {
        let owned = |(name, value): &(&str, Option<&str>)| {
            ((*name).to_owned(), value.map(ToOwned::to_owned))
        };
        Kind::CreateDatabase(NewDatabase {
            name: name.to_owned(),
            options: options.iter().map(owned).collect(),
        })
    }

    #[test]
    fn a_new_database_has_a_name_and_options() {
        assert_eq!(kind("create database Shop"), created("shop", &[]));
        assert_eq!(
            kind(
                "CREATE DATABASE \"My Shop\" WITH OWNER = anna TEMPLATE template0 ENCODING 'UTF8' \
                 LC_COLLATE='C' connection limit = -1 is_template false LOCALE DEFAULT;"
            ),
            created(
                "My Shop",
                &[
                    ("owner", Some("anna")),
                    ("template", Some("template0")),
                    ("encoding", Some("UTF8")),
                    ("lc_collate", Some("C")),
                    ("connection limit", Some("-1")),
                    ("is_template", Some("false")),
                    ("locale", None),
                ]
            )
        );
    }

    #[test]
    fn what_is_not_understood_has_no_name() {
        for text in [
            "create database",
            "create database a b",
            "create database a owner = (",
        ] {
            assert_eq!(kind(text), created("", &[]), "{text}");
        }
    }

    #[test]
    fn a_database_is_dropped_with_and_without_conditions() {
        let dropped = |if_exists, force| Kind::DropDatabase {
            name: "a".to_owned(),
            if_exists,
            force,
        };
        assert_eq!(kind("drop database a"), dropped(false, false));
        assert_eq!(kind("DROP DATABASE IF EXISTS a"), dropped(true, false));
        assert_eq!(kind("drop database a with (force)"), dropped(false, true));
        assert_eq!(
            kind("drop database if exists a (FORCE)"),
            dropped(true, true)
        );
        assert_eq!(kind("drop table a"), Kind::Ddl);
        assert_eq!(kind("drop database a b"), Kind::Ddl);
    }

    #[test]
    fn of_altering_a_database_only_renaming_is_told() {
        assert_eq!(
            kind("alter database a rename to \"B\""),
            Kind::RenameDatabase {
                from: "a".to_owned(),
                to: "B".to_owned()
            }
        );
        assert_eq!(kind("alter database a set work_mem = 1"), Kind::Ddl);
        assert_eq!(kind("alter table a rename to b"), Kind::Ddl);
    }
}
