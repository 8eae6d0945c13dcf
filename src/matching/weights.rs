//! The numbers of the shipped model and where they come from.
//!
//! They are set by hand from published rates (0.8 % of people had an item corrected, 9.7 % live away from
//! their registered region) and, where nothing is published, from what is assumed (3 % twins, 30 %
//! siblings, re-registrations up to 4 %) and what a clerk would expect; `docs/MATCHING.md` gives the reason
//! for each row. A trained model takes their place.

use super::level::{Field, Level};
use super::model::{FieldWeights, LevelWeights, Model, Priors, Share, Thresholds};

/// `level: same, twin, sibling, stranger`, with `* share` where the last is multiplied by one.
macro_rules! levels {
    ($($level:ident: $same:literal, $twin:literal, $sibling:literal, $stranger:literal $(* $share:ident)?;)*) => {
        vec![$(LevelWeights {
            level: Level::$level,
            same: $same,
            twin: $twin,
            sibling: $sibling,
            stranger: $stranger,
            share: levels!(@share $($share)?),
        }),*]
    };
    (@share) => { None };
    (@share $share:ident) => { Some(Share::$share) };
}

fn weights(field: Field) -> Vec<LevelWeights> {
    match field {
        // Given the kinds: the first six rows are of two numbers that can be checked and sum to one, the
        // next three of two that cannot, and numbers of different kinds say nothing. Strangers share a
        // valid number by error only: half a student in a thousand has a partner in one; unchecked
        // numbers are shorter and ten times as often reused. Twins' numbers follow each other.
        Field::Document => levels! {
            Equal:              0.905, 0.0005, 0.0003, 0.0005 * One;
            Repaired:           0.05,  0.0008, 0.0001, 0.02 * One;
            Near:               0.015, 0.004,  0.0002, 2e-5;
            DifferentInvalid:   0.018, 0.035,  0.04,   0.04;
            Consecutive:        0.002, 0.86,   1e-5,   2e-6;
            Different:          0.01,  0.10,   0.96,   0.96;
            EqualUnchecked:     0.60,  0.001,  0.0007, 0.005 * One;
            NearUnchecked:      0.10,  0.04,   0.001,  2e-5;
            DifferentUnchecked: 0.30,  0.96,   0.998,  1.0;
            OtherKind:          0.1,   0.1,    0.1,    0.1;
        },
        // Twins share a surname and often a character; no two children of a family are called by one
        // sound, tones apart.
        Field::Name => levels! {
            Equal:        0.78,  0.0002, 0.0004, 1.0 * Name;
            Variant:      0.03,  0.0002, 0.0002, 1.0 * Name;
            Alias:        0.006, 0.0002, 0.0002, 2.0 * Name;
            SameSound:    0.07,  0.002,  0.001,  20.0 * Name;
            LookAlike:    0.02,  0.0008, 0.0008, 4.0 * Name;
            Wildcard:     0.008, 0.003,  0.0005, 100.0 * Name;
            Near:         0.02,  0.001,  0.0008, 100.0 * Name;
            Segments:     0.012, 0.002,  0.002,  0.02 * Given;
            Initials:     0.006, 0.001,  0.001,  0.05 * Surname;
            OneCharacter: 0.018, 0.40,   0.14,   0.04 * Surname;
            GivenSame:    0.009, 0.0005, 0.0005, 1.0 * Given;
            SurnameSame:  0.009, 0.495,  0.733,  1.0 * Surname;
            Different:    0.01,  0.094,  0.12,   0.95;
        },
        // 4,400 birthdays in twelve years of school.
        Field::Birth => levels! {
            Equal:       0.90,  0.95,  0.0002, 2.3e-4;
            Placeholder: 0.02,  0.035, 0.001,  5e-5;
            Lunar:       0.016, 0.002, 0.0008, 4e-4;
            Swapped:     0.018, 0.002, 0.0003, 1e-4;
            YearOff:     0.01,  0.001, 0.002,  4e-4;
            Near:        0.022, 0.008, 0.008,  0.008;
            Different:   0.014, 0.002, 0.9877, 0.99;
        },
        Field::Sex => levels! {
            Equal:     0.993, 0.65, 0.5, 0.5;
            Different: 0.007, 0.35, 0.5, 0.5;
        },
        Field::Place => levels! {
            Equal:          0.76, 0.95, 0.86, 1.0 * Place;
            SameCounty:     0.09, 0.02, 0.06, 1.0 * County;
            SamePrefecture: 0.05, 0.01, 0.03, 0.01;
            SameProvince:   0.04, 0.01, 0.02, 0.05;
            Different:      0.06, 0.01, 0.03, 0.93;
        },
        // Families share guardians: this row tells households from strangers, not twins from one child.
        Field::Guardian => levels! {
            Both:      0.73,  0.77,  0.76, 0.2 * One;
            One:       0.20,  0.18,  0.18, 0.3 * One;
            Repaired:  0.03,  0.02,  0.02, 0.3 * One;
            NamesOnly: 0.025, 0.02,  0.02, 5e-5;
            Different: 0.015, 0.01,  0.02, 1.0;
        },
        Field::School => levels! {
            Equal:     0.7, 0.93, 0.45, 1.0 * School;
            Different: 0.3, 0.07, 0.55, 1.0;
        },
        Field::Enrolled => levels! {
            Equal:     0.45, 0.93, 0.10, 0.10;
            Near:      0.35, 0.05, 0.25, 0.17;
            Different: 0.20, 0.02, 0.65, 0.73;
        },
        Field::Phone => levels! {
            Equal:     0.7, 0.85, 0.75, 1.0 * One;
            Different: 0.3, 0.15, 0.25, 1.0;
        },
        Field::Address => levels! {
            Equal:     0.55, 0.70, 0.62, 2e-5;
            Near:      0.20, 0.16, 0.16, 2e-4;
            Part:      0.08, 0.04, 0.06, 0.008;
            Different: 0.17, 0.10, 0.16, 0.98;
        },
        Field::FormerNumber => levels! {
            Equal:     0.97, 0.0005, 0.0005, 0.002 * One;
            Different: 0.03, 0.9995, 0.9995, 1.0;
        },
    }
}

impl Default for Model {
    /// The shipped model.
    fn default() -> Self {
        Model {
            format: Model::FORMAT,
            name: "renji-hand-set-1".into(),
            identity_version: crate::identity::VERSION,
            provenance: None,
            priors: Priors { same_per_student: 0.05, twins_per_student: 0.03, siblings_per_student: 0.30 },
            thresholds: Thresholds { same: 0.9, review: 0.1, two_numbers: 0.5 },
            name_and_birth: 1.0,
            fields: Field::ALL
                .into_iter()
                .map(|field| FieldWeights { field, levels: weights(field) })
                .collect(),
        }
    }
}
