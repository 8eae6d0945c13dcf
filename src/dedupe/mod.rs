//! All against all: every duplicate and every contradiction among the students given.
//!
//! Students come in [`Batch`]es, each made on a core of its own; [`Dedupe::run`] sorts their keys,
//! walks the blocks, judges each candidate pair once, and joins what is the same into clusters that
//! never hold a forbidden pair. The findings do not depend on the order of the students or on the
//! number of threads, nor on how much memory there is: what does not fit goes to temporary files ([`Settings`]).
//! Where students come from and how findings are written is not known here.

mod batch;
mod blocks;
mod candidates;
mod cluster;
mod decide;
mod deferral;
mod findings;
mod kept;
mod order;
mod recall;
mod record;
mod records;
mod repeated;
mod survey;

use std::fmt;

use rayon::prelude::*;

use crate::matching::{Frequencies, Model, count_sorted};
use crate::spill::{
    Entry, Families, FamilyKeys, PARTITIONS, Partitions, Run, SORTED_BITS, Spill, partition_of, sort_by_bits,
};
use candidates::Candidates;
use cluster::Decided;

pub use batch::{Batch, Batches};
pub use blocks::FamilyCount;
pub use candidates::Candidate;
pub use decide::{Decision, DecisionKind, Refused};
pub use findings::{Findings, Pair, RowId, Seconds, Single};
pub use recall::{ListedPair, RecallError};
pub use record::Record;
pub(crate) use records::Packed;
pub use records::Records;
pub use survey::Survey;

pub use crate::spill::{Settings, SpillError};

/// What [`Dedupe::run`] is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Sorting keys and walking blocks; counted in key families.
    Block,
    /// Judging candidate pairs; counted in pairs.
    Judge,
    /// Joining clusters; not counted.
    Cluster,
}

/// Watches a run, and may end it.
pub trait Observer: Sync {
    /// So much of a phase is done. Called from any thread, now and then.
    fn progress(&self, phase: Phase, done: u64, total: u64);

    /// Whether to stop as soon as possible.
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// Watches nothing.
impl Observer for () {
    fn progress(&self, _: Phase, _: u64, _: u64) {}
}

/// Why a run found nothing. Temporary files are gone.
#[derive(Debug)]
#[non_exhaustive]
pub enum DedupeError {
    /// The observer ended the run.
    Cancelled,
    /// A temporary file cannot be made, written or read.
    Spill(SpillError),
}

impl fmt::Display for DedupeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DedupeError::Cancelled => f.write_str("cancelled"),
            DedupeError::Spill(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for DedupeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            DedupeError::Cancelled => None,
            DedupeError::Spill(error) => std::error::Error::source(error),
        }
    }
}

impl From<SpillError> for DedupeError {
    fn from(error: SpillError) -> Self {
        DedupeError::Spill(error)
    }
}

/// Students on their way to being compared.
///
/// # Examples
/// ```
/// use renji::dedupe::{Batch, Dedupe};
/// use renji::matching::{Model, Verdict};
/// use renji::student::{GivenDocument, Origin, Student};
///
/// let mut batch = Batch::default();
/// for (row, name) in [(2, "周洋明"), (3, "周洋名")] {
///     let documents = vec![GivenDocument { kind: "1", number: "440524201001010018" }];
///     let student = Student { record_id: name, documents, name, birthdate: "20100101", ..Student::default() };
///     batch.push(&student, Origin { file: 0, row });
/// }
/// let mut dedupe = Dedupe::default();
/// dedupe.add(batch).unwrap();
/// let findings = dedupe.run(&Model::default(), &()).unwrap();
/// assert_eq!(findings.pairs[0].judgement.verdict, Verdict::Same);
/// assert_eq!(findings.clusters.len(), 1);
/// ```
#[derive(Debug)]
pub struct Dedupe {
    settings: Settings,
    spill: Spill,
    records: Records,
    singles: Vec<Single>,
    families: Families,
    terms: Partitions,
    ids: Partitions,
    /// Batches whose keys, terms and ids have not been divided into partitions, each with the first of its rows.
    pending: Vec<(u32, Batch)>,
    pending_words: u64,
    spare: Batches,
}

impl Default for Dedupe {
    /// With no bound on memory.
    fn default() -> Self {
        Dedupe::new(Settings::default())
    }
}

impl Dedupe {
    /// Words of batches that are divided into partitions together.
    const PENDING_MAX: u64 = 1 << 20;

    /// Begins without students.
    pub fn new(settings: Settings) -> Self {
        Dedupe {
            spill: Spill::new(&settings),
            records: Records::new(settings.memory_bytes / 5),
            settings,
            singles: Vec::new(),
            families: Families::default(),
            terms: Partitions::default(),
            ids: Partitions::default(),
            pending: Vec::new(),
            pending_words: 0,
            spare: Batches::default(),
        }
    }

    /// Where to take batches from that are to be added.
    pub fn batches(&self) -> Batches {
        self.spare.clone()
    }

    /// Takes a batch. The order of batches does not matter to the findings.
    ///
    /// # Errors
    /// [`SpillError`] if what does not fit into memory cannot be written to a temporary file. The run is lost.
    ///
    /// # Panics
    /// With more than 2³² − 1 students.
    pub fn add(&mut self, mut batch: Batch) -> Result<(), SpillError> {
        let first = u32::try_from(self.records.len()).expect("at most 2^32 - 1 students in one run");
        assert!(u32::try_from(self.records.len() + batch.len()).is_ok(), "at most 2^32 - 1 students");
        let singles = std::mem::take(&mut batch.singles);
        self.singles
            .extend(singles.into_iter().map(|(row, class)| Single { row: RowId(first + row), class }));
        self.records.append(&batch.records);
        batch.records.clear();
        self.pending_words +=
            (batch.families.len() + batch.frequencies.terms().len() + batch.ids.len()) as u64;
        self.pending.push((first, batch));
        // Two fifths for records, two for what is sorted; the rest is for the batches on their way.
        let share = self.settings.memory_bytes / 5 * 2;
        self.records.spill(&self.spill, share)?;
        if self.pending_words >= Self::PENDING_MAX.min(share / 64) {
            self.divide();
            let partitions =
                self.families.memory_bytes() + self.terms.memory_bytes() + self.ids.memory_bytes();
            if partitions > share {
                self.families.spill(&self.spill)?;
                self.terms.spill(&self.spill)?;
                self.ids.spill(&self.spill)?;
            }
        }
        Ok(())
    }

    /// Divides what is pending into partitions.
    fn divide(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        self.pending_words = 0;
        let (terms, ids) = (&mut self.terms, &mut self.ids);
        let families = &mut self.families;
        rayon::scope(|scope| {
            scope.spawn(|_| {
                let words = pending.iter().flat_map(|(_, batch)| batch.frequencies.terms());
                terms.push(Run::of(PARTITIONS, words.map(|term| (partition_of(*term), *term))));
            });
            scope.spawn(|_| {
                let entries = pending.iter().flat_map(|(first, batch)| {
                    let rows = *first..;
                    batch
                        .ids
                        .iter()
                        .zip(rows)
                        .map(|(id, row)| (partition_of(*id), Entry::new(*id, row).word()))
                });
                ids.push(Run::of(PARTITIONS, entries));
            });
            let keys: Vec<(u32, &FamilyKeys)> =
                pending.iter().map(|(first, batch)| (*first, &batch.families)).collect();
            families.append(&keys);
        });
        pending.into_iter().for_each(|(_, batch)| self.spare.give(batch));
    }

    /// How many students there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Compares all students, on the threads of the current rayon pool. Some seconds for a million students
    /// on two cores.
    ///
    /// # Errors
    /// [`DedupeError::Cancelled`] by the observer; [`DedupeError::Spill`] if what does not fit into memory cannot be
    /// written to a temporary file or read from it.
    pub fn run(mut self, model: &Model, observer: &dyn Observer) -> Result<Findings, DedupeError> {
        let mut seconds = Seconds::default();
        let clock = std::time::Instant::now();
        self.divide();
        let spill = &self.spill;
        let mut records = self.records;
        let repeated_ids = repeated::tell_apart(&mut records, &self.ids, spill)?;
        drop(self.ids);
        let frequencies = count(records.len() as u64, &self.terms, spill)?;
        drop(self.terms);
        // What is left over by the keys and the records that are in memory.
        let candidates = Candidates::new(&records, spill, self.settings.memory_bytes / 5);
        let families = blocks::walk(self.families, &records, &candidates, spill, observer)?;
        seconds.block = clock.elapsed().as_secs_f64();

        let clock = std::time::Instant::now();
        let judged = candidates.judge(model, &frequencies, observer)?;
        seconds.judge = clock.elapsed().as_secs_f64();

        let clock = std::time::Instant::now();
        observer.progress(Phase::Cluster, 0, 1);
        let dropped = judged.judged - judged.kept.len() as u64;
        let mut singles = self.singles;
        records.keep(&order::reported(&judged.kept, &[], &singles));
        let (mut pairs, mut clusters) =
            cluster::join(&records, judged.kept, &Decided::default(), model, &frequencies);
        order::by_ids(&records, &mut pairs, &mut clusters, &mut singles);
        observer.progress(Phase::Cluster, 1, 1);
        seconds.cluster = clock.elapsed().as_secs_f64();
        Ok(Findings {
            judged: judged.judged,
            records,
            pairs,
            dropped,
            clusters,
            singles,
            families,
            repeated_ids,
            frequencies,
            spilled_bytes: self.spill.written(),
            seconds,
        })
    }
}

/// The lowest bits of a term, which are sorted only where all others are equal.
const TERM_LOW_BITS: u32 = 56 - SORTED_BITS;

/// Counts terms, partition by partition.
fn count(students: u64, terms: &Partitions, spill: &Spill) -> Result<Frequencies, SpillError> {
    let counts: Vec<Vec<(u64, u32)>> = (0..PARTITIONS)
        .into_par_iter()
        .map(|partition| {
            let mut terms = terms.read(spill, partition)?;
            // The first byte they have in common.
            sort_by_bits(&mut terms, TERM_LOW_BITS);
            for alike in terms.chunk_by_mut(|a, b| a >> TERM_LOW_BITS == b >> TERM_LOW_BITS) {
                if alike.first() != alike.last() || alike.len() > 2 {
                    alike.sort_unstable();
                }
            }
            Ok(count_sorted(&terms).collect())
        })
        .collect::<Result<_, SpillError>>()?;
    // Partitions are upper bits, so what comes one behind the other is in order.
    Ok(Frequencies::of_counts(students, counts.into_iter().flatten().collect()))
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod budget_tests;
