//! Which extensions this build carries.
//!
//! Their files and modules cost start-up time and memory (measured: docs/architecture.md, "Extensions"), so a database
//! is opened with those it uses; CREATE EXTENSION of another one opens the backend again with it.
#![forbid(unsafe_code)]

use std::fs;
use std::path::Path;

use pglite_oxide::Extension;

use super::error::Error;
use super::note;

/// Every bundled extension: the contrib ones selected in Cargo.toml, and vector.
pub(crate) fn bundled() -> Vec<Extension> {
    let mut extensions: Vec<Extension> = CONTRIB
        .iter()
        .filter_map(|name| Extension::by_sql_name(name))
        .collect();
    extensions.push(oliphaunt_extension_vector::VECTOR);
    extensions
}

/// The bundled extension of that name.
pub(crate) fn find(name: &str) -> Option<Extension> {
    bundled()
        .into_iter()
        .find(|extension| extension.sql_name() == name)
}

/// The named extensions, or an error that lists what there is.
pub(crate) fn select(names: &[String]) -> Result<Vec<Extension>, Error> {
    names
        .iter()
        .map(|name| {
            find(name).ok_or_else(|| Error::UnknownExtension {
                name: name.clone(),
                available: bundled()
                    .iter()
                    .map(|extension| extension.sql_name())
                    .collect::<Vec<_>>()
                    .join(", "),
            })
        })
        .collect()
}

/// The extensions that a database directory has been opened with before, and may depend on.
pub(crate) fn remembered(root: &Path) -> Vec<Extension> {
    let names = fs::read_to_string(root.join(FILE)).unwrap_or_default();
    names.lines().filter_map(find).collect()
}

/// Notes the extensions of a database directory for its next opening.
pub(crate) fn remember(root: &Path, extensions: &[Extension]) {
    let names: Vec<&str> = extensions
        .iter()
        .map(|extension| extension.sql_name())
        .collect();
    if !names.is_empty() {
        // Without the note a later opening lacks the modules, and says so when they are used.
        drop(note::replace(&root.join(FILE), &names.join("\n")));
    }
}

const FILE: &str = "pgdata/oxbase.extensions";

const CONTRIB: [&str; 32] = [
    "amcheck",
    "auto_explain",
    "bloom",
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "dict_int",
    "dict_xsyn",
    "earthdistance",
    "file_fdw",
    "fuzzystrmatch",
    "hstore",
    "intarray",
    "isn",
    "lo",
    "ltree",
    "pageinspect",
    "pg_buffercache",
    "pg_freespacemap",
    "pg_surgery",
    "pg_trgm",
    "pg_visibility",
    "pg_walinspect",
    "pgcrypto",
    "seg",
    "tablefunc",
    "tcn",
    "tsm_system_rows",
    "tsm_system_time",
    "unaccent",
    "uuid-ossp",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_extension_is_bundled() {
        assert_eq!(bundled().len(), CONTRIB.len() + 1);
    }

    #[test]
    fn an_unknown_extension_is_refused_with_the_list() {
        let error = select(&["postgis".to_owned()]).expect_err("postgis is not bundled");
        assert!(
            error
                .to_string()
                .starts_with("extension \"postgis\" is not bundled; available: amcheck, ")
        );
    }
}
