//! How good a result is: pairs, clusters, probabilities and keys held against the truth.
//!
//! The truth says which records are one entity (one child). A pair of records is *true* if both are of
//! the same entity; the true pairs are all of those, found or not. `same` is what is measured; `conflict`
//! and `review` ask a human and are counted beside it.
//!
//! | file | what lives there |
//! |---|---|
//! | `truth` | which records are one child |
//! | `list` | `pairs.csv`, row by row |
//! | `count` | pairs against the truth: [`Evaluation`] |
//! | `rates` | precision, recall, F1, and their intervals |
//! | `clusters` | `clusters.csv` against the truth |
//! | `calibration`, `curve`, `bins` | what probabilities are worth, and what other thresholds would give |
//! | `missed`, `reread` | what keys missed and what judgement missed, by the input read again |
//! | `tables`, `text`, `page` | all of it for people |
//!
//! The truth is held in memory (some 60 bytes a record); lists are streamed. Called by `cli`; writes no file.
//! `docs/EVALUATION.md` explains each figure.

mod bins;
mod calibration;
mod clusters;
mod count;
mod curve;
mod error;
mod list;
mod missed;
mod page;
mod rates;
mod reread;
mod tables;
mod text;
mod truth;

pub use calibration::{Calibration, CalibrationBin};
pub use clusters::ClusterMeasures;
pub use count::{Evaluation, FalseSame, KindCount, VerdictCount};
pub use curve::{CurvePoint, HistogramBin};
pub use error::EvaluateError;
pub use list::ListedPair;
pub use missed::{FamilyReach, Missed, MissedCounts, MissedPattern};
pub use page::page;
pub use rates::{Interval, RateIntervals, Rates};
pub use text::text;
pub use truth::Truth;
