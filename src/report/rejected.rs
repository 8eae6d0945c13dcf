//! `rejected.csv`: one line for each row that could not be read.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::PathBuf;

use super::directory::OutputDirectory;
use super::error::ReportError;
use crate::language::Language;
use crate::source::Rejected;

/// The file being written. Columns: `file,row,column,rule,message`.
pub struct RejectedList {
    path: PathBuf,
    writer: csv::Writer<BufWriter<File>>,
    language: Language,
}

impl RejectedList {
    /// Makes the file and its header.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn create(directory: &OutputDirectory, language: Language) -> Result<RejectedList, ReportError> {
        let (path, file) = directory.file("rejected.csv")?;
        let mut writer = csv::Writer::from_writer(file);
        let header = ["file", "row", "column", "rule", "message"];
        writer.write_record(header).map_err(ReportError::csv_at(&path))?;
        Ok(RejectedList { path, writer, language })
    }

    /// Adds rejected rows of the file called `file`.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn write(&mut self, file: &str, rejected: &[Rejected]) -> Result<(), ReportError> {
        for row in rejected {
            let number = row.origin.row.to_string();
            let column = row.column.map_or("", |column| column.code());
            let message = row.message(self.language);
            self.writer
                .write_record([file, &number, column, row.rule.code(), &message])
                .map_err(ReportError::csv_at(&self.path))?;
        }
        Ok(())
    }

    /// Writes what is buffered.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn finish(self) -> Result<(), ReportError> {
        let path = self.path;
        let file = self
            .writer
            .into_inner()
            .map_err(|error| io::Error::from(error.error().kind()))
            .map_err(ReportError::at(&path))?;
        file.into_inner().map(drop).map_err(|error| error.into_error()).map_err(ReportError::at(&path))
    }
}
