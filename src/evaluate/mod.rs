//! How good the verdicts are: pairs held against the truth. Pure counting; reads two CSV files.
//!
//! The truth says which records are one entity (one child). A pair of records is *true* if both are of
//! the same entity; the true pairs are all of those, found or not. `same` is what is measured; `conflict`
//! and `review` ask a human and are counted beside it.
//!
//! The truth is held in memory (some 60 bytes a record); the pairs are streamed.

mod truth;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::source::{EncodingChoice, SourceError, Table};

pub use truth::Truth;

/// Why a truth or a list of pairs cannot be counted.
#[derive(Debug)]
#[non_exhaustive]
pub enum EvaluateError {
    /// A file cannot be read.
    Source(SourceError),
    /// A row of the list of pairs makes no sense.
    Pairs {
        /// The list.
        path: PathBuf,
        /// The row.
        row: u32,
        /// What is wrong.
        reason: &'static str,
    },
}

impl fmt::Display for EvaluateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EvaluateError::Source(error) => write!(f, "{error}"),
            EvaluateError::Pairs { path, row, reason } => {
                write!(f, "{}, row {row}: {reason}", path.display())
            }
        }
    }
}

impl std::error::Error for EvaluateError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            EvaluateError::Source(error) => Some(error),
            EvaluateError::Pairs { .. } => None,
        }
    }
}

impl From<SourceError> for EvaluateError {
    fn from(error: SourceError) -> EvaluateError {
        EvaluateError::Source(error)
    }
}

/// Pairs of one verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct VerdictCount {
    /// All of them.
    pub pairs: u64,
    /// Of one entity.
    pub true_pairs: u64,
    /// Of two entities.
    pub false_pairs: u64,
}

/// True pairs with one mark, by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct KindCount {
    /// All of them.
    pub pairs: u64,
    /// Found to be the same.
    pub same: u64,
    /// Found to contradict each other.
    pub conflict: u64,
    /// Left to a human.
    pub review: u64,
    /// Not in the list.
    pub missed: u64,
}

/// False `same` pairs by how the two children are related.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct FalseSame {
    /// Twins, by the truth.
    pub twins: u64,
    /// Brothers and sisters who are no twins, by the truth.
    pub siblings: u64,
    /// All others, and all if the truth names neither.
    pub others: u64,
}

/// The counts of one list of pairs against one truth.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Evaluation {
    /// Records in the truth.
    pub records: u64,
    /// Entities in the truth.
    pub entities: u64,
    /// Pairs of records of one entity.
    pub truth_pairs: u64,
    /// `same` pairs of one entity.
    pub true_positives: u64,
    /// `same` pairs of two entities.
    pub false_positives: u64,
    /// True pairs that are not `same`.
    pub false_negatives: u64,
    /// True positives among `same` pairs; none if there are no `same` pairs.
    pub precision: Option<f64>,
    /// True positives among true pairs; none if there are no true pairs.
    pub recall: Option<f64>,
    /// The harmonic mean of the two.
    pub f1: Option<f64>,
    /// Listed pairs by verdict.
    pub by_verdict: BTreeMap<String, VerdictCount>,
    /// True pairs by what was done to their records, if the truth has a column `kind`; a pair counts under
    /// each of its marks (`dup:id_typo+moved` under `id_typo` and `moved`).
    pub by_kind: BTreeMap<String, KindCount>,
    /// False `same` pairs by relation.
    pub false_same: FalseSame,
    /// False `same` pairs likewise.
    pub false_same_by_kind: BTreeMap<String, u64>,
    /// Listed pairs left out because the truth does not know a record of them.
    pub unknown_pairs: u64,
    /// Listed pairs left out because the same pair stands just before, or is a record with itself.
    pub repeated_pairs: u64,
}

impl Evaluation {
    /// Counts a list of pairs (columns `record_a`, `record_b`, `verdict`) against the truth.
    ///
    /// # Errors
    ///
    /// [`EvaluateError`] if the list cannot be read or has a row without a verdict.
    pub fn of_file(truth: &Truth, pairs: &Path) -> Result<Evaluation, EvaluateError> {
        let table = Table::open(pairs, EncodingChoice::Auto)?;
        let (a, b) = (table.require("record_a")?, table.require("record_b")?);
        let verdict = table.require("verdict")?;
        let mut evaluation = Evaluation::begin(truth);
        let mut last = (String::new(), String::new());
        let mut bad = None;
        table.for_each_row(|row, cells| {
            if cells[verdict].is_empty() {
                bad.get_or_insert(row);
                return;
            }
            if cells[a] == cells[b] || (last.0 == cells[a] && last.1 == cells[b]) {
                evaluation.repeated_pairs += 1;
                return;
            }
            last.0.clear();
            last.0.push_str(&cells[a]);
            last.1.clear();
            last.1.push_str(&cells[b]);
            evaluation.count(truth, &cells[a], &cells[b], &cells[verdict]);
        })?;
        match bad {
            Some(row) => Err(EvaluateError::Pairs { path: pairs.to_owned(), row, reason: "no verdict" }),
            None => Ok(evaluation.finish()),
        }
    }

    /// An evaluation with no pair counted yet.
    pub fn begin(truth: &Truth) -> Evaluation {
        let by_kind = truth.pairs_by_kind();
        Evaluation {
            records: truth.records(),
            entities: truth.entities(),
            truth_pairs: truth.pairs(),
            by_kind: by_kind
                .into_iter()
                .map(|(kind, pairs)| (kind, KindCount { pairs, ..KindCount::default() }))
                .collect(),
            ..Evaluation::default()
        }
    }

    /// Counts one listed pair.
    pub fn count(&mut self, truth: &Truth, a: &str, b: &str, verdict: &str) {
        let (Some(a), Some(b)) = (truth.member(a), truth.member(b)) else {
            self.unknown_pairs += 1;
            return;
        };
        let is_true = a.entity == b.entity;
        let listed = match self.by_verdict.get_mut(verdict) {
            Some(listed) => listed,
            None => self.by_verdict.entry(verdict.to_owned()).or_default(),
        };
        listed.pairs += 1;
        *(if is_true { &mut listed.true_pairs } else { &mut listed.false_pairs }) += 1;
        let marks = truth.marks_of(a, b);
        if is_true {
            for mark in &marks {
                let Some(counts) = self.by_kind.get_mut(*mark) else { continue };
                match verdict {
                    "same" => counts.same += 1,
                    "conflict" => counts.conflict += 1,
                    "review" => counts.review += 1,
                    _ => {}
                }
            }
        } else if verdict == "same" {
            match truth.relation(a, b) {
                truth::Relation::Twins => self.false_same.twins += 1,
                truth::Relation::Siblings => self.false_same.siblings += 1,
                truth::Relation::Others => self.false_same.others += 1,
            }
            for mark in marks {
                *self.false_same_by_kind.entry(mark.to_owned()).or_default() += 1;
            }
        }
    }

    /// Works out the rates.
    pub fn finish(mut self) -> Evaluation {
        let same = self.by_verdict.get("same").copied().unwrap_or_default();
        self.true_positives = same.true_pairs;
        self.false_positives = same.false_pairs;
        self.false_negatives = self.truth_pairs.saturating_sub(same.true_pairs);
        for counts in self.by_kind.values_mut() {
            counts.missed = counts.pairs.saturating_sub(counts.same + counts.conflict + counts.review);
        }
        let rate = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
        self.precision = rate(same.true_pairs, same.pairs);
        self.recall = rate(same.true_pairs, self.truth_pairs);
        self.f1 = rate(2 * same.true_pairs, same.pairs + self.truth_pairs);
        self
    }
}

impl fmt::Display for Evaluation {
    /// A table for people, one figure a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rate = |rate: Option<f64>| rate.map_or_else(|| "-".to_owned(), |rate| format!("{rate:.6}"));
        writeln!(f, "records          {:>12}", self.records)?;
        writeln!(f, "entities         {:>12}", self.entities)?;
        writeln!(f, "true pairs       {:>12}", self.truth_pairs)?;
        writeln!(f, "true positives   {:>12}", self.true_positives)?;
        writeln!(f, "false positives  {:>12}", self.false_positives)?;
        writeln!(f, "false negatives  {:>12}", self.false_negatives)?;
        writeln!(f, "precision        {:>12}", rate(self.precision))?;
        writeln!(f, "recall           {:>12}", rate(self.recall))?;
        writeln!(f, "F1               {:>12}", rate(self.f1))?;
        if self.false_positives > 0 {
            let FalseSame { twins, siblings, others } = self.false_same;
            writeln!(f, "false same: twins {twins}, siblings {siblings}, others {others}")?;
        }
        if self.unknown_pairs > 0 {
            writeln!(f, "pairs of records the truth does not know, left out: {}", self.unknown_pairs)?;
        }
        if self.repeated_pairs > 0 {
            writeln!(f, "repeated pairs, left out: {}", self.repeated_pairs)?;
        }
        writeln!(f, "\n{:<12} {:>12} {:>12} {:>12}", "verdict", "pairs", "true", "false")?;
        for (verdict, c) in &self.by_verdict {
            writeln!(f, "{verdict:<12} {:>12} {:>12} {:>12}", c.pairs, c.true_pairs, c.false_pairs)?;
        }
        if !self.by_kind.is_empty() {
            let (pairs, same, conflict, review, missed) =
                ("true pairs", "same", "conflict", "review", "missed");
            writeln!(f, "\n{pairs:>10} {same:>8} {conflict:>8} {review:>8} {missed:>8}  kind")?;
            for (kind, c) in &self.by_kind {
                let KindCount { pairs, same, conflict, review, missed } = c;
                writeln!(f, "{pairs:>10} {same:>8} {conflict:>8} {review:>8} {missed:>8}  {kind}")?;
            }
        }
        if !self.false_same_by_kind.is_empty() {
            writeln!(f, "\n{:>10}  kind", "false same")?;
            for (kind, count) in &self.false_same_by_kind {
                writeln!(f, "{count:>10}  {kind}")?;
            }
        }
        Ok(())
    }
}
