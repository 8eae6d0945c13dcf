//! The model: for each field and level, how often it is seen under each hypothesis.
//!
//! The hypotheses are three, the same person, a twin or sibling, a stranger; inside the model twins and
//! siblings stand apart, because what twins share (birthday, class, consecutive numbers) siblings do not,
//! and one average of both would describe neither.
//!
//! One value, serialisable, with a version; it can be read, edited and trained. The shipped one is
//! [`Model::default`], its numbers and their origin are in `weights.rs`. What a model must hold to be used stands in
//! `validate.rs`, what it says of its own origin in `provenance.rs`.

use serde::{Deserialize, Serialize};

use super::frequency::Rarity;
use super::level::{Field, Level};
use super::provenance::Provenance;

/// The probabilities of an observation under each hypothesis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likelihood {
    /// The same person.
    pub same: f64,
    /// Twins.
    pub twin: f64,
    /// Siblings of different age.
    pub sibling: f64,
    /// Strangers.
    pub stranger: f64,
}

impl Likelihood {
    /// What says nothing: a missing field.
    pub const NEUTRAL: Likelihood = Likelihood { same: 1.0, twin: 1.0, sibling: 1.0, stranger: 1.0 };

    /// The match weight in bits: log2 of same against stranger (Fellegi and Sunter 1969).
    pub fn weight(self) -> f64 {
        (self.same / self.stranger).log2()
    }
}

/// The share by which a level's probability among strangers is multiplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Share {
    /// Of people with this name.
    Name,
    /// Of people with this surname.
    Surname,
    /// Of people with this given name.
    Given,
    /// Of students of this county.
    County,
    /// Of students of this place.
    Place,
    /// Of students of this school.
    School,
    /// One in the population.
    One,
}

impl Share {
    /// The share's name in a model file.
    pub const fn code(self) -> &'static str {
        match self {
            Share::Name => "name",
            Share::Surname => "surname",
            Share::Given => "given",
            Share::County => "county",
            Share::Place => "place",
            Share::School => "school",
            Share::One => "one",
        }
    }
}

/// One level of a field: how often it is seen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelWeights {
    /// The level.
    pub level: Level,
    /// Among pairs of records of one person, where both have a value.
    pub same: f64,
    /// Among pairs of twins.
    pub twin: f64,
    /// Among pairs of siblings of different age.
    pub sibling: f64,
    /// Among pairs of strangers; multiplied by the share, if there is one.
    pub stranger: f64,
    /// The share of the value agreed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Share>,
}

/// The levels of one field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldWeights {
    /// The field.
    pub field: Field,
    /// A row for each of [`Field::levels`], in that order.
    pub levels: Vec<LevelWeights>,
}

/// How many partners a student has on average, in the whole population.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Priors {
    /// Other records of the same person.
    pub same_per_student: f64,
    /// Twins.
    pub twins_per_student: f64,
    /// Siblings of different age.
    pub siblings_per_student: f64,
}

/// From which probability on a pair is what.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// `same` from this probability of one person on.
    pub same: f64,
    /// `review` from this probability on.
    pub review: f64,
    /// Two valid numbers for one person: `conflict` from this probability on.
    pub two_numbers: f64,
}

/// A judgement's numbers as one value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// The version of the file's form.
    pub format: u32,
    /// What the model is called in reports.
    pub name: String,
    /// The normalisation the levels were seen with ([`crate::identity::VERSION`]).
    pub identity_version: u32,
    /// How it came to its numbers; may be missing from one written by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
    /// Before any evidence.
    pub priors: Priors,
    /// After it.
    pub thresholds: Thresholds,
    /// How much likelier strangers share a name and a birth date than either alone would have it: names have
    /// their years.
    #[serde(default = "by_chance", skip_serializing_if = "is_by_chance")]
    pub name_and_birth: f64,
    /// A row for each field, in the order of [`Field::ALL`].
    pub fields: Vec<FieldWeights>,
}

fn by_chance() -> f64 {
    1.0
}

fn is_by_chance(factor: &f64) -> bool {
    *factor == 1.0
}

impl Model {
    /// The form this version reads and writes.
    pub const FORMAT: u32 = 1;

    /// The levels of a name that [`Model::name_and_birth`] is about.
    pub const SAME_NAME: [Level; 3] = [Level::Equal, Level::Variant, Level::SameSound];
    /// The levels of a birth date that it is about.
    pub const SAME_BIRTH: [Level; 2] = [Level::Equal, Level::Placeholder];

    /// How often a level of a field is seen under each hypothesis. The model has been validated.
    #[inline]
    pub fn likelihood(&self, field: Field, level: Level, rarity: &Rarity) -> Likelihood {
        if level == Level::Missing {
            return Likelihood::NEUTRAL;
        }
        let rows = &self.fields[field as usize].levels;
        let Some(row) = rows.iter().find(|row| row.level == level) else { return Likelihood::NEUTRAL };
        let share = row.share.map_or(1.0, |of| rarity.share(of));
        Likelihood {
            same: row.same,
            twin: row.twin,
            sibling: row.sibling,
            stranger: (row.stranger * share).min(1.0),
        }
    }
}
