//! A disk in memory that can fail: what was synced stays, what was only written may be lost, in whole sectors;
//! and one chosen operation goes wrong.

use std::io::{Error, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard};

use renji::store::StorageBackend;

use crate::stream::Random;

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// How an operation goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// An error, once; nothing is done.
    Error,
    /// No space from now on, until there is some again: nothing is written.
    Full,
    /// The first part is written, then an error, once.
    Short,
    /// Some sectors are written, then the power fails.
    Torn,
    /// The power fails before the operation.
    Crash,
}

/// What becomes of writes that were not synced when the power fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unsynced {
    Lost,
    Kept,
    /// Some sectors of some are kept.
    Torn,
}

/// What an operation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Len,
    Read,
    Write,
    SetLen,
    Sync,
}

/// What was asked of the disk.
#[derive(Debug, Clone)]
pub(crate) enum Asked {
    Write(usize, Vec<u8>),
    Length(usize),
    Sync,
    /// Nothing was changed.
    Other,
}

#[derive(Default)]
struct State {
    /// What is on the platter.
    durable: Vec<u8>,
    /// What readers see: the platter and what was written since.
    current: Vec<u8>,
    pending: Vec<Asked>,
    /// Operations until now.
    count: u64,
    fault: Option<(u64, Fault)>,
    /// The operation that went wrong.
    failed: Option<Operation>,
    is_full: bool,
    is_off: bool,
    /// Everything that was asked, if it is kept.
    log: Option<Vec<Asked>>,
}

/// A handle on the disk; clones are the same disk.
#[derive(Clone, Default)]
pub(crate) struct Disk(Arc<Mutex<State>>);

impl std::fmt::Debug for Disk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Disk")
    }
}

impl Disk {
    /// A disk that holds this.
    pub(crate) fn of(image: Vec<u8>) -> Disk {
        let disk = Disk::default();
        {
            let mut state = disk.lock();
            state.durable.clone_from(&image);
            state.current = image;
        }
        disk
    }

    /// The operation number `at` from the beginning, counted from 0, will go wrong.
    pub(crate) fn failing(self, at: u64, fault: Fault) -> Disk {
        self.lock().fault = Some((at, fault));
        self
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("a lock")
    }

    /// Operations until now.
    pub(crate) fn count(&self) -> u64 {
        self.lock().count
    }

    /// The operation that went wrong, once it has.
    pub(crate) fn failed(&self) -> Option<Operation> {
        self.lock().failed
    }

    /// Whether the power has failed.
    pub(crate) fn is_off(&self) -> bool {
        self.lock().is_off
    }

    /// From now on there is no space.
    pub(crate) fn fill(&self) {
        self.lock().is_full = true;
    }

    /// There is space again.
    pub(crate) fn relieve(&self) {
        self.lock().is_full = false;
    }

    /// What readers see now: what a process that comes after finds, if the power stays.
    pub(crate) fn image(&self) -> Vec<u8> {
        self.lock().current.clone()
    }

    /// A disk that remembers all that is asked of it.
    pub(crate) fn remembering() -> Disk {
        let disk = Disk::default();
        disk.lock().log = Some(Vec::new());
        disk
    }

    /// What was asked.
    pub(crate) fn log(&self) -> Vec<Asked> {
        self.lock().log.clone().unwrap_or_default()
    }

    /// Does again what was asked of another.
    pub(crate) fn repeat(&self, asked: &Asked) {
        self.lock().take(asked.clone());
    }

    /// What is found when the power fails now.
    pub(crate) fn after_power_cut(&self, unsynced: Unsynced, seed: u64) -> Vec<u8> {
        let state = self.lock();
        let mut random = Random::new(seed);
        let mut image = state.durable.clone();
        for pending in &state.pending {
            match (unsynced, pending) {
                (Unsynced::Lost, _) => {}
                (Unsynced::Kept, Asked::Write(at, data)) => put(&mut image, *at, data),
                (Unsynced::Kept, Asked::Length(length)) => image.resize(*length, 0),
                (Unsynced::Torn, Asked::Write(at, data)) => {
                    put_some(&mut image, *at, data, &mut random);
                }
                (Unsynced::Torn, Asked::Length(length)) => {
                    if random.below(2) == 0 {
                        image.resize(*length, 0);
                    }
                }
                (_, Asked::Sync | Asked::Other) => {}
            }
        }
        image
    }

    /// The same when it fails in the middle of a write: some of its sectors are there.
    pub(crate) fn after_torn_write(&self, at: usize, data: &[u8], unsynced: Unsynced, seed: u64) -> Vec<u8> {
        let mut image = self.after_power_cut(unsynced, seed);
        put_some(&mut image, at, data, &mut Random::new(seed));
        image
    }
}

fn put(image: &mut Vec<u8>, at: usize, data: &[u8]) {
    let end = at + data.len();
    if image.len() < end {
        image.resize(end, 0);
    }
    image[at..end].copy_from_slice(data);
}

/// Writes about half of the sectors.
fn put_some(image: &mut Vec<u8>, at: usize, data: &[u8], random: &mut Random) {
    let mut from = 0;
    while from < data.len() {
        let to = (from + SECTOR - (at + from) % SECTOR).min(data.len());
        if random.below(2) == 0 {
            put(image, at + from, &data[from..to]);
        }
        from = to;
    }
}

impl State {
    fn take(&mut self, asked: Asked) {
        if let Some(log) = &mut self.log {
            log.push(asked.clone());
        }
        match &asked {
            Asked::Write(at, data) => put(&mut self.current, *at, data),
            Asked::Length(length) => self.current.resize(*length, 0),
            Asked::Sync => {
                for pending in std::mem::take(&mut self.pending) {
                    match pending {
                        Asked::Write(at, data) => put(&mut self.durable, at, &data),
                        Asked::Length(length) => self.durable.resize(length, 0),
                        Asked::Sync | Asked::Other => {}
                    }
                }
                return;
            }
            Asked::Other => return,
        }
        self.pending.push(asked);
    }

    /// Counts an operation and says which fault it meets. What cannot happen to an operation does not.
    fn meet(&mut self, operation: Operation) -> Result<Option<Fault>, Error> {
        if self.is_off {
            return Err(Error::other("the power is off"));
        }
        let at = self.count;
        self.count += 1;
        let writes = matches!(operation, Operation::Write | Operation::SetLen);
        if let Some((chosen, fault)) = self.fault
            && chosen == at
        {
            let happens = match fault {
                Fault::Error | Fault::Crash => true,
                Fault::Full => writes || operation == Operation::Sync,
                Fault::Short | Fault::Torn => operation == Operation::Write,
            };
            if happens {
                self.failed = Some(operation);
                match fault {
                    Fault::Error => return Err(Error::other("made to fail")),
                    Fault::Full => self.is_full = true,
                    Fault::Crash => {
                        self.is_off = true;
                        return Err(Error::other("the power fails"));
                    }
                    Fault::Short | Fault::Torn => return Ok(Some(fault)),
                }
                if operation == Operation::Sync {
                    return Err(ErrorKind::StorageFull.into());
                }
            }
        }
        if self.is_full && writes {
            return Err(ErrorKind::StorageFull.into());
        }
        Ok(None)
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64, Error> {
        let mut state = self.lock();
        state.meet(Operation::Len)?;
        state.take(Asked::Other);
        Ok(state.current.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        let mut state = self.lock();
        state.meet(Operation::Read)?;
        state.take(Asked::Other);
        let from = offset as usize;
        let data = state.current.get(from..from + out.len()).ok_or(ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(data);
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<(), Error> {
        let mut state = self.lock();
        state.meet(Operation::SetLen)?;
        state.take(Asked::Length(len as usize));
        Ok(())
    }

    fn sync_data(&self) -> Result<(), Error> {
        let mut state = self.lock();
        state.meet(Operation::Sync)?;
        state.take(Asked::Sync);
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
        let mut state = self.lock();
        let at = offset as usize;
        let mut random = Random::new(state.count);
        match state.meet(Operation::Write)? {
            Some(Fault::Short) => {
                let part = random.below(data.len() as u64) as usize;
                state.take(Asked::Write(at, data[..part].to_vec()));
                return Err(Error::from(ErrorKind::WriteZero));
            }
            Some(Fault::Torn) => {
                state.is_off = true;
                put_some(&mut state.durable, at, data, &mut random);
                return Err(Error::other("the power fails"));
            }
            _ => {}
        }
        state.take(Asked::Write(at, data.to_vec()));
        Ok(())
    }
}
