//! What a check of a file found, as lists: `errors.csv` and `summary.json`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::directory::OutputDirectory;
use super::error::ReportError;
use super::marked::column;
use super::summary::write_json;
use super::table::ListWriter;
use crate::language::Language;
use crate::template::{Field, Layout, Outcome, Severity};

/// Writes `errors.csv`: a line for each finding, by row and cell. Columns: `file`, `row`, `column` (the file's own heading),
/// `cell` (its address in a spreadsheet), `field`, `rule`, `severity`, `found` (masked), `expected`, `message`.
///
/// # Errors
///
/// [`ReportError::Io`].
pub fn write_errors(
    directory: &OutputDirectory,
    file: &str,
    layout: &Layout,
    outcome: &Outcome,
    language: Language,
) -> Result<(), ReportError> {
    // For clerks as much as for programs, and a spreadsheet reads Chinese only behind a byte order mark.
    let mut list = ListWriter::create_for_spreadsheets(directory, "errors.csv")?;
    list.row(["file", "row", "column", "cell", "field", "rule", "severity", "found", "expected", "message"])?;
    for finding in &outcome.findings {
        let heading = match (finding.cell, finding.field) {
            (Some(cell), _) => layout.header().get(usize::from(cell)).map_or("", String::as_str),
            (None, Some(field)) => {
                layout.profile().placed(field).map_or_else(|| field.name(language), |placed| placed.heading)
            }
            (None, None) => "",
        };
        list.row([
            file,
            &finding.row.to_string(),
            heading,
            &cell_address(finding.row, column(finding)),
            finding.field.map_or("", Field::code),
            finding.rule.code(),
            finding.severity().code(),
            &finding.found,
            &finding.expected(language),
            &finding.message(language),
        ])?;
    }
    list.finish().map(drop)
}

/// The address of a cell in a spreadsheet, of a row from 1 and a column from 0.
///
/// ```
/// assert_eq!(renji::report::cell_address(12, 27), "AB12");
/// ```
pub fn cell_address(row: u32, column: u16) -> String {
    let mut letters = Vec::new();
    let mut rest = u32::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.iter().rev().collect::<String>() + &row.to_string()
}

/// What was found of one school's rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SchoolSummary {
    /// Rows.
    pub rows: u64,
    /// Rows with a finding that rejects them.
    pub rows_rejected: u64,
    /// Findings that reject.
    pub rejects: u64,
    /// Findings that warn.
    pub warnings: u64,
    /// Notes.
    pub notes: u64,
}

/// `summary.json` of a check, in numbers. Maps are keyed by the codes used in `errors.csv`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ValidationSummary {
    /// What this is a summary of: `validate`.
    pub command: &'static str,
    /// The version of the program.
    pub version: String,
    /// The file.
    pub file: PathBuf,
    /// The profile it was checked against.
    pub profile: &'static str,
    /// The row of its header.
    pub header_row: u32,
    /// The school's code that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub school: Option<String>,
    /// The columns of each field.
    pub columns: BTreeMap<&'static str, Vec<String>>,
    /// Fields that the profile requires and the file has not.
    pub columns_missing: Vec<&'static str>,
    /// Columns that hold no field of the profile.
    pub columns_left_over: Vec<String>,
    /// Rows that were checked.
    pub rows: u64,
    /// Rows with a finding that rejects them.
    pub rows_rejected: u64,
    /// Findings by severity.
    pub by_severity: BTreeMap<&'static str, u64>,
    /// Findings by rule.
    pub by_rule: BTreeMap<&'static str, u64>,
    /// By school; under the empty name rows without a code of ten digits.
    pub by_school: BTreeMap<String, SchoolSummary>,
    /// Findings that are counted here and not listed in `errors.csv`.
    pub findings_unlisted: u64,
    /// Time by phase, in seconds.
    pub seconds: BTreeMap<&'static str, f64>,
}

impl ValidationSummary {
    /// The summary of what was found; times are for the caller to add.
    pub fn of(file: PathBuf, header_row: u32, layout: &Layout, outcome: &Outcome) -> ValidationSummary {
        let name = |cell: &u16| layout.header()[usize::from(*cell)].clone();
        let school = |count: &crate::template::SchoolCount| {
            let [rejects, warnings, notes] = count.findings;
            let (rows, rows_rejected) = (count.rows, count.rows_rejected);
            (count.school.clone(), SchoolSummary { rows, rows_rejected, rejects, warnings, notes })
        };
        ValidationSummary {
            command: "validate",
            version: env!("CARGO_PKG_VERSION").to_owned(),
            file,
            profile: layout.profile().code,
            header_row,
            columns: layout
                .found()
                .map(|(field, cells)| (field.code(), cells.iter().map(name).collect()))
                .collect(),
            columns_missing: layout.missing().map(|placed| placed.field.code()).collect(),
            columns_left_over: layout.left_over().map(|(cell, _)| layout.header()[cell].clone()).collect(),
            rows: outcome.rows,
            rows_rejected: outcome.rows_rejected,
            by_severity: Severity::ALL
                .iter()
                .map(|severity| (severity.code(), outcome.count(*severity)))
                .collect(),
            by_rule: outcome.by_rule.iter().map(|(rule, count)| (rule.code(), *count)).collect(),
            by_school: outcome.by_school.iter().map(school).collect(),
            findings_unlisted: outcome.unlisted(),
            ..ValidationSummary::default()
        }
    }

    /// Writes `summary.json`.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn write(&self, directory: &OutputDirectory) -> Result<(), ReportError> {
        write_json(directory, "summary.json", self)
    }
}
