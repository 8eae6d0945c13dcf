//! The one error of the crate's outer face: what kind, where, and the cause beneath.
//!
//! Rooms have narrow errors of their own; they become this one where a caller (the command line, an
//! embedding service) wants to know what to do rather than what exactly happened. No message holds
//! personal data: files, rows and columns, never a cell.

use std::fmt;
use std::path::{Path, PathBuf};

#[cfg(feature = "bench")]
use crate::bench::BenchError;
use crate::dedupe::{DedupeError, SpillError};
use crate::evaluate::EvaluateError;
use crate::language::Language;
use crate::registry::RegistryError;
use crate::report::{ReportError, ResultError};
use crate::source::{ColumnMapError, ModelFileError, SourceError, SourceErrorKind};
use crate::store::StoreError;
use crate::student::Column;
use crate::training::TrainError;

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request makes no sense: a wrong flag, a column map that does not fit.
    Usage,
    /// An input cannot be read.
    Input,
    /// A result cannot be written.
    Output,
    /// A registry's stored bytes are not what was written.
    Damaged,
}

/// Where in the input an error is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Position {
    /// The file.
    pub path: Option<PathBuf>,
    /// The row, the header being row 1.
    pub row: Option<u32>,
    /// The field.
    pub column: Option<Column>,
}

/// Anything that stopped the work. One pointer wide.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    position: Position,
    message: String,
    message_zh: Option<String>,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// A result with the crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A request that makes no sense. The message must hold no personal data.
    pub fn usage(message: impl Into<String>) -> Error {
        Error(Box::new(Inner {
            kind: ErrorKind::Usage,
            position: Position::default(),
            message: message.into(),
            message_zh: None,
            cause: None,
        }))
    }

    /// A request that makes no sense, in both languages. The messages must hold no personal data.
    pub fn refused(message: impl Into<String>, message_zh: impl Into<String>) -> Error {
        let mut error = Error::usage(message);
        error.0.message_zh = Some(message_zh.into());
        error
    }

    /// An input that cannot be read, for a reason that is no [`SourceError`].
    pub fn input(path: &Path, message: impl Into<String>) -> Error {
        Error(Box::new(Inner {
            kind: ErrorKind::Input,
            position: Position { path: Some(path.to_owned()), ..Position::default() },
            message: message.into(),
            message_zh: None,
            cause: None,
        }))
    }

    /// A result that cannot be written to a file.
    pub fn output(path: &Path, cause: std::io::Error) -> Error {
        let position = Position { path: Some(path.to_owned()), ..Position::default() };
        let message = format!("{}: cannot be written: {cause}", path.display());
        let message_zh = Some(format!("{}：无法写出：{cause}", path.display()));
        Error(Box::new(Inner {
            kind: ErrorKind::Output,
            position,
            message,
            message_zh,
            cause: Some(Box::new(cause)),
        }))
    }

    fn caused(
        kind: ErrorKind,
        position: Position,
        message_zh: String,
        cause: impl std::error::Error + Send + Sync + 'static,
    ) -> Error {
        let message = cause.to_string();
        let cause: Option<Box<dyn std::error::Error + Send + Sync>> = Some(Box::new(cause));
        Error(Box::new(Inner { kind, position, message, message_zh: Some(message_zh), cause }))
    }

    /// What is wrong, in words; English where there are no Chinese ones.
    pub fn message(&self, language: Language) -> String {
        match (language, &self.0.message_zh) {
            (Language::Zh, Some(message)) => message.clone(),
            _ => self.to_string(),
        }
    }

    /// What to do about it.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Where it is.
    pub fn position(&self) -> &Position {
        &self.0.position
    }

    /// Whether the request makes no sense.
    pub fn is_usage(&self) -> bool {
        self.kind() == ErrorKind::Usage
    }

    /// Whether an input cannot be read.
    pub fn is_input(&self) -> bool {
        self.kind() == ErrorKind::Input
    }

    /// Whether a registry is damaged.
    pub fn is_damaged(&self) -> bool {
        self.kind() == ErrorKind::Damaged
    }

    /// Whether a result cannot be written.
    pub fn is_output(&self) -> bool {
        self.kind() == ErrorKind::Output
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.0.cause, &self.0.position.path) {
            // The cause names the place itself.
            (None, Some(path)) => write!(f, "{}: {}", path.display(), self.0.message),
            _ => f.write_str(&self.0.message),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        // The message is the direct cause's own, so the chain goes on below it.
        self.0.cause.as_ref().and_then(|cause| cause.source())
    }
}

impl From<SourceError> for Error {
    fn from(error: SourceError) -> Error {
        let (kind, column) = match error.kind() {
            SourceErrorKind::Columns(ColumnMapError::UnknownColumn { field, .. }) => {
                (ErrorKind::Usage, field.column())
            }
            SourceErrorKind::Columns(_)
            | SourceErrorKind::MissingColumn { .. }
            | SourceErrorKind::NoSheet { .. } => (ErrorKind::Usage, None),
            _ => (ErrorKind::Input, None),
        };
        let position = Position { path: Some(error.path().to_owned()), row: error.row(), column };
        Error::caused(kind, position, error.message(Language::Zh), error)
    }
}

impl From<ColumnMapError> for Error {
    fn from(error: ColumnMapError) -> Error {
        Error::caused(ErrorKind::Usage, Position::default(), error.message(Language::Zh), error)
    }
}

impl From<ModelFileError> for Error {
    fn from(error: ModelFileError) -> Error {
        let position = Position { path: Some(error.path().to_owned()), ..Position::default() };
        Error::caused(ErrorKind::Input, position, error.message(Language::Zh), error)
    }
}

impl From<ReportError> for Error {
    fn from(error: ReportError) -> Error {
        let kind = match error {
            ReportError::Exists(_)
            | ReportError::NotAResult(_)
            | ReportError::Ending(_)
            | ReportError::NoParquet(_) => ErrorKind::Usage,
            ReportError::CellTooLong(_) | ReportError::Io { .. } => ErrorKind::Output,
        };
        let position = Position { path: Some(error.path().to_owned()), ..Position::default() };
        Error::caused(kind, position, error.message(Language::Zh), error)
    }
}

impl From<ResultError> for Error {
    fn from(error: ResultError) -> Error {
        match error {
            ResultError::Pairs(error) => error.into(),
            ResultError::Model(error) => error.into(),
            error => {
                let kind = match &error {
                    ResultError::Files { .. } => ErrorKind::Usage,
                    _ => ErrorKind::Input,
                };
                // The message names the path itself.
                Error::caused(kind, Position::default(), error.message(Language::Zh), error)
            }
        }
    }
}

impl From<SpillError> for Error {
    fn from(error: SpillError) -> Error {
        let position = Position { path: Some(error.directory().to_owned()), ..Position::default() };
        let message_zh = if error.is_full() {
            format!(
                "{}：磁盘已满，临时文件写不下；可用 --temp 换一个位置，或用 --memory 多给内存",
                error.directory().display()
            )
        } else {
            format!("{}：无法使用临时文件", error.directory().display())
        };
        Error::caused(ErrorKind::Output, position, message_zh, error)
    }
}

impl From<DedupeError> for Error {
    fn from(error: DedupeError) -> Error {
        match error {
            DedupeError::Spill(error) => error.into(),
            DedupeError::Cancelled => Error::refused("cancelled", "已取消"),
        }
    }
}

impl From<TrainError> for Error {
    fn from(error: TrainError) -> Error {
        let message_zh = match &error {
            TrainError::TooFewStudents { students, least } => {
                format!("只有 {students} 名学生，不足以训练，至少需要 {least} 名；请使用内置模型")
            }
            TrainError::TooFewPairs { same, least } => {
                format!("同一人的候选对约 {same:.0} 对，不足以训练，至少需要 {least} 对；请使用内置模型")
            }
            _ => "训练结果不可用；请使用内置模型".to_owned(),
        };
        match error {
            TrainError::Dedupe(error) => error.into(),
            error => Error::caused(ErrorKind::Usage, Position::default(), message_zh, error),
        }
    }
}

impl From<RegistryError> for Error {
    fn from(error: RegistryError) -> Error {
        let kind = match &error {
            RegistryError::Store(error) => match error {
                StoreError::Exists(_) => ErrorKind::Usage,
                StoreError::Missing(_)
                | StoreError::Foreign(_)
                | StoreError::Newer { .. }
                | StoreError::Version { .. }
                | StoreError::InUse(_) => ErrorKind::Input,
                StoreError::Damaged { .. } => ErrorKind::Damaged,
                _ => ErrorKind::Output,
            },
            RegistryError::Chain => ErrorKind::Damaged,
            RegistryError::Feed { .. } => ErrorKind::Input,
            _ => ErrorKind::Usage,
        };
        // The message names the path itself.
        Error::caused(kind, Position::default(), error.message(Language::Zh), error)
    }
}

#[cfg(feature = "bench")]
impl From<BenchError> for Error {
    fn from(error: BenchError) -> Error {
        match error {
            BenchError::Source(error) => error.into(),
            BenchError::Registry(error) => error.into(),
            BenchError::Dedupe(error) => error.into(),
            BenchError::Report(error) => error.into(),
            BenchError::Nation(error) => Error::usage(error.to_string()),
            BenchError::Io { path, cause } => Error::output(&path, cause),
            BenchError::Baseline(error) => {
                let message_zh = format!("基线失败：{error}");
                Error::caused(ErrorKind::Output, Position::default(), message_zh, error)
            }
        }
    }
}

impl From<EvaluateError> for Error {
    fn from(error: EvaluateError) -> Error {
        match error {
            EvaluateError::Source(error) => error.into(),
            EvaluateError::List { ref path, row, .. } => {
                let position = Position { path: Some(path.clone()), row: Some(row), column: None };
                Error::caused(ErrorKind::Input, position, error.to_string(), error)
            }
        }
    }
}
