//! How a run ends: the only place that decides exit codes.

use std::process::ExitCode;

use crate::error::{Error, ErrorKind};

/// The end of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Exit {
    /// Done. Rows may have been rejected; the report says which.
    Done = 0,
    /// Done, rows were rejected, and `--strict` was given.
    RejectedRows = 1,
    /// The request makes no sense.
    Usage = 2,
    /// An input cannot be read.
    Input = 3,
    /// A result cannot be written.
    Output = 4,
    /// A registry is damaged: its stored bytes are not what was written.
    Damaged = 5,
    /// Stopped by Ctrl-C: 128 and the number of the signal, as shells count.
    Interrupted = 130,
}

impl Exit {
    /// How a run with this error ends.
    pub(super) fn of(error: &Error) -> Exit {
        match error.kind() {
            ErrorKind::Usage => Exit::Usage,
            ErrorKind::Input => Exit::Input,
            ErrorKind::Output => Exit::Output,
            ErrorKind::Damaged => Exit::Damaged,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}
