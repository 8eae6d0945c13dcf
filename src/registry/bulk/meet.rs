//! Rows of a load that meet each other: all against all, as the rows of one batch do.

use rayon::prelude::*;

use super::batch::{Keyed, Keys};
use super::rows::Rows;
use crate::key::{self, Family};
use crate::limits::{BLOCK_MAX, NEIGHBOURS_MAX};
use crate::matching::Judgement;
use crate::registry::error::Result;
use crate::registry::search::Court;

/// A row that is like an earlier one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    pub(super) later: u32,
    pub(super) earlier: u32,
    pub(super) judgement: Judgement,
}

/// Candidates that are judged as one piece of work.
const PIECE: usize = 4096;

/// Sorts the keys of each family and pairs up who shares one; the pairs that are not two people each, in the order
/// of the later row. Rows that `is_new` does not hold for have no part.
pub(super) fn pairs(
    keys: &mut Keys,
    rows: &Rows,
    is_new: &(impl Fn(u32) -> bool + Sync),
    court: &Court<'_>,
) -> Result<Vec<Pair>> {
    let mut candidates: Vec<u64> = Vec::new();
    for (family, keys) in Family::ALL.into_iter().zip(keys.iter_mut()) {
        keys.par_sort_unstable();
        let blocks = |part: &&[Keyed]| part.len() > 1;
        let found: Vec<Vec<u64>> = parts(keys)
            .into_par_iter()
            .map(|part| {
                let mut found = Vec::new();
                let mut members: Vec<u32> = Vec::new();
                for block in part.chunk_by(|a, b| a.hash == b.hash).filter(blocks) {
                    members.clear();
                    members.extend(block.iter().map(|key| key.row).filter(|row| is_new(*row)));
                    meet(family, &members, rows, &mut found)?;
                }
                Ok(found)
            })
            .collect::<Result<_>>()?;
        candidates.extend(found.into_iter().flatten());
    }
    candidates.par_sort_unstable();
    candidates.dedup();
    let judged: Vec<Vec<Pair>> =
        candidates.par_chunks(PIECE).map(|piece| judge(piece, rows, court)).collect::<Result<_>>()?;
    Ok(judged.into_iter().flatten().collect())
}

/// Sorted keys in parts that end where a hash does.
fn parts(keys: &[Keyed]) -> Vec<&[Keyed]> {
    const PART: usize = 1 << 16;
    let (mut parts, mut rest) = (Vec::new(), keys);
    while !rest.is_empty() {
        let mut end = PART.min(rest.len());
        while end < rest.len() && rest[end].hash == rest[end - 1].hash {
            end += 1;
        }
        let (part, tail) = rest.split_at(end);
        parts.push(part);
        rest = tail;
    }
    parts
}

/// Pairs up the holders of one key: all with all, or those of each finer part, or neighbours, as they are many.
fn meet(family: Family, members: &[u32], rows: &Rows, found: &mut Vec<u64>) -> Result<()> {
    if members.len() <= BLOCK_MAX {
        pair_up(members, BLOCK_MAX, found);
        return Ok(());
    }
    // By the half of the finer part that the store keeps: in the order in which it has them.
    let finer = |row: &u32| Ok((key::finer(family, &rows.identity(*row)?) >> 32, *row));
    let mut divided: Vec<(u64, u32)> = members.iter().map(finer).collect::<Result<_>>()?;
    divided.sort_unstable();
    let in_order: Vec<u32> = divided.iter().map(|(_, row)| *row).collect();
    if family == Family::Document {
        // People of different names under one number.
        pair_up(&in_order, NEIGHBOURS_MAX, found);
    }
    let mut rest = &in_order[..];
    for part in divided.chunk_by(|a, b| a.0 == b.0) {
        let (part, tail) = rest.split_at(part.len());
        pair_up(part, if part.len() <= BLOCK_MAX { BLOCK_MAX } else { NEIGHBOURS_MAX }, found);
        rest = tail;
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

fn judge(candidates: &[u64], rows: &Rows, court: &Court<'_>) -> Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for of_one in candidates.chunk_by(|a, b| a >> 32 == b >> 32) {
        let later = (of_one[0] >> 32) as u32;
        let identity = rows.identity(later)?;
        for candidate in of_one {
            let earlier = *candidate as u32;
            let judgement = court.judge_unless_dropped(&identity, &rows.identity(earlier)?);
            pairs.extend(judgement.map(|judgement| Pair { later, earlier, judgement }));
        }
    }
    Ok(pairs)
}
