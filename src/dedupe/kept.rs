//! Records of one mapped segment that are wanted again and again, copied into memory.
//!
//! What is reported is read in the order of counties and of ids, that is in no order at all: from files a page would be
//! brought in for each record, again and again. Copied in the order of rows each page comes in once.

/// Some records of a segment, in the order of their rows.
#[derive(Debug, Default)]
pub(super) struct Kept {
    rows: Vec<u32>,
    ends: Vec<u32>,
    bytes: Vec<u8>,
}

impl Kept {
    /// Adds a record behind the last row.
    pub(super) fn push(&mut self, row: u32, record: &[u8]) {
        self.rows.push(row);
        self.bytes.extend_from_slice(record);
        // INVARIANT: no more than the segment has, whose places are of this size.
        self.ends.push(self.bytes.len() as u32);
    }

    /// Whether there are none.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// A record, if it is one of these.
    #[inline]
    pub(super) fn get(&self, row: u32) -> Option<&[u8]> {
        if self.is_empty() {
            return None;
        }
        let at = self.rows.binary_search(&row).ok()?;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.bytes[start as usize..self.ends[at] as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_and_nothing_else() {
        let mut kept = Kept::default();
        assert_eq!(kept.get(0), None);
        for (row, record) in [(3, "first"), (4, ""), (9, "third")] {
            kept.push(row, record.as_bytes());
        }
        let found: Vec<_> = (0..11).filter_map(|row| Some((row, kept.get(row)?))).collect();
        assert_eq!(found, [(3, &b"first"[..]), (4, b""), (9, b"third")]);
    }
}
