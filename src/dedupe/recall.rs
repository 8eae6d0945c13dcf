//! What a run found, made again from its list of pairs: the population is counted and the pairs are judged again,
//! but nobody is looked for. Who has the lists of a run and its input needs no second search.

use std::collections::HashMap;
use std::fmt;

use rayon::prelude::*;

use super::cluster::components;
use super::{Dedupe, Findings, Pair, RowId, Seconds, SpillError, count, order, repeated};
use crate::matching::{Model, Reasons, Verdict, judge};

/// A pair as a list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPair {
    /// The id of the first record.
    pub a: String,
    /// The id of the second.
    pub b: String,
    /// What they are to each other.
    pub verdict: Verdict,
    /// Why.
    pub reasons: Reasons,
}

/// Why a list of pairs cannot be made findings again.
#[derive(Debug)]
#[non_exhaustive]
pub enum RecallError {
    /// A record of the list is not among the students.
    UnknownRecord {
        /// The place of the pair in the list, from 0.
        pair: usize,
    },
    /// A temporary file cannot be made, written or read.
    Spill(SpillError),
}

impl fmt::Display for RecallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RecallError::UnknownRecord { pair } => {
                write!(f, "pair {} of the list names a record that is not in the input", pair + 1)
            }
            RecallError::Spill(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RecallError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            RecallError::UnknownRecord { .. } => None,
            RecallError::Spill(error) => std::error::Error::source(error),
        }
    }
}

impl From<SpillError> for RecallError {
    fn from(error: SpillError) -> Self {
        RecallError::Spill(error)
    }
}

impl Dedupe {
    /// The findings of an earlier run over the same students, from its list of pairs: verdicts and reasons are the
    /// list's, evidence and probabilities are judged again, the clusters are what its `same` pairs connect. What the
    /// search counted (families, dropped pairs) is not known again and empty.
    ///
    /// # Errors
    /// [`RecallError`].
    pub fn recall(mut self, listed: &[ListedPair], model: &Model) -> Result<Findings, RecallError> {
        self.divide();
        let mut records = self.records;
        let repeated_ids = repeated::tell_apart(&mut records, &self.ids, &self.spill)?;
        let frequencies = count(records.len() as u64, &self.terms, &self.spill)?;
        let mut rows: HashMap<&str, Option<RowId>> = HashMap::with_capacity(listed.len());
        rows.extend(listed.iter().flat_map(|pair| [(pair.a.as_str(), None), (pair.b.as_str(), None)]));
        for row in (0..records.len() as u32).map(RowId) {
            if let Some(wanted) = rows.get_mut(records.id(row)) {
                *wanted = Some(row);
            }
        }
        let judge_again = |(at, pair): (usize, &ListedPair)| {
            let row = |id: &str| rows[id].ok_or(RecallError::UnknownRecord { pair: at });
            let (a, b) = (row(&pair.a)?, row(&pair.b)?);
            let identities = [records.identity(a), records.identity(b)];
            let mut judgement = judge(&identities[0], &identities[1], model, &frequencies);
            (judgement.verdict, judgement.reasons) = (pair.verdict, pair.reasons);
            Ok(Pair { a, b, judgement })
        };
        let mut pairs: Vec<Pair> =
            listed.par_iter().enumerate().map(judge_again).collect::<Result<_, RecallError>>()?;
        let is_same = |pair: &&Pair| pair.judgement.verdict == Verdict::Same;
        let links = pairs.iter().filter(is_same).copied().collect();
        let mut clusters: Vec<Vec<RowId>> = components(records.len(), links)
            .into_iter()
            .map(|links| {
                let mut rows: Vec<RowId> = links.iter().flat_map(|link| [link.a, link.b]).collect();
                rows.sort_unstable();
                rows.dedup();
                rows
            })
            .collect();
        let mut singles = self.singles;
        records.keep(&order::reported(&pairs, &clusters, &singles));
        order::by_ids(&records, &mut pairs, &mut clusters, &mut singles);
        Ok(Findings {
            records,
            pairs,
            dropped: 0,
            judged: 0,
            clusters,
            singles,
            families: Vec::new(),
            repeated_ids,
            frequencies,
            spilled_bytes: self.spill.written(),
            seconds: Seconds::default(),
        })
    }
}
