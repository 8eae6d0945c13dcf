//! `decisions.csv`: what a person decided about pairs, as the report's page writes it and as a spreadsheet gives it
//! back. Read here, and written again beside a result to which it was applied.
//!
//! Columns: `record_a`, `record_b`, `decision` (`same`, `different`, `unsure`), `reason`, `operator`. A cell that a
//! spreadsheet would take for a formula has an apostrophe in front, which is no part of it.

use std::path::Path;

use super::directory::OutputDirectory;
use super::error::ReportError;
use super::problems::inert;
use super::table::ListWriter;
use crate::dedupe::DecisionKind;
use crate::language::Language;
use crate::source::{EncodingChoice, SourceError, Table};

/// The columns, in order.
const COLUMNS: [&str; 5] = ["record_a", "record_b", "decision", "reason", "operator"];

/// One row of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRow {
    /// The row, the header being row 1.
    pub row: u32,
    /// The ids of the two records.
    pub records: [String; 2],
    /// What was decided; `None` if it is no word that is known.
    pub kind: Option<DecisionKind>,
    /// On what grounds; may be empty.
    pub reason: String,
    /// By whom.
    pub operator: String,
}

/// Why a row was not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionFault {
    /// The decision is none of the three words.
    Unknown,
    /// Nobody has decided it.
    NoOperator,
    /// A record is not known: that of this column.
    UnknownRecord(&'static str),
    /// Both records are one.
    OneRecord,
    /// The same pair is decided in another way in an earlier row.
    Decided(u32),
    /// The two would be one, and this row makes two of what would be joined.
    Contradicts(u32),
}

impl DecisionFault {
    /// The fault's name in `rejected.csv`.
    pub const fn rule(self) -> &'static str {
        match self {
            DecisionFault::Unknown => "decision_unknown",
            DecisionFault::NoOperator => "operator_missing",
            DecisionFault::UnknownRecord(_) => "record_unknown",
            DecisionFault::OneRecord => "one_record",
            DecisionFault::Decided(_) => "decided_otherwise",
            DecisionFault::Contradicts(_) => "contradicts_different",
        }
    }

    /// The column at fault.
    pub const fn column(self) -> &'static str {
        match self {
            DecisionFault::NoOperator => "operator",
            DecisionFault::UnknownRecord(column) => column,
            DecisionFault::OneRecord => "record_b",
            DecisionFault::Unknown | DecisionFault::Decided(_) | DecisionFault::Contradicts(_) => "decision",
        }
    }

    /// What is wrong, in words.
    pub fn message(self, language: Language) -> String {
        let (zh, en) = match self {
            DecisionFault::Unknown => {
                ("应为 same、different 或 unsure".to_owned(), "expected same, different or unsure".to_owned())
            }
            DecisionFault::NoOperator => {
                ("必须注明经办人".to_owned(), "who decides must be named".to_owned())
            }
            DecisionFault::UnknownRecord(_) => {
                ("输入中没有此记录".to_owned(), "no such record in the input".to_owned())
            }
            DecisionFault::OneRecord => {
                ("两个编号是同一条记录".to_owned(), "both ids are one record".to_owned())
            }
            DecisionFault::Decided(row) => (
                format!("与第 {row} 行的决定不同"),
                format!("row {row} decides the same pair in another way"),
            ),
            DecisionFault::Contradicts(row) => (
                format!("会把第 {row} 行认定为不同的两人归为一人"),
                format!("would make one of the two whom row {row} says to be different"),
            ),
        };
        language.pick(&zh, &en).to_owned()
    }
}

/// Reads the file.
///
/// # Errors
/// [`SourceError`] if it cannot be read, misses a column, or has a row with too few or too many cells.
pub fn read_decisions(path: &Path) -> Result<Vec<DecisionRow>, SourceError> {
    let table = Table::open(path, EncodingChoice::Auto)?;
    let mut at = [0; COLUMNS.len()];
    for (at, column) in at.iter_mut().zip(COLUMNS) {
        *at = table.require(column)?;
    }
    let mut rows = Vec::new();
    table.for_each_row(|row, cells| {
        let [a, b, decision, reason, operator] = at.map(|at| plain(cells[at].trim()).to_owned());
        let kind = DecisionKind::ALL.into_iter().find(|kind| kind.code() == decision.to_lowercase());
        rows.push(DecisionRow { row, records: [a, b], kind, reason, operator });
    })?;
    Ok(rows)
}

/// Writes the file into a result.
///
/// # Errors
/// [`ReportError::Io`].
pub fn write_decisions<'r>(
    directory: &OutputDirectory,
    rows: impl IntoIterator<Item = &'r DecisionRow>,
) -> Result<(), ReportError> {
    let mut list = ListWriter::create_for_spreadsheets(directory, "decisions.csv")?;
    list.row(COLUMNS)?;
    for row in rows {
        let kind = row.kind.map_or("", DecisionKind::code);
        let cells = [&row.records[0], &row.records[1], kind, &row.reason, &row.operator].map(inert);
        list.row(cells.iter().map(|cell| &**cell))?;
    }
    list.finish().map(drop)
}

/// A cell without the apostrophe that makes it inert.
fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Existing;

    #[test]
    fn what_was_written_is_read() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let directory =
            OutputDirectory::create(&root.path().join("out"), Existing::Keep).expect("a free place");
        let row = |row, a: &str, kind, reason: &str| DecisionRow {
            row,
            records: [a.to_owned(), "r2".to_owned()],
            kind,
            reason: reason.to_owned(),
            operator: "陈经办".to_owned(),
        };
        let rows = [
            row(2, "=1+1", Some(DecisionKind::Same), "户口本, \"原件\""),
            row(3, "r1", Some(DecisionKind::Unsure), "'quoted'"),
        ];
        write_decisions(&directory, &rows).expect("writing");
        let path = directory.temporary().join("decisions.csv");
        let text = std::fs::read_to_string(&path).expect("a file");
        assert!(text.starts_with('\u{FEFF}') && text.contains("\r\n'=1+1,r2,same,"), "{text}");
        assert_eq!(read_decisions(&path).expect("readable"), rows);
    }
}
