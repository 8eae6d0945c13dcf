//! The evidence of a pair: a level for each field, and what the rules need besides.

use super::frequency::{Frequencies, Rarity};
use super::level::{Field, Level};
use super::model::Model;
use super::{compare_document, compare_guardian, compare_name, compare_other};
use crate::identity::Identity;

/// How two identities agree, field by field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    levels: [Level; Field::COUNT],
    /// How rare the shared values are among strangers.
    pub rarity: Rarity,
    /// Both hold valid, different numbers of one kind that carries a check character.
    pub two_valid_numbers: bool,
    /// A number entered for one student is a guardian's, of either.
    pub guardians_number: bool,
}

impl Evidence {
    /// Compares two identities. Symmetric. Most of the cost of a judgement.
    pub fn of(a: &Identity, b: &Identity, frequencies: &Frequencies) -> Self {
        let mut evidence = Self::of_households(a, b, frequencies);
        evidence.add_facts(a, b);
        evidence.add_names(a, b, frequencies);
        evidence
    }

    /// The fields that [`rules::is_supported`] asks for, without the rarity.
    pub(super) fn of_households(a: &Identity, b: &Identity, frequencies: &Frequencies) -> Self {
        let document = compare_document::compare(a, b);
        let mut levels = [Level::Missing; Field::COUNT];
        levels[Field::Document as usize] = document.level;
        levels[Field::Guardian as usize] = match compare_guardian::compare(a, b) {
            // What a crowd holds is nobody's guardian, and no evidence against one.
            Level::Both | Level::One if !frequencies.is_household_guardian(a, b) => Level::Missing,
            level => level,
        };
        levels[Field::School as usize] = compare_other::equal_or_not(a.school, b.school);
        levels[Field::Phone as usize] = match compare_other::phone(a, b) {
            Level::Equal if !frequencies.is_household_phone(a, b) => Level::Missing,
            level => level,
        };
        levels[Field::Address as usize] = compare_other::address(a, b);
        levels[Field::FormerNumber as usize] =
            compare_other::equal_or_not(a.former_number.as_deref(), b.former_number.as_deref());
        Evidence {
            levels,
            rarity: Rarity::unknown(1.0),
            two_valid_numbers: document.two_valid,
            guardians_number: document.guardians,
        }
    }

    /// The other fields but the name.
    pub(super) fn add_facts(&mut self, a: &Identity, b: &Identity) {
        self.levels[Field::Birth as usize] = compare_other::birth(a, b);
        self.levels[Field::Sex as usize] = compare_other::sex(a, b);
        self.levels[Field::Place as usize] = compare_other::place(a, b);
        self.levels[Field::Enrolled as usize] = compare_other::enrolled(a, b);
    }

    /// The name, which costs as much as all else, and how rare is what is shared.
    pub(super) fn add_names(&mut self, a: &Identity, b: &Identity, frequencies: &Frequencies) {
        self.levels[Field::Name as usize] = compare_name::compare(a, b);
        self.rarity = frequencies.rarity(a, b, &self.levels);
    }

    /// Whether both the name and the birth date agree; see [`Model::name_and_birth`].
    #[inline]
    pub fn are_namesakes(&self) -> bool {
        Model::SAME_NAME.contains(&self.level(Field::Name))
            && Model::SAME_BIRTH.contains(&self.level(Field::Birth))
    }

    /// The level of a field.
    #[inline]
    pub fn level(&self, field: Field) -> Level {
        self.levels[field as usize]
    }
}
