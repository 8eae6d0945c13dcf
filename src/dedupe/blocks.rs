//! Keys sorted by family, blocks walked, candidate pairs collected.
//!
//! Keys are sorted, not gathered in a hash map of lists: memory is eight bytes a key, and the order of
//! the students does not matter. They are divided ([`crate::spill`]), and each partition of a family is sorted
//! and walked by itself, together with that of the families that probe into it. A block with too many students is
//! divided by its family's finer key; what is still too large is compared with its neighbours only, and the rest
//! counted as skipped.

use rayon::prelude::*;

use super::candidates::Candidates;
use super::findings::RowId;
use super::records::Records;
use super::{DedupeError, Observer, Phase};
use crate::key::{self, Family};
use crate::limits::{BLOCK_MAX, NEIGHBOURS_MAX};
use crate::spill::{Entry, Families, PARTITIONS, Partitions, Spill, SpillError, sorted};

/// What became of one family's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FamilyCount {
    /// The family.
    pub family: Family,
    /// Pairs it proposed, counting those that other families proposed as well.
    pub pairs: u64,
    /// Blocks of more than [`BLOCK_MAX`] students, divided by the finer key.
    pub divided: u64,
    /// Parts that stayed too large and were compared with neighbours only.
    pub skipped_blocks: u64,
    /// Students in those.
    pub skipped_students: u64,
    /// Pairs of one key that were not proposed by this family: in those, and between the parts of a
    /// divided block.
    pub skipped_pairs: u64,
}

impl FamilyCount {
    fn new(family: Family) -> Self {
        FamilyCount { family, pairs: 0, divided: 0, skipped_blocks: 0, skipped_students: 0, skipped_pairs: 0 }
    }

    fn add(&mut self, other: &FamilyCount) {
        self.pairs += other.pairs;
        self.divided += other.divided;
        self.skipped_blocks += other.skipped_blocks;
        self.skipped_students += other.skipped_students;
        self.skipped_pairs += other.skipped_pairs;
    }
}

/// Collects every candidate pair; returns what was skipped.
pub(super) fn walk(
    families: Families,
    records: &Records,
    candidates: &Candidates<'_>,
    spill: &Spill,
    observer: &dyn Observer,
) -> Result<Vec<FamilyCount>, DedupeError> {
    let mut counts = Vec::with_capacity(Family::ALL.len());
    let mut families = Family::ALL.into_iter().zip(families.into_partitions()).peekable();
    while let Some(base) = families.next() {
        observer.progress(Phase::Block, counts.len() as u64, Family::ALL.len() as u64);
        assert_eq!(base.0.probes(), None, "a family that probes stands right behind the one it probes into");
        let mut group = vec![base];
        while let Some(probing) = families.next_if(|(family, _)| family.probes() == Some(group[0].0)) {
            group.push(probing);
        }
        let of_partitions: Vec<Vec<FamilyCount>> = (0..PARTITIONS)
            .into_par_iter()
            .map(|partition| {
                if observer.is_cancelled() {
                    return Err(DedupeError::Cancelled);
                }
                let (pairs, counts) = walk_partition(&group, partition, records, spill)?;
                candidates.push(pairs)?;
                Ok(counts)
            })
            .collect::<Result<_, _>>()?;
        let before = counts.len();
        counts.extend(group.iter().map(|(family, _)| FamilyCount::new(*family)));
        for of_partition in of_partitions {
            counts[before..].iter_mut().zip(&of_partition).for_each(|(all, part)| all.add(part));
        }
        // Crowded blocks may have touched all of them.
        records.release_all_but(&[]);
    }
    observer.progress(Phase::Block, Family::ALL.len() as u64, Family::ALL.len() as u64);
    Ok(counts)
}

/// Walks one partition of a family and of those that probe into it.
fn walk_partition(
    group: &[(Family, Partitions)],
    partition: usize,
    records: &Records,
    spill: &Spill,
) -> Result<(Vec<u64>, Vec<FamilyCount>), SpillError> {
    let base = sorted(&group[0].1, spill, partition)?;
    let mut pairs = Vec::new();
    let mut counts = Vec::with_capacity(group.len());
    for (family, partitions) in group {
        let walk = |entries: &[Entry], base| Walk { family: *family, records, base }.walk(entries);
        let (found, count) = match family.probes() {
            None => walk(&base, &[]),
            Some(_) => walk(&sorted(partitions, spill, partition)?, &base),
        };
        pairs.extend(found);
        counts.push(count);
    }
    Ok((pairs, counts))
}

/// A candidate pair: the smaller row in the upper half.
fn candidate(a: u32, b: u32) -> u64 {
    u64::from(a.min(b)) << 32 | u64::from(a.max(b))
}

/// The rows of a candidate pair.
pub(super) fn rows(candidate: u64) -> (RowId, RowId) {
    (RowId((candidate >> 32) as u32), RowId(candidate as u32))
}

/// One family's walk over its sorted keys.
struct Walk<'a> {
    family: Family,
    records: &'a Records,
    /// The sorted keys of the family probed into.
    base: &'a [Entry],
}

impl Walk<'_> {
    fn walk(&self, entries: &[Entry]) -> (Vec<u64>, FamilyCount) {
        let mut found = (Vec::new(), FamilyCount::new(self.family));
        let mut members: Vec<u32> = Vec::new();
        let mut rest = self.base;
        for block in entries.chunk_by(|a, b| a.key() == b.key()) {
            members.clear();
            members.extend(block.iter().map(|entry| entry.row()));
            let probing = members.len();
            if self.family.probes().is_some() {
                let key = block[0].key();
                rest = &rest[rest.partition_point(|entry| entry.key() < key)..];
                let hits = rest.iter().take_while(|entry| entry.key() == key);
                // A block is sorted by row: both may be large.
                let is_probing = |row: &u32| block.binary_search_by_key(row, |entry| entry.row()).is_ok();
                members.extend(hits.map(|entry| entry.row()).filter(|row| !is_probing(row)));
            }
            if members.len() > 1 {
                self.block(&members, probing, &mut found);
            }
        }
        found
    }

    /// Proposes the pairs of a block. The first `probing` members are compared with all, the others only
    /// with those: among themselves they are the probed family's business.
    fn block(&self, members: &[u32], probing: usize, found: &mut (Vec<u64>, FamilyCount)) {
        let probing = if self.family.probes().is_some() { probing } else { members.len() };
        if is_small(members.len(), probing) {
            propose(members, probing, found);
            return;
        }
        found.1.divided += 1;
        let mut finer: Vec<(u64, bool, u32)> = members
            .iter()
            .enumerate()
            .map(|(at, row)| {
                let identity = self.records.identity(RowId(*row));
                (key::finer(self.family, &identity), at >= probing, *row)
            })
            .collect();
        finer.sort_unstable();
        let mut apart = pairs_of(members.len(), probing);
        for part in finer.chunk_by(|a, b| a.0 == b.0) {
            let members: Vec<u32> = part.iter().map(|(_, _, row)| *row).collect();
            let probing = part.iter().filter(|(_, is_probed, _)| !is_probed).count();
            apart -= pairs_of(members.len(), probing);
            if is_small(members.len(), probing) {
                propose(&members, probing, found);
            } else {
                self.neighbours(members, probing, found);
            }
        }
        if self.family == Family::Document {
            apart = apart.saturating_sub(self.across(&finer, found));
        }
        found.1.skipped_pairs += apart;
    }

    /// Compares the holders of one number across the parts of their block, each with the next few in the
    /// order of the parts and of their contents: that people of different names hold it is what must be
    /// told. Returns how many pairs that were.
    fn across(&self, finer: &[(u64, bool, u32)], found: &mut (Vec<u64>, FamilyCount)) -> u64 {
        let mut members: Vec<(u64, u32)> = finer.iter().map(|(finer, _, row)| (*finer, *row)).collect();
        members.sort_by_cached_key(|(finer, row)| (*finer, self.records.get(RowId(*row)).order()));
        let mut proposed = 0;
        for (at, (part, row)) in members.iter().enumerate() {
            for (other_part, other) in &members[at + 1..members.len().min(at + 1 + NEIGHBOURS_MAX)] {
                if part != other_part {
                    found.0.push(candidate(*row, *other));
                    proposed += 1;
                }
            }
        }
        found.1.pairs += proposed;
        proposed
    }

    /// Compares each of too many students with its neighbours in the order of their contents: rows that
    /// repeat each other still meet, whatever the order of the input.
    fn neighbours(&self, mut members: Vec<u32>, probing: usize, found: &mut (Vec<u64>, FamilyCount)) {
        members.sort_by_cached_key(|row| self.records.get(RowId(*row)).order());
        let mut proposed = 0;
        for (at, row) in members.iter().enumerate() {
            for other in &members[at + 1..members.len().min(at + 1 + NEIGHBOURS_MAX)] {
                found.0.push(candidate(*row, *other));
                proposed += 1;
            }
        }
        let students = members.len() as u64;
        found.1.pairs += proposed;
        found.1.skipped_blocks += 1;
        found.1.skipped_students += students;
        found.1.skipped_pairs += pairs_of(members.len(), probing).saturating_sub(proposed);
    }
}

/// Whether a block has no more pairs than [`BLOCK_MAX`] students all with all: a single probing student may
/// meet many.
fn is_small(members: usize, probing: usize) -> bool {
    pairs_of(members, probing) <= pairs_of(BLOCK_MAX, BLOCK_MAX)
}

/// The pairs of a block in which the first `probing` members are compared with all.
fn pairs_of(members: usize, probing: usize) -> u64 {
    let (members, probing) = (members as u64, probing as u64);
    probing * probing.saturating_sub(1) / 2 + probing * (members - probing)
}

fn propose(members: &[u32], probing: usize, found: &mut (Vec<u64>, FamilyCount)) {
    for (at, row) in members[..probing].iter().enumerate() {
        for other in &members[at + 1..] {
            found.0.push(candidate(*row, *other));
            found.1.pairs += 1;
        }
    }
}
