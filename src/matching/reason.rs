//! Why a pair is what it is, and what may be done about it.

use bitflags::bitflags;

bitflags! {
    /// The reasons of a verdict.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct Reasons: u32 {
        /// Both records hold one valid number.
        const SHARED_NUMBER = 1 << 0;
        /// The numbers are one after a single correction.
        const NUMBER_MISTYPED = 1 << 1;
        /// Two valid and different numbers.
        const TWO_NUMBERS = 1 << 2;
        /// One record or both hold no usable number.
        const NO_NUMBER = 1 << 3;
        /// A guardian's number was entered as the student's.
        const GUARDIANS_NUMBER = 1 << 4;
        /// The names differ.
        const NAME_DIFFERS = 1 << 5;
        /// The names sound or look alike, or are variants.
        const NAME_SIMILAR = 1 << 6;
        /// The birth dates differ.
        const BIRTH_DIFFERS = 1 << 7;
        /// The birth dates are two readings of one (lunar, exchanged, a year or a digit off).
        const BIRTH_SIMILAR = 1 << 8;
        /// The sexes differ.
        const SEX_DIFFERS = 1 << 9;
        /// Recorded in different counties.
        const MOVED = 1 << 10;
        /// Name and birth date are equal.
        const SAME_NAME_AND_BIRTH = 1 << 11;
        /// A guardian is shared.
        const SAME_GUARDIAN = 1 << 12;
        /// They may be twins.
        const TWINS_POSSIBLE = 1 << 13;
        /// The pair would join students that must not be joined; it is the weakest of the links that do.
        const WEAKEST_LINK = 1 << 14;
        /// The two are one through other records of the same person.
        const THROUGH_OTHERS = 1 << 15;
        /// A person has decided that the two are one.
        const DECIDED = 1 << 16;
    }
}

impl Reasons {
    /// Reads the names of reasons with `|` between them; `None` for one that is no reason's.
    pub fn parse(codes: &str) -> Option<Reasons> {
        let known = |code: &str| Reasons::all().iter().find(|reason| reason.codes().eq([code]));
        codes.split('|').filter(|code| !code.is_empty()).map(known).collect()
    }

    /// Each reason's name in reports.
    pub fn codes(self) -> impl Iterator<Item = &'static str> {
        self.iter().map(|reason| match reason {
            Reasons::SHARED_NUMBER => "shared_number",
            Reasons::NUMBER_MISTYPED => "number_mistyped",
            Reasons::TWO_NUMBERS => "two_numbers",
            Reasons::NO_NUMBER => "no_number",
            Reasons::GUARDIANS_NUMBER => "guardians_number",
            Reasons::NAME_DIFFERS => "name_differs",
            Reasons::NAME_SIMILAR => "name_similar",
            Reasons::BIRTH_DIFFERS => "birth_differs",
            Reasons::BIRTH_SIMILAR => "birth_similar",
            Reasons::SEX_DIFFERS => "sex_differs",
            Reasons::MOVED => "moved",
            Reasons::SAME_NAME_AND_BIRTH => "same_name_and_birth",
            Reasons::SAME_GUARDIAN => "same_guardian",
            Reasons::TWINS_POSSIBLE => "twins_possible",
            Reasons::WEAKEST_LINK => "weakest_link",
            Reasons::THROUGH_OTHERS => "through_others",
            Reasons::DECIDED => "decided",
            _ => unreachable!("an iterator over flags gives one at a time"),
        })
    }
}

/// The classes of problems that an office works by in China's registries, and those that follow from a
/// duplicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemClass {
    /// One number in the records of different people: proof, correction or deletion; one claimant is
    /// approved.
    SharedNumber,
    /// One person with two valid numbers: correction, or proof that they are two people.
    TwoNumbers,
    /// One student recorded twice: one record is deleted, or the student transferred.
    Duplicate,
    /// One student recorded twice whose names disagree under one number: correction or proof.
    NameDisagrees,
    /// One student recorded twice, one of them with a mistyped number: correction, then deletion.
    NumberMistyped,
    /// Name, sex and birth date are equal and a number is missing: several may be approved.
    NoNumber,
    /// Not clear whether one or two: a clerk compares them.
    Unclear,
    /// A guardian's number stands for the student's: correction.
    GuardiansNumber,
    /// A number fails its check: back to the school.
    InvalidNumber,
    /// A number lost its digits in a spreadsheet: back to the school.
    DamagedNumber,
    /// A valid number says another birth date or sex than the record: correction of the one or the other.
    NumberDisagrees,
}

impl ProblemClass {
    /// The class's name in reports.
    pub const fn code(self) -> &'static str {
        match self {
            ProblemClass::SharedNumber => "shared_number",
            ProblemClass::TwoNumbers => "two_numbers",
            ProblemClass::Duplicate => "duplicate",
            ProblemClass::NameDisagrees => "name_disagrees",
            ProblemClass::NumberMistyped => "number_mistyped",
            ProblemClass::NoNumber => "no_number",
            ProblemClass::Unclear => "unclear",
            ProblemClass::GuardiansNumber => "guardians_number",
            ProblemClass::InvalidNumber => "invalid_number",
            ProblemClass::DamagedNumber => "damaged_number",
            ProblemClass::NumberDisagrees => "number_disagrees",
        }
    }
}
