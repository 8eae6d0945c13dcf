//! All against all: every duplicate and every contradiction among the students given.
//!
//! Students come in [`Batch`]es, each made on a core of its own; [`Dedupe::run`] sorts their keys,
//! walks the blocks, judges each candidate pair once, and joins what is the same into clusters that
//! never hold a forbidden pair. The findings do not depend on the order of the students or on the
//! number of threads. Where students come from and how findings are written is not known here.

mod batch;
mod blocks;
mod cluster;
mod findings;
mod record;

use rayon::prelude::*;

use crate::matching::{Frequencies, FrequencyCounter, Model, Verdict, judge};
use blocks::Families;

pub use batch::Batch;
pub use blocks::FamilyCount;
pub use findings::{Findings, Pair, RowId, Seconds, Single};
pub use record::Record;

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

/// The observer ended the run; nothing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cancelled;

impl std::fmt::Display for Cancelled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cancelled")
    }
}

impl std::error::Error for Cancelled {}

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
/// dedupe.add(batch);
/// let findings = dedupe.run(&Model::default(), &()).unwrap();
/// assert_eq!(findings.pairs[0].judgement.verdict, Verdict::Same);
/// assert_eq!(findings.clusters.len(), 1);
/// ```
#[derive(Debug, Default)]
pub struct Dedupe {
    records: Vec<Record>,
    families: Families,
    frequencies: FrequencyCounter,
}

impl Dedupe {
    /// Takes a batch. The order of batches does not matter to the findings.
    ///
    /// # Panics
    /// With more than 2³² − 1 students.
    pub fn add(&mut self, mut batch: Batch) {
        let first = u32::try_from(self.records.len()).expect("at most 2^32 - 1 students in one run");
        assert!(u32::try_from(self.records.len() + batch.records.len()).is_ok(), "at most 2^32 - 1 students");
        self.families.append(batch.families, first);
        self.records.append(&mut batch.records);
        self.frequencies.append(&mut batch.frequencies);
    }

    /// How many students there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Compares all students, on the threads of the current rayon pool. Some 3 s for a million students
    /// on two cores; memory 8 bytes a candidate pair besides the students.
    ///
    /// # Errors
    /// [`Cancelled`] by the observer.
    pub fn run(mut self, model: &Model, observer: &dyn Observer) -> Result<Findings, Cancelled> {
        let mut seconds = Seconds::default();
        let clock = std::time::Instant::now();
        let repeated_ids = record::tell_apart_repeated_ids(&mut self.records);
        let frequencies = self.frequencies.finish();
        let (candidates, families) = self.families.candidates(&self.records, observer)?;
        seconds.block = clock.elapsed().as_secs_f64();

        let clock = std::time::Instant::now();
        let (judged, dropped) = judge_all(&self.records, &candidates, model, &frequencies, observer)?;
        seconds.judge = clock.elapsed().as_secs_f64();

        let clock = std::time::Instant::now();
        observer.progress(Phase::Cluster, 0, 1);
        let (pairs, clusters) = cluster::join(&self.records, judged, model, &frequencies);
        let singles = findings::singles(&self.records);
        observer.progress(Phase::Cluster, 1, 1);
        seconds.cluster = clock.elapsed().as_secs_f64();
        Ok(Findings {
            judged: candidates.len() as u64,
            records: self.records,
            pairs,
            dropped,
            clusters,
            singles,
            families,
            repeated_ids,
            frequencies,
            seconds,
        })
    }
}

/// Judges each candidate pair; returns those that are not dropped and the number of those that are.
fn judge_all(
    records: &[Record],
    candidates: &[u64],
    model: &Model,
    frequencies: &Frequencies,
    observer: &dyn Observer,
) -> Result<(Vec<Pair>, u64), Cancelled> {
    /// Enough work to be worth a turn, little enough to share evenly and to cancel soon.
    const CHUNK: usize = 4096;
    let total = candidates.len() as u64;
    let done = std::sync::atomic::AtomicU64::new(0);
    let kept: Option<Vec<Vec<Pair>>> = candidates
        .par_chunks(CHUNK)
        .map(|chunk| {
            if observer.is_cancelled() {
                return None;
            }
            let pairs = chunk.iter().filter_map(|candidate| {
                let (a, b) = blocks::rows(*candidate);
                let judgement =
                    judge(&records[a.index()].identity, &records[b.index()].identity, model, frequencies);
                (judgement.verdict != Verdict::Dropped).then_some(Pair { a, b, judgement })
            });
            let pairs: Vec<Pair> = pairs.collect();
            let before = done.fetch_add(chunk.len() as u64, std::sync::atomic::Ordering::Relaxed);
            observer.progress(Phase::Judge, before + chunk.len() as u64, total);
            Some(pairs)
        })
        .collect();
    let kept: Vec<Pair> = kept.ok_or(Cancelled)?.into_iter().flatten().collect();
    let dropped = total - kept.len() as u64;
    Ok((kept, dropped))
}

#[cfg(test)]
mod tests;
