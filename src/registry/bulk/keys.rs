//! The keys of a load's rows, eight bytes each: in memory, and beyond that in temporary files.
//!
//! Of a key forty bits are kept. Where that could change an answer, of keys that many hold, the whole key is made
//! again from the row.

use crate::identity::Identity;
use crate::key::Family;
use crate::registry::error::Result;
use crate::spill::{Entry, Families, FamilyKeys, Partitions, Settings, Spill, SpillError, sorted};
use crate::store::probe_keys;

/// Keys that are divided together.
const PENDING_MAX: u64 = 1 << 20;
/// Bits of a key that are not kept.
const CUT_BITS: u32 = 24;

/// Keys on their way, in the order of their rows.
#[derive(Debug)]
pub(super) struct Gathering {
    keys: Keys,
    memory_bytes: u64,
    families: Families,
    /// Those of batches that are not divided yet, each with its first row; and memory of those that are.
    pending: Vec<(u32, FamilyKeys)>,
    pending_keys: u64,
    spare: Vec<FamilyKeys>,
}

impl Gathering {
    /// Of what a load may take keys get a half, and the pairs that they find a quarter.
    pub(super) fn new(settings: &Settings) -> Gathering {
        let keys =
            Keys { spill: Spill::new(settings), pair_bytes: settings.memory_bytes / 4, families: Vec::new() };
        Gathering {
            keys,
            memory_bytes: settings.memory_bytes / 2,
            families: Families::default(),
            pending: Vec::new(),
            pending_keys: 0,
            spare: Vec::new(),
        }
    }

    /// Takes the keys of rows from a first one on, and leaves none.
    pub(super) fn add(&mut self, first: u32, keys: &mut FamilyKeys) -> Result<()> {
        self.pending_keys += keys.len() as u64;
        self.pending.push((first, std::mem::replace(keys, self.spare.pop().unwrap_or_default())));
        if self.pending_keys >= PENDING_MAX.min(self.memory_bytes / 64) {
            self.divide();
            if self.families.memory_bytes() > self.memory_bytes {
                self.families.spill(&self.keys.spill)?;
            }
        }
        Ok(())
    }

    fn divide(&mut self) {
        self.pending_keys = 0;
        let pending = std::mem::take(&mut self.pending);
        let batches: Vec<(u32, &FamilyKeys)> = pending.iter().map(|(first, keys)| (*first, keys)).collect();
        self.families.append(&batches);
        self.spare.extend(pending.into_iter().map(|(_, mut keys)| {
            keys.clear();
            keys
        }));
    }

    /// All of them.
    pub(super) fn finish(mut self) -> Keys {
        self.divide();
        let families = Family::ALL.into_iter().zip(self.families.into_partitions());
        // What probes is kept where it probes.
        self.keys.families = families.filter(|(family, _)| family.probes().is_none()).collect();
        self.keys
    }
}

/// The keys of all rows.
#[derive(Debug)]
pub(super) struct Keys {
    pub(super) spill: Spill,
    /// Bytes that the pairs they find may take in memory.
    pub(super) pair_bytes: u64,
    pub(super) families: Vec<(Family, Partitions)>,
}

/// The keys of one partition in order, each once.
pub(super) struct Partition {
    at: u64,
    entries: Vec<Entry>,
}

impl Partition {
    /// Reads the partition of a family at a place.
    pub(super) fn read(
        keys: &Partitions,
        spill: &Spill,
        at: usize,
    ) -> std::result::Result<Partition, SpillError> {
        Ok(Partition { at: at as u64, entries: sorted(keys, spill, at)? })
    }

    /// Each key and its rows.
    pub(super) fn keys(&self) -> impl Iterator<Item = (Cut, impl ExactSizeIterator<Item = u32>)> {
        self.entries.chunk_by(|a, b| a.key() == b.key()).map(|entries| {
            let cut = Cut(self.at << 32 | u64::from(entries[0].key()));
            (cut, entries.iter().map(|entry| entry.row()))
        })
    }
}

/// What is kept of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut(u64);

impl Cut {
    /// Of a whole key.
    pub(super) fn of(hash: u64) -> Cut {
        Cut(hash >> CUT_BITS)
    }

    /// As a key, with zeros for what was cut off.
    pub(super) fn hash(self) -> u64 {
        self.0 << CUT_BITS
    }

    /// The partition it stands in.
    pub(super) fn partition(self) -> usize {
        (self.0 >> 32) as usize
    }

    /// The whole keys of an identity that were cut to this.
    pub(super) fn whole(self, family: Family, identity: &Identity) -> impl Iterator<Item = u64> {
        let keys = probe_keys(identity, |_| {}).into_iter();
        keys.filter(move |key| key.space == family && Cut::of(key.hash) == self).map(|key| key.hash)
    }
}
