//! pg_dump, which comes with the engine, on a directory that nobody has open.
//!
//! It talks to a backend of its own, so the directory is taken as by an opening, and given back.
#![forbid(unsafe_code)]

use pglite_oxide::tools::{PgDumpOptions, PostgresToolError};
use pglite_oxide::{DatabaseStorage, Oliphaunt};

use super::error::Error;
use super::settings::{self, Durability};
use super::storage::{Hold, Place};
use super::{database_name, directory, extensions};

/// Runs pg_dump with these arguments and returns what it writes. Blocks for as long as that takes.
pub(crate) fn dump(data_dir: &str, arguments: Vec<String>) -> Result<Vec<u8>, Error> {
    let Place::Directory(root) = Place::parse(data_dir, "")? else {
        return Err(Error::Dump {
            reason: "a database in memory has no directory".to_owned(),
        });
    };
    if directory::is_new(&root)? {
        return Err(Error::Dump {
            reason: format!("there is no database in {}", root.display()),
        });
    }
    // Who has it open is told by name.
    drop(Hold::take(data_dir)?);
    let failed = |error: pglite_oxide::Error| {
        let first: &(dyn std::error::Error + 'static) = &error;
        let mut causes = std::iter::successors(Some(first), |cause| cause.source());
        let tool = causes.find_map(|cause| cause.downcast_ref::<PostgresToolError>());
        let reason = tool.map_or_else(|| error.to_string(), |tool| tool.stderr().to_owned());
        Error::Dump {
            reason: reason.trim().to_owned(),
        }
    };
    let mut database = Oliphaunt::builder()
        .storage(DatabaseStorage::Directory(root.clone()))
        .database(database_name::of(&root))
        .startup_gucs(settings::startup(&[], Durability::Durable))
        .extensions(extensions::remembered(&root))
        .open()
        .map_err(failed)?;
    let output = database.pg_dump_output(PgDumpOptions::new().args(arguments));
    // Without a clean end the next opening recovers, which it can.
    drop(database.close());
    output.map(|output| output.into_parts().0).map_err(failed)
}
