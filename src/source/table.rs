//! Any table with a header, row by row: a truth file, a list of pairs. Serial and strict: a row that cannot
//! be read is an error, for a count over such a file means nothing with rows missing.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::encoding::EncodingChoice;
use super::error::{SourceError, SourceErrorKind};
use super::headers::fold;
use super::json;
use super::kind::{Form, identify};
use super::pieces::Pieces;
use super::record;
use super::rejected::RejectRule;
use super::sheet::{self, Wanted};

/// A table whose header has been read, of any kind of file that students are read from. In a workbook it is the
/// first row that is not blank, of the first visible worksheet that holds anything.
pub struct Table {
    path: PathBuf,
    form: Form,
    pieces: Pieces,
    header: Vec<String>,
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
        Ok(Table { path: path.to_owned(), form, pieces, header })
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
    pub fn for_each_row(mut self, mut visit: impl FnMut(u32, &[Cow<'_, str>])) -> Result<(), SourceError> {
        let bad = |row: u32, rule: RejectRule| {
            SourceError::at_row(&self.path, row, SourceErrorKind::BadRow { rule: rule.code() })
        };
        let (delimiter, encoding) = (self.pieces.delimiter(), self.pieces.encoding(&self.form));
        let lines = self.pieces.delimiting(&self.form);
        let mut cells = Vec::new();
        let mut buffer = Vec::new();
        loop {
            let piece = self.pieces.next_piece(buffer).map_err(|kind| SourceError::new(&self.path, kind))?;
            let Some(mut piece) = piece else { return Ok(()) };
            if let Some((keys, written)) = &lines {
                piece = json::delimit(&piece, keys, *written);
            }
            if let Some(fault) = piece.faults.first() {
                return Err(bad(fault.row, fault.rule));
            }
            if let Some(cut) = piece.cuts.first() {
                let before = piece.bytes[..cut.start].iter().filter(|&&byte| byte == b'\n').count();
                return Err(bad(piece.first_row + before as u32, cut.rule));
            }
            let mut at = 0;
            let mut row = piece.first_row;
            while at < piece.bytes.len() {
                let (bytes, next) = record::next(&piece.bytes, at, delimiter, true);
                at = next;
                row += 1;
                if record::is_blank(bytes) {
                    continue;
                }
                let text = encoding.text(bytes).ok_or_else(|| bad(row - 1, RejectRule::Encoding))?;
                let count = record::split(text.as_bytes(), delimiter, self.header.len(), &mut cells);
                if count != self.header.len() {
                    return Err(bad(row - 1, RejectRule::FieldCount));
                }
                let texts: Vec<Cow<'_, str>> = cells
                    .iter()
                    .map(|cell| {
                        let raw = &text[cell.start as usize..cell.end as usize];
                        if !cell.quoted {
                            return Cow::Borrowed(raw);
                        }
                        let mut out = String::new();
                        record::unquote(raw, &mut out);
                        Cow::Owned(out)
                    })
                    .collect();
                visit(row - 1, &texts);
            }
            buffer = piece.bytes;
        }
    }
}
