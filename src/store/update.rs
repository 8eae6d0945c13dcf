//! One write: everything that changes, in one transaction, each table in the order of its keys.
//!
//! A write is read first and written last. [`super::Store::begin`] takes the writer's place and the snapshot
//! it stands on, which nobody can change meanwhile; the caller reads, decides and gathers [`Changes`];
//! [`Update::commit`] writes them and makes them durable.

use std::collections::BTreeMap;
use std::ops::Bound;

use rayon::prelude::*;
use redb::{ReadableTable, Table, WriteTransaction};
use serde::Serialize;

use super::packed::{Base, Layer, number_hash, request_hash};
use super::snapshot::guarded;
use super::tables::*;
use super::{Meta, Profile, Snapshot, StoreError, StoredKey, StoredRow, codec, envelope, profile};
use crate::ids::{CaseId, RecordId, Sequence, StudentId};
use crate::key::Family;
use crate::number::RegistryNumber;

/// From this many rows on, tables are written on all cores.
const PARALLEL_ROWS: usize = 10_000;

/// A journal entry: its sequence, the hash of the chain up to it, its payload.
pub(crate) type ChainedEntry = (Sequence, [u8; 32], Vec<u8>);

/// Rows to be written or, as `None`, removed; each key once, in any order.
type Put<K> = Vec<(K, Option<Vec<u8>>)>;

/// What one write changes. Nothing of it is visible before the commit.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// By family; the last word on a key counts.
    keys: [Vec<([u8; KEY_BYTES], bool)>; Family::ALL.len()],
    profiles: Put<[u8; 4]>,
    students: Put<[u8; 4]>,
    numbers: Put<[u8; 19]>,
    requests: Put<Vec<u8>>,
    journal: Put<[u8; 8]>,
    counters: Put<[u8; 8]>,
    cases: Put<[u8; 4]>,
    open_cases: BTreeMap<[u8; 9], bool>,
    different: Put<[u8; 8]>,
    population: Option<Vec<Vec<u8>>>,
    model: Option<Vec<u8>>,
    positions: Option<Vec<u8>>,
}

impl Changes {
    /// Files a record under a key.
    pub(crate) fn put_key(&mut self, key: &StoredKey, record: RecordId) {
        self.keys[key.space as usize].push((key_entry(key, record), true));
    }

    /// Takes a record from under a key.
    pub(crate) fn remove_key(&mut self, key: &StoredKey, record: RecordId) {
        self.keys[key.space as usize].push((key_entry(key, record), false));
    }

    /// Writes profiles of records, or removes those that are no longer to be found. What stands above a segment's
    /// word on a record has all of the record's keys beside it.
    pub(crate) fn put_profiles(
        &mut self,
        base: &Snapshot,
        rows: &[(RecordId, Option<Box<Profile>>)],
    ) -> Result<(), StoreError> {
        for (record, row) in rows {
            if let Some(row) = row
                && base.is_packed(*record)?
            {
                stored_keys(&row.identity).iter().for_each(|key| self.put_key(key, *record));
            }
        }
        self.profiles = sealed(rows, |(record, row)| {
            let key = record_key(*record);
            let is_packed = row.is_none() && base.is_packed(*record)?;
            let payload = |out: &mut Vec<u8>| {
                match row {
                    Some(row) => profile::encode(row, out),
                    None => out.extend_from_slice(profile::GONE),
                }
                Ok(())
            };
            let is_put = row.is_some() || is_packed;
            Ok((key, is_put.then(|| envelope::seal("profiles", &key, payload)).transpose()?))
        })?;
        Ok(())
    }

    /// Writes states of students.
    pub(crate) fn put_students<T: StoredRow + Sync>(
        &mut self,
        rows: &[(StudentId, T)],
    ) -> Result<(), StoreError> {
        self.students = sealed(rows, |(id, state)| {
            let key = student_key(*id);
            Ok((key, Some(envelope::seal("students", &key, |out| state.put(out))?)))
        })?;
        Ok(())
    }

    /// Says whose numbers they are.
    pub(crate) fn put_numbers(&mut self, rows: &[(RegistryNumber, StudentId)]) -> Result<(), StoreError> {
        self.numbers = sealed(rows, |(number, student)| row("numbers", number_key(number), student))?;
        Ok(())
    }

    /// Remembers which entry answers a request.
    pub(crate) fn put_request(&mut self, request: &str, entry: Sequence) -> Result<(), StoreError> {
        let key = request.as_bytes();
        let row = envelope::seal("requests", key, |out| codec::encode(&entry, "requests", out))?;
        self.requests.push((key.to_vec(), Some(row)));
        Ok(())
    }

    /// Appends journal entries: the hash of the chain up to each, and its payload.
    pub(crate) fn put_journal(&mut self, entries: &[ChainedEntry]) -> Result<(), StoreError> {
        self.journal = sealed(entries, |entry| journal_row(entry).map(|(key, row)| (key, Some(row))))?;
        Ok(())
    }

    /// Sets the last sequence given to a region and a birth date.
    pub(crate) fn put_counter(&mut self, key: [u8; 8], last: u16) -> Result<(), StoreError> {
        self.counters.push(row("counters", key, &last)?);
        Ok(())
    }

    /// Writes a case.
    pub(crate) fn put_case(&mut self, id: CaseId, state: &impl Serialize) -> Result<(), StoreError> {
        self.cases.push(row("cases", case_key(id), state)?);
        Ok(())
    }

    /// Files an open case, or takes it out.
    pub(crate) fn put_open_case(&mut self, county: u32, class: u8, case: CaseId, is_open: bool) {
        self.open_cases.insert(open_case_key(county, class, case), is_open);
    }

    /// Notes, under both, that two students are different people; `None` takes it back.
    pub(crate) fn put_different(
        &mut self,
        a: StudentId,
        b: StudentId,
        case: Option<CaseId>,
    ) -> Result<(), StoreError> {
        for key in [pair_key(a, b), pair_key(b, a)] {
            self.different.push(match &case {
                Some(case) => row("different", key, case)?,
                None => (key, None),
            });
        }
        Ok(())
    }

    /// Replaces the population's counts.
    pub(crate) fn put_population(&mut self, pieces: Vec<Vec<u8>>) {
        self.population = Some(pieces);
    }

    /// Replaces the models that were chosen. The file is of the newest format from then on.
    pub(crate) fn put_model(&mut self, models: &impl Serialize) -> Result<(), StoreError> {
        let row = envelope::seal("meta", MODEL.as_bytes(), |out| codec::encode(models, "meta", out))?;
        self.model = Some(row);
        Ok(())
    }

    /// Replaces up to where other registries' feeds were applied.
    pub(crate) fn put_positions(&mut self, positions: &impl Serialize) -> Result<(), StoreError> {
        let seal = |out: &mut Vec<u8>| codec::encode(positions, "meta", out);
        self.positions = Some(envelope::seal("meta", POSITIONS.as_bytes(), seal)?);
        Ok(())
    }

    /// Marks in a base's filter what the delta will hold above it.
    fn mark(&self, base: &Base) {
        if base.is_empty() {
            return;
        }
        let number = |key: &[u8; 4]| u64::from(u32::from_be_bytes(*key));
        for (space, keys) in Family::ALL.into_iter().zip(&self.keys) {
            for (entry, _) in keys {
                base.mark(Layer::Keys(space), read_entry(space, entry).0.hash);
            }
        }
        self.profiles.iter().for_each(|(key, _)| base.mark(Layer::Profiles, number(key)));
        self.students.iter().for_each(|(key, _)| base.mark(Layer::Students, number(key)));
        for (key, _) in &self.numbers {
            // INVARIANT: the key was made of a number.
            if let Ok(number) = RegistryNumber::from_bytes(key) {
                base.mark(Layer::Numbers, number_hash(&number));
            }
        }
        for (key, _) in &self.requests {
            base.mark(Layer::Requests, request_hash(key));
        }
    }

    /// Whether the population's counts change.
    pub(crate) fn has_population(&self) -> bool {
        self.population.is_some()
    }
}

/// Seals many rows, on all cores where they are many.
fn sealed<T: Sync, K: Send>(
    rows: &[T],
    seal: impl Fn(&T) -> Result<(K, Option<Vec<u8>>), StoreError> + Send + Sync,
) -> Result<Put<K>, StoreError> {
    rows.par_iter().with_min_len(512).map(seal).collect()
}

/// The row of a journal entry.
pub(super) fn journal_row(
    (sequence, hash, payload): &ChainedEntry,
) -> Result<([u8; 8], Vec<u8>), StoreError> {
    let key = sequence_key(*sequence);
    let row = envelope::seal("journal", &key, |out| {
        out.extend_from_slice(hash);
        out.extend_from_slice(payload);
        Ok(())
    })?;
    Ok((key, row))
}

/// One row with an encoded value.
fn row<K: AsRef<[u8]>>(
    table: &'static str,
    key: K,
    value: &impl Serialize,
) -> Result<(K, Option<Vec<u8>>), StoreError> {
    let row = envelope::seal(table, key.as_ref(), |out| codec::encode(value, table, out))?;
    Ok((key, Some(row)))
}

/// The writer's place, and the state it stands on.
pub(crate) struct Update<'s> {
    pub(super) transaction: WriteTransaction,
    pub(super) base: Snapshot,
    pub(super) store: &'s super::Store,
}

impl Update<'_> {
    /// The state this write stands on; it stays as it is until the commit.
    pub(crate) fn base(&self) -> &Snapshot {
        &self.base
    }

    /// Writes the changes and the new state, durably.
    ///
    /// # Errors
    /// [`StoreError::Full`] and [`StoreError::Io`]: nothing was written, and the next write may come through.
    /// [`StoreError::Unknown`] where the commit may be on disk all the same; then every further write is
    /// refused.
    pub(crate) fn commit(self, changes: Changes, meta: &Meta) -> Result<(), StoreError> {
        // IMPORTANT: before the commit, so that whoever sees it finds what is marked.
        changes.mark(&self.base.base);
        self.commit_with(|transaction| write(transaction, changes, meta))
    }

    /// Writes, and makes it durable.
    pub(super) fn commit_with(
        self,
        write: impl FnOnce(&WriteTransaction) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Update { transaction, base, store } = self;
        drop(base);
        let written = guarded(|| write(&transaction));
        if let Err(error) = written {
            // What was written so far is given up; if even that fails, the next open repairs it.
            let _ = guarded(|| transaction.abort().map_err(StoreError::from));
            return Err(error);
        }
        match guarded(|| Ok(transaction.commit())) {
            Ok(Ok(())) => store.outcome(),
            Ok(Err(error)) => Err(store.refuse_writes(Box::new(error))),
            Err(error) => Err(store.refuse_writes(Box::new(error))),
        }
    }
}

pub(super) fn write(transaction: &WriteTransaction, changes: Changes, meta: &Meta) -> Result<(), StoreError> {
    let Changes {
        keys,
        profiles,
        students,
        numbers,
        requests,
        journal,
        counters,
        cases,
        open_cases,
        different,
        population,
        model,
        positions,
    } = changes;
    if let Some(model) = model {
        let mut table = transaction.open_table(META)?;
        table.insert(MODEL, model.as_slice())?;
    }
    if let Some(positions) = positions {
        let mut table = transaction.open_table(META)?;
        table.insert(POSITIONS, positions.as_slice())?;
    }
    let is_large = keys.iter().map(Vec::len).sum::<usize>() >= PARALLEL_ROWS;
    let write_family = |(mut keys, definition): (Vec<([u8; KEY_BYTES], bool)>, Index<KEY_BYTES>)| {
        if keys.is_empty() {
            return Ok(());
        }
        // Stable: of two words on one key the last counts. A small write asks no other thread for help.
        if is_large {
            keys.par_sort_by_key(|(key, _)| *key)
        } else {
            keys.sort_by_key(|(key, _)| *key)
        }
        keys.dedup_by(|later, earlier| {
            let is_one = later.0 == earlier.0;
            if is_one {
                earlier.1 = later.1;
            }
            is_one
        });
        write_keys(transaction.open_table(definition)?, &keys)
    };
    let write_rows = || -> Result<(), StoreError> {
        write_table(transaction.open_table(JOURNAL)?, journal)?;
        write_table(transaction.open_table(PROFILES)?, profiles)?;
        write_table(transaction.open_table(STUDENTS)?, students)?;
        write_table(transaction.open_table(NUMBERS)?, numbers)?;
        write_table(transaction.open_table(COUNTERS)?, counters)?;
        write_table(transaction.open_table(CASES)?, cases)?;
        write_table(transaction.open_table(DIFFERENT)?, different)?;
        if !requests.is_empty() {
            let mut requests = requests;
            requests.par_sort_unstable();
            let mut table = transaction.open_table(REQUESTS)?;
            for (key, row) in &requests {
                if let Some(row) = row {
                    table.insert(key.as_slice(), row.as_slice())?;
                }
            }
        }
        if !open_cases.is_empty() {
            let mut table = transaction.open_table(OPEN_CASES)?;
            for (key, is_open) in &open_cases {
                if *is_open {
                    table.insert(key, ())?;
                } else {
                    table.remove(key)?;
                }
            }
        }
        if let Some(pieces) = population {
            let mut table = transaction.open_table(POPULATION)?;
            table.retain(|_, _| false)?;
            for (piece, at) in pieces.iter().zip(0u32..) {
                let key = at.to_be_bytes();
                let row = envelope::seal("population", &key, |out| {
                    out.extend_from_slice(piece);
                    Ok(())
                })?;
                table.insert(&key, row.as_slice())?;
            }
        }
        put_meta(transaction, meta)
    };
    if is_large {
        // Tables of one transaction may be written at once; the keys are two thirds of the rows.
        let write_all_keys = || {
            let families: Vec<_> = keys.into_iter().zip(KEYS).collect();
            families.into_par_iter().with_max_len(1).try_for_each(write_family)
        };
        let (rows, keys): (Result<(), StoreError>, _) = rayon::join(write_rows, write_all_keys);
        rows.and(keys)
    } else {
        keys.into_iter().zip(KEYS).try_for_each(write_family)?;
        write_rows()
    }
}

pub(super) fn put_meta(transaction: &WriteTransaction, meta: &Meta) -> Result<(), StoreError> {
    let mut table = transaction.open_table(META)?;
    let row = envelope::seal("meta", STATE.as_bytes(), |out| codec::encode(meta, "meta", out))?;
    table.insert(STATE, row.as_slice())?;
    Ok(())
}

/// Writes rows in the order of their keys; those behind the last key of the table are appended, which is
/// several times quicker than finding each one's place.
fn write_table<const N: usize>(
    mut table: Table<'_, &'static [u8; N], &'static [u8]>,
    mut rows: Put<[u8; N]>,
) -> Result<(), StoreError> {
    rows.par_sort_unstable_by_key(|(key, _)| *key);
    let last = table.last()?.map(|(key, _)| *key.value());
    let mut rows = rows.into_iter().peekable();
    while let Some((key, row)) = rows.next_if(|(key, _)| last.is_some_and(|last| *key <= last)) {
        match row {
            Some(row) => drop(table.insert(&key, row.as_slice())?),
            None => drop(table.remove(&key)?),
        }
    }
    if rows.peek().is_some() {
        let mut end = table.upper_bound_mut(Bound::<&[u8; N]>::Unbounded)?;
        // A removal of what is not there is nothing.
        for (key, row) in rows.filter_map(|(key, row)| row.map(|row| (key, row))) {
            end.insert_before(&key, row.as_slice())?;
        }
        end.close()?;
    }
    Ok(())
}

/// The same for entries that are a key alone.
fn write_keys(
    mut table: Table<'_, &'static [u8; KEY_BYTES], ()>,
    keys: &[([u8; KEY_BYTES], bool)],
) -> Result<(), StoreError> {
    let last = table.last()?.map(|(key, _)| *key.value());
    let behind = keys.partition_point(|(key, _)| last.is_some_and(|last| *key <= last));
    for (key, is_put) in &keys[..behind] {
        if *is_put {
            table.insert(key, ())?;
        } else {
            table.remove(key)?;
        }
    }
    if behind < keys.len() {
        let mut end = table.upper_bound_mut(Bound::<&[u8; KEY_BYTES]>::Unbounded)?;
        for (key, _) in keys[behind..].iter().filter(|(_, is_put)| *is_put) {
            end.insert_before(key, ())?;
        }
        end.close()?;
    }
    Ok(())
}
