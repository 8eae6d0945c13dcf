//! Precision, recall and F1, and how far they can be trusted.

use serde::Serialize;

/// The 97.5 % quantile of the standard normal distribution: intervals are two-sided, of 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// An interval of 95 % for a proportion.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// The score interval for `hits` of `trials` (Wilson 1927, *Probable inference, the law of succession, and
    /// statistical inference*); `None` of no trials. With `p` = hits / trials its ends are
    /// `(p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n)`. It stays within 0 and 1, and is no point where `p` is 0
    /// or 1, which is where the share of correct verdicts usually is.
    ///
    /// ```
    /// use renji::evaluate::Interval;
    /// let interval = Interval::wilson(10, 10).unwrap();
    /// assert_eq!((format!("{:.4}", interval.low), interval.high), ("0.7225".to_owned(), 1.0));
    /// ```
    pub fn wilson(hits: u64, trials: u64) -> Option<Interval> {
        if trials == 0 {
            return None;
        }
        let n = trials as f64;
        let p = hits as f64 / n;
        let z2 = Z * Z;
        let centre = p + z2 / (2.0 * n);
        let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
        let end = |value: f64| (value / (1.0 + z2 / n)).clamp(0.0, 1.0);
        Some(Interval {
            low: if hits == 0 { 0.0 } else { end(centre - half) },
            high: if hits == trials { 1.0 } else { end(centre + half) },
        })
    }

    /// The interval of F1 where `hits` are both found and wanted, and `either` are one or the other. `F* = hits /
    /// either` is a proportion and `F1 = 2 F* / (1 + F*)` grows with it (Hand, Christen and Kirielle 2021, *F\*: an
    /// interpretable transformation of the F-measure*), so the ends of Wilson's interval for the one are carried over
    /// to the other.
    pub fn of_f1(hits: u64, either: u64) -> Option<Interval> {
        let f1 = |f_star: f64| 2.0 * f_star / (1.0 + f_star);
        let star = Interval::wilson(hits, either)?;
        Some(Interval { low: f1(star.low), high: f1(star.high) })
    }
}

/// Precision, recall and F1. None where nothing was found, or nothing was to be found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Rates {
    /// What is right of what was found.
    pub precision: Option<f64>,
    /// What was found of what is right.
    pub recall: Option<f64>,
    /// The harmonic mean of the two.
    pub f1: Option<f64>,
}

impl Rates {
    /// Of counts: `hits` were found and are right, of all `found` and of all `wanted`.
    pub fn of_counts(hits: u64, found: u64, wanted: u64) -> Rates {
        Rates {
            precision: share(hits, found),
            recall: share(hits, wanted),
            f1: share(2 * hits, found + wanted),
        }
    }

    /// Of a precision and a recall that are means.
    pub(super) fn of_means(precision: f64, recall: f64) -> Rates {
        let f1 = 2.0 * precision * recall / (precision + recall);
        Rates { precision: Some(precision), recall: Some(recall), f1: Some(f1) }
    }
}

/// The intervals of [`Rates`], pairs taken as independent of each other. The pairs of one large entity are not: where
/// entities have many records each, the truth may lie somewhat further away than these say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct RateIntervals {
    /// Of precision: [`Interval::wilson`].
    pub precision: Option<Interval>,
    /// Of recall: [`Interval::wilson`].
    pub recall: Option<Interval>,
    /// Of F1: [`Interval::of_f1`].
    pub f1: Option<Interval>,
}

impl RateIntervals {
    /// As [`Rates::of_counts`].
    pub fn of_counts(hits: u64, found: u64, wanted: u64) -> RateIntervals {
        RateIntervals {
            precision: Interval::wilson(hits, found),
            recall: Interval::wilson(hits, wanted),
            f1: Interval::of_f1(hits, found + wanted - hits),
        }
    }
}

/// A part of a whole; none of nothing.
pub(super) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_those_of_the_formula() {
        // By hand with z² = 3.841459: 8 of 10 is (0.8 + 0.192073 ± 1.959964 √(0.016 + 0.009604)) / 1.384146.
        let interval = Interval::wilson(8, 10).expect("ten trials");
        assert!((interval.low - 0.490_162).abs() < 1e-6 && (interval.high - 0.943_318).abs() < 1e-6);
        // None of ten: from 0 to z² / (n + z²).
        let none = Interval::wilson(0, 10).expect("ten trials");
        assert_eq!(none.low, 0.0);
        assert!((none.high - 3.841_459 / 13.841_459).abs() < 1e-6);
        assert_eq!(Interval::wilson(0, 0), None);
        // F* of 8 in 10 is F1 of 16 in 18; its ends 2f / (1 + f).
        let f1 = Interval::of_f1(8, 10).expect("ten trials");
        assert!((f1.low - 2.0 * 0.490_162 / 1.490_162).abs() < 1e-6, "{f1:?}");
        assert!((f1.high - 2.0 * 0.943_318 / 1.943_318).abs() < 1e-6, "{f1:?}");
    }
}
