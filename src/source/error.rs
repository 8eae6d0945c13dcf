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
    /// An archive or an Office document that holds no workbook which is read: `.docx`, `.ods`, `.xlsb`, `.zip`.
    NotAWorkbook,
    /// A workbook with a password.
    Encrypted,
    /// A workbook, a packed file or a Parquet file that is cut off or damaged.
    Damaged,
    /// Packed within a packed file.
    PackedTwice,
    /// It would unpack to more than [`crate::limits::UNPACKED_BYTES_MAX`], or one part of it to more than is
    /// kept in memory.
    UnpacksTooLarge,
    /// A workbook without a worksheet: charts or macros only.
    NoWorksheet,
    /// All worksheets are hidden.
    HiddenSheets {
        /// Their names.
        sheets: Vec<String>,
    },
    /// No worksheet has the name that was asked for.
    NoSheet {
        /// The name.
        sheet: String,
        /// The names there are.
        sheets: Vec<String>,
    },
    /// A web page or a spreadsheet in XML, whatever its name says.
    Markup,
    /// A JSON array, not an object a line.
    JsonArray,
    /// The first line begins like a JSON object and is none.
    JsonLine,
    /// A column of a Parquet file holds lists or groups.
    NestedColumn {
        /// The column.
        column: String,
    },
    /// A column of a Parquet file is of a type that has no text.
    ColumnType {
        /// The column.
        column: String,
    },
    /// A Parquet file, and a program without the feature `parquet`.
    NoParquet,
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
            SourceErrorKind::NotAWorkbook => (
                "不是可读取的工作簿；请另存为 .xlsx、.xls 或 CSV 后再试",
                "this is no workbook that is read; save it as .xlsx, .xls or CSV and try again",
            ),
            SourceErrorKind::Encrypted => (
                "工作簿设有打开密码；请在表格软件中取消密码，另存后再试",
                "the workbook has a password; take it off in a spreadsheet program, save and try again",
            ),
            SourceErrorKind::Damaged => (
                "文件不完整或已损坏；请重新导出或重新传输",
                "the file is cut off or damaged; export or transfer it again",
            ),
            SourceErrorKind::PackedTwice => {
                ("压缩了两次；请先解压一层", "packed twice; unpack it once and try again")
            }
            SourceErrorKind::UnpacksTooLarge => (
                "解压后的内容超过上限，未读取；请确认文件来源，或分成多个文件",
                "unpacks to more than is read; make sure where it comes from, or divide it among several files",
            ),
            SourceErrorKind::NoWorksheet => {
                ("工作簿中没有工作表（只有宏或图表）", "the workbook has no worksheet, only macros or charts")
            }
            SourceErrorKind::HiddenSheets { sheets } => {
                return match language {
                    Language::Zh => {
                        format!("工作表全部隐藏（{}）；请用 --sheet 指明要读取的一个", sheets.join("、"))
                    }
                    Language::En => {
                        format!("all sheets are hidden ({}); name one with --sheet", sheets.join(", "))
                    }
                };
            }
            SourceErrorKind::NoSheet { sheet, sheets } => {
                return match language {
                    Language::Zh => format!("没有工作表 {sheet:?}；工作簿中有 {}", sheets.join("、")),
                    Language::En => {
                        format!("no worksheet {sheet:?}; the worksheets are {}", sheets.join(", "))
                    }
                };
            }
            SourceErrorKind::Markup => (
                "这是网页或 XML 表格，只是扩展名像工作簿；请在表格软件中打开，另存为 .xlsx 后再试",
                "this is a web page or a table in XML; open it in a spreadsheet program and save it as .xlsx",
            ),
            SourceErrorKind::JsonArray => (
                "这是 JSON 数组；请改为每行一个对象（NDJSON）",
                "this is a JSON array; write one object a line (NDJSON)",
            ),
            SourceErrorKind::JsonLine => (
                "第一行不是完整的 JSON 对象；请每行写一个对象（NDJSON）",
                "the first line is no whole JSON object; write one object a line (NDJSON)",
            ),
            SourceErrorKind::NestedColumn { column } => {
                return match language {
                    Language::Zh => format!("列 {column:?} 是列表或嵌套结构；请展开成单值的列"),
                    Language::En => {
                        format!(
                            "the column {column:?} holds lists or groups; write it as columns of one value each"
                        )
                    }
                };
            }
            SourceErrorKind::ColumnType { column } => {
                return match language {
                    Language::Zh => format!("列 {column:?} 的类型无法作为文本读取；请改为字符串列"),
                    Language::En => {
                        format!("the column {column:?} is of a type that is not read; write it as strings")
                    }
                };
            }
            SourceErrorKind::NoParquet => (
                "这是 Parquet 文件；此程序编译时未启用 parquet 功能",
                "this is a Parquet file; the program was built without the feature parquet",
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
