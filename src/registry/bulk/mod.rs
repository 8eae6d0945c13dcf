//! Whole files into a registry: straight into a segment, with one commit at the end.
//!
//! | file | what lives there |
//! |---|---|
//! | `batch` | a piece of a file, read and packed on one core |
//! | `rows` | all rows, what is large of them on disk |
//! | `keys` | under what rows are found |
//! | `known` | which were answered before |
//! | `meet` | which of them meet, all against all |
//! | `place` | the decisions, one after the other |
//! | `journal` | their entries, hashed and written meanwhile |
//! | `loading` | what they came to, where nothing is to be said but a number and a record |
//! | `seal` | the segment and the commit |
//! | `index` | the segment's key indexes |
//!
//! The answers are those that [`Registry::load`] gives to the same rows in the same order: the same keys, the same
//! judgement, the same decisions by the same code. What differs is how it is kept. Most rows are like nobody; for
//! those a number is found and nothing else is asked. Rows stand together in the journal, some forty in an entry.
//!
//! A load that ends before its commit has done nothing: what it wrote is removed, or is when the registry is opened
//! again.

mod batch;
mod index;
mod journal;
mod keys;
mod known;
mod loading;
mod meet;
mod place;
mod rows;
mod seal;

use std::sync::{Arc, MutexGuard, PoisonError};

use rayon::prelude::*;

use super::draft::Draft;
use super::enroll::Rules;
use super::error::{RegistryError, Result};
use super::event::Answered;
use super::prepare::Prepared;
use super::queue::Turn;
use super::search::{Court, Match, search_many};
use super::settings::MergePolicy;
use super::{Enrolled, Registry};
use crate::matching::FrequencyCounter;
use crate::spill::FamilyKeys;
use crate::store::{Snapshot, Update, probe_keys, stored_keys};
use batch::{Fate, Spare};
use keys::Gathering;
use known::Known;
use place::{Meetings, decide_all};
use rows::{Gathered, Rows};
use seal::Sealing;

pub use batch::LoadBatch;
pub(super) use loading::Loading;

/// Rows that are looked for in the registry together.
const SEARCHED: usize = 65_536;

/// A load that gathers its rows. It has the writer's turn until it ends; readers go on.
pub struct BulkLoad<'r> {
    work: Work<'r>,
    // IMPORTANT: given back last, when nothing of the write is left.
    _turn: Turn<'r>,
    _compacting: MutexGuard<'r, ()>,
}

/// What is gathered, and where it goes.
struct Work<'r> {
    registry: &'r Registry,
    update: Update<'r>,
    snapshot: Arc<Snapshot>,
    gathered: Gathered,
    frequencies: FrequencyCounter,
    spare: Arc<Spare>,
}

impl std::fmt::Debug for BulkLoad<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BulkLoad").field("rows", &self.len()).finish_non_exhaustive()
    }
}

impl Registry {
    /// Begins a load of whole files, with their keys in memory. What the database holds is compacted first.
    ///
    /// # Errors
    /// Those of [`Registry::compact`]; [`RegistryError::Impossible`] in a registry whose policy merges students.
    pub fn bulk_load(&self) -> Result<BulkLoad<'_>> {
        self.bulk_load_within(u64::MAX)
    }

    /// The same; keys of rows and pairs that meet may take so many bytes of memory, and go to temporary files beyond
    /// that, in the registry's directory. Beside them stay in memory some hundred bytes a row, and the counts of
    /// common values.
    ///
    /// # Errors
    /// Those of [`Registry::bulk_load`].
    pub fn bulk_load_within(&self, memory_bytes: u64) -> Result<BulkLoad<'_>> {
        if self.merge != MergePolicy::Never {
            // A merge changes whose rows are that stand before it in the same entry.
            return Err(RegistryError::Impossible(
                "a registry that merges by a policy loads row by row",
                "设置了自动归并的学籍库只能逐行装入",
            ));
        }
        let compacting = self.queue.compacting();
        let turn = self.queue.take_turn();
        self.flush()?;
        let update = self.begin_compacting()?;
        let keys = Gathering::new(&update.spill(memory_bytes)?);
        let gathered = Gathered::new(update.spool()?, update.spool()?, keys);
        let work = Work {
            registry: self,
            snapshot: self.newest()?,
            update,
            gathered,
            frequencies: FrequencyCounter::default(),
            spare: Arc::default(),
        };
        Ok(BulkLoad { work, _turn: turn, _compacting: compacting })
    }
}

impl BulkLoad<'_> {
    /// An empty batch, to be filled on any thread.
    pub fn batch(&self) -> LoadBatch {
        let Work { snapshot, registry, spare, .. } = &self.work;
        LoadBatch::new(snapshot.clone(), registry.settings().clone(), spare.clone())
    }

    /// Takes a batch. The order of batches is the order of the rows.
    ///
    /// # Errors
    /// [`Full`](crate::store::StoreError::Full), [`Io`](crate::store::StoreError::Io): the load is to be given up.
    pub fn add(&mut self, batch: LoadBatch) -> Result<()> {
        let mut filled = batch.into_filled();
        self.work.frequencies.append(&mut filled.frequencies);
        self.work.gathered.add(&mut filled)?;
        self.work.spare.give(filled);
        Ok(())
    }

    /// How many rows were added.
    pub fn len(&self) -> usize {
        self.work.gathered.len()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Decides on all rows and makes it so, in one commit. `visit` is told what each row came to, by its place and
    /// in order; that holds only when this returns without an error. A row that was loaded before is
    /// [`Enrolled::Existing`] with `loaded_before`, as in [`super::Load::enroll`].
    ///
    /// # Errors
    /// Those of a write, or what `visit` returns. Nothing was written; of
    /// [`Unknown`](crate::store::StoreError::Unknown) see there.
    pub fn finish(self, visit: impl FnMut(usize, Result<Enrolled>) -> Result<()> + Send) -> Result<()> {
        let BulkLoad { work, _turn, _compacting } = self;
        if work.gathered.len() == 0 {
            return Ok(());
        }
        let registry = work.registry;
        registry.on_own_threads(|| work.finish(visit))?
    }
}

impl Work<'_> {
    fn finish(self, mut visit: impl FnMut(usize, Result<Enrolled>) -> Result<()>) -> Result<()> {
        let Work { registry, update, snapshot, gathered, frequencies, spare } = self;
        drop(spare);
        let (rows, mut keys) = gathered.finish()?;
        let known = Known::of(&rows, &snapshot)?;
        let mut counter = frequencies;
        for row in &known.new {
            take_up(*row, &rows, registry, &mut keys, &mut counter)?;
        }
        let keys = keys.finish();
        let frequencies = registry.count(counter)?.finish();
        let model = registry.model()?;
        let court = Court { model: &model, frequencies: &frequencies };
        let is_new = |row: u32| !known.repeats.contains_key(&row);
        let meetings = Meetings {
            within: meet::pairs(&keys, &rows, &is_new, &court)?,
            stored: stored_matches(&snapshot, &rows, &known, &court)?,
        };
        let rules = Rules {
            court,
            settings: registry.settings(),
            merge: registry.merge,
            surroundings: &*registry.surroundings,
        };
        let mut draft = Draft::new(update.base(), registry.surroundings.now(), &registry.operator);
        draft.loading = Some(Loading::new(draft.meta.next_student, rows.len()));
        let mut told = |row: u32, answer: Result<(Answered, bool)>| {
            let enrolled = answer.map(|(answer, is_new)| match Enrolled::from(answer) {
                Enrolled::Issued(number) if !is_new => {
                    Enrolled::Existing { number, why: "loaded_before".to_owned() }
                }
                answer => answer,
            });
            visit(row as usize, enrolled)
        };
        let decided = decide_all(&mut draft, &rows, &meetings, &known, &rules, &update, &mut told)?;
        drop(meetings);
        if draft.meta.sequence == snapshot.meta().sequence {
            // All was known.
            return Ok(());
        }
        // As the journal says it: never before its last entry, whatever the clock says.
        let at = draft.at();
        let changed = draft.into_changed()?;
        Sealing { rows: &rows, decided: &decided, changed, at }.commit(keys, &frequencies, update)?;
        *registry.frequencies.write().unwrap_or_else(PoisonError::into_inner) = frequencies;
        let _ = registry.renew();
        Ok(())
    }
}

/// Files a row that only seemed to be known.
fn take_up(
    row: u32,
    rows: &Rows,
    registry: &Registry,
    keys: &mut Gathering,
    counter: &mut FrequencyCounter,
) -> Result<()> {
    let identity = rows.identity(row)?;
    if identity.is_empty() {
        return Ok(());
    }
    counter.add(&identity);
    if registry.settings().covers(&identity) {
        let mut of_row = FamilyKeys::default();
        for key in probe_keys(&identity, |_| {}) {
            of_row.push(key.space, key.hash, 0);
        }
        keys.add(row, &mut of_row)?;
    }
    Ok(())
}

/// Whom in the registry rows are like, in the order of rows.
fn stored_matches(
    snapshot: &Snapshot,
    rows: &Rows,
    known: &Known,
    court: &Court<'_>,
) -> Result<Vec<(u32, Match)>> {
    let mut matches = Vec::new();
    if snapshot.meta().records == 0 {
        return Ok(matches);
    }
    let is_looked_for = |row: &u32| {
        let fate = rows.fates[*row as usize];
        matches!(fate, Fate::New | Fate::PerhapsKnown)
            && !known.repeats.contains_key(row)
            && !known.remembered.contains_key(row)
    };
    // INVARIANT: a load has fewer than 2^32 rows.
    for start in (0..rows.len() as u32).step_by(SEARCHED) {
        let end = (start + SEARCHED as u32).min(rows.len() as u32);
        let prepared: Vec<(u32, Prepared)> = (start..end)
            .into_par_iter()
            .filter(is_looked_for)
            .map(|row| {
                let identity = rows.identity(row)?;
                let keys = stored_keys(&identity).into_vec();
                Ok((row, Prepared { given: Arc::default(), identity, keys }))
            })
            .collect::<Result<_>>()?;
        let wanted: Vec<(u32, &Prepared)> = prepared.iter().map(|(row, record)| (*row, record)).collect();
        matches.extend(search_many(snapshot, &wanted, court)?);
    }
    Ok(matches)
}
