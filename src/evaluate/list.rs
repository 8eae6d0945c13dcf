//! `pairs.csv` read row by row.

use std::path::Path;

use super::error::EvaluateError;
use crate::dedupe::{Findings, Pair};
use crate::source::{EncodingChoice, Table};

/// A pair as listed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ListedPair<'a> {
    /// The id of one record.
    pub record_a: &'a str,
    /// The id of the other.
    pub record_b: &'a str,
    /// `same`, `conflict`, `review`, or another word.
    pub verdict: &'a str,
    /// The probability of one person, from 0 to 1.
    pub p_same: Option<f64>,
    /// The match weight in bits.
    pub weight: Option<f64>,
}

impl<'a> ListedPair<'a> {
    /// A pair as a run found it.
    pub(super) fn of(findings: &'a Findings, pair: &Pair) -> ListedPair<'a> {
        let judgement = &pair.judgement;
        ListedPair {
            record_a: findings.id(pair.a),
            record_b: findings.id(pair.b),
            verdict: judgement.verdict.code(),
            p_same: Some(judgement.posterior.same),
            weight: Some(judgement.posterior.weight),
        }
    }
}

/// Shows each pair of a list to `visit`: columns `record_a`, `record_b`, `verdict` and, where they are there,
/// `p_same` and `weight`. Of pairs that stand there twice in a row, both are shown.
pub(super) fn for_each_pair(
    path: &Path,
    mut visit: impl FnMut(&ListedPair<'_>),
) -> Result<(), EvaluateError> {
    let table = Table::open(path, EncodingChoice::Auto)?;
    let (a, b) = (table.require("record_a")?, table.require("record_b")?);
    let verdict = table.require("verdict")?;
    let (p_same, weight) = (table.find("p_same"), table.find("weight"));
    let mut bad = None;
    table.for_each_row(|row, cells| {
        let number = |column: Option<usize>| match column.map(|column| cells[column].trim()) {
            None | Some("") => Ok(None),
            Some(text) => text.parse::<f64>().map(Some).map_err(drop),
        };
        let is_probability = |p: &Option<f64>| p.is_none_or(|p| (0.0..=1.0).contains(&p));
        let read = match (number(p_same).ok().filter(is_probability), number(weight)) {
            _ if cells[verdict].is_empty() => Err("no verdict"),
            (None, _) => Err("p_same is no number from 0 to 1"),
            (_, Err(())) => Err("weight is no number"),
            (Some(p_same), Ok(weight)) => Ok((p_same, weight)),
        };
        match read {
            Ok((p_same, weight)) => visit(&ListedPair {
                record_a: &cells[a],
                record_b: &cells[b],
                verdict: &cells[verdict],
                p_same,
                weight: weight.filter(|weight| weight.is_finite()),
            }),
            Err(reason) => drop(bad.get_or_insert((row, reason))),
        }
    })?;
    match bad {
        Some((row, reason)) => Err(EvaluateError::List { path: path.to_owned(), row, reason }),
        None => Ok(()),
    }
}
