//! A registry on disk: the only door to the database.
//!
//! | file | what lives there |
//! |---|---|
//! | `tables` | every table and key |
//! | `envelope`, `codec`, `profile` | what a value looks like |
//! | `snapshot` | reading: the state one commit left |
//! | `update` | writing: all changes of one transaction |
//! | `file` | the directory, opening, and what may be wrong with a file |
//! | `error` | what can go wrong, in the reader's words |
//!
//! Rooms above ask a [`Snapshot`] for the holders of a key, a profile, a student, a number; they do not know
//! which table or file answers. What a state or an entry means is theirs: here they are values with a codec.

mod codec;
mod envelope;
mod error;
mod file;
mod profile;
mod snapshot;
mod tables;
#[cfg(test)]
mod tests;
mod update;

use std::sync::atomic::{AtomicBool, Ordering};

use redb::{Database, ReadOnlyDatabase, ReadableDatabase};
use serde::{Deserialize, Serialize};

use crate::ids::{CaseId, RecordId, Sequence, StudentId};

pub use error::StoreError;
pub use file::FILE_NAME;
pub use redb::StorageBackend;

pub(crate) use codec::{decode, encode};
pub(crate) use file::{Options, copy};
pub(crate) use profile::{Profile, Standing};
pub(crate) use snapshot::Snapshot;
pub(crate) use tables::{StoredKey, counter_key};
pub(crate) use update::{Changes, Update};

/// An approval of one full export that has not been used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Approval {
    /// SM3 of the token.
    pub(crate) token: [u8; 32],
    /// Until when it holds, in seconds since 1970.
    pub(crate) until: i64,
    /// Who approved.
    pub(crate) by: String,
}

/// The state of the registry as a whole: one small row, written with every commit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Meta {
    /// The version of the normalisation the profiles were made with.
    pub(crate) identity_version: u32,
    /// The version of the keys.
    pub(crate) key_version: u32,
    /// The version of the profiles' layout.
    pub(crate) profile_version: u32,
    /// The next record.
    pub(crate) next_record: RecordId,
    /// The next student.
    pub(crate) next_student: StudentId,
    /// The next case.
    pub(crate) next_case: CaseId,
    /// The last journal entry.
    pub(crate) sequence: Sequence,
    /// The hash of the chain up to it.
    pub(crate) chain: [u8; 32],
    /// Records that can be found, superseded ones included.
    pub(crate) records: u64,
    /// Students that hold a number.
    pub(crate) numbered: u64,
    /// Students the population's counts were made of.
    pub(crate) counted: u64,
    /// Approvals of full exports that have not been used.
    pub(crate) approvals: Vec<Approval>,
}

impl Meta {
    /// The state of a registry without students.
    pub(crate) fn empty() -> Meta {
        Meta {
            identity_version: crate::identity::VERSION,
            key_version: crate::key::VERSION,
            profile_version: u32::from(crate::identity::profile::VERSION),
            next_record: RecordId::new(0),
            next_student: StudentId::new(0),
            next_case: CaseId::new(1),
            sequence: Sequence::new(0),
            chain: [0; 32],
            records: 0,
            numbered: 0,
            counted: 0,
            approvals: Vec::new(),
        }
    }
}

/// The database, open for writing or for reading only.
enum Handle {
    Writing(Database),
    Reading(ReadOnlyDatabase),
}

/// An open registry file.
pub(crate) struct Store {
    handle: Handle,
    is_durable: bool,
    /// Set by a failed commit: nobody knows whether it is on disk.
    refuses_writes: AtomicBool,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

impl Store {
    /// The newest state. Some microseconds.
    pub(crate) fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let transaction = match &self.handle {
            Handle::Writing(database) => database.begin_read(),
            Handle::Reading(database) => database.begin_read(),
        };
        Snapshot::new(transaction?)
    }

    /// Takes the writer's place; waits while another thread has it.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`], or [`StoreError::Refused`] after a commit that failed.
    pub(crate) fn begin(&self) -> Result<Update<'_>, StoreError> {
        let Handle::Writing(database) = &self.handle else { return Err(StoreError::ReadOnly) };
        if self.refuses_writes.load(Ordering::Acquire) {
            return Err(StoreError::Refused);
        }
        let mut transaction = snapshot::guarded(|| Ok(database.begin_write()?))?;
        if self.is_durable {
            transaction.set_two_phase_commit(true);
            // Without it the first open after a crash walks the whole file; `docs/BENCHMARKS.md` has the cost.
            transaction.set_quick_repair(true);
        } else {
            transaction
                .set_durability(redb::Durability::None)
                .map_err(|error| StoreError::Io(std::io::Error::other(error)))?;
        }
        // The writer's place is ours, so the newest state is the one this write stands on.
        let base = self.snapshot()?;
        Ok(Update { transaction, base, store: self })
    }

    fn refuse_writes(&self, error: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
        self.refuses_writes.store(true, Ordering::Release);
        StoreError::Unknown(error)
    }
}
