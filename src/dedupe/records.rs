//! The students of a run: id, origin and profile of each as bytes, in memory, and beyond that in mapped files.
//!
//! A record is the length of its id, the id, its origin, and its comparison profile
//! ([`crate::identity::profile`]), one behind the other in a *segment* of many records. Where each begins takes
//! four bytes in memory. An identity is decoded each time it is wanted.

use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use compact_str::CompactString;

use rayon::prelude::*;

use super::findings::RowId;
use super::kept::Kept;
use super::record::Record;
use crate::identity::Identity;
use crate::identity::profile::{self, Outline};
use crate::map::{self, Fill, Map};
use crate::spill::{Spill, SpillError};
use crate::student::Origin;

/// Bytes of a segment at most, and of those of a run with little memory, but for a record that alone has more.
const SEGMENT_BYTES: std::ops::RangeInclusive<usize> = 64 << 10..=32 << 20;
/// Rows that one look finds the segment of, nearly.
const NEAR_ROWS: usize = 1 << 16;
/// Bytes of an origin: file, row.
const ORIGIN_BYTES: usize = 6;
/// Bytes of the length of an id.
const LENGTH_BYTES: usize = 4;

/// Bytes of memory that a record read from a mapped file may bring in: Linux maps what is around it with it, as much
/// as the page cache holds in one piece, up to a huge page.
const TOUCHED_BYTES: u64 = 2 << 20;
/// After how many of them a thread says so.
const TOUCHES: u32 = 8;

/// Bytes of records one behind the other, and where each ends.
#[derive(Debug, Default)]
pub(crate) struct Packed {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Packed {
    /// Appends a record.
    pub(crate) fn push(&mut self, id: &str, origin: Origin, identity: &Identity) {
        // INVARIANT: an id is a cell, so its length fits; a batch is cut long before 4 GiB by who fills it.
        self.bytes.extend_from_slice(&(id.len() as u32).to_le_bytes());
        self.bytes.extend_from_slice(id.as_bytes());
        self.bytes.extend_from_slice(&origin.file.to_le_bytes());
        self.bytes.extend_from_slice(&origin.row.to_le_bytes());
        profile::encode(identity, &mut self.bytes);
        self.ends.push(u32::try_from(self.bytes.len()).expect("less than 4 GiB in one batch"));
    }

    /// How many records there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Removes all records, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }
}

#[derive(Debug)]
enum Segment {
    Memory(Fill),
    /// A file, and what of it is in memory besides.
    Mapped(Map, Kept),
}

impl Segment {
    fn bytes(&self) -> &[u8] {
        match self {
            Segment::Memory(bytes) => bytes,
            Segment::Mapped(map, _) => map,
        }
    }
}

/// All records of a run, by [`RowId`].
#[derive(Debug, Default)]
pub struct Records {
    segments: Vec<Segment>,
    segment_bytes: usize,
    /// The first row of each segment.
    firsts: Vec<u32>,
    /// Of each so many rows, the segment of the first.
    near: Vec<u32>,
    /// Where each record begins in its segment.
    starts: Vec<u32>,
    /// Ids that the run gave, because another record had the office's.
    renamed: HashMap<u32, CompactString>,
    memory_bytes: u64,
    /// Bytes of mapped files that may be in memory.
    resident_bytes: u64,
    /// Bytes of them that are, at most.
    touched_bytes: AtomicU64,
    /// Segments before this one are mapped.
    mapped: usize,
}

impl Records {
    /// Begins without records; of those in mapped files so many bytes may be in memory.
    pub(crate) fn new(resident_bytes: u64) -> Self {
        let segment_bytes = (resident_bytes / 8) as usize;
        let segment_bytes = segment_bytes.clamp(*SEGMENT_BYTES.start(), *SEGMENT_BYTES.end());
        Records { resident_bytes, segment_bytes, ..Records::default() }
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// Every record, in the order in which they came.
    pub fn rows(&self) -> impl Iterator<Item = RowId> + use<> {
        (0..self.starts.len() as u32).map(RowId)
    }

    /// The office's name for the record; unique within a run (see [`super::Findings::repeated_ids`]).
    pub fn id(&self, row: RowId) -> &str {
        if let Some(id) = self.renamed.get(&row.0) {
            return id;
        }
        self.parts(row).0
    }

    /// The office's name for the record as it was given: in two rolls it may stand twice.
    pub fn given_id(&self, row: RowId) -> &str {
        self.parts(row).0
    }

    /// Keeps some records in memory, of those that are in files; the rows in order. In place of those that were kept
    /// before.
    pub(super) fn keep(&mut self, rows: &[RowId]) {
        let (firsts, starts) = (&self.firsts, &self.starts);
        self.segments[..self.mapped].par_iter_mut().enumerate().for_each(|(at, segment)| {
            let Segment::Mapped(map, kept) = segment else { return };
            let end = firsts.get(at + 1).map_or(starts.len() as u32, |first| *first);
            let place = |row: u32| rows.partition_point(|known| known.0 < row);
            *kept = Kept::default();
            for row in &rows[place(firsts[at])..place(end)] {
                kept.push(row.0, &map[bounds(starts, end, map.len(), *row)]);
            }
            map.release();
        });
    }

    /// Where the record came from.
    pub fn origin(&self, row: RowId) -> Origin {
        let bytes = self.parts(row).1;
        Origin {
            file: u16::from_le_bytes([bytes[0], bytes[1]]),
            row: u32::from_le_bytes([bytes[2], bytes[3], bytes[4], bytes[5]]),
        }
    }

    /// What is compared. Decoded anew each time: some 0.1 µs.
    pub fn identity(&self, row: RowId) -> Identity {
        decoded(self.parts(row).2)
    }

    /// The same, where the caller sees to it that mapped records do not fill the memory.
    pub(super) fn identity_at_hand(&self, row: RowId) -> Identity {
        decoded(self.profile_at_hand(row))
    }

    /// Fills in what of it tells others apart, if it has that; where the caller sees to it as above.
    pub(super) fn fill_outline(&self, row: RowId, outline: &mut Outline) -> bool {
        outline.fill(self.profile_at_hand(row))
    }

    /// The record as a whole.
    pub fn get(&self, row: RowId) -> Record {
        Record { id: self.id(row).into(), origin: self.origin(row), identity: self.identity(row) }
    }

    /// Begins to load where a record begins, without waiting.
    #[inline]
    pub(super) fn prefetch_place(&self, row: RowId) {
        map::prefetch(&self.starts, row.index());
    }

    /// Begins to load a record, which waits for where it begins; of one that is kept besides its file, nothing.
    #[inline]
    pub(crate) fn prefetch(&self, row: RowId) {
        let segment = &self.segments[self.segment_of(row)];
        if matches!(segment, Segment::Mapped(_, kept) if !kept.is_empty()) {
            return;
        }
        let start = self.starts[row.index()] as usize;
        for line in 0..3 {
            map::prefetch(segment.bytes(), start + 64 * line);
        }
    }

    #[inline]
    fn segment_of(&self, row: RowId) -> usize {
        let at = row.index() / NEAR_ROWS;
        let low = self.near[at] as usize;
        let high = self.near.get(at + 1).map_or(self.firsts.len(), |next| *next as usize + 1);
        // A few at most, and most often one.
        low + self.firsts[low + 1..high].partition_point(|first| *first <= row.0)
    }

    /// Counts a record that is read from a mapped file, and gives up the memory of all when it has become too much.
    fn touch(&self) {
        thread_local!(static TOUCHED: Cell<u32> = const { Cell::new(0) });
        let touched = TOUCHED.get() + 1;
        TOUCHED.set(touched % TOUCHES);
        if touched == TOUCHES {
            let bytes = u64::from(TOUCHES) * TOUCHED_BYTES;
            if self.touched_bytes.fetch_add(bytes, Ordering::Relaxed) + bytes > self.resident_bytes {
                self.release_all_but(&[]);
            }
        }
    }

    /// Id, origin and profile.
    fn parts(&self, row: RowId) -> (&str, &[u8; ORIGIN_BYTES], &[u8]) {
        let (record, is_in_file) = self.record(row);
        if is_in_file {
            self.touch();
        }
        let (id, rest) = split(record);
        let (origin, profile) = rest.split_first_chunk::<ORIGIN_BYTES>().expect(WHOLE);
        (std::str::from_utf8(id).expect(WHOLE), origin, profile)
    }

    /// The encoded profile, where the caller sees to it as above.
    #[inline]
    fn profile_at_hand(&self, row: RowId) -> &[u8] {
        &split(self.record(row).0).1[ORIGIN_BYTES..]
    }

    /// The bytes of a record, and whether they are in a file alone.
    #[inline]
    fn record(&self, row: RowId) -> (&[u8], bool) {
        let at = self.segment_of(row);
        let segment = &self.segments[at];
        if let Segment::Mapped(_, kept) = segment
            && let Some(record) = kept.get(row.0)
        {
            return (record, false);
        }
        let end = self.firsts.get(at + 1).map_or(self.starts.len() as u32, |first| *first);
        let bytes = segment.bytes();
        (&bytes[bounds(&self.starts, end, bytes.len(), row)], matches!(segment, Segment::Mapped(..)))
    }

    /// Appends records.
    pub(crate) fn append(&mut self, packed: &Packed) {
        let mut at = 0;
        while at < packed.ends.len() {
            let begin = if at == 0 { 0 } else { packed.ends[at - 1] as usize };
            let fitting = |room| packed.ends[at..].partition_point(|end| *end as usize - begin <= room);
            let mut count = match self.segments.last() {
                Some(Segment::Memory(segment)) => fitting(segment.room()),
                _ => 0,
            };
            if count == 0 {
                count = fitting(self.segment_bytes).max(1);
                let least = packed.ends[at + count - 1] as usize - begin;
                let segment = Fill::new(self.segment_bytes.max(least)).expect("memory for records");
                self.segments.push(Segment::Memory(segment));
                self.firsts.push(self.starts.len() as u32);
            }
            let end = packed.ends[at + count - 1] as usize;
            let Some(Segment::Memory(segment)) = self.segments.last_mut() else {
                unreachable!("the last segment is in memory")
            };
            let base = segment.len();
            segment.push(&packed.bytes[begin..end]);
            self.memory_bytes += (end - begin) as u64;
            self.starts.push(base as u32);
            self.starts.extend(
                packed.ends[at..at + count - 1].iter().map(|end| (base + *end as usize - begin) as u32),
            );
            let rows = self.starts.len().div_ceil(NEAR_ROWS);
            self.near.resize(rows, self.segments.len() as u32 - 1);
            at += count;
        }
    }

    /// Moves segments to mapped files, the oldest first, until no more than `bytes` are in memory.
    pub(super) fn spill(&mut self, spill: &Spill, bytes: u64) -> Result<(), SpillError> {
        while self.memory_bytes > bytes && self.mapped < self.segments.len() {
            if let Segment::Memory(segment) = &self.segments[self.mapped] {
                self.memory_bytes -= segment.len() as u64;
                let map = spill.map(segment)?;
                self.segments[self.mapped] = Segment::Mapped(map, Kept::default());
            }
            self.mapped += 1;
        }
        Ok(())
    }

    /// Bytes of all records if any are in mapped files, else none. Files have the first of them, so a range of rows
    /// may lie in files as a whole.
    pub(super) fn densest_bytes(&self) -> u64 {
        match self.mapped {
            0 => 0,
            _ => self.segments.iter().map(|segment| segment.bytes().len() as u64).sum(),
        }
    }

    /// Gives up the memory of mapped records outside some ranges of rows, which are read again when wanted, and begins
    /// to read those inside.
    pub(super) fn release_all_but(&self, kept: &[Range<u32>]) {
        self.touched_bytes.store(0, Ordering::Relaxed);
        for (at, segment) in self.segments[..self.mapped].iter().enumerate() {
            let Segment::Mapped(map, _) = segment else { continue };
            let rows =
                self.firsts[at]..self.firsts.get(at + 1).map_or(self.starts.len() as u32, |first| *first);
            if kept.iter().any(|kept| kept.start < rows.end && rows.start < kept.end) {
                map.will_need(0..map.len());
            } else {
                map.release();
            }
        }
    }

    /// Gives a record an id of the run's own.
    pub(super) fn rename(&mut self, row: RowId, id: CompactString) {
        self.renamed.insert(row.0, id);
    }
}

/// What a record is that this run wrote.
const WHOLE: &str = "a record as it was written";

/// Where a record stands in its segment, which ends in front of the row `end` and has so many bytes.
#[inline]
fn bounds(starts: &[u32], end: u32, bytes: usize, row: RowId) -> Range<usize> {
    let next = row.0 + 1;
    starts[row.index()] as usize..if next == end { bytes } else { starts[next as usize] as usize }
}

/// The bytes of the id, and those behind it.
#[inline]
fn split(record: &[u8]) -> (&[u8], &[u8]) {
    let (length, rest) = record.split_first_chunk::<LENGTH_BYTES>().expect(WHOLE);
    rest.split_at(u32::from_le_bytes(*length) as usize)
}

/// What was encoded by this run is decoded by it.
fn decoded(profile: &[u8]) -> Identity {
    profile::decode(profile).expect("a profile as it was written")
}
