//! Small files of ours in a data directory: after a crash or a loss of power the old text is there or the new one.
#![forbid(unsafe_code)]

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Replaces the file's text, where it is another one, and waits for the disk.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|present| present == text) {
        return Ok(());
    }
    let directory = path.parent().unwrap_or_else(|| Path::new("."));
    let mut staging = tempfile::Builder::new()
        .prefix(".oxbase-note-")
        .tempfile_in(directory)?;
    staging.write_all(text.as_bytes())?;
    staging.as_file().sync_all()?;
    staging.persist(path).map_err(|error| error.error)?;
    sync_directory(directory)
}

/// Makes the names in a directory last.
pub(crate) fn sync_directory(directory: &Path) -> io::Result<()> {
    // Elsewhere a directory cannot be opened as a file, and names are written with the files.
    #[cfg(unix)]
    File::open(directory)?.sync_all()?;
    #[cfg(not(unix))]
    let _: Option<(&Path, File)> = Some(directory).zip(None);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_replaced_and_leaves_no_other_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("note");
        for text in ["one", "a longer one", "one"] {
            replace(&path, text).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_equal_text_is_not_written_again() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("note");
        replace(&path, "same").unwrap();
        let before = fs::metadata(&path).unwrap().modified().unwrap();
        replace(&path, "same").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before);
    }
}
