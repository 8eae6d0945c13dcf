//! Students of one chunk of input, read and keyed on one core.

use std::hash::{Hash, Hasher};

use compact_str::{CompactString, format_compact};

use super::blocks::Families;
use crate::identity::{Identity, Issue, Rule};
use crate::key;
use crate::matching::FrequencyCounter;
use crate::student::{Column, Origin, Student};

/// A student that takes part in the comparison.
#[derive(Debug, Clone)]
pub struct Record {
    /// The office's name for the record; unique within a run (see [`super::Findings::repeated_ids`]).
    pub id: CompactString,
    /// Where it came from.
    pub origin: Origin,
    /// What is compared.
    pub identity: Identity,
}

/// Students, their keys, and what could not be read of them.
#[derive(Debug, Default)]
pub struct Batch {
    pub(super) records: Vec<Record>,
    pub(super) families: Families,
    pub(super) frequencies: FrequencyCounter,
    issues: Vec<(Origin, Issue)>,
    scratch: Vec<Issue>,
}

impl Batch {
    /// Reads a student and makes its keys. About 2 µs. A student with nothing to compare is left out,
    /// with an issue that says so.
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
        self.records.push(Record { id: student.record_id.into(), origin, identity });
    }

    /// How many students take part.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether none does.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// What could not be read, in the order of the rows. Taken once.
    pub fn take_issues(&mut self) -> Vec<(Origin, Issue)> {
        std::mem::take(&mut self.issues)
    }
}

/// Gives records that share an id a number behind it, in the order of their contents: `r1`, `r1#2`.
/// Returns how many were given one.
pub(super) fn tell_apart_repeated_ids(records: &mut [Record]) -> u64 {
    let mut by_id: Vec<(u64, u32)> = records
        .iter()
        .zip(0..)
        .map(|(record, row)| (crate::hash::hash_bytes(0, record.id.as_bytes()), row))
        .collect();
    by_id.sort_unstable();
    let mut renamed = 0;
    for run in by_id.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
        let mut rows: Vec<(CompactString, u64, u32)> = run
            .iter()
            .map(|(_, row)| (&records[*row as usize], *row))
            .map(|(record, row)| (record.id.clone(), content_hash(&record.identity), row))
            .collect();
        rows.sort_unstable();
        for equal in rows.chunk_by(|a, b| a.0 == b.0) {
            for ((id, _, row), number) in equal.iter().zip(1..).skip(1) {
                records[*row as usize].id = format_compact!("{id}#{number}");
                renamed += 1;
            }
        }
    }
    renamed
}

/// A hash of all that is known of a student, for an order that does not depend on the input's.
pub(super) fn content_hash(identity: &Identity) -> u64 {
    let mut hasher = xxhash_rust::xxh3::Xxh3::new();
    identity.hash(&mut hasher);
    hasher.finish()
}
