//! Candidate pairs: collected from the families, each judged once.
//!
//! A pair is put into the partition of its two rows. The first row's is one of a thousand, so that partitions are
//! work for all cores, and within one the pairs of a record come together and it is decoded once. The second row's is
//! a *tile*: there is one as long as all records are in memory; else so many that the records of two tiles fit
//! into what a run may take, and pairs are judged two tiles after two. How rows are divided says only when a pair is
//! judged.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::blocks::rows;
use super::findings::{Pair, RowId};
use super::records::Records;
use super::{DedupeError, Observer, Phase};
use crate::identity::Identity;
use crate::identity::profile::Outline;
use crate::matching::{Frequencies, Model, are_told_apart, judge_unless_dropped};
use crate::spill::{Collector, Divide, Partitions, Spill, SpillError};

/// Most pieces that rows are divided into for their pairs.
const PIECES_MAX: u64 = 1024;
/// Fewest rows of such a piece.
const PIECE_ROWS_MIN: u64 = 1024;
/// Most tiles.
const TILES_MAX: u64 = 64;
/// How many pairs ahead a record is asked for, and as many before that where it begins.
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

    fn partition(self, piece: u32, tile: u32) -> usize {
        (piece * self.tiles + tile) as usize
    }

    /// The rows of a tile.
    fn rows(self, tile: u32) -> Range<u32> {
        let rows = self.piece_rows.saturating_mul(self.tile_pieces);
        rows.saturating_mul(tile)..rows.saturating_mul(tile + 1)
    }
}

impl Divide for Grid {
    fn partitions(&self) -> usize {
        (self.tiles * self.tiles * self.tile_pieces) as usize
    }

    fn partition_of(&self, candidate: u64) -> usize {
        let (a, b) = rows(candidate);
        self.partition(a.0 / self.piece_rows, b.0 / self.piece_rows / self.tile_pieces)
    }
}

/// Candidate pairs on their way to being judged.
#[derive(Debug)]
pub(super) struct Candidates<'r> {
    records: &'r Records,
    spill: &'r Spill,
    grid: Grid,
    pairs: Collector<'r, Grid>,
}

impl<'r> Candidates<'r> {
    /// Begins without pairs; they, and what is read of mapped records, may take so many bytes each.
    pub(super) fn new(records: &'r Records, spill: &'r Spill, memory_bytes: u64) -> Self {
        let grid = Grid::new(records.len() as u64, records.densest_bytes(), memory_bytes);
        let pairs = Collector::new(spill, memory_bytes, grid);
        Candidates { records, spill, grid, pairs }
    }

    /// Adds pairs, in any order and any number of times. From any thread.
    pub(super) fn push(&self, pairs: Vec<u64>) -> Result<(), SpillError> {
        self.pairs.push(pairs)
    }

    /// Judges each pair once.
    pub(super) fn judge(
        self,
        model: &Model,
        frequencies: &Frequencies,
        observer: &dyn Observer,
    ) -> Result<Judged, DedupeError> {
        let judge = |kept: &mut Vec<Pair>, candidate: &Candidate<'_>| {
            let judgement = judge_unless_dropped(candidate.first, candidate.second, model, frequencies);
            kept.extend(judgement.map(|judgement| Pair { a: candidate.a, b: candidate.b, judgement }));
        };
        let (kept, judged) = self.visit_some(&judge, true, observer)?;
        Ok(Judged { kept: kept.into_iter().flatten().collect(), judged })
    }

    /// Visits each pair once, with what is gathered of its part of all pairs; returns what was gathered, part by
    /// part, and how many pairs there were. Parts are the same for the same rows, whatever the threads.
    pub(super) fn visit<T: Default + Send>(
        self,
        visit: &(impl Fn(&mut T, &Candidate<'_>) + Sync),
        observer: &dyn Observer,
    ) -> Result<(Vec<T>, u64), DedupeError> {
        self.visit_some(visit, false, observer)
    }

    /// The same; with `passes_over`, those are counted and not visited whose outlines tell them apart.
    fn visit_some<T: Default + Send>(
        self,
        visit: &(impl Fn(&mut T, &Candidate<'_>) + Sync),
        passes_over: bool,
        observer: &dyn Observer,
    ) -> Result<(Vec<T>, u64), DedupeError> {
        let pairs = self.pairs.finish();
        let visiting = Visiting {
            records: self.records,
            spill: self.spill,
            pairs: &pairs,
            visit,
            passes_over,
            observer,
            done: AtomicU64::new(0),
        };
        let grid = self.grid;
        let (mut gathered, mut visited) = (Vec::new(), 0);
        for (tile, other) in
            (0..grid.tiles).flat_map(|tile| (tile..grid.tiles).map(move |other| (tile, other)))
        {
            self.records.release_all_but(&[grid.rows(tile), grid.rows(other)]);
            let pieces = tile * grid.tile_pieces..(tile + 1) * grid.tile_pieces;
            let parts: Vec<(T, u64)> = pieces
                .into_par_iter()
                .map(|piece| visiting.partition(grid.partition(piece, other)))
                .collect::<Result<_, _>>()?;
            for (part, pairs) in parts {
                gathered.push(part);
                visited += pairs;
            }
        }
        self.records.release_all_but(&[]);
        Ok((gathered, visited))
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

/// A candidate pair: two records that share a key.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The first record.
    pub a: RowId,
    /// The second record.
    pub b: RowId,
    /// Who the first is.
    pub first: &'a Identity,
    /// Who the second is.
    pub second: &'a Identity,
    records: &'a Records,
}

impl Candidate<'_> {
    /// The ids of both records.
    pub fn ids(&self) -> [&str; 2] {
        [self.records.id(self.a), self.records.id(self.b)]
    }
}

/// The first record of the pairs that come now: read once, and as a whole only for one that is visited.
#[derive(Default)]
struct First {
    row: Option<RowId>,
    outline: Outline,
    has_outline: bool,
    identity: Option<Identity>,
}

impl First {
    fn become_row<F>(&mut self, row: RowId, visiting: &Visiting<'_, F>) {
        self.row = Some(row);
        self.identity = None;
        self.has_outline = visiting.passes_over && visiting.records.fill_outline(row, &mut self.outline);
    }
}

/// What it takes to visit pairs.
struct Visiting<'a, F> {
    records: &'a Records,
    spill: &'a Spill,
    pairs: &'a Partitions,
    visit: &'a F,
    /// Whether whom outlines tell apart is not visited.
    passes_over: bool,
    observer: &'a dyn Observer,
    /// Pairs visited, repetitions counted.
    done: AtomicU64,
}

impl<F> Visiting<'_, F> {
    fn partition<T: Default>(&self, partition: usize) -> Result<(T, u64), DedupeError>
    where
        F: Fn(&mut T, &Candidate<'_>),
    {
        /// Little enough to cancel soon.
        const CHUNK: usize = 4096;
        let mut candidates = self.pairs.read(self.spill, partition)?;
        let repeated = candidates.len() as u64;
        candidates.sort_unstable();
        candidates.dedup();
        let mut gathered = T::default();
        let (mut first, mut other) = (First::default(), Outline::default());
        for (at, candidate) in candidates.iter().enumerate() {
            if at % CHUNK == 0 && self.observer.is_cancelled() {
                return Err(DedupeError::Cancelled);
            }
            if let Some(far) = candidates.get(at + 2 * AHEAD) {
                let (a, b) = rows(*far);
                self.records.prefetch_place(a);
                self.records.prefetch_place(b);
            }
            if let Some(next) = candidates.get(at + AHEAD) {
                let (a, b) = rows(*next);
                self.records.prefetch(a);
                self.records.prefetch(b);
            }
            let (a, b) = rows(*candidate);
            if first.row != Some(a) {
                first.become_row(a, self);
            }
            if first.has_outline
                && self.records.fill_outline(b, &mut other)
                && are_told_apart(&first.outline, &other)
            {
                continue;
            }
            let first = first.identity.get_or_insert_with(|| self.records.identity_at_hand(a));
            let second = self.records.identity_at_hand(b);
            let candidate = Candidate { a, b, first, second: &second, records: self.records };
            (self.visit)(&mut gathered, &candidate);
        }
        let done = self.done.fetch_add(repeated, Ordering::Relaxed) + repeated;
        self.observer.progress(Phase::Judge, done, self.pairs.len());
        Ok((gathered, candidates.len() as u64))
    }
}
