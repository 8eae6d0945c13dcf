//! Cells, one after the other, as the rows of pieces.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::cell::Value;
use super::header::Header;
use crate::limits::SHEET_ROWS_MAX;
use crate::source::error::SourceErrorKind;
use crate::source::feed::Feeder;
use crate::source::pieces::PieceWriter;
use crate::source::place::CellRange;
use crate::source::rejected::RejectRule;

/// Rows in the making.
pub(super) struct Rows {
    width: u32,
    first_row: u32,
    /// Rows of the sheets in front, on which this one is a continuation.
    rows_before: u32,
    /// Blocks of cells below the headings that are shown as one, by their first rows.
    merged: Vec<CellRange>,
    /// Blocks that began above or in the row that is being written.
    open: Vec<CellRange>,
    pieces: PieceWriter,
    /// The row that the cells belong to.
    row: u32,
    /// The texts of its cells, one behind the other, and where each begins and ends.
    text: String,
    cells: Vec<(u32, u32)>,
    faults: Vec<(u32, RejectRule)>,
    has_cells: bool,
    file_bytes: u64,
    told: u64,
    progress: Arc<AtomicU64>,
}

impl Rows {
    /// Begins below the headings.
    pub(super) fn new(
        header: &Header,
        merged: Vec<CellRange>,
        file_bytes: u64,
        progress: Arc<AtomicU64>,
    ) -> Rows {
        let width = header.names.len();
        Rows {
            width: width as u32,
            first_row: header.first_row,
            rows_before: 0,
            merged: below(header, merged),
            open: Vec::new(),
            pieces: PieceWriter::new(header.first_row, width, Vec::new()),
            row: header.first_row,
            text: String::new(),
            cells: vec![(0, 0); width],
            faults: Vec::new(),
            has_cells: false,
            file_bytes,
            told: 0,
            progress,
        }
    }

    /// Goes on with another sheet, whose rows are numbered behind all that a sheet can have.
    pub(super) fn next_sheet(
        &mut self,
        header: &Header,
        merged: Vec<CellRange>,
        feeder: &Feeder,
    ) -> Result<(), SourceErrorKind> {
        self.flush(feeder)?;
        let before = self.rows_before.checked_add(SHEET_ROWS_MAX).ok_or(SourceErrorKind::TooManyRows)?;
        let first = before.checked_add(header.first_row).ok_or(SourceErrorKind::TooManyRows)?;
        self.rows_before = before;
        self.first_row = header.first_row;
        self.row = header.first_row;
        self.merged = below(header, merged);
        self.open.clear();
        self.pieces = PieceWriter::new(first, self.width as usize, Vec::new());
        Ok(())
    }

    /// Takes the next cell.
    pub(super) fn cell(
        &mut self,
        row: u32,
        column: u32,
        value: Value<'_>,
        feeder: &Feeder,
    ) -> Result<(), SourceErrorKind> {
        if row < self.first_row {
            return Ok(());
        }
        if row < self.row || row > SHEET_ROWS_MAX {
            return Err(SourceErrorKind::Damaged);
        }
        while self.row < row {
            self.end_row();
            if self.pieces.is_full() {
                let piece = self.piece();
                feeder.piece(piece)?;
            }
        }
        // Beyond the headings a value has no meaning that could be read.
        if column <= self.width {
            let start = self.text.len() as u32;
            if let Some(rule) = value.write(&mut self.text) {
                self.faults.push((column, rule));
            }
            self.cells[column as usize - 1] = (start, self.text.len() as u32);
            self.has_cells |= self.text.len() as u32 > start || !self.faults.is_empty();
        }
        Ok(())
    }

    /// Writes the row and begins the next.
    fn end_row(&mut self) {
        while let Some(block) = self.merged.pop_if(|block| *block.rows().start() <= self.row) {
            self.open.push(block);
        }
        self.open.retain(|block| *block.rows().end() >= self.row);
        // A block that covers rows and nothing else makes them no students.
        if self.has_cells {
            for (column, rule) in self.faults.drain(..) {
                self.pieces.fault(Some(column as usize - 1), rule, None);
            }
            for block in &self.open {
                for column in *block.columns().start()..=(*block.columns().end()).min(self.width) {
                    if !block.is_anchor(self.row, column) {
                        let cell = Some(column as usize - 1);
                        self.pieces.fault(cell, RejectRule::MergedCells, Some(block.below(self.rows_before)));
                    }
                }
            }
            for (index, (start, end)) in self.cells.iter().enumerate() {
                self.pieces.cell(index, &self.text[*start as usize..*end as usize]);
            }
        }
        self.pieces.end_row();
        self.row += 1;
        self.text.clear();
        self.cells.fill((0, 0));
        self.faults.clear();
        self.has_cells = false;
    }

    /// What has been written, and how much of the file was read for it.
    fn piece(&mut self) -> crate::source::pieces::Piece {
        let mut piece = self.pieces.take();
        let read = self.progress.load(Ordering::Relaxed).min(self.file_bytes);
        piece.file_bytes = read.saturating_sub(self.told);
        self.told += piece.file_bytes;
        piece
    }

    /// Hands over the rows so far.
    fn flush(&mut self, feeder: &Feeder) -> Result<(), SourceErrorKind> {
        if self.has_cells {
            self.end_row();
        }
        if self.pieces.is_empty() {
            return Ok(());
        }
        let piece = self.piece();
        feeder.piece(piece)
    }

    /// Hands over what is left; all bytes of the file that were not told before are told with it.
    pub(super) fn finish(mut self, feeder: &Feeder) -> Result<(), SourceErrorKind> {
        if self.has_cells {
            self.end_row();
        }
        if self.pieces.is_empty() && self.told == 0 {
            return Ok(());
        }
        let mut piece = self.piece();
        piece.file_bytes += self.file_bytes - self.told;
        feeder.piece(piece)
    }
}

/// The merged cells that reach below the headings, the first of them last, where it is taken from.
fn below(header: &Header, mut merged: Vec<CellRange>) -> Vec<CellRange> {
    merged.retain(|block| *block.rows().end() >= header.first_row);
    merged.sort_by_key(|block| std::cmp::Reverse(*block.rows().start()));
    merged
}
