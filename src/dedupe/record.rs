//! A student in a run, and the order among records that does not depend on the order of the input.

use std::hash::{Hash, Hasher};

use compact_str::{CompactString, format_compact};

use crate::identity::Identity;
use crate::identity::name::Name;
use crate::student::Origin;

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

impl Record {
    /// An order in which records alike in name, birth date and number stand side by side, whatever the
    /// order of the input.
    pub(super) fn order(&self) -> impl Ord + use<> {
        let identity = &self.identity;
        let name = identity.name.as_ref().and_then(Name::loose);
        let number = identity.usable_documents().next().map(|document| document.number);
        (name, identity.birth_or_documents(), number, content_hash(identity), self.id.clone())
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
    let is_taken = |id: &str| {
        let hash = crate::hash::hash_bytes(0, id.as_bytes());
        by_id.binary_search_by_key(&hash, |(known, _)| *known).is_ok()
    };
    let mut renamed = 0;
    for run in by_id.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
        let mut rows: Vec<(CompactString, u64, u32)> = run
            .iter()
            .map(|(_, row)| (&records[*row as usize], *row))
            .map(|(record, row)| (record.id.clone(), content_hash(&record.identity), row))
            .collect();
        rows.sort_unstable();
        for equal in rows.chunk_by(|a, b| a.0 == b.0) {
            // An id that the input gives to another record is passed over.
            let mut free =
                (2u32..).map(|number| format_compact!("{}#{number}", equal[0].0)).filter(|id| !is_taken(id));
            for ((_, _, row), id) in equal[1..].iter().zip(&mut free) {
                records[*row as usize].id = id;
                renamed += 1;
            }
        }
    }
    renamed
}

/// A hash of all that is known of a student, for an order that does not depend on the input's.
fn content_hash(identity: &Identity) -> u64 {
    let mut hasher = xxhash_rust::xxh3::Xxh3::new();
    identity.hash(&mut hasher);
    hasher.finish()
}
