//! Any CSV with a header, row by row: a truth file, a list of pairs. Serial and strict: a row that cannot
//! be read is an error, for a count over such a file means nothing with rows missing.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::blocks::Blocks;
use super::encoding::{Encoding, EncodingChoice};
use super::error::{SourceError, SourceErrorKind};
use super::headers::fold;
use super::record;
use super::rejected::RejectRule;
use super::students::identify;

/// A CSV file whose header has been read.
pub struct Table {
    path: PathBuf,
    blocks: Blocks,
    encoding: Encoding,
    header: Vec<String>,
}

impl Table {
    /// Opens a file, finds its encoding and reads its header.
    ///
    /// # Errors
    ///
    /// [`SourceError`] if the file cannot be read or has no header.
    pub fn open(path: &Path, encoding: EncodingChoice) -> Result<Table, SourceError> {
        let (encoding, mark, _) = identify(path, encoding)?;
        let mut blocks = Blocks::open(path, encoding, mark)
            .map_err(|error| SourceError::new(path, SourceErrorKind::Io(error)))?;
        let header = blocks.header(path, encoding)?;
        Ok(Table { path: path.to_owned(), blocks, encoding, header })
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
        let delimiter = self.blocks.delimiter();
        let mut cells = Vec::new();
        let mut buffer = Vec::new();
        loop {
            let piece = self.blocks.next_piece(buffer).map_err(|kind| SourceError::new(&self.path, kind))?;
            let Some(piece) = piece else { return Ok(()) };
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
                let text = self.encoding.text(bytes).ok_or_else(|| bad(row - 1, RejectRule::Encoding))?;
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
