//! Where a database lives: a directory that stays, or a private temporary one that does not.
//!
//! `memory://` is a directory too, so that it survives a restart of the backend; it is removed when the engine closes,
//! and, after a crash, by the next process that opens one.
#![forbid(unsafe_code)]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::error::Error;

/// The place of one database, as the registry knows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// A directory on disk, by its absolute path.
    Directory(PathBuf),
    /// A private temporary directory, by the name under which this process shares it.
    Memory(String),
}

impl Place {
    /// Reads `dataDir` and, for memory, the name it is shared under.
    pub(crate) fn parse(data_dir: &str, name: &str) -> Result<Self, Error> {
        if data_dir == MEMORY {
            return Ok(Self::Memory(name.to_owned()));
        }
        let path = data_dir.strip_prefix("file://").unwrap_or(data_dir);
        let storage = |reason: String| Error::Storage {
            path: PathBuf::from(path),
            reason,
        };
        if path.is_empty() || path.contains('\0') {
            return Err(storage("the path is empty or holds a NUL byte".to_owned()));
        }
        if path.contains("://") {
            return Err(storage(format!("only {MEMORY} and directories are known")));
        }
        let absolute = std::path::absolute(path).map_err(|error| storage(error.to_string()))?;
        let known = absolute
            .parent()
            .and_then(|parent| Some(fs::canonicalize(parent).ok()?.join(absolute.file_name()?)))
            .unwrap_or(absolute);
        Ok(Self::Directory(known))
    }

    /// How users name it.
    pub(crate) fn data_dir(&self) -> String {
        match self {
            Self::Directory(path) => path.display().to_string(),
            Self::Memory(_) => MEMORY.to_owned(),
        }
    }
}

/// The directory of an open engine. A temporary one is removed when this is dropped.
#[derive(Debug)]
pub(crate) struct Root {
    path: PathBuf,
    temporary: Option<Temporary>,
    bare: bool,
}

#[derive(Debug)]
struct Temporary {
    parent: PathBuf,
    /// Held while the directory is in use, so that another process can tell.
    _lock: File,
}

impl Root {
    /// Makes the directory ready to be opened: recognised when it exists, filled from the template when it is new.
    pub(crate) fn prepare(place: &Place) -> Result<Self, Error> {
        match place {
            Place::Directory(path) => {
                let bare = is_new(path)? && !super::template::fill(path, true)?;
                Ok(Self {
                    path: path.clone(),
                    temporary: None,
                    bare,
                })
            }
            Place::Memory(_) => {
                let base = std::env::temp_dir();
                remove_stale(&base);
                let (parent, lock) = private_directory(&base)?;
                let path = parent.join("database");
                let mut root = Self {
                    path,
                    temporary: Some(Temporary {
                        parent,
                        _lock: lock,
                    }),
                    bare: false,
                };
                root.bare = !super::template::fill(&root.path, false)?;
                Ok(root)
            }
        }
    }

    /// The directory itself.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the database is new and not a copy of the template.
    pub(crate) fn is_bare(&self) -> bool {
        self.bare
    }

    /// Whether what is written must survive the loss of power.
    pub(crate) fn is_durable(&self) -> bool {
        self.temporary.is_none()
    }

    /// Leaves a note of who has the directory open, for the error that another process gets.
    pub(crate) fn sign(&self) {
        // The lock is what counts; without the note the error names no process.
        drop(fs::write(
            self.path.join(HOLDER),
            std::process::id().to_string(),
        ));
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        drop(fs::remove_file(self.path.join(HOLDER)));
        if let Some(temporary) = &self.temporary {
            drop(fs::remove_dir_all(&temporary.parent));
        }
    }
}

/// Who has the directory open, in words.
pub(crate) fn holder(root: &Path) -> String {
    match fs::read_to_string(root.join(HOLDER)) {
        Ok(process) if process.trim() == std::process::id().to_string() => {
            "this process".to_owned()
        }
        Ok(process) => format!(
            "process {}; close it there first, or use another directory",
            process.trim()
        ),
        Err(_) => "another process; close it there first, or use another directory".to_owned(),
    }
}

/// Whether the directory is absent or empty. Anything but a database of ours is refused and left as it is.
fn is_new(path: &Path) -> Result<bool, Error> {
    let storage = |error: &std::io::Error| Error::Storage {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let foreign = |reason: &str| Error::Foreign {
        path: path.to_owned(),
        reason: reason.to_owned(),
    };
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(storage(&error)),
    };
    if metadata.is_symlink() {
        return Err(foreign(
            "it is a symbolic link; give the directory it points to",
        ));
    }
    if !metadata.is_dir() {
        return Err(foreign("it is a file, not a directory"));
    }
    let entries: Vec<String> = fs::read_dir(path)
        .map_err(|error| storage(&error))?
        .filter_map(Result::ok)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    if entries.is_empty() {
        return Ok(true);
    }
    let has = |name: &str| entries.iter().any(|entry| entry == name);
    if has("PG_VERSION") {
        let version = fs::read_to_string(path.join("PG_VERSION")).unwrap_or_default();
        let maker = if has("postmaster.pid") || has("postgresql.conf") {
            "PostgreSQL or PGlite"
        } else {
            "another program"
        };
        return Err(foreign(&format!(
            "it is a PostgreSQL {} data directory made by {maker}; dump it there with pg_dump and load the dump into a new directory",
            version.trim()
        )));
    }
    if has("pgdata") && has(".oliphaunt.json") {
        return Ok(false);
    }
    Err(foreign(
        "it holds other files; give a new or an empty directory",
    ))
}

fn private_directory(base: &Path) -> Result<(PathBuf, File), Error> {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let storage = |error: std::io::Error| Error::Storage {
        path: base.to_owned(),
        reason: error.to_string(),
    };
    let parent = tempfile::Builder::new()
        .prefix(&format!("{PREFIX}{}-{number}-", std::process::id()))
        .tempdir_in(base)
        .map_err(storage)?
        .keep();
    let lock = File::create(parent.join(LOCK)).map_err(storage)?;
    lock.lock().map_err(storage)?;
    Ok((parent, lock))
}

/// Removes the directories of processes that ended without doing so: the process is gone and the lock is free.
fn remove_stale(base: &Path) {
    let Ok(entries) = fs::read_dir(base) else {
        return;
    };
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name();
        let Some(rest) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else {
            continue;
        };
        let Some(process) = rest
            .split('-')
            .next()
            .and_then(|process| process.parse::<u32>().ok())
        else {
            continue;
        };
        if process == std::process::id() || is_alive(process) {
            continue;
        }
        let free = File::open(entry.path().join(LOCK)).map_or(true, |lock| lock.try_lock().is_ok());
        if free {
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}

fn is_alive(process: u32) -> bool {
    #[cfg(target_os = "linux")]
    return Path::new("/proc").join(process.to_string()).exists();
    #[cfg(not(target_os = "linux"))]
    {
        let _ = process;
        false
    }
}

/// The `dataDir` of a database that is gone when it is closed.
pub(crate) const MEMORY: &str = "memory://";
const PREFIX: &str = "oxbase-";
const LOCK: &str = "lock";
const HOLDER: &str = "pgdata/oxbase.pid";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_directory_is_refused_and_left_as_it_is() {
        let base = tempfile::tempdir().unwrap();
        let root = base.path().join("data");
        fs::create_dir(&root).unwrap();
        fs::write(root.join("PG_VERSION"), "17\n").unwrap();
        let error = Root::prepare(&Place::Directory(root.clone())).expect_err("it is foreign");
        assert!(
            error.to_string().contains("PostgreSQL 17 data directory"),
            "{error}"
        );
        assert_eq!(fs::read_dir(&root).unwrap().count(), 1);
    }

    #[test]
    fn two_spellings_of_one_directory_are_one_place() {
        let base = tempfile::tempdir().unwrap();
        let plain = base.path().join("data");
        let other = base.path().join(".").join("data");
        let parse = |path: &Path| Place::parse(path.to_str().unwrap(), "default").unwrap();
        assert_eq!(parse(&plain), parse(&other));
    }

    #[test]
    fn an_unknown_scheme_is_refused() {
        let error = Place::parse("idb://name", "default").expect_err("only memory and directories");
        assert_eq!(
            error.to_string(),
            "cannot use idb://name: only memory:// and directories are known"
        );
    }

    #[test]
    fn the_directory_of_a_dead_process_is_removed_and_that_of_a_live_one_is_not() {
        let base = tempfile::tempdir().unwrap();
        let dead = base.path().join("oxbase-4294967295-0-x");
        fs::create_dir(&dead).unwrap();
        let (alive, _lock) = private_directory(base.path()).unwrap();
        remove_stale(base.path());
        assert_eq!((dead.exists(), alive.exists()), (false, true));
    }
}
