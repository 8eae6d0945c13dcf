//! `rejected.csv`: a line for each row that could not be read, and for each value of a good row that was
//! left out because it means nothing.

use std::path::Path;

use super::decisions::DecisionFault;
use super::directory::{Existing, OutputDirectory};
use super::error::ReportError;
use super::table::ListWriter;
use crate::identity::Issue;
use crate::language::Language;
use crate::registry::RegistryError;
use crate::source::{CellRange, Rejected};
use crate::student::{Column, Origin};

/// The file being written. Columns: `file,row,column,rule,message`.
pub struct RejectedList {
    list: ListWriter,
    language: Language,
}

impl RejectedList {
    /// Makes the file and its header.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn create(directory: &OutputDirectory, language: Language) -> Result<RejectedList, ReportError> {
        RejectedList::begin(ListWriter::create(directory, "rejected.csv")?, language)
    }

    /// Makes a file by itself, in no result directory.
    ///
    /// # Errors
    ///
    /// [`ReportError::Exists`], [`ReportError::Io`].
    pub fn create_at(
        path: &Path,
        existing: Existing,
        language: Language,
    ) -> Result<RejectedList, ReportError> {
        RejectedList::begin(ListWriter::create_at(path, existing)?, language)
    }

    fn begin(mut list: ListWriter, language: Language) -> Result<RejectedList, ReportError> {
        list.row(["file", "row", "column", "rule", "message"])?;
        Ok(RejectedList { list, language })
    }

    /// Adds a row that a registry refused: an error that concerns it alone.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn refused(&mut self, file: &str, origin: Origin, error: &RegistryError) -> Result<(), ReportError> {
        let (row, message) = (origin.row.to_string(), error.message(self.language));
        self.list.row([file, &row, "", error.code(), &message])
    }

    /// Adds what was rejected of one chunk of the file called `file`: rows, and values of other rows.
    /// Both come in the order of their rows and are written so.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn write(
        &mut self,
        file: &str,
        rows: &[Rejected],
        values: &[(Origin, Issue)],
    ) -> Result<(), ReportError> {
        self.write_cells(file, rows, values, &|_, _| None)
    }

    /// The same of a chunk of a [`Source`](crate::source::Source) that may be a worksheet: `cell` tells where a field
    /// of a row stands, and the message begins with it.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn write_cells(
        &mut self,
        file: &str,
        rows: &[Rejected],
        values: &[(Origin, Issue)],
        cell: &dyn Fn(u32, Column) -> Option<CellRange>,
    ) -> Result<(), ReportError> {
        let mut values = values.iter().peekable();
        for row in rows {
            while let Some((origin, issue)) = values.next_if(|(origin, _)| origin.row < row.origin.row) {
                self.value(file, *origin, *issue, cell)?;
            }
            let number = row.origin.row.to_string();
            let column = row.column.map_or("", |column| column.code());
            let message = row.message(self.language);
            self.list.row([file, &number, column, row.rule.code(), &message])?;
        }
        values.try_for_each(|(origin, issue)| self.value(file, *origin, *issue, cell))
    }

    fn value(
        &mut self,
        file: &str,
        origin: Origin,
        issue: Issue,
        cell: &dyn Fn(u32, Column) -> Option<CellRange>,
    ) -> Result<(), ReportError> {
        let mut message = self.language.pick(issue.rule.message_zh(), issue.rule.message_en()).to_owned();
        if let Some(cell) = cell(origin.row, issue.column) {
            message = format!("{cell}{}{message}", self.language.pick("：", ": "));
        }
        self.list.row([file, &origin.row.to_string(), issue.column.code(), issue.rule.code(), &message])
    }

    /// Adds a decision that was not applied.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn decision(&mut self, file: &str, row: u32, fault: DecisionFault) -> Result<(), ReportError> {
        let message = fault.message(self.language);
        self.list.row([file, &row.to_string(), fault.column(), fault.rule(), &message])
    }

    /// Writes what is buffered.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn finish(self) -> Result<(), ReportError> {
        self.list.finish().map(drop)
    }
}
