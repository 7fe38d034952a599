//! What a directory is that somebody wants to open: new, ours, or something to keep our hands off.
//!
//! Only reads, except for `mark`, which notes the format in a directory of ours. A newer oxbase that lays its directories
//! out in another way raises `FORMAT`, and an older one then refuses them by `pgdata/oxbase.version`.
#![forbid(unsafe_code)]

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::error::Error;
use super::note;

/// Whether the directory is absent or empty. Anything but a database of ours is refused and left as it is.
pub(crate) fn is_new(path: &Path) -> Result<bool, Error> {
    let storage = |error: std::io::Error| Error::Storage {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let foreign = |reason: String| Error::Foreign {
        path: path.to_owned(),
        reason,
    };
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(storage(error)),
    };
    if metadata.is_symlink() {
        return Err(foreign(
            "it is a symbolic link; give the directory it points to".to_owned(),
        ));
    }
    if !metadata.is_dir() {
        return Err(foreign("it is a file, not a directory".to_owned()));
    }
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).map_err(storage)? {
        entries.push(entry.map_err(storage)?.file_name());
    }
    if entries.is_empty() {
        return Ok(true);
    }
    let has = |name: &str| entries.iter().any(|entry| entry == name);
    if has("PG_VERSION") {
        return Err(foreign(foreign_cluster(path)));
    }
    if has(PGDATA) && has(DESCRIPTOR) {
        return check_own(path).map(|()| false);
    }
    Err(foreign(if has(PGDATA) || has(DESCRIPTOR) {
        let absent = if has(PGDATA) { DESCRIPTOR } else { PGDATA };
        format!("{absent} is missing beside the rest of a database; restore it from a copy")
    } else {
        "it holds other files; give a new or an empty directory".to_owned()
    }))
}

/// Whether a database of ours was made there, and made completely.
pub(crate) fn is_complete(root: &Path) -> bool {
    root.join(DESCRIPTOR).is_file() && root.join(PGDATA).join("PG_VERSION").is_file()
}

/// Notes in a directory of ours, which this process holds, which format it has. Directories of before the note have none.
pub(crate) fn mark(root: &Path) {
    if format_of(root).is_none() {
        let version = env!("CARGO_PKG_VERSION");
        let text = format!("{{\"format\":{FORMAT},\"version\":\"{version}\"}}\n");
        // Without the note the directory is taken for the oldest format, which it has.
        drop(note::replace(&root.join(MARK), &text));
    }
}

/// A directory that has our layout may still be of a version that this one cannot read.
fn check_own(root: &Path) -> Result<(), Error> {
    let incompatible = |reason: String| Error::Incompatible {
        path: root.to_owned(),
        reason,
    };
    if let Some((format, version)) = format_of(root).filter(|(format, _)| *format > FORMAT) {
        return Err(incompatible(format!(
            "oxbase {version} made it in format {format}, and this version ({own}) knows format {FORMAT}; open it with oxbase {version} or later",
            own = env!("CARGO_PKG_VERSION"),
        )));
    }
    // An absent file is damage, which the opening reports.
    match fs::read_to_string(root.join(PGDATA).join("PG_VERSION")) {
        Ok(version) if version.trim() != POSTGRES_MAJOR => Err(incompatible(format!(
            "it is of PostgreSQL {}, and this is PostgreSQL {POSTGRES_MAJOR}; open it with the oxbase it was made with, dump it there and load the dump into a new directory",
            version.trim()
        ))),
        _ => Ok(()),
    }
}

/// Format and version by our note; `None` where there is no note or it cannot be read.
fn format_of(root: &Path) -> Option<(u64, String)> {
    let text = fs::read_to_string(root.join(MARK)).ok()?;
    let note: serde_json::Value = serde_json::from_str(&text).ok()?;
    let version = note.get("version").and_then(serde_json::Value::as_str);
    Some((
        note.get("format")?.as_u64()?,
        version.unwrap_or("of an unknown version").to_owned(),
    ))
}

/// What a PostgreSQL data directory without our layout is, and what to do with it.
fn foreign_cluster(path: &Path) -> String {
    let version = fs::read_to_string(path.join("PG_VERSION")).unwrap_or_default();
    let version = version.trim();
    if is_of_pglite(path) {
        return format!(
            "it is a PGlite data directory (PostgreSQL {version}); open it with @electric-sql/pglite, dump it there with @electric-sql/pglite-tools and load the dump into a new directory"
        );
    }
    if path.join("global").is_dir() {
        return format!(
            "it is a data directory of a PostgreSQL {version} server; dump it there with pg_dump and load the dump into a new directory"
        );
    }
    format!(
        "it holds the PG_VERSION of a PostgreSQL {version} data directory; give a new or an empty directory"
    )
}

/// PGlite writes -42 for the process while it has a directory open, and is the only one to make 32-bit directories
/// without our layout: `float8ByVal` in `global/pg_control` is false. The field has this place since PostgreSQL 13.
fn is_of_pglite(path: &Path) -> bool {
    let process = fs::read_to_string(path.join("postmaster.pid")).unwrap_or_default();
    if process.lines().next().map(str::trim) == Some("-42") {
        return true;
    }
    let control = fs::read(path.join("global/pg_control")).unwrap_or_default();
    control.get(FLOAT8_BY_VALUE) == Some(&0)
}

const FORMAT: u64 = 1;
const POSTGRES_MAJOR: &str = "18";
const PGDATA: &str = "pgdata";
const DESCRIPTOR: &str = ".oliphaunt.json";
const MARK: &str = "pgdata/oxbase.version";
const FLOAT8_BY_VALUE: usize = 248;

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory with our layout, and these files in `pgdata`.
    fn own(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join(PGDATA)).unwrap();
        fs::write(root.path().join(DESCRIPTOR), "{}").unwrap();
        for (name, text) in files {
            fs::write(root.path().join(PGDATA).join(name), text).unwrap();
        }
        root
    }

    fn refusal(root: &Path) -> String {
        let message = is_new(root).expect_err("it is refused").to_string();
        message.replace(root.to_str().unwrap(), "DIR")
    }

    #[test]
    fn an_absent_and_an_empty_directory_are_new() {
        let root = tempfile::tempdir().unwrap();
        assert!(is_new(root.path()).unwrap());
        assert!(is_new(&root.path().join("absent")).unwrap());
    }

    #[test]
    fn a_directory_of_this_format_is_ours_with_and_without_its_note() {
        let root = own(&[("PG_VERSION", "18\n")]);
        assert!(!is_new(root.path()).unwrap());
        mark(root.path());
        assert!(!is_new(root.path()).unwrap());
        assert_eq!(format_of(root.path()).map(|(format, _)| format), Some(1));
    }

    #[test]
    fn a_newer_format_is_refused_and_its_note_is_kept() {
        let text = "{\"format\":2,\"version\":\"9.1.0\",\"more\":true}";
        let root = own(&[("PG_VERSION", "18\n"), ("oxbase.version", text)]);
        let refused = format!(
            "cannot open the database at DIR: oxbase 9.1.0 made it in format 2, and this version ({}) knows format 1; open it with oxbase 9.1.0 or later",
            env!("CARGO_PKG_VERSION")
        );
        assert_eq!(refusal(root.path()), refused);
        mark(root.path());
        assert_eq!(fs::read_to_string(root.path().join(MARK)).unwrap(), text);
    }

    #[test]
    fn a_note_that_cannot_be_read_is_written_again() {
        let root = own(&[("PG_VERSION", "18\n"), ("oxbase.version", "\0\0")]);
        assert!(!is_new(root.path()).unwrap());
        mark(root.path());
        assert!(format_of(root.path()).is_some());
    }

    #[test]
    fn our_layout_of_another_postgresql_is_refused() {
        assert_eq!(
            refusal(own(&[("PG_VERSION", "17\n")]).path()),
            "cannot open the database at DIR: it is of PostgreSQL 17, and this is PostgreSQL 18; open it with the oxbase it was made with, dump it there and load the dump into a new directory"
        );
    }

    #[test]
    fn half_of_our_layout_is_refused_by_what_is_missing() {
        let root = own(&[]);
        fs::remove_file(root.path().join(DESCRIPTOR)).unwrap();
        assert_eq!(
            refusal(root.path()),
            "DIR is not an oxbase database: .oliphaunt.json is missing beside the rest of a database; restore it from a copy"
        );
    }

    #[test]
    fn pglite_is_known_by_its_process_number_and_by_the_width_of_its_numbers() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("postmaster.pid"), "-42\n/base\n").unwrap();
        assert!(is_of_pglite(root.path()));
        fs::remove_file(root.path().join("postmaster.pid")).unwrap();
        fs::create_dir(root.path().join("global")).unwrap();
        let mut control = vec![1; 8192];
        fs::write(root.path().join("global/pg_control"), &control).unwrap();
        assert!(!is_of_pglite(root.path()));
        if let Some(byte) = control.get_mut(FLOAT8_BY_VALUE) {
            *byte = 0;
        }
        fs::write(root.path().join("global/pg_control"), &control).unwrap();
        assert!(is_of_pglite(root.path()));
    }
}
