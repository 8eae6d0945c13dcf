//! Thresholds from what errors cost, and which pairs are worth a human's time.
//!
//! Three things can be done with a pair that is one person with the probability `p`: merge it, leave it, or let a human
//! look, who is taken to find out. With the costs `F` of a false merge, `M` of a missed duplicate and `R` of a review,
//! the expected costs are
//!
//! ```text
//! merge   (1 - p) F
//! leave        p  M
//! review          R
//! ```
//!
//! and the least of them is the answer (Fellegi and Sunter 1969, and Bayes' rule of least expected loss):
//!
//! ```text
//! merge   where (1 - p) F < R, from p = 1 - R / F on
//! leave   where      p  M < R, up to p = R / M
//! review  between
//! ```
//!
//! Where reviews cost so much that nothing lies between (`R / M > 1 - R / F`), nobody looks, and the two remaining costs
//! meet at `p = F / (F + M)`.
//!
//! The probability decides only where no rule does: [`rules`](super::rules) stand above the thresholds, so no cost
//! merges what may be twins.

use super::model::Thresholds;

/// What errors and reviews cost, in any unit; only their ratios count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Costs {
    /// Two people made one.
    pub false_merge: f64,
    /// One person left as two.
    pub missed: f64,
    /// A human looks at a pair.
    pub review: f64,
}

impl Costs {
    /// The costs under which a model's thresholds are right, with a review as the unit: those of the shipped model are
    /// ten reviews for a false merge, and ten for a missed duplicate.
    pub fn of(thresholds: &Thresholds) -> Costs {
        // A threshold of 1 merges nothing whatever it costs.
        let false_merge = 1.0 / (1.0 - thresholds.same).max(f64::EPSILON);
        Costs { false_merge, missed: 1.0 / thresholds.review, review: 1.0 }
    }

    /// The thresholds of least expected cost. That for two valid numbers is no question of cost and stays.
    pub fn thresholds(&self, two_numbers: f64) -> Thresholds {
        let merge = 1.0 - self.review / self.false_merge;
        let leave = self.review / self.missed;
        if leave <= merge {
            return Thresholds { same: merge, review: leave, two_numbers };
        }
        let meeting = self.false_merge / (self.false_merge + self.missed);
        Thresholds { same: meeting, review: meeting, two_numbers }
    }

    /// What a review of a pair saves on average against leaving the pair. Negative where a review costs more than it
    /// finds. It rises with the probability alone, so the pairs worth most are the most probable ones.
    pub fn saving(&self, probability: f64) -> f64 {
        probability * self.missed - self.review
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::Model;

    fn costs(false_merge: f64, missed: f64) -> Costs {
        Costs { false_merge, missed, review: 1.0 }
    }

    #[test]
    fn the_shipped_thresholds_are_those_of_ten_to_one() {
        let shipped = Model::default().thresholds;
        let costs = Costs::of(&shipped);
        assert!((costs.false_merge - 10.0).abs() < 1e-9 && (costs.missed - 10.0).abs() < 1e-9, "{costs:?}");
        let again = costs.thresholds(shipped.two_numbers);
        assert!((again.same - shipped.same).abs() < 1e-12 && (again.review - shipped.review).abs() < 1e-12);
    }

    #[test]
    fn dearer_errors_move_their_own_threshold_and_no_other() {
        let mut last = costs(2.5, 10.0).thresholds(0.5);
        for false_merge in [5.0, 10.0, 100.0, 1e6] {
            let now = costs(false_merge, 10.0).thresholds(0.5);
            assert!(now.same > last.same && now.review == last.review, "{now:?}");
            last = now;
        }
        let mut last = costs(100.0, 2.0).thresholds(0.5);
        for missed in [5.0, 10.0, 100.0, 1e6] {
            let now = costs(100.0, missed).thresholds(0.5);
            assert!(now.review < last.review && now.same == last.same, "{now:?}");
            last = now;
        }
    }

    #[test]
    fn the_thresholds_are_where_the_costs_meet() {
        for (false_merge, missed) in [(10.0, 10.0), (100.0, 3.0), (1.5, 1.2), (0.5, 4.0), (7.0, 0.2)] {
            let costs = costs(false_merge, missed);
            let Thresholds { same, review, .. } = costs.thresholds(0.5);
            assert!(0.0 < review && review <= same && same < 1.0, "{costs:?}");
            for step in 1..200 {
                let p = f64::from(step) / 200.0;
                let (merge, leave) = ((1.0 - p) * false_merge, p * missed);
                let chosen = if p >= same {
                    merge
                } else if p >= review {
                    costs.review
                } else {
                    leave
                };
                let least = merge.min(leave).min(costs.review);
                assert!(chosen <= least + 1e-9, "{costs:?} at {p}: {chosen} instead of {least}");
            }
        }
    }

    #[test]
    fn what_is_likelier_is_worth_more() {
        let costs = costs(10.0, 10.0);
        assert!(costs.saving(0.5) > costs.saving(0.4));
        assert!(costs.saving(0.1).abs() < 1e-12, "at the threshold a review costs what it finds");
    }
}
