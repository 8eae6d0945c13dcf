//! Very many 64-bit words, divided by partition: in memory, and beyond that in a temporary file.
//!
//! Keys, terms, ids and candidate pairs are all kept so. Words come in *runs*, each in the order of its
//! partitions; a partition is read as a whole, from all runs, and sorted by who reads it. So nothing larger than
//! a partition is ever sorted, and partitions are work for as many cores as there are.

use super::spill::{Spill, SpillError, SpillFile};

/// Words in the order of their partitions.
#[derive(Debug)]
pub(super) struct Run {
    words: Vec<u64>,
    /// Where each partition begins, and the end.
    starts: Box<[u32]>,
}

impl Run {
    /// Divides words into `count` partitions, in the order in which they come within each. The words are walked
    /// twice.
    ///
    /// # Panics
    /// With 2³² words or more: callers make a run of some million.
    pub(super) fn of(count: usize, words: impl Iterator<Item = (usize, u64)> + Clone) -> Run {
        let mut starts = vec![0u32; count + 1].into_boxed_slice();
        for (partition, _) in words.clone() {
            starts[partition + 1] += 1;
        }
        let mut total = 0u32;
        for start in &mut starts {
            total = total.checked_add(*start).expect("less than 2^32 words in a run");
            *start = total;
        }
        let mut next = starts.clone();
        let mut divided = vec![0; total as usize];
        for (partition, word) in words {
            let at = &mut next[partition];
            divided[*at as usize] = word;
            *at += 1;
        }
        Run { words: divided, starts }
    }

    fn part(&self, partition: usize) -> &[u64] {
        &self.words[self.starts[partition] as usize..self.starts[partition + 1] as usize]
    }
}

/// Words divided into partitions.
#[derive(Debug, Default)]
pub(super) struct Partitions {
    runs: Vec<Run>,
    spilled: Option<Spilled>,
    words: u64,
}

/// Runs in one temporary file, each with the words where its partitions begin, and its end.
#[derive(Debug)]
struct Spilled {
    file: SpillFile,
    runs: Vec<Box<[u64]>>,
}

impl Partitions {
    /// Adds a run; all have the same number of partitions.
    pub(super) fn push(&mut self, run: Run) {
        self.words += run.words.len() as u64;
        if !run.words.is_empty() {
            self.runs.push(run);
        }
    }

    /// How many words there are.
    pub(super) fn len(&self) -> u64 {
        self.words
    }

    /// Bytes of memory.
    pub(super) fn memory_bytes(&self) -> u64 {
        self.runs.iter().map(|run| 8 * run.words.len() as u64 + 4 * run.starts.len() as u64).sum()
    }

    /// Moves all that is in memory to a temporary file, as one run.
    pub(super) fn spill(&mut self, spill: &Spill) -> Result<(), SpillError> {
        let Some(first) = self.runs.first() else { return Ok(()) };
        let count = first.starts.len() - 1;
        let spilled = match &mut self.spilled {
            Some(spilled) => spilled,
            none => none.insert(Spilled { file: spill.file()?, runs: Vec::new() }),
        };
        let mut starts = Vec::with_capacity(count + 1);
        let mut buffer = Vec::new();
        for partition in 0..count {
            starts.push(spilled.file.words());
            for run in &self.runs {
                spilled.file.append(spill, run.part(partition), &mut buffer)?;
            }
        }
        starts.push(spilled.file.words());
        spilled.file.flush(spill, &mut buffer)?;
        spilled.runs.push(starts.into());
        self.runs = Vec::new();
        Ok(())
    }

    /// The words of a partition, in no order. From any thread.
    pub(super) fn read(&self, spill: &Spill, partition: usize) -> Result<Vec<u64>, SpillError> {
        let spilled = self.spilled.iter().flat_map(|spilled| {
            spilled.runs.iter().map(|starts| (&spilled.file, starts[partition], starts[partition + 1]))
        });
        let of_runs: usize = self.runs.iter().map(|run| run.part(partition).len()).sum();
        let of_spilled: u64 = spilled.clone().map(|(_, start, end)| end - start).sum();
        let mut words = Vec::with_capacity(of_runs + of_spilled as usize);
        for (file, start, end) in spilled.filter(|(_, start, end)| start < end) {
            file.read(spill, start, (end - start) as usize, &mut words)?;
        }
        self.runs.iter().for_each(|run| words.extend_from_slice(run.part(partition)));
        Ok(words)
    }
}
