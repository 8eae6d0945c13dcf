//! Where a cell of a worksheet is, as a spreadsheet names it.

use std::fmt;

use crate::limits::SHEET_ROWS_MAX;

/// A cell, or a block of cells: `C17`, `A5:A8`; on the second of several sheets that are read as one `[2]C17`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CellRange {
    /// Row and column of the upper left cell, from 1.
    first: (u32, u32),
    /// Row and column of the lower right cell, from 1.
    last: (u32, u32),
}

impl CellRange {
    /// One cell; row and column count from 1.
    pub fn cell(row: u32, column: u32) -> CellRange {
        CellRange { first: (row, column), last: (row, column) }
    }

    /// A block of cells, its upper left and its lower right one; rows and columns count from 1.
    pub fn block(first: (u32, u32), last: (u32, u32)) -> CellRange {
        CellRange { first, last }
    }

    /// The same so many rows further down.
    pub(super) fn below(self, rows: u32) -> CellRange {
        let (first, last) = (self.first, self.last);
        CellRange {
            first: (first.0.saturating_add(rows), first.1),
            last: (last.0.saturating_add(rows), last.1),
        }
    }

    /// The first and the last row.
    pub fn rows(self) -> std::ops::RangeInclusive<u32> {
        self.first.0..=self.last.0
    }

    /// The first and the last column.
    pub fn columns(self) -> std::ops::RangeInclusive<u32> {
        self.first.1..=self.last.1
    }

    /// Whether the cell is the one that shows the value of the whole block.
    pub fn is_anchor(self, row: u32, column: u32) -> bool {
        self.first == (row, column)
    }
}

impl fmt::Display for CellRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Rows of a sheet on which another goes on are numbered behind those.
        let sheet = self.first.0.saturating_sub(1) / SHEET_ROWS_MAX;
        if sheet > 0 {
            write!(f, "[{}]", sheet + 1)?;
        }
        let name = |f: &mut fmt::Formatter<'_>, (row, column): (u32, u32)| {
            write!(f, "{}{}", letters(column), row.saturating_sub(sheet * SHEET_ROWS_MAX))
        };
        name(f, self.first)?;
        if self.first == self.last {
            return Ok(());
        }
        f.write_str(":")?;
        name(f, self.last)
    }
}

/// The letters of a column: 1 is A, 26 Z, 27 AA.
fn letters(mut column: u32) -> String {
    let mut letters = Vec::new();
    while column > 0 {
        letters.push(b'A' + ((column - 1) % 26) as u8);
        column = (column - 1) / 26;
    }
    letters.iter().rev().map(|&letter| letter as char).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_cells() {
        let name = |row, column| CellRange::cell(row, column).to_string();
        assert_eq!(
            [name(17, 3), name(1, 26), name(2, 27), name(1_048_576, 16_384)],
            ["C17", "Z1", "AA2", "XFD1048576"]
        );
        assert_eq!(name(1_048_579, 3), "[2]C3");
        assert_eq!(CellRange::block((5, 1), (8, 1)).to_string(), "A5:A8");
    }
}
