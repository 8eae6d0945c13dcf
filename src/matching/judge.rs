//! From evidence to a verdict.

use super::evidence::Evidence;
use super::frequency::Frequencies;
use super::level::{Field, Level};
use super::model::{Likelihood, Model, Priors};
use super::reason::{ProblemClass, Reasons};
use super::rules::{self, Rule};
use crate::identity::Identity;

/// What a pair is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// One person.
    Same,
    /// Facts contradict: a human must act.
    Conflict,
    /// Grey: a human must look.
    Review,
    /// Two people, as far as can be told; not reported.
    Dropped,
}

impl Verdict {
    /// Every verdict, in the order of reports.
    pub const ALL: [Verdict; 4] = [Verdict::Same, Verdict::Conflict, Verdict::Review, Verdict::Dropped];

    /// The verdict's name in reports.
    pub const fn code(self) -> &'static str {
        match self {
            Verdict::Same => "same",
            Verdict::Conflict => "conflict",
            Verdict::Review => "review",
            Verdict::Dropped => "dropped",
        }
    }
}

/// The probabilities of the three hypotheses after the evidence; they sum to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posterior {
    /// One person.
    pub same: f64,
    /// Twins or siblings.
    pub sibling: f64,
    /// Strangers.
    pub stranger: f64,
    /// The match weight in bits, without the prior: log2 of same against stranger.
    pub weight: f64,
}

/// A verdict with its reasons.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgement {
    /// What the pair is.
    pub verdict: Verdict,
    /// Why.
    pub reasons: Reasons,
    /// How probable.
    pub posterior: Posterior,
    /// On which evidence.
    pub evidence: Evidence,
}

/// Judges a pair in a population. Symmetric and pure. Some 0.5 µs for two records of one student.
///
/// # Examples
/// ```
/// use renji::identity::Identity;
/// use renji::matching::{Frequencies, Model, Verdict, judge};
/// use renji::student::{GivenDocument, Student};
///
/// let read = |name, birthdate| {
///     let documents = vec![GivenDocument { kind: "1", number: "440524201001010018" }];
///     Identity::of(&Student { documents, name, birthdate, ..Student::default() }, &mut Vec::new())
/// };
/// let (a, b) = (read("周洋明", "2010-01-01"), read("周洋名", "20100101"));
/// let judgement = judge(&a, &b, &Model::default(), &Frequencies::of_size(1_000_000));
/// assert_eq!(judgement.verdict, Verdict::Same);
/// ```
pub fn judge(a: &Identity, b: &Identity, model: &Model, frequencies: &Frequencies) -> Judgement {
    let evidence = Evidence::of(a, b, frequencies);
    let posterior = posterior(&evidence, model);
    let verdict = verdict(&evidence, &posterior, model);
    let reasons = if verdict == Verdict::Dropped { Reasons::empty() } else { reasons(&evidence, &posterior) };
    Judgement { verdict, reasons, posterior, evidence }
}

/// [`judge`] for whoever wants no more of a dropped pair than that it is one: the same judgement, or `None` for
/// [`Verdict::Dropped`]. Names, most of the cost, are compared only where they can matter.
pub fn judge_unless_dropped(
    a: &Identity,
    b: &Identity,
    model: &Model,
    frequencies: &Frequencies,
) -> Option<Judgement> {
    let mut evidence = Evidence::of_households(a, b, frequencies);
    if rules::is_told_apart(&evidence) {
        return None;
    }
    evidence.add_facts(a, b);
    if is_dropped_whatever_the_name(&evidence, model, frequencies) {
        return None;
    }
    evidence.add_names(a, b, frequencies);
    let mut posterior = without_weight(&evidence, model);
    let verdict = verdict(&evidence, &posterior, model);
    if verdict == Verdict::Dropped {
        return None;
    }
    posterior.weight = weight(&evidence, model);
    let reasons = reasons(&evidence, &posterior);
    Some(Judgement { verdict, reasons, posterior, evidence })
}

/// Whether the pair is dropped by all fields but the name, under each level that the name can have. Exact, by a
/// bound: strangers are left out, so that the probability of one person is too high. It stops at most siblings,
/// whom a guardian brings together.
fn is_dropped_whatever_the_name(evidence: &Evidence, model: &Model, frequencies: &Frequencies) -> bool {
    /// What a bound may be off by for being computed in another order.
    const ROUNDING: f64 = 1e-9;
    if evidence.level(Field::Document) == Level::Equal {
        return false;
    }
    let thresholds = &model.thresholds;
    let least = match evidence.two_valid_numbers {
        true => thresholds.two_numbers,
        false => thresholds.review.min(thresholds.same),
    };
    let [mut same, mut twin, mut sibling] = model.priors.of_pair(1.0 / frequencies.population());
    for field in Field::ALL.into_iter().filter(|field| *field != Field::Name) {
        let likelihood = likelihood(field, evidence, model);
        same *= likelihood.same;
        twin *= likelihood.twin;
        sibling *= likelihood.sibling;
    }
    let is_below = |same: f64, others: f64| same < (same + others) * (least - ROUNDING);
    let names = &model.fields[Field::Name as usize].levels;
    is_below(same, twin + sibling)
        && names.iter().all(|name| is_below(same * name.same, twin * name.twin + sibling * name.sibling))
}

impl Priors {
    /// Before any evidence: one person, twins, siblings, where `one` is one student of all as a share.
    pub fn of_pair(&self, one: f64) -> [f64; 3] {
        [
            (self.same_per_student * one).min(0.3),
            (self.twins_per_student * one).min(0.2),
            (self.siblings_per_student * one).min(0.3),
        ]
    }
}

/// The probabilities of the hypotheses by Bayes' rule, with the fields taken as independent under each of
/// same, twin, sibling and stranger.
pub fn posterior(evidence: &Evidence, model: &Model) -> Posterior {
    Posterior { weight: weight(evidence, model), ..without_weight(evidence, model) }
}

/// The match weight of a [`posterior`].
fn weight(evidence: &Evidence, model: &Model) -> f64 {
    // From a positive zero, which the sum of none would not be.
    Field::ALL.into_iter().fold(0.0, |sum, field| sum + likelihood(field, evidence, model).weight())
}

/// The [`posterior`] with a weight of 0: eleven logarithms less.
fn without_weight(evidence: &Evidence, model: &Model) -> Posterior {
    let [mut same, mut twin, mut sibling] = model.priors.of_pair(evidence.rarity.one);
    let mut stranger = 1.0 - same - twin - sibling;
    // Eleven factors of at least 1e-10 or so stay far inside the range of a double.
    for field in Field::ALL {
        let likelihood = likelihood(field, evidence, model);
        same *= likelihood.same;
        twin *= likelihood.twin;
        sibling *= likelihood.sibling;
        stranger *= likelihood.stranger;
    }
    let sum = same + twin + sibling + stranger;
    Posterior { same: same / sum, sibling: (twin + sibling) / sum, stranger: stranger / sum, weight: 0.0 }
}

/// How often a field's level is seen under each hypothesis, given the document, and a birth date's given the name.
///
/// A shared number brings its birth date and its sex along: agreement on them says nothing more about
/// who holds it. (Disagreement does: one of the records does not fit its own number.)
pub fn likelihood(field: Field, evidence: &Evidence, model: &Model) -> Likelihood {
    let level = evidence.level(field);
    let is_in_number = match field {
        Field::Birth => matches!(level, Level::Equal | Level::Placeholder),
        Field::Sex => level == Level::Equal,
        _ => false,
    };
    if is_in_number && evidence.level(Field::Document) == Level::Equal {
        return Likelihood::NEUTRAL;
    }
    let mut seen = model.likelihood(field, level, &evidence.rarity);
    if field == Field::Birth && evidence.are_namesakes() {
        seen.stranger = (seen.stranger * model.name_and_birth).min(1.0);
    }
    seen
}

fn verdict(evidence: &Evidence, posterior: &Posterior, model: &Model) -> Verdict {
    let thresholds = &model.thresholds;
    let grey = if posterior.same >= thresholds.review { Verdict::Review } else { Verdict::Dropped };
    let by_weight = if posterior.same >= thresholds.same { Verdict::Same } else { grey };
    let is_supported = rules::is_supported(evidence);
    match rules::fired(evidence, model).next() {
        Some(Rule::Contradiction) => Verdict::Conflict,
        // A shared number of one kind does not make two valid numbers of another kind one.
        Some(Rule::SharedNumber) if by_weight == Verdict::Same && !evidence.two_valid_numbers => {
            Verdict::Same
        }
        Some(Rule::SharedNumber) => Verdict::Conflict,
        Some(Rule::TwoValidNumbers) if is_supported && posterior.same >= thresholds.two_numbers => {
            Verdict::Conflict
        }
        Some(Rule::TwoValidNumbers) => Verdict::Dropped,
        Some(Rule::TwinsPossible | Rule::NameAndBirthOnly) => grey,
        None => by_weight,
    }
}

fn reasons(evidence: &Evidence, posterior: &Posterior) -> Reasons {
    use Level::*;
    let (document, name, birth) =
        (evidence.level(Field::Document), evidence.level(Field::Name), evidence.level(Field::Birth));
    let same_name = matches!(name, Equal | Variant);
    let flags = [
        (Reasons::SHARED_NUMBER, matches!(document, Equal | EqualUnchecked)),
        (Reasons::NUMBER_MISTYPED, matches!(document, Repaired | Near | NearUnchecked)),
        (Reasons::TWO_NUMBERS, evidence.two_valid_numbers),
        (Reasons::NO_NUMBER, document == Missing),
        (Reasons::GUARDIANS_NUMBER, evidence.guardians_number),
        (Reasons::NAME_DIFFERS, matches!(name, Different | SurnameSame | GivenSame | OneCharacter)),
        (
            Reasons::NAME_SIMILAR,
            matches!(name, Variant | Alias | SameSound | LookAlike | Wildcard | Near | Segments | Initials),
        ),
        (Reasons::BIRTH_DIFFERS, birth == Different),
        (Reasons::BIRTH_SIMILAR, matches!(birth, Lunar | Swapped | YearOff | Near)),
        (Reasons::SEX_DIFFERS, evidence.level(Field::Sex) == Different),
        (Reasons::MOVED, matches!(evidence.level(Field::Place), SamePrefecture | SameProvince | Different)),
        (Reasons::SAME_NAME_AND_BIRTH, same_name && matches!(birth, Equal | Placeholder)),
        (
            Reasons::SAME_GUARDIAN,
            matches!(evidence.level(Field::Guardian), Both | One | Repaired | NamesOnly),
        ),
        (Reasons::TWINS_POSSIBLE, posterior.sibling >= 0.1),
    ];
    flags.into_iter().filter(|(_, holds)| *holds).map(|(reason, _)| reason).collect()
}

impl Judgement {
    /// The class of problem the pair is, `None` for a dropped pair.
    pub fn class(&self) -> Option<ProblemClass> {
        let has = |reason| self.reasons.contains(reason);
        Some(match self.verdict {
            Verdict::Dropped => return None,
            Verdict::Conflict if has(Reasons::SHARED_NUMBER) => ProblemClass::SharedNumber,
            Verdict::Conflict if has(Reasons::TWO_NUMBERS) => ProblemClass::TwoNumbers,
            // The weakest link of a cluster: no number says what is wrong with it.
            Verdict::Conflict => ProblemClass::Unclear,
            Verdict::Review
                if has(Reasons::NO_NUMBER)
                    && has(Reasons::SAME_NAME_AND_BIRTH)
                    && !has(Reasons::SEX_DIFFERS) =>
            {
                ProblemClass::NoNumber
            }
            Verdict::Review => ProblemClass::Unclear,
            Verdict::Same if has(Reasons::GUARDIANS_NUMBER) => ProblemClass::GuardiansNumber,
            Verdict::Same if has(Reasons::NUMBER_MISTYPED) => ProblemClass::NumberMistyped,
            Verdict::Same
                if has(Reasons::SHARED_NUMBER)
                    && (has(Reasons::NAME_SIMILAR) || has(Reasons::NAME_DIFFERS)) =>
            {
                ProblemClass::NameDisagrees
            }
            Verdict::Same => ProblemClass::Duplicate,
        })
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
