//! What *blocking* missed apart from what *judgement* missed.
//!
//! A true pair that is not `same` was either never looked at, because no key brought its records together, or was
//! looked at and not recognised. Each wants another remedy: another key family, or another model. The true pairs come
//! from the truth, so nothing is compared with all; what each of them shares and how it would be judged is worked out
//! from the input, by the rooms that the run went through.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde::Serialize;

use super::error::EvaluateError;
use super::list::for_each_pair;
use super::rates::share;
use super::reread::Reread;
use super::truth::Truth;
use crate::identity::Identity;
use crate::key::{Family, FamilySet, KeyList};
use crate::matching::{Field, Level, Model, Verdict, judge};
use crate::source::Source;

/// Most patterns that are told.
const PATTERNS_MAX: usize = 20;

/// What became of a true pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Same,
    NoKey,
    Dropped,
    Unlisted,
    Review,
    Conflict,
}

impl Outcome {
    const fn code(self) -> &'static str {
        match self {
            Outcome::Same => "same",
            Outcome::NoKey => "no_key",
            Outcome::Dropped => "dropped",
            Outcome::Unlisted => "unlisted",
            Outcome::Review => "review",
            Outcome::Conflict => "conflict",
        }
    }
}

/// True pairs that are not `same`, by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct MissedCounts {
    /// Blocking: not listed, and the records share no key.
    pub no_key: u64,
    /// Of those: the model would have called them `same`, which is what another key family could win.
    pub no_key_same: u64,
    /// Judgement: not listed, the records share a key, and the model drops the pair.
    pub dropped: u64,
    /// Not listed although the records share a key and the model does not drop the pair: its block was too large to be
    /// compared as a whole, a budget of reviews put it off, or another model judged.
    pub unlisted: u64,
    /// Judgement: left to a human.
    pub review: u64,
    /// Judgement: found to contradict each other.
    pub conflict: u64,
}

/// How many true pairs a key family brings together, whatever their verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FamilyReach {
    /// The family's name.
    pub family: &'static str,
    /// True pairs whose records share one of its keys.
    pub pairs: u64,
    /// Those that no other family brings together.
    pub only: u64,
}

/// Missed pairs that agree alike. Levels and counts; nothing of the records.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MissedPattern {
    /// What became of them: `no_key`, `dropped`, `unlisted`, `review` or `conflict`.
    pub outcome: &'static str,
    /// How many pairs.
    pub pairs: u64,
    /// The mean of the probabilities that the model gives them.
    pub mean_p_same: f64,
    /// The level of each field, by name.
    pub levels: BTreeMap<Field, Level>,
}

/// Where true pairs were lost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Missed {
    /// The name of the model by which dropped pairs are told from unlisted ones.
    pub model: String,
    /// Records read that are of entities with two or more.
    pub records: u64,
    /// True pairs of which both records were read.
    pub true_pairs: u64,
    /// True pairs of which one was not, or has nothing to compare.
    pub unread_pairs: u64,
    /// True pairs that are `same`.
    pub same: u64,
    /// True pairs that are not.
    pub missed: MissedCounts,
    /// Pairs completeness: the share of the true pairs whose records share a key (Christen 2012, *A survey of indexing
    /// techniques for scalable record linkage and deduplication*). No model could reach a higher recall, but for what
    /// clusters add.
    pub pairs_completeness: Option<f64>,
    /// What each key family brings together, in the order of [`Family::ALL`].
    pub families: Vec<FamilyReach>,
    /// The commonest patterns among the missed pairs, at most twenty, the commonest first.
    pub patterns: Vec<MissedPattern>,
}

impl Missed {
    /// Reads the list of pairs and, twice, the input. Time in proportion to the input and to the true pairs, memory to
    /// the records of entities with two or more. `progress` is told of bytes and rows read, of each file twice.
    ///
    /// # Errors
    ///
    /// [`EvaluateError`] if a file cannot be read. Rejected rows are left out, as in a run.
    pub fn measure(
        truth: &Truth,
        pairs: &Path,
        sources: &[Source],
        model: &Model,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Missed, EvaluateError> {
        let listed = listed(truth, pairs)?;
        let reread = Reread::of_sources(truth, sources, progress)?;
        let mut tally = Tally::default();
        for records in reread.entities() {
            let keys: Vec<KeyList> = records.iter().map(|(_, identity)| KeyList::of(identity)).collect();
            for (at, (a, first)) in records.iter().enumerate() {
                for (offset, (b, second)) in records[at + 1..].iter().enumerate() {
                    let families = keys[at].shared(&keys[at + 1 + offset]);
                    let listed = listed.get(&(*a, *b)).copied();
                    let judge = |a: &Identity, b: &Identity| judge(a, b, model, &reread.frequencies);
                    tally.add(families, listed, || judge(first, second));
                }
            }
        }
        Ok(tally.finish(truth, &reread, model))
    }
}

/// The verdicts of the true pairs that are listed, by the numbers of their records, the smaller first.
fn listed(truth: &Truth, pairs: &Path) -> Result<HashMap<(u32, u32), Outcome>, EvaluateError> {
    let mut listed = HashMap::new();
    for_each_pair(pairs, |pair| {
        let members = (truth.member(pair.record_a), truth.member(pair.record_b));
        let outcome = match pair.verdict {
            "same" => Outcome::Same,
            "review" => Outcome::Review,
            "conflict" => Outcome::Conflict,
            _ => return,
        };
        if let (Some(a), Some(b)) = members
            && a.entity == b.entity
        {
            listed.insert((a.number.min(b.number), a.number.max(b.number)), outcome);
        }
    })?;
    Ok(listed)
}

#[derive(Default)]
struct Tally {
    true_pairs: u64,
    same: u64,
    brought: u64,
    missed: MissedCounts,
    families: [(u64, u64); Family::ALL.len()],
    patterns: BTreeMap<(Outcome, [Level; Field::COUNT]), (u64, f64)>,
}

impl Tally {
    fn add(
        &mut self,
        families: FamilySet,
        listed: Option<Outcome>,
        judge: impl FnOnce() -> crate::matching::Judgement,
    ) {
        self.true_pairs += 1;
        self.brought += u64::from(!families.is_empty());
        let is_only = families.iter().count() == 1;
        for family in families.iter() {
            let (pairs, only) = &mut self.families[family as usize];
            *pairs += 1;
            *only += u64::from(is_only);
        }
        if listed == Some(Outcome::Same) {
            self.same += 1;
            return;
        }
        let judgement = judge();
        let outcome = match listed {
            Some(listed) => listed,
            None if families.is_empty() => Outcome::NoKey,
            None if judgement.verdict == Verdict::Dropped => Outcome::Dropped,
            None => Outcome::Unlisted,
        };
        let missed = &mut self.missed;
        match outcome {
            Outcome::Same => {}
            Outcome::NoKey => {
                missed.no_key += 1;
                missed.no_key_same += u64::from(judgement.verdict == Verdict::Same);
            }
            Outcome::Dropped => missed.dropped += 1,
            Outcome::Unlisted => missed.unlisted += 1,
            Outcome::Review => missed.review += 1,
            Outcome::Conflict => missed.conflict += 1,
        }
        let levels = Field::ALL.map(|field| judgement.evidence.level(field));
        let (pairs, sum) = self.patterns.entry((outcome, levels)).or_default();
        *pairs += 1;
        *sum += judgement.posterior.same;
    }

    fn finish(self, truth: &Truth, reread: &Reread, model: &Model) -> Missed {
        let families = Family::ALL.into_iter().zip(self.families);
        let pattern = |((outcome, levels), (pairs, sum)): ((Outcome, [Level; Field::COUNT]), (u64, f64))| {
            MissedPattern {
                outcome: outcome.code(),
                pairs,
                mean_p_same: sum / pairs as f64,
                levels: Field::ALL.into_iter().zip(levels).collect(),
            }
        };
        let mut patterns: Vec<MissedPattern> = self.patterns.into_iter().map(pattern).collect();
        // Stable: patterns as common as each other stay in the order of their levels.
        patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.pairs));
        patterns.truncate(PATTERNS_MAX);
        Missed {
            model: model.name.clone(),
            records: reread.records(),
            true_pairs: self.true_pairs,
            unread_pairs: truth.pairs() - self.true_pairs,
            same: self.same,
            missed: self.missed,
            pairs_completeness: share(self.brought, self.true_pairs),
            families: families
                .map(|(family, (pairs, only))| FamilyReach { family: family.code(), pairs, only })
                .collect(),
            patterns,
        }
    }
}
