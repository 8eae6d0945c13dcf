//! Temporary files without a name, written once and then read.
//!
//! A spill file is removed from its directory before the first byte is written, so it is gone with the process,
//! however that ends. Spilled bytes are this run's memory and
//! trusted like it: a disk that gives back other bytes ends the run by a panic.

use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::map::Map;

/// How much memory a run may take, and where the rest goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Bytes of memory that the students, their keys and their candidate pairs may take together. Whatever it is,
    /// some 15 bytes a student, the counts of common values, and the pairs that are reported with their records stay in
    /// memory.
    pub memory_bytes: u64,
    /// The directory of the temporary files. They have no name in it.
    pub temporary: PathBuf,
    /// Most bytes that are written to temporary files. More is an error, as on a full disk.
    pub spill_bytes_max: u64,
}

impl Default for Settings {
    /// All in memory.
    fn default() -> Self {
        Settings { memory_bytes: u64::MAX, temporary: std::env::temp_dir(), spill_bytes_max: u64::MAX }
    }
}

/// A temporary file cannot be made, written or read. Nothing was found, and nothing is left of it.
#[derive(Debug)]
pub struct SpillError {
    directory: PathBuf,
    source: io::Error,
}

impl SpillError {
    /// The directory of the temporary files.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// What the system says.
    pub(crate) fn into_source(self) -> io::Error {
        self.source
    }

    /// Whether the disk, or what the run may use of it, is full.
    pub fn is_full(&self) -> bool {
        matches!(self.source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
    }
}

impl fmt::Display for SpillError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: a temporary file cannot be used: {}", self.directory.display(), self.source)
    }
}

impl std::error::Error for SpillError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// Where temporary files are made, and how much was written to them.
#[derive(Debug)]
pub(crate) struct Spill {
    directory: PathBuf,
    bytes_max: u64,
    written: AtomicU64,
}

impl Spill {
    pub(crate) fn new(settings: &Settings) -> Self {
        Spill {
            directory: settings.temporary.clone(),
            bytes_max: settings.spill_bytes_max,
            written: AtomicU64::new(0),
        }
    }

    /// Bytes written so far, also those that were read and given up since.
    pub(crate) fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    fn failed(&self, source: io::Error) -> SpillError {
        SpillError { directory: self.directory.clone(), source }
    }

    /// Makes a file.
    pub(crate) fn file(&self) -> Result<SpillFile, SpillError> {
        let file = tempfile::tempfile_in(&self.directory).map_err(|error| self.failed(error))?;
        Ok(SpillFile { file, words: 0 })
    }

    /// Writes bytes to a file of their own and gives them back as that file.
    pub(crate) fn map(&self, bytes: &[u8]) -> Result<Map, SpillError> {
        let mut file = self.file()?;
        self.write(&mut file.file, bytes)?;
        Map::of(&file.file).map_err(|error| self.failed(error))
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> Result<(), SpillError> {
        let before = self.written.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        if before.saturating_add(bytes.len() as u64) > self.bytes_max {
            return Err(self.failed(io::ErrorKind::StorageFull.into()));
        }
        file.write_all(bytes).map_err(|error| self.failed(error))
    }
}

/// A temporary file of 64-bit words.
#[derive(Debug)]
pub(crate) struct SpillFile {
    file: File,
    words: u64,
}

impl SpillFile {
    /// How many words it has.
    pub(crate) fn words(&self) -> u64 {
        self.words
    }

    /// Appends words; they are on their way to the file when `buffer` has been given to [`SpillFile::flush`].
    pub(crate) fn append(
        &mut self,
        spill: &Spill,
        words: &[u64],
        buffer: &mut Vec<u8>,
    ) -> Result<(), SpillError> {
        /// Bytes a system call.
        const PIECE: usize = 1 << 20;
        for words in words.chunks(PIECE / 8) {
            buffer.extend(words.iter().flat_map(|word| word.to_le_bytes()));
            if buffer.len() >= PIECE {
                self.flush(spill, buffer)?;
            }
        }
        self.words += words.len() as u64;
        Ok(())
    }

    /// Writes what is buffered.
    pub(crate) fn flush(&mut self, spill: &Spill, buffer: &mut Vec<u8>) -> Result<(), SpillError> {
        spill.write(&mut self.file, buffer)?;
        buffer.clear();
        Ok(())
    }

    /// Appends `count` words that begin at word `at` to `out`. From any thread.
    pub(crate) fn read(
        &self,
        spill: &Spill,
        at: u64,
        count: usize,
        out: &mut Vec<u64>,
    ) -> Result<(), SpillError> {
        let mut bytes = vec![0; count * 8];
        read_at(&self.file, at * 8, &mut bytes).map_err(|error| spill.failed(error))?;
        let (words, _) = bytes.as_chunks::<8>();
        out.extend(words.iter().map(|word| u64::from_le_bytes(*word)));
        Ok(())
    }
}

#[cfg(unix)]
fn read_at(file: &File, at: u64, bytes: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(windows)]
fn read_at(file: &File, mut at: u64, mut bytes: &mut [u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, at)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                at += read as u64;
                bytes = &mut bytes[read..];
            }
        }
    }
    Ok(())
}
