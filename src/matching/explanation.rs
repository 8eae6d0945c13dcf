//! Why a judgement is what it is, as data: the waterfall from prior to posterior.
//!
//! Per hypothesis: what was expected before any evidence, how likely each field's level is, and what follows from
//! both. In bits, the prior's log-odds and the weights of the fields sum to the posterior's log-odds, against
//! strangers, twins and siblings each. Nothing is judged here; the numbers are those that [`super::judge`] used.

use serde::Serialize;

use super::judge::{Judgement, likelihood};
use super::level::{Field, Level};
use super::model::{Likelihood, Model, Share};
use super::reason::ProblemClass;
use super::rules::{self, Rule};
use super::{Rarity, Verdict};

/// A probability, or how likely an observation is, for each of the four hypotheses of a model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Hypotheses {
    /// One person.
    pub same: f64,
    /// Twins.
    pub twin: f64,
    /// Siblings of different age.
    pub sibling: f64,
    /// Strangers.
    pub stranger: f64,
}

impl Hypotheses {
    /// In bits, how much more this speaks for one person than for each of the others.
    pub fn bits(&self) -> Bits {
        let against = |other: f64| (self.same / other).log2();
        Bits { stranger: against(self.stranger), twin: against(self.twin), sibling: against(self.sibling) }
    }

    fn times(self, other: Hypotheses) -> Hypotheses {
        Hypotheses {
            same: self.same * other.same,
            twin: self.twin * other.twin,
            sibling: self.sibling * other.sibling,
            stranger: self.stranger * other.stranger,
        }
    }
}

impl From<Likelihood> for Hypotheses {
    fn from(likelihood: Likelihood) -> Hypotheses {
        let Likelihood { same, twin, sibling, stranger } = likelihood;
        Hypotheses { same, twin, sibling, stranger }
    }
}

/// Log-odds of one person, or what a field adds to them: base 2, positive for one person.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Bits {
    /// Against strangers.
    pub stranger: f64,
    /// Against twins.
    pub twin: f64,
    /// Against siblings of different age.
    pub sibling: f64,
}

/// The share by which a likelihood among strangers was multiplied: the term frequency.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ShareTerm {
    /// What it is a share of.
    pub of: Share,
    /// How large it is.
    pub value: f64,
}

/// One field of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FieldTerm {
    /// The field.
    pub field: Field,
    /// How far the two records agree on it.
    pub level: Level,
    /// How likely that is; all 1 for a field that says nothing.
    pub likelihood: Hypotheses,
    /// The same in bits.
    pub weight: Bits,
    /// The share that entered, where the level has one and the field says something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<ShareTerm>,
}

/// Why a judgement is what it is.
///
/// As JSON an object of these fields; hypotheses, bits and shares are objects as well, and fields, levels,
/// verdicts, classes, reasons and rules are the codes of `pairs.csv`. New fields may be added under the same
/// [`Explanation::FORMAT`].
///
/// # Examples
/// ```
/// use renji::identity::Identity;
/// use renji::matching::{Explanation, Frequencies, Model, judge};
/// use renji::student::{GivenDocument, Student};
///
/// let read = |name, birthdate| {
///     let documents = vec![GivenDocument { kind: "1", number: "440524201001010018" }];
///     Identity::of(&Student { documents, name, birthdate, ..Student::default() }, &mut Vec::new())
/// };
/// let model = Model::default();
/// let judgement = judge(&read("周洋明", ""), &read("周洋名", ""), &model, &Frequencies::of_size(1_000_000));
/// let explanation = Explanation::of(&judgement, &model);
/// let sum: f64 = explanation.fields.iter().map(|field| field.weight.stranger).sum();
/// assert!((explanation.prior.bits().stranger + sum - explanation.posterior.bits().stranger).abs() < 1e-9);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The version of this form: [`Explanation::FORMAT`].
    pub format: u32,
    /// The name of the model.
    pub model: String,
    /// What the pair is.
    #[serde(serialize_with = "verdict_code")]
    pub verdict: Verdict,
    /// What kind of problem, if it is one.
    #[serde(serialize_with = "class_code")]
    pub class: Option<ProblemClass>,
    /// Why, as codes.
    pub reasons: Vec<&'static str>,
    /// The rules that fired, the strongest first.
    #[serde(serialize_with = "rule_codes")]
    pub rules: Vec<Rule>,
    /// The rule that stood above the probabilities: the strongest that fired. None if they alone decided.
    #[serde(serialize_with = "rule_code")]
    pub decided_by: Option<Rule>,
    /// Before any evidence.
    pub prior: Hypotheses,
    /// Field by field, in the order of [`Field::ALL`].
    pub fields: Vec<FieldTerm>,
    /// After it: the prior times all likelihoods, of sum 1.
    pub posterior: Hypotheses,
    /// The match weight: the sum of the fields' bits against strangers.
    pub weight: f64,
}

impl Explanation {
    /// The form this version writes.
    pub const FORMAT: u32 = 1;

    /// Explains a judgement by the model that made it. Some 1 µs.
    pub fn of(judgement: &Judgement, model: &Model) -> Explanation {
        let evidence = &judgement.evidence;
        let [same, twin, sibling] = model.priors.of_pair(evidence.rarity.one);
        let prior = Hypotheses { same, twin, sibling, stranger: 1.0 - same - twin - sibling };
        let term = |field: Field| {
            let level = evidence.level(field);
            let seen = likelihood(field, evidence, model);
            let row = model.fields[field as usize].levels.iter().find(|row| row.level == level);
            let of = row.and_then(|row| row.share).filter(|_| seen != Likelihood::NEUTRAL);
            let share = of.map(|of| ShareTerm { of, value: evidence.rarity.share(of) });
            let likelihood = Hypotheses::from(seen);
            FieldTerm { field, level, likelihood, weight: likelihood.bits(), share }
        };
        let fields: Vec<FieldTerm> = Field::ALL.into_iter().map(term).collect();
        let product = fields.iter().fold(prior, |product, term| product.times(term.likelihood));
        let sum = product.same + product.twin + product.sibling + product.stranger;
        let one = 1.0 / sum;
        let rules: Vec<Rule> = rules::fired(evidence, model).collect();
        Explanation {
            format: Self::FORMAT,
            model: model.name.clone(),
            verdict: judgement.verdict,
            class: judgement.class(),
            reasons: judgement.reasons.codes().collect(),
            decided_by: rules.first().copied(),
            rules,
            prior,
            posterior: product.times(Hypotheses { same: one, twin: one, sibling: one, stranger: one }),
            weight: fields.iter().fold(0.0, |sum, term| sum + term.weight.stranger),
            fields,
        }
    }
}

impl Rarity {
    /// One of the shares.
    pub fn share(&self, of: Share) -> f64 {
        match of {
            Share::Name => self.name,
            Share::Surname => self.surname,
            Share::Given => self.given,
            Share::County => self.county,
            Share::Place => self.place,
            Share::School => self.school,
            Share::One => self.one,
        }
    }
}

fn verdict_code<S: serde::Serializer>(verdict: &Verdict, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(verdict.code())
}

fn class_code<S: serde::Serializer>(class: &Option<ProblemClass>, serializer: S) -> Result<S::Ok, S::Error> {
    class.map(ProblemClass::code).serialize(serializer)
}

fn rule_code<S: serde::Serializer>(rule: &Option<Rule>, serializer: S) -> Result<S::Ok, S::Error> {
    rule.map(Rule::code).serialize(serializer)
}

fn rule_codes<S: serde::Serializer>(rules: &[Rule], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(rules.iter().map(|rule| rule.code()))
}
