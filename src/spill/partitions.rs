//! Very many 64-bit words, divided by partition: in memory, and beyond that in a temporary file.
//!
//! Keys, terms, ids and candidate pairs are all kept so. Words come in *runs*, each in the order of its
//! partitions; a partition is read as a whole, from all runs, and sorted by who reads it. So nothing larger than
//! a partition is ever sorted, and partitions are work for as many cores as there are.

use super::file::{Spill, SpillError, SpillFile};

/// Words in the order of their partitions.
#[derive(Debug)]
pub(crate) struct Run {
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
    pub(crate) fn of(count: usize, words: impl Iterator<Item = (usize, u64)> + Clone) -> Run {
        let mut starts = vec![0u32; count + 1].into_boxed_slice();
        words.clone().for_each(|(partition, _)| starts[partition + 1] += 1);
        let mut total = 0u32;
        for start in &mut starts {
            total = total.checked_add(*start).expect("less than 2^32 words in a run");
            *start = total;
        }
        let mut next = starts.clone();
        let mut divided = vec![0; total as usize];
        words.for_each(|(partition, word)| {
            let at = &mut next[partition];
            divided[*at as usize] = word;
            *at += 1;
        });
        Run { words: divided, starts }
    }

    fn part(&self, partition: usize) -> &[u64] {
        &self.words[self.starts[partition] as usize..self.starts[partition + 1] as usize]
    }
}

/// Words divided into partitions.
#[derive(Debug, Default)]
pub(crate) struct Partitions {
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
    pub(crate) fn push(&mut self, run: Run) {
        self.words += run.words.len() as u64;
        if !run.words.is_empty() {
            self.runs.push(run);
        }
    }

    /// How many words there are.
    pub(crate) fn len(&self) -> u64 {
        self.words
    }

    /// Bytes of memory.
    pub(crate) fn memory_bytes(&self) -> u64 {
        self.runs.iter().map(|run| 8 * run.words.len() as u64 + 4 * run.starts.len() as u64).sum()
    }

    /// Moves all that is in memory to a temporary file, as one run.
    pub(crate) fn spill(&mut self, spill: &Spill) -> Result<(), SpillError> {
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
    pub(crate) fn read(&self, spill: &Spill, partition: usize) -> Result<Vec<u64>, SpillError> {
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

/// How many bits [`sort_by_bits`] looks at.
pub(crate) const SORTED_BITS: u32 = 3 * DIGIT_BITS;
const DIGIT_BITS: u32 = 11;
const DIGITS: usize = 1 << DIGIT_BITS;
/// Fewer words are sorted by comparing them.
const COMPARED_MAX: usize = 1024;

/// Sorts words by the [`SORTED_BITS`] bits above the `low` lowest, and few words by all their bits. Words that agree
/// in those bits stay in the order in which they came, or are in order as a whole. (A radix sort from the lowest digit
/// up: a partition and its copy fit into a cache, and hashes fill the digits evenly.)
pub(crate) fn sort_by_bits(words: &mut Vec<u64>, low: u32) {
    if words.len() <= COMPARED_MAX {
        return words.sort_unstable();
    }
    let digit = |word: u64, pass: u32| (word >> (low + pass * DIGIT_BITS)) as usize % DIGITS;
    let mut counts = [[0usize; DIGITS]; 3];
    for word in words.iter() {
        for (pass, counts) in (0..).zip(&mut counts) {
            counts[digit(*word, pass)] += 1;
        }
    }
    let mut sorted = vec![0; words.len()];
    for (pass, counts) in (0..).zip(&mut counts) {
        let mut start = 0;
        for count in counts.iter_mut() {
            start += std::mem::replace(count, start);
        }
        for word in words.iter() {
            let at = &mut counts[digit(*word, pass)];
            sorted[*at] = *word;
            *at += 1;
        }
        std::mem::swap(words, &mut sorted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;

    #[test]
    fn words_are_sorted_by_their_bits_and_stay_in_order_otherwise() {
        for count in [0, 1, COMPARED_MAX, COMPARED_MAX + 1, 20_000] {
            // Few keys, so that many are equal; the lower half rises as rows do.
            let mut words: Vec<u64> =
                (0..count as u64).map(|at| (mix(1, at % 777) >> 32 << 32) | at).collect();
            let mut expected = words.clone();
            expected.sort_unstable();
            sort_by_bits(&mut words, 32);
            assert_eq!(words, expected, "{count}");
        }
    }

    #[test]
    fn a_partition_is_the_same_in_memory_and_in_a_file() {
        let words = |from: u64| (from..from + 5000).map(|at| (mix(2, at) as usize % 16, at));
        let spill = Spill::new(&super::super::Settings::default());
        let mut memory = Partitions::default();
        let mut spilled = Partitions::default();
        for from in [0, 5000, 10_000] {
            memory.push(Run::of(16, words(from)));
            spilled.push(Run::of(16, words(from)));
            if from < 10_000 {
                spilled.spill(&spill).unwrap();
            }
        }
        assert_eq!(spilled.memory_bytes(), 5000 * 8 + 17 * 4, "the last run stays");
        assert_eq!((memory.len(), spilled.len()), (15_000, 15_000));
        for partition in 0..16 {
            let words = memory.read(&spill, partition).unwrap();
            assert!(words.is_sorted(), "in the order in which they came");
            assert_eq!(words, spilled.read(&spill, partition).unwrap());
        }
        assert_eq!(spill.written(), 10_000 * 8);
    }
}
