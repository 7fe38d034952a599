//! The name of a cluster's one database: what `current_database()` and the catalogs tell.
//!
//! It is noted in the directory, since a backend has to be told the name it connects to. While the database is given
//! another one the note has both, so that a crash in between leaves nothing that cannot be opened.
#![forbid(unsafe_code)]

use std::fs;
use std::path::Path;

use super::backend::{Backend, Opening};
use super::error::Error;
use super::note;
use super::wire::Wire;

/// Opens the database under the name it has, which `opening` learns.
pub(crate) fn open(opening: &mut Opening, wire: &Wire) -> Result<Backend, Error> {
    let mut absent = None;
    for name in noted(&opening.root) {
        opening.database = name;
        match Backend::open(opening, wire, None) {
            Err(Error::Start { reason, path }) if reason.contains(UNKNOWN) => {
                absent = absent.or(Some(Error::Start { reason, path }));
            }
            other => return other,
        }
    }
    Err(absent.unwrap_or(Error::Closed))
}

/// The likeliest name of a directory's database.
pub(crate) fn of(root: &Path) -> String {
    noted(root).into_iter().next().unwrap_or_default()
}

/// Gives the open database this name.
pub(crate) fn give(backend: &mut Backend, opening: &mut Opening, name: &str) -> Result<(), Error> {
    if opening.database == name {
        return Ok(());
    }
    write(&opening.root, &[name, &opening.database])?;
    // Renaming the database one is connected to is refused as a command, since others would not learn of it.
    let sql = format!(
        "BEGIN; SET LOCAL synchronous_commit = on; DELETE FROM pg_catalog.pg_database WHERE datconnlimit = -2; UPDATE pg_catalog.pg_database SET datname = {} \
         WHERE oid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()); COMMIT",
        literal(name)
    );
    backend.run(&sql)?;
    write(&opening.root, &[name])?;
    name.clone_into(&mut opening.database);
    Ok(())
}

/// The names the database may have, the likeliest first.
fn noted(root: &Path) -> Vec<String> {
    let text = fs::read_to_string(root.join(NOTE)).unwrap_or_default();
    let mut names: Vec<String> = serde_json::from_str(&text).unwrap_or_default();
    if !names.iter().any(|name| name == DEFAULT) {
        names.push(DEFAULT.to_owned());
    }
    names
}

fn write(root: &Path, names: &[&str]) -> Result<(), Error> {
    let text = serde_json::json!(names).to_string();
    note::replace(&root.join(NOTE), &text).map_err(|error| Error::Storage {
        path: root.to_owned(),
        reason: error.to_string(),
    })
}

/// A string literal, whatever `standard_conforming_strings` is.
fn literal(text: &str) -> String {
    let quoted = text.replace('\\', "\\\\").replace('\'', "''");
    format!("E'{quoted}'")
}

/// The name a new database has.
pub(crate) const DEFAULT: &str = "postgres";
const NOTE: &str = "pgdata/oxbase.database";
/// The code with which PostgreSQL says that there is no such database.
const UNKNOWN: &str = "3D000";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_without_a_note_has_the_name_of_a_new_one() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(noted(root.path()), ["postgres"]);
    }

    #[test]
    fn a_note_may_have_two_names_and_any_characters() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("pgdata")).unwrap();
        write(root.path(), &["a\n\"b\"", "c"]).unwrap();
        assert_eq!(noted(root.path()), ["a\n\"b\"", "c", "postgres"]);
    }

    #[test]
    fn a_name_is_quoted_in_any_dialect() {
        assert_eq!(literal("it's \\ a"), "E'it''s \\\\ a'");
    }
}
