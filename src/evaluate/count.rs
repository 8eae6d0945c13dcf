//! Pairs counted against the truth, one by one.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::calibration::{Calibration, CalibrationCounter};
use super::clusters::ClusterMeasures;
use super::curve::{CurvePoint, HistogramBin, Spread};
use super::error::EvaluateError;
use super::list::{ListedPair, for_each_pair};
use super::missed::Missed;
use super::rates::{RateIntervals, Rates};
use super::truth::{Relation, Truth};
use crate::dedupe::Findings;

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

/// One result against one truth. As JSON its names are those of its fields; they stay, and others may be added.
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
    /// Over `same` pairs: `precision`, `recall`, `f1`.
    #[serde(flatten)]
    pub rates: Rates,
    /// How far these can be trusted.
    pub intervals: RateIntervals,
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
    /// Whether the probabilities mean what they say; only of a list that has them.
    pub calibration: Option<Calibration>,
    /// What each cut of the probability gives; only of a list that has it.
    pub curve: Vec<CurvePoint>,
    /// The same by match weight.
    pub weight_curve: Vec<CurvePoint>,
    /// How the probabilities of true and of false pairs are spread.
    pub histogram: Vec<HistogramBin>,
    /// The clusters; only where a list of them was given ([`ClusterMeasures::of_file`]).
    pub clusters: Option<ClusterMeasures>,
    /// What blocking missed and what judgement missed; only where the input was given ([`Missed::measure`]).
    pub missed: Option<Missed>,
}

impl Evaluation {
    /// Counts a list of pairs (columns `record_a`, `record_b`, `verdict`, and `p_same` and `weight` where they are
    /// there) against the truth.
    ///
    /// # Errors
    ///
    /// [`EvaluateError`] if the list cannot be read, or has a row without a verdict or with a probability that is
    /// none.
    pub fn of_file(truth: &Truth, pairs: &Path) -> Result<Evaluation, EvaluateError> {
        let mut counter = Counter::new(truth);
        for_each_pair(pairs, |pair| counter.count(pair))?;
        Ok(counter.finish())
    }

    /// Counts what a run found, as if it had been written and read again.
    pub fn of_findings(truth: &Truth, findings: &Findings) -> Evaluation {
        let listed = |pair| ListedPair::of(findings, pair);
        Evaluation::of_pairs(truth, findings.pairs.iter().map(listed))
    }

    /// Counts pairs that are in memory.
    ///
    /// ```
    /// use renji::evaluate::{Evaluation, ListedPair, Truth};
    ///
    /// let path = std::env::temp_dir().join(format!("renji-doc-truth-{}.csv", std::process::id()));
    /// std::fs::write(&path, "record_id,entity_id\na1,a\na2,a\nb1,b\n")?;
    /// let truth = Truth::read(&path, "entity_id", "record_id")?;
    /// # std::fs::remove_file(&path)?;
    /// let pair = |record_a, record_b, p_same| {
    ///     ListedPair { record_a, record_b, verdict: "same", p_same: Some(p_same), weight: None }
    /// };
    /// let found = Evaluation::of_pairs(&truth, [pair("a1", "a2", 0.9), pair("a1", "b1", 0.95)]);
    /// assert_eq!((found.rates.precision, found.rates.recall), (Some(0.5), Some(1.0)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_pairs<'a>(truth: &Truth, pairs: impl IntoIterator<Item = ListedPair<'a>>) -> Evaluation {
        let mut counter = Counter::new(truth);
        pairs.into_iter().for_each(|pair| counter.count(&pair));
        counter.finish()
    }
}

/// Counting on its way.
struct Counter<'t> {
    truth: &'t Truth,
    evaluation: Evaluation,
    calibration: CalibrationCounter,
    by_probability: Spread,
    by_weight: Spread,
    in_ranges: Spread,
    last: (String, String),
}

impl<'t> Counter<'t> {
    fn new(truth: &'t Truth) -> Counter<'t> {
        let by_kind = truth.pairs_by_kind().into_iter();
        Counter {
            truth,
            evaluation: Evaluation {
                records: truth.records(),
                entities: truth.entities(),
                truth_pairs: truth.pairs(),
                by_kind: by_kind
                    .map(|(kind, pairs)| (kind, KindCount { pairs, ..KindCount::default() }))
                    .collect(),
                ..Evaluation::default()
            },
            calibration: CalibrationCounter::default(),
            by_probability: Spread::by_probability(),
            by_weight: Spread::by_weight(),
            in_ranges: Spread::in_ranges(),
            last: Default::default(),
        }
    }

    fn count(&mut self, pair: &ListedPair<'_>) {
        let &ListedPair { record_a, record_b, verdict, p_same, weight } = pair;
        if record_a == record_b || (self.last.0 == record_a && self.last.1 == record_b) {
            self.evaluation.repeated_pairs += 1;
            return;
        }
        for (last, record) in [(&mut self.last.0, record_a), (&mut self.last.1, record_b)] {
            last.clear();
            last.push_str(record);
        }
        let truth = self.truth;
        let (Some(a), Some(b)) = (truth.member(record_a), truth.member(record_b)) else {
            self.evaluation.unknown_pairs += 1;
            return;
        };
        let is_true = a.entity == b.entity;
        if let Some(p) = p_same {
            self.calibration.count(p, is_true);
            self.by_probability.count(p, is_true);
            self.in_ranges.count(p, is_true);
        }
        if let Some(weight) = weight {
            self.by_weight.count(weight, is_true);
        }
        let by_verdict = &mut self.evaluation.by_verdict;
        let listed = match by_verdict.get_mut(verdict) {
            Some(listed) => listed,
            None => by_verdict.entry(verdict.to_owned()).or_default(),
        };
        listed.pairs += 1;
        *(if is_true { &mut listed.true_pairs } else { &mut listed.false_pairs }) += 1;
        let marks = truth.marks_of(a, b);
        if is_true {
            for mark in &marks {
                let Some(counts) = self.evaluation.by_kind.get_mut(*mark) else { continue };
                match verdict {
                    "same" => counts.same += 1,
                    "conflict" => counts.conflict += 1,
                    "review" => counts.review += 1,
                    _ => {}
                }
            }
        } else if verdict == "same" {
            let false_same = &mut self.evaluation.false_same;
            match truth.relation(a, b) {
                Relation::Twins => false_same.twins += 1,
                Relation::Siblings => false_same.siblings += 1,
                Relation::Others => false_same.others += 1,
            }
            for mark in marks {
                *self.evaluation.false_same_by_kind.entry(mark.to_owned()).or_default() += 1;
            }
        }
    }

    /// Works out the rates.
    fn finish(self) -> Evaluation {
        let mut evaluation = self.evaluation;
        let same = evaluation.by_verdict.get("same").copied().unwrap_or_default();
        let truth_pairs = evaluation.truth_pairs;
        // A pair that the list has twice, apart from each other, counts twice; the truth has it once.
        let hits = same.true_pairs.min(truth_pairs);
        evaluation.true_positives = same.true_pairs;
        evaluation.false_positives = same.false_pairs;
        evaluation.false_negatives = truth_pairs - hits;
        for counts in evaluation.by_kind.values_mut() {
            counts.missed = counts.pairs.saturating_sub(counts.same + counts.conflict + counts.review);
        }
        evaluation.rates = Rates::of_counts(same.true_pairs, same.pairs, truth_pairs);
        evaluation.intervals = RateIntervals::of_counts(hits, same.pairs, truth_pairs);
        evaluation.calibration = self.calibration.finish();
        evaluation.curve = self.by_probability.curve(truth_pairs);
        evaluation.weight_curve = self.by_weight.curve(truth_pairs);
        evaluation.histogram = self.in_ranges.histogram();
        evaluation
    }
}
