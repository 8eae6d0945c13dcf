//! What a load decided so far: students of whom nothing is to be said but a number and a record.

use hashbrown::HashTable;

use crate::hash::mix;
use crate::ids::{RecordId, Sequence, StudentId};
use crate::number::RegistryNumber;
use crate::registry::loaded::Outcome;
use crate::registry::state::{PlainState, StudentState};
use crate::registry::time::Timestamp;

/// A student with one record, one number, and no more. Sixteen bytes.
#[derive(Debug, Clone, Copy)]
struct Plain {
    /// The number in a word; of none there is zero.
    number: u64,
    record: u32,
    /// The entry of the journal.
    entry: u32,
}

/// A load in the making.
#[derive(Debug)]
pub(in crate::registry) struct Loading {
    /// The entry of the rows that are answered now.
    pub(in crate::registry) sequence: Sequence,
    /// What became of them so far.
    pub(in crate::registry) outcomes: Vec<Option<Outcome>>,
    /// The first student of the load.
    pub(super) first: StudentId,
    students: Vec<Plain>,
    /// Places among them, by their numbers: five bytes each, where a map with keys of its own had thirty.
    numbers: HashTable<u32>,
}

impl Loading {
    /// Begins, with room for so many rows.
    pub(super) fn new(first: StudentId, rows: usize) -> Loading {
        Loading {
            sequence: Sequence::new(0),
            outcomes: Vec::new(),
            first,
            students: Vec::with_capacity(rows),
            numbers: HashTable::with_capacity(rows),
        }
    }

    /// Adds a plain student, the next one.
    pub(super) fn put(&mut self, number: RegistryNumber, record: RecordId) {
        // INVARIANT: a journal of more than 2^32 entries is refused before a load begins.
        let entry = self.sequence.get() as u32;
        let (number, at) = (number.packed(), self.students.len() as u32);
        self.students.push(Plain { number, record: record.get(), entry });
        let students = &self.students;
        self.numbers.insert_unique(hash(number), at, |at| hash(students[*at as usize].number));
    }

    /// Whose number it is, in a word, among plain students.
    pub(in crate::registry) fn owner(&self, number: u64) -> Option<StudentId> {
        let at = self.numbers.find(hash(number), |at| self.students[*at as usize].number == number)?;
        Some(StudentId::new(self.first.get() + at))
    }

    /// The numbers of plain students, in words, and whose they are.
    pub(super) fn numbers(&self) -> impl Iterator<Item = (u64, StudentId)> {
        let ids = (self.first.get()..).map(StudentId::new);
        self.students
            .iter()
            .zip(ids)
            .filter(|(plain, _)| plain.number != 0)
            .map(|(plain, id)| (plain.number, id))
    }

    /// Makes room for students who are told in full, up to the next one.
    pub(super) fn skip_to(&mut self, next: StudentId) {
        let length = (next.get() - self.first.get()) as usize;
        self.students.resize(length, Plain { number: 0, record: 0, entry: 0 });
    }

    fn plain(&self, id: StudentId) -> Option<&Plain> {
        let at = id.get().checked_sub(self.first.get())?;
        self.students.get(at as usize).filter(|plain| plain.number != 0)
    }

    /// A plain student's state.
    pub(super) fn state(&self, id: StudentId, at: Timestamp) -> Option<PlainState> {
        let plain = self.plain(id)?;
        Some(PlainState {
            number: plain.number.to_be_bytes(),
            since: at,
            record: RecordId::new(plain.record),
            entry: Sequence::new(plain.entry.into()),
        })
    }

    /// The same in full.
    pub(in crate::registry) fn student(&self, id: StudentId, at: Timestamp) -> Option<StudentState> {
        self.state(id, at)?.in_full().ok()
    }

    /// The entry of a plain student.
    pub(super) fn entry(&self, id: StudentId) -> Option<Sequence> {
        self.plain(id).map(|plain| Sequence::new(plain.entry.into()))
    }
}

fn hash(number: u64) -> u64 {
    mix(0, number)
}
