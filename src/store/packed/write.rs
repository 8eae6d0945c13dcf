//! Writing a segment file from front to back: sections on block boundaries, a checksum for each block.

use std::fs::File;
use std::io::Write;

use super::blocks::{BLOCK_BYTES, checksum, digest};
use crate::map::LARGE_PAGE_BYTES;
use crate::store::StoreError;
use crate::store::error::io;

/// Bytes that are written at once, whole blocks.
const CHUNK: usize = LARGE_PAGE_BYTES;
const _: () = assert!(CHUNK.is_multiple_of(BLOCK_BYTES));

/// Where a section is written.
pub(super) trait Sink {
    /// Where the next byte goes.
    fn place(&self) -> u64;
    /// Appends bytes.
    fn put(&mut self, bytes: &[u8]) -> Result<(), StoreError>;
    /// Goes on at the next block.
    fn align(&mut self) -> Result<(), StoreError>;
}

/// A section in memory, from a block's beginning.
impl Sink for Vec<u8> {
    fn place(&self) -> u64 {
        self.len() as u64
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.extend_from_slice(bytes);
        Ok(())
    }

    fn align(&mut self) -> Result<(), StoreError> {
        let length = self.len().next_multiple_of(BLOCK_BYTES);
        self.resize(length, 0);
        Ok(())
    }
}

impl Sink for Output {
    fn place(&self) -> u64 {
        (self.sums.len() * BLOCK_BYTES + self.pending.len()) as u64
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let mut rest = bytes;
        while self.pending.len() + rest.len() >= CHUNK {
            let (filling, tail) = rest.split_at(CHUNK - self.pending.len());
            self.pending.extend_from_slice(filling);
            self.flush()?;
            rest = tail;
        }
        self.pending.extend_from_slice(rest);
        Ok(())
    }

    fn align(&mut self) -> Result<(), StoreError> {
        let length = self.pending.len().next_multiple_of(BLOCK_BYTES);
        self.put(&[0; BLOCK_BYTES][..length - self.pending.len()])
    }
}

/// A file in the making.
pub(super) struct Output {
    file: File,
    /// What is not written yet: from a chunk's beginning, and less than one.
    pending: Vec<u8>,
    /// Checksums of what is written.
    sums: Vec<u64>,
}

impl Output {
    pub(super) fn new(file: File) -> Output {
        Output { file, pending: Vec::with_capacity(CHUNK), sums: Vec::new() }
    }

    /// Writes what is pending: whole blocks.
    fn flush(&mut self) -> Result<(), StoreError> {
        for block in self.pending.chunks_exact(BLOCK_BYTES) {
            self.sums.push(checksum(self.sums.len(), block));
        }
        self.file.write_all(&self.pending).map_err(io)?;
        self.pending.clear();
        Ok(())
    }

    /// Ends the contents with a last block, in which `footer` is told the whole contents' digest, writes the
    /// checksums and syncs. Returns the file's length.
    pub(super) fn finish(
        &mut self,
        footer: impl FnOnce(u64) -> [u8; BLOCK_BYTES],
    ) -> Result<u64, StoreError> {
        self.align()?;
        self.flush()?;
        let footer = footer(digest(self.sums.iter().copied()));
        self.put(&footer)?;
        self.flush()?;
        let mut sums = Vec::with_capacity(self.sums.len() * 8);
        self.sums.iter().for_each(|sum| sums.extend_from_slice(&sum.to_le_bytes()));
        self.file.write_all(&sums).map_err(io)?;
        self.file.sync_all().map_err(io)?;
        Ok((self.sums.len() * BLOCK_BYTES + sums.len()) as u64)
    }
}
