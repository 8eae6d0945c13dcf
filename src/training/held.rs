//! How good the probabilities are on pairs with a known truth that were not learnt from.

use super::pattern::{Label, Pattern};
use super::weigh::Table;
use crate::matching::Model;

/// Probabilities against a truth, on candidate pairs that were held back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Held {
    /// How many pairs were held back.
    pub pairs: u64,
    /// How many of them are of one person.
    pub same: u64,
    /// The mean of the logarithms (natural, negated) of what the model begun with gave the truth.
    pub log_loss_before: f64,
    /// The same of the trained model.
    pub log_loss_after: f64,
}

impl Held {
    pub(super) fn measure(patterns: &[(Pattern, u64)], base: &Model, trained: &Model, one: f64) -> Held {
        let count = |label: Option<Label>| -> u64 {
            let of_label =
                patterns.iter().filter(|(pattern, _)| label.is_none_or(|label| pattern.label() == label));
            of_label.map(|(_, count)| count).sum()
        };
        let pairs = count(None);
        let log_loss = |model: &Model| {
            let table = Table::of(model, one);
            let losses = patterns.iter().map(|(pattern, count)| {
                let ([same, ..], _) = table.weigh(pattern.unlabelled());
                let truth = if pattern.label() == Label::Same { same } else { 1.0 - same };
                // A certainty that is wrong would cost without bound.
                -truth.max(1e-15).ln() * *count as f64
            });
            losses.sum::<f64>() / pairs.max(1) as f64
        };
        Held {
            pairs,
            same: count(Some(Label::Same)),
            log_loss_before: log_loss(base),
            log_loss_after: log_loss(trained),
        }
    }
}
