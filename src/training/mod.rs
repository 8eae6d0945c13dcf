//! A model that learns from the data it is to judge, with or without a truth.
//!
//! Without one, by expectation and maximisation (Dempster, Laird and Rubin 1977; for record linkage Winkler 1988):
//! the model weighs each pair under each hypothesis, and from what the pairs are then expected to be the next model
//! is made, until it no longer changes. Over patterns with their counts and not over pairs, so a round costs the
//! same for ten million pairs as for a hundred thousand.
//!
//! Candidate pairs are a biased sample: a key found them because they agree on what it is made of. So a field's
//! levels are counted only over pairs that some key found *without* that field. Which hypothesis a pair belongs to
//! is told by all its fields, and there the key says nothing more. `docs/MATCHING.md` derives both.
//!
//! | file | what lives there |
//! |---|---|
//! | `pattern` | a pair as one number, and counts of them |
//! | `sample` | pairs taken at random, for strangers; pairs at one address, for siblings |
//! | `weigh` | expectation: what pairs are, by a model |
//! | `maximise` | maximisation: the model that the pairs speak for |
//! | `order` | a closer value is never weaker evidence |
//! | `held` | how good the probabilities are on pairs that were not learnt from |
//!
//! Called by `cli`; knows nothing of files.

mod held;
mod maximise;
mod order;
mod pattern;
mod sample;
mod weigh;

use std::fmt;

use crate::dedupe::{Candidate, Dedupe, DedupeError, Observer};
use crate::hash::mix;
use crate::key::{Family, KeyList};
use crate::matching::{Evidence, Frequencies, Model};
use pattern::{Label, Pattern, PatternCounts};
use sample::Sample;
use weigh::{Expected, Table};

pub use held::Held;

/// Fewest students that are learnt from.
const STUDENTS_MIN: u64 = 100;
/// Fewest pairs of one person that are learnt from.
const SAME_MIN: f64 = 20.0;
/// Most rounds.
const ROUNDS_MAX: u32 = 200;
/// A round that moves no probability by more has found what there is to find.
const MOVED_MIN: f64 = 1e-4;
/// One pair in so many with a truth is held back.
const HELD_BACK: u64 = 5;
/// From this share of students on with what tells a household, siblings would be found.
const HOUSEHOLDS_MIN: f64 = 0.5;

/// How to train.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    /// The model to begin with, and to stay near where the data say little.
    pub base: &'a Model,
    /// Chooses the students that are taken at random, and the pairs that are held back.
    pub seed: u64,
    /// The truth, if it is to be learnt from one.
    pub entity: Option<&'a Entity<'a>>,
}

/// Which person a record is of, by its id. `None` for a record that is not known.
pub type Entity<'a> = dyn Fn(&str) -> Option<u64> + Sync + 'a;

/// What was learnt, and from what.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// The model. Its provenance is that of the model begun with.
    pub model: Model,
    /// How many students there were.
    pub students: u64,
    /// How many candidate pairs.
    pub pairs: u64,
    /// How many patterns these make.
    pub patterns: usize,
    /// How many rounds it took.
    pub rounds: u32,
    /// Whether the last round changed nothing that matters.
    pub converged: bool,
    /// What each key family's pairs are taken to be.
    pub families: Vec<FamilyShares>,
    /// How good the probabilities are on the pairs that were held back; only with a truth.
    pub held: Option<Held>,
}

/// Of one family's pairs, how many are expected to be what.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FamilyShares {
    /// The family.
    pub family: Family,
    /// Two records of one person.
    pub same: f64,
    /// Twins.
    pub twins: f64,
    /// Siblings of different age.
    pub siblings: f64,
    /// Strangers.
    pub strangers: f64,
}

/// Why nothing was learnt. The model begun with stands.
#[derive(Debug)]
#[non_exhaustive]
pub enum TrainError {
    /// Too few students.
    TooFewStudents {
        /// How many there are.
        students: u64,
        /// How many there would have to be.
        least: u64,
    },
    /// Too few pairs are of one person, as far as can be told.
    TooFewPairs {
        /// How many are.
        same: f64,
        /// How many there would have to be.
        least: f64,
    },
    /// What came out is no model.
    NotSensible(crate::matching::ModelError),
    /// The students could not be compared.
    Dedupe(DedupeError),
}

impl fmt::Display for TrainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TrainError::TooFewStudents { students, least } => {
                write!(
                    f,
                    "{students} students are too few to learn from, {least} at least: use the model as it is"
                )
            }
            TrainError::TooFewPairs { same, least } => {
                write!(
                    f,
                    "some {same:.0} pairs of one person are too few to learn from, {least} at least: use the model as it is"
                )
            }
            TrainError::NotSensible(error) => write!(f, "what was learnt is no model: {error}"),
            TrainError::Dedupe(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for TrainError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            TrainError::NotSensible(error) => Some(error),
            TrainError::Dedupe(error) => std::error::Error::source(error),
            _ => None,
        }
    }
}

impl From<DedupeError> for TrainError {
    fn from(error: DedupeError) -> Self {
        TrainError::Dedupe(error)
    }
}

/// What is known of a population besides its candidate pairs.
struct Evidences {
    sample: Sample,
    students: f64,
    /// One student of all, as a share.
    one: f64,
    /// Whether siblings of different age would be found if there were any.
    sees_households: bool,
}

/// Trains a model on students: the same students, settings and seed give the same model, in any order and at any
/// number of threads. About as long as a [`Dedupe::run`] of them.
///
/// # Errors
/// [`TrainError`]. There is nothing to learn from a handful of students, or from a file in which hardly anybody
/// stands twice.
pub fn train(
    dedupe: Dedupe,
    settings: &Settings<'_>,
    observer: &dyn Observer,
) -> Result<Trained, TrainError> {
    let students = dedupe.len() as u64;
    if students < STUDENTS_MIN {
        return Err(TrainError::TooFewStudents { students, least: STUDENTS_MIN });
    }
    let base = settings.base;
    let count = |counts: &mut Counter, candidate: &Candidate<'_>, frequencies: &Frequencies| {
        counts.add(candidate, frequencies, settings);
    };
    let survey = dedupe.survey(count, observer)?;
    let patterns = PatternCounts::merge(survey.gathered.into_iter().map(|counter| counter.counts).collect());
    let (held_back, mut patterns): (Vec<_>, Vec<_>) =
        patterns.into_iter().partition(|(pattern, _)| pattern.is_held_back());
    let sample = Sample::take(&survey.records, &survey.frequencies, base, settings.seed);
    let sees_guardians = sample.with_guardian >= HOUSEHOLDS_MIN;
    let sees_addresses = !sees_guardians && sample.with_address >= HOUSEHOLDS_MIN;
    if sees_addresses {
        let is_found = |a: &_, b: &_| !KeyList::of(a).shared(&KeyList::of(b)).is_empty();
        patterns.extend(sample::at_one_address(&survey.records, &survey.frequencies, base, is_found));
    }
    let evidences = Evidences {
        sample,
        students: students as f64,
        one: 1.0 / survey.frequencies.population(),
        sees_households: sees_guardians || sees_addresses,
    };
    let learnt = learn(base, &patterns, &evidences);
    if learnt.expected.pairs[0] < SAME_MIN {
        return Err(TrainError::TooFewPairs { same: learnt.expected.pairs[0], least: SAME_MIN });
    }
    learnt.model.validate().map_err(TrainError::NotSensible)?;
    let families = Family::ALL.into_iter().zip(learnt.expected.families);
    Ok(Trained {
        held: settings.entity.map(|_| Held::measure(&held_back, base, &learnt.model, evidences.one)),
        model: learnt.model,
        students,
        pairs: survey.pairs,
        patterns: patterns.len(),
        rounds: learnt.rounds,
        converged: learnt.converged,
        families: families
            .map(|(family, [same, twins, siblings, strangers])| FamilyShares {
                family,
                same,
                twins,
                siblings,
                strangers,
            })
            .collect(),
    })
}

/// Counts candidate pairs.
#[derive(Default)]
struct Counter {
    counts: PatternCounts,
    /// The keys of the record that comes next as the first of pairs.
    first: Option<(crate::dedupe::RowId, KeyList)>,
}

impl Counter {
    fn add(&mut self, candidate: &Candidate<'_>, frequencies: &Frequencies, settings: &Settings<'_>) {
        if self.first.as_ref().is_none_or(|(row, _)| *row != candidate.a) {
            self.first = Some((candidate.a, KeyList::of(candidate.first)));
        }
        let Some((_, keys)) = &self.first else { return };
        let families = keys.shared(&KeyList::of(candidate.second));
        let evidence = Evidence::of(candidate.first, candidate.second, frequencies);
        let pattern = Pattern::of(&evidence, families, settings.base);
        self.counts.add(match settings.entity {
            None => pattern,
            Some(entity) => match candidate.ids().map(entity) {
                [Some(a), Some(b)] => {
                    let label = if a == b { Label::Same } else { Label::Different };
                    // All pairs of one person are on one side.
                    let is_held_back = mix(settings.seed, a.min(b)).is_multiple_of(HELD_BACK);
                    pattern.labelled(label, is_held_back)
                }
                _ => pattern,
            },
        });
    }
}

/// A model, and what it makes of the pairs it was learnt from.
struct Learnt {
    model: Model,
    expected: Expected,
    rounds: u32,
    converged: bool,
}

fn learn(base: &Model, patterns: &[(Pattern, u64)], evidences: &Evidences) -> Learnt {
    let mut model = base.clone();
    let mut rounds = 0;
    loop {
        rounds += 1;
        let table = Table::of(&model, evidences.one);
        let expected = Expected::of(patterns, &table);
        let random = Expected::of(&evidences.sample.pairs, &table);
        let next = maximise::maximise(base, evidences, &expected, &random);
        let converged = moved(&model, &next) < MOVED_MIN;
        model = next;
        if converged || rounds == ROUNDS_MAX {
            return Learnt { model, expected, rounds, converged };
        }
    }
}

/// By how much two models differ at most: in a probability, or in the logarithm of a prior.
fn moved(one: &Model, other: &Model) -> f64 {
    let levels = |model: &Model| -> Vec<f64> {
        let priors = &model.priors;
        let of_level = |level: &crate::matching::LevelWeights| [level.same, level.twin, level.sibling];
        let levels = model.fields.iter().flat_map(|row| row.levels.iter().flat_map(of_level));
        let priors = [priors.same_per_student, priors.twins_per_student, priors.siblings_per_student];
        levels.chain(priors.map(f64::ln)).collect()
    };
    let pairs = levels(one).into_iter().zip(levels(other));
    pairs.map(|(one, other)| (one - other).abs()).fold(0.0, f64::max)
}
