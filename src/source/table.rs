//! Any table with a header, row by row: a truth file, a list of pairs. Serial and strict: a row that cannot
//! be read is an error, for a count over such a file means nothing with rows missing.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use memchr::memchr;

use super::encoding::{Encoding, EncodingChoice};
use super::error::{SourceError, SourceErrorKind};
use super::headers::fold;
use super::json;
use super::kind::{Form, identify};
use super::pieces::Pieces;
use super::record;
use super::rejected::RejectRule;
use super::sheet::{self, Chosen, Wanted};
use crate::limits::RECORD_BYTES_MAX;

/// A table whose header has been read, of any kind of file that students are read from. In a workbook it is the
/// first row that is not blank, of the first visible worksheet that holds anything.
pub struct Table {
    path: PathBuf,
    form: Form,
    pieces: Pieces,
    header: Vec<String>,
    header_row: u32,
}

impl Table {
    /// Opens a file, finds out what it is and reads its header.
    ///
    /// # Errors
    ///
    /// [`SourceError`] if the file cannot be read or has no header.
    pub fn open(path: &Path, encoding: EncodingChoice) -> Result<Table, SourceError> {
        Table::open_sheet(path, encoding, None)
    }

    /// The same; of a workbook the worksheet of this name.
    ///
    /// # Errors
    ///
    /// As [`Table::open`], and [`SourceErrorKind::NoSheet`].
    pub fn open_sheet(
        path: &Path,
        encoding: EncodingChoice,
        sheet: Option<&str>,
    ) -> Result<Table, SourceError> {
        let form = identify(path, encoding)?;
        let chosen = if form.kind.is_workbook() {
            let chosen = sheet::choose(path, &form, sheet, Wanted::Anything);
            Some(chosen.map_err(|kind| SourceError::new(path, kind))?)
        } else {
            None
        };
        let (pieces, header) = Pieces::open(path, &form, chosen.as_ref())?;
        let header_row = chosen.as_ref().map_or_else(|| pieces.header_row(), Chosen::header_row);
        Ok(Table { path: path.to_owned(), form, pieces, header, header_row })
    }

    /// The row of the column names, as a person counts rows.
    pub fn header_row(&self) -> u32 {
        self.header_row
    }

    /// The column names.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The index of a column, by its name; case, spaces and full-width forms do not matter.
    pub fn find(&self, column: &str) -> Option<usize> {
        let wanted = fold(column);
        self.header.iter().position(|name| fold(name) == wanted)
    }

    /// The index of a column that must be there.
    ///
    /// # Errors
    ///
    /// [`SourceErrorKind::MissingColumn`].
    pub fn require(&self, column: &str) -> Result<usize, SourceError> {
        self.find(column).ok_or_else(|| {
            SourceError::new(&self.path, SourceErrorKind::MissingColumn { column: column.to_owned() })
        })
    }

    /// Shows each row's cells to `visit`, with its row number. Holds one chunk of the file at a time.
    ///
    /// # Errors
    ///
    /// [`SourceError`] at the first row that cannot be read.
    pub fn for_each_row(self, mut visit: impl FnMut(u32, &[Cow<'_, str>])) -> Result<(), SourceError> {
        let path = self.path.clone();
        let mut bad = None;
        self.for_each_record(|row, record| {
            match record {
                Ok(cells) => visit(row, cells),
                Err(rule) => bad = Some((row, rule)),
            }
            bad.is_none()
        })?;
        match bad {
            Some((row, rule)) => {
                Err(SourceError::at_row(&path, row, SourceErrorKind::BadRow { rule: rule.code() }))
            }
            None => Ok(()),
        }
    }

    /// Shows each row to `visit`, with its row number: its cells, or why it cannot be read. Goes on while `visit` says so.
    /// Holds one chunk of the file at a time.
    ///
    /// # Errors
    ///
    /// [`SourceError`] if the file cannot be read any further.
    pub fn for_each_record(
        mut self,
        mut visit: impl FnMut(u32, Result<&[Cow<'_, str>], RejectRule>) -> bool,
    ) -> Result<(), SourceError> {
        let (delimiter, encoding) = (self.pieces.delimiter(), self.pieces.encoding(&self.form));
        let lines = self.pieces.delimiting(&self.form);
        let width = self.header.len();
        let mut cells = Vec::new();
        let mut buffer = Vec::new();
        loop {
            let piece = self.pieces.next_piece(buffer).map_err(|kind| SourceError::new(&self.path, kind))?;
            let Some(mut piece) = piece else { return Ok(()) };
            if let Some((keys, written)) = &lines {
                piece = json::delimit(&piece, keys, *written);
            }
            let mut cuts = piece.cuts.iter().peekable();
            let mut faults = piece.faults.iter().peekable();
            let (mut at, mut row) = (0, piece.first_row);
            loop {
                if let Some(cut) = cuts.next_if(|cut| cut.start == at) {
                    at = cut.end;
                    row += 1;
                    if !visit(row - 1, Err(cut.rule)) {
                        return Ok(());
                    }
                    continue;
                }
                if at >= piece.bytes.len() {
                    break;
                }
                let (bytes, next) = record::next(&piece.bytes, at, delimiter, true);
                at = next;
                row += 1;
                // The first of a row stands for all of them.
                let mut fault = None;
                while let Some(next) = faults.next_if(|fault| fault.row < row) {
                    fault = fault.or(Some(next.rule).filter(|_| next.row == row - 1));
                }
                if let Some(rule) = fault {
                    if !visit(row - 1, Err(rule)) {
                        return Ok(());
                    }
                    continue;
                }
                if record::is_blank(bytes) {
                    continue;
                }
                if !visit_record(encoding, bytes, delimiter, width, &mut cells, |record| {
                    visit(row - 1, record)
                }) {
                    return Ok(());
                }
            }
            buffer = piece.bytes;
        }
    }
}

/// Shows one record.
fn visit_record(
    encoding: Encoding,
    bytes: &[u8],
    delimiter: u8,
    width: usize,
    cells: &mut Vec<record::Cell>,
    visit: impl FnOnce(Result<&[Cow<'_, str>], RejectRule>) -> bool,
) -> bool {
    if bytes.len() > RECORD_BYTES_MAX {
        return visit(Err(RejectRule::RecordTooLong));
    }
    if memchr(0, bytes).is_some() {
        return visit(Err(RejectRule::Nul));
    }
    let Some(text) = encoding.text(bytes) else { return visit(Err(RejectRule::Encoding)) };
    if record::split(text.as_bytes(), delimiter, width, cells) != width {
        return visit(Err(RejectRule::FieldCount));
    }
    let text = |cell: &record::Cell| {
        let raw = &text[cell.start as usize..cell.end as usize];
        if !cell.quoted {
            return Cow::Borrowed(raw);
        }
        let mut out = String::new();
        record::unquote(raw, &mut out);
        Cow::Owned(out)
    };
    visit(Ok(&cells.iter().map(text).collect::<Vec<_>>()))
}
