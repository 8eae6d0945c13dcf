//! A list as a workbook: every cell a text, so that no number of anybody's becomes a quantity.
//!
//! Rows go to a temporary file as they come, so memory does not grow with them. A sheet has 1,048,576 rows; what
//! is more goes on in further sheets, each with the header, which `source` reads on as one.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::error::ReportError;
use crate::limits::SHEET_ROWS_MAX;

/// The width of a column, in characters: a citizen's number fits.
const COLUMN_WIDTH: f64 = 20.0;
/// Bytes of text from which on the archive is written for files above 4 GiB. A cell takes some 50 bytes of XML beside
/// its text.
const LARGE_BYTES: u64 = 256 * 1024 * 1024;

/// A workbook being written.
pub(super) struct BookWriter {
    file: BufWriter<File>,
    workbook: Workbook,
    header: Vec<String>,
    bold: Format,
    sheet: Option<Worksheet>,
    /// The row that is written next, from 0.
    row: u32,
    /// Rows of a sheet at most; fewer only to test what follows.
    rows_max: u32,
    sheets: u32,
    bytes: u64,
}

impl BookWriter {
    /// Begins a workbook with no sheet; `path` is where it will be.
    pub(super) fn new(path: &Path, file: BufWriter<File>) -> Result<BookWriter, ReportError> {
        let mut workbook = Workbook::new();
        // Beside the result: there is room where it is to be.
        let beside = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        workbook.set_tempdir(beside.unwrap_or(Path::new("."))).map_err(fault(path))?;
        // The same list is the same file, whenever it is written.
        let day = ExcelDateTime::from_ymd(2000, 1, 1).map_err(fault(path))?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&day));
        Ok(BookWriter {
            file,
            workbook,
            header: Vec::new(),
            bold: Format::new().set_bold(),
            sheet: None,
            row: 0,
            rows_max: SHEET_ROWS_MAX,
            sheets: 0,
            bytes: 0,
        })
    }

    /// Adds a row; the first is the header.
    pub(super) fn row<'c>(
        &mut self,
        path: &Path,
        cells: impl IntoIterator<Item = &'c str>,
    ) -> Result<(), ReportError> {
        if self.header.is_empty() {
            self.header = cells.into_iter().map(str::to_owned).collect();
            return self.begin_sheet().map_err(fault(path));
        }
        if self.row >= self.rows_max {
            self.end_sheet().and_then(|()| self.begin_sheet()).map_err(fault(path))?;
        }
        let Some(sheet) = &mut self.sheet else { return Ok(()) };
        for (column, cell) in (0..).zip(cells) {
            // An empty cell is no cell.
            if !cell.is_empty() {
                sheet.write_string(self.row, column, cell).map_err(fault(path))?;
            }
            self.bytes += cell.len() as u64 + 50;
        }
        self.row += 1;
        Ok(())
    }

    fn begin_sheet(&mut self) -> Result<(), XlsxError> {
        self.sheets += 1;
        let mut sheet = self.workbook.new_worksheet_with_constant_memory()?;
        sheet.set_name(format!("Sheet{}", self.sheets))?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, name) in (0..).zip(&self.header) {
            sheet.set_column_width(column, COLUMN_WIDTH)?;
            sheet.write_string_with_format(0, column, name, &self.bold)?;
        }
        self.sheet = Some(sheet);
        self.row = 1;
        Ok(())
    }

    fn end_sheet(&mut self) -> Result<(), XlsxError> {
        let Some(mut sheet) = self.sheet.take() else { return Ok(()) };
        let columns = u16::try_from(self.header.len()).unwrap_or(u16::MAX);
        if columns > 0 {
            sheet.autofilter(0, 0, self.row - 1, columns - 1)?;
        }
        self.workbook.push_worksheet(sheet);
        Ok(())
    }

    /// Writes the file.
    pub(super) fn finish(mut self, path: &Path) -> Result<(), ReportError> {
        self.end_sheet().map_err(fault(path))?;
        if self.bytes > LARGE_BYTES {
            self.workbook.use_zip_large_file(true);
        }
        self.workbook.save_to_writer(&mut self.file).map_err(fault(path))?;
        self.file.into_inner().map_err(|error| error.into_error()).map_err(ReportError::at(path)).map(drop)
    }
}

/// What an error of the writer is to whoever wants the file.
fn fault(path: &Path) -> impl Fn(XlsxError) -> ReportError {
    move |error| match error {
        XlsxError::MaxStringLengthExceeded => ReportError::CellTooLong(path.to_owned()),
        XlsxError::IoError(source) => ReportError::Io { path: path.to_owned(), source },
        error => ReportError::Io { path: path.to_owned(), source: std::io::Error::other(error) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{EncodingChoice, Table};

    #[test]
    fn goes_on_in_further_sheets() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let path = root.path().join("list.xlsx");
        let file = BufWriter::new(File::create(&path).expect("a file"));
        let mut book = BookWriter::new(&path, file).expect("a workbook");
        book.rows_max = 3;
        book.row(&path, ["n"]).expect("writing");
        for n in 0..5 {
            book.row(&path, [n.to_string().as_str()]).expect("writing");
        }
        book.finish(&path).expect("writing");
        for (sheet, expected) in
            [("Sheet1", vec!["0", "1"]), ("Sheet2", vec!["2", "3"]), ("Sheet3", vec!["4"])]
        {
            let table = Table::open_sheet(&path, EncodingChoice::Auto, Some(sheet)).expect("a sheet");
            let mut read = Vec::new();
            table.for_each_row(|_, cells| read.push(cells[0].to_string())).expect("readable");
            assert_eq!(read, expected, "{sheet}");
        }
    }
}
