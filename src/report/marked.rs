//! `marked.xlsx`: the rows of a checked file at their own row numbers, wrong cells coloured, with a comment in each. A second
//! sheet says what the colours and rules mean.
//!
//! Every cell is text, so that no number is ever turned into a float. Rows go to a temporary file as they come; what stays in
//! memory is the comments, at most [`COMMENTS_MAX`]. Further wrong cells are coloured only, and the second sheet says so.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, Note, Workbook, XlsxError};

use super::directory::OutputDirectory;
use super::error::ReportError;
use crate::language::Language;
use crate::limits::COMMENTS_MAX;
use crate::template::{Finding, Outcome, Severity};

/// The rows of a worksheet.
pub const SHEET_ROWS_MAX: u32 = 1_048_576;
/// The most characters of a cell, counted as UTF-16 does.
const CELL_CHARS_MAX: usize = 32_767;
/// Where the rows are in the workbook.
const ROWS: usize = 0;
const LEGEND: usize = 1;

/// The spreadsheet being written.
pub struct MarkedSheet<'o> {
    path: PathBuf,
    workbook: Workbook,
    outcome: &'o Outcome,
    language: Language,
    formats: Formats,
    header_row: u32,
    columns: u16,
    /// The place of the next finding.
    next: usize,
    last_row: u32,
    comments: usize,
    uncommented: u64,
    cut: u64,
    rows_left_out: u64,
}

struct Formats {
    header: Format,
    plain: Format,
    /// By severity, in the order of [`Severity::ALL`].
    marked: [Format; 3],
}

/// The colours of the severities, in the order of [`Severity::ALL`].
const COLOURS: [u32; 3] = [0x00FF_9999, 0x00FF_E08A, 0x00CC_E5FF];

fn place(severity: Severity) -> usize {
    Severity::ALL.iter().position(|known| *known == severity).unwrap_or(0)
}

/// The column of a finding in the sheet: the first for one about a whole row.
pub(super) fn column(finding: &Finding) -> u16 {
    finding.cell.unwrap_or(0)
}

fn failed(path: &Path) -> impl FnOnce(XlsxError) -> ReportError {
    let path = path.to_owned();
    move |error| {
        let source = match error {
            XlsxError::IoError(error) | XlsxError::TempFileError(_, error) => error,
            error => io::Error::other(error.to_string()),
        };
        ReportError::Io { path, source }
    }
}

impl<'o> MarkedSheet<'o> {
    /// Begins the spreadsheet: the header, which stays in view, at its own row.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn create(
        directory: &OutputDirectory,
        header_row: u32,
        header: &[String],
        outcome: &'o Outcome,
        language: Language,
    ) -> Result<MarkedSheet<'o>, ReportError> {
        let path = directory.temporary().join("marked.xlsx");
        let text = Format::new().set_num_format_index(49);
        let mut sheet = MarkedSheet {
            workbook: Workbook::new(),
            outcome,
            language,
            formats: Formats {
                header: text.clone().set_bold().set_background_color(Color::RGB(0x00E0_E0E0)),
                plain: text.clone(),
                marked: COLOURS.map(|colour| text.clone().set_background_color(Color::RGB(colour))),
            },
            header_row,
            columns: header.len() as u16,
            next: 0,
            last_row: header_row,
            comments: 0,
            uncommented: 0,
            cut: 0,
            rows_left_out: 0,
            path,
        };
        sheet.begin(header, directory.temporary()).map_err(failed(&sheet.path))?;
        Ok(sheet)
    }

    fn begin(&mut self, header: &[String], temporary: &Path) -> Result<(), XlsxError> {
        // A fixed moment: the same file gives the same bytes.
        let moment = ExcelDateTime::from_ymd(2000, 1, 1)?;
        self.workbook.set_properties(&DocProperties::new().set_creation_datetime(&moment));
        self.workbook.set_tempdir(temporary)?;
        let rows = self.workbook.add_worksheet_with_constant_memory()?;
        rows.set_name(self.language.pick("名册", "rows"))?;
        rows.set_freeze_panes(self.header_row, 0)?;
        if self.columns > 0 {
            rows.set_column_range_width(0, self.columns - 1, 16)?;
        }
        self.workbook.add_worksheet_with_constant_memory()?.set_name(self.language.pick("说明", "legend"))?;
        let row = self.header_row;
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        self.write(row, &header, true)
    }

    /// Adds a row with its cells; a row that could not be read has none. Rows come in their order.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn row(&mut self, row: u32, cells: &[impl AsRef<str>]) -> Result<(), ReportError> {
        if row > SHEET_ROWS_MAX {
            self.rows_left_out += 1;
            return Ok(());
        }
        let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
        self.last_row = row;
        self.write(row, &cells, false).map_err(failed(&self.path))
    }

    fn write(&mut self, row: u32, cells: &[&str], is_header: bool) -> Result<(), XlsxError> {
        let findings = &self.outcome.findings[self.next..];
        let skipped = findings.iter().take_while(|finding| finding.row < row).count();
        let own = findings[skipped..].iter().take_while(|finding| finding.row == row).count();
        let own = &findings[skipped..skipped + own];
        self.next += skipped + own.len();
        let mut wrong: BTreeMap<u16, Vec<&Finding>> = BTreeMap::new();
        for finding in own {
            wrong.entry(column(finding)).or_default().push(finding);
        }
        let sheet = self.workbook.worksheet_from_index(ROWS)?;
        let plain = if is_header { &self.formats.header } else { &self.formats.plain };
        let at = row - 1;
        for (cell, text) in (0u16..).zip(cells) {
            let format = match wrong.get(&cell) {
                None if text.is_empty() => continue,
                None => plain,
                Some(findings) => &self.formats.marked[worst(findings)],
            };
            let fitting = fitting(text);
            self.cut += u64::from(fitting.len() < text.len());
            sheet.write_string_with_format(at, cell, fitting, format)?;
        }
        for (cell, findings) in &wrong {
            if usize::from(*cell) >= cells.len() {
                sheet.write_blank(at, *cell, &self.formats.marked[worst(findings)])?;
            }
            if self.comments < COMMENTS_MAX {
                self.comments += 1;
                sheet.insert_note(at, *cell, &note(findings, self.language))?;
            } else {
                self.uncommented += 1;
            }
        }
        Ok(())
    }

    /// Writes the sheet of explanations and ends the file. Tells how many rows did not fit into a worksheet.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn finish(mut self, directory: &OutputDirectory) -> Result<u64, ReportError> {
        let (path, file) = directory.file("marked.xlsx")?;
        self.end().map_err(failed(&path))?;
        self.workbook.save_to_writer(file).map_err(failed(&path))?;
        Ok(self.rows_left_out)
    }

    fn end(&mut self) -> Result<(), XlsxError> {
        if self.columns > 0 && self.last_row > self.header_row {
            let rows = self.workbook.worksheet_from_index(ROWS)?;
            rows.autofilter(self.header_row - 1, 0, self.last_row - 1, self.columns - 1)?;
        }
        let language = self.language;
        let mut lines: Vec<(Option<Severity>, Vec<String>)> = Vec::new();
        let words = [("规则", "rule"), ("次数", "count"), ("问题", "what is wrong"), ("应为", "expected")];
        for severity in Severity::ALL {
            lines.push((Some(severity), vec![severity.name(language).to_owned()]));
        }
        lines.push((None, words.map(|(zh, en)| language.pick(zh, en).to_owned()).into()));
        for (rule, count) in &self.outcome.by_rule {
            let texts = [rule.code(), &count.to_string(), rule.wrong(language), rule.expected(language)];
            lines.push((Some(rule.severity()), texts.map(str::to_owned).into()));
        }
        for (count, zh, en) in [
            (
                self.uncommented,
                "个单元格只着色、没有批注，见 errors.csv",
                "cells are coloured without a comment: see errors.csv",
            ),
            (self.outcome.unlisted(), "个问题未逐条列出", "findings are counted and not listed"),
            (
                self.cut,
                "个单元格超过 32,767 个字符，在此截短",
                "cells were longer than 32,767 characters and are cut here",
            ),
            (
                self.rows_left_out,
                "行超出工作表行数上限，未写入",
                "rows are beyond the rows of a worksheet and not here",
            ),
        ] {
            if count > 0 {
                lines.push((None, vec![format!("{count} {}", language.pick(zh, en))]));
            }
        }
        let sheet = self.workbook.worksheet_from_index(LEGEND)?;
        sheet.set_column_range_width(0, 1, 24)?;
        sheet.set_column_range_width(2, 3, 60)?;
        for (row, (severity, texts)) in (0u32..).zip(&lines) {
            for (cell, text) in (0u16..).zip(texts) {
                let format = match severity {
                    Some(severity) if cell == 0 => &self.formats.marked[place(*severity)],
                    _ => &self.formats.plain,
                };
                sheet.write_string_with_format(row, cell, text, format)?;
            }
        }
        Ok(())
    }
}

fn worst(findings: &[&Finding]) -> usize {
    findings.iter().map(|finding| place(finding.severity())).min().unwrap_or(0)
}

fn note(findings: &[&Finding], language: Language) -> Note {
    let message = |finding: &&Finding| {
        let word = finding.severity().name(language);
        format!("{word}{}{}", language.pick("：", ": "), finding.message(language))
    };
    let text = findings.iter().map(message).collect::<Vec<_>>().join("\n");
    // About 22 Chinese characters or 44 letters a line of this width.
    let width: usize = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    let lines = width / 44 + findings.len() + 1;
    Note::new(text).add_author_prefix(false).set_author("renji").set_width(300).set_height(20 * lines as u32)
}

/// As much of a text as a cell holds.
fn fitting(text: &str) -> &str {
    // A character takes at least as many bytes as UTF-16 units.
    if text.len() <= CELL_CHARS_MAX {
        return text;
    }
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > CELL_CHARS_MAX
    });
    end.map_or(text, |(at, _)| &text[..at])
}
