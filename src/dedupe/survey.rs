//! All candidate pairs, visited instead of judged: for whoever learns from them or measures them.
//!
//! The same students, keys and pairs as in a run, so that what is learnt or measured is what a run meets.

use super::candidates::{Candidate, Candidates};
use super::{Dedupe, DedupeError, FamilyCount, Observer, Records, blocks, count, repeated};
use crate::matching::Frequencies;

/// What a survey found, and what it takes to look again.
#[derive(Debug)]
pub struct Survey<T> {
    /// The students, in the order in which they came.
    pub records: Records,
    /// How common the values of this population are.
    pub frequencies: Frequencies,
    /// What each key family proposed and skipped.
    pub families: Vec<FamilyCount>,
    /// What was gathered, part by part. Which pair is in which part depends on the order of the students, and on
    /// nothing else.
    pub gathered: Vec<T>,
    /// How many pairs were visited.
    pub pairs: u64,
}

impl Dedupe {
    /// Visits each candidate pair once, on the threads of the current rayon pool. `visit` is given what has been
    /// gathered of a part of all pairs, and the frequencies of the population; parts are visited in any order.
    ///
    /// # Errors
    /// As [`Dedupe::run`].
    pub fn survey<T: Default + Send>(
        mut self,
        visit: impl Fn(&mut T, &Candidate<'_>, &Frequencies) + Sync,
        observer: &dyn Observer,
    ) -> Result<Survey<T>, DedupeError> {
        self.divide();
        let spill = &self.spill;
        let mut records = self.records;
        repeated::tell_apart(&mut records, &self.ids, spill)?;
        drop(self.ids);
        let frequencies = count(records.len() as u64, &self.terms, spill)?;
        drop(self.terms);
        let candidates = Candidates::new(&records, spill, self.settings.memory_bytes / 5);
        let families = blocks::walk(self.families, &records, &candidates, spill, observer)?;
        let visit = |gathered: &mut T, candidate: &Candidate<'_>| visit(gathered, candidate, &frequencies);
        let (gathered, pairs) = candidates.visit(&visit, observer)?;
        Ok(Survey { records, frequencies, families, gathered, pairs })
    }
}
