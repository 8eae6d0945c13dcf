//! Reviews that an office has no time for: put off, and told, so that what remains is worth its time.

use super::{Findings, Pair};
use crate::matching::Verdict;

impl Findings {
    /// Keeps the `most` reviews that are worth most, and takes the others out, in the order of the pairs.
    ///
    /// What a review saves rises with the probability of one person alone
    /// ([`Costs::saving`](crate::matching::Costs::saving)). Of equal ones those whose ids come first are kept. Other
    /// verdicts are no matter of time: a conflict must be settled.
    pub fn defer_reviews(&mut self, most: usize) -> Vec<Pair> {
        let is_review = |pair: &Pair| pair.judgement.verdict == Verdict::Review;
        let mut reviews: Vec<usize> =
            (0..self.pairs.len()).filter(|at| is_review(&self.pairs[*at])).collect();
        if reviews.len() <= most {
            return Vec::new();
        }
        let probability = |at: usize| self.pairs[at].judgement.posterior.same;
        reviews.sort_by(|a, b| probability(*b).total_cmp(&probability(*a)).then(a.cmp(b)));
        let mut is_deferred = vec![false; self.pairs.len()];
        reviews[most..].iter().for_each(|at| is_deferred[*at] = true);
        let mut at = 0..;
        let deferred =
            self.pairs.iter().zip(&is_deferred).filter(|(_, is)| **is).map(|(pair, _)| *pair).collect();
        self.pairs.retain(|_| !at.next().is_some_and(|at| is_deferred[at]));
        deferred
    }
}
