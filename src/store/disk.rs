//! The disk beneath the database: one that, after a write that failed, is left as it is.
//!
//! The database beneath treats every failed write as the end: from then on it reads nothing either. A full
//! disk must not stop those who only look. So the first write that fails is told to the writer after its
//! commit ([`Disk::failure`]); the database is told that all is well, and everything it writes from then on
//! is held back in memory. The file stays what the last commit made it, and readers read on. The next write
//! lets go of what is held and opens the database again, which costs some milliseconds.
//!
//! A failed read is passed on as it is: there is nothing to answer instead. Its end is the same, at the next
//! write.

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind};
use std::ops::Bound;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use redb::{BackendError, StorageBackend};

/// Bytes that are held as one.
const BLOCK: u64 = 4096;

/// A write that failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    /// Whether a sync of the same commit had come through: then the commit may be on disk.
    pub(super) is_after_sync: bool,
}

/// What was not written.
#[derive(Debug)]
struct Held {
    failure: Failure,
    blocks: BTreeMap<u64, Box<[u8]>>,
    length: u64,
    /// How far what is stored may still be seen.
    seen: u64,
}

#[derive(Debug, Default)]
struct State {
    held: Option<Held>,
    has_synced: bool,
    /// Since then the database beneath reads nothing.
    has_failed_to_read: bool,
}

/// A storage and what is held back from it. Clones are the same disk.
#[derive(Debug, Clone)]
pub(super) struct Disk {
    storage: Arc<dyn StorageBackend>,
    state: Arc<RwLock<State>>,
}

impl Disk {
    pub(super) fn new(storage: impl StorageBackend) -> Disk {
        Disk { storage: Arc::new(storage), state: Arc::default() }
    }

    /// A commit begins.
    pub(super) fn begin(&self) {
        self.change().has_synced = false;
    }

    /// The write that failed, if one has. What it was about was not written, nor anything after it.
    pub(super) fn failure(&self) -> Option<Failure> {
        let state = self.look();
        let failure = &state.held.as_ref()?.failure;
        let error = match failure.error.raw_os_error() {
            Some(code) => Error::from_raw_os_error(code),
            None => Error::new(failure.error.kind(), failure.error.to_string()),
        };
        Some(Failure { error, is_after_sync: failure.is_after_sync })
    }

    /// Whether the database on it is to be opened again: something is held back, or could not be read.
    pub(super) fn is_spent(&self) -> bool {
        let state = self.look();
        state.held.is_some() || state.has_failed_to_read
    }

    fn is_held(&self) -> bool {
        self.look().held.is_some()
    }

    /// Forgets what is held back.
    ///
    /// IMPORTANT: only when no database is open on it.
    pub(super) fn let_go(&self) {
        *self.change() = State::default();
    }

    fn look(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on nothing is written.
    fn hold(&self, state: &mut State, error: Error) -> Result<(), Error> {
        let failure = Failure { error, is_after_sync: state.has_synced };
        let length = self.storage.len()?;
        state.held = Some(Held { failure, blocks: BTreeMap::new(), length, seen: length });
        Ok(())
    }

    /// Reads what is stored before `end`, zeros behind it.
    fn read_stored(&self, end: u64, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        let there = end.saturating_sub(offset).min(out.len() as u64) as usize;
        let (stored, beyond) = out.split_at_mut(there);
        beyond.fill(0);
        match stored.is_empty() {
            true => Ok(()),
            false => self.storage.read(offset, stored),
        }
    }

    fn write_held(&self, held: &mut Held, offset: u64, data: &[u8]) -> Result<(), Error> {
        let mut done = 0;
        while done < data.len() {
            let at = offset + done as u64;
            let (block, within) = (at / BLOCK, (at % BLOCK) as usize);
            let part = data.len().min(done + BLOCK as usize - within) - done;
            let bytes = match held.blocks.entry(block) {
                std::collections::btree_map::Entry::Occupied(bytes) => bytes.into_mut(),
                std::collections::btree_map::Entry::Vacant(place) => {
                    let mut bytes = vec![0; BLOCK as usize].into_boxed_slice();
                    self.read_stored(held.seen, block * BLOCK, &mut bytes)?;
                    place.insert(bytes)
                }
            };
            bytes[within..within + part].copy_from_slice(&data[done..done + part]);
            done += part;
        }
        held.length = held.length.max(offset + data.len() as u64);
        Ok(())
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64, Error> {
        match &self.look().held {
            Some(held) => Ok(held.length),
            None => self.storage.len(),
        }
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        let state = self.look();
        let Some(held) = &state.held else {
            drop(state);
            let read = self.storage.read(offset, out);
            if read.is_err() {
                self.change().has_failed_to_read = true;
            }
            return read;
        };
        let end = offset + out.len() as u64;
        if end > held.length {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.read_stored(held.seen, offset, out)?;
        for (block, bytes) in held.blocks.range(offset / BLOCK..end.div_ceil(BLOCK)) {
            let start = block * BLOCK;
            let (from, to) = (start.max(offset), (start + BLOCK).min(end));
            out[(from - offset) as usize..(to - offset) as usize]
                .copy_from_slice(&bytes[(from - start) as usize..(to - start) as usize]);
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<(), Error> {
        let mut state = self.change();
        if state.held.is_none() {
            match self.storage.set_len(len) {
                Ok(()) => return Ok(()),
                Err(error) => self.hold(&mut state, error)?,
            }
        }
        if let Some(held) = &mut state.held {
            // What is cut off is zeros when it is there again.
            held.blocks.retain(|block, _| block * BLOCK < len);
            if let Some(bytes) = held.blocks.get_mut(&(len / BLOCK)) {
                bytes[(len % BLOCK) as usize..].fill(0);
            }
            held.length = len;
            held.seen = held.seen.min(len);
        }
        Ok(())
    }

    fn sync_data(&self) -> Result<(), Error> {
        if self.is_held() {
            return Ok(());
        }
        // IMPORTANT: without the lock, or readers would wait for the disk.
        let synced = self.storage.sync_data();
        let mut state = self.change();
        match synced {
            Ok(()) => state.has_synced = true,
            Err(error) if state.held.is_none() => self.hold(&mut state, error)?,
            Err(_) => {}
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
        // IMPORTANT: writes of many threads need not wait for each other, but none may pass a failed one by.
        let state = self.look();
        let failed = match &state.held {
            None => match self.storage.write(offset, data) {
                Ok(()) => return Ok(()),
                Err(error) => Some(error),
            },
            Some(_) => None,
        };
        drop(state);
        let mut state = self.change();
        if let (Some(error), true) = (failed, state.held.is_none()) {
            self.hold(&mut state, error)?;
        }
        match &mut state.held {
            Some(held) => self.write_held(held, offset, data),
            None => self.storage.write(offset, data),
        }
    }

    fn close(&self) -> Result<(), Error> {
        self.storage.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.storage.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.storage.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.storage.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.storage.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.storage.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.storage.query_lock_range(start, end)
    }
}
