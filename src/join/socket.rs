//! Where the socket of a directory is: in its `pgdata`, since the engine suffers nothing beside that, or, where the path is
//! too long for a socket's address, in a directory of the user's own in the temporary directory, which a note names.
#![forbid(unsafe_code)]

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tokio::net::UnixStream;

use crate::server::socket_path_fits;

/// The port that is part of the socket's name, as clients look for it.
pub(super) const PORT: u16 = 5432;

/// Connects to the process that has the directory open. It must be of the same user, or root's.
pub(super) async fn connect(root: &Path) -> io::Result<UnixStream> {
    // A link to a directory is refused as the name of a database.
    if fs::symlink_metadata(root)?.is_symlink() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let path = find(root).ok_or(io::ErrorKind::NotFound)?;
    let stream = UnixStream::connect(path).await?;
    let (own, peer) = (own_user(), stream.peer_cred()?.uid());
    if peer == own || peer == 0 || own == 0 {
        Ok(stream)
    } else {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

/// The directory of the socket, for clients that are given one.
pub(super) fn directory(root: &Path) -> Option<PathBuf> {
    Some(find(root)?.parent()?.to_owned())
}

fn find(root: &Path) -> Option<PathBuf> {
    let near = root.join(PGDATA).join(name());
    if socket_path_fits(&near) {
        return Some(near);
    }
    noted(root).map(|directory| directory.join(name()))
}

/// Where the process that has the directory open is to listen. What is there is of one that is gone, and removed.
pub(super) fn prepare(root: &Path) -> io::Result<PathBuf> {
    let near = root.join(PGDATA).join(name());
    let path = if socket_path_fits(&near) {
        near
    } else {
        let directory = match noted(root) {
            Some(directory) if is_private(&directory) => directory,
            _ => make_far(root)?,
        };
        directory.join(name())
    };
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(path),
    }
}

fn make_far(root: &Path) -> io::Result<PathBuf> {
    let digest = Sha256::digest(root.as_os_str().as_encoded_bytes());
    let start = digest.first_chunk().copied().unwrap_or_default();
    let name = format!("oxbase-{}-{:016x}", own_user(), u64::from_be_bytes(start));
    let directory = std::env::temp_dir().join(name);
    match DirBuilder::new().mode(0o700).create(&directory) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    if !is_private(&directory) {
        // Somebody else has put it there.
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    fs::write(root.join(NOTE), directory.as_os_str().as_encoded_bytes())?;
    Ok(directory)
}

fn noted(root: &Path) -> Option<PathBuf> {
    let text = fs::read_to_string(root.join(NOTE)).ok()?;
    Some(PathBuf::from(text)).filter(|directory| directory.is_absolute())
}

/// Whether a directory is this user's own, and nobody else can look into it.
fn is_private(directory: &Path) -> bool {
    fs::symlink_metadata(directory).is_ok_and(|metadata| {
        metadata.is_dir() && metadata.uid() == own_user() && metadata.mode() & OTHERS == 0
    })
}

fn own_user() -> u32 {
    rustix::process::geteuid().as_raw()
}

fn name() -> String {
    format!(".s.PGSQL.{PORT}")
}

/// What a mode lets group and others do.
const OTHERS: u32 = 0o077;
const PGDATA: &str = "pgdata";
const NOTE: &str = "pgdata/oxbase.socket";

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn long(base: &Path) -> PathBuf {
        let root = base.join("d".repeat(110));
        fs::create_dir_all(root.join("pgdata")).unwrap();
        root
    }

    #[test]
    fn a_short_path_has_its_socket_in_the_directory() {
        let base = tempfile::tempdir().unwrap();
        let path = prepare(base.path()).unwrap();
        assert_eq!(path, base.path().join("pgdata/.s.PGSQL.5432"));
        assert_eq!(directory(base.path()), Some(base.path().join("pgdata")));
    }

    #[test]
    fn a_long_path_has_it_where_only_this_user_can_look_and_others_find_it_by_the_note() {
        let base = tempfile::tempdir().unwrap();
        let root = long(base.path());
        assert_eq!(directory(&root), None);
        let path = prepare(&root).unwrap();
        let far = path.parent().unwrap().to_owned();
        assert!(is_private(&far));
        assert_eq!(directory(&root), Some(far.clone()));
        assert_eq!(prepare(&root).unwrap(), path);
        fs::remove_dir(far).unwrap();
    }

    #[test]
    fn a_directory_that_others_can_look_into_is_not_used() {
        let base = tempfile::tempdir().unwrap();
        let root = long(base.path());
        let far = prepare(&root).unwrap().parent().unwrap().to_owned();
        fs::set_permissions(&far, fs::Permissions::from_mode(0o755)).unwrap();
        let refused = prepare(&root).map_err(|error| error.kind());
        assert_eq!(refused, Err(io::ErrorKind::PermissionDenied));
        fs::remove_dir(far).unwrap();
    }
}
