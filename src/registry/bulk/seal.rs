//! What was decided becomes a segment, and one commit makes it so.

use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::sync_channel;

use rayon::prelude::*;

use super::index::Indexing;
use super::keys::Keys;
use super::loading::Loading;
use super::place::Decided;
use super::rows::Rows;
use crate::ids::{RecordId, Sequence, StudentId};
use crate::key::Family;
use crate::matching::Frequencies;
use crate::registry::draft::Changed;
use crate::registry::error::Result;
use crate::registry::population::PIECE;
use crate::registry::time::Timestamp;
use crate::store::{
    self, Filed, SegmentWriter, Standing, StoreError, StoredRow, Unlisted, Update, packed_number_hash,
};

/// Rows that are encoded together, on all cores.
const CHUNK: usize = 16_384;

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
        let mut families: VecDeque<Family> = keys.families.iter().map(|(family, _)| *family).collect();
        let indexing = Indexing::of(this, first_record, keys)?;
        std::thread::scope(|scope| {
            let (sender, receiver) = sync_channel(WAITING);
            // A core that waits for the disk makes an index meanwhile.
            for _ in 0..rayon::current_num_threads() {
                let (indexing, sender) = (&indexing, sender.clone());
                scope.spawn(move || indexing.run(&sender));
            }
            drop(sender);
            this.profiles(first_record, &mut writer)?;
            this.students(first_student, &mut writer)?;
            this.numbers(&mut writer)?;
            this.requests(&mut writer)?;
            // In the order of families, whichever is made first: the file is the same bytes for any number of threads.
            let mut made = BTreeMap::new();
            for index in receiver {
                let (family, index) = index?;
                made.insert(family, index);
                while let Some((family, index)) = families.front().and_then(|next| made.remove_entry(next)) {
                    families.pop_front();
                    writer.keys(family, index)?;
                }
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

    fn numbers(&self, writer: &mut SegmentWriter) -> std::result::Result<(), StoreError> {
        let changed = &self.changed.numbers;
        let plain = self.changed.loading.iter().flat_map(Loading::numbers);
        let plain = plain.filter(|(word, _)| !changed.contains_key(word));
        let all = plain.chain(changed.iter().map(|(word, student)| (*word, *student)));
        let filed = |(word, student): (u64, StudentId)| Filed {
            hash: packed_number_hash(word),
            holder: student.get(),
        };
        let mut numbers: Vec<Filed> = all.map(filed).collect();
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

pub(super) fn temporary() -> StoreError {
    StoreError::damaged("a temporary file of the load")
}
