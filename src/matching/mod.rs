//! Pure judgement: are two students one person, twins or siblings, or strangers?
//!
//! [`Evidence`] says field by field how far two identities agree. A [`Model`] weighs it into the
//! probabilities of three hypotheses. [`Rules`](rules) stand above the weights where a fact decides, and
//! [`judge`] gives the [`Judgement`]. No input, output, clock or order of hash maps: the same two
//! identities under the same model give the same judgement everywhere, whichever comes first.
//!
//! `docs/MATCHING.md` explains levels, weights and rules.

mod apart;
mod compare_document;
mod compare_guardian;
mod compare_name;
mod compare_other;
mod evidence;
mod explanation;
mod frequency;
mod judge;
mod level;
mod model;
mod policy;
mod provenance;
mod reason;
pub mod rules;
mod text;
mod validate;
mod weights;

pub use apart::are_told_apart;
pub use evidence::Evidence;
pub use explanation::{Bits, Explanation, FieldTerm, Hypotheses, ShareTerm};
pub(crate) use frequency::count_sorted;
pub use frequency::{Frequencies, FrequencyCounter, Rarity};
pub use judge::{Judgement, Posterior, Verdict, judge, judge_unless_dropped, likelihood, posterior};
pub use level::{Field, Level};
pub use model::{FieldWeights, LevelWeights, Likelihood, Model, Priors, Share, Thresholds};
pub use policy::Costs;
pub use provenance::{Method, Provenance};
pub use reason::{ProblemClass, Reasons};
pub use text::{ModelDigest, ModelTextError};
pub use validate::ModelError;
