//! Why a measurement stopped.

use std::fmt;
use std::path::{Path, PathBuf};

use super::baseline::BaselineError;
use crate::dedupe::DedupeError;
use crate::registry::RegistryError;
use crate::report::ReportError;
use crate::source::SourceError;
use crate::synth::ConfigError;

/// Why a measurement stopped. What it had made is its caller's to remove.
#[derive(Debug)]
pub enum BenchError {
    /// There is no such nation.
    Nation(ConfigError),
    /// A working file cannot be written or read.
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The made-up file cannot be read.
    Source(SourceError),
    /// The registry failed.
    Registry(RegistryError),
    /// The comparison could not be ended.
    Dedupe(DedupeError),
    /// The lists of the comparison cannot be written.
    Report(ReportError),
    /// A baseline failed.
    Baseline(BaselineError),
}

/// A result of this room.
pub type Result<T> = std::result::Result<T, BenchError>;

impl BenchError {
    /// An input or output error of a working file.
    pub(super) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> BenchError {
        let path = path.to_owned();
        move |cause| BenchError::Io { path, cause }
    }
}

impl fmt::Display for BenchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BenchError::Nation(error) => write!(f, "{error}"),
            BenchError::Io { path, cause } => write!(f, "{}: {cause}", path.display()),
            BenchError::Source(error) => write!(f, "{error}"),
            BenchError::Registry(error) => write!(f, "{error}"),
            BenchError::Dedupe(error) => write!(f, "{error}"),
            BenchError::Report(error) => write!(f, "{error}"),
            BenchError::Baseline(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for BenchError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        // Each is said in the words of its cause, so the chain goes on below that.
        match self {
            BenchError::Nation(error) => error.source(),
            BenchError::Io { cause, .. } => cause.source(),
            BenchError::Source(error) => error.source(),
            BenchError::Registry(error) => error.source(),
            BenchError::Dedupe(error) => error.source(),
            BenchError::Report(error) => error.source(),
            BenchError::Baseline(error) => error.source(),
        }
    }
}

impl From<ConfigError> for BenchError {
    fn from(error: ConfigError) -> BenchError {
        BenchError::Nation(error)
    }
}

impl From<SourceError> for BenchError {
    fn from(error: SourceError) -> BenchError {
        BenchError::Source(error)
    }
}

impl From<RegistryError> for BenchError {
    fn from(error: RegistryError) -> BenchError {
        BenchError::Registry(error)
    }
}

impl From<DedupeError> for BenchError {
    fn from(error: DedupeError) -> BenchError {
        BenchError::Dedupe(error)
    }
}

impl From<ReportError> for BenchError {
    fn from(error: ReportError) -> BenchError {
        BenchError::Report(error)
    }
}

impl From<BaselineError> for BenchError {
    fn from(error: BaselineError) -> BenchError {
        BenchError::Baseline(error)
    }
}
