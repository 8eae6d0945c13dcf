//! Workbooks: which worksheet, which row of headings, and its rows as pieces.
//!
//! | file | what lives there |
//! |---|---|
//! | `book` | an open workbook: its sheets, its cells one after the other |
//! | `header` | the row of headings |
//! | `cell` | the value of a cell as text |
//! | `rows` | cells as rows of a piece, with what cannot be taken of them |
//! | `biff` | a workbook of Excel 97 to 2003 looked through beforehand |
//!
//! The cells of an `.xlsx` go by one at a time; its texts are in memory. An `.xls` is in memory as a whole.

mod biff;
mod book;
pub(super) mod cell;
mod header;
mod rows;

use std::path::Path;
use std::time::SystemTime;

use super::archive::Survey;
use super::error::SourceErrorKind;
use super::feed::{Feed, Feeder, guarded};
use super::kind::Form;
use crate::language::Language;
use crate::limits::COLUMNS_MAX;
use book::{Book, SheetName};
pub(super) use header::Wanted;
use header::{Header, NoHeader};
use rows::Rows;

/// The worksheet that is read, and its row of headings; behind it those on which it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    sheets: Vec<(String, Header)>,
    /// What was seen when the workbook was looked through, and when it had last been changed by then.
    survey: Survey,
    modified: Option<SystemTime>,
    /// What should be said of the workbook.
    pub(super) remarks: Vec<Remark>,
}

impl Chosen {
    /// The row of the headings, of the first sheet.
    pub(super) fn header_row(&self) -> u32 {
        self.sheets.first().map_or(1, |(_, header)| header.row)
    }

    /// The headings.
    pub(super) fn header(&self) -> &[String] {
        self.sheets.first().map_or(&[], |(_, header)| &header.names)
    }

    /// The name of the sheet, or of the first of several.
    pub(super) fn sheet(&self) -> &str {
        self.sheets.first().map_or("", |(name, _)| name)
    }
}

/// Something about a workbook that whoever reads it should know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remark {
    /// Hidden sheets were passed over.
    HiddenSheets(Vec<String>),
    /// Further sheets have headings of students and were not read.
    OtherSheets(Vec<String>),
    /// The sheet is filled to the last row there can be: rows may have been cut off.
    FullSheet(String),
}

impl Remark {
    /// The remark in words.
    pub fn message(&self, language: Language) -> String {
        match (self, language) {
            (Remark::HiddenSheets(sheets), Language::Zh) => {
                format!("跳过隐藏的工作表 {}；需要读取时请用 --sheet 指明", sheets.join("、"))
            }
            (Remark::HiddenSheets(sheets), Language::En) => {
                format!("hidden sheets passed over: {}; name one with --sheet to read it", sheets.join(", "))
            }
            (Remark::OtherSheets(sheets), Language::Zh) => {
                format!("工作表 {} 也有学生数据的表头，未读取；请用 --sheet 逐一读取", sheets.join("、"))
            }
            (Remark::OtherSheets(sheets), Language::En) => {
                let sheets = sheets.join(", ");
                format!("not read, although they have headings of students: {sheets}; read each with --sheet")
            }
            (Remark::FullSheet(sheet), Language::Zh) => {
                format!("工作表 {sheet} 已填满到最后一行，超出的行可能已丢失；请核对原始数据或分成多个文件")
            }
            (Remark::FullSheet(sheet), Language::En) => format!(
                "the sheet {sheet} is filled to its last row: rows may have been cut off; compare with the \
                 original data, or divide it among several files"
            ),
        }
    }
}

/// Chooses the worksheet: the one that was named, else the first that is visible and has usable headings.
pub(super) fn choose(
    path: &Path,
    form: &Form,
    named: Option<&str>,
    wanted: Wanted<'_>,
) -> Result<Chosen, SourceErrorKind> {
    guarded(|| {
        let modified = modified(path);
        let mut book = Book::open(path, form, None)?;
        let sheets = book.sheets();
        if let Some(named) = named {
            let found = sheets.iter().find(|sheet| sheet.name.trim() == named.trim());
            let Some(sheet) = found else {
                let sheets = sheets.into_iter().map(|sheet| sheet.name).collect();
                return Err(SourceErrorKind::NoSheet { sheet: named.to_owned(), sheets });
            };
            let header = headings(&mut book, &sheet.name, wanted)?.map_err(unusable)?;
            let behind = sheets.iter().skip_while(|known| *known != sheet).skip(1);
            let chosen = chosen(&mut book, sheet, header, behind, wanted)?;
            return Ok(Chosen { modified, ..chosen });
        }
        let (visible, hidden): (Vec<&SheetName>, Vec<&SheetName>) =
            sheets.iter().partition(|sheet| sheet.is_visible);
        let mut first: Option<(&SheetName, Header)> = None;
        let mut others = Vec::new();
        let mut fault = NoHeader::Blank;
        for sheet in &visible {
            match headings(&mut book, &sheet.name, wanted)? {
                Ok(header) if first.is_none() => first = Some((sheet, header)),
                Ok(_) => others.push(sheet.name.clone()),
                // What is wrong with the first sheet that holds anything is told.
                Err(why) if matches!(fault, NoHeader::Blank) => fault = why,
                Err(_) => {}
            }
        }
        let Some((sheet, header)) = first else {
            return Err(match (visible.is_empty(), hidden.is_empty()) {
                (true, true) => SourceErrorKind::NoWorksheet,
                (true, false) => SourceErrorKind::HiddenSheets {
                    sheets: hidden.iter().map(|sheet| sheet.name.clone()).collect(),
                },
                _ => unusable(fault),
            });
        };
        let behind = visible.iter().copied().skip_while(|known| *known != sheet).skip(1);
        let mut chosen = chosen(&mut book, sheet, header, behind, wanted)?;
        others.retain(|other| chosen.sheets.iter().all(|(sheet, _)| sheet != other));
        if !others.is_empty() && matches!(wanted, Wanted::Students(_)) {
            chosen.remarks.push(Remark::OtherSheets(others));
        }
        if !hidden.is_empty() {
            let hidden = hidden.iter().map(|sheet| sheet.name.clone()).collect();
            chosen.remarks.push(Remark::HiddenSheets(hidden));
        }
        Ok(Chosen { modified, ..chosen })
    })
}

/// A sheet, and those `behind` it on which it goes on: where it is filled to its last row, the next if that has the
/// same headings, and so on. That is how lists of more rows than a sheet has are written, by others as well.
fn chosen<'s>(
    book: &mut Book,
    sheet: &SheetName,
    header: Header,
    behind: impl Iterator<Item = &'s SheetName>,
    wanted: Wanted<'_>,
) -> Result<Chosen, SourceErrorKind> {
    if header.names.len() > COLUMNS_MAX {
        return Err(SourceErrorKind::TooManyColumns);
    }
    let mut is_full = book.is_full(&sheet.name)?;
    let mut sheets = vec![(sheet.name.clone(), header)];
    for next in behind.filter(|sheet| sheet.is_visible) {
        if !is_full {
            break;
        }
        match headings(book, &next.name, wanted)? {
            Ok(header) if header.names == sheets[0].1.names => sheets.push((next.name.clone(), header)),
            _ => break,
        }
        is_full = book.is_full(&next.name)?;
    }
    let last = sheets.last().map(|(name, _)| Remark::FullSheet(name.clone()));
    let remarks = last.filter(|_| is_full).into_iter().collect();
    Ok(Chosen { sheets, remarks, survey: book.survey(), modified: None })
}

/// Reads the rows of the worksheet that was chosen, on a thread of its own.
pub(super) fn feed(
    path: &Path,
    form: &Form,
    chosen: &Chosen,
) -> Result<(Feed, Vec<String>), SourceErrorKind> {
    let (form, chosen) = (*form, chosen.clone());
    Feed::begin(path, form.bytes, move |path, feeder| read(path, &form, &chosen, feeder))
}

fn read(path: &Path, form: &Form, chosen: &Chosen, feeder: &Feeder) -> Result<(), SourceErrorKind> {
    // A workbook that was looked through and has not changed since need not be again.
    let is_known = chosen.modified.is_some() && chosen.modified == modified(path);
    let mut book = Book::open(path, form, is_known.then_some(chosen.survey))?;
    let mut rows: Option<Rows> = None;
    for (sheet, known) in &chosen.sheets {
        let merged = book.merged(sheet)?;
        let header = book.top(sheet, &merged)?.header(known.row);
        if header.names != chosen.sheets[0].1.names {
            return Err(SourceErrorKind::Changed);
        }
        let rows = match &mut rows {
            Some(rows) => {
                rows.next_sheet(&header, merged, feeder)?;
                rows
            }
            None => {
                feeder.header(header.names.clone())?;
                rows.insert(Rows::new(&header, merged, form.bytes, book.progress()))
            }
        };
        book.for_each_cell(sheet, &mut |row, column, value| rows.cell(row, column, value, feeder))?;
    }
    rows.map_or(Ok(()), |rows| rows.finish(feeder))
}

/// When a file was last changed, where the system tells.
fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// The row of headings of a sheet.
fn headings(
    book: &mut Book,
    sheet: &str,
    wanted: Wanted<'_>,
) -> Result<Result<Header, NoHeader>, SourceErrorKind> {
    let merged = book.merged(sheet)?;
    Ok(book.top(sheet, &merged)?.find(wanted))
}

fn unusable(why: NoHeader) -> SourceErrorKind {
    match why {
        NoHeader::Blank => SourceErrorKind::Empty,
        NoHeader::Unusable => SourceErrorKind::NoUsableColumn,
        NoHeader::Columns(error) => SourceErrorKind::Columns(error),
    }
}
