//! The bytes of a segment file, each block verified when it is first touched.
//!
//! A file is cut into blocks of one page. Behind its contents stand a checksum for each block. Whoever reads asks
//! here; a block that nobody has read since the file was opened is verified first, which costs less than a fault
//! of its page. So a changed byte is noticed by the first who would be misled by it, and nobody pays twice.
//!
//! Checksums are read at the opening, a five-hundredth of the file: a block on a disk is one page to wait for then, and not
//! two. A part of the file, the *tables* that every lookup goes through, can be pinned: copied into memory.

use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::hash::{hash_bytes, mix};
use crate::map::{Map, prefetch};
use crate::store::StoreError;
use crate::store::error::io;

/// Bytes of a block: a page of every machine this runs on.
pub(super) const BLOCK_BYTES: usize = 4096;
/// Bytes of a block's checksum.
pub(super) const SUM_BYTES: usize = 8;

/// The checksum of a block: XXH3-64 with the place of the block in its file as the seed.
pub(super) fn checksum(block: usize, bytes: &[u8]) -> u64 {
    hash_bytes(block as u64, bytes)
}

/// The digest of contents: of how many blocks there are and the checksums of all, in their order.
pub(super) fn digest(sums: impl ExactSizeIterator<Item = u64>) -> u64 {
    let blocks = sums.len() as u64;
    sums.fold(blocks, mix)
}

/// A mapped file and what of it was verified.
#[derive(Debug)]
pub(super) struct Blocks {
    map: Map,
    /// Bytes in front of the checksums; a multiple of [`BLOCK_BYTES`].
    length: usize,
    sums: Box<[u64]>,
    /// A bit for each block that was verified.
    seen: Box<[AtomicU64]>,
    pinned: OnceLock<Pinned>,
}

/// A part of the file in memory.
#[derive(Debug)]
struct Pinned {
    start: usize,
    bytes: Map,
}

impl Blocks {
    /// Takes a mapped file of `length` bytes in whole blocks, with their checksums behind them; `None` for a file
    /// that has not that many.
    pub(super) fn new(map: Map, length: usize) -> Option<Blocks> {
        let blocks = length / BLOCK_BYTES;
        let end = length.checked_add(blocks.checked_mul(SUM_BYTES)?)?;
        if !length.is_multiple_of(BLOCK_BYTES) {
            return None;
        }
        map.will_need(length..end);
        let (sums, _) = map.get(length..end)?.as_chunks::<SUM_BYTES>();
        let sums = sums.iter().map(|sum| u64::from_le_bytes(*sum)).collect();
        map.expect_random();
        let seen = (0..blocks.div_ceil(64)).map(|_| AtomicU64::new(0)).collect();
        Some(Blocks { map, length, sums, seen, pinned: OnceLock::new() })
    }

    /// Bytes of the contents.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// Bytes at a place, verified.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] for bytes that are not what was written, or a place outside.
    #[inline]
    pub(super) fn read(&self, at: Range<usize>) -> Result<&[u8], StoreError> {
        if at.end > self.length || at.start > at.end {
            return Err(damaged());
        }
        let last = at.end.saturating_sub(1).max(at.start) / BLOCK_BYTES;
        for block in at.start / BLOCK_BYTES..=last {
            if !self.is_seen(block) {
                self.verify(block)?;
            }
        }
        self.map.get(at).ok_or_else(damaged)
    }

    #[inline]
    fn is_seen(&self, block: usize) -> bool {
        // Acquire is not needed: the bytes do not change.
        self.seen.get(block / 64).is_none_or(|bits| bits.load(Ordering::Relaxed) >> (block % 64) & 1 == 1)
    }

    #[cold]
    fn verify(&self, block: usize) -> Result<(), StoreError> {
        let Some(bytes) = self.map.get(block * BLOCK_BYTES..(block + 1) * BLOCK_BYTES) else {
            return Err(damaged());
        };
        if self.sums.get(block) != Some(&checksum(block, bytes)) {
            return Err(StoreError::damaged(format!("block {block} of a segment")));
        }
        if let Some(bits) = self.seen.get(block / 64) {
            bits.fetch_or(1 << (block % 64), Ordering::Relaxed);
        }
        Ok(())
    }

    /// Verifies every block, whoever has read it, and says how many there are.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] for the first that is not what was written.
    pub(super) fn verify_all(&self) -> Result<u64, StoreError> {
        let blocks = self.length / BLOCK_BYTES;
        (0..blocks).try_for_each(|block| self.verify(block))?;
        Ok(blocks as u64)
    }

    /// The digest of the contents in front of the last block, by the checksums that stand in the file.
    pub(super) fn digest(&self) -> u64 {
        let contents = self.sums.split_last().map_or(&[][..], |(_, contents)| contents);
        digest(contents.iter().copied())
    }

    /// Begins to fetch bytes without waiting: from memory, or from disk where nobody has touched them yet.
    #[inline]
    pub(super) fn fetch(&self, at: Range<usize>) {
        if self.is_seen(at.start / BLOCK_BYTES) {
            prefetch(&self.map, at.start);
            if at.end > at.start + 64 {
                prefetch(&self.map, at.start + 64);
            }
        } else {
            self.fetch_cold(at);
        }
    }

    #[cold]
    fn fetch_cold(&self, at: Range<usize>) {
        let start = at.start / BLOCK_BYTES * BLOCK_BYTES;
        self.map.will_need(start..at.end);
    }

    /// Writes the whole file to another.
    pub(super) fn copy(&self, to: &mut impl std::io::Write) -> std::io::Result<()> {
        to.write_all(&self.map)
    }

    /// Copies a part into memory, verified. Once; of another part nothing is kept.
    ///
    /// # Errors
    /// Those of [`Blocks::read`], and of the system.
    pub(super) fn pin(&self, at: Range<usize>) -> Result<(), StoreError> {
        if at.is_empty() || self.pinned.get().is_some() {
            return Ok(());
        }
        self.map.will_need(at.clone());
        let pinned = Pinned { start: at.start, bytes: Map::copy_of(self.read(at)?).map_err(io)? };
        // Another thread's copy is as good.
        let _ = self.pinned.set(pinned);
        Ok(())
    }

    /// Whether a part is pinned.
    pub(super) fn is_pinned(&self) -> bool {
        self.pinned.get().is_some()
    }

    /// Bytes of the part that can be pinned.
    ///
    /// # Errors
    /// Those of [`Blocks::read`].
    #[inline]
    pub(super) fn read_table(&self, at: Range<usize>) -> Result<&[u8], StoreError> {
        match self.pinned.get() {
            Some(pinned) => {
                let within = |place: usize| place.checked_sub(pinned.start).ok_or_else(damaged);
                pinned.bytes.get(within(at.start)?..within(at.end)?).ok_or_else(damaged)
            }
            None => self.read(at),
        }
    }

    /// Begins to fetch bytes of the part that can be pinned.
    #[inline]
    pub(super) fn fetch_table(&self, at: Range<usize>) {
        match self.pinned.get() {
            Some(pinned) => prefetch(&pinned.bytes, at.start.wrapping_sub(pinned.start)),
            None => self.fetch(at),
        }
    }
}

#[cold]
fn damaged() -> StoreError {
    StoreError::damaged("a place in a segment")
}
