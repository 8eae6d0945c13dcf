//! The key index: from the hash of a key to its holders, by one place in a directory and one bucket.
//!
//! Entries stand in the order of their hashes. A directory of the top bits says where each bucket is; a bucket has
//! some twelve entries of five bytes, a fingerprint (the next bits of the hash) above the holder, so that a probe
//! takes two or three cache lines. Holders take as many bits as the largest needs, fingerprints what is left of the
//! five bytes: nineteen bits among a million records, fourteen among thirty million. A fingerprint finds holders of
//! other keys as well, one in some thousand probes: whoever judges sees who is meant. An *exact* index keeps of a hash
//! all that the bucket does not say, for hashes that are the key itself.
//!
//! A key that more than [`HEAVY_MIN`] hold would fill a bucket alone. Its holders stand whole in a list of their
//! own, by finer part and ordinal; in the bucket it has one entry, which leads there.
//!
//! ```text
//! buckets    for each its entries: of the lowest bits the holder (its top bit: a heavy key's place), then the
//!            fingerprint
//! heavy      for each: hash 8, where its list begins 8, holders 4, bytes of the list 4
//! lists      for each finer part: its value 4, how many holders 4, bytes of them 4; the holders: the first, then
//!            differences (varints)
//! directory  offsets of the buckets, counted in entries
//! ```

use std::ops::{Range, RangeInclusive};

use serde::{Deserialize, Serialize};

use super::blocks::Blocks;
use super::offsets;
use super::write::Sink;
use crate::store::{StoreError, varint};

/// Most holders of a key that stand in a bucket.
pub(crate) const HEAVY_MIN: usize = 64;
/// Highest ordinal that can be indexed: the bit above marks a heavy key's place.
pub(super) const HOLDER_MAX: u32 = (1 << 31) - 1;

/// Bits of a key that tell it from others, from the top: as many as who sorts keys outside memory keeps of them.
const KEY_BITS: u32 = 40;
/// Fewest bits of a fingerprint, where more bytes allow for it.
const FINGERPRINT_MIN: u32 = 12;
/// Bytes of an entry: at least, and at most.
const ENTRY_MIN: u32 = 5;
const ENTRY_MAX: u32 = 12;
const PART_BYTES: usize = 12;
const HEAVY_BYTES: usize = 24;

/// A key and a holder, on the way into an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Filed {
    pub(crate) hash: u64,
    pub(crate) holder: u32,
}

/// Tells the finer part of a holder.
pub(crate) type Finer<'f> = &'f (dyn Fn(u32) -> Result<u32, StoreError> + Sync);

/// What an index keeps of hashes.
#[derive(Clone, Copy)]
pub(super) enum Kind<'f> {
    /// A fingerprint, and a list of those that many hold, by the finer part.
    Fingerprints(Finer<'f>),
    /// So many bits from the top, all that a hash has.
    Exact(u32),
}

/// Where an index stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) is_exact: bool,
    pub(super) entries: u64,
    pub(super) heavy: u64,
    /// Bits of a hash that say the bucket, those behind them that are a fingerprint, and bits of a holder.
    pub(super) bits: u32,
    pub(super) fingerprint_bits: u32,
    pub(super) holder_bits: u32,
    pub(super) buckets: u64,
    pub(super) directory: offsets::Place,
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
    /// The place of a section that was made elsewhere and begins here; its directory is nowhere yet.
    pub(super) fn moved(self, by: u64) -> Place {
        let Place { buckets, heavy_at, lists, .. } = self;
        Place { buckets: buckets + by, heavy_at: heavy_at + by, lists: lists + by, ..self }
    }

    /// Whether it is of a kind and all of it lies within so many bytes: what is computed from it then overflows
    /// nowhere.
    pub(super) fn is_within(&self, is_exact: bool, length: usize) -> bool {
        let fits = |start: u64, bytes: Option<u64>| {
            bytes.and_then(|bytes| start.checked_add(bytes)).is_some_and(|end| end <= length as u64)
        };
        self.bits < u32::BITS
            && (1..=u64::BITS - self.bits).contains(&self.fingerprint_bits)
            && (1..=u32::BITS).contains(&self.holder_bits)
            && self.entries <= u64::from(u32::MAX)
            && self.is_exact == is_exact
            && fits(self.directory.at, Some(self.directory_length()))
            && fits(self.buckets, self.entries.checked_mul(self.entry_bytes() as u64))
            && fits(self.heavy_at, self.heavy.checked_mul(HEAVY_BYTES as u64))
            && fits(self.lists, Some(0))
    }

    fn bucket(&self, hash: u64) -> u64 {
        hash.checked_shr(u64::BITS - self.bits).unwrap_or(0)
    }

    fn fingerprint(&self, hash: u64) -> u64 {
        (hash << self.bits) >> (u64::BITS - self.fingerprint_bits)
    }

    fn entry_bytes(&self) -> usize {
        (self.fingerprint_bits + self.holder_bits).div_ceil(8).clamp(ENTRY_MIN, ENTRY_MAX) as usize
    }

    fn holder_mask(&self) -> u32 {
        u32::MAX >> (u32::BITS - self.holder_bits)
    }

    /// What marks a holder that is a place among the heavy keys; in an exact index nothing does.
    fn heavy_mark(&self) -> u32 {
        if self.is_exact { 0 } else { 1 << (self.holder_bits - 1) }
    }

    fn directory_length(&self) -> u64 {
        if self.entries == 0 { 0 } else { self.directory.bytes(1 << self.bits) }
    }

    /// Bytes in the file, lists of heavy keys left out.
    pub(super) fn file_bytes(&self) -> u64 {
        self.directory_length() + self.entries * self.entry_bytes() as u64 + self.heavy * HEAVY_BYTES as u64
    }

    /// Begins to fetch a hash's place in the directory.
    #[inline]
    pub(super) fn fetch_start(&self, blocks: &Blocks, hash: u64) {
        if self.entries > 0 {
            self.directory.fetch(blocks, self.bucket(hash));
        }
    }

    /// Where a hash's bucket is.
    #[inline]
    pub(super) fn find(&self, blocks: &Blocks, hash: u64) -> Result<Range<usize>, StoreError> {
        if self.entries == 0 {
            return Ok(0..0);
        }
        let bucket = self.directory.find(blocks, self.bucket(hash))?;
        let bucket = bucket.filter(|bucket| bucket.end <= self.entries).ok_or_else(damaged)?;
        let place = |entry: u64| (self.buckets + entry * self.entry_bytes() as u64) as usize;
        Ok(place(bucket.start)..place(bucket.end))
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
        let (wanted, mark) = (self.fingerprint(hash), self.heavy_mark());
        self.scan(blocks.read(bucket)?, wanted..=wanted, |_, holder| {
            if holder & mark == 0 {
                visit(Hit::Holder(holder));
            } else if let Some(heavy) = self.heavy(blocks, holder & !mark, hash)? {
                visit(Hit::Heavy(heavy));
            }
            Ok(())
        })
    }

    /// Visits the fingerprints of a bucket that are wanted, and their holders. They stand in order.
    #[inline]
    fn scan(
        &self,
        bucket: &[u8],
        wanted: RangeInclusive<u64>,
        visit: impl FnMut(u64, u32) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        match self.entry_bytes() {
            5 => self.scan_entries::<5>(bucket, wanted, visit),
            6 => self.scan_entries::<6>(bucket, wanted, visit),
            7 => self.scan_entries::<7>(bucket, wanted, visit),
            8 => self.scan_entries::<8>(bucket, wanted, visit),
            9 => self.scan_entries::<9>(bucket, wanted, visit),
            10 => self.scan_entries::<10>(bucket, wanted, visit),
            11 => self.scan_entries::<11>(bucket, wanted, visit),
            _ => self.scan_entries::<12>(bucket, wanted, visit),
        }
    }

    #[inline]
    fn scan_entries<const N: usize>(
        &self,
        bucket: &[u8],
        wanted: RangeInclusive<u64>,
        mut visit: impl FnMut(u64, u32) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mask = self.holder_mask();
        let (entries, _) = bucket.as_chunks::<N>();
        for entry in entries {
            // Put together in registers: bytes that are copied and read as a word make the processor wait.
            let Some((low, high)) = entry.split_first_chunk::<4>() else { return Ok(()) };
            let low = u32::from_le_bytes(*low);
            // Those of keys fit into a word of the processor.
            let fingerprint = if N <= 8 {
                let high = high.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
                (high << 32 | u64::from(low)) >> self.holder_bits
            } else {
                let high = high.iter().rev().fold(0, |word, byte| word << 8 | u128::from(*byte));
                ((high << 32 | u128::from(low)) >> self.holder_bits) as u64
            };
            if fingerprint < *wanted.start() {
                continue;
            }
            if fingerprint > *wanted.end() {
                break;
            }
            visit(fingerprint, low & mask)?;
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

    /// Every hash of an exact index and its holder, in order.
    pub(super) fn entries(
        &self,
        blocks: &Blocks,
        mut visit: impl FnMut(u64, u32) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        if self.entries == 0 {
            return Ok(());
        }
        let below = u64::BITS - self.bits - self.fingerprint_bits;
        for bucket in 0..1u64 << self.bits {
            let hash = bucket.checked_shl(u64::BITS - self.bits).unwrap_or(0);
            let place = self.find(blocks, hash)?;
            let entry = |fingerprint, holder| visit(hash | fingerprint << below, holder);
            self.scan(blocks.read(place)?, 0..=u64::MAX, entry)?;
        }
        Ok(())
    }
}

/// Writes an index of entries in their order, without repetitions; gives its directory.
pub(super) fn write(
    output: &mut impl Sink,
    entries: &[Filed],
    kind: Kind<'_>,
) -> Result<(Place, offsets::Writer), StoreError> {
    let is_heavy = |key: &[Filed]| matches!(kind, Kind::Fingerprints(_)) && key.len() > HEAVY_MIN;
    let count: usize = keys(entries).map(|key| if is_heavy(key) { 1 } else { key.len() }).sum();
    let holder_max = entries.iter().map(|entry| entry.holder).max().unwrap_or(0);
    let mut writer = Writer::new(output, kind, [count, entries.len()].map(|count| count as u64), holder_max)?;
    for key in keys(entries) {
        writer.push(output, key)?;
    }
    writer.finish(output)
}

/// The entries of each key.
fn keys(entries: &[Filed]) -> impl Iterator<Item = &[Filed]> {
    entries.chunk_by(|a, b| a.hash == b.hash)
}

/// An index in the making: its directory and what is heavy are kept in memory and written behind the buckets.
pub(super) struct Writer<'f> {
    kind: Kind<'f>,
    place: Place,
    directory: offsets::Writer,
    heavy: Vec<u8>,
    lists: Vec<u8>,
}

impl<'f> Writer<'f> {
    /// Begins an index of about so many entries, each heavy key being one, which says only how large buckets are, and
    /// of at most so many holders, none above `holder_max`.
    pub(super) fn new(
        output: &mut impl Sink,
        kind: Kind<'f>,
        [count, holders]: [u64; 2],
        holder_max: u32,
    ) -> Result<Self, StoreError> {
        // Between eight and sixteen entries a bucket.
        let bits = (count / 8).clamp(1, HOLDER_MAX.into()).ilog2();
        let place_max = match kind {
            Kind::Exact(_) => holder_max,
            // A place among the heavy keys, each of which has more than so many holders, stands there as well.
            Kind::Fingerprints(_) => {
                holder_max.max(u32::try_from(holders / HEAVY_MIN as u64).unwrap_or(u32::MAX))
            }
        };
        let holder_bits = (u32::BITS - place_max.leading_zeros()).max(1);
        let (is_exact, fingerprint_bits, holder_bits) = match kind {
            Kind::Exact(width) => (true, width.saturating_sub(bits).max(1), holder_bits),
            Kind::Fingerprints(_) if place_max > HOLDER_MAX => return Err(too_large()),
            Kind::Fingerprints(_) => {
                let holder_bits = holder_bits + 1;
                let bytes = (holder_bits + FINGERPRINT_MIN).div_ceil(8).max(ENTRY_MIN);
                (false, (8 * bytes - holder_bits).min(KEY_BITS - bits), holder_bits)
            }
        };
        output.align()?;
        let place = Place {
            is_exact,
            bits,
            fingerprint_bits: fingerprint_bits.min(u64::BITS - bits),
            holder_bits,
            buckets: output.place(),
            ..Place::default()
        };
        let directory = offsets::Writer::default();
        Ok(Writer { kind, place, directory, heavy: Vec::new(), lists: Vec::new() })
    }

    /// Adds a key, behind all before it: its holders in their order.
    pub(super) fn push(&mut self, output: &mut impl Sink, key: &[Filed]) -> Result<(), StoreError> {
        let Some(Filed { hash, .. }) = key.first().copied() else { return Ok(()) };
        self.begin(self.place.bucket(hash))?;
        self.place.holders += key.len() as u64;
        match self.kind {
            Kind::Fingerprints(finer) if key.len() > HEAVY_MIN => {
                let start = self.lists.len();
                write_list(&mut self.lists, key, finer)?;
                self.heavy.extend_from_slice(&hash.to_le_bytes());
                self.heavy.extend_from_slice(&(start as u64).to_le_bytes());
                self.heavy.extend_from_slice(&(key.len() as u32).to_le_bytes());
                let bytes = u32::try_from(self.lists.len() - start).map_err(|_| too_large())?;
                self.heavy.extend_from_slice(&bytes.to_le_bytes());
                self.put(output, hash, self.place.heavy_mark() | self.place.heavy as u32)?;
                self.place.heavy += 1;
            }
            _ => key.iter().try_for_each(|entry| self.put(output, hash, entry.holder))?,
        }
        Ok(())
    }

    fn put(&mut self, output: &mut impl Sink, hash: u64, holder: u32) -> Result<(), StoreError> {
        let word = u128::from(self.place.fingerprint(hash)) << self.place.holder_bits | u128::from(holder);
        self.place.entries += 1;
        output.put(&word.to_le_bytes()[..self.place.entry_bytes()])
    }

    /// Ends the buckets in front of one.
    fn begin(&mut self, bucket: u64) -> Result<(), StoreError> {
        while self.directory.items() < bucket {
            self.directory.push(self.place.entries)?;
        }
        Ok(())
    }

    /// Ends it, and gives its directory.
    pub(super) fn finish(mut self, output: &mut impl Sink) -> Result<(Place, offsets::Writer), StoreError> {
        u32::try_from(self.place.entries).map_err(|_| too_large())?;
        self.begin(1 << self.place.bits)?;
        output.align()?;
        self.place.heavy_at = output.place();
        output.put(&self.heavy)?;
        output.align()?;
        self.place.lists = output.place();
        output.put(&self.lists)?;
        output.align()?;
        Ok((self.place, self.directory))
    }
}

fn too_large() -> StoreError {
    StoreError::TooLarge("a segment")
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
