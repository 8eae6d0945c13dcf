//! Records of one batch that meet each other: found and judged on all cores before anything is decided.

use rayon::prelude::*;

use super::enroll::{MANY, Request, piece};
use super::search::Court;
use crate::key::Family;
use crate::limits::{BLOCK_MAX, NEIGHBOURS_MAX};
use crate::matching::Judgement;

/// A record of the batch that is like an earlier one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    later: u32,
    /// The place of the earlier one in the batch.
    pub(super) earlier: usize,
    pub(super) judgement: Judgement,
}

/// All such pairs.
#[derive(Debug, Default)]
pub(super) struct Within(Vec<Pair>);

impl Within {
    /// The pairs of which a record is the later one.
    pub(super) fn of(&self, at: usize) -> &[Pair] {
        let start = self.0.partition_point(|pair| (pair.later as usize) < at);
        let end = self.0.partition_point(|pair| (pair.later as usize) <= at);
        &self.0[start..end]
    }
}

/// The pairs of a batch that are not two people each. Those of a key that too many hold meet within their
/// finer part, and within one that is too large their neighbours, as in the store.
pub(super) fn pairs_within(requests: &[Request], is_new: &[bool], court: &Court<'_>) -> Within {
    let mut entries: Vec<(Family, u64, u32, u32)> = requests
        .par_iter()
        .zip(is_new)
        .enumerate()
        .with_min_len(piece(requests.len()))
        .filter(|(_, (_, is_new))| **is_new)
        .flat_map_iter(|(at, (request, _))| {
            // INVARIANT: a batch has no more than BATCH_MAX requests.
            request.record.keys.iter().map(move |key| (key.space, key.hash, key.finer, at as u32))
        })
        .collect();
    let is_small = requests.len() < MANY;
    if is_small {
        entries.sort_unstable()
    } else {
        entries.par_sort_unstable()
    }
    let mut candidates: Vec<(u32, u32)> = Vec::new();
    for block in entries.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).filter(|block| block.len() > 1) {
        if block.len() <= BLOCK_MAX {
            pair_up(block, BLOCK_MAX, &mut candidates);
            continue;
        }
        if block[0].0 == Family::Document {
            // People of different names under one number.
            pair_up(block, NEIGHBOURS_MAX, &mut candidates);
        }
        for part in block.chunk_by(|a, b| a.2 == b.2) {
            pair_up(part, if part.len() <= BLOCK_MAX { BLOCK_MAX } else { NEIGHBOURS_MAX }, &mut candidates);
        }
    }
    if is_small {
        candidates.sort_unstable()
    } else {
        candidates.par_sort_unstable()
    }
    candidates.dedup();
    let pairs = candidates
        .par_iter()
        // A few records may make many pairs.
        .with_min_len(if is_small { candidates.len().max(1) } else { 64 })
        .filter_map(|(later, earlier)| {
            let (a, b) = (&requests[*later as usize].record, &requests[*earlier as usize].record);
            let judgement = court.judge_unless_dropped(&a.identity, &b.identity)?;
            Some(Pair { later: *later, earlier: *earlier as usize, judgement })
        })
        .collect();
    Within(pairs)
}

/// Pairs each record of a block with at most `most` of those behind it.
fn pair_up(block: &[(Family, u64, u32, u32)], most: usize, candidates: &mut Vec<(u32, u32)>) {
    for (at, (.., one)) in block.iter().enumerate() {
        for (.., other) in block[at + 1..].iter().take(most) {
            candidates.push(((*one).max(*other), (*one).min(*other)));
        }
    }
}
