//! A model written to a file.

use std::io::Write;
use std::path::Path;

use super::directory::Existing;
use super::error::ReportError;
use super::registry::create_file;
use crate::matching::Model;

/// Writes a model where it can be read and edited. Holds no personal data.
///
/// # Errors
/// [`ReportError::Exists`], [`ReportError::Io`].
pub fn write_model(path: &Path, existing: Existing, model: &Model) -> Result<(), ReportError> {
    let (path, mut file) = create_file(path, existing, false)?;
    file.write_all(model.to_text().as_bytes()).and_then(|()| file.flush()).map_err(ReportError::at(&path))
}
