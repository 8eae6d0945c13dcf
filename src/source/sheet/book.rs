//! An open workbook: its sheets, and the cells of one of them from the first to the last.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use calamine::{Data, Dimensions, Range, Reader, SheetType, SheetVisible, Xls, Xlsx, XlsxError};

use super::biff;
use super::cell::Value;
use super::header::Top;
use crate::limits::{HEADER_ROWS_MAX, SHEET_97_ROWS_MAX, SHEET_ROWS_MAX, WORKBOOK_PART_BYTES_MAX};
use crate::source::archive::{self, Survey};
use crate::source::error::SourceErrorKind;
use crate::source::kind::{FileKind, Form};
use crate::source::place::CellRange;
use crate::source::unpack::seekable;

/// Most blocks of merged cells among the first rows that are looked at: each row is looked up in all of them.
const NEAR_MAX: usize = 5_000;

/// A file that tells others how much of it was read.
pub(super) struct Told {
    file: File,
    bytes: Arc<AtomicU64>,
}

impl Read for Told {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl Seek for Told {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.file.seek(to)
    }
}

/// An open workbook.
pub(super) enum Book {
    Xlsx { book: Box<Xlsx<BufReader<Told>>>, survey: Survey, progress: Arc<AtomicU64> },
    Xls { book: Box<Xls<Cursor<Vec<u8>>>>, progress: Arc<AtomicU64> },
}

/// A worksheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SheetName {
    pub(super) name: String,
    pub(super) is_visible: bool,
}

/// What a reading of cells is told about each that is not empty: its row and its column, from 1, and its value.
pub(super) type Visit<'v> = dyn FnMut(u32, u32, Value<'_>) -> Result<(), SourceErrorKind> + 'v;

impl Book {
    /// Opens a workbook that is whole and within bounds; `known` is what was seen if it was looked through before.
    pub(super) fn open(path: &Path, form: &Form, known: Option<Survey>) -> Result<Book, SourceErrorKind> {
        let mut file = seekable(path, form.packing)?;
        let progress = Arc::new(AtomicU64::new(0));
        match form.kind {
            FileKind::Xls => {
                let mut bytes = Vec::new();
                let most = WORKBOOK_PART_BYTES_MAX;
                file.take(most).read_to_end(&mut bytes).map_err(SourceErrorKind::Io)?;
                if bytes.len() as u64 == most {
                    return Err(SourceErrorKind::UnpacksTooLarge);
                }
                biff::survey(&bytes)?;
                let book = Xls::new(Cursor::new(bytes)).map_err(|_| SourceErrorKind::Damaged)?;
                Ok(Book::Xls { book: Box::new(book), progress })
            }
            _ => {
                let survey = match known {
                    Some(survey) => survey,
                    None => archive::survey(&mut file)?,
                };
                let file = BufReader::new(Told { file, bytes: progress.clone() });
                let book = Box::new(Xlsx::new(file).map_err(fault)?);
                Ok(Book::Xlsx { book, survey, progress })
            }
        }
    }

    /// Its worksheets, in their order; no charts, macros and dialogues.
    pub(super) fn sheets(&self) -> Vec<SheetName> {
        let sheets = match self {
            Book::Xlsx { book, .. } => book.sheets_metadata(),
            Book::Xls { book, .. } => book.sheets_metadata(),
        };
        let worksheets = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        let named = worksheets.map(|sheet| SheetName {
            name: sheet.name.clone(),
            is_visible: sheet.visible == SheetVisible::Visible,
        });
        named.collect()
    }

    /// What was seen when it was looked through.
    pub(super) fn survey(&self) -> Survey {
        match self {
            Book::Xlsx { survey, .. } => *survey,
            Book::Xls { .. } => Survey::default(),
        }
    }

    /// How many bytes of the file have been read.
    pub(super) fn progress(&self) -> Arc<AtomicU64> {
        let (Book::Xlsx { progress, .. } | Book::Xls { progress, .. }) = self;
        progress.clone()
    }

    /// The first rows of a worksheet; `merged` are its merged cells.
    pub(super) fn top(&mut self, sheet: &str, merged: &[CellRange]) -> Result<Top, SourceErrorKind> {
        let near = merged.iter().filter(|block| *block.rows().start() <= HEADER_ROWS_MAX);
        let merged = near.take(NEAR_MAX).copied().collect();
        let mut top = Top { merged, ..Top::default() };
        let mut text = String::new();
        let mut visit = |row: u32, column: u32, value: Value<'_>| {
            if row > HEADER_ROWS_MAX {
                // Ends the walk.
                return Err(SourceErrorKind::Changed);
            }
            text.clear();
            // What is wrong with a cell among the headings is none of theirs.
            let _ = value.write(&mut text);
            top.cells.insert((row, column), text.clone());
            Ok(())
        };
        match self.for_each_cell(sheet, &mut visit) {
            Ok(()) | Err(SourceErrorKind::Changed) => Ok(top),
            Err(error) => Err(error),
        }
    }

    /// The merged cells of a worksheet. Passes over the whole sheet once more, if the workbook has any.
    pub(super) fn merged(&mut self, sheet: &str) -> Result<Vec<CellRange>, SourceErrorKind> {
        let merged = match self {
            Book::Xlsx { survey, .. } if !survey.has_merged_cells => Vec::new(),
            Book::Xlsx { book, .. } => book.merge_cells_by_sheet_name(sheet).map_err(fault)?,
            Book::Xls { book, .. } => {
                book.merge_cells_by_sheet_name(sheet).map_err(|_| SourceErrorKind::Damaged)?
            }
        };
        let block = |block: Dimensions| {
            let corner = |(row, column): (u32, u32)| (row.saturating_add(1), column.saturating_add(1));
            CellRange::block(corner(block.start), corner(block.end))
        };
        Ok(merged.into_iter().map(block).collect())
    }

    /// Whether a worksheet is filled to the last row there can be.
    pub(super) fn is_full(&mut self, sheet: &str) -> Result<bool, SourceErrorKind> {
        let last = match self {
            Book::Xlsx { survey, .. } if !survey.has_last_row => return Ok(false),
            Book::Xlsx { book, .. } => {
                book.worksheet_cells_reader(sheet).map_err(fault)?.dimensions().end.0 + 1
            }
            Book::Xls { book, .. } => {
                let end = range(book, sheet)?.end();
                return Ok(end.is_some_and(|(row, _)| row + 1 >= SHEET_97_ROWS_MAX));
            }
        };
        if last > 1 {
            return Ok(last >= SHEET_ROWS_MAX);
        }
        // A writer need not say how large a sheet is: then its cells tell, of which it has hardly any or very many.
        let mut last = 0;
        self.for_each_cell(sheet, &mut |row, _, _| {
            last = row;
            Ok(())
        })?;
        Ok(last >= SHEET_ROWS_MAX)
    }

    /// Shows every cell of a worksheet that is not empty, row by row.
    pub(super) fn for_each_cell(
        &mut self,
        sheet: &str,
        visit: &mut Visit<'_>,
    ) -> Result<(), SourceErrorKind> {
        match self {
            Book::Xlsx { book, .. } => {
                let mut cells = book.worksheet_cells_reader(sheet).map_err(fault)?;
                while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(fault)? {
                    let (row, column) = cell.pos;
                    let value = match Value::of_ref(&cell.value) {
                        None if cell.formula.is_some() => Value::Unknown,
                        None => continue,
                        Some(value) => value,
                    };
                    visit(row.saturating_add(1), column.saturating_add(1), value)?;
                }
                Ok(())
            }
            Book::Xls { book, .. } => {
                let range = range(book, sheet)?;
                let (top, left) = range.start().unwrap_or((0, 0));
                for (row, column, value) in range.used_cells() {
                    let Some(value) = Value::of(value) else { continue };
                    visit(top + row as u32 + 1, left + column as u32 + 1, value)?;
                }
                Ok(())
            }
        }
    }
}

fn range(book: &mut Xls<Cursor<Vec<u8>>>, sheet: &str) -> Result<Range<Data>, SourceErrorKind> {
    book.worksheet_range(sheet).map_err(|_| SourceErrorKind::Damaged)
}

/// What an error of the reader means.
fn fault(error: XlsxError) -> SourceErrorKind {
    match error {
        XlsxError::Password => SourceErrorKind::Encrypted,
        XlsxError::Io(error) if error.raw_os_error().is_some() => SourceErrorKind::Io(error),
        _ => SourceErrorKind::Damaged,
    }
}
