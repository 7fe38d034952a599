//! Where a database lives: a directory that stays, or a private temporary one that does not.
//!
//! `memory://` is a directory too, so that it survives a restart of the backend; it is removed when the engine closes,
//! and, after a crash, by the next process that opens one.
#![forbid(unsafe_code)]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::directory;
use super::error::Error;
use super::template::{self, Variant};

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
    /// Whether the note of who has the directory open is ours.
    signed: AtomicBool,
}

/// A private directory that is removed when this is dropped, or after a crash by the next process that makes one there.
#[derive(Debug)]
pub(crate) struct Temporary {
    path: PathBuf,
    /// Held while the directory is in use, so that another process can tell.
    _lock: File,
}

impl Temporary {
    /// Makes a directory of that prefix in `base`, and removes those of processes that are gone.
    pub(crate) fn create(base: &Path, prefix: &str) -> Result<Self, Error> {
        remove_stale(base, prefix);
        Self::create_alone(base, prefix)
    }

    /// Makes a directory of that prefix in `base`; a thread of its own removes those of processes that are gone, which
    /// may be large.
    pub(crate) fn create_large(base: &Path, prefix: &str) -> Result<Self, Error> {
        let (swept, of) = (base.to_owned(), prefix.to_owned());
        let sweep = std::thread::Builder::new().name("oxbase-sweep".to_owned());
        // Without a thread the next process does it.
        drop(sweep.spawn(move || remove_stale(&swept, &of)));
        Self::create_alone(base, prefix)
    }

    fn create_alone(base: &Path, prefix: &str) -> Result<Self, Error> {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let storage = |error: std::io::Error| Error::Storage {
            path: base.to_owned(),
            reason: error.to_string(),
        };
        let path = tempfile::Builder::new()
            .prefix(&format!("{prefix}{}-{number}-", std::process::id()))
            .tempdir_in(base)
            .map_err(storage)?
            .keep();
        let lock = File::create(path.join(LOCK)).map_err(storage)?;
        lock.lock().map_err(storage)?;
        Ok(Self { path, _lock: lock })
    }

    /// The directory itself.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.path));
    }
}

impl Root {
    /// Makes the directory ready to be opened: recognised when it exists, filled from the template when it is new.
    pub(crate) fn prepare(place: &Place, variant: Variant) -> Result<Self, Error> {
        match place {
            Place::Directory(path) => {
                if directory::is_new(path)? {
                    template::fill(path, true, variant)?;
                }
                Ok(Self {
                    path: path.clone(),
                    temporary: None,
                    signed: AtomicBool::default(),
                })
            }
            Place::Memory(_) => {
                let temporary = Temporary::create(&std::env::temp_dir(), PREFIX)?;
                let root = Self {
                    path: temporary.path().join("database"),
                    temporary: Some(temporary),
                    signed: AtomicBool::default(),
                };
                template::fill(&root.path, false, variant)?;
                Ok(root)
            }
        }
    }

    /// The directory itself.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether what is written must survive the loss of power.
    pub(crate) fn is_durable(&self) -> bool {
        self.temporary.is_none()
    }

    /// Leaves a note of who has the directory open, for the error that another process gets, and one of its format.
    pub(crate) fn sign(&self) {
        directory::mark(&self.path);
        self.signed.store(true, Ordering::Relaxed);
        note_holder(&self.path, false);
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        if self.signed.load(Ordering::Relaxed) {
            drop(fs::remove_file(self.path.join(HOLDER)));
        }
    }
}

/// Keeps others from opening a directory while it is read as files.
#[derive(Debug)]
pub(crate) struct Hold {
    /// The engine's own lock; absent where the directory has never been opened in its place.
    _lock: Option<File>,
}

impl Hold {
    /// Fails when somebody has the directory open. Makes no file.
    pub(crate) fn take(data_dir: &str) -> Result<Self, Error> {
        let Place::Directory(path) = Place::parse(data_dir, "")? else {
            return Ok(Self { _lock: None });
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let lock = File::open(path.with_file_name(format!(".{name}{ENGINE_LOCK}")));
        let taken = match &lock {
            Ok(lock) => matches!(lock.try_lock(), Err(fs::TryLockError::WouldBlock)),
            // Windows does not even open a file that somebody else has for himself.
            Err(error) => cfg!(windows) && error.kind() != std::io::ErrorKind::NotFound,
        };
        if taken {
            let holder = holder(&path);
            return Err(Error::InUse { path, holder });
        }
        Ok(Self { _lock: lock.ok() })
    }
}

/// Notes that this process has the directory open, and whether for itself alone: then nobody can join it.
pub(crate) fn note_holder(root: &Path, alone: bool) {
    let process = std::process::id().to_string();
    let text = if alone {
        format!("{process}\n{ALONE}\n")
    } else {
        process
    };
    // The lock is what counts; without the note the error names no process, and others try for longer.
    drop(fs::write(root.join(HOLDER), text));
}

/// Whether the process that has the directory open says that nobody can join it.
pub(crate) fn is_alone(root: &Path) -> bool {
    let note = fs::read_to_string(root.join(HOLDER)).unwrap_or_default();
    let mut lines = note.lines();
    let process = lines.next().and_then(|process| process.parse().ok());
    lines.next() == Some(ALONE) && process.is_some_and(may_be_alive)
}

/// Who has the directory open, in words.
pub(crate) fn holder(root: &Path) -> String {
    let note = fs::read_to_string(root.join(HOLDER)).unwrap_or_default();
    match note.lines().next().unwrap_or_default().parse() {
        Ok(process) if process == std::process::id() => "this process".to_owned(),
        // The note of a process that was killed is there until the next one has opened the directory.
        Ok(process) if may_be_alive(process) => {
            format!("process {process}; close it there first, or use another directory")
        }
        _ => "another process; close it there first, or use another directory".to_owned(),
    }
}

/// Removes the directories of processes that ended without doing so: the process is gone and the lock is free.
fn remove_stale(base: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(base) else {
        return;
    };
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name();
        let Some(rest) = name.to_str().and_then(|name| name.strip_prefix(prefix)) else {
            continue;
        };
        let Some(process) = rest
            .split('-')
            .next()
            .and_then(|process| process.parse::<u32>().ok())
        else {
            continue;
        };
        if process == std::process::id() || (cfg!(target_os = "linux") && may_be_alive(process)) {
            continue;
        }
        let free = File::open(entry.path().join(LOCK)).map_or(true, |lock| lock.try_lock().is_ok());
        if free {
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}

/// False when the process is known to be gone.
fn may_be_alive(process: u32) -> bool {
    !cfg!(target_os = "linux") || Path::new("/proc").join(process.to_string()).exists()
}

/// The `dataDir` of a database that is gone when it is closed.
pub(crate) const MEMORY: &str = "memory://";
const PREFIX: &str = "oxbase-";
const LOCK: &str = "lock";
const HOLDER: &str = "pgdata/oxbase.pid";
const ALONE: &str = "alone";
/// What the engine puts behind the directory's name for the lock beside it.
const ENGINE_LOCK: &str = ".oliphaunt-wasix-rust.lock";

#[cfg(test)]
mod tests {
    use super::*;

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
        let first = Temporary::create(base.path(), PREFIX).unwrap();
        let _second = Temporary::create(base.path(), PREFIX).unwrap();
        assert_eq!((dead.exists(), first.path().exists()), (false, true));
    }
}
