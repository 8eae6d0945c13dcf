//! What can go wrong with a stored registry, in the reader's words. No message holds a row's content.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::language::Language;
use crate::spill::SpillError;

/// Why the store cannot do what was asked. What is true afterwards stands with each.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no registry in the directory. Nothing was created.
    Missing(PathBuf),
    /// There is a registry in the directory already. It was not touched.
    Exists(PathBuf),
    /// The file is not a registry, or was truncated to less than its header. It was not touched.
    Foreign(PathBuf),
    /// The file was written by a newer version. It was not touched.
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        format: u32,
    },
    /// Normalisation, keys or profiles have another version than this program's. It was not touched.
    Version {
        /// What has another version.
        what: &'static str,
        /// The version in the file.
        stored: u32,
        /// The version of this program.
        ours: u32,
    },
    /// Another process has it open. Nothing was read.
    InUse(PathBuf),
    /// Stored bytes are not what was written. Nothing was changed; what was read before stands.
    Damaged {
        /// Which table and which part.
        what: String,
    },
    /// The disk is full, or a quota is: nothing of the write remains, and reading goes on.
    Full,
    /// The system failed to read or write. Nothing of the write remains.
    Io(std::io::Error),
    /// A commit failed: whether it is on disk is unknown. Every further write is refused; reopening
    /// the registry finds the truth.
    Unknown(Box<dyn std::error::Error + Send + Sync>),
    /// A write after a failed commit, see [`StoreError::Unknown`]; or a read after one that failed, until the
    /// next write or reopening.
    Refused,
    /// A write to a registry opened for reading only.
    ReadOnly,
    /// A value is larger than a row may be.
    TooLarge(&'static str),
}

impl StoreError {
    /// A damaged row.
    pub(crate) fn damaged(what: impl Into<String>) -> StoreError {
        StoreError::Damaged { what: what.into() }
    }

    /// The same error for another who waited for the same write; the cause beneath stays with the first.
    pub(crate) fn again(&self) -> StoreError {
        match self {
            StoreError::Full => StoreError::Full,
            StoreError::Refused => StoreError::Refused,
            StoreError::ReadOnly => StoreError::ReadOnly,
            StoreError::TooLarge(what) => StoreError::TooLarge(what),
            StoreError::Damaged { what } => StoreError::Damaged { what: what.clone() },
            StoreError::Unknown(error) => StoreError::Unknown(error.to_string().into()),
            StoreError::Io(error) => StoreError::Io(std::io::Error::new(error.kind(), error.to_string())),
            other => StoreError::Io(std::io::Error::other(other.to_string())),
        }
    }

    /// The file or directory that is concerned.
    pub fn path(&self) -> Option<&Path> {
        match self {
            StoreError::Missing(path)
            | StoreError::Exists(path)
            | StoreError::Foreign(path)
            | StoreError::InUse(path)
            | StoreError::Newer { path, .. } => Some(path),
            _ => None,
        }
    }

    /// What is wrong and what to do, in a language.
    pub fn message(&self, language: Language) -> String {
        match language {
            Language::En => self.to_string(),
            Language::Zh => self.message_zh(),
        }
    }

    fn message_zh(&self) -> String {
        match self {
            StoreError::Missing(path) => {
                format!("{}：此处没有学籍库；请先用 renji init 建立", path.display())
            }
            StoreError::Exists(path) => format!("{}：此处已有学籍库，未作改动", path.display()),
            StoreError::Foreign(path) => {
                format!("{}：不是学籍库文件，或文件头已损坏；请从备份恢复，原文件未作改动", path.display())
            }
            StoreError::Newer { path, format } => {
                format!("{}：由更新的版本写成（格式 {format}）；请升级 renji", path.display())
            }
            StoreError::Version { what, stored, ours } => format!(
                "学籍库的{what}版本为 {stored}，本程序为 {ours}；请用 renji rebuild 重建，原库不作改动"
            ),
            StoreError::InUse(path) => {
                format!("{}：另一进程正在使用；请待其结束或改由该进程查询", path.display())
            }
            StoreError::Damaged { what } => {
                format!("学籍库已损坏（{what}）；请用 renji verify 检查，并从备份恢复")
            }
            StoreError::Full => "磁盘已满，未写入任何内容；请清理后重试".to_owned(),
            StoreError::Io(error) => format!("读写失败，未写入任何内容：{error}"),
            StoreError::Unknown(_) => {
                "提交失败，结果未知，不再接受写入；请重新打开，并以原请求号重试".to_owned()
            }
            StoreError::Refused => "先前的读写失败；请重新打开".to_owned(),
            StoreError::ReadOnly => "学籍库以只读方式打开，不能写入".to_owned(),
            StoreError::TooLarge(what) => format!("{what}过大，未写入"),
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Missing(path) => {
                write!(f, "{}: no registry here; make one with `renji init`", path.display())
            }
            StoreError::Exists(path) => {
                write!(f, "{}: there is a registry here already; it was not touched", path.display())
            }
            StoreError::Foreign(path) => write!(
                f,
                "{}: not a registry, or its header is damaged; restore it from a backup (it was not touched)",
                path.display()
            ),
            StoreError::Newer { path, format } => write!(
                f,
                "{}: written by a newer version (format {format}); use a newer renji",
                path.display()
            ),
            StoreError::Version { what, stored, ours } => write!(
                f,
                "the registry's {what} version is {stored}, this program's is {ours}; make a new one from it \
                 with `renji rebuild` (it was not touched)"
            ),
            StoreError::InUse(path) => {
                write!(f, "{}: in use by another process; wait for it to end, or ask it", path.display())
            }
            StoreError::Damaged { what } => write!(
                f,
                "the registry is damaged ({what}); check it with `renji verify` and restore it from a backup"
            ),
            StoreError::Full => f.write_str("the disk is full; nothing was written, free some and try again"),
            StoreError::Io(error) => write!(f, "reading or writing failed, nothing was written: {error}"),
            StoreError::Unknown(_) => f.write_str(
                "a commit failed and its outcome is unknown; writes are refused, reopen the registry and ask \
                 again under the same request id",
            ),
            StoreError::Refused => f.write_str("reading or writing failed before; reopen the registry"),
            StoreError::ReadOnly => f.write_str("the registry was opened for reading only"),
            StoreError::TooLarge(what) => write!(f, "{what} is too large; nothing was written"),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            // The message is the cause's own, so the chain goes on below it.
            StoreError::Io(error) => error.source(),
            StoreError::Unknown(error) => Some(error.as_ref()),
            _ => None,
        }
    }
}

impl From<redb::StorageError> for StoreError {
    fn from(error: redb::StorageError) -> StoreError {
        match error {
            redb::StorageError::Io(error) => io(error),
            redb::StorageError::Corrupted(_) => StoreError::damaged("pages of the database"),
            redb::StorageError::ValueTooLarge(_) => StoreError::TooLarge("a row"),
            redb::StorageError::PreviousIo => StoreError::Refused,
            other => StoreError::Io(std::io::Error::other(other)),
        }
    }
}

impl From<redb::TableError> for StoreError {
    fn from(error: redb::TableError) -> StoreError {
        match error {
            redb::TableError::Storage(error) => error.into(),
            redb::TableError::TableDoesNotExist(name) => StoreError::damaged(format!("no table {name}")),
            // Their texts name tables and types, never rows.
            other => StoreError::damaged(other.to_string()),
        }
    }
}

impl From<redb::TransactionError> for StoreError {
    fn from(error: redb::TransactionError) -> StoreError {
        match error {
            redb::TransactionError::Storage(error) => error.into(),
            other => StoreError::Io(std::io::Error::other(other)),
        }
    }
}

impl From<redb::CursorError> for StoreError {
    fn from(error: redb::CursorError) -> StoreError {
        match error {
            redb::CursorError::Storage(error) => error.into(),
            // Rows are written in the order of their keys; only a damaged table has one behind its last.
            other => StoreError::damaged(other.to_string()),
        }
    }
}

impl From<SpillError> for StoreError {
    fn from(error: SpillError) -> StoreError {
        io(error.into_source())
    }
}

/// Tells a full disk from other faults.
pub(super) fn io(error: std::io::Error) -> StoreError {
    match error.kind() {
        std::io::ErrorKind::StorageFull
        | std::io::ErrorKind::QuotaExceeded
        | std::io::ErrorKind::FileTooLarge => StoreError::Full,
        _ => StoreError::Io(error),
    }
}
