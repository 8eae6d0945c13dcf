//! A row that could not be read: where, why, in words. Never the text of the cell.

use crate::language::Language;
use crate::student::{Column, Origin};

/// Why a row was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RejectRule {
    /// Bytes that are no text in the file's encoding.
    Encoding,
    /// More or fewer cells than the header has.
    FieldCount,
    /// A NUL byte.
    Nul,
    /// A cell above [`crate::limits::CELL_BYTES_MAX`].
    CellTooLong,
    /// A row above [`crate::limits::RECORD_BYTES_MAX`], skipped to its line end.
    RecordTooLong,
    /// A quotation mark that opens a cell and is not closed. The row is given up at its first line
    /// break and reading goes on with the next line, so that one slip does not swallow the rows below.
    UnclosedQuote,
}

impl RejectRule {
    /// Every rule, in the order of the documentation.
    pub const ALL: [RejectRule; 6] = [
        RejectRule::Encoding,
        RejectRule::FieldCount,
        RejectRule::Nul,
        RejectRule::CellTooLong,
        RejectRule::RecordTooLong,
        RejectRule::UnclosedQuote,
    ];

    /// The name of the rule in `rejected.csv`.
    pub const fn code(self) -> &'static str {
        match self {
            RejectRule::Encoding => "encoding",
            RejectRule::FieldCount => "field_count",
            RejectRule::Nul => "nul",
            RejectRule::CellTooLong => "cell_too_long",
            RejectRule::RecordTooLong => "record_too_long",
            RejectRule::UnclosedQuote => "unclosed_quote",
        }
    }
}

/// One rejected row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rejected {
    /// File and row.
    pub origin: Origin,
    /// The field whose cell is at fault, where one is.
    pub column: Option<Column>,
    /// The rule that was broken.
    pub rule: RejectRule,
    /// What was found, as a number: cells for [`RejectRule::FieldCount`], otherwise 0.
    pub found: u32,
    /// What was expected, as a number: cells for [`RejectRule::FieldCount`], otherwise 0.
    pub expected: u32,
}

impl Rejected {
    /// A rejection without a column or numbers.
    pub(super) fn new(origin: Origin, rule: RejectRule) -> Rejected {
        Rejected { origin, column: None, rule, found: 0, expected: 0 }
    }

    /// What is wrong, in words. Holds nothing of the row's text.
    pub fn message(&self, language: Language) -> String {
        use crate::limits::{CELL_BYTES_MAX, RECORD_BYTES_MAX};
        let pick = |zh: &str, en: &str| language.pick(zh, en).to_owned();
        match self.rule {
            RejectRule::Encoding => pick(
                "含有不符合文件编码的字节,请确认文件编码后重新导出",
                "bytes that are no text in this file's encoding; check the encoding and export again",
            ),
            RejectRule::FieldCount => match language {
                Language::Zh => {
                    format!("该行有 {} 列,表头有 {} 列", self.found, self.expected)
                }
                Language::En => {
                    format!("the row has {} cells, the header has {}", self.found, self.expected)
                }
            },
            RejectRule::Nul => pick("含有空字节(NUL),文件可能已损坏", "a NUL byte; the file may be damaged"),
            RejectRule::CellTooLong => match language {
                Language::Zh => format!("单元格超过 {CELL_BYTES_MAX} 字节"),
                Language::En => format!("a cell is longer than {CELL_BYTES_MAX} bytes"),
            },
            RejectRule::RecordTooLong => match language {
                Language::Zh => format!("该行超过 {RECORD_BYTES_MAX} 字节,已跳到行末"),
                Language::En => {
                    format!("the row is longer than {RECORD_BYTES_MAX} bytes; skipped to the end of its line")
                }
            },
            RejectRule::UnclosedQuote => pick(
                "引号没有闭合,已从下一行继续读取",
                "a quotation mark is opened and not closed; reading goes on with the next line",
            ),
        }
    }
}
