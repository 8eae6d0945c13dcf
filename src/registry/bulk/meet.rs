//! Rows of a load that meet each other: all against all, as the rows of one batch do.

use rayon::prelude::*;

use super::keys::{Cut, Keys, Partition};
use super::rows::Rows;
use crate::identity::profile::Outline;
use crate::key::{self, Family};
use crate::limits::{BLOCK_MAX, NEIGHBOURS_MAX};
use crate::matching::Judgement;
use crate::registry::error::Result;
use crate::registry::search::{Court, strangers};
use crate::spill::{Collector, Divide, PARTITIONS};
use crate::store::{ProbeKey, probe_keys};

/// A row that is like an earlier one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    pub(super) later: u32,
    pub(super) earlier: u32,
    pub(super) judgement: Judgement,
}

/// Most pieces of rows whose pairs are judged together, and fewest rows of one.
const PIECES_MAX: u32 = 1024;
const PIECE_ROWS_MIN: u32 = 1024;

/// Candidates by the piece of the later row.
#[derive(Debug, Clone, Copy)]
struct Pieces {
    rows: u32,
    count: u32,
}

impl Pieces {
    fn of(rows: usize) -> Pieces {
        // INVARIANT: a load has fewer than 2^32 rows.
        let all = rows as u32;
        let rows = all.div_ceil(PIECES_MAX).max(PIECE_ROWS_MIN);
        Pieces { rows, count: all.div_ceil(rows).max(1) }
    }
}

impl Divide for Pieces {
    fn partitions(&self) -> usize {
        self.count as usize
    }

    fn partition_of(&self, candidate: u64) -> usize {
        ((candidate >> 32) as u32 / self.rows) as usize
    }
}

/// Pairs up who shares a key; the pairs that are not two people each, in the order of the later row. Rows that
/// `is_new` does not hold for have no part.
pub(super) fn pairs(
    keys: &Keys,
    rows: &Rows,
    is_new: &(impl Fn(u32) -> bool + Sync),
    court: &Court<'_>,
) -> Result<Vec<Pair>> {
    let pieces = Pieces::of(rows.len());
    let candidates = Collector::new(&keys.spill, keys.pair_bytes, pieces);
    for (family, partitions) in &keys.families {
        (0..PARTITIONS).into_par_iter().try_for_each(|at| -> Result<()> {
            let partition = Partition::read(partitions, &keys.spill, at)?;
            let (mut found, mut members) = (Vec::new(), Vec::new());
            for (key, holders) in partition.keys().filter(|(_, holders)| holders.len() > 1) {
                members.clear();
                members.extend(holders.filter(|row| is_new(*row)));
                meet(*family, key, &members, rows, &mut found)?;
            }
            Ok(candidates.push(found)?)
        })?;
    }
    let candidates = candidates.finish();
    let judged: Vec<Vec<Pair>> = (0..pieces.partitions())
        .into_par_iter()
        .map(|piece| {
            let mut candidates = candidates.read(&keys.spill, piece)?;
            candidates.sort_unstable();
            candidates.dedup();
            judge(&candidates, rows, court)
        })
        .collect::<Result<_>>()?;
    Ok(judged.into_iter().flatten().collect())
}

/// Pairs up the holders of one key: all with all, or those of each finer part, or neighbours, as they are many.
fn meet(family: Family, key: Cut, members: &[u32], rows: &Rows, found: &mut Vec<u64>) -> Result<()> {
    if members.len() <= BLOCK_MAX {
        pair_up(members, BLOCK_MAX, found);
        return Ok(());
    }
    // By the whole key, then by the half of the finer part that the store keeps: in the order in which it has them.
    let mut divided: Vec<(u64, u64, u32)> = Vec::with_capacity(members.len());
    for row in members {
        let identity = rows.identity(*row)?;
        let finer = key::finer(family, &identity) >> 32;
        divided.extend(key.whole(family, &identity).map(|hash| (hash, finer, *row)));
    }
    divided.sort_unstable();
    for holders in divided.chunk_by(|a, b| a.0 == b.0) {
        let in_order: Vec<u32> = holders.iter().map(|(_, _, row)| *row).collect();
        if in_order.len() <= BLOCK_MAX {
            pair_up(&in_order, BLOCK_MAX, found);
            continue;
        }
        if family == Family::Document {
            // People of different names under one number.
            pair_up(&in_order, NEIGHBOURS_MAX, found);
        }
        let mut rest = &in_order[..];
        for part in holders.chunk_by(|a, b| a.1 == b.1) {
            let (part, tail) = rest.split_at(part.len());
            pair_up(part, if part.len() <= BLOCK_MAX { BLOCK_MAX } else { NEIGHBOURS_MAX }, found);
            rest = tail;
        }
    }
    Ok(())
}

fn pair_up(members: &[u32], most: usize, found: &mut Vec<u64>) {
    for (at, one) in members.iter().enumerate() {
        for other in members[at + 1..].iter().take(most).filter(|other| *other != one) {
            let (later, earlier) = (*one.max(other), *one.min(other));
            found.push(u64::from(later) << 32 | u64::from(earlier));
        }
    }
}

/// Judges candidates in the order of the later row.
fn judge(candidates: &[u64], rows: &Rows, court: &Court<'_>) -> Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for of_one in candidates.chunk_by(|a, b| a >> 32 == b >> 32) {
        let later = (of_one[0] >> 32) as u32;
        let mut keys = None;
        let is_stranger = strangers(Outline::read(rows.profile(later)));
        let mut read = None;
        for candidate in of_one {
            let earlier = *candidate as u32;
            if is_stranger(rows.profile(earlier)) {
                continue;
            }
            let identity = match &mut read {
                Some(identity) => &*identity,
                None => read.insert(rows.identity(later)?),
            };
            let other = rows.identity(earlier)?;
            let Some(judgement) = court.judge_unless_dropped(identity, &other) else { continue };
            // Two that met under what was kept of two keys have not met.
            let keys = keys.get_or_insert_with(|| probe_keys(identity, |_| {}));
            if ProbeKey::is_any_of(keys, &other) {
                pairs.push(Pair { later, earlier, judgement });
            }
        }
    }
    Ok(pairs)
}
