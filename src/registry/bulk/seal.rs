//! What was decided becomes a segment, and one commit makes it so.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::mpsc::sync_channel;

use rayon::prelude::*;

use super::index::Indexing;
use super::keys::Keys;
use super::loading::Loading;
use super::place::{Decided, RecordRow};
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

/// Rows that are encoded together, on all cores, and of them those that one core takes.
const CHUNK: usize = 16_384;
const PIECE_ROWS: usize = 512;

/// Indexes that wait to be written, at least.
const WAITING: usize = 2;
/// Bytes of an entry of an index.
const ENTRY_BYTES: u64 = 6;

type Written = std::result::Result<(), StoreError>;

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
        let waiting = waiting(&keys);
        let indexing = Indexing::of(this, first_record, keys)?;
        std::thread::scope(|scope| {
            let (sender, receiver) = sync_channel(waiting);
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

    fn profiles(&self, first: RecordId, writer: &mut SegmentWriter) -> Written {
        // INVARIANT: a load has fewer than 2^32 rows.
        let end = first.get() + self.decided.records.len() as u32;
        let put = |record: u32, out: &mut Vec<u8>| {
            let at = (record - first.get()) as usize;
            self.put_profile(RecordId::new(record), self.decided.records[at], out);
            Ok(())
        };
        writer.profiles(Some(first.get()), |push| encoded(first.get()..end, &put, push))
    }

    /// Writes the row of a record.
    fn put_profile(&self, record: RecordId, of: RecordRow, out: &mut Vec<u8>) {
        match self.changed.profiles.get(&record) {
            Some(Some(profile)) => store::encode_profile(profile, out),
            // INVARIANT: a load deletes nobody.
            Some(None) => {}
            None => {
                let student = StudentId::new(of.student);
                let (entry, profile) = (self.entry(student), self.rows.profile(of.row));
                store::encode_profile_bytes(student, entry, Standing::Live, profile, out);
            }
        }
    }

    fn entry(&self, student: StudentId) -> Sequence {
        // INVARIANT: who is not among the changed is plain.
        self.changed.loading.as_ref().and_then(|loading| loading.entry(student)).unwrap_or_default()
    }

    fn students(&self, first: StudentId, writer: &mut SegmentWriter) -> Written {
        let ids = first.get()..self.changed.meta.next_student.get();
        let put = |id: u32, out: &mut Vec<u8>| self.put_student(StudentId::new(id), out);
        writer.students(Some(first.get()), |push| encoded(ids, &put, push))
    }

    fn put_student(&self, id: StudentId, out: &mut Vec<u8>) -> Written {
        match self.changed.students.get(&id) {
            Some(state) => state.put(out),
            None => {
                let plain = self.changed.loading.as_ref().and_then(|loading| loading.state(id, self.at));
                let missing = || StoreError::damaged("a student of the load is missing");
                plain.ok_or_else(missing)?.put(out);
                Ok(())
            }
        }
    }

    fn numbers(&self, writer: &mut SegmentWriter) -> Written {
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

    fn requests(&self, writer: &mut SegmentWriter) -> Written {
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

/// How many indexes may wait to be written: those of a small load all, so that nobody who makes them waits, and else
/// as many as pairs had memory.
fn waiting(keys: &Keys) -> usize {
    let largest = keys.families.iter().map(|(_, partitions)| partitions.len()).max().unwrap_or(0);
    let fit = keys.pair_bytes / (largest * ENTRY_BYTES).max(1);
    (fit as usize).clamp(WAITING, Family::ALL.len())
}

/// Encodes rows on all cores, and hands them over in their order.
fn encoded(
    rows: Range<u32>,
    put: &(impl Fn(u32, &mut Vec<u8>) -> Written + Sync),
    push: &mut dyn FnMut(u32, &[u8]) -> Written,
) -> Written {
    // Filled again for each chunk, the rows of a piece one behind the other: a vector of each row's own costs more
    // than what is put there.
    let mut pieces: Vec<(Vec<u8>, Vec<usize>)> = vec![Default::default(); CHUNK / PIECE_ROWS];
    for start in rows.clone().step_by(CHUNK) {
        let of = |at: usize| {
            let bound = |at: usize| start.saturating_add((at * PIECE_ROWS) as u32).min(rows.end);
            bound(at)..bound(at + 1)
        };
        pieces.par_iter_mut().enumerate().try_for_each(|(at, (bytes, ends))| {
            bytes.clear();
            ends.clear();
            of(at).try_for_each(|row| -> Written {
                put(row, bytes)?;
                ends.push(bytes.len());
                Ok(())
            })
        })?;
        for (at, (bytes, ends)) in pieces.iter().enumerate() {
            let mut start = 0;
            for (row, end) in of(at).zip(ends) {
                push(row, &bytes[start..*end])?;
                start = *end;
            }
        }
    }
    Ok(())
}

pub(super) fn temporary() -> StoreError {
    StoreError::damaged("a temporary file of the load")
}
