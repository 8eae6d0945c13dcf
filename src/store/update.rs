//! One write: everything that changes, in one transaction, each table in the order of its keys.
//!
//! A write is read first and written last. [`super::Store::begin`] takes the writer's place and the snapshot
//! it stands on, which nobody can change meanwhile; the caller reads, decides and gathers [`Changes`];
//! [`Update::commit`] writes them and makes them durable.

use std::collections::BTreeMap;
use std::ops::Bound;

use redb::{ReadableTable, Table, WriteTransaction};
use serde::Serialize;

use super::snapshot::guarded;
use super::tables::*;
use super::{Meta, Profile, Snapshot, StoreError, StoredKey, codec, envelope, profile};
use crate::ids::{CaseId, RecordId, Sequence, StudentId};
use crate::number::RegistryNumber;

/// From this many rows on, tables are written on all cores.
const PARALLEL_ROWS: usize = 10_000;

/// Rows to be written or, as `None`, removed. The last word on a key counts.
type Put<K> = BTreeMap<K, Option<Vec<u8>>>;

/// What one write changes. Nothing of it is visible before the commit.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// Appended in any order, sorted when they are written.
    keys: Vec<([u8; KEY_BYTES], bool)>,
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
}

impl Changes {
    /// Files a record under a key.
    pub(crate) fn put_key(&mut self, key: &StoredKey, record: RecordId) {
        self.keys.push((key_entry(key, record), true));
    }

    /// Takes a record from under a key.
    pub(crate) fn remove_key(&mut self, key: &StoredKey, record: RecordId) {
        self.keys.push((key_entry(key, record), false));
    }

    /// Writes a record's profile.
    pub(crate) fn put_profile(&mut self, record: RecordId, row: &Profile) -> Result<(), StoreError> {
        let key = record_key(record);
        let row = envelope::seal("profiles", &key, |out| {
            profile::encode(row, out);
            Ok(())
        })?;
        self.profiles.insert(key, Some(row));
        Ok(())
    }

    /// Removes a record's profile.
    pub(crate) fn remove_profile(&mut self, record: RecordId) {
        self.profiles.insert(record_key(record), None);
    }

    /// Writes a student's state.
    pub(crate) fn put_student(&mut self, id: StudentId, state: &impl Serialize) -> Result<(), StoreError> {
        put(&mut self.students, "students", student_key(id), state)
    }

    /// Says whose number it is.
    pub(crate) fn put_number(
        &mut self,
        number: &RegistryNumber,
        student: StudentId,
    ) -> Result<(), StoreError> {
        put(&mut self.numbers, "numbers", number_key(number), &student)
    }

    /// Remembers which entry answers a request.
    pub(crate) fn put_request(&mut self, request: &str, entry: Sequence) -> Result<(), StoreError> {
        let key = request.as_bytes();
        let row = envelope::seal("requests", key, |out| codec::encode(&entry, "requests", out))?;
        self.requests.insert(key.to_vec(), Some(row));
        Ok(())
    }

    /// Appends a journal entry: the hash of the chain up to it, and its payload.
    pub(crate) fn put_journal(
        &mut self,
        sequence: Sequence,
        hash: [u8; 32],
        payload: &[u8],
    ) -> Result<(), StoreError> {
        let key = sequence_key(sequence);
        let row = envelope::seal("journal", &key, |out| {
            out.extend_from_slice(&hash);
            out.extend_from_slice(payload);
            Ok(())
        })?;
        self.journal.insert(key, Some(row));
        Ok(())
    }

    /// Sets the last sequence given to a region and a birth date.
    pub(crate) fn put_counter(&mut self, key: [u8; 8], last: u16) -> Result<(), StoreError> {
        put(&mut self.counters, "counters", key, &last)
    }

    /// Writes a case; `open_at` files it under its county and class, or says that it is closed.
    pub(crate) fn put_case(&mut self, id: CaseId, state: &impl Serialize) -> Result<(), StoreError> {
        put(&mut self.cases, "cases", case_key(id), state)
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
            match &case {
                Some(case) => put(&mut self.different, "different", key, case)?,
                None => {
                    self.different.insert(key, None);
                }
            }
        }
        Ok(())
    }

    /// Replaces the population's counts.
    pub(crate) fn put_population(&mut self, pieces: Vec<Vec<u8>>) {
        self.population = Some(pieces);
    }

    /// Whether nothing changes. Every change but that of the counts is an entry of the journal.
    pub(crate) fn is_empty(&self) -> bool {
        self.journal.is_empty() && self.population.is_none()
    }
}

fn put<K: AsRef<[u8]> + Ord>(
    rows: &mut Put<K>,
    table: &'static str,
    key: K,
    value: &impl Serialize,
) -> Result<(), StoreError> {
    let row = envelope::seal(table, key.as_ref(), |out| codec::encode(value, table, out))?;
    rows.insert(key, Some(row));
    Ok(())
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
        let Update { transaction, base, store } = self;
        drop(base);
        let written = guarded(|| write(&transaction, changes, meta));
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

fn write(transaction: &WriteTransaction, changes: Changes, meta: &Meta) -> Result<(), StoreError> {
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
    } = changes;
    let is_large = keys.len() >= PARALLEL_ROWS;
    let write_keys = || -> Result<(), StoreError> {
        let mut keys = keys;
        // Stable: of two words on one key the last counts.
        keys.sort_by_key(|(key, _)| *key);
        keys.dedup_by(|later, earlier| {
            later.0 == earlier.0 && {
                earlier.1 = later.1;
                true
            }
        });
        write_keys_sorted(transaction.open_table(KEYS)?, &keys)
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
        // Two tables of one transaction may be written at once; the keys are two thirds of the rows.
        let (a, b): (Result<(), StoreError>, Result<(), StoreError>) = rayon::join(write_keys, write_rows);
        a.and(b)
    } else {
        write_keys()?;
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
    rows: Put<[u8; N]>,
) -> Result<(), StoreError> {
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
fn write_keys_sorted(
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
