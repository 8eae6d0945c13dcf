//! A result directory that appears whole or not at all.
//!
//! It is filled under a temporary name next to its place and renamed when complete. Dropped before that,
//! it is removed. Only a killed process leaves something behind, and that under a name beginning with `.`
//! and ending in `.partial`.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use super::error::ReportError;
use super::format::ListFormat;

/// What to do with a result that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Existing {
    /// Leave it and fail.
    #[default]
    Keep,
    /// Replace it, if it is a result: an empty directory or one with a `summary.json`.
    Replace,
}

/// A result directory being filled.
#[derive(Debug)]
pub struct OutputDirectory {
    place: PathBuf,
    existing: Existing,
    /// What its lists are written as.
    format: ListFormat,
    /// `None` once published.
    temporary: Option<tempfile::TempDir>,
}

impl OutputDirectory {
    /// Makes the temporary directory, and the directories above it if they are missing.
    ///
    /// # Errors
    ///
    /// [`ReportError::Exists`] and [`ReportError::NotAResult`] at once, before any work is done;
    /// [`ReportError::Io`] if the directory cannot be made.
    pub fn create(place: &Path, existing: Existing) -> Result<OutputDirectory, ReportError> {
        check_place(place, existing)?;
        let parent = match place.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        fs::create_dir_all(parent).map_err(ReportError::at(parent))?;
        let name = place.file_name().unwrap_or_default().to_string_lossy();
        let temporary = tempfile::Builder::new()
            .prefix(&format!(".{name}."))
            .suffix(".partial")
            .tempdir_in(parent)
            .map_err(ReportError::at(place))?;
        let format = ListFormat::default();
        Ok(OutputDirectory { place: place.to_owned(), existing, format, temporary: Some(temporary) })
    }

    /// The same, with its lists in another format than CSV.
    pub fn with_format(self, format: ListFormat) -> OutputDirectory {
        OutputDirectory { format, ..self }
    }

    /// What its lists are written as.
    pub fn format(&self) -> ListFormat {
        self.format
    }

    /// Where the result will be.
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// Where the files are until then.
    pub fn temporary(&self) -> &Path {
        self.temporary.as_ref().map_or(&self.place, tempfile::TempDir::path)
    }

    /// Makes a file in the directory; `name` may have directories in front.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn file(&self, name: &str) -> Result<(PathBuf, BufWriter<File>), ReportError> {
        let path = self.temporary().join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(ReportError::at(parent))?;
        }
        let file = File::create(&path).map_err(ReportError::at(&path))?;
        Ok((path, BufWriter::with_capacity(256 * 1024, file)))
    }

    /// Puts the directory in its place. Call it once every file is written and flushed.
    ///
    /// # Errors
    ///
    /// [`ReportError`]: the place has been taken meanwhile or the renaming failed. What was in the place
    /// before is still there, and the new result is removed.
    pub fn publish(mut self) -> Result<(), ReportError> {
        check_place(&self.place, self.existing)?;
        let Some(temporary) = self.temporary.take() else { return Ok(()) };
        let failed = ReportError::at(&self.place);
        // IMPORTANT: temporary directories are private to their owner; a result is shared like any file
        // that its owner makes, so it takes the mode of a directory made the ordinary way.
        let model = temporary.path().join("mode");
        let shared = fs::create_dir(&model)
            .and_then(|()| fs::metadata(&model))
            .and_then(|metadata| fs::set_permissions(temporary.path(), metadata.permissions()))
            .and_then(|()| fs::remove_dir(&model));
        if let Err(error) = shared {
            return Err(failed(error));
        }
        if !self.place.exists() {
            fs::rename(temporary.path(), &self.place).map_err(failed)?;
            // Nothing is left to remove under the temporary name.
            let _ = temporary.keep();
            return Ok(());
        }
        // Two renames: for a moment there is no result, never half of one.
        let mut old = temporary.path().as_os_str().to_owned();
        old.push(".old");
        let old = PathBuf::from(old);
        fs::rename(&self.place, &old).map_err(ReportError::at(&self.place))?;
        if let Err(error) = fs::rename(temporary.path(), &self.place) {
            // Best effort: the error that counts is the one that is returned.
            let _ = fs::rename(&old, &self.place);
            return Err(failed(error));
        }
        let _ = temporary.keep();
        fs::remove_dir_all(&old).map_err(ReportError::at(&old))
    }
}

/// Whether a result may be put in this place.
fn check_place(place: &Path, existing: Existing) -> Result<(), ReportError> {
    if place.file_name().is_none() {
        return Err(ReportError::NotAResult(place.to_owned()));
    }
    let metadata = match fs::symlink_metadata(place) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(ReportError::Io { path: place.to_owned(), source: error }),
        Ok(metadata) => metadata,
    };
    if existing == Existing::Keep {
        return Err(ReportError::Exists(place.to_owned()));
    }
    // IMPORTANT: replacing removes the old directory with all that is in it, so it must be one of ours.
    let ours = metadata.is_dir()
        && (place.join("summary.json").is_file()
            || fs::read_dir(place).map_err(ReportError::at(place))?.next().is_none());
    if ours { Ok(()) } else { Err(ReportError::NotAResult(place.to_owned())) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).expect("a directory");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    fn write(directory: &OutputDirectory, name: &str) {
        let (_, mut file) = directory.file(name).expect("a file");
        file.write_all(b"{}").expect("writing");
        file.flush().expect("writing");
    }

    #[test]
    fn appears_whole_or_not_at_all() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let place = root.path().join("deep").join("out");
        let directory = OutputDirectory::create(&place, Existing::Keep).expect("free");
        write(&directory, "problems/420103.csv");
        assert!(!place.exists());
        drop(directory);
        assert_eq!(names(&root.path().join("deep")), [] as [&str; 0]);

        let directory = OutputDirectory::create(&place, Existing::Keep).expect("free");
        write(&directory, "summary.json");
        directory.publish().expect("publishing");
        assert_eq!(names(&root.path().join("deep")), ["out"]);
        assert_eq!(names(&place), ["summary.json"]);
    }

    #[test]
    fn replaces_only_what_is_ours_and_only_when_told() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let place = root.path().join("out");
        let first = OutputDirectory::create(&place, Existing::Keep).expect("free");
        write(&first, "summary.json");
        write(&first, "old.csv");
        first.publish().expect("publishing");
        assert!(matches!(OutputDirectory::create(&place, Existing::Keep), Err(ReportError::Exists(_))));
        let second = OutputDirectory::create(&place, Existing::Replace).expect("ours");
        write(&second, "summary.json");
        second.publish().expect("publishing");
        assert_eq!(names(&place), ["summary.json"]);
        assert_eq!(names(root.path()), ["out"]);

        let other = root.path().join("photos");
        fs::create_dir(&other).expect("a directory");
        fs::write(other.join("a.jpg"), b"x").expect("writing");
        assert!(matches!(
            OutputDirectory::create(&other, Existing::Replace),
            Err(ReportError::NotAResult(_))
        ));
    }
}
