//! Ctrl-C leaves no half-written result: what is unfinished is removed, then the process ends.
//!
//! The handler runs on a thread of its own and does not wait for the work to notice. Publishing a result
//! and removing it exclude each other, so the result is either in its place, whole, or nowhere.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::exit::Exit;

/// What is to be removed: files and directories that are not finished.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Installs the handler. Where that fails (it is installed already), Ctrl-C ends the process at once.
pub(super) fn install() {
    let _ = ctrlc::set_handler(|| {
        INTERRUPTED.store(true, Ordering::SeqCst);
        let paths = unfinished();
        for path in paths.iter() {
            remove(path);
        }
        std::process::exit(i32::from(Exit::Interrupted as u8));
    });
}

/// Removes a file or a directory that may still be written to: again and again for two seconds.
fn remove(path: &Path) {
    for _ in 0..400 {
        let removed = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
        if removed.is_ok() || !path.exists() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A path that is removed if the process is interrupted before [`Unfinished::publish`].
#[derive(Debug)]
pub(super) struct Unfinished(PathBuf);

impl Unfinished {
    /// Makes something and puts its path on the list. An interrupt comes before or after, not in between.
    pub(super) fn make<T, E>(
        make: impl FnOnce() -> Result<T, E>,
        path: impl FnOnce(&T) -> &Path,
    ) -> Result<(T, Unfinished), E> {
        let mut paths = unfinished();
        let made = make()?;
        let path = path(&made).to_owned();
        paths.push(path.clone());
        Ok((made, Unfinished(path)))
    }

    /// Does what makes the result a finished one. An interrupt comes before or after, not in between.
    pub(super) fn publish<T>(self, publish: impl FnOnce() -> T) -> T {
        let mut paths = unfinished();
        let answer = publish();
        paths.retain(|path| *path != self.0);
        drop(paths);
        answer
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Removing it is its owner's business; here it is only taken off the list.
        unfinished().retain(|path| *path != self.0);
    }
}

/// A file or directory in its own place that is removed unless it is finished: by an interrupt, by an error.
#[derive(Debug)]
pub(super) struct Partial(Option<Unfinished>);

impl Partial {
    /// Makes something at a path. Where that fails, what stands there is left alone.
    pub(super) fn make<T, E>(path: &Path, make: impl FnOnce() -> Result<T, E>) -> Result<(T, Partial), E> {
        let mut paths = unfinished();
        let made = make()?;
        paths.push(path.to_owned());
        Ok((made, Partial(Some(Unfinished(path.to_owned())))))
    }

    /// It is finished and stays.
    pub(super) fn keep(mut self) {
        if let Some(unfinished) = self.0.take() {
            unfinished.publish(|| ());
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if let Some(unfinished) = self.0.take() {
            remove(&unfinished.0);
        }
    }
}

/// Waits for the end of the process if it has been interrupted.
pub(super) fn wait_if_interrupted() {
    while INTERRUPTED.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(10));
    }
}
