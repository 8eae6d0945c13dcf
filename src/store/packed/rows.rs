//! Rows by ordinal: their bytes one behind the other, and where each begins.
//!
//! Ordinals are dense from a first one on, or a sorted list. A row of no bytes is none: this segment says nothing
//! about the ordinal.
//!
//! ```text
//! bytes
//! ordinals   for a sparse section: numbers of 4 bytes
//! offsets    where each row begins and ends among the bytes
//! ```

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::blocks::Blocks;
use super::offsets;
use super::write::{Output, Sink};
use crate::store::StoreError;

/// Where rows stand in their file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) rows: u64,
    /// The first ordinal of a dense section.
    pub(super) first: u32,
    pub(super) is_sparse: bool,
    pub(super) ordinals: u64,
    pub(super) offsets: offsets::Place,
    pub(super) bytes: u64,
    pub(super) length: u64,
}

impl Place {
    /// Whether it is of a kind and all of it lies within so many bytes: what is computed from it then overflows
    /// nowhere.
    pub(super) fn is_within(&self, is_sparse: bool, length: usize) -> bool {
        let fits = |start: u64, bytes: u64| start.checked_add(bytes).is_some_and(|end| end <= length as u64);
        // In a section of no rows nothing is looked up, and an untold one is neither of the two.
        self.rows == 0
            || self.rows.checked_add(self.first.into()).is_some_and(|end| end <= 1 << 32)
                && self.is_sparse == is_sparse
                && fits(self.bytes, self.length)
                && fits(self.offsets.at, self.offsets.bytes(self.rows))
                && (!is_sparse || fits(self.ordinals, 4 * self.rows))
    }

    /// The place of an ordinal among the rows.
    #[inline]
    pub(super) fn position(&self, blocks: &Blocks, ordinal: u32) -> Result<Option<u64>, StoreError> {
        if !self.is_sparse {
            return Ok(ordinal.checked_sub(self.first).map(u64::from).filter(|at| *at < self.rows));
        }
        let (mut low, mut high) = (0, self.rows);
        while low < high {
            let middle = low.midpoint(high);
            match self.ordinal(blocks, middle)?.cmp(&ordinal) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Ok(Some(middle)),
            }
        }
        Ok(None)
    }

    /// The ordinal of a place.
    pub(super) fn ordinal(&self, blocks: &Blocks, at: u64) -> Result<u32, StoreError> {
        if !self.is_sparse {
            return u32::try_from(at).ok().and_then(|at| self.first.checked_add(at)).ok_or_else(damaged);
        }
        let at = (self.ordinals + at * 4) as usize;
        let bytes = blocks.read(at..at + 4)?.try_into().map_err(|_| damaged())?;
        Ok(u32::from_le_bytes(bytes))
    }

    /// Bytes in the file.
    pub(super) fn file_bytes(&self) -> u64 {
        let ordinals = if self.is_sparse { 4 * self.rows } else { 0 };
        self.length + self.offsets.bytes(self.rows) + ordinals
    }

    /// Begins to fetch where a row is.
    #[inline]
    pub(super) fn fetch_place(&self, blocks: &Blocks, at: u64) {
        self.offsets.fetch(blocks, at);
    }

    /// Where a row's bytes stand.
    #[inline]
    pub(super) fn find(&self, blocks: &Blocks, at: u64) -> Result<Range<usize>, StoreError> {
        if at >= self.rows {
            return Err(damaged());
        }
        let row = self.offsets.find(blocks, at)?.filter(|row| row.end <= self.length).ok_or_else(damaged)?;
        Ok((self.bytes + row.start) as usize..(self.bytes + row.end) as usize)
    }

    /// A row; empty for none.
    #[inline]
    pub(super) fn row<'b>(&self, blocks: &'b Blocks, at: u64) -> Result<&'b [u8], StoreError> {
        let place = self.find(blocks, at)?;
        if place.is_empty() { Ok(&[]) } else { blocks.read(place) }
    }
}

/// Rows in the making, in the order of their ordinals.
///
/// Their bytes go to the file as they come; where they end is kept and written behind.
pub(super) struct Writer {
    place: Place,
    ordinals: Vec<u32>,
    offsets: offsets::Writer,
}

impl Writer {
    /// Begins a section: dense from an ordinal, or sparse for `None`.
    pub(super) fn new(output: &mut Output, first: Option<u32>) -> Result<Writer, StoreError> {
        output.align()?;
        let place = Place {
            first: first.unwrap_or(0),
            is_sparse: first.is_none(),
            bytes: output.place(),
            ..Place::default()
        };
        Ok(Writer { place, ordinals: Vec::new(), offsets: offsets::Writer::default() })
    }

    /// Appends a row. In a dense section ordinals that were passed over get none.
    ///
    /// # Panics
    /// For an ordinal that is not behind the last.
    pub(super) fn push(&mut self, output: &mut Output, ordinal: u32, row: &[u8]) -> Result<(), StoreError> {
        if self.place.is_sparse {
            assert!(self.ordinals.last().is_none_or(|last| *last < ordinal), "rows come in order");
            self.ordinals.push(ordinal);
        } else {
            let next = |offsets: &offsets::Writer| u64::from(self.place.first) + offsets.items();
            assert!(u64::from(ordinal) >= next(&self.offsets), "rows come in order");
            while next(&self.offsets) < u64::from(ordinal) {
                self.offsets.push(self.offsets.end())?;
            }
        }
        self.offsets.push(self.offsets.end() + row.len() as u64)?;
        output.put(row)
    }

    /// Ends a section; where its rows are goes to the tables.
    pub(super) fn finish(mut self, output: &mut Output, tables: &mut Vec<u8>) -> Result<Place, StoreError> {
        (self.place.rows, self.place.length) = (self.offsets.items(), self.offsets.end());
        self.place.offsets = self.offsets.finish(tables);
        output.align()?;
        self.place.ordinals = output.place();
        for ordinal in &self.ordinals {
            output.put(&ordinal.to_le_bytes())?;
        }
        output.align()?;
        Ok(self.place)
    }
}

#[cold]
fn damaged() -> StoreError {
    StoreError::damaged("the rows of a segment")
}
