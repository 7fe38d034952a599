//! Why a file system refuses, for failures of which the engine tells only "I/O error".
//!
//! The engine's WebAssembly layer knows few error numbers, so what PostgreSQL says is often less than what the system
//! said. After such a failure the same is tried once from outside.
#![forbid(unsafe_code)]

use std::io;
use std::path::Path;

use super::error::Error;

/// The failure of an opening, with the reason of the file system where there is one.
pub(crate) fn of_opening(root: &Path, error: &anyhow::Error, words: Option<String>) -> Error {
    let path = root.to_owned();
    if words.is_none()
        && let Some(refused) = error
            .chain()
            .find_map(|each| each.downcast_ref::<io::Error>())
    {
        return Error::Storage {
            path,
            reason: refused.to_string(),
        };
    }
    let mut told: Vec<String> = error.chain().map(ToString::to_string).collect();
    told.dedup();
    let account = told.join(": ");
    let reason = words.or_else(|| logged(&account)).unwrap_or(account);
    Error::Start {
        path,
        reason: explain(root, reason),
    }
}

/// The reason, with what the file system says now when it is a vague one.
pub(crate) fn explain(root: &Path, reason: String) -> String {
    let vague = ["I/O error", "WASI exited"]
        .iter()
        .any(|words| reason.contains(words));
    match vague.then(|| refusal(root)).flatten() {
        Some(refusal) => format!("{refusal}: {reason}"),
        None => reason,
    }
}

/// What happens when a WAL segment is made in the directory. The file has no name and is gone at once.
fn refusal(root: &Path) -> Option<String> {
    let made = tempfile::tempfile_in(root).and_then(|file| file.set_len(WAL_SEGMENT));
    if let Err(error) = made {
        return Some(error.to_string());
    }
    #[cfg(target_os = "linux")]
    {
        let system = rustix::fs::statvfs(root).ok()?;
        let free = system.f_bavail.saturating_mul(system.f_frsize);
        if free < WAL_SEGMENT {
            return Some(format!(
                "the disk is full ({} MB are free, and a WAL segment takes {})",
                free >> 20,
                WAL_SEGMENT >> 20
            ));
        }
    }
    None
}

/// The first FATAL or PANIC of what PostgreSQL logged, when the account of a failure has its log.
fn logged(account: &str) -> Option<String> {
    ["FATAL:  ", "PANIC:  "].iter().find_map(|severity| {
        let (_, rest) = account.split_once(severity)?;
        rest.lines().next().map(str::to_owned)
    })
}

const WAL_SEGMENT: u64 = 16 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_precise_reason_is_left_as_it_is() {
        let reason = "could not locate a valid checkpoint record (PANIC XX000)".to_owned();
        assert_eq!(explain(Path::new("/absent"), reason.clone()), reason);
    }

    #[cfg(unix)]
    #[test]
    fn a_vague_reason_is_told_with_what_the_system_says() {
        let explained = explain(
            Path::new("/absent"),
            "could not write: I/O error".to_owned(),
        );
        assert!(
            explained.starts_with("No such file or directory"),
            "{explained}"
        );
        assert!(
            explained.ends_with(": could not write: I/O error"),
            "{explained}"
        );
    }

    #[test]
    fn the_log_of_a_start_is_read_for_its_first_fatal_line() {
        let account = "start\nWASIX stderr tail:\n2026 UTC [1] FATAL:  could not create lock file\n2026 UTC [1] FATAL:  second\n";
        assert_eq!(
            logged(account).as_deref(),
            Some("could not create lock file")
        );
        assert_eq!(logged("nothing"), None);
    }

    #[test]
    fn an_error_of_the_file_system_is_told_as_such() {
        let error = anyhow::Error::new(io::Error::other("no room")).context("prepare the root");
        let told = of_opening(Path::new("data"), &error, None).to_string();
        assert_eq!(told, "cannot use data: no room");
    }
}
