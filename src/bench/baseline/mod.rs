//! What others would build: the same keys and the same fields in a plain database, asked the same candidate query.
//!
//! A baseline answers less than a check: it fetches the stored fields of whoever shares a key, at most
//! [`BLOCK_MAX`] of a key, and judges nobody; its keys are made before the clock runs. That favours it.

mod bare_redb;
mod bare_sqlite;

use std::fmt;
use std::path::Path;

use crate::key::Family;
use crate::limits::BLOCK_MAX;

pub(super) use bare_redb::BareRedb;
pub(super) use bare_sqlite::{BareSqlite, version as sqlite_version};

/// Most records that are taken of one key.
const MOST: usize = BLOCK_MAX;

/// The keys of one family, in order: a key and a record each.
pub(super) type Entries<'a> = &'a [(u64, u32)];

/// What becomes of a row or a family.
pub(super) type Given = Result<(), BaselineError>;

/// Where the rows of a baseline come from: families in order, then profiles by record.
pub(super) trait Rows {
    /// Gives the entries of each family, those of a family sorted and each once.
    fn families(&self, give: &mut dyn FnMut(Family, Entries<'_>) -> Given) -> Given;

    /// Gives each record and its stored fields, by record.
    fn profiles(&self, give: &mut dyn FnMut(u32, &[u8]) -> Given) -> Given;
}

/// A database under a path.
pub(super) trait Baseline {
    /// Its name in figures.
    fn name(&self) -> &'static str;

    /// Makes the database of all rows, in one transaction.
    fn build(&self, path: &Path, rows: &dyn Rows, memory: usize) -> Result<(), BaselineError>;

    /// Opens it for questions. Answers how many candidates were fetched.
    fn open(&self, path: &Path, memory: usize, with: With<'_>) -> super::Result<()>;
}

/// What is done with an open database.
pub(super) type With<'w> = &'w mut dyn FnMut(&dyn Ask) -> super::Result<()>;

/// Something that can be asked for candidates.
pub(super) trait Ask {
    /// Fetches all candidates of a probe; says how many.
    fn ask(&self, probe: &super::probes::Probe) -> super::Result<usize>;
}

/// Why a baseline failed.
#[derive(Debug)]
pub enum BaselineError {
    /// SQLite's.
    Sqlite(Box<dyn std::error::Error + Send + Sync>),
    /// redb's.
    Redb(Box<dyn std::error::Error + Send + Sync>),
    /// A working file's.
    Io(std::io::Error),
}

impl fmt::Display for BaselineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BaselineError::Sqlite(error) => write!(f, "SQLite, as a baseline: {error}"),
            BaselineError::Redb(error) => write!(f, "redb, as a baseline: {error}"),
            BaselineError::Io(error) => write!(f, "the baselines' working files: {error}"),
        }
    }
}

impl std::error::Error for BaselineError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            BaselineError::Sqlite(error) | BaselineError::Redb(error) => error.source(),
            BaselineError::Io(error) => error.source(),
        }
    }
}

impl From<std::io::Error> for BaselineError {
    fn from(error: std::io::Error) -> BaselineError {
        BaselineError::Io(error)
    }
}
