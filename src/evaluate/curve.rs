//! What another threshold would have given: precision, recall and F1 by cut, and how the values are spread.
//!
//! A cut calls `same` what is listed with at least that value, whatever its verdict. Pairs that were dropped are not
//! in the list, so the curve begins where the list does; and rules that stand above the probability are left aside.

use serde::Serialize;

use super::bins::{Bin, Bins};
use super::rates::Rates;

/// Cuts by probability; closer at both ends, where most pairs are.
const CUTS: [f64; 27] = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99,
    0.995, 0.998, 0.999, 0.9995, 0.9998, 0.9999, 0.99995, 0.99998, 0.99999,
];
/// Cuts by match weight, in bits.
const WEIGHTS: std::ops::RangeInclusive<i32> = -10..=60;
const WEIGHTS_STEP: usize = 5;
/// Ranges of a histogram of probabilities.
const RANGES: usize = 20;

/// What a cut gives.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CurvePoint {
    /// The least value that is called `same`.
    pub cut: f64,
    /// True pairs from there on.
    pub true_positives: u64,
    /// False ones.
    pub false_positives: u64,
    /// Their precision; their recall of all true pairs, listed or not; F1.
    #[serde(flatten)]
    pub rates: Rates,
}

/// A range of probabilities and the pairs in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct HistogramBin {
    /// The range's place: the first is from 0 to 0.05, the last, the twentieth, from 0.95 to 1.
    pub range: usize,
    /// Pairs of one entity.
    pub true_pairs: u64,
    /// Pairs of two.
    pub false_pairs: u64,
}

impl HistogramBin {
    /// From where to where it reaches.
    pub fn ends(&self) -> (f64, f64) {
        (self.range as f64 / RANGES as f64, (self.range + 1) as f64 / RANGES as f64)
    }
}

/// Pairs counted by value.
#[derive(Debug)]
pub(super) struct Spread(Bins);

impl Spread {
    pub(super) fn by_probability() -> Spread {
        Spread(Bins::new(CUTS.to_vec()))
    }

    pub(super) fn by_weight() -> Spread {
        Spread(Bins::new(WEIGHTS.step_by(WEIGHTS_STEP).map(f64::from).collect()))
    }

    pub(super) fn in_ranges() -> Spread {
        Spread(Bins::new((1..RANGES).map(|at| at as f64 / RANGES as f64).collect()))
    }

    pub(super) fn count(&mut self, value: f64, is_true: bool) {
        self.0.count(value, is_true);
    }

    fn is_empty(&self) -> bool {
        self.0.bins().iter().all(|bin| bin.pairs() == 0)
    }

    /// The curve, by ascending cut; without points if nothing was counted.
    pub(super) fn curve(&self, truth_pairs: u64) -> Vec<CurvePoint> {
        if self.is_empty() {
            return Vec::new();
        }
        let mut above = Bin::default();
        let cuts = self.0.edges().iter().zip(&self.0.bins()[1..]).rev();
        let mut points: Vec<CurvePoint> = cuts
            .map(|(cut, bin)| {
                above.add(bin);
                CurvePoint {
                    cut: *cut,
                    true_positives: above.true_pairs,
                    false_positives: above.false_pairs,
                    rates: Rates::of_counts(above.true_pairs, above.pairs(), truth_pairs),
                }
            })
            .collect();
        points.reverse();
        points
    }

    /// The histogram; without bins if nothing was counted.
    pub(super) fn histogram(&self) -> Vec<HistogramBin> {
        if self.is_empty() {
            return Vec::new();
        }
        let bins = self.0.bins().iter().enumerate();
        bins.map(|(range, bin)| HistogramBin {
            range,
            true_pairs: bin.true_pairs,
            false_pairs: bin.false_pairs,
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_counts_what_is_at_it_or_above() {
        let mut spread = Spread::by_probability();
        assert!(spread.curve(4).is_empty());
        for (p, is_true) in [(0.99, true), (0.9, true), (0.9, false), (0.5, true), (0.0, false)] {
            spread.count(p, is_true);
        }
        let curve = spread.curve(4);
        let at = |cut: f64| {
            let point = curve.iter().find(|point| point.cut == cut).expect("a cut");
            (point.true_positives, point.false_positives, point.rates.precision, point.rates.recall)
        };
        assert_eq!(at(0.001), (3, 1, Some(0.75), Some(0.75)));
        assert_eq!(at(0.9), (2, 1, Some(2.0 / 3.0), Some(0.5)));
        assert_eq!(at(0.95), (1, 0, Some(1.0), Some(0.25)));
        assert_eq!(at(0.995), (0, 0, None, Some(0.0)));
    }

    #[test]
    fn a_histogram_has_ranges_of_equal_width() {
        let mut spread = Spread::in_ranges();
        for (p, is_true) in [(0.0, false), (0.05, false), (0.95, true), (1.0, true)] {
            spread.count(p, is_true);
        }
        let bins = spread.histogram();
        let counts = |at: usize| (bins[at].true_pairs, bins[at].false_pairs);
        assert_eq!((bins.len(), counts(0), counts(1), counts(19)), (20, (0, 1), (0, 1), (2, 0)));
        assert_eq!(bins[19].ends(), (0.95, 1.0));
    }
}
