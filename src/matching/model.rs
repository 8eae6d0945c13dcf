//! The model: for each field and level, how often it is seen under each hypothesis.
//!
//! The hypotheses are three, the same person, a twin or sibling, a stranger; inside the model twins and
//! siblings stand apart, because what twins share (birthday, class, consecutive numbers) siblings do not,
//! and one average of both would describe neither.
//!
//! One value, serialisable, with a version; it can be read, edited and trained. The shipped one is
//! [`Model::default`], its numbers and their origin are in `weights.rs`.

use serde::{Deserialize, Serialize};

use super::frequency::Rarity;
use super::level::{Field, Level};

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

/// One level of a field: how often it is seen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
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
pub struct FieldWeights {
    /// The field.
    pub field: Field,
    /// A row for each of [`Field::levels`], in that order.
    pub levels: Vec<LevelWeights>,
}

/// How many partners a student has on average, in the whole population.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
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
pub struct Model {
    /// The version of the file's form.
    pub format: u32,
    /// What the model is called in reports.
    pub name: String,
    /// The normalisation the levels were seen with ([`crate::identity::VERSION`]).
    pub identity_version: u32,
    /// Before any evidence.
    pub priors: Priors,
    /// After it.
    pub thresholds: Thresholds,
    /// A row for each field, in the order of [`Field::ALL`].
    pub fields: Vec<FieldWeights>,
}

/// Why a model cannot be used, with the path inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelError {
    /// Where in the model, as in `fields.name.same_sound.stranger`.
    pub path: String,
    /// What was expected there.
    pub expected: &'static str,
}

impl std::fmt::Display for ModelError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: expected {}", self.path, self.expected)
    }
}

impl std::error::Error for ModelError {}

impl Model {
    /// The form this version reads and writes.
    pub const FORMAT: u32 = 1;

    /// Checks that every field and level is there, in order, and every number is a probability.
    ///
    /// # Errors
    /// The first [`ModelError`] found.
    pub fn validate(&self) -> Result<(), ModelError> {
        let fail = |path: String, expected| Err(ModelError { path, expected });
        if self.format != Self::FORMAT {
            return fail("format".into(), "1, the only form this version reads");
        }
        if self.identity_version != crate::identity::VERSION {
            return fail(
                "identity_version".into(),
                "the normalisation of this version; train the model again",
            );
        }
        let is_probability = |value: f64| value > 0.0 && value <= 1.0;
        for (path, value) in [
            ("thresholds.same", self.thresholds.same),
            ("thresholds.review", self.thresholds.review),
            ("thresholds.two_numbers", self.thresholds.two_numbers),
        ] {
            if !is_probability(value) {
                return fail(path.into(), "a probability above 0 and at most 1");
            }
        }
        for (path, value) in [
            ("priors.same_per_student", self.priors.same_per_student),
            ("priors.twins_per_student", self.priors.twins_per_student),
            ("priors.siblings_per_student", self.priors.siblings_per_student),
        ] {
            if !(value > 0.0 && value.is_finite()) {
                return fail(path.into(), "a number above 0");
            }
        }
        if !self.fields.iter().map(|row| row.field).eq(Field::ALL) {
            return fail("fields".into(), "a row for each field, in the order of the documentation");
        }
        for row in &self.fields {
            let path = format!("fields.{}", row.field.code());
            if !row.levels.iter().map(|level| level.level).eq(row.field.levels().iter().copied()) {
                return fail(path, "a row for each level of the field, in the order of the documentation");
            }
            for level in &row.levels {
                if ![level.same, level.twin, level.sibling].into_iter().all(is_probability) {
                    return fail(
                        format!("{path}.{}", level.level.code()),
                        "probabilities above 0 and at most 1",
                    );
                }
                // With a share the factor may exceed 1: names of one sound are many.
                if !(level.stranger > 0.0 && level.stranger.is_finite())
                    || level.share.is_none() && level.stranger > 1.0
                {
                    return fail(format!("{path}.{}.stranger", level.level.code()), "a number above 0");
                }
            }
        }
        Ok(())
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_model_is_valid() {
        assert_eq!(Model::default().validate(), Ok(()));
    }

    #[test]
    fn errors_name_the_path() {
        let mut model = Model::default();
        model.fields[1].levels[3].same = 1.5;
        assert_eq!(model.validate().unwrap_err().path, "fields.name.same_sound");
        let mut model = Model::default();
        model.fields.swap(0, 1);
        assert_eq!(model.validate().unwrap_err().path, "fields");
        let mut model = Model::default();
        model.thresholds.same = 0.0;
        assert_eq!(model.validate().unwrap_err().path, "thresholds.same");
    }

    /// A column of the weights, and its name.
    type Column = (&'static str, fn(&LevelWeights) -> f64);

    #[test]
    fn the_levels_of_a_field_sum_to_about_one() {
        const COLUMNS: [Column; 3] =
            [("same", |level| level.same), ("twin", |level| level.twin), ("sibling", |level| level.sibling)];
        for row in &Model::default().fields {
            // Documents are seen given their kinds: one group can be checked, the other cannot.
            let groups = match row.field {
                Field::Document => vec![&row.levels[..6], &row.levels[6..9]],
                _ => vec![&row.levels[..]],
            };
            for group in groups {
                for (name, column) in COLUMNS {
                    let sum: f64 = group.iter().map(column).sum();
                    assert!((0.98..=1.02).contains(&sum), "{} {name}: {sum}", row.field.code());
                }
            }
        }
    }
}
