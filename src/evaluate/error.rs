//! Why an evaluation cannot be made.

use std::fmt;
use std::path::PathBuf;

use crate::source::SourceError;

/// Why a truth, or lists that are held against it, cannot be counted.
#[derive(Debug)]
#[non_exhaustive]
pub enum EvaluateError {
    /// A file cannot be read.
    Source(SourceError),
    /// A row of a list of pairs or clusters makes no sense.
    List {
        /// The list.
        path: PathBuf,
        /// The row.
        row: u32,
        /// What is wrong.
        reason: &'static str,
    },
}

impl fmt::Display for EvaluateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EvaluateError::Source(error) => write!(f, "{error}"),
            EvaluateError::List { path, row, reason } => {
                write!(f, "{}, row {row}: {reason}", path.display())
            }
        }
    }
}

impl std::error::Error for EvaluateError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            EvaluateError::Source(error) => Some(error),
            EvaluateError::List { .. } => None,
        }
    }
}

impl From<SourceError> for EvaluateError {
    fn from(error: SourceError) -> EvaluateError {
        EvaluateError::Source(error)
    }
}
