//! Who of many holds a key: one table of hashes in order, with a directory over their upper bits.
//!
//! Families have seeds of their own, and one that probes has the seed of the family it probes into
//! ([`crate::key`]), so one table is enough for all. A key that more than [`BLOCK_MAX`] hold is made finer, as in the
//! offline check; a valid number never is, for who holds it must be found whoever else does.

use rayon::prelude::*;

use crate::hash::mix;
use crate::identity::Identity;
use crate::key::{self, Family};
use crate::limits::BLOCK_MAX;
use crate::map;

/// Stands for the rows of a key that was made finer.
const DIVIDED: u32 = u32::MAX;

/// A key and the row that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Held {
    pub(super) hash: u64,
    pub(super) row: u32,
    pub(super) family: Family,
}

/// The keys of all, to be looked up. 12 bytes a key.
#[derive(Debug)]
pub(super) struct KeyIndex {
    hashes: Vec<u64>,
    rows: Vec<u32>,
    /// Where each bucket of upper bits begins, and the end.
    starts: Vec<u32>,
    shift: u32,
}

/// Who was found under a key.
pub(super) enum Holders<'i> {
    /// These rows.
    All(&'i [u32]),
    /// So many that the finer key must be asked.
    Divided,
}

impl KeyIndex {
    /// Of keys in any order, each at most once for a row; `identity` gives a row's. Sorts them: some 0.1 µs a key and
    /// core.
    ///
    /// # Panics
    /// With 2³² keys or more.
    pub(super) fn new(mut held: Vec<Held>, identity: impl Fn(u32) -> Identity + Sync) -> KeyIndex {
        held.par_sort_unstable();
        held.dedup_by_key(|held| (held.hash, held.row));
        let is_large = |block: &&[Held]| block.len() > BLOCK_MAX && block[0].family != Family::Document;
        let blocks = |held: &[Held]| -> Vec<(usize, usize)> {
            let mut at = 0;
            let sizes = held.chunk_by(|a, b| a.hash == b.hash).filter_map(|block| {
                let start = at;
                at += block.len();
                is_large(&block).then_some((start, block.len()))
            });
            sizes.collect()
        };
        let large = blocks(&held);
        let finer: Vec<Held> = large
            .par_iter()
            .flat_map_iter(|(start, length)| &held[*start..start + length])
            .map(|held| Held { hash: finer(held.hash, held.family, &identity(held.row)), ..*held })
            .collect();
        for (start, _) in &large {
            held[*start].row = DIVIDED;
        }
        let mut kept = vec![true; if large.is_empty() { 0 } else { held.len() }];
        for (start, length) in &large {
            kept[start + 1..start + length].fill(false);
        }
        if !large.is_empty() {
            let mut at = 0;
            held.retain(|_| {
                at += 1;
                kept[at - 1]
            });
            held.extend(finer);
            held.par_sort_unstable();
        }
        KeyIndex::of_sorted(&held)
    }

    fn of_sorted(held: &[Held]) -> KeyIndex {
        let count = u32::try_from(held.len()).expect("fewer than 2^32 keys");
        let bits = (count / 4).checked_ilog2().unwrap_or(0) + 1;
        let shift = 64 - bits;
        let mut starts = Vec::with_capacity((1 << bits) + 1);
        let mut at = 0;
        for bucket in 0..1u64 << bits {
            starts.push(at as u32);
            while held.get(at).is_some_and(|held| held.hash >> shift == bucket) {
                at += 1;
            }
        }
        starts.push(count);
        KeyIndex {
            hashes: held.iter().map(|held| held.hash).collect(),
            rows: held.iter().map(|held| held.row).collect(),
            starts,
            shift,
        }
    }

    #[inline]
    fn bucket(&self, hash: u64) -> usize {
        (hash >> self.shift) as usize
    }

    /// Who holds a key. One read of the directory and one of the table, each most often outside the cache.
    fn holders(&self, hash: u64) -> Holders<'_> {
        let bucket = self.bucket(hash);
        let (start, end) = (self.starts[bucket] as usize, self.starts[bucket + 1] as usize);
        let known = &self.hashes[start..end];
        let Some(first) = known.iter().position(|known| *known == hash) else { return Holders::All(&[]) };
        let count = known[first..].iter().take_while(|known| **known == hash).count();
        match &self.rows[start + first..start + first + count] {
            [DIVIDED] => Holders::Divided,
            rows => Holders::All(rows),
        }
    }

    /// Gathers the rows that share a key with a student, in order, each once. Says of how many keys not all holders
    /// were taken: those that even the finer key leaves with more than [`BLOCK_MAX`].
    pub(super) fn gather(&self, identity: &Identity, keys: &[(Family, u64)], rows: &mut Vec<u32>) -> u32 {
        rows.clear();
        // Some eight reads that are most often outside the cache, at once and not one after the other.
        for (_, hash) in keys {
            map::prefetch(&self.starts, self.bucket(*hash));
        }
        for (_, hash) in keys {
            if let Some(start) = self.starts.get(self.bucket(*hash)) {
                map::prefetch(&self.hashes, *start as usize);
                map::prefetch(&self.rows, *start as usize);
            }
        }
        let mut crowded = 0;
        for (family, hash) in keys {
            match self.holders(*hash) {
                Holders::All(found) => rows.extend_from_slice(found),
                Holders::Divided => match self.holders(finer(*hash, *family, identity)) {
                    Holders::All(found) => {
                        crowded += u32::from(found.len() > BLOCK_MAX);
                        rows.extend_from_slice(&found[..found.len().min(BLOCK_MAX)]);
                    }
                    // A finer key is not divided again, and a clash of two hashes brings nobody.
                    Holders::Divided => {}
                },
            }
        }
        rows.sort_unstable();
        rows.dedup();
        crowded
    }
}

fn finer(hash: u64, family: Family, identity: &Identity) -> u64 {
    // What a probing family makes finer must meet what the probed one does.
    let family = family.probes().unwrap_or(family);
    mix(hash, key::finer(family, identity))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::student::Student;

    fn named(name: &str, birthdate: &str) -> Identity {
        let student = Student { name, birthdate, region: "110105", ..Student::default() };
        Identity::of(&student, &mut Vec::new())
    }

    fn keys_of(identity: &Identity) -> Vec<(Family, u64)> {
        let mut keys = Vec::new();
        key::keys(identity, |family, hash| keys.push((family, hash)));
        keys
    }

    #[test]
    fn everybody_under_a_key_is_found_and_a_heavy_one_is_made_finer() {
        let people: Vec<Identity> = (0..300)
            .map(|at| {
                named(
                    if at % 30 == 0 { "令狐楚" } else { "张伟" },
                    &format!("2010{:02}{:02}", at / 28 % 12 + 1, at % 28 + 1),
                )
            })
            .collect();
        let held: Vec<Held> = people
            .iter()
            .zip(0..)
            .flat_map(|(identity, row)| {
                keys_of(identity).into_iter().map(move |(family, hash)| Held { hash, row, family })
            })
            .collect();
        let index = KeyIndex::new(held, |row| people[row as usize].clone());
        let mut rows = Vec::new();
        let rare = named("令狐楚", "20100101");
        index.gather(&rare, &keys_of(&rare), &mut rows);
        let namesakes: Vec<u32> = (0..300).filter(|at| at % 30 == 0).collect();
        assert!(namesakes.iter().all(|row| rows.contains(row)), "{rows:?}");
        // 290 share the sound and the county; who has no guardian to tell them apart is compared with some.
        let common = named("张伟", "20100102");
        assert!(index.gather(&common, &keys_of(&common), &mut rows) > 0);
        assert!(rows.len() < 290 && rows.contains(&1), "{rows:?}");
    }

    #[test]
    fn nobody_is_found_where_nobody_is() {
        let index = KeyIndex::new(Vec::new(), |_| unreachable!("there are no rows"));
        let mut rows = vec![7];
        let identity = named("张伟", "20100102");
        assert_eq!(index.gather(&identity, &keys_of(&identity), &mut rows), 0);
        assert!(rows.is_empty());
    }
}
