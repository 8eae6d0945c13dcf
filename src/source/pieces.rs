//! A file of whatever kind as a header and pieces: some whole rows each, as delimited text, with their row
//! numbers and what cannot be taken of them.
//!
//! CSV is cut where its records end (`blocks`) and stays as it is. Lines of JSON are cut there too, and
//! become delimited text on the core that parses them (`json`). Workbooks and Parquet are read by a thread of
//! their own (`feed`), which hands over text that is delimited already.

use std::path::Path;

use super::blocks::Blocks;
use super::encoding::Encoding;
use super::error::{SourceError, SourceErrorKind};
use super::feed::Feed;
use super::json::{self, Keys};
use super::kind::{FileKind, Form};
use super::place::CellRange;
use super::rejected::RejectRule;
use super::sheet::{self, Chosen};
use crate::limits::CHUNK_BYTES;

/// Some whole records.
#[derive(Debug, Default)]
pub(super) struct Piece {
    /// Their bytes, line breaks included.
    pub(super) bytes: Vec<u8>,
    /// The row number of the first.
    pub(super) first_row: u32,
    /// Lines that are no records, in order; each counts as one row.
    pub(super) cuts: Vec<Cut>,
    /// What cannot be taken of rows, in their order.
    pub(super) faults: Vec<Fault>,
    /// Bytes of the file that were read for it.
    pub(super) file_bytes: u64,
}

/// A line that was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut {
    /// Where it starts in the piece.
    pub(super) start: usize,
    /// Where it ends; equal to `start` if its bytes were thrown away while reading.
    pub(super) end: usize,
    /// Why.
    pub(super) rule: RejectRule,
}

/// What cannot be taken of a row: it is rejected, if the cell at fault is one that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    /// The row.
    pub(super) row: u32,
    /// The cell, by its place in the header; the whole row if `None`.
    pub(super) cell: Option<u32>,
    /// Why.
    pub(super) rule: RejectRule,
    /// The block of cells that is at fault, where it is more than the one.
    pub(super) block: Option<CellRange>,
}

/// Rows being written as a piece: commas between cells, quotation marks where they are needed.
#[derive(Debug, Default)]
pub(super) struct PieceWriter {
    piece: Piece,
    next_row: u32,
    /// Whether a header has a single column: then an empty cell would be a blank line.
    is_narrow: bool,
}

impl PieceWriter {
    /// Begins with a row number, for a header of so many columns.
    pub(super) fn new(first_row: u32, width: usize, bytes: Vec<u8>) -> PieceWriter {
        let piece = Piece { bytes, first_row, ..Piece::default() };
        PieceWriter { piece, next_row: first_row, is_narrow: width == 1 }
    }

    /// Adds the next cell of the row.
    pub(super) fn cell(&mut self, index: usize, text: &str) {
        let bytes = &mut self.piece.bytes;
        if index > 0 {
            bytes.push(b',');
        }
        let special = |byte: &u8| matches!(byte, b',' | b'"' | b'\n' | b'\r');
        if !self.is_narrow && !text.as_bytes().iter().any(special) {
            bytes.extend_from_slice(text.as_bytes());
            return;
        }
        bytes.push(b'"');
        for part in text.split_inclusive('"') {
            bytes.extend_from_slice(part.as_bytes());
            if part.ends_with('"') {
                bytes.push(b'"');
            }
        }
        bytes.push(b'"');
    }

    /// Tells what cannot be taken of the row that is being written.
    pub(super) fn fault(&mut self, cell: Option<usize>, rule: RejectRule, block: Option<CellRange>) {
        let cell = cell.map(|cell| cell as u32);
        self.piece.faults.push(Fault { row: self.next_row, cell, rule, block });
    }

    /// Ends the row; a row without cells is a blank line.
    pub(super) fn end_row(&mut self) {
        self.piece.bytes.push(b'\n');
        self.next_row += 1;
    }

    /// Whether there is enough for a piece.
    pub(super) fn is_full(&self) -> bool {
        self.piece.bytes.len() >= CHUNK_BYTES
    }

    /// Whether there is nothing yet.
    pub(super) fn is_empty(&self) -> bool {
        self.next_row == self.piece.first_row
    }

    /// The piece so far; begins the next.
    pub(super) fn take(&mut self) -> Piece {
        let next = Piece { first_row: self.next_row, ..Piece::default() };
        std::mem::replace(&mut self.piece, next)
    }
}

/// A file being read.
pub(super) enum Pieces {
    /// Records, as they stand in the file.
    Text(Blocks),
    /// Lines of JSON.
    Lines(Blocks, Keys),
    /// From a thread that reads.
    Fed(Feed),
}

impl Pieces {
    /// Opens a file and reads its header; of a workbook the worksheet that was chosen.
    pub(super) fn open(
        path: &Path,
        form: &Form,
        chosen: Option<&Chosen>,
    ) -> Result<(Pieces, Vec<String>), SourceError> {
        let fail = |kind| SourceError::new(path, kind);
        let blocks = || Blocks::open(path, form).map_err(|error| fail(form.packing.error(error)));
        match form.kind {
            FileKind::Csv => {
                let mut blocks = blocks()?;
                let header = blocks.header(path, form.encoding)?;
                Ok((Pieces::Text(blocks), header))
            }
            FileKind::Ndjson => {
                // Looking ahead for keys is a reading of its own.
                let keys = json::keys(&mut blocks()?, form.encoding).map_err(fail)?;
                let header = keys.names().to_vec();
                Ok((Pieces::Lines(blocks()?, keys), header))
            }
            FileKind::Xlsx | FileKind::Xls => {
                let chosen = chosen.ok_or_else(|| fail(SourceErrorKind::NoWorksheet))?;
                let (feed, header) = sheet::feed(path, form, chosen).map_err(fail)?;
                Ok((Pieces::Fed(feed), header))
            }
            #[cfg(feature = "parquet")]
            FileKind::Parquet => {
                let (feed, header) = super::row_groups::feed(path, form).map_err(fail)?;
                Ok((Pieces::Fed(feed), header))
            }
            #[cfg(not(feature = "parquet"))]
            FileKind::Parquet => Err(fail(SourceErrorKind::NoParquet)),
        }
    }

    /// The delimiter of the pieces.
    pub(super) fn delimiter(&self) -> u8 {
        match self {
            Pieces::Text(blocks) => blocks.delimiter(),
            Pieces::Lines(..) | Pieces::Fed(_) => b',',
        }
    }

    /// The encoding of the pieces once they are [delimited](Pieces::delimit).
    pub(super) fn encoding(&self, form: &Form) -> Encoding {
        match self {
            Pieces::Text(_) => form.encoding,
            Pieces::Lines(..) | Pieces::Fed(_) => Encoding::Utf8,
        }
    }

    /// What turns pieces into delimited text, for any thread; nothing if they are that already.
    pub(super) fn delimiting(&self, form: &Form) -> Option<(Keys, Encoding)> {
        match self {
            Pieces::Lines(_, keys) => Some((keys.clone(), form.encoding)),
            Pieces::Text(_) | Pieces::Fed(_) => None,
        }
    }

    /// The next whole records, or `None` at the end of the file. `buffer` may be used for them.
    pub(super) fn next_piece(&mut self, buffer: Vec<u8>) -> Result<Option<Piece>, SourceErrorKind> {
        match self {
            Pieces::Text(blocks) | Pieces::Lines(blocks, _) => blocks.next_piece(buffer),
            Pieces::Fed(feed) => feed.next_piece(),
        }
    }

    /// A digest of what has been read so far: of text the byte order mark left out and before it is decoded; of
    /// other kinds the whole file, once it has been read.
    pub(super) fn digest(&self) -> u64 {
        match self {
            Pieces::Text(blocks) | Pieces::Lines(blocks, _) => blocks.digest(),
            Pieces::Fed(feed) => feed.digest(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::record;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        // What is written as a piece is read from it, cell for cell, under the same row numbers.
        #[test]
        fn reads_what_it_writes(rows in prop::collection::vec(prop::collection::vec("[a王\",\r\n ]{0,6}", 1..5), 1..6)) {
            let mut writer = PieceWriter::new(2, 5, Vec::new());
            for row in &rows {
                row.iter().enumerate().for_each(|(index, cell)| writer.cell(index, cell));
                writer.end_row();
            }
            prop_assert_eq!(writer.next_row as usize, rows.len() + 2);
            let piece = writer.take();
            let mut at = 0;
            let mut cells = Vec::new();
            for row in &rows {
                let (bytes, end) = record::next(&piece.bytes, at, b',', true);
                let count = record::split(bytes, b',', 9, &mut cells);
                prop_assert_eq!(count, row.len());
                for (cell, text) in cells.iter().zip(row) {
                    let raw = std::str::from_utf8(&bytes[cell.start as usize..cell.end as usize]).expect("text");
                    let mut read = String::new();
                    if cell.quoted { record::unquote(raw, &mut read) } else { read.push_str(raw) }
                    prop_assert_eq!(&read, text);
                }
                at = end;
            }
        }
    }
}
