//! Where the items of a section begin and end, in lines of a cache line each: both are told by one.
//!
//! The offsets of all sections of a file stand together, its *tables*.
//!
//! ```text
//! line       where its first item begins 8; the end of each of its items from there: 28 of 2 bytes
//!            in a *wide* table, 14 of 4 bytes: where the items of some line are more than 65,535 long together
//! ```

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::blocks::Blocks;
use crate::store::StoreError;

/// Bytes of a line.
const LINE: usize = 64;
const BASE: usize = 8;
const NARROW: usize = 2;
const WIDE: usize = 4;
const NARROW_ITEMS: u64 = ((LINE - BASE) / NARROW) as u64;
const WIDE_ITEMS: u64 = ((LINE - BASE) / WIDE) as u64;

/// Where a table of offsets stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) at: u64,
    pub(super) is_wide: bool,
}

impl Place {
    /// Items of a line.
    fn items(&self) -> u64 {
        if self.is_wide { WIDE_ITEMS } else { NARROW_ITEMS }
    }

    /// The line of an item, and its place among those of the line.
    // Divided by a number that is known when this is compiled: a division by any other takes some twenty cycles.
    #[inline]
    fn slot(&self, item: u64) -> (usize, usize) {
        let (line, slot) = match self.is_wide {
            true => (item / WIDE_ITEMS, item % WIDE_ITEMS),
            false => (item / NARROW_ITEMS, item % NARROW_ITEMS),
        };
        (line as usize, slot as usize)
    }

    /// Bytes in the file, of so many items.
    pub(super) fn bytes(&self, items: u64) -> u64 {
        items.div_ceil(self.items()) * LINE as u64
    }

    #[inline]
    fn line(&self, line: usize) -> Range<usize> {
        let at = self.at as usize + line * LINE;
        at..at + LINE
    }

    /// Begins to fetch where an item is.
    #[inline]
    pub(super) fn fetch(&self, blocks: &Blocks, item: u64) {
        blocks.fetch_table(self.line(self.slot(item).0));
    }

    /// Where an item is; nothing for one that would end before it begins.
    ///
    /// # Errors
    /// Those of [`Blocks::read`].
    #[inline]
    pub(super) fn find(&self, blocks: &Blocks, item: u64) -> Result<Option<Range<u64>>, StoreError> {
        let (line, slot) = self.slot(item);
        let line = blocks.read_table(self.line(line))?;
        let Some((base, ends)) = line.split_first_chunk::<BASE>() else { return Ok(None) };
        let base = u64::from_le_bytes(*base);
        let end = |slot: usize| match self.is_wide {
            true => ends.as_chunks::<WIDE>().0.get(slot).map(|end| u32::from_le_bytes(*end).into()),
            false => ends.as_chunks::<NARROW>().0.get(slot).map(|end| u16::from_le_bytes(*end).into()),
        };
        let start = slot.checked_sub(1).map_or(Some(0u64), end);
        let (Some(start), Some(end)) = (start, end(slot)) else { return Ok(None) };
        Ok(base.checked_add(end).filter(|_| start <= end).map(|end| base + start..end))
    }
}

/// A table in the making: kept in memory, some two bytes an item, until it is written.
#[derive(Debug, Default)]
pub(super) struct Writer {
    lines: Vec<u8>,
    items: u64,
    /// Where the line's first item begins, and where the last one ends.
    base: u64,
    end: u64,
    is_wide: bool,
}

impl Writer {
    /// How many items there are.
    pub(super) fn items(&self) -> u64 {
        self.items
    }

    /// Where the last one ends.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    fn place(&self, at: u64) -> Place {
        Place { at, is_wide: self.is_wide }
    }

    /// Adds the item that ends at a place.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] where fourteen items have four gigabytes.
    pub(super) fn push(&mut self, end: u64) -> Result<(), StoreError> {
        if self.items.is_multiple_of(self.place(0).items()) {
            self.base = self.end;
            self.lines.extend_from_slice(&self.base.to_le_bytes());
        }
        let told = end - self.base;
        if self.is_wide {
            let told = u32::try_from(told).map_err(|_| StoreError::TooLarge("rows"))?;
            self.lines.extend_from_slice(&told.to_le_bytes());
        } else if let Ok(told) = u16::try_from(told) {
            self.lines.extend_from_slice(&told.to_le_bytes());
        } else {
            self.widen()?;
            return self.push(end);
        }
        self.items += 1;
        self.end = end;
        Ok(())
    }

    /// Makes a wide table of a narrow one.
    fn widen(&mut self) -> Result<(), StoreError> {
        let before = std::mem::replace(self, Writer { is_wide: true, ..Writer::default() });
        for line in before.lines.chunks(LINE) {
            let (base, ends) = line.split_at(BASE);
            let base = base.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
            for end in ends.as_chunks::<NARROW>().0 {
                self.push(base + u64::from(u16::from_le_bytes(*end)))?;
            }
        }
        Ok(())
    }

    /// Puts it behind other tables; its place is told from where they begin.
    pub(super) fn finish(self, tables: &mut Vec<u8>) -> Place {
        let place = self.place(tables.len() as u64);
        tables.extend_from_slice(&self.lines);
        tables.resize(tables.len().next_multiple_of(LINE), 0);
        place
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::blocks::{BLOCK_BYTES, checksum};
    use super::*;
    use crate::map::Map;

    fn found(lengths: &[u64]) -> (Place, Vec<Range<u64>>) {
        let mut writer = Writer::default();
        let mut end = 0;
        for length in lengths {
            end += length;
            writer.push(end).unwrap();
        }
        let mut bytes = vec![0; LINE];
        let place = writer.finish(&mut bytes);
        let length = bytes.len().next_multiple_of(BLOCK_BYTES);
        bytes.resize(length, 0);
        for block in 0..length / BLOCK_BYTES {
            let sum = checksum(block, &bytes[block * BLOCK_BYTES..(block + 1) * BLOCK_BYTES]);
            bytes.extend_from_slice(&sum.to_le_bytes());
        }
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, &bytes).unwrap();
        let blocks = Blocks::new(Map::of(&file).unwrap(), length).unwrap();
        assert!(place.at + place.bytes(lengths.len() as u64) <= length as u64);
        let all = || -> Vec<Range<u64>> {
            (0..lengths.len() as u64).map(|item| place.find(&blocks, item).unwrap().unwrap()).collect()
        };
        let items = all();
        blocks.pin(LINE..length).unwrap();
        assert!(all() == items, "pinned");
        (place, items)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn items_lie_one_behind_the_other(
            lengths in prop::collection::vec(0u64..3_000, 0..400),
            long in prop::collection::vec((any::<prop::sample::Index>(), 0u64..1 << 33), 0..2),
        ) {
            let mut lengths = lengths;
            for (at, length) in long {
                if !lengths.is_empty() {
                    let at = at.index(lengths.len());
                    lengths[at] = length.min(u64::from(u32::MAX) - 40_000);
                }
            }
            let (place, items) = found(&lengths);
            let mut start = 0;
            for (item, length) in items.iter().zip(&lengths) {
                prop_assert_eq!(item.clone(), start..start + length);
                start = item.end;
            }
            prop_assert!(!place.is_wide || lengths.chunks(28).any(|line| line.iter().sum::<u64>() > 65_535));
        }
    }

    #[test]
    fn a_line_is_never_too_long_to_be_told() {
        let mut writer = Writer::default();
        writer.push(1 << 31).unwrap();
        assert!(writer.is_wide);
        assert!(matches!(writer.push(1 << 33), Err(StoreError::TooLarge(_))));
    }
}
