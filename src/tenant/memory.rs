//! How much memory and disk is used.
#![forbid(unsafe_code)]

use std::path::Path;

/// The resident memory of this process, in bytes; `None` where the system does not tell.
pub(super) fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// The bytes that a directory takes on disk. What comes and goes meanwhile is left out.
pub(super) fn disk_usage(directory: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return 0;
    };
    entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let metadata = entry.metadata().ok()?;
            Some(if metadata.is_dir() {
                disk_usage(&entry.path())
            } else {
                allocated(&metadata)
            })
        })
        .sum()
}

/// A fresh segment of the log is 16 MB of nothing, which takes no disk.
#[cfg(unix)]
fn allocated(metadata: &std::fs::Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    metadata.blocks() * 512
}

#[cfg(not(unix))]
fn allocated(metadata: &std::fs::Metadata) -> u64 {
    metadata.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_takes_what_its_files_take() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("inner")).unwrap();
        for name in ["a", "inner/b"] {
            std::fs::write(directory.path().join(name), vec![1; 100_000]).unwrap();
        }
        let usage = disk_usage(directory.path());
        assert!((200_000..300_000).contains(&usage), "{usage}");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_uses_memory() {
        assert!(resident().is_some_and(|bytes| bytes > 1 << 20));
    }
}
