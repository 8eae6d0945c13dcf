//! A piece of a file, read and packed on one core.

use std::sync::Arc;

use crate::identity::{Identity, Issue, Rule, profile};
use crate::limits::{RECORD_BYTES_MAX, ROW_BYTES_MAX};
use crate::matching::FrequencyCounter;
use crate::registry::loaded::{Packed, ROWS_MAX, TEXT_BYTES_MAX, put_row};
use crate::registry::population::request_of;
use crate::registry::settings::Settings;
use crate::spill::FamilyKeys;
use crate::store::{Snapshot, probe_keys, request_hash};
use crate::student::{Column, Origin, Student};

/// Why a row is not simply a new request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is one.
    New,
    /// The registry has a request of its hash.
    PerhapsKnown,
    /// It says too little to be compared.
    Empty,
    /// It is of another region than the registry.
    OutOfScope,
    /// It is too large to be stored.
    TooLarge,
}

/// Rows of one piece of a file, on their way into a [`super::BulkLoad`].
#[derive(Debug)]
pub struct LoadBatch {
    snapshot: Arc<Snapshot>,
    settings: Settings,
    /// Profiles one behind the other, and their lengths.
    pub(super) profiles: Vec<u8>,
    pub(super) lengths: Vec<u32>,
    pub(super) fates: Vec<Fate>,
    /// Hashes of requests.
    pub(super) requests: Vec<u64>,
    /// Packed texts, and how many rows are in each.
    pub(super) blocks: Vec<(u32, Packed)>,
    pub(super) keys: FamilyKeys,
    pub(super) frequencies: FrequencyCounter,
    issues: Vec<(Origin, Issue)>,
    /// The texts of the block that is not full.
    texts: Vec<u8>,
    rows: u32,
    scratch: Vec<Issue>,
}

impl LoadBatch {
    pub(super) fn new(snapshot: Arc<Snapshot>, settings: Settings) -> LoadBatch {
        LoadBatch {
            snapshot,
            settings,
            profiles: Vec::new(),
            lengths: Vec::new(),
            fates: Vec::new(),
            requests: Vec::new(),
            blocks: Vec::new(),
            keys: FamilyKeys::default(),
            frequencies: FrequencyCounter::default(),
            issues: Vec::new(),
            texts: Vec::new(),
            rows: 0,
            scratch: Vec::new(),
        }
    }

    /// An empty batch of the same load.
    pub fn again(&self) -> LoadBatch {
        LoadBatch::new(self.snapshot.clone(), self.settings.clone())
    }

    /// Reads a row, makes its keys and packs its text. Some 3 µs.
    pub fn push(&mut self, student: &Student<'_>, origin: Origin) {
        let identity = Identity::of(student, &mut self.scratch);
        if identity.is_empty() {
            self.scratch.push(Issue { column: Column::Name, rule: Rule::NothingToCompare });
        }
        self.issues.extend(self.scratch.drain(..).map(|issue| (origin, issue)));
        let request = request_hash(&request_of(student));
        let start = self.texts.len();
        let is_kept = put_row(student, &mut self.texts).is_ok();
        let fate = if !is_kept || self.texts.len() - start > RECORD_BYTES_MAX.min(ROW_BYTES_MAX) {
            self.texts.truncate(start);
            // INVARIANT: an empty row can be written.
            let _ = put_row(&Student::default(), &mut self.texts);
            Fate::TooLarge
        // A load begins on segments alone.
        } else if self.snapshot.may_answer(request) {
            Fate::PerhapsKnown
        } else if identity.is_empty() {
            Fate::Empty
        } else if !self.settings.covers(&identity) {
            Fate::OutOfScope
        } else {
            Fate::New
        };
        self.rows += 1;
        if fate == Fate::New {
            // INVARIANT: a piece of a file has fewer than 2^32 rows.
            let row = self.fates.len() as u32;
            for key in probe_keys(&identity, |_| {}) {
                self.keys.push(key.space, key.hash, row);
            }
        }
        if fate != Fate::PerhapsKnown && !identity.is_empty() {
            self.frequencies.add(&identity);
        }
        let before = self.profiles.len();
        profile::encode(&identity, &mut self.profiles);
        self.lengths.push((self.profiles.len() - before) as u32);
        self.fates.push(fate);
        self.requests.push(request);
        if self.rows as usize == ROWS_MAX || self.texts.len() >= TEXT_BYTES_MAX {
            self.end_block();
        }
    }

    /// Packs what is left.
    pub(super) fn end_block(&mut self) {
        if self.rows > 0 {
            self.blocks.push((self.rows, Packed::of(&self.texts)));
            self.texts.clear();
            self.rows = 0;
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.fates.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.fates.is_empty()
    }

    /// What could not be read, in the order of the rows. Taken once.
    pub fn take_issues(&mut self) -> Vec<(Origin, Issue)> {
        std::mem::take(&mut self.issues)
    }
}
