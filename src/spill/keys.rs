//! Keys by family and partition, eight bytes each.
//!
//! A key is divided by its first byte; what is kept of it behind that is four bytes, above the row that holds it.

use rayon::prelude::*;

use super::file::{Spill, SpillError};
use super::partitions::{Partitions, Run, sort_by_bits};
use crate::key::Family;

/// Into how many partitions keys are divided.
// INVARIANT: a constant and no matter of memory, threads or students: with the half of a key that an entry holds,
// it says which keys are told apart, and so which pairs are counted.
pub(crate) const PARTITIONS: usize = 256;

/// The partition of a key: its first byte.
pub(crate) fn partition_of(key: u64) -> usize {
    (key >> 56) as usize
}

/// Four bytes of a key, behind the one that names its partition, and the student that holds it, in one word ordered
/// by key, then row. Forty bits of a key are enough within a family: among a hundred million students some thousands
/// meet by accident, and a false meeting costs one comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry(u64);

impl Entry {
    pub(crate) fn new(key: u64, row: u32) -> Self {
        Entry(((key >> 24) << 32) | u64::from(row))
    }

    pub(crate) fn word(self) -> u64 {
        self.0
    }

    pub(crate) fn key(self) -> u32 {
        (self.0 >> 32) as u32
    }

    pub(crate) fn row(self) -> u32 {
        self.0 as u32
    }
}

/// The entries of a partition in order, each once.
pub(crate) fn sorted(
    partitions: &Partitions,
    spill: &Spill,
    partition: usize,
) -> Result<Vec<Entry>, SpillError> {
    let mut words = partitions.read(spill, partition)?;
    // Keys are the upper half. Those of one key came in the order of their rows.
    sort_by_bits(&mut words, 32);
    let mut entries: Vec<Entry> = words.into_iter().map(Entry).collect();
    entries.dedup();
    Ok(entries)
}

/// The keys of one batch, by family.
#[derive(Debug, Default)]
pub(crate) struct FamilyKeys {
    /// In the order of [`Family::ALL`]: keys, and the row of each in the batch.
    families: [(Vec<u64>, Vec<u32>); Family::ALL.len()],
}

impl FamilyKeys {
    /// Adds a key of a row.
    #[inline]
    pub(crate) fn push(&mut self, family: Family, key: u64, row: u32) {
        let (keys, rows) = &mut self.families[family as usize];
        keys.push(key);
        rows.push(row);
    }

    /// How many keys there are.
    pub(crate) fn len(&self) -> usize {
        self.families.iter().map(|(keys, _)| keys.len()).sum()
    }

    /// Removes all keys, and keeps the memory.
    pub(crate) fn clear(&mut self) {
        for (keys, rows) in &mut self.families {
            keys.clear();
            rows.clear();
        }
    }
}

/// The keys of all students, by family.
#[derive(Debug, Default)]
pub(crate) struct Families([Partitions; Family::ALL.len()]);

impl Families {
    /// Takes the keys of some batches, each with the first of its rows.
    pub(crate) fn append(&mut self, batches: &[(u32, &FamilyKeys)]) {
        self.0.par_iter_mut().enumerate().for_each(|(family, partitions)| {
            let entries = batches.iter().flat_map(|(first, keys)| {
                let (keys, rows) = &keys.families[family];
                keys.iter()
                    .zip(rows)
                    .map(move |(key, row)| (partition_of(*key), Entry::new(*key, first + row).word()))
            });
            partitions.push(Run::of(PARTITIONS, entries));
        });
    }

    /// Bytes of memory.
    pub(crate) fn memory_bytes(&self) -> u64 {
        self.0.iter().map(Partitions::memory_bytes).sum()
    }

    /// Moves all that is in memory to temporary files.
    pub(crate) fn spill(&mut self, spill: &Spill) -> Result<(), SpillError> {
        self.0.par_iter_mut().try_for_each(|partitions| partitions.spill(spill))
    }

    /// The partitions of each family, in the order of [`Family::ALL`].
    pub(crate) fn into_partitions(self) -> [Partitions; Family::ALL.len()] {
        self.0
    }
}
