//! The rules above the weights: few, typed, and each a fact about documents or families.

use super::evidence::Evidence;
use super::judge::{Judgement, Verdict};
use super::level::{Field, Level};
use super::model::Model;

/// A rule that takes a decision away from the probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Both hold one valid number: they are one person, or one of them holds another's number. Such a
    /// pair is never dropped and never left grey: what is not `same` is a `conflict`.
    SharedNumber,
    /// One valid number, and name, sex and birth date all disagree: a contradiction whatever else
    /// agrees.
    Contradiction,
    /// Two valid and different numbers of one kind: never merged by itself. A kind without a check
    /// character cannot tell an error from another number and is only evidence.
    TwoValidNumbers,
    /// The same household, names that differ as twins' names do, and no number to tell them apart:
    /// never merged by itself, unless the model knows a population without twins.
    TwinsPossible,
    /// Nothing agrees but name, birth date, sex and place. Millions of innocent pairs share name and
    /// birth date: a candidate, never a verdict. With two valid numbers besides, they are two people.
    NameAndBirthOnly,
}

impl Rule {
    /// Every rule, the strongest first.
    pub const ALL: [Rule; 5] = [
        Rule::Contradiction,
        Rule::SharedNumber,
        Rule::TwoValidNumbers,
        Rule::TwinsPossible,
        Rule::NameAndBirthOnly,
    ];

    /// The rule's name in explanations.
    pub const fn code(self) -> &'static str {
        match self {
            Rule::Contradiction => "contradiction",
            Rule::SharedNumber => "shared_number",
            Rule::TwoValidNumbers => "two_valid_numbers",
            Rule::TwinsPossible => "twins_possible",
            Rule::NameAndBirthOnly => "name_and_birth_only",
        }
    }
}

/// A model in which fewer students have a twin was learnt from a population that is not one of families: patients,
/// customers, one child of each. Among students thirty in a thousand have one.
pub const TWINS_MIN: f64 = 1e-3;

/// The rules that hold for a pair under a model, the strongest first.
pub fn fired(evidence: &Evidence, model: &Model) -> impl Iterator<Item = Rule> {
    let has_twins = model.priors.twins_per_student >= TWINS_MIN;
    let rules = [
        (Rule::Contradiction, is_contradiction(evidence)),
        (Rule::SharedNumber, evidence.level(Field::Document) == Level::Equal),
        (
            Rule::TwoValidNumbers,
            evidence.two_valid_numbers && evidence.level(Field::Document) != Level::Equal,
        ),
        (Rule::TwinsPossible, has_twins && may_be_twins(evidence)),
        (Rule::NameAndBirthOnly, !is_supported(evidence)),
    ];
    rules.into_iter().filter(|(_, holds)| *holds).map(|(rule, _)| rule)
}

fn is_contradiction(evidence: &Evidence) -> bool {
    evidence.level(Field::Document) == Level::Equal
        && matches!(evidence.level(Field::Name), Level::Different | Level::SurnameSame | Level::GivenSame)
        && evidence.level(Field::Sex) == Level::Different
        && evidence.level(Field::Birth) == Level::Different
}

/// Whether a number ties the two records together.
fn is_tied_by_number(evidence: &Evidence) -> bool {
    use Level::{Equal, EqualUnchecked, Near, NearUnchecked, Repaired};
    matches!(evidence.level(Field::Document), Equal | EqualUnchecked | Repaired | Near | NearUnchecked)
        || evidence.level(Field::FormerNumber) == Equal
}

/// Whether a guardian, a phone or an address is shared.
fn is_household(evidence: &Evidence) -> bool {
    use Level::{Both, Equal, NamesOnly, Near, One, Repaired};
    matches!(evidence.level(Field::Guardian), Both | One | Repaired | NamesOnly)
        || evidence.level(Field::Phone) == Equal
        || matches!(evidence.level(Field::Address), Equal | Near)
}

/// Whether anything agrees besides name, birth date, sex and place.
pub fn is_supported(evidence: &Evidence) -> bool {
    is_tied_by_number(evidence) || is_household(evidence) || evidence.level(Field::School) == Level::Equal
}

/// Whether [`Rule::TwoValidNumbers`] alone decides, whatever name, birth date, sex and place say: the pair is
/// dropped.
pub(super) fn is_told_apart(evidence: &Evidence) -> bool {
    evidence.two_valid_numbers && evidence.level(Field::Document) != Level::Equal && !is_supported(evidence)
}

/// Whether they may be twins with no number to tell them apart: names that differ as twins' names do, or
/// names that only sound or look alike, at two schools without a move between them.
pub fn may_be_twins(evidence: &Evidence) -> bool {
    use Level::{
        Different, Equal, Initials, LookAlike, Missing, Near, OneCharacter, SameCounty, SameSound,
        SurnameSame, Wildcard,
    };
    let are_two_schools = evidence.level(Field::School) == Different
        && matches!(evidence.level(Field::Place), Equal | SameCounty | Missing);
    let is_twin_name = match evidence.level(Field::Name) {
        OneCharacter | SurnameSame | Different | Initials | Missing => true,
        SameSound | LookAlike | Near | Wildcard => are_two_schools,
        _ => false,
    };
    !is_tied_by_number(evidence) && is_household(evidence) && is_twin_name
}

/// The probability of twins or siblings from which two records that no number ties together must not be
/// joined through others.
const SIBLINGS_LIKELY: f64 = 0.9;

/// Whether two records must not become one student through a third: two valid numbers, a conflict, or likely
/// twins or siblings.
pub fn forbids_joining(judgement: &Judgement) -> bool {
    judgement.evidence.two_valid_numbers
        || judgement.verdict == Verdict::Conflict
        || judgement.posterior.sibling >= SIBLINGS_LIKELY && may_be_twins(&judgement.evidence)
}
