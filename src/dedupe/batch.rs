//! Students of one chunk of input, read and keyed on one core.

use std::sync::{Arc, Mutex, PoisonError};

use super::findings::own_problem;
use super::records::Packed;
use crate::identity::{Identity, Issue, Rule};
use crate::key;
use crate::matching::{FrequencyCounter, ProblemClass};
use crate::spill::FamilyKeys;
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

    /// Makes it empty, and keeps its memory.
    pub(super) fn clear(&mut self) {
        let Batch { records, ids, families, frequencies, singles, issues, scratch } = self;
        records.clear();
        ids.clear();
        families.clear();
        frequencies.clear();
        singles.clear();
        issues.clear();
        scratch.clear();
    }
}

/// Batches of a run that have been used up: to fill one again costs less than to make one, whose memory the
/// system gives page by page.
#[derive(Debug, Clone, Default)]
pub struct Batches(Arc<Mutex<Vec<Batch>>>);

impl Batches {
    /// An empty batch. From any thread.
    pub fn take(&self) -> Batch {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Takes a batch back.
    pub(super) fn give(&self, mut batch: Batch) {
        batch.clear();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(batch);
    }
}
