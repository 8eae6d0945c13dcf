//! Takes files out of the system's page cache: the only door to the calls for that.

use std::path::{Path, PathBuf};

/// How the page cache is emptied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cold {
    /// The whole machine's, where that is permitted, else that of the files asked.
    Auto,
    /// Only that of the files asked: others on the machine keep theirs.
    Files,
    /// Not at all: nothing is measured cold.
    Skip,
}

/// How it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    DropCaches,
    Fadvise,
    None,
}

impl Method {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Method::DropCaches => "drop_caches",
            Method::Fadvise => "fadvise",
            Method::None => "none",
        }
    }
}

/// All files under a path.
pub(super) fn files(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(path) else { return vec![path.to_owned()] };
    entries.flatten().flat_map(|entry| files(&entry.path())).collect()
}

/// Bytes of all files under a path.
pub(super) fn bytes(path: &Path) -> u64 {
    files(path).iter().filter_map(|file| std::fs::metadata(file).ok()).map(|file| file.len()).sum()
}

/// Empties the cache of all files under a path.
pub(super) fn empty(path: &Path, how: Cold) -> Method {
    if how == Cold::Skip {
        return Method::None;
    }
    let files = files(path);
    // Pages that are not on disk yet stay.
    files.iter().filter_map(|file| std::fs::File::open(file).ok()).for_each(|file| {
        let _ = file.sync_all();
    });
    if how == Cold::Auto && std::fs::write("/proc/sys/vm/drop_caches", "3").is_ok() {
        return Method::DropCaches;
    }
    if !files.is_empty() && files.iter().all(|file| forget(file)) { Method::Fadvise } else { Method::None }
}

#[cfg(target_os = "linux")]
fn forget(path: &Path) -> bool {
    use rustix::fs::{Advice, fadvise};
    let Ok(file) = std::fs::File::open(path) else { return false };
    fadvise(&file, 0, None, Advice::DontNeed).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn forget(_: &Path) -> bool {
    false
}
