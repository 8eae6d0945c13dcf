//! A piece of a file, read and packed on one core.

use std::sync::{Arc, Mutex, PoisonError};

use crate::identity::{Identity, Issue, Rule, profile};
use crate::limits::{RECORD_BYTES_MAX, ROW_BYTES_MAX};
use crate::matching::FrequencyCounter;
use crate::registry::issuing::Wanted;
use crate::registry::loaded::{Fill, pack, put_row};
use crate::registry::request::Content;
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

/// Rows that were read.
#[derive(Debug, Default)]
pub(super) struct Filled {
    /// Profiles one behind the other, and their lengths.
    pub(super) profiles: Vec<u8>,
    pub(super) lengths: Vec<u32>,
    pub(super) fates: Vec<Fate>,
    /// What number each is to get if it is like nobody, in a word; zero where more must be asked.
    pub(super) wanted: Vec<u64>,
    /// Hashes of requests.
    pub(super) requests: Vec<u64>,
    /// Packed texts one behind the other, and of each how many rows are in it and its length.
    pub(super) packed: Vec<u8>,
    pub(super) blocks: Vec<(u32, u32)>,
    pub(super) keys: FamilyKeys,
    pub(super) frequencies: FrequencyCounter,
}

impl Filled {
    fn clear(&mut self) {
        let Filled { profiles, lengths, fates, wanted, requests, packed, blocks, keys, frequencies } = self;
        profiles.clear();
        lengths.clear();
        fates.clear();
        wanted.clear();
        requests.clear();
        packed.clear();
        blocks.clear();
        keys.clear();
        frequencies.clear();
    }
}

/// Memory of batches that were taken: to fill it again costs less than to make it, which the system gives page by
/// page.
#[derive(Debug, Default)]
pub(super) struct Spare(Mutex<Vec<Filled>>);

impl Spare {
    fn take(&self) -> Filled {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Takes what is no longer wanted.
    pub(super) fn give(&self, mut filled: Filled) {
        filled.clear();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(filled);
    }
}

/// Rows of one piece of a file, on their way into a [`super::BulkLoad`].
#[derive(Debug)]
pub struct LoadBatch {
    snapshot: Arc<Snapshot>,
    settings: Settings,
    spare: Arc<Spare>,
    filled: Filled,
    issues: Vec<(Origin, Issue)>,
    /// The texts of the block that is not full.
    texts: Vec<u8>,
    rows: u32,
    fill: Fill,
    content: Content,
    scratch: Vec<Issue>,
}

impl LoadBatch {
    pub(super) fn new(snapshot: Arc<Snapshot>, settings: Settings, spare: Arc<Spare>) -> LoadBatch {
        LoadBatch {
            snapshot,
            settings,
            filled: spare.take(),
            spare,
            issues: Vec::new(),
            texts: Vec::new(),
            rows: 0,
            fill: Fill::default(),
            content: Content::default(),
            scratch: Vec::new(),
        }
    }

    /// An empty batch of the same load.
    pub fn again(&self) -> LoadBatch {
        LoadBatch::new(self.snapshot.clone(), self.settings.clone(), self.spare.clone())
    }

    /// Reads a row, makes its keys and packs its text. Some 3 µs.
    pub fn push(&mut self, student: &Student<'_>, origin: Origin) {
        let identity = Identity::of(student, &mut self.scratch);
        if identity.is_empty() {
            self.scratch.push(Issue { column: Column::Name, rule: Rule::NothingToCompare });
        }
        self.issues.extend(self.scratch.drain(..).map(|issue| (origin, issue)));
        let request = request_hash(self.content.id(student).as_bytes());
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
        let filled = &mut self.filled;
        let mut wanted = None;
        if fate == Fate::New {
            wanted = Wanted::of(&identity, &self.settings);
            // INVARIANT: a piece of a file has fewer than 2^32 rows.
            let row = filled.fates.len() as u32;
            for key in probe_keys(&identity, |_| {}) {
                filled.keys.push(key.space, key.hash, row);
            }
        }
        if fate != Fate::PerhapsKnown && !identity.is_empty() {
            filled.frequencies.add(&identity);
        }
        let before = filled.profiles.len();
        profile::encode(&identity, &mut filled.profiles);
        filled.lengths.push((filled.profiles.len() - before) as u32);
        filled.fates.push(fate);
        filled.wanted.push(wanted.map_or(0, Wanted::packed));
        filled.requests.push(request);
        if self.fill.is_full(self.rows, self.texts.len()) {
            self.end_block();
        }
    }

    /// Packs what is left.
    fn end_block(&mut self) {
        if self.rows > 0 {
            let packed = pack(&self.texts, &mut self.filled.packed);
            self.fill.learn(self.texts.len(), packed);
            // INVARIANT: a block is closed long before 4 GiB.
            self.filled.blocks.push((self.rows, packed as u32));
            self.texts.clear();
            self.rows = 0;
        }
    }

    /// All rows.
    pub(super) fn into_filled(mut self) -> Filled {
        self.end_block();
        self.filled
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.filled.fates.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What could not be read, in the order of the rows. Taken once.
    pub fn take_issues(&mut self) -> Vec<(Origin, Issue)> {
        std::mem::take(&mut self.issues)
    }
}
