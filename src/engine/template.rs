//! New databases are copies of a prepared one, which takes a fraction of the time of `initdb`.
//!
//! There are two: the plain one, and one that looks like a Supabase project, made from it.
//!
//! The template is made once per version, in the user's cache directory (`OXBASE_CACHE_DIR` names another one), under a
//! file lock, so that many processes may start first at once. It is complete when it has its final name. Where no cache
//! can be written the database is initialised in place.
#![forbid(unsafe_code)]

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use pglite_oxide::Extension;

use super::backend::{Backend, Opening};
use super::database_name;
use super::error::Error;
use super::extensions;
use super::note::sync_directory;
use super::storage::Temporary;
use super::wire::Wire;

/// SQL that a database is prepared with when it is new.
const PREPARATION: &str = include_str!("preparation.sql");
/// SQL that makes it look like a Supabase project.
pub(crate) const SUPABASE: &str = include_str!("supabase.sql");
/// The extensions in it. Their modules are made available when a function of theirs is called.
pub(crate) const SUPABASE_EXTENSIONS: [&str; 2] = ["pgcrypto", "uuid-ossp"];

/// What a new database is a copy of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    /// A cluster with `PREPARATION`.
    Plain,
    /// The same with `SUPABASE`.
    Supabase,
}

impl Variant {
    /// The one for a database that is, or is not, to look like a Supabase project.
    pub(crate) fn of(supabase: bool) -> Self {
        if supabase {
            Self::Supabase
        } else {
            Self::Plain
        }
    }
}

/// Runs `PREPARATION` on a database that has not had it, or had that of an older version.
pub(crate) fn prepare(backend: &mut Backend, root: &Path) -> Result<(), Error> {
    let (note, digest) = (
        root.join(PREPARED),
        format!("{:016x}", digest(PREPARATION.as_bytes())),
    );
    if fs::read_to_string(&note).is_ok_and(|known| known == digest) {
        return Ok(());
    }
    backend.run(PREPARATION)?;
    // Without the note it is run again, which changes nothing.
    drop(super::note::replace(&note, &digest));
    Ok(())
}

/// Runs `SUPABASE` on a database that has not had it. Its extensions are to be available.
pub(crate) fn prepare_supabase(backend: &mut Backend, root: &Path) -> Result<(), Error> {
    backend.run(SUPABASE)?;
    note_supabase(root);
    Ok(())
}

/// Notes that a database has had `SUPABASE`.
pub(crate) fn note_supabase(root: &Path) {
    let digest = format!("{:016x}", digest(SUPABASE.as_bytes()));
    // Without the note it is run again, which changes nothing.
    drop(super::note::replace(&root.join(PREPARED_SUPABASE), &digest));
}

/// Whether a database has had this very `SUPABASE`.
pub(crate) fn is_supabase(root: &Path) -> bool {
    let digest = format!("{:016x}", digest(SUPABASE.as_bytes()));
    fs::read_to_string(root.join(PREPARED_SUPABASE)).is_ok_and(|known| known == digest)
}

/// The extensions that `SUPABASE` creates.
pub(crate) fn supabase_extensions() -> impl Iterator<Item = Extension> {
    SUPABASE_EXTENSIONS
        .iter()
        .filter_map(|name| extensions::find(name))
}

/// Fills an absent or empty directory with a new database; `durable` when it must survive the loss of power. Without a
/// template it stays as it is, and the engine initialises it.
pub(crate) fn fill(root: &Path, durable: bool, variant: Variant) -> Result<(), Error> {
    let Some(template) = cached(variant) else {
        return Ok(());
    };
    let storage = |error: io::Error| Error::Storage {
        path: root.to_owned(),
        reason: error.to_string(),
    };
    let parent = root.parent().unwrap_or_else(|| Path::new("."));
    let absent = parent.ancestors().take_while(|above| !above.exists());
    let above_absent: Vec<&Path> = absent.filter_map(Path::parent).collect();
    fs::create_dir_all(parent).map_err(storage)?;
    let staging = Temporary::create(parent, ".oxbase-new-")?;
    let copy = staging.path().join("database");
    copy_tree(&template, &copy).map_err(storage)?;
    if durable {
        sync_tree(&copy).map_err(storage)?;
    }
    match fs::rename(&copy, root) {
        Ok(()) if durable => above_absent
            .into_iter()
            .chain([parent])
            .try_for_each(sync_directory)
            .map_err(storage)?,
        Ok(()) => {}
        // Another process was first; its database is as good as ours.
        Err(_) if root.join(MARK).exists() => {}
        Err(error) => return Err(storage(error)),
    }
    Ok(())
}

/// The template's directory, made when it is not there yet; `None` when there is no usable cache.
fn cached(variant: Variant) -> Option<PathBuf> {
    let cache = cache_directory()?;
    let version = version(variant);
    let template = cache.join(format!("template-{version}"));
    if template.join(MARK).exists() {
        return Some(template);
    }
    fs::create_dir_all(&cache).ok()?;
    let lock = File::create(cache.join(format!("template-{version}.lock"))).ok()?;
    lock.lock().ok()?;
    if template.join(MARK).exists() {
        return Some(template);
    }
    let staging = tempfile::Builder::new()
        .prefix(".template-")
        .tempdir_in(&cache)
        .ok()?;
    let made = staging.path().join("database");
    make(&made, variant).ok()?;
    fs::rename(&made, &template).ok()?;
    Some(template)
}

/// Makes a new database and shuts it down cleanly, so that its copies open without recovery.
fn make(root: &Path, variant: Variant) -> Result<(), Error> {
    let mut extensions = Vec::new();
    if variant == Variant::Supabase {
        fill(root, false, Variant::Plain)?;
        extensions.extend(supabase_extensions());
    }
    let opening = Opening {
        root: root.to_owned(),
        settings: vec![
            ("fsync".to_owned(), "off".to_owned()),
            ("shared_buffers".to_owned(), "8MB".to_owned()),
        ],
        extensions,
        database: database_name::DEFAULT.to_owned(),
    };
    let wire = Wire::default();
    let mut backend = Backend::open(&opening, &wire, None)?;
    prepare(&mut backend, root)?;
    if variant == Variant::Supabase {
        prepare_supabase(&mut backend, root)?;
    }
    backend.run("CHECKPOINT")?;
    backend.end();
    backend.close()
}

/// Where prepared things are kept for the next start.
fn cache_directory() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("OXBASE_CACHE_DIR").filter(|named| !named.is_empty()) {
        return Some(PathBuf::from(named));
    }
    directories::ProjectDirs::from("", "", "oxbase")
        .map(|directories| directories.cache_dir().to_owned())
}

/// Copies the files of a database that is not open.
pub(crate) fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    fs::set_permissions(to, fs::metadata(from)?.permissions())?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else if entry.metadata()?.len() > SPARSE_FROM {
            copy_sparse(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Copies a file without its empty blocks: a fresh WAL segment is 16 MB of nothing.
fn copy_sparse(from: &Path, to: &Path) -> io::Result<()> {
    let (mut source, mut target) = (File::open(from)?, File::create(to)?);
    let mut block = vec![0; 64 * 1024];
    loop {
        let count = source.read(&mut block)?;
        let Some(bytes) = block.get(..count).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        if bytes.iter().all(|byte| *byte == 0) {
            target.seek(SeekFrom::Current(i64::try_from(count).unwrap_or_default()))?;
        } else {
            target.write_all(bytes)?;
        }
    }
    target.set_len(source.metadata()?.len())?;
    fs::set_permissions(to, source.metadata()?.permissions())
}

/// Flushes a new database to disk. Its thousand files one by one take seconds, so where the system can it flushes the
/// file system once.
pub(crate) fn sync_tree(path: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    if rustix::fs::syncfs(File::open(path)?).is_ok() {
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_tree(&entry.path())?;
        } else {
            File::open(entry.path())?.sync_all()?;
        }
    }
    File::open(path)?.sync_all()
}

/// Changes whenever a template of an older build must not be used: package, engine, what `make` does, and the SQL.
fn version(variant: Variant) -> String {
    let plain = format!("{}-{:016x}", VERSION, digest(PREPARATION.as_bytes()));
    match variant {
        Variant::Plain => plain,
        Variant::Supabase => format!("{plain}-supabase-{:016x}", digest(SUPABASE.as_bytes())),
    }
}

/// FNV-1a: tells one text from another, and is the same in every build.
const fn digest(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut rest = bytes;
    while let [byte, tail @ ..] = rest {
        hash ^= *byte as u64;
        hash = hash.wrapping_mul(0x0100_0000_01b3);
        rest = tail;
    }
    hash
}

const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "-pg18.4-0.3.2-4");
const PREPARED: &str = "pgdata/oxbase.prepared";
const PREPARED_SUPABASE: &str = "pgdata/oxbase.supabase";
const MARK: &str = ".oliphaunt.json";
const SPARSE_FROM: u64 = 1 << 20;
