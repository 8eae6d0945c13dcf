//! What could not be read of a student, by column and rule; never with the text itself.

use super::date::DateError;
use crate::student::Column;

/// A cell that was left out of the identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Issue {
    /// The column of the cell.
    pub column: Column,
    /// What is wrong with it.
    pub rule: Rule,
}

/// Why a cell was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The birth date is none.
    Date(DateError),
    /// The sex is no known code or word.
    SexUnknown,
    /// The document number has no form of a document.
    DocumentUnreadable,
    /// A spreadsheet turned the number into a float and lost digits.
    SpreadsheetDamage,
    /// More documents than are compared.
    TooManyDocuments,
    /// The region or the school is no code of letters and digits.
    CodeUnreadable,
    /// The month of enrolment is none.
    MonthUnreadable,
    /// The phone number has too few or too many digits.
    PhoneUnreadable,
    /// The former registry number is too short to be one.
    FormerNumberUnreadable,
    /// More former names than are compared.
    TooManyNames,
    /// Neither a name nor a usable number: the row cannot be compared with anything.
    NothingToCompare,
}

impl Rule {
    /// Whether the whole row is left out, not only the cell.
    pub const fn rejects_row(self) -> bool {
        matches!(self, Rule::NothingToCompare)
    }

    /// The rule's name in reports.
    pub const fn code(self) -> &'static str {
        match self {
            Rule::Date(DateError::Unreadable) => "date_unreadable",
            Rule::Date(DateError::Incomplete) => "date_incomplete",
            Rule::Date(DateError::Ambiguous) => "date_ambiguous",
            Rule::Date(DateError::Impossible) => "date_impossible",
            Rule::Date(DateError::YearOutOfRange) => "date_year_out_of_range",
            Rule::SexUnknown => "sex_unknown",
            Rule::DocumentUnreadable => "document_unreadable",
            Rule::SpreadsheetDamage => "spreadsheet_damage",
            Rule::TooManyDocuments => "too_many_documents",
            Rule::CodeUnreadable => "code_unreadable",
            Rule::MonthUnreadable => "month_unreadable",
            Rule::PhoneUnreadable => "phone_unreadable",
            Rule::FormerNumberUnreadable => "former_number_unreadable",
            Rule::TooManyNames => "too_many_names",
            Rule::NothingToCompare => "nothing_to_compare",
        }
    }

    /// What was expected, in English.
    pub const fn message_en(self) -> &'static str {
        match self {
            Rule::Date(DateError::Unreadable) => "not a date; expected eight digits YYYYMMDD",
            Rule::Date(DateError::Incomplete) => "the date lacks its month or day; expected YYYYMMDD",
            Rule::Date(DateError::Ambiguous) => "day and month cannot be told apart; expected YYYYMMDD",
            Rule::Date(DateError::Impossible) => {
                "no such day in the calendar; expected a real day as YYYYMMDD"
            }
            Rule::Date(DateError::YearOutOfRange) => "the year is not plausible; expected YYYYMMDD",
            Rule::SexUnknown => "unknown sex; expected 1 or 2, 男 or 女, M or F",
            Rule::DocumentUnreadable => "not a document number",
            Rule::SpreadsheetDamage => {
                "a spreadsheet cut the number to fifteen digits; enter it again in a text cell"
            }
            Rule::TooManyDocuments => "more documents than are compared",
            Rule::CodeUnreadable => "not a code of letters and digits",
            Rule::MonthUnreadable => "not a month; expected six digits YYYYMM",
            Rule::PhoneUnreadable => "not a phone number",
            Rule::FormerNumberUnreadable => "too short for a registry number; expected 19 characters",
            Rule::TooManyNames => "more former names than are compared",
            Rule::NothingToCompare => "neither a name nor a usable number; the row was not compared",
        }
    }

    /// The same in Chinese.
    pub const fn message_zh(self) -> &'static str {
        match self {
            Rule::Date(DateError::Unreadable) => "不是日期；应为八位数字 YYYYMMDD",
            Rule::Date(DateError::Incomplete) => "日期缺月或日；应为八位数字 YYYYMMDD",
            Rule::Date(DateError::Ambiguous) => "日与月无法区分；应为八位数字 YYYYMMDD",
            Rule::Date(DateError::Impossible) => "日历中没有这一天；应为真实日期 YYYYMMDD",
            Rule::Date(DateError::YearOutOfRange) => "年份不合理；应为八位数字 YYYYMMDD",
            Rule::SexUnknown => "性别无法识别；应为 1 或 2、男或女",
            Rule::DocumentUnreadable => "不是证件号码",
            Rule::SpreadsheetDamage => "电子表格把号码截成了十五位有效数字；请以文本格式重新录入",
            Rule::TooManyDocuments => "证件数量超过可比对的上限",
            Rule::CodeUnreadable => "不是由字母和数字组成的代码",
            Rule::MonthUnreadable => "不是年月；应为六位数字 YYYYMM",
            Rule::PhoneUnreadable => "不是电话号码",
            Rule::FormerNumberUnreadable => "长度不足，不是学籍号；应为 19 位",
            Rule::TooManyNames => "曾用名数量超过可比对的上限",
            Rule::NothingToCompare => "既无姓名又无可用证件号，此行未参与比对",
        }
    }
}
