//! What a model must hold to be used, and where it does not.
//!
//! A model is edited by hand and comes from other programs. What is wrong with it is told with the path inside it,
//! before anything is judged: afterwards a wrong number is only a strange result.

use super::level::Field;
use super::model::{FieldWeights, LevelWeights, Model};

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

type Checked = Result<(), ModelError>;

/// How far the levels of a field may sum from one. What is rounded or changed by hand is not exact, and a model
/// whose columns are far from it was not meant.
const SUM_TOLERANCE: f64 = 0.05;

/// A column of the weights, and its name.
type Column = (&'static str, fn(&LevelWeights) -> f64);

/// The columns that sum to one. Those of strangers do not, where a share multiplies them.
const COLUMNS: [Column; 3] =
    [("same", |level| level.same), ("twin", |level| level.twin), ("sibling", |level| level.sibling)];

fn require(holds: bool, path: impl Into<String>, expected: &'static str) -> Checked {
    if holds { Ok(()) } else { Err(ModelError { path: path.into(), expected }) }
}

/// A model of another form, of which nothing else can be said.
pub(super) fn other_format() -> ModelError {
    ModelError { path: "format".into(), expected: "1, the only form this version reads" }
}

fn is_probability(value: f64) -> bool {
    value > 0.0 && value <= 1.0
}

impl Model {
    /// Checks the versions, that every field and level is there once and in order, that every number is a
    /// probability, and that the probabilities of a field's levels sum to about one.
    ///
    /// # Errors
    /// The first [`ModelError`] found.
    pub fn validate(&self) -> Checked {
        if self.format != Model::FORMAT {
            return Err(other_format());
        }
        require(
            self.identity_version == crate::identity::VERSION,
            "identity_version",
            "the normalisation of this version, because levels seen with another mean something else; train the \
             model again",
        )?;
        require(!self.name.trim().is_empty(), "name", "a name, which reports call the model by")?;
        self.validate_provenance()?;
        self.validate_priors()?;
        self.validate_thresholds()?;
        require(
            self.fields.iter().map(|row| row.field).eq(Field::ALL),
            "fields",
            "a row for each field, each once, in the order of the documentation",
        )?;
        self.fields.iter().try_for_each(validate_field)
    }

    fn validate_provenance(&self) -> Checked {
        let Some(provenance) = &self.provenance else { return Ok(()) };
        require(
            provenance.key_version.is_none_or(|version| version == crate::key::VERSION),
            "provenance.key_version",
            "the keys of this version, because others bring other pairs together; train the model again",
        )?;
        require(!provenance.renji.trim().is_empty(), "provenance.renji", "the version of the program")
    }

    fn validate_priors(&self) -> Checked {
        let priors = &self.priors;
        for (path, value) in [
            ("priors.same_per_student", priors.same_per_student),
            ("priors.twins_per_student", priors.twins_per_student),
            ("priors.siblings_per_student", priors.siblings_per_student),
        ] {
            require(value > 0.0 && value.is_finite(), path, "a number above 0")?;
        }
        let factor = self.name_and_birth;
        require(factor > 0.0 && factor.is_finite(), "name_and_birth", "a number above 0; 1 for chance alone")
    }

    fn validate_thresholds(&self) -> Checked {
        let thresholds = &self.thresholds;
        for (path, value) in [
            ("thresholds.same", thresholds.same),
            ("thresholds.review", thresholds.review),
            ("thresholds.two_numbers", thresholds.two_numbers),
        ] {
            require(is_probability(value), path, "a probability above 0 and at most 1")?;
        }
        require(
            thresholds.review <= thresholds.same,
            "thresholds.review",
            "at most thresholds.same, because what is less than one person is looked at",
        )
    }
}

fn validate_field(row: &FieldWeights) -> Checked {
    let path = format!("fields.{}", row.field.code());
    require(
        row.levels.iter().map(|level| level.level).eq(row.field.levels().iter().copied()),
        &path,
        "a row for each level of the field, each once, in the order of the documentation",
    )?;
    for level in &row.levels {
        let path = format!("{path}.{}", level.level.code());
        for (name, column) in COLUMNS {
            require(
                is_probability(column(level)),
                format!("{path}.{name}"),
                "a probability above 0 and at most 1",
            )?;
        }
        // With a share the factor may exceed 1: names of one sound are many.
        require(
            level.stranger > 0.0
                && level.stranger.is_finite()
                && (level.share.is_some() || level.stranger <= 1.0),
            format!("{path}.stranger"),
            "a probability above 0 and at most 1, or with a share any number above 0",
        )?;
    }
    for group in row.field.groups() {
        for (name, column) in COLUMNS {
            let sum: f64 = row.levels[group.clone()].iter().map(column).sum();
            let [first, last] = [group.start, group.end - 1].map(|at| row.levels[at].level.code());
            require(
                (sum - 1.0).abs() <= SUM_TOLERANCE,
                format!("{path}.{first} to {last}, column {name}"),
                "probabilities that sum to one, within 0.05",
            )?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::{Method, Provenance};

    /// Where the shipped model is wrong after a change.
    fn path_after(change: impl FnOnce(&mut Model)) -> String {
        let mut model = Model::default();
        change(&mut model);
        model.validate().expect_err("a wrong model").path
    }

    #[test]
    fn the_shipped_model_is_valid() {
        assert_eq!(Model::default().validate(), Ok(()));
        let provenance = Some(Provenance::of(Method::Hand));
        assert_eq!(Model { provenance, ..Model::default() }.validate(), Ok(()));
    }

    #[test]
    fn errors_name_the_path() {
        assert_eq!(path_after(|model| model.fields[1].levels[3].same = 1.5), "fields.name.same_sound.same");
        assert_eq!(
            path_after(|model| model.fields[1].levels[3].twin = f64::NAN),
            "fields.name.same_sound.twin"
        );
        assert_eq!(
            path_after(|model| model.fields[3].levels[1].stranger = 1.5),
            "fields.sex.different.stranger"
        );
        let infinite = |model: &mut Model| model.fields[1].levels[0].stranger = f64::INFINITY;
        assert_eq!(path_after(infinite), "fields.name.equal.stranger");
        assert_eq!(path_after(|model| model.thresholds.same = 0.0), "thresholds.same");
        assert_eq!(path_after(|model| model.thresholds.review = 0.95), "thresholds.review");
        assert_eq!(path_after(|model| model.priors.same_per_student = f64::NAN), "priors.same_per_student");
        assert_eq!(path_after(|model| model.name = " ".into()), "name");
        assert_eq!(path_after(|model| model.format = 2), "format");
        assert_eq!(path_after(|model| model.identity_version += 1), "identity_version");
        let other_keys = |model: &mut Model| {
            let key_version = Some(crate::key::VERSION + 1);
            model.provenance = Some(Provenance { key_version, ..Provenance::of(Method::Trained) });
        };
        assert_eq!(path_after(other_keys), "provenance.key_version");
    }

    #[test]
    fn fields_and_levels_are_each_there_once() {
        assert_eq!(path_after(|model| model.fields.swap(0, 1)), "fields");
        assert_eq!(path_after(|model| drop(model.fields.pop())), "fields");
        assert_eq!(path_after(|model| model.fields.push(model.fields[0].clone())), "fields");
        assert_eq!(path_after(|model| model.fields[4].levels.truncate(4)), "fields.place");
        let repeated = |model: &mut Model| model.fields[4].levels[1] = model.fields[4].levels[0];
        assert_eq!(path_after(repeated), "fields.place");
    }

    #[test]
    fn a_column_that_sums_to_something_else_is_refused() {
        assert_eq!(
            path_after(|model| model.fields[3].levels[0].same = 0.9),
            "fields.sex.equal to different, column same"
        );
        assert_eq!(
            path_after(|model| model.fields[0].levels[6].twin = 0.9),
            "fields.document.equal_unchecked to different_unchecked, column twin"
        );
        // What is changed a little by hand is meant.
        let mut model = Model::default();
        model.fields[3].levels[0].same = 0.96;
        assert_eq!(model.validate(), Ok(()));
    }

    #[test]
    fn the_shipped_columns_are_closer_to_one_than_must_be() {
        for row in &Model::default().fields {
            for group in row.field.groups() {
                for (name, column) in COLUMNS {
                    let sum: f64 = row.levels[group.clone()].iter().map(column).sum();
                    assert!((0.98..=1.02).contains(&sum), "{} {name}: {sum}", row.field.code());
                }
            }
        }
    }
}
