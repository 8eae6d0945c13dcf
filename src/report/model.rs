//! A model written to a file, or into a result.

use std::io::Write;
use std::path::Path;

use super::directory::{Existing, OutputDirectory};
use super::error::ReportError;
use super::registry::create_file;
use crate::matching::Model;

/// The model's file in a result.
pub(super) const MODEL_OF_RESULT: &str = "model.json";

/// Writes a model where it can be read and edited. Holds no personal data.
///
/// # Errors
/// [`ReportError::Exists`], [`ReportError::Io`].
pub fn write_model(path: &Path, existing: Existing, model: &Model) -> Result<(), ReportError> {
    let (path, mut file) = create_file(path, existing, false)?;
    file.write_all(model.to_text().as_bytes()).and_then(|()| file.flush()).map_err(ReportError::at(&path))
}

/// Writes `model.json`, by which the result was judged.
///
/// # Errors
/// [`ReportError::Io`].
pub fn write_model_of_result(directory: &OutputDirectory, model: &Model) -> Result<(), ReportError> {
    let (path, mut file) = directory.file(MODEL_OF_RESULT)?;
    file.write_all(model.to_text().as_bytes()).and_then(|()| file.flush()).map_err(ReportError::at(&path))
}
