//! A file that cannot be read at all. A row that cannot be read is a [`super::Rejected`].

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::ColumnMapError;
use crate::language::Language;

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

impl SourceError {
    /// What is wrong, in words.
    pub fn message(&self, language: Language) -> String {
        let path = self.path.display();
        let what = self.kind.message(language);
        match (self.row, language) {
            (None, Language::Zh) => format!("{path}:{what}"),
            (None, Language::En) => format!("{path}: {what}"),
            (Some(row), Language::Zh) => format!("{path} 第 {row} 行:{what}"),
            (Some(row), Language::En) => format!("{path}, row {row}: {what}"),
        }
    }
}

impl SourceErrorKind {
    fn message(&self, language: Language) -> String {
        use crate::limits::{COLUMNS_MAX, RECORD_BYTES_MAX};
        let (zh, en) = match self {
            SourceErrorKind::Io(error) if error.kind() == io::ErrorKind::NotFound => {
                ("文件不存在", "no such file")
            }
            SourceErrorKind::Io(_) => ("无法读取", "cannot be read"),
            SourceErrorKind::Empty => ("文件是空的", "the file is empty"),
            SourceErrorKind::HeaderEncoding => (
                "按此编码无法读出表头;请用 --encoding utf-8 或 gb18030 再试",
                "the header is no text in this encoding; try --encoding utf-8 or gb18030",
            ),
            SourceErrorKind::HeaderTooLong => {
                return match language {
                    Language::Zh => format!("第一行超过 {RECORD_BYTES_MAX} 字节"),
                    Language::En => format!("the first line is longer than {RECORD_BYTES_MAX} bytes"),
                };
            }
            SourceErrorKind::HeaderQuote => {
                ("表头中的引号没有闭合", "a quotation mark in the header is not closed")
            }
            SourceErrorKind::NotAFile => ("不是普通文件", "not a regular file"),
            SourceErrorKind::Changed => ("读取期间文件被改动", "the file was changed while it was read"),
            SourceErrorKind::TooManyColumns => {
                return match language {
                    Language::Zh => format!("表头超过 {COLUMNS_MAX} 列"),
                    Language::En => format!("the header has more than {COLUMNS_MAX} columns"),
                };
            }
            SourceErrorKind::Workbook => (
                "这是 Excel 工作簿或压缩文件;请另存为 CSV(UTF-8)后再试",
                "this is a workbook or an archive; save it as CSV (UTF-8) and try again",
            ),
            SourceErrorKind::NoUsableColumn => (
                "表头中没有姓名或证件号等可用的列;请用 --columns 指明",
                "no column of the header is a name or a number; name the columns with --columns",
            ),
            SourceErrorKind::TooManyRows => ("超过 4294967295 行", "more than 4,294,967,295 rows"),
            SourceErrorKind::Columns(error) => return error.message(language),
            SourceErrorKind::MissingColumn { column } => {
                return match language {
                    Language::Zh => format!("表头中没有列 {column:?}"),
                    Language::En => format!("the header has no column {column:?}"),
                };
            }
            SourceErrorKind::BadRow { rule } => {
                return match language {
                    Language::Zh => format!("该行无法读取({rule})"),
                    Language::En => format!("the row cannot be read ({rule})"),
                };
            }
        };
        language.pick(zh, en).to_owned()
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::En))
    }
}

impl std::error::Error for SourceError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            SourceErrorKind::Io(error) => Some(error),
            // Its message is this one's own.
            SourceErrorKind::Columns(error) => std::error::Error::source(error),
            _ => None,
        }
    }
}
