//! The packed base: what a registry knew when it was compacted last, in immutable files.
//!
//! | file | what lives there |
//! |---|---|
//! | `blocks`, `write` | a file in blocks with checksums: reading and writing it |
//! | `index` | from the hash of a key to its holders |
//! | `rows` | from an ordinal to its row |
//! | `offsets` | where each of many items begins and ends |
//! | `segment` | one file of both |
//! | `base` | all segments of a state, the newer above the older |
//! | `filter` | what the database above them certainly has nothing of |
//!
//! The database holds what was written since, the *delta*, in tables of the same rows. **A row of the delta is the
//! last word on its ordinal, then a row of a newer segment, then of an older one**; whichever layer has the last word
//! on a record has all of its keys. So a key of an older layer that leads to a record with a later word may lie, as
//! a fingerprint may: who finds a record by a segment's key and means to act on it looks at what the record's keys
//! are now.

mod base;
mod blocks;
mod filter;
mod index;
mod offsets;
mod rows;
mod segment;
#[cfg(test)]
mod tests;
mod write;

use crate::hash::{hash_bytes, mix};
use crate::number::RegistryNumber;

pub(super) use base::{Base, Fetched, Layer, remove_unlisted};
pub(crate) use index::{Filed, HEAVY_MIN};
pub(crate) use segment::{Index, Listed, SegmentWriter};

/// The directory of segments inside a registry's.
pub(super) const DIRECTORY: &str = "segments";

/// Under what a number is indexed: another number never has the same, since each step can be undone.
pub(crate) fn number_hash(number: &RegistryNumber) -> u64 {
    packed_number_hash(number.packed())
}

/// The same of a number in a word.
pub(crate) fn packed_number_hash(word: u64) -> u64 {
    mix(0, word)
}

/// Bits of a request's hash, from the top. Who finds an entry by it sees there which request it answers, so two of
/// one hash cost a look, one request in ten thousand at a hundred million.
const REQUEST_BITS: u32 = 40;

/// Under what a request is indexed.
pub(crate) fn request_hash(request: &[u8]) -> u64 {
    let unused = u64::BITS - REQUEST_BITS;
    hash_bytes(1, request) >> unused << unused
}
