//! A student in a run, and the order among records that does not depend on the order of the input.

use std::hash::{Hash, Hasher};

use compact_str::{CompactString, format_compact};

use crate::identity::Identity;
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
            let mut number = 1u64;
            for (id, _, row) in equal.iter().skip(1) {
                // An office may have written `r1#2` itself.
                records[*row as usize].id = loop {
                    number += 1;
                    let free = format_compact!("{id}#{number}");
                    let hash = crate::hash::hash_bytes(0, free.as_bytes());
                    if by_id.binary_search_by_key(&hash, |(known, _)| *known).is_err() {
                        break free;
                    }
                };
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
