//! A result that cannot be written.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::language::Language;

/// Why a result cannot be written.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReportError {
    /// The result is there already and may not be replaced.
    Exists(PathBuf),
    /// What stands in the result's place is no result of ours, so it is never replaced.
    NotAResult(PathBuf),
    /// The file's name asks for a format that is not written.
    Ending(PathBuf),
    /// A Parquet file, and a program without the feature `parquet`.
    NoParquet(PathBuf),
    /// A cell is longer than a workbook's may be, 32,767 characters.
    CellTooLong(PathBuf),
    /// The operating system refused.
    Io {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl ReportError {
    /// A closure that names the path of an I/O error.
    pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> ReportError {
        move |source| ReportError::Io { path: path.to_owned(), source }
    }

    /// As [`ReportError::at`], for errors of the CSV writer.
    pub(crate) fn csv_at(path: &Path) -> impl FnOnce(csv::Error) -> ReportError {
        move |error| ReportError::Io { path: path.to_owned(), source: io::Error::from(error) }
    }

    /// The error as one of writing, for whoever writes bytes and knows of nothing else.
    pub(super) fn into_io(self) -> io::Error {
        match self {
            ReportError::Io { source, .. } => source,
            error => io::Error::other(error),
        }
    }

    /// The file or directory.
    pub fn path(&self) -> &Path {
        match self {
            ReportError::Exists(path)
            | ReportError::NotAResult(path)
            | ReportError::Ending(path)
            | ReportError::NoParquet(path)
            | ReportError::CellTooLong(path)
            | ReportError::Io { path, .. } => path,
        }
    }
}

impl ReportError {
    /// What is wrong, in words.
    pub fn message(&self, language: Language) -> String {
        let (zh, en) = match self {
            ReportError::Exists(_) => ("已存在;如需覆盖请加 --force", "exists already; --force replaces it"),
            ReportError::NotAResult(_) => (
                "已存在,且不是以前的结果(没有 summary.json);请换一个位置",
                "exists and is no earlier result (no summary.json); choose another place",
            ),
            ReportError::Ending(_) => (
                "不支持写出此扩展名的文件；请用 .csv、.xlsx、.ndjson 或 .parquet（文本格式可加 .gz 或 .zst）",
                "such a file is not written; name it .csv, .xlsx, .ndjson or .parquet (texts also with .gz or .zst)",
            ),
            ReportError::NoParquet(_) => {
                ("此程序编译时未启用 parquet 功能", "the program was built without the feature parquet")
            }
            ReportError::CellTooLong(_) => (
                "有单元格超过工作簿的上限 32767 个字符；请改用 .csv 或 .ndjson",
                "a cell is longer than the 32,767 characters of a workbook's; write .csv or .ndjson",
            ),
            ReportError::Io { .. } => ("无法写出", "cannot be written"),
        };
        format!("{}{}{}", self.path().display(), language.pick(":", ": "), language.pick(zh, en))
    }
}

impl fmt::Display for ReportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::En))
    }
}

impl std::error::Error for ReportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ReportError::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
