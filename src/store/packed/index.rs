//! The key index: from the hash of a key to its holders, by one place in a directory and one bucket.
//!
//! Entries stand in the order of their hashes. A directory of the top bits says where each bucket begins; a bucket
//! has some twelve entries, their fingerprints (the next sixteen bits) together in front, their holders behind.
//! That is 6.3 bytes an entry and two or three cache lines a probe. A fingerprint finds holders of other keys as
//! well, one in some five thousand probes: whoever judges sees who is meant. An *exact* index has the whole hash for a
//! fingerprint, eight bytes, for hashes that are the key itself.
//!
//! A key that more than [`HEAVY_MIN`] hold would fill a bucket alone. Its holders stand whole in a list of their
//! own, by finer part and ordinal; in the bucket it has one entry, which leads there.
//!
//! ```text
//! directory  2^bits + 1 numbers of 4 bytes: the first entry of each bucket
//! buckets    for each: fingerprints of 2 or 8 bytes, then holders of 4 bytes (top bit: a heavy key's place)
//! heavy      for each: hash 8, where its list begins 8, holders 4, bytes of the list 4
//! lists      for each finer part: its value 4, how many holders 4, bytes of them 4; the holders: the first, then
//!            differences (varints)
//! ```

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::blocks::Blocks;
use super::write::Sink;
use crate::store::{StoreError, varint};

/// Most holders of a key that stand in a bucket.
pub(super) const HEAVY_MIN: usize = 64;
/// Marks a holder that is a place among the heavy keys.
const HEAVY: u32 = 1 << 31;
/// Highest ordinal that can be indexed.
pub(super) const HOLDER_MAX: u32 = HEAVY - 1;

const FINGERPRINT_BYTES: usize = 2;
const EXACT_BYTES: usize = 8;
const HOLDER_BYTES: usize = 4;
const PART_BYTES: usize = 12;
const START_BYTES: usize = 4;
const HEAVY_BYTES: usize = 24;

/// A key and a holder, on the way into an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Filed {
    pub(crate) hash: u64,
    pub(crate) holder: u32,
}

/// Tells the finer part of a holder.
pub(crate) type Finer<'f> = &'f (dyn Fn(u32) -> Result<u32, StoreError> + Sync);

/// Where an index stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) is_exact: bool,
    pub(super) entries: u64,
    pub(super) heavy: u64,
    pub(super) bits: u32,
    pub(super) directory: u64,
    pub(super) buckets: u64,
    pub(super) heavy_at: u64,
    pub(super) lists: u64,
    /// Holders in all, those of heavy keys included.
    pub(super) holders: u64,
}

/// What a hash leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hit {
    /// A holder.
    Holder(u32),
    /// A heavy key.
    Heavy(Heavy),
}

/// A heavy key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heavy {
    pub(super) holders: u32,
    list: u64,
    bytes: u32,
}

impl Place {
    /// The place of a section that was made elsewhere and begins here.
    pub(super) fn moved(self, by: u64) -> Place {
        let Place { directory, buckets, heavy_at, lists, .. } = self;
        Place {
            directory: directory + by,
            buckets: buckets + by,
            heavy_at: heavy_at + by,
            lists: lists + by,
            ..self
        }
    }

    /// Whether it is of a kind and all of it lies within so many bytes: what is computed from it then overflows
    /// nowhere.
    pub(super) fn is_within(&self, is_exact: bool, length: usize) -> bool {
        let fits = |start: u64, bytes: Option<u64>| {
            bytes.and_then(|bytes| start.checked_add(bytes)).is_some_and(|end| end <= length as u64)
        };
        let has_size = self.bits < u32::BITS && self.entries <= u64::from(u32::MAX);
        has_size
            && self.is_exact == is_exact
            && (self.entries == 0 || fits(self.directory, Some(((1 << self.bits) + 1) * START_BYTES as u64)))
            && fits(self.buckets, self.entries.checked_mul(self.entry_bytes() as u64))
            && fits(self.heavy_at, self.heavy.checked_mul(HEAVY_BYTES as u64))
            && fits(self.lists, Some(0))
    }

    fn bucket(&self, hash: u64) -> u64 {
        hash.checked_shr(64 - self.bits).unwrap_or(0)
    }

    fn fingerprint(&self, hash: u64) -> u16 {
        (hash << self.bits >> 48) as u16
    }

    fn entry_bytes(&self) -> usize {
        HOLDER_BYTES + if self.is_exact { EXACT_BYTES } else { FINGERPRINT_BYTES }
    }

    /// Bytes in the file, lists of heavy keys left out.
    pub(super) fn file_bytes(&self) -> u64 {
        self.directory_bytes().len() as u64
            + self.entries * self.entry_bytes() as u64
            + self.heavy * HEAVY_BYTES as u64
    }

    fn starts(&self, bucket: u64) -> Range<usize> {
        let at = (self.directory + bucket * START_BYTES as u64) as usize;
        at..at + 2 * START_BYTES
    }

    /// Begins to fetch a hash's place in the directory.
    #[inline]
    pub(super) fn fetch_start(&self, blocks: &Blocks, hash: u64) {
        if self.entries > 0 {
            blocks.fetch(self.starts(self.bucket(hash)));
        }
    }

    /// Where a hash's bucket is.
    #[inline]
    pub(super) fn find(&self, blocks: &Blocks, hash: u64) -> Result<Range<usize>, StoreError> {
        if self.entries == 0 {
            return Ok(0..0);
        }
        let starts = blocks.read(self.starts(self.bucket(hash)))?;
        let [a, b, c, d, e, f, g, h] = *starts else { return Err(damaged()) };
        let start = u64::from(u32::from_le_bytes([a, b, c, d]));
        let end = u64::from(u32::from_le_bytes([e, f, g, h]));
        if start > end || end > self.entries {
            return Err(damaged());
        }
        let place = |entry: u64| (self.buckets + entry * self.entry_bytes() as u64) as usize;
        Ok(place(start)..place(end))
    }

    /// Visits what a hash leads to in its bucket, as [`Place::find`] gave it.
    #[inline]
    pub(super) fn visit(
        &self,
        blocks: &Blocks,
        bucket: Range<usize>,
        hash: u64,
        mut visit: impl FnMut(Hit),
    ) -> Result<(), StoreError> {
        if bucket.is_empty() {
            return Ok(());
        }
        let bytes = blocks.read(bucket)?;
        let count = bytes.len() / self.entry_bytes();
        let (fingerprints, holders) = bytes.split_at(bytes.len() - count * HOLDER_BYTES);
        let (holders, _) = holders.as_chunks::<HOLDER_BYTES>();
        if self.is_exact {
            let (hashes, _) = fingerprints.as_chunks::<EXACT_BYTES>();
            let hits = hashes.iter().zip(holders).filter(|(known, _)| u64::from_le_bytes(**known) == hash);
            hits.for_each(|(_, holder)| visit(Hit::Holder(u32::from_le_bytes(*holder))));
            return Ok(());
        }
        let fingerprint = self.fingerprint(hash).to_le_bytes();
        let (fingerprints, _) = fingerprints.as_chunks::<FINGERPRINT_BYTES>();
        for (known, holder) in fingerprints.iter().zip(holders) {
            if *known != fingerprint {
                continue;
            }
            let holder = u32::from_le_bytes(*holder);
            if holder & HEAVY == 0 {
                visit(Hit::Holder(holder));
            } else if let Some(heavy) = self.heavy(blocks, holder & !HEAVY, hash)? {
                visit(Hit::Heavy(heavy));
            }
        }
        Ok(())
    }

    /// A heavy key, if it is this one.
    #[cold]
    fn heavy(&self, blocks: &Blocks, at: u32, hash: u64) -> Result<Option<Heavy>, StoreError> {
        if u64::from(at) >= self.heavy {
            return Err(damaged());
        }
        let start = self.heavy_at as usize + at as usize * HEAVY_BYTES;
        let row = blocks.read(start..start + HEAVY_BYTES)?;
        let number = |at: Range<usize>| {
            row.get(at).map_or(0, |bytes| bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
        };
        Ok((number(0..8) == hash).then(|| Heavy {
            list: number(8..16),
            holders: number(16..20) as u32,
            bytes: number(20..24) as u32,
        }))
    }

    /// The holders of a heavy key, of one finer part or of all, in the order of parts and ordinals; `visit` says
    /// whether to go on.
    pub(super) fn list(
        &self,
        blocks: &Blocks,
        heavy: &Heavy,
        part: Option<u32>,
        mut visit: impl FnMut(u32, u32) -> bool,
    ) -> Result<(), StoreError> {
        let start = self.lists.checked_add(heavy.list).ok_or_else(damaged)? as usize;
        let end = start.checked_add(heavy.bytes as usize).ok_or_else(damaged)?;
        let mut rest = blocks.read(start..end)?;
        while let Some((head, tail)) = rest.split_first_chunk::<PART_BYTES>() {
            let [a, b, c, d, e, f, g, h, i, j, k, l] = *head;
            let finer = u32::from_le_bytes([a, b, c, d]);
            let count = u32::from_le_bytes([e, f, g, h]);
            let bytes = u32::from_le_bytes([i, j, k, l]) as usize;
            let (mut holders, tail) = tail.split_at_checked(bytes).ok_or_else(damaged)?;
            rest = tail;
            if part.is_some_and(|part| part != finer) {
                continue;
            }
            let mut holder = 0u32;
            for _ in 0..count {
                holder = varint::take(&mut holders)
                    .and_then(|step| holder.checked_add(u32::try_from(step).ok()?))
                    .ok_or_else(damaged)?;
                if !visit(finer, holder) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Every entry in order, as far as it is known: the place of its bucket and its fingerprint, or the hash of an
    /// exact index, and the holder.
    pub(super) fn entries(
        &self,
        blocks: &Blocks,
        mut visit: impl FnMut(u64, u32) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        if self.entries == 0 {
            return Ok(());
        }
        for bucket in 0..1u64 << self.bits {
            let hash = bucket.checked_shl(64 - self.bits).unwrap_or(0);
            let place = self.find(blocks, hash)?;
            if place.is_empty() {
                continue;
            }
            let bytes = blocks.read(place)?;
            let count = bytes.len() / self.entry_bytes();
            let (fingerprints, holders) = bytes.split_at(bytes.len() - count * HOLDER_BYTES);
            let (holders, _) = holders.as_chunks::<HOLDER_BYTES>();
            let fingerprints = fingerprints.chunks_exact(self.entry_bytes() - HOLDER_BYTES);
            for (fingerprint, holder) in fingerprints.zip(holders) {
                let known = fingerprint.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
                visit(if self.is_exact { known } else { hash }, u32::from_le_bytes(*holder))?;
            }
        }
        Ok(())
    }

    /// The parts that every probe needs: the directory.
    pub(super) fn directory_bytes(&self) -> Range<usize> {
        let start = self.directory as usize;
        start..start + if self.entries == 0 { 0 } else { ((1usize << self.bits) + 1) * START_BYTES }
    }
}

/// Writes an index of entries in their order, without repetitions. `finer` gives the finer part of a holder of a
/// heavy key; without it the index is exact, and no key is heavy.
pub(super) fn write(
    output: &mut impl Sink,
    entries: &[Filed],
    finer: Option<Finer<'_>>,
) -> Result<Place, StoreError> {
    let too_large = || StoreError::TooLarge("a segment");
    // Nothing in an exact index is heavy, so nothing marks a heavy key there.
    if finer.is_some() && entries.iter().any(|entry| entry.holder > HOLDER_MAX) {
        return Err(too_large());
    }
    let mut place = Place { is_exact: finer.is_none(), holders: entries.len() as u64, ..Place::default() };
    let mut heavy: Vec<u8> = Vec::new();
    let mut lists: Vec<u8> = Vec::new();
    // What stands in the buckets: a heavy key once.
    let mut packed: Vec<Filed> = Vec::with_capacity(entries.len());
    for block in entries.chunk_by(|a, b| a.hash == b.hash) {
        let Some(finer) = finer.filter(|_| block.len() > HEAVY_MIN) else {
            packed.extend_from_slice(block);
            continue;
        };
        packed.push(Filed { hash: block[0].hash, holder: HEAVY | place.heavy as u32 });
        let start = lists.len();
        write_list(&mut lists, block, finer)?;
        heavy.extend_from_slice(&block[0].hash.to_le_bytes());
        heavy.extend_from_slice(&(start as u64).to_le_bytes());
        heavy.extend_from_slice(&(block.len() as u32).to_le_bytes());
        let bytes = u32::try_from(lists.len() - start).map_err(|_| too_large())?;
        heavy.extend_from_slice(&bytes.to_le_bytes());
        place.heavy += 1;
    }
    place.entries = u32::try_from(packed.len()).map_err(|_| too_large())?.into();
    // Between eight and sixteen entries a bucket.
    place.bits = ((packed.len() / 8).max(1)).ilog2();
    output.align()?;
    place.directory = output.place();
    let mut starts = Vec::with_capacity((1 << place.bits) + 1);
    let mut at = 0usize;
    for bucket in 0..1u64 << place.bits {
        starts.push(at as u32);
        at += packed[at..].partition_point(|entry| place.bucket(entry.hash) <= bucket);
    }
    starts.push(at as u32);
    for start in &starts {
        output.put(&start.to_le_bytes())?;
    }
    output.align()?;
    place.buckets = output.place();
    for range in starts.windows(2) {
        let bucket = &packed[range[0] as usize..range[1] as usize];
        for entry in bucket {
            if place.is_exact {
                output.put(&entry.hash.to_le_bytes())?;
            } else {
                output.put(&place.fingerprint(entry.hash).to_le_bytes())?;
            }
        }
        for entry in bucket {
            output.put(&entry.holder.to_le_bytes())?;
        }
    }
    output.align()?;
    place.heavy_at = output.place();
    output.put(&heavy)?;
    output.align()?;
    place.lists = output.place();
    output.put(&lists)?;
    output.align()?;
    Ok(place)
}

fn write_list(out: &mut Vec<u8>, block: &[Filed], finer: Finer<'_>) -> Result<(), StoreError> {
    let mut parts: Vec<(u32, u32)> = Vec::with_capacity(block.len());
    for entry in block {
        parts.push((finer(entry.holder)?, entry.holder));
    }
    parts.sort_unstable();
    for part in parts.chunk_by(|a, b| a.0 == b.0) {
        out.extend_from_slice(&part[0].0.to_le_bytes());
        out.extend_from_slice(&(part.len() as u32).to_le_bytes());
        let length_at = out.len();
        out.extend_from_slice(&[0; 4]);
        let mut before = 0;
        for (_, holder) in part {
            varint::put(out, u64::from(holder - before));
            before = *holder;
        }
        let bytes = (out.len() - length_at - 4) as u32;
        out[length_at..length_at + 4].copy_from_slice(&bytes.to_le_bytes());
    }
    Ok(())
}

#[cold]
fn damaged() -> StoreError {
    StoreError::damaged("the key index of a segment")
}
