//! The model as a table, made for patterns: what each hypothesis says of a pair, and what pairs say of the model.

use rayon::prelude::*;

use super::pattern::{Label, Pattern};
use crate::key::Family;
use crate::matching::{Field, Level, Model, Share};

/// Same, twin, sibling, stranger.
pub(super) const HYPOTHESES: usize = 4;
/// Levels of a field, [`Level::Missing`] counted.
const PLACES_MAX: usize = 14;
/// Patterns that are weighed as one piece of work: a constant, so that sums do not depend on threads.
const CHUNK: usize = 4096;

/// A number for each field and level, under each hypothesis.
pub(super) type PerLevel = [[[f64; HYPOTHESES]; PLACES_MAX]; Field::COUNT];

/// The factors of a model.
pub(super) struct Table {
    factors: PerLevel,
    priors: [f64; HYPOTHESES],
    name_and_birth: f64,
}

impl Table {
    /// Of a model, in a population of `1 / one` students.
    pub(super) fn of(model: &Model, one: f64) -> Self {
        let mut factors = [[[1.0; HYPOTHESES]; PLACES_MAX]; Field::COUNT];
        for row in &model.fields {
            for (at, level) in row.levels.iter().enumerate() {
                let one = if level.share == Some(Share::One) { one } else { 1.0 };
                factors[row.field as usize][at + 1] =
                    [level.same, level.twin, level.sibling, level.stranger * one];
            }
        }
        let [same, twin, sibling] = model.priors.of_pair(one);
        let priors = [same, twin, sibling, 1.0 - same - twin - sibling];
        Table { factors, priors, name_and_birth: model.name_and_birth }
    }

    /// The probability of each hypothesis, and the pair's as a whole.
    pub(super) fn weigh(&self, pattern: Pattern) -> ([f64; HYPOTHESES], f64) {
        let places = pattern.places();
        let mut weights = self.priors;
        weights[3] *= pattern.share();
        for (field, at) in Field::ALL.into_iter().zip(places) {
            if is_said_by_number(field, &places) {
                continue;
            }
            let factors = &self.factors[field as usize][usize::from(at)];
            weights.iter_mut().zip(factors).for_each(|(weight, factor)| *weight *= factor);
        }
        if are_namesakes(&places) {
            weights[3] *= self.name_and_birth;
        }
        match pattern.label() {
            Label::None => {}
            Label::Same => weights[1..].fill(0.0),
            Label::Different => weights[0] = 0.0,
        }
        let sum: f64 = weights.iter().sum();
        (weights.map(|weight| weight / sum), sum)
    }
}

/// Whether a shared number has said already what a field says: [`crate::matching::likelihood`] for patterns.
fn is_said_by_number(field: Field, places: &[u8; Field::COUNT]) -> bool {
    level(places, Field::Document) == Some(Level::Equal)
        && match field {
            Field::Birth => matches!(level(places, field), Some(Level::Equal | Level::Placeholder)),
            Field::Sex => level(places, field) == Some(Level::Equal),
            _ => false,
        }
}

/// Whether both the name and the birth date agree, as [`crate::matching::Evidence::are_namesakes`] says.
fn are_namesakes(places: &[u8; Field::COUNT]) -> bool {
    level(places, Field::Name).is_some_and(|level| Model::SAME_NAME.contains(&level))
        && level(places, Field::Birth).is_some_and(|level| Model::SAME_BIRTH.contains(&level))
}

/// The level of a field; none where it is missing.
fn level(places: &[u8; Field::COUNT], field: Field) -> Option<Level> {
    places[field as usize].checked_sub(1).map(|at| field.levels()[usize::from(at)])
}

/// The fields that the keys of a family are made of: what they agree on says why the pair was found.
const fn fields_of(family: Family) -> &'static [Field] {
    match family {
        Family::Document | Family::RepairedDocument | Family::NearDocument => &[Field::Document],
        Family::FormerNumber => &[Field::FormerNumber],
        Family::NameBirthRegion => &[Field::Name, Field::Birth, Field::Place],
        Family::PhoneticBirth | Family::AlternativeBirth | Family::TokenBirth => &[Field::Name, Field::Birth],
        Family::PhoneticRegion => &[Field::Name, Field::Place],
        Family::BirthRegionSex => &[Field::Birth, Field::Place, Field::Sex],
        Family::Guardian => &[Field::Guardian],
        Family::GuardianAsStudent => &[Field::Document, Field::Guardian],
        Family::NameGuardian => &[Field::Name, Field::Guardian],
        Family::PhoneBirth => &[Field::Phone, Field::Birth],
    }
}

/// Whether a pair was found without a field, and so tells how often the field's levels are seen. What a shared
/// number holds is no evidence of its own, whether it agrees or not.
fn is_free(pattern: Pattern, places: &[u8; Field::COUNT], field: Field) -> bool {
    if matches!(field, Field::Birth | Field::Sex) && level(places, Field::Document) == Some(Level::Equal) {
        return false;
    }
    let families = pattern.families();
    match families.is_empty() {
        true => field != Field::Address,
        false => families.iter().any(|family| !fields_of(family).contains(&field)),
    }
}

/// How many pairs of each hypothesis are expected, by the model that weighed them.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    /// Pairs found without a field, at each of its levels.
    pub(super) levels: PerLevel,
    /// All pairs.
    pub(super) pairs: [f64; HYPOTHESES],
    /// Those that each family found, in the order of [`Family::ALL`].
    pub(super) families: [[f64; HYPOTHESES]; Family::ALL.len()],
    /// Twins whose numbers, valid and different, say so.
    pub(super) numbered_twins: f64,
    /// Strangers with two valid and different numbers.
    pub(super) two_numbers: f64,
    /// Those of them who share a name and a birth date.
    pub(super) namesakes: f64,
    /// The logarithm of the probability of all pairs, each as one of all pairs of students.
    pub(super) log_likelihood: f64,
}

impl Expected {
    fn none() -> Self {
        Expected {
            levels: [[[0.0; HYPOTHESES]; PLACES_MAX]; Field::COUNT],
            pairs: [0.0; HYPOTHESES],
            families: [[0.0; HYPOTHESES]; Family::ALL.len()],
            numbered_twins: 0.0,
            two_numbers: 0.0,
            namesakes: 0.0,
            log_likelihood: 0.0,
        }
    }

    /// Weighs patterns. The same sums for the same patterns at any number of threads.
    pub(super) fn of(patterns: &[(Pattern, u64)], table: &Table) -> Self {
        let parts: Vec<Expected> = patterns
            .par_chunks(CHUNK)
            .map(|chunk| {
                let mut expected = Expected::none();
                chunk.iter().for_each(|(pattern, count)| expected.add(*pattern, *count as f64, table));
                expected
            })
            .collect();
        parts.iter().fold(Expected::none(), |mut all, part| {
            all.append(part);
            all
        })
    }

    fn add(&mut self, pattern: Pattern, count: f64, table: &Table) {
        let (hypotheses, sum) = table.weigh(pattern);
        let expected = hypotheses.map(|probability| probability * count);
        self.log_likelihood += count * sum.ln();
        add_all(&mut self.pairs, &expected);
        for family in pattern.families().iter() {
            add_all(&mut self.families[family as usize], &expected);
        }
        let places = pattern.places();
        for (field, at) in Field::ALL.into_iter().zip(places) {
            if at > 0 && is_free(pattern, &places, field) {
                add_all(&mut self.levels[field as usize][usize::from(at)], &expected);
            }
        }
        if matches!(level(&places, Field::Document), Some(Level::Consecutive | Level::Different)) {
            self.numbered_twins += expected[1];
            self.two_numbers += expected[3];
            if are_namesakes(&places) {
                self.namesakes += expected[3];
            }
        }
    }

    fn append(&mut self, other: &Expected) {
        for (field, of_field) in self.levels.iter_mut().zip(&other.levels) {
            field.iter_mut().zip(of_field).for_each(|(all, part)| add_all(all, part));
        }
        add_all(&mut self.pairs, &other.pairs);
        self.families.iter_mut().zip(&other.families).for_each(|(all, part)| add_all(all, part));
        self.numbered_twins += other.numbered_twins;
        self.two_numbers += other.two_numbers;
        self.namesakes += other.namesakes;
        self.log_likelihood += other.log_likelihood;
    }
}

fn add_all(all: &mut [f64; HYPOTHESES], part: &[f64; HYPOTHESES]) {
    all.iter_mut().zip(part).for_each(|(all, part)| *all += part);
}
