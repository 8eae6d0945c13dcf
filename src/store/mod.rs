//! A registry on disk: the only door to the database.
//!
//! | file | what lives there |
//! |---|---|
//! | `tables` | every table and key |
//! | `envelope`, `codec`, `profile` | what a value looks like |
//! | `snapshot` | reading: what one commit left in the database |
//! | `packed/` | immutable segments: what was there when the registry was compacted last |
//! | `layered` | reading both, the database's word above the segments' |
//! | `update` | writing: all changes of one transaction |
//! | `compact` | moving from the one to the other |
//! | `spool` | temporary files of a load |
//! | `file` | the directory, opening, and what may be wrong with a file |
//! | `disk` | what lies beneath, and what becomes of it when it is full |
//! | `size` | what each table takes |
//! | `error` | what can go wrong, in the reader's words |
//!
//! Rooms above ask a `Snapshot` for the holders of a key, a profile, a student, a number; they do not know
//! which table or file answers. What a state or an entry means is theirs: here they are values with a codec.

mod codec;
mod compact;
mod disk;
mod envelope;
mod error;
mod file;
mod layered;
#[cfg(test)]
mod layered_tests;
mod packed;
mod profile;
mod size;
mod snapshot;
mod spool;
mod tables;
#[cfg(test)]
mod tests;
mod update;
pub(crate) mod varint;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use redb::{Database, ReadOnlyDatabase, ReadTransaction, ReadableDatabase};
use serde::{Deserialize, Serialize};

use crate::ids::{CaseId, RecordId, Sequence, StudentId};

pub use compact::Compaction;
pub(crate) use compact::Unlisted;
pub use error::StoreError;
pub use file::FILE_NAME;
pub use redb::StorageBackend;

use disk::Disk;
use packed::Base;

pub(crate) use codec::{decode, encode};
pub(crate) use file::{Options, copy};
pub(crate) use layered::Candidates;
pub(crate) use packed::{Filed, HEAVY_MIN, Index, SegmentWriter, packed_number_hash, request_hash};
pub(crate) use profile::{Profile, Standing, encode as encode_profile, encode_bytes as encode_profile_bytes};
pub(crate) use snapshot::Snapshot;
pub(crate) use spool::{Spool, Spooled};
pub(crate) use tables::{ProbeKey, StoredKey, counter_key, probe_keys, stored_keys};
pub(crate) use update::{ChainedEntry, Changes, Update};

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

/// A row whose bytes are its own business.
pub(crate) trait StoredRow: Sized {
    /// Appends the row.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`].
    fn put(&self, out: &mut Vec<u8>) -> Result<(), StoreError>;

    /// Reads a row.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    fn read(row: &[u8]) -> Result<Self, StoreError>;
}

/// The database, open for writing or for reading only.
enum Handle {
    Writing(Database),
    Reading(ReadOnlyDatabase),
    /// It could not be opened again after a failed write; the next write tries once more.
    Closed,
}

impl Handle {
    fn begin_read(&self) -> Result<ReadTransaction, StoreError> {
        snapshot::guarded(|| match self {
            Handle::Writing(database) => Ok(database.begin_read()?),
            Handle::Reading(database) => Ok(database.begin_read()?),
            Handle::Closed => Err(StoreError::Refused),
        })
    }
}

/// An open registry file.
pub(crate) struct Store {
    handle: RwLock<Handle>,
    options: Options,
    path: PathBuf,
    /// The registry's directory; none for one on a storage of its own.
    directory: Option<PathBuf>,
    /// The segments of the newest state.
    base: Mutex<Arc<Base>>,
    /// What the database writes to; none for reading only.
    disk: Option<Disk>,
    /// Set by a failed commit: nobody knows whether it is on disk.
    refuses_writes: AtomicBool,
    /// Set when the database was opened again: what was read from it before can no longer be read on.
    is_renewed: AtomicBool,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

impl Store {
    /// The newest state. Some microseconds; some more when it is the first with other segments.
    pub(crate) fn snapshot(&self) -> Result<Snapshot, StoreError> {
        // Held until the end: a state and its segments are taken up together.
        let mut current = self.base.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = {
            let handle = self.handle.read().unwrap_or_else(PoisonError::into_inner);
            handle.begin_read()?
        };
        if self.options.is_for_journal {
            // The journal stands in the database alone: it is what the rest is made again from, also when segments
            // are damaged or of another version.
            return Snapshot::new(transaction, current.clone());
        }
        let listing = snapshot::listing(&transaction)?.unwrap_or_default();
        if listing.generation == current.generation {
            return Snapshot::new(transaction, current.clone());
        }
        let directory = self.segments_directory();
        let base = Base::open(directory.as_deref(), listing.generation, &listing.segments, Some(&current))?;
        let base = Arc::new(base);
        let snapshot = Snapshot::new(transaction, base.clone())?;
        if !base.is_empty() {
            snapshot.mark_delta()?;
        }
        *current = base;
        Ok(snapshot)
    }

    /// Where segments are.
    fn segments_directory(&self) -> Option<PathBuf> {
        self.directory.as_ref().map(|directory| directory.join(packed::DIRECTORY))
    }

    /// Takes the writer's place; waits while another thread has it. After a write that failed, the database is
    /// opened again first.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`], or [`StoreError::Refused`] after a commit that failed; those of opening.
    pub(crate) fn begin(&self) -> Result<Update<'_>, StoreError> {
        let Some(disk) = &self.disk else { return Err(StoreError::ReadOnly) };
        if self.refuses_writes.load(Ordering::Acquire) {
            return Err(StoreError::Refused);
        }
        if disk.is_spent()
            || matches!(*self.handle.read().unwrap_or_else(PoisonError::into_inner), Handle::Closed)
        {
            self.reopen(disk)?;
        }
        disk.begin();
        let mut transaction = {
            let handle = self.handle.read().unwrap_or_else(PoisonError::into_inner);
            let Handle::Writing(database) = &*handle else { return Err(StoreError::Refused) };
            snapshot::guarded(|| Ok(database.begin_write()?))?
        };
        if self.options.is_durable {
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

    /// Whether the database was opened again since this was asked last: then every state read before is to be
    /// given up for a new [`Store::snapshot`].
    pub(crate) fn take_renewed(&self) -> bool {
        self.is_renewed.swap(false, Ordering::AcqRel)
    }

    /// Opens the database again as the disk has it, without what was held back.
    fn reopen(&self, disk: &Disk) -> Result<(), StoreError> {
        if !self.options.is_durable {
            // What was not synced would be lost, and it was answered.
            return Err(StoreError::Refused);
        }
        let mut handle = self.handle.write().unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::replace(&mut *handle, Handle::Closed);
        self.is_renewed.store(true, Ordering::Release);
        // What it writes when it is closed is held back as well.
        snapshot::guarded(|| {
            drop(old);
            Ok(())
        })?;
        disk.let_go();
        *handle = Handle::Writing(self.options.database(disk, &self.path)?);
        Ok(())
    }

    /// What a commit came to that the database beneath takes for done.
    fn outcome(&self) -> Result<(), StoreError> {
        match self.disk.as_ref().and_then(Disk::failure) {
            None => Ok(()),
            // What was not synced before is lost with the rest when the database is opened again.
            Some(failure) if failure.is_after_sync || !self.options.is_durable => {
                Err(self.refuse_writes(Box::new(failure.error)))
            }
            Some(failure) => Err(error::io(failure.error)),
        }
    }

    fn refuse_writes(&self, error: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
        self.refuses_writes.store(true, Ordering::Release);
        StoreError::Unknown(error)
    }
}
