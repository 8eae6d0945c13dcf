//! What was decided becomes a segment, and one commit makes it so.

use std::collections::HashSet;

use rayon::prelude::*;

use super::batch::{Keyed, Keys};
use super::place::Decided;
use super::rows::Rows;
use crate::ids::{RecordId, Sequence, StudentId};
use crate::key::{self, Family};
use crate::matching::Frequencies;
use crate::registry::draft::Changed;
use crate::registry::error::Result;
use crate::registry::population::PIECE;
use crate::registry::time::Timestamp;
use crate::store::{
    self, Filed, Index, Profile, SegmentWriter, Standing, StoreError, StoredRow, Unlisted, Update,
    number_hash, stored_keys,
};

/// Rows that are encoded together, on all cores.
const CHUNK: usize = 16_384;

/// Records that stand under other keys than their rows say, and those keys.
type Rekeyed = (HashSet<u32>, Vec<(Family, Filed)>);

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
        self.profiles(first_record, &mut writer)?;
        self.students(first_student, &mut writer)?;
        self.keys(first_record, keys, &mut writer)?;
        let mut numbers: Vec<Filed> = self
            .changed
            .numbers
            .par_iter()
            .map(|(number, student)| Filed { hash: number_hash(number), holder: student.get() })
            .collect();
        numbers.par_sort_unstable();
        writer.numbers(&numbers)?;
        drop(numbers);
        self.requests(&mut writer)?;
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
                plain.ok_or_else(missing)?.put(&mut out)?;
            }
        }
        Ok(out)
    }

    fn keys(
        &self,
        first: RecordId,
        mut keys: Keys,
        writer: &mut SegmentWriter,
    ) -> std::result::Result<(), StoreError> {
        let mut record_of: Vec<u32> = vec![u32::MAX; self.rows.len()];
        for (of, record) in self.decided.records.iter().zip(first.get()..) {
            record_of[of.row as usize] = record;
        }
        let (rekeyed, again) = self.rekeyed(first)?;
        let finer = |record: u32, space| {
            let profile = self.changed.profiles.get(&RecordId::new(record)).and_then(Option::as_ref);
            let row = self.decided.records[(record - first.get()) as usize].row;
            let finer = match profile {
                Some(profile) => key::finer(space, &profile.identity),
                None => key::finer(space, &self.rows.identity(row).map_err(|_| temporary())?),
            };
            Ok((finer >> 32) as u32)
        };
        let mut spaces: Vec<(Family, Vec<Keyed>)> = Family::ALL
            .into_iter()
            .filter(|family| family.probes().is_none())
            .map(|space| (space, std::mem::take(&mut keys[space as usize])))
            .collect();
        // Some at a time: each is in memory twice meanwhile.
        while !spaces.is_empty() {
            let some = spaces.split_off(spaces.len().saturating_sub(rayon::current_num_threads()));
            let made: Vec<(Family, Index)> = some
                .into_par_iter()
                .map(|(space, keyed)| {
                    let entry = |key: &Keyed| Filed { hash: key.hash, holder: record_of[key.row as usize] };
                    let is_filed =
                        |entry: &Filed| entry.holder != u32::MAX && !rekeyed.contains(&entry.holder);
                    let mut entries: Vec<Filed> = keyed.iter().map(entry).filter(is_filed).collect();
                    drop(keyed);
                    entries
                        .extend(again.iter().filter(|(family, _)| *family == space).map(|(_, entry)| *entry));
                    // In order already but for the finer parts.
                    entries.sort_unstable();
                    entries.dedup();
                    Ok((space, SegmentWriter::index(&entries, &|record| finer(record, space))?))
                })
                .collect::<std::result::Result<_, StoreError>>()?;
            for (space, index) in &made {
                writer.keys(*space, index)?;
            }
        }
        Ok(())
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
