//! A row that could not be read: where, why, in words. Never the text of the cell.

use super::place::CellRange;
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
    /// A cell of a worksheet that is read holds an error such as `#N/A` or `#REF!`.
    CellError,
    /// A cell that is read is a formula whose value was not stored with it.
    FormulaWithoutValue,
    /// A number of more than fifteen digits, of which a floating-point number has kept fifteen. In a column of
    /// document numbers the row is read and the number left out ([`crate::identity::Rule::SpreadsheetDamage`]).
    DigitsLost,
    /// A cell that is read is hidden behind the first of some merged cells: what belongs there is not known.
    MergedCells,
    /// A line that is no JSON object.
    NotAnObject,
    /// A key that none of the first objects of the file has.
    UnknownKey,
    /// A key that an object has twice.
    RepeatedKey,
    /// A value that is read is a list or an object.
    NestedValue,
}

impl RejectRule {
    /// Every rule, in the order of the documentation.
    pub const ALL: [RejectRule; 14] = [
        RejectRule::Encoding,
        RejectRule::FieldCount,
        RejectRule::Nul,
        RejectRule::CellTooLong,
        RejectRule::RecordTooLong,
        RejectRule::UnclosedQuote,
        RejectRule::CellError,
        RejectRule::FormulaWithoutValue,
        RejectRule::DigitsLost,
        RejectRule::MergedCells,
        RejectRule::NotAnObject,
        RejectRule::UnknownKey,
        RejectRule::RepeatedKey,
        RejectRule::NestedValue,
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
            RejectRule::CellError => "cell_error",
            RejectRule::FormulaWithoutValue => "formula_without_value",
            RejectRule::DigitsLost => "digits_lost",
            RejectRule::MergedCells => "merged_cells",
            RejectRule::NotAnObject => "not_an_object",
            RejectRule::UnknownKey => "unknown_key",
            RejectRule::RepeatedKey => "repeated_key",
            RejectRule::NestedValue => "nested_value",
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
    /// The cell of the worksheet, or the block of merged cells; `None` of files without worksheets.
    pub place: Option<CellRange>,
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
        Rejected { origin, column: None, place: None, rule, found: 0, expected: 0 }
    }

    /// What is wrong, in words; in front of it the cell, where there is one. Holds nothing of the row's text.
    pub fn message(&self, language: Language) -> String {
        let what = self.what(language);
        match self.place {
            None => what,
            Some(place) => format!("{place}{}{what}", language.pick("：", ": ")),
        }
    }

    fn what(&self, language: Language) -> String {
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
            RejectRule::CellError => pick(
                "单元格是错误值（#N/A、#REF! 等）；请更正公式或填入数据",
                "the cell holds an error (#N/A, #REF! or the like); put the formula right or enter the value",
            ),
            RejectRule::FormulaWithoutValue => pick(
                "公式没有保存计算结果；请在表格软件中打开并另存",
                "a formula without a stored value; open the file in a spreadsheet program and save it",
            ),
            RejectRule::DigitsLost => pick(
                "数值超过十五位，多出的位数已丢失；请以文本格式重新录入",
                "a number of more than fifteen digits, of which the rest is lost; enter it again in a text cell",
            ),
            RejectRule::MergedCells => pick(
                "合并单元格盖住了此行的数据；请取消合并并逐行填写",
                "merged cells hide what belongs in this row; unmerge them and fill in each row",
            ),
            RejectRule::NotAnObject => pick(
                "该行不是 JSON 对象；应在一行内写成 {\"键\": 值, ...}",
                "the line is no JSON object; expected {\"key\": value, ...} on one line",
            ),
            RejectRule::UnknownKey => pick(
                "该行有文件开头各行都没有的键；请让每行使用相同的键",
                "a key that none of the first rows has; give every row the same keys",
            ),
            RejectRule::RepeatedKey => pick("同一个键出现两次", "a key stands twice in the object"),
            RejectRule::NestedValue => pick(
                "值是列表或嵌套对象；应为字符串、数字或空",
                "the value is a list or an object; expected a text, a number or null",
            ),
        }
    }
}
