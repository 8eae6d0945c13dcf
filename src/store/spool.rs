//! Bytes that are written once and read back while a load goes on: a temporary file that nobody else can open.

use std::fs::{self, File};
use std::io::Write;
use std::ops::Range;
use std::path::Path;

use super::StoreError;
use super::error::io;
use crate::map::{LARGE_PAGE_BYTES, Map};

/// A temporary file that is being written.
#[derive(Debug)]
pub(crate) struct Spool {
    file: File,
    pending: Vec<u8>,
    length: u64,
}

impl Spool {
    /// Makes a temporary file, which has no name in its directory.
    ///
    /// # Errors
    /// Those of the system.
    pub(super) fn create(directory: &Path) -> Result<Spool, StoreError> {
        fs::create_dir_all(directory).map_err(io)?;
        let file = tempfile::tempfile_in(directory).map_err(io)?;
        Ok(Spool { file, pending: Vec::with_capacity(LARGE_PAGE_BYTES), length: 0 })
    }

    /// Bytes so far.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// [`StoreError::Full`], [`StoreError::Io`].
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.length += bytes.len() as u64;
        let mut rest = bytes;
        while self.pending.len() + rest.len() >= LARGE_PAGE_BYTES {
            let (filling, tail) = rest.split_at(LARGE_PAGE_BYTES - self.pending.len());
            self.pending.extend_from_slice(filling);
            self.flush()?;
            rest = tail;
        }
        self.pending.extend_from_slice(rest);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.file.write_all(&self.pending).map_err(io)?;
        self.pending.clear();
        Ok(())
    }

    /// Ends writing.
    ///
    /// # Errors
    /// Those of [`Spool::write`].
    pub(crate) fn finish(mut self) -> Result<Spooled, StoreError> {
        self.flush()?;
        Map::of(&self.file).map(Spooled).map_err(io)
    }
}

/// A temporary file that can be read.
#[derive(Debug)]
pub(crate) struct Spooled(Map);

impl Spooled {
    /// Bytes at a place; `None` outside.
    pub(crate) fn get(&self, at: Range<usize>) -> Option<&[u8]> {
        self.0.get(at)
    }
}
