//! What was decided becomes a segment, and one commit makes it so.

use std::collections::HashSet;
use std::sync::mpsc::{SyncSender, sync_channel};

use rayon::prelude::*;

use super::keys::{Cut, Keys, Partition};
use super::place::Decided;
use super::rows::Rows;
use crate::identity::Identity;
use crate::ids::{RecordId, Sequence, StudentId};
use crate::key::{self, Family};
use crate::matching::Frequencies;
use crate::registry::draft::Changed;
use crate::registry::error::Result;
use crate::registry::population::PIECE;
use crate::registry::time::Timestamp;
use crate::spill::{Partitions, Spill};
use crate::store::{
    self, Filed, HEAVY_MIN, Index, Profile, SegmentWriter, Standing, StoreError, StoredRow, Unlisted, Update,
    number_hash, stored_keys,
};

/// Rows that are encoded together, on all cores.
const CHUNK: usize = 16_384;

/// Records that stand under other keys than their rows say, and those keys.
type Rekeyed = (HashSet<u32>, Vec<(Family, Filed)>);

/// An index, or why there is none.
type MadeIndex = std::result::Result<(Family, Index), StoreError>;

/// Indexes that wait to be written.
const WAITING: usize = 2;

/// All there is to be written.
pub(super) struct Sealing<'s> {
    pub(super) rows: &'s Rows,
    pub(super) decided: &'s Decided,
    pub(super) changed: Changed,
    pub(super) at: Timestamp,
}

impl Sealing<'_> {
    /// Writes the segment and commits. Of records and students that were there before, what changed goes into the
    /// database above the segments.
    pub(super) fn commit(mut self, keys: Keys, frequencies: &Frequencies, update: Update<'_>) -> Result<()> {
        let (first_record, first_student) =
            (update.base().meta().next_record, update.base().meta().next_student);
        self.changed.meta.chain = self.decided.chain;
        self.changed.meta.counted = frequencies.counted();
        let counts = frequencies.to_bytes();
        self.changed.changes.put_population(counts.chunks(PIECE).map(<[u8]>::to_vec).collect());
        let mut writer = update.segment()?;
        let this = &self;
        std::thread::scope(|scope| {
            let (sender, receiver) = sync_channel(WAITING);
            scope.spawn(move || this.indexes(first_record, keys, &sender));
            this.profiles(first_record, &mut writer)?;
            this.students(first_student, &mut writer)?;
            this.numbers(&mut writer)?;
            this.requests(&mut writer)?;
            for index in receiver {
                let (space, index) = index?;
                writer.keys(space, &index)?;
            }
            Ok::<(), StoreError>(())
        })?;
        let segment = Unlisted::finish(writer)?;
        let Changed { mut changes, meta, students, profiles, .. } = self.changed;
        let before: Vec<_> = students.into_iter().filter(|(id, _)| *id < first_student).collect();
        changes.put_students(&before)?;
        let before: Vec<_> = profiles.into_iter().filter(|(id, _)| *id < first_record).collect();
        changes.put_profiles(update.base(), &before)?;
        Ok(update.commit_load(changes, &meta, segment)?)
    }

    fn profiles(&self, first: RecordId, writer: &mut SegmentWriter) -> std::result::Result<(), StoreError> {
        writer.profiles(Some(first.get()), |push| {
            let mut next = first.get();
            for chunk in self.decided.records.chunks(CHUNK) {
                let start = next;
                let rows: Vec<Vec<u8>> = (0..chunk.len())
                    .into_par_iter()
                    .with_min_len(256)
                    .map(|at| {
                        self.profile(RecordId::new(start + at as u32), at + (start - first.get()) as usize)
                    })
                    .collect();
                for row in rows {
                    push(next, &row)?;
                    next += 1;
                }
            }
            Ok(())
        })
    }

    /// The row of a record.
    fn profile(&self, record: RecordId, at: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(128);
        match self.changed.profiles.get(&record) {
            Some(Some(profile)) => store::encode_profile(profile, &mut out),
            // INVARIANT: a load deletes nobody.
            Some(None) => {}
            None => {
                let of = self.decided.records[at];
                let student = StudentId::new(of.student);
                store::encode_profile_bytes(
                    student,
                    self.entry(student),
                    Standing::Live,
                    self.rows.profile(of.row),
                    &mut out,
                );
            }
        }
        out
    }

    fn entry(&self, student: StudentId) -> Sequence {
        // INVARIANT: who is not among the changed is plain.
        self.changed.loading.as_ref().and_then(|loading| loading.entry(student)).unwrap_or_default()
    }

    fn students(&self, first: StudentId, writer: &mut SegmentWriter) -> std::result::Result<(), StoreError> {
        let end = self.changed.meta.next_student.get();
        writer.students(Some(first.get()), |push| {
            for start in (first.get()..end).step_by(CHUNK) {
                let rows: Vec<Vec<u8>> = (start..end.min(start + CHUNK as u32))
                    .into_par_iter()
                    .with_min_len(256)
                    .map(|id| self.student(StudentId::new(id)))
                    .collect::<std::result::Result<_, StoreError>>()?;
                for (row, id) in rows.iter().zip(start..) {
                    push(id, row)?;
                }
            }
            Ok(())
        })
    }

    fn student(&self, id: StudentId) -> std::result::Result<Vec<u8>, StoreError> {
        let mut out = Vec::with_capacity(32);
        match self.changed.students.get(&id) {
            Some(state) => state.put(&mut out)?,
            None => {
                let plain = self.changed.loading.as_ref().and_then(|loading| loading.state(id, self.at));
                let missing = || StoreError::damaged("a student of the load is missing");
                plain.ok_or_else(missing)?.put(&mut out);
            }
        }
        Ok(out)
    }

    /// Makes the indexes of keys, one after the other, on a thread of its own: a core that waits for the disk meanwhile
    /// does not.
    fn indexes(&self, first: RecordId, keys: Keys, sender: &SyncSender<MadeIndex>) {
        let mut record_of: Vec<u32> = vec![u32::MAX; self.rows.len()];
        for (of, record) in self.decided.records.iter().zip(first.get()..) {
            record_of[of.row as usize] = record;
        }
        let rekeyed = match self.rekeyed(first) {
            Ok(rekeyed) => rekeyed,
            Err(error) => return drop(sender.send(Err(error))),
        };
        for (family, partitions) in keys.families {
            let index = self.index(first, family, &partitions, &keys.spill, &record_of, &rekeyed);
            // Who does not take it any more has failed, and says why.
            if sender.send(index.map(|index| (family, index))).is_err() {
                return;
            }
        }
    }

    /// Makes the index of a family.
    fn index(
        &self,
        first: RecordId,
        family: Family,
        partitions: &Partitions,
        spill: &Spill,
        record_of: &[u32],
        (rekeyed, again): &Rekeyed,
    ) -> std::result::Result<Index, StoreError> {
        let finer = |record: u32| {
            self.of_record(first, record, |identity| (key::finer(family, identity) >> 32) as u32)
        };
        let again: Vec<(Cut, u32)> = again
            .iter()
            .filter(|(space, _)| *space == family)
            .map(|(_, entry)| (Cut::of(entry.hash), entry.holder))
            .collect();
        let count = partitions.len() + again.len() as u64;
        let holder_max = self.changed.meta.next_record.get().saturating_sub(1);
        SegmentWriter::index_of(count, holder_max, &finer, |push| {
            let is_filed = |record: &u32| *record != u32::MAX && !rekeyed.contains(record);
            let mut entries: Vec<Filed> = Vec::new();
            for number in Partition::numbers() {
                let partition = Partition::read(partitions, spill, number)?;
                entries.clear();
                for (key, rows) in partition.keys() {
                    let records = rows.map(|row| record_of[row as usize]).filter(is_filed);
                    entries.extend(records.map(|holder| Filed { hash: key.hash(), holder }));
                }
                let again = again.iter().filter(|(key, _)| key.partition() == number);
                entries.extend(again.map(|(key, holder)| Filed { hash: key.hash(), holder: *holder }));
                // In order already but for these, and for rows that only seemed to be known.
                entries.sort_unstable();
                entries.dedup();
                for key in entries.chunk_by(|a, b| a.hash == b.hash) {
                    if key.len() <= HEAVY_MIN {
                        push(key)?;
                    } else {
                        let whole = self.whole(first, family, key)?;
                        whole.chunk_by(|a, b| a.hash == b.hash).try_for_each(&mut *push)?;
                    }
                }
            }
            Ok(())
        })
    }

    /// Entries of what was kept of a key, with the whole key and in its order.
    fn whole(
        &self,
        first: RecordId,
        family: Family,
        key: &[Filed],
    ) -> std::result::Result<Vec<Filed>, StoreError> {
        let mut whole = Vec::with_capacity(key.len());
        for Filed { hash, holder } in key {
            let hashes: Vec<u64> =
                self.of_record(first, *holder, |identity| Cut::of(*hash).whole(family, identity).collect())?;
            whole.extend(hashes.into_iter().map(|hash| Filed { hash, holder: *holder }));
        }
        whole.sort_unstable();
        Ok(whole)
    }

    /// What follows from a new record's identity.
    fn of_record<T>(
        &self,
        first: RecordId,
        record: u32,
        of: impl FnOnce(&Identity) -> T,
    ) -> std::result::Result<T, StoreError> {
        match self.changed.profiles.get(&RecordId::new(record)).and_then(Option::as_ref) {
            Some(profile) => Ok(of(&profile.identity)),
            None => {
                let row = self.decided.records[(record - first.get()) as usize].row;
                Ok(of(&self.rows.identity(row).map_err(|_| temporary())?))
            }
        }
    }

    /// Records that are not found under what their rows say, since a number in them was proved to be another's.
    fn rekeyed(&self, first: RecordId) -> std::result::Result<Rekeyed, StoreError> {
        let (mut rekeyed, mut again) = (HashSet::new(), Vec::new());
        let new = self.changed.profiles.iter().filter(|(record, _)| **record >= first);
        for (record, profile) in new {
            let row = self.decided.records[(record.get() - first.get()) as usize].row;
            let Some(Profile { identity, .. }) = profile else { continue };
            if *identity != self.rows.identity(row).map_err(|_| temporary())? {
                rekeyed.insert(record.get());
                let keys = stored_keys(identity).into_iter();
                again.extend(keys.map(|key| (key.space, Filed { hash: key.hash, holder: record.get() })));
            }
        }
        Ok((rekeyed, again))
    }

    fn numbers(&self, writer: &mut SegmentWriter) -> std::result::Result<(), StoreError> {
        let mut numbers: Vec<Filed> = self
            .changed
            .numbers
            .par_iter()
            .map(|(number, student)| Filed { hash: number_hash(number), holder: student.get() })
            .collect();
        numbers.par_sort_unstable();
        writer.numbers(&numbers)
    }

    fn requests(&self, writer: &mut SegmentWriter) -> std::result::Result<(), StoreError> {
        let mut requests: Vec<Filed> = Vec::with_capacity(self.rows.len());
        for (block, entry) in self.rows.blocks.iter().zip(&self.decided.entries) {
            let holder = u32::try_from(entry.get()).map_err(|_| StoreError::TooLarge("the journal"))?;
            for row in (block.first..block.first + block.rows).map(|row| row as usize) {
                if self.decided.answered[row] {
                    requests.push(Filed { hash: self.rows.requests[row], holder });
                }
            }
        }
        requests.par_sort_unstable();
        requests.dedup();
        writer.requests(&requests)
    }
}

fn temporary() -> StoreError {
    StoreError::damaged("a temporary file of the load")
}
