//! Rows written in another system's fields, and the list of what did not fit.

use std::path::Path;

use super::directory::Existing;
use super::error::ReportError;
use super::table::ListWriter;
use crate::language::Language;
use crate::template::{Field, Loss};

/// A file of rows under another system's headings.
pub struct ConvertedRows(ListWriter);

impl ConvertedRows {
    /// Makes the file and its header.
    ///
    /// # Errors
    ///
    /// [`ReportError::Exists`], [`ReportError::Io`].
    pub fn create(path: &Path, existing: Existing, header: &[&str]) -> Result<ConvertedRows, ReportError> {
        let mut list = ListWriter::create_at(path, existing)?;
        list.row(header.iter().copied())?;
        Ok(ConvertedRows(list))
    }

    /// Adds a row.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn row(&mut self, cells: &[String]) -> Result<(), ReportError> {
        self.0.row(cells.iter().map(String::as_str))
    }

    /// Writes what is buffered.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn finish(self) -> Result<(), ReportError> {
        self.0.finish().map(drop)
    }
}

/// Writes what did not fit. Columns: `kind`, `field`, `column`, `rows`, `first_row`, `message`. Holds no value of the file.
///
/// # Errors
///
/// [`ReportError::Exists`], [`ReportError::Io`].
pub fn write_losses(
    path: &Path,
    existing: Existing,
    losses: &[Loss],
    language: Language,
) -> Result<(), ReportError> {
    let mut list = ListWriter::create_at(path, existing)?;
    list.row(["kind", "field", "column", "rows", "first_row", "message"])?;
    for loss in losses {
        list.row([
            loss.kind.code(),
            loss.field.map_or("", Field::code),
            &loss.column,
            &loss.rows.to_string(),
            &loss.first_row.to_string(),
            loss.kind.message(language),
        ])?;
    }
    list.finish().map(drop)
}
