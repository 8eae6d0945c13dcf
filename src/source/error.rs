//! A file that cannot be read at all. A row that cannot be read is a [`super::Rejected`].

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::ColumnMapError;

/// Why a file cannot be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum SourceErrorKind {
    /// The operating system refused: the file is missing, is a directory, or reading failed.
    Io(io::Error),
    /// The file has no header: it is empty or holds blank lines only.
    Empty,
    /// The header is no text in the chosen encoding, or holds NUL bytes.
    HeaderEncoding,
    /// The first line does not end within [`crate::limits::RECORD_BYTES_MAX`].
    HeaderTooLong,
    /// A quotation mark in the header is not closed before the end of the file.
    HeaderQuote,
    /// Not a regular file: a directory or a pipe. Files are read more than once.
    NotAFile,
    /// The header is not the one that was read when the file was opened.
    Changed,
    /// The header has more than [`crate::limits::COLUMNS_MAX`] columns.
    TooManyColumns,
    /// The file is a workbook or another archive, not text.
    Workbook,
    /// No column of the header names a student: no name and no number.
    NoUsableColumn,
    /// The file has more rows than a row number can count.
    TooManyRows,
    /// The column map does not fit the header.
    Columns(ColumnMapError),
    /// A column that is needed is not in the header.
    MissingColumn {
        /// The column that was asked for.
        column: String,
    },
    /// A row of a table that must be whole is not.
    BadRow {
        /// The rule it breaks, see [`super::RejectRule::code`].
        rule: &'static str,
    },
}

/// A file that cannot be read: which, where, why.
#[derive(Debug)]
pub struct SourceError {
    path: PathBuf,
    row: Option<u32>,
    kind: SourceErrorKind,
}

impl SourceError {
    pub(super) fn new(path: &Path, kind: SourceErrorKind) -> SourceError {
        SourceError { path: path.to_owned(), row: None, kind }
    }

    pub(super) fn at_row(path: &Path, row: u32, kind: SourceErrorKind) -> SourceError {
        SourceError { path: path.to_owned(), row: Some(row), kind }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The row, where one is at fault.
    pub fn row(&self) -> Option<u32> {
        self.row
    }

    /// Why.
    pub fn kind(&self) -> &SourceErrorKind {
        &self.kind
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        f.write_str(": ")?;
        match &self.kind {
            SourceErrorKind::Io(error) if error.kind() == io::ErrorKind::NotFound => {
                f.write_str("no such file")
            }
            SourceErrorKind::Io(_) => f.write_str("cannot be read"),
            SourceErrorKind::Empty => f.write_str("the file is empty"),
            SourceErrorKind::HeaderEncoding => {
                f.write_str("the header is no text in this encoding; try --encoding utf-8 or gb18030")
            }
            SourceErrorKind::HeaderTooLong => {
                write!(f, "the first line is longer than {} bytes", crate::limits::RECORD_BYTES_MAX)
            }
            SourceErrorKind::HeaderQuote => f.write_str("a quotation mark in the header is not closed"),
            SourceErrorKind::NotAFile => f.write_str("not a regular file"),
            SourceErrorKind::Changed => f.write_str("the file was changed while it was read"),
            SourceErrorKind::TooManyColumns => {
                write!(f, "the header has more than {} columns", crate::limits::COLUMNS_MAX)
            }
            SourceErrorKind::Workbook => {
                f.write_str("this is a workbook or an archive; save it as CSV (UTF-8) and try again")
            }
            SourceErrorKind::NoUsableColumn => {
                f.write_str("no column of the header is a name or a number; name the columns with --columns")
            }
            SourceErrorKind::TooManyRows => f.write_str("the file has more than 4,294,967,295 rows"),
            SourceErrorKind::Columns(error) => write!(f, "{error}"),
            SourceErrorKind::MissingColumn { column } => write!(f, "the header has no column {column:?}"),
            SourceErrorKind::BadRow { rule } => write!(f, "the row cannot be read ({rule})"),
        }
    }
}

impl std::error::Error for SourceError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            SourceErrorKind::Io(error) => Some(error),
            SourceErrorKind::Columns(error) => Some(error),
            _ => None,
        }
    }
}
