//! Students of one chunk of input, read and keyed on one core.

use super::blocks::FamilyKeys;
use super::findings::own_problem;
use super::records::Packed;
use crate::identity::{Identity, Issue, Rule};
use crate::key;
use crate::matching::{FrequencyCounter, ProblemClass};
use crate::student::{Column, Origin, Student};

/// Students, their keys, and what could not be read of them.
#[derive(Debug, Default)]
pub struct Batch {
    pub(super) records: Packed,
    /// A hash of each record's id.
    pub(super) ids: Vec<u64>,
    pub(super) families: FamilyKeys,
    pub(super) frequencies: FrequencyCounter,
    /// Records that are a problem by themselves.
    pub(super) singles: Vec<(u32, ProblemClass)>,
    issues: Vec<(Origin, Issue)>,
    scratch: Vec<Issue>,
}

impl Batch {
    /// Reads a student and makes its keys. About 2 µs. A student with nothing to compare is left out,
    /// with an issue that says so.
    ///
    /// # Panics
    /// If what is kept of the students of one batch reaches 4 GiB: some 25 million students.
    pub fn push(&mut self, student: &Student<'_>, origin: Origin) {
        let identity = Identity::of(student, &mut self.scratch);
        if identity.is_empty() {
            self.scratch.push(Issue { column: Column::Name, rule: Rule::NothingToCompare });
        }
        self.issues.extend(self.scratch.drain(..).map(|issue| (origin, issue)));
        if identity.is_empty() {
            return;
        }
        let row = self.records.len() as u32;
        key::keys(&identity, |family, key| self.families.push(family, key, row));
        self.frequencies.add(&identity);
        self.singles.extend(own_problem(&identity).map(|class| (row, class)));
        self.ids.push(super::repeated::id_hash(student.record_id));
        self.records.push(student.record_id, origin, &identity);
    }

    /// How many students take part.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether none does.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What could not be read, in the order of the rows. Taken once.
    pub fn take_issues(&mut self) -> Vec<(Origin, Issue)> {
        std::mem::take(&mut self.issues)
    }
}
