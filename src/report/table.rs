//! One CSV file of a result.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::directory::{Existing, OutputDirectory};
use super::error::ReportError;
use super::registry::create_file;

/// A CSV file being written.
pub(super) struct ListWriter {
    path: PathBuf,
    writer: csv::Writer<BufWriter<File>>,
}

impl ListWriter {
    /// Makes the file.
    pub(super) fn create(directory: &OutputDirectory, name: &str) -> Result<ListWriter, ReportError> {
        let (path, file) = directory.file(name)?;
        Ok(ListWriter { path, writer: csv::Writer::from_writer(file) })
    }

    /// Makes a file by itself, in no result directory.
    pub(super) fn create_at(path: &Path, existing: Existing) -> Result<ListWriter, ReportError> {
        let (path, file) = create_file(path, existing, false)?;
        Ok(ListWriter { path, writer: csv::Writer::from_writer(file) })
    }

    /// Makes the file with a byte order mark, without which spreadsheets do not read UTF-8.
    pub(super) fn create_for_spreadsheets(
        directory: &OutputDirectory,
        name: &str,
    ) -> Result<ListWriter, ReportError> {
        let (path, mut file) = directory.file(name)?;
        file.write_all("\u{FEFF}".as_bytes()).map_err(ReportError::at(&path))?;
        let writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file);
        Ok(ListWriter { path, writer })
    }

    /// Adds a row.
    pub(super) fn row<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) -> Result<(), ReportError> {
        self.writer.write_record(cells).map_err(ReportError::csv_at(&self.path))
    }

    /// Writes what is buffered; tells where.
    pub(super) fn finish(self) -> Result<PathBuf, ReportError> {
        let path = self.path;
        let file = self
            .writer
            .into_inner()
            .map_err(|error| io::Error::from(error.error().kind()))
            .map_err(ReportError::at(&path))?;
        file.into_inner().map_err(|error| error.into_error()).map_err(ReportError::at(&path))?;
        Ok(path)
    }
}
