//! Whether probabilities mean what they say: of pairs given 0.9, nine in ten should be true.
//!
//! Over the *listed* pairs, those of `pairs.csv`, by their `p_same` and whatever their verdict. The dropped pairs are
//! not there; they are thousands of times as many, nearly all given 0 and nearly all strangers, and with them any
//! model would look calibrated.

use serde::Serialize;

use super::bins::{Bin, Bins};
use super::rates::{Interval, share};

/// Edges of the ranges that are counted: ten of equal width, the first and the last of them divided again.
const EDGES: [f64; 13] = [0.001, 0.01, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99, 0.999];
/// How many of [`EDGES`] lie within the first and within the last of the ten.
const FINER: usize = 2;
/// `pairs.csv` has six decimals: a probability of 0 or 1 may have been as far from it as this, which bounds what a
/// certainty that is wrong costs.
const CERTAINTY: f64 = 0.5e-6;

/// A range of probabilities, and what is true of the pairs that were given one of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CalibrationBin {
    /// From this probability.
    pub from: f64,
    /// To below this one; the last range holds its end.
    pub to: f64,
    /// How many pairs.
    pub pairs: u64,
    /// How many of them are of one entity.
    pub true_pairs: u64,
    /// The mean of their probabilities.
    pub mean_p: Option<f64>,
    /// The share of them that is of one entity.
    pub share_true: Option<f64>,
    /// How far that share can be trusted: [`Interval::wilson`].
    pub interval: Option<Interval>,
}

impl CalibrationBin {
    fn of(from: f64, to: f64, bins: &[Bin]) -> CalibrationBin {
        let mut all = Bin::default();
        bins.iter().for_each(|bin| all.add(bin));
        CalibrationBin {
            from,
            to,
            pairs: all.pairs(),
            true_pairs: all.true_pairs,
            mean_p: (all.pairs() > 0).then(|| all.sum / all.pairs() as f64),
            share_true: share(all.true_pairs, all.pairs()),
            interval: Interval::wilson(all.true_pairs, all.pairs()),
        }
    }
}

/// Probabilities against the truth, over the listed pairs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// How many pairs: those of the list that have a `p_same` and that the truth knows.
    pub pairs: u64,
    /// The expected calibration error over the ten [bins](Calibration::bins): `Σ (n_b / n) |share_true_b − mean_p_b|`
    /// (Naeini, Cooper and Hauskrecht 2015, *Obtaining well calibrated probabilities using Bayesian binning*; the
    /// name is that of Guo et al. 2017, *On calibration of modern neural networks*).
    pub expected_calibration_error: f64,
    /// The mean of `(p − y)²`, `y` being 1 for a true pair and 0 for a false one (Brier 1950, *Verification of
    /// forecasts expressed in terms of probability*).
    pub brier_score: f64,
    /// The mean of `−ln p` for a true pair, `−ln (1 − p)` for a false one, `p` kept half the last decimal of
    /// `pairs.csv` away from 0 and 1 (Good 1952, *Rational decisions*).
    pub log_loss: f64,
    /// Ten ranges of equal width.
    pub bins: Vec<CalibrationBin>,
    /// The first and the last of them in three ranges each, since most pairs lie there.
    pub tails: Vec<CalibrationBin>,
}

/// What a calibration is counted with.
#[derive(Debug)]
pub(super) struct CalibrationCounter {
    bins: Bins,
    brier: f64,
    log_loss: f64,
}

impl Default for CalibrationCounter {
    fn default() -> Self {
        CalibrationCounter { bins: Bins::new(EDGES.to_vec()), brier: 0.0, log_loss: 0.0 }
    }
}

impl CalibrationCounter {
    pub(super) fn count(&mut self, p: f64, is_true: bool) {
        self.bins.count(p, is_true);
        let of_truth = if is_true { p } else { 1.0 - p };
        self.brier += (1.0 - of_truth).powi(2);
        self.log_loss -= of_truth.clamp(CERTAINTY, 1.0 - CERTAINTY).ln();
    }

    /// `None` if no pair had a probability.
    pub(super) fn finish(&self) -> Option<Calibration> {
        let counted = self.bins.bins();
        let pairs: u64 = counted.iter().map(Bin::pairs).sum();
        if pairs == 0 {
            return None;
        }
        let edges: Vec<f64> = [0.0].into_iter().chain(EDGES).chain([1.0]).collect();
        let of = |from: usize, to: usize| CalibrationBin::of(edges[from], edges[to], &counted[from..to]);
        let last = counted.len();
        let middle = FINER + 1..last - FINER - 1;
        let bins: Vec<CalibrationBin> = [of(0, middle.start)]
            .into_iter()
            .chain(middle.clone().map(|at| of(at, at + 1)))
            .chain([of(middle.end, last)])
            .collect();
        let tails = (0..middle.start).chain(middle.end..last).map(|at| of(at, at + 1)).collect();
        let off = |bin: &CalibrationBin| match (bin.share_true, bin.mean_p) {
            (Some(share_true), Some(mean_p)) => bin.pairs as f64 * (share_true - mean_p).abs(),
            _ => 0.0,
        };
        let n = pairs as f64;
        Some(Calibration {
            pairs,
            expected_calibration_error: bins.iter().map(off).sum::<f64>() / n,
            brier_score: self.brier / n,
            log_loss: self.log_loss / n,
            bins,
            tails,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_the_formulas() {
        let mut counter = CalibrationCounter::default();
        // 0.8 to 0.9: four pairs of 0.8, three true. Last: two of 0.95, one true. First: one of 0.0005, false.
        for (p, is_true) in [(0.8, true), (0.8, true), (0.8, true), (0.8, false)] {
            counter.count(p, is_true);
        }
        counter.count(0.95, true);
        counter.count(0.95, false);
        counter.count(0.0005, false);
        let found = counter.finish().expect("pairs");
        assert_eq!((found.pairs, found.bins.len(), found.tails.len()), (7, 10, 6));
        // 4/7 × |0.75 − 0.8| + 2/7 × |0.5 − 0.95| + 1/7 × 0.0005
        let ece = (4.0 * 0.05 + 2.0 * 0.45 + 0.0005) / 7.0;
        assert!((found.expected_calibration_error - ece).abs() < 1e-12);
        let brier = (3.0 * 0.04 + 0.64 + 0.0025 + 0.9025 + 0.0005 * 0.0005) / 7.0;
        assert!((found.brier_score - brier).abs() < 1e-12);
        let loss = -(3.0 * 0.8f64.ln() + 0.2f64.ln() + 0.95f64.ln() + 0.05f64.ln() + 0.9995f64.ln()) / 7.0;
        assert!((found.log_loss - loss).abs() < 1e-12);
        let places: Vec<(f64, f64, u64, u64)> = found
            .bins
            .iter()
            .chain(&found.tails)
            .filter(|bin| bin.pairs > 0)
            .map(|bin| (bin.from, bin.to, bin.pairs, bin.true_pairs))
            .collect();
        let wanted =
            [(0.0, 0.1, 1, 0), (0.8, 0.9, 4, 3), (0.9, 1.0, 2, 1), (0.0, 0.001, 1, 0), (0.9, 0.99, 2, 1)];
        assert_eq!(places, wanted);
        assert_eq!(found.bins[8].interval, Interval::wilson(3, 4));
    }

    #[test]
    fn a_certainty_that_is_wrong_costs_a_bounded_amount() {
        let mut counter = CalibrationCounter::default();
        assert_eq!(counter.finish(), None);
        counter.count(1.0, false);
        let found = counter.finish().expect("a pair");
        assert!((found.log_loss - -(0.5e-6f64).ln()).abs() < 1e-9);
        assert_eq!((found.brier_score, found.bins[9].pairs), (1.0, 1));
    }
}
