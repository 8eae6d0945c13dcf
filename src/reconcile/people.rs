//! The people of one roll, held in memory: what is compared of each, and the keys they are found by.

use smallvec::SmallVec;

use super::index::{Held, KeyIndex};
use crate::dedupe::{Packed, Records, RowId};
use crate::identity::{Identity, Issue};
use crate::key::{self, Family};
use crate::matching::{Frequencies, FrequencyCounter};
use crate::student::{Origin, Student};

/// People of one piece of a roll, read and keyed on one core.
#[derive(Debug, Default)]
pub struct PeopleBatch {
    records: Packed,
    keys: Vec<Held>,
    frequencies: FrequencyCounter,
    issues: Vec<(Origin, Issue)>,
    scratch: Vec<Issue>,
}

impl PeopleBatch {
    /// Reads a student and makes its keys. About 2 µs.
    ///
    /// # Panics
    /// If what is kept of one batch reaches 4 GiB: some 25 million people.
    pub fn push(&mut self, student: &Student<'_>, origin: Origin) {
        let identity = Identity::of(student, &mut self.scratch);
        self.issues.extend(self.scratch.drain(..).map(|issue| (origin, issue)));
        let row = self.records.len() as u32;
        key::keys(&identity, |family, hash| self.keys.push(Held { hash, row, family }));
        self.frequencies.add(&identity);
        self.records.push(student.record_id, origin, &identity);
    }

    /// How many people it has.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What could not be read, in the order of rows. Taken once.
    pub fn take_issues(&mut self) -> Vec<(Origin, Issue)> {
        std::mem::take(&mut self.issues)
    }
}

/// Who of [`People`], by the order in which they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Person(pub(super) u32);

impl Person {
    /// The place in the order, from 0.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// All people of one roll, before they are [`People`].
#[derive(Debug)]
pub struct PeopleBuilder {
    records: Records,
    keys: Vec<Held>,
    frequencies: FrequencyCounter,
}

impl Default for PeopleBuilder {
    fn default() -> Self {
        PeopleBuilder {
            records: Records::new(u64::MAX),
            keys: Vec::new(),
            frequencies: FrequencyCounter::default(),
        }
    }
}

impl PeopleBuilder {
    /// Takes a batch. Who comes first stays first.
    ///
    /// # Panics
    /// With 2³² − 1 people or more.
    pub fn add(&mut self, mut batch: PeopleBatch) {
        let first = u32::try_from(self.records.len()).expect("fewer than 2^32 - 1 people");
        assert!(batch.len() < (u32::MAX - first) as usize, "fewer than 2^32 - 1 people");
        self.records.append(&batch.records);
        self.keys.extend(batch.keys.into_iter().map(|held| Held { row: first + held.row, ..held }));
        self.frequencies.append(&mut batch.frequencies);
    }

    /// Orders the keys and counts the values.
    pub fn finish(self) -> People {
        let records = self.records;
        let index = KeyIndex::new(self.keys, |row| records.identity(RowId::of(row)));
        People { frequencies: self.frequencies.finish(), records, index }
    }
}

/// The people of one roll: some 300 bytes each, with their keys.
///
/// # Examples
/// ```
/// use renji::reconcile::People;
/// use renji::student::Student;
///
/// let students = [Student { record_id: "r1", name: "王小明", ..Student::default() }];
/// let people = People::of(&students);
/// assert_eq!(people.len(), 1);
/// ```
#[derive(Debug)]
pub struct People {
    records: Records,
    index: KeyIndex,
    frequencies: Frequencies,
}

/// Room for looking people up, kept from one to the next.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    rows: Vec<u32>,
    keys: SmallVec<[(Family, u64); 16]>,
    /// Keys of which not all holders were compared.
    pub(super) crowded: u64,
}

impl People {
    /// The people of a list, each at the row of their place in it, from 1.
    pub fn of<'s>(students: impl IntoIterator<Item = &'s Student<'s>>) -> People {
        let mut batch = PeopleBatch::default();
        for (student, row) in students.into_iter().zip(1..) {
            batch.push(student, Origin { file: 0, row });
        }
        let mut builder = PeopleBuilder::default();
        builder.add(batch);
        builder.finish()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Everybody, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = Person> + use<> {
        (0..self.len() as u32).map(Person)
    }

    /// Who stands at a place of the order, from 0.
    pub fn at(&self, place: usize) -> Option<Person> {
        u32::try_from(place).ok().filter(|_| place < self.len()).map(Person)
    }

    /// The office's name for the record.
    pub fn id(&self, person: Person) -> &str {
        self.records.id(RowId::of(person.0))
    }

    /// Where the record came from.
    pub fn origin(&self, person: Person) -> Origin {
        self.records.origin(RowId::of(person.0))
    }

    /// What is compared. Decoded anew each time: some 0.2 µs.
    pub fn identity(&self, person: Person) -> Identity {
        self.records.identity(RowId::of(person.0))
    }

    /// How common values are among them.
    pub fn frequencies(&self) -> &Frequencies {
        &self.frequencies
    }

    /// Shows everybody who shares a key with a student, in order.
    pub(super) fn candidates(
        &self,
        identity: &Identity,
        scratch: &mut Scratch,
        mut visit: impl FnMut(Person, &Identity),
    ) {
        scratch.keys.clear();
        let keys = &mut scratch.keys;
        key::keys(identity, |family, hash| keys.push((family, hash)));
        scratch.crowded += u64::from(self.index.gather(identity, &scratch.keys, &mut scratch.rows));
        for row in &scratch.rows {
            self.records.prefetch(RowId::of(*row));
        }
        for row in &scratch.rows {
            visit(Person(*row), &self.records.identity(RowId::of(*row)));
        }
    }
}
