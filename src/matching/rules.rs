//! The rules above the weights: few, typed, and each a fact about documents or families.

use super::evidence::Evidence;
use super::level::{Field, Level};

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
    /// never merged by itself.
    TwinsPossible,
}

/// The rules that hold for a pair, the strongest first.
pub fn fired(evidence: &Evidence) -> impl Iterator<Item = Rule> {
    let rules = [
        (Rule::Contradiction, is_contradiction(evidence)),
        (Rule::SharedNumber, evidence.level(Field::Document) == Level::Equal),
        (
            Rule::TwoValidNumbers,
            evidence.two_valid_numbers && evidence.level(Field::Document) != Level::Equal,
        ),
        (Rule::TwinsPossible, may_be_twins(evidence)),
    ];
    rules.into_iter().filter(|(_, holds)| *holds).map(|(rule, _)| rule)
}

fn is_contradiction(evidence: &Evidence) -> bool {
    evidence.level(Field::Document) == Level::Equal
        && matches!(evidence.level(Field::Name), Level::Different | Level::SurnameSame | Level::GivenSame)
        && evidence.level(Field::Sex) == Level::Different
        && evidence.level(Field::Birth) == Level::Different
}

fn may_be_twins(evidence: &Evidence) -> bool {
    let is_told_apart = matches!(
        evidence.level(Field::Document),
        Level::Equal | Level::EqualUnchecked | Level::Repaired | Level::Near
    ) || evidence.level(Field::FormerNumber) == Level::Equal;
    let is_household = matches!(
        evidence.level(Field::Guardian),
        Level::Both | Level::One | Level::Repaired | Level::NamesOnly
    ) || evidence.level(Field::Phone) == Level::Equal
        || matches!(evidence.level(Field::Address), Level::Equal | Level::Near);
    let is_twin_name = matches!(
        evidence.level(Field::Name),
        Level::OneCharacter | Level::SurnameSame | Level::Different | Level::Initials | Level::Missing
    );
    !is_told_apart && is_household && is_twin_name
}
