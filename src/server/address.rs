//! Where a server listens.
#![forbid(unsafe_code)]

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
#[cfg(unix)]
use std::path::PathBuf;

use socket2::{Domain, Socket, Type};

use super::error::Error;

/// TCP listeners on one port of these addresses. Port 0 stands for a free one, the same for all.
pub(super) fn bind_tcp(hosts: &[IpAddr], port: u16) -> Result<Vec<TcpListener>, Error> {
    let mut listeners: Vec<TcpListener> = Vec::new();
    let mut first_error = None;
    for host in hosts {
        let port = listeners
            .first()
            .and_then(|listener| listener.local_addr().ok())
            .map_or(port, |address| address.port());
        let address = SocketAddr::new(*host, port);
        match listen(address) {
            Ok(listener) => listeners.push(listener),
            Err(source) => {
                let is_absent = is_absent(&source);
                let error = Error::Bind {
                    address: address.to_string(),
                    source,
                };
                // Another server's clients would come here, and ours to it.
                if !is_absent {
                    return Err(error);
                }
                first_error.get_or_insert(error);
            }
        }
    }
    match first_error {
        Some(error) if listeners.is_empty() => Err(error),
        _ => Ok(listeners),
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    if address.is_ipv6() {
        // All addresses of the one kind and all of the other are two sockets.
        socket.set_only_v6(true)?;
    }
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// Whether this machine does not have the address, as a name such as localhost may tell of one.
fn is_absent(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrNotAvailable || error.raw_os_error() == Some(NO_FAMILY)
}

/// A Unix socket, removed when this is dropped.
#[cfg(unix)]
#[derive(Debug)]
pub(super) struct UnixSocket {
    pub(super) path: PathBuf,
    pub(super) listener: std::os::unix::net::UnixListener,
}

#[cfg(unix)]
impl UnixSocket {
    /// Listens on a path, or on `.s.PGSQL.<port>` in a directory. The socket of a process that is gone is replaced.
    /// Others than this user may connect when `others` says so.
    pub(super) fn bind(path: PathBuf, port: u16, others: bool) -> Result<Self, Error> {
        use std::os::unix::fs::{FileTypeExt, PermissionsExt};
        use std::os::unix::net::{UnixListener, UnixStream};

        let path = if path.is_dir() {
            path.join(format!(".s.PGSQL.{port}"))
        } else {
            path
        };
        let length = path.as_os_str().len();
        if length > LONGEST_PATH {
            return Err(Error::PathTooLong {
                path: path.display().to_string(),
                length,
                limit: LONGEST_PATH,
            });
        }
        let failed = |source: io::Error| Error::Bind {
            address: path.display().to_string(),
            source,
        };
        let listener = match UnixListener::bind(&path) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                let is_socket = std::fs::symlink_metadata(&path)
                    .is_ok_and(|found| found.file_type().is_socket());
                if !is_socket || UnixStream::connect(&path).is_ok() {
                    return Err(failed(error));
                }
                std::fs::remove_file(&path).map_err(failed)?;
                UnixListener::bind(&path)
            }
            bound => bound,
        };
        let listener = listener.map_err(failed)?;
        let mode = if others { 0o777 } else { 0o600 };
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        Ok(Self { path, listener })
    }
}

/// Removes the file of a Unix socket when the server stops, unless another server's is there in its place.
#[cfg(unix)]
#[derive(Debug)]
pub(super) struct SocketFile {
    pub(super) path: PathBuf,
    identity: Option<(u64, u64)>,
}

#[cfg(unix)]
impl SocketFile {
    pub(super) fn new(path: PathBuf) -> Self {
        let identity = identity(&path);
        Self { path, identity }
    }
}

#[cfg(unix)]
impl Drop for SocketFile {
    fn drop(&mut self) {
        if self.identity.is_some() && self.identity == identity(&self.path) {
            drop(std::fs::remove_file(&self.path));
        }
    }
}

/// What tells a file from another one of its name.
#[cfg(unix)]
fn identity(path: &std::path::Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let metadata = std::fs::symlink_metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

/// Whether a path fits into the system's address of a Unix socket.
#[cfg(unix)]
pub(crate) fn fits(path: &std::path::Path) -> bool {
    path.as_os_str().len() <= LONGEST_PATH
}
/// How many connections may wait to be taken.
const BACKLOG: i32 = 1024;
/// The system's number for a kind of address that it does not have.
const NO_FAMILY: i32 = if cfg!(target_os = "linux") {
    97
} else if cfg!(windows) {
    10_047
} else {
    47
};

/// What fits into the system's address of a Unix socket, with its terminator.
#[cfg(unix)]
const LONGEST_PATH: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_socket_of_a_process_that_is_gone_is_replaced_and_that_of_a_live_one_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let bind = || UnixSocket::bind(directory.path().to_owned(), 5432, false);
        let first = bind().unwrap();
        assert_eq!(first.path, directory.path().join(".s.PGSQL.5432"));
        assert!(matches!(bind(), Err(Error::Bind { .. })));
        drop(first.listener);
        assert!(bind().is_ok());
    }

    #[test]
    fn a_file_that_is_no_socket_stays_where_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        std::fs::write(&path, "kept").unwrap();
        let bound = UnixSocket::bind(path.clone(), 5432, false);
        assert!(matches!(bound, Err(Error::Bind { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), b"kept");
    }

    #[test]
    fn a_port_that_is_taken_on_one_of_two_addresses_is_taken() {
        let any = [IpAddr::from([127, 0, 0, 1])];
        let taken = bind_tcp(&any, 0).unwrap();
        let port = taken[0].local_addr().unwrap().port();
        let both = [IpAddr::from([127, 0, 0, 2]), any[0]];
        assert!(matches!(bind_tcp(&both, port), Err(Error::Bind { .. })));
    }

    #[test]
    fn a_path_that_is_too_long_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x".repeat(120));
        assert!(matches!(
            UnixSocket::bind(path, 5432, false),
            Err(Error::PathTooLong { .. })
        ));
    }
}
