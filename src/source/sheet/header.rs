//! Which row of a worksheet holds the headings, below titles and notes, and what they are.

use std::collections::BTreeMap;

use crate::limits::HEADER_ROWS_MAX;
use crate::source::columns::{ColumnMap, ColumnMapError, Layout};
use crate::source::headers::is_accepted;
use crate::source::place::CellRange;

/// The first rows of a worksheet, as text, and its merged cells.
#[derive(Debug, Default)]
pub(super) struct Top {
    /// Cells by row and column, from 1.
    pub(super) cells: BTreeMap<(u32, u32), String>,
    /// Blocks of cells that are shown as one and begin in these rows.
    pub(super) merged: Vec<CellRange>,
}

/// A row of headings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// The row, from 1.
    pub(super) row: u32,
    /// The first row that may be a student's.
    pub(super) first_row: u32,
    /// The headings from column A on.
    pub(super) names: Vec<String>,
}

/// What a row of headings must be good for.
#[derive(Debug, Clone, Copy)]
pub(in crate::source) enum Wanted<'m> {
    /// It names a student's fields, perhaps by this map.
    Students(&'m ColumnMap),
    /// It names anything.
    Anything,
}

/// Why no row is a row of headings.
#[derive(Debug)]
pub(super) enum NoHeader {
    /// There is no text.
    Blank,
    /// No row names a student's fields.
    Unusable,
    /// No row has the columns of the map.
    Columns(ColumnMapError),
}

impl Top {
    /// The block that a cell is part of.
    fn block(&self, row: u32, column: u32) -> Option<&CellRange> {
        self.merged.iter().find(|block| block.rows().contains(&row) && block.columns().contains(&column))
    }

    /// The text that is shown in a cell: of merged cells that of the block's first.
    fn shown(&self, row: u32, column: u32) -> &str {
        let place = self
            .block(row, column)
            .map_or((row, column), |block| (*block.rows().start(), *block.columns().start()));
        self.cells.get(&place).map_or("", String::as_str)
    }

    /// The last column that shows anything in a row.
    fn width(&self, row: u32) -> u32 {
        let cells = self.cells.iter().filter(|((at, _), text)| *at == row && !text.trim().is_empty());
        let merged = self.merged.iter().filter(|block| block.rows().contains(&row));
        let merged = merged.filter(|block| !self.shown(row, *block.columns().start()).trim().is_empty());
        let last = cells.map(|((_, column), _)| *column).max();
        last.max(merged.map(|block| *block.columns().end()).max()).unwrap_or(0)
    }

    /// The headings of a row. Where a heading stands above several columns (成员1 above 姓名 and 身份证件号) and
    /// both together are a known name, that is the heading.
    pub(super) fn header(&self, row: u32) -> Header {
        let names = (1..=self.width(row)).map(|column| {
            let own = self.shown(row, column).trim();
            let above = (row > 1).then(|| self.block(row - 1, column)).flatten();
            let above = above.filter(|block| *block.rows().end() < row && block.columns().count() > 1);
            let both = above.map(|_| format!("{}{own}", self.shown(row - 1, column).trim()));
            both.filter(|name| is_accepted(name)).unwrap_or_else(|| own.to_owned())
        });
        let below = self.merged.iter().filter(|block| block.rows().contains(&row));
        let below = below.map(|block| *block.rows().end()).filter(|&end| end <= row + HEADER_ROWS_MAX);
        Header { row, first_row: below.max().unwrap_or(row) + 1, names: names.collect() }
    }

    /// The row of headings: of the first rows the one with the most fields, the first of several.
    pub(super) fn find(&self, wanted: Wanted<'_>) -> Result<Header, NoHeader> {
        let mut best: Option<(usize, Header)> = None;
        let mut fault: Option<(usize, NoHeader)> = None;
        for row in 1..=HEADER_ROWS_MAX {
            let header = self.header(row);
            let filled = header.names.iter().filter(|name| !name.is_empty()).count();
            if filled == 0 {
                continue;
            }
            let map = match wanted {
                Wanted::Anything => return Ok(header),
                Wanted::Students(map) => map,
            };
            let why = match Layout::new(header.names.clone(), map) {
                Ok(layout) if layout.is_usable() => {
                    let fields = layout.fields().count();
                    if best.as_ref().is_none_or(|(most, _)| fields > *most) {
                        best = Some((fields, header));
                    }
                    continue;
                }
                Ok(_) => NoHeader::Unusable,
                Err(error) => NoHeader::Columns(error),
            };
            // If there is none, the row that looks most like one tells why.
            if fault.as_ref().is_none_or(|(most, _)| filled > *most) {
                fault = Some((filled, why));
            }
        }
        match (best, fault) {
            (Some((_, header)), _) => Ok(header),
            (None, Some((_, why))) => Err(why),
            (None, None) => Err(NoHeader::Blank),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Corner = (u32, u32);

    fn top(rows: &[&[&str]], merged: &[(Corner, Corner)]) -> Top {
        let mut top = Top::default();
        for (row, cells) in (1..).zip(rows) {
            for (column, text) in (1..).zip(*cells).filter(|(_, text)| !text.is_empty()) {
                top.cells.insert((row, column), (*text).to_owned());
            }
        }
        top.merged = merged.iter().map(|(first, last)| CellRange::block(*first, *last)).collect();
        top
    }

    fn find(top: &Top) -> (u32, u32, Vec<String>) {
        let map = ColumnMap::default();
        let header = top.find(Wanted::Students(&map)).expect("a row of headings");
        (header.row, header.first_row, header.names)
    }

    #[test]
    fn below_titles_and_notes() {
        let top = top(
            &[
                &["某某学校学生名册"],
                &["填表人", "", "姓名"],
                &[],
                &["序号", "姓名", "出生日期"],
                &["1", "王小明", "20150312"],
            ],
            &[((1, 1), (1, 3))],
        );
        assert_eq!(find(&top), (4, 5, ["序号", "姓名", "出生日期"].map(str::to_owned).to_vec()));
    }

    #[test]
    fn headings_over_several_columns_and_rows() {
        let top = top(
            &[&["姓名", "成员1", "", "备注"], &["", "姓名", "身份证件号"]],
            &[((1, 1), (2, 1)), ((1, 2), (1, 3)), ((1, 4), (2, 4))],
        );
        let names = ["姓名", "成员1姓名", "成员1身份证件号", "备注"].map(str::to_owned).to_vec();
        assert_eq!(find(&top), (2, 3, names));
    }

    #[test]
    fn why_there_is_none() {
        let map = ColumnMap::default();
        let why = |top: Top| top.find(Wanted::Students(&map)).expect_err("no row of headings");
        assert!(matches!(why(top(&[&["", " "]], &[])), NoHeader::Blank));
        assert!(matches!(why(top(&[&["班级", "备注"]], &[])), NoHeader::Unusable));
        let mut map = ColumnMap::default();
        map.add_pairs("name=学名").expect("a map");
        let top = top(&[&["姓名"]], &[]);
        assert!(matches!(top.find(Wanted::Students(&map)), Err(NoHeader::Columns(_))));
    }
}
