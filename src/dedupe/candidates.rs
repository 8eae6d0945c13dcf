//! Candidate pairs: collected from the families, each judged once.
//!
//! A pair is put into the partition of its two rows. The first row's is one of a thousand, so that partitions are
//! work for all cores, and within one the pairs of a record come together and it is decoded once. The second row's is
//! a *tile*: there is one as long as all records are in memory; else so many that the records of two tiles fit
//! into what a run may take, and pairs are judged two tiles after two. How rows are divided says only when a pair is
//! judged.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::blocks::rows;
use super::findings::{Pair, RowId};
use super::partitions::{Partitions, Run};
use super::records::Records;
use super::spill::{Spill, SpillError};
use super::{DedupeError, Observer, Phase};
use crate::identity::Identity;
use crate::matching::{Frequencies, Model, judge_unless_dropped};

/// Most pieces that rows are divided into for their pairs.
const PIECES_MAX: u64 = 1024;
/// Fewest rows of such a piece.
const PIECE_ROWS_MIN: u64 = 1024;
/// Most tiles.
const TILES_MAX: u64 = 64;
/// Pairs that are kept as they come before they are divided.
const PENDING_MAX: u64 = 1 << 20;
/// How many pairs ahead a record is asked for.
const AHEAD: usize = 8;

/// How rows are divided.
#[derive(Debug, Clone, Copy)]
struct Grid {
    piece_rows: u32,
    /// Pieces of a tile.
    tile_pieces: u32,
    tiles: u32,
}

impl Grid {
    /// So many records have so many bytes in files where they lie densest, of which `resident` may be in memory at
    /// a time.
    fn new(records: u64, bytes: u64, resident: u64) -> Self {
        let tiles = bytes.div_ceil((resident / 2).max(1)).clamp(1, TILES_MAX);
        let pieces = records.div_ceil(PIECE_ROWS_MIN).min(PIECES_MAX);
        let tile_pieces = pieces.div_ceil(tiles).max(1);
        let piece_rows = records.div_ceil(tile_pieces * tiles).max(1);
        Grid { piece_rows: piece_rows as u32, tile_pieces: tile_pieces as u32, tiles: tiles as u32 }
    }

    fn partitions(self) -> usize {
        (self.tiles * self.tiles * self.tile_pieces) as usize
    }

    fn partition(self, piece: u32, tile: u32) -> usize {
        (piece * self.tiles + tile) as usize
    }

    fn partition_of(self, candidate: u64) -> usize {
        let (a, b) = rows(candidate);
        self.partition(a.0 / self.piece_rows, b.0 / self.piece_rows / self.tile_pieces)
    }

    /// The rows of a tile.
    fn rows(self, tile: u32) -> Range<u32> {
        let rows = self.piece_rows.saturating_mul(self.tile_pieces);
        rows.saturating_mul(tile)..rows.saturating_mul(tile + 1)
    }
}

#[derive(Debug, Default)]
struct Collected {
    pending: Vec<Vec<u64>>,
    pending_pairs: u64,
    pairs: Partitions,
}

/// Candidate pairs on their way to being judged.
#[derive(Debug)]
pub(super) struct Candidates<'r> {
    records: &'r Records,
    spill: &'r Spill,
    /// Bytes that the pairs may take.
    memory_bytes: u64,
    grid: Grid,
    collected: Mutex<Collected>,
}

impl<'r> Candidates<'r> {
    /// Begins without pairs; they, and what is read of mapped records, may take so many bytes each.
    pub(super) fn new(records: &'r Records, spill: &'r Spill, memory_bytes: u64) -> Self {
        let grid = Grid::new(records.len() as u64, records.densest_bytes(), memory_bytes);
        Candidates { records, spill, memory_bytes, grid, collected: Mutex::default() }
    }

    /// Adds pairs, in any order and any number of times. From any thread.
    pub(super) fn push(&self, pairs: Vec<u64>) -> Result<(), SpillError> {
        if pairs.is_empty() {
            return Ok(());
        }
        let mut collected = self.collected.lock().unwrap_or_else(PoisonError::into_inner);
        collected.pending_pairs += pairs.len() as u64;
        collected.pending.push(pairs);
        if collected.pending_pairs >= PENDING_MAX.min(self.memory_bytes / 32) {
            self.divide(&mut collected);
            if collected.pairs.memory_bytes() > self.memory_bytes {
                collected.pairs.spill(self.spill)?;
            }
        }
        Ok(())
    }

    fn divide(&self, collected: &mut Collected) {
        let pending = std::mem::take(&mut collected.pending);
        collected.pending_pairs = 0;
        let pairs = pending.iter().flatten().map(|pair| (self.grid.partition_of(*pair), *pair));
        collected.pairs.push(Run::of(self.grid.partitions(), pairs));
    }

    /// Judges each pair once.
    pub(super) fn judge(
        self,
        model: &Model,
        frequencies: &Frequencies,
        observer: &dyn Observer,
    ) -> Result<Judged, DedupeError> {
        let mut collected =
            std::mem::take(&mut *self.collected.lock().unwrap_or_else(PoisonError::into_inner));
        self.divide(&mut collected);
        let judging = Judging {
            records: self.records,
            spill: self.spill,
            pairs: &collected.pairs,
            model,
            frequencies,
            observer,
            done: AtomicU64::new(0),
        };
        let grid = self.grid;
        let mut all = Judged::default();
        for (tile, other) in
            (0..grid.tiles).flat_map(|tile| (tile..grid.tiles).map(move |other| (tile, other)))
        {
            self.records.release_all_but(&[grid.rows(tile), grid.rows(other)]);
            let pieces = tile * grid.tile_pieces..(tile + 1) * grid.tile_pieces;
            let judged: Vec<Judged> = pieces
                .into_par_iter()
                .map(|piece| judging.partition(grid.partition(piece, other)))
                .collect::<Result<_, _>>()?;
            for judged in judged {
                all.judged += judged.judged;
                all.kept.extend(judged.kept);
            }
        }
        self.records.release_all_but(&[]);
        Ok(all)
    }
}

/// What became of the candidate pairs.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// Those that are not dropped.
    pub(super) kept: Vec<Pair>,
    /// How many there were.
    pub(super) judged: u64,
}

/// What it takes to judge.
struct Judging<'a> {
    records: &'a Records,
    spill: &'a Spill,
    pairs: &'a Partitions,
    model: &'a Model,
    frequencies: &'a Frequencies,
    observer: &'a dyn Observer,
    /// Pairs judged, repetitions counted.
    done: AtomicU64,
}

impl Judging<'_> {
    fn partition(&self, partition: usize) -> Result<Judged, DedupeError> {
        /// Little enough to cancel soon.
        const CHUNK: usize = 4096;
        let mut candidates = self.pairs.read(self.spill, partition)?;
        let repeated = candidates.len() as u64;
        candidates.sort_unstable();
        candidates.dedup();
        let mut kept = Vec::new();
        let mut first: (Option<RowId>, Identity) = Default::default();
        for (at, candidate) in candidates.iter().enumerate() {
            if at % CHUNK == 0 && self.observer.is_cancelled() {
                return Err(DedupeError::Cancelled);
            }
            if let Some(next) = candidates.get(at + AHEAD) {
                self.records.prefetch(rows(*next).1);
            }
            let (a, b) = rows(*candidate);
            if first.0 != Some(a) {
                first = (Some(a), self.records.identity_at_hand(a));
            }
            let other = self.records.identity_at_hand(b);
            let judgement = judge_unless_dropped(&first.1, &other, self.model, self.frequencies);
            kept.extend(judgement.map(|judgement| Pair { a, b, judgement }));
        }
        let done = self.done.fetch_add(repeated, Ordering::Relaxed) + repeated;
        self.observer.progress(Phase::Judge, done, self.pairs.len());
        Ok(Judged { kept, judged: candidates.len() as u64 })
    }
}
