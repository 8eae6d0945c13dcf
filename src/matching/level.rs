//! The fields that are compared and the levels on which they can agree.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use smallvec::{SmallVec, smallvec};

/// A compared field: one row of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Field {
    /// The student's own documents.
    Document,
    /// The name, former names included.
    Name,
    /// The birth date.
    Birth,
    /// The sex.
    Sex,
    /// The region of registration or residence.
    Place,
    /// The guardians, by document and by name.
    Guardian,
    /// The school.
    School,
    /// The month of enrolment.
    Enrolled,
    /// Phones of the household.
    Phone,
    /// The address.
    Address,
    /// The registry number from before.
    FormerNumber,
}

impl Field {
    /// Every field, in the order of reports.
    pub const ALL: [Field; 11] = [
        Field::Document,
        Field::Name,
        Field::Birth,
        Field::Sex,
        Field::Place,
        Field::Guardian,
        Field::School,
        Field::Enrolled,
        Field::Phone,
        Field::Address,
        Field::FormerNumber,
    ];

    /// How many there are.
    pub const COUNT: usize = Field::ALL.len();

    /// The field's name in reports and in a model file.
    pub const fn code(self) -> &'static str {
        match self {
            Field::Document => "document",
            Field::Name => "name",
            Field::Birth => "birth",
            Field::Sex => "sex",
            Field::Place => "place",
            Field::Guardian => "guardian",
            Field::School => "school",
            Field::Enrolled => "enrolled",
            Field::Phone => "phone",
            Field::Address => "address",
            Field::FormerNumber => "former_number",
        }
    }

    /// The levels the field can take, from agreement to disagreement; [`Level::Missing`] is
    /// one of every field's and not listed.
    pub const fn levels(self) -> &'static [Level] {
        use Level::*;
        match self {
            Field::Document => &[
                Equal,
                Repaired,
                Near,
                DifferentInvalid,
                Consecutive,
                Different,
                EqualUnchecked,
                NearUnchecked,
                DifferentUnchecked,
                OtherKind,
            ],
            Field::Name => &[
                Equal,
                Variant,
                Alias,
                SameSound,
                LookAlike,
                Wildcard,
                Near,
                Segments,
                Initials,
                OneCharacter,
                GivenSame,
                SurnameSame,
                Different,
            ],
            Field::Birth => &[Equal, Placeholder, Lunar, Swapped, YearOff, Near, Different],
            Field::Sex => &[Equal, Different],
            Field::Place => &[Equal, SameCounty, SamePrefecture, SameProvince, Different],
            Field::Guardian => &[Both, One, Repaired, NamesOnly, Different],
            Field::School => &[Equal, Different],
            Field::Enrolled => &[Equal, Near, Different],
            Field::Phone => &[Equal, Different],
            Field::Address => &[Equal, Near, Part, Different],
            Field::FormerNumber => &[Equal, Different],
        }
    }

    /// The places of the levels, group by group, of which one is seen: their probabilities sum to one. Documents are
    /// seen given their kinds, two that can be checked or two that cannot; two kinds are one level, which says nothing.
    pub fn groups(self) -> SmallVec<[Range<usize>; 2]> {
        match self {
            Field::Document => smallvec![0..6, 6..9],
            _ => smallvec![0..self.levels().len()],
        }
    }
}

/// How far two values of a field agree, from agreement to disagreement. One word for one idea across the
/// fields; which levels a field can take is [`Field::levels`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Level {
    /// One side or both have no value. Never evidence of agreement or of disagreement.
    Missing,
    /// The same value (a document: the same valid number of a kind with a check character).
    Equal,
    /// Document: the same number, of a kind without a check character or failing its check.
    EqualUnchecked,
    /// Document, guardian: one side is invalid and a single correction makes it the other.
    Repaired,
    /// Document: one side is invalid and two corrections make it the other. Birth date: one digit or two
    /// exchanged. Name in letters, address: small differences in spelling. Month: within a year.
    Near,
    /// Document: one edit apart without a check to tell which is right.
    NearUnchecked,
    /// Document: different kinds, which one child may well hold.
    OtherKind,
    /// Document: different numbers of a kind that cannot tell an error from another number.
    DifferentUnchecked,
    /// Document: one side is invalid and no single correction makes it the other.
    DifferentInvalid,
    /// Document: two valid numbers that differ in sequence and check only: born on one day, registered
    /// in one place.
    Consecutive,
    /// Name: the same but for traditional, variant or confused characters, marks, case or order.
    Variant,
    /// Name: the same as a former name of the other.
    Alias,
    /// Name: the same sound in other characters; in letters, the same Soundex.
    SameSound,
    /// Name: one character replaced by one that looks like it.
    LookAlike,
    /// Name: the same as far as it could be typed.
    Wildcard,
    /// Name: one contains the other's segments or tokens.
    Segments,
    /// Name: initials of the other.
    Initials,
    /// Name: the same surname and part of the given name.
    OneCharacter,
    /// Name: the given name only.
    GivenSame,
    /// Name: the surname only.
    SurnameSame,
    /// Birth date: the same day, one that clerks write when they do not know it.
    Placeholder,
    /// Birth date: one is the lunar date of the other.
    Lunar,
    /// Birth date: day and month exchanged.
    Swapped,
    /// Birth date: the same day of a neighbouring year.
    YearOff,
    /// Place: the same county.
    SameCounty,
    /// Place: the same prefecture.
    SamePrefecture,
    /// Place: the same province.
    SameProvince,
    /// Guardian: two documents shared.
    Both,
    /// Guardian: one document shared.
    One,
    /// Guardian: a name shared with no document to compare, or two names against differing documents.
    NamesOnly,
    /// Address: something in common.
    Part,
    /// Nothing in common (a document: two valid and different numbers of one kind).
    Different,
}

impl Level {
    /// How many there are.
    pub const COUNT: usize = Level::Different as usize + 1;

    /// The level's name in reports and in a model file.
    pub const fn code(self) -> &'static str {
        match self {
            Level::Missing => "missing",
            Level::Equal => "equal",
            Level::EqualUnchecked => "equal_unchecked",
            Level::Repaired => "repaired",
            Level::Near => "near",
            Level::NearUnchecked => "near_unchecked",
            Level::OtherKind => "other_kind",
            Level::DifferentUnchecked => "different_unchecked",
            Level::DifferentInvalid => "different_invalid",
            Level::Consecutive => "consecutive",
            Level::Variant => "variant",
            Level::Alias => "alias",
            Level::SameSound => "same_sound",
            Level::LookAlike => "look_alike",
            Level::Wildcard => "wildcard",
            Level::Segments => "segments",
            Level::Initials => "initials",
            Level::OneCharacter => "one_character",
            Level::GivenSame => "given_same",
            Level::SurnameSame => "surname_same",
            Level::Placeholder => "placeholder",
            Level::Lunar => "lunar",
            Level::Swapped => "swapped",
            Level::YearOff => "year_off",
            Level::SameCounty => "same_county",
            Level::SamePrefecture => "same_prefecture",
            Level::SameProvince => "same_province",
            Level::Both => "both",
            Level::One => "one",
            Level::NamesOnly => "names_only",
            Level::Part => "part",
            Level::Different => "different",
        }
    }
}
