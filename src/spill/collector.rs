//! Words that all threads find, such as candidate pairs: divided when they are many, and spilled when they are too many.

use std::sync::{Mutex, PoisonError};

use super::file::{Spill, SpillError};
use super::partitions::{Partitions, Run};

/// Words that are kept as they come before they are divided.
const PENDING_MAX: u64 = 1 << 20;

/// How words are divided.
pub(crate) trait Divide: Sync {
    /// Into how many partitions.
    fn partitions(&self) -> usize;
    /// The partition of a word.
    fn partition_of(&self, word: u64) -> usize;
}

/// Words on their way into partitions.
#[derive(Debug)]
pub(crate) struct Collector<'s, D> {
    spill: &'s Spill,
    memory_bytes: u64,
    divide: D,
    collected: Mutex<Collected>,
}

#[derive(Debug, Default)]
struct Collected {
    pending: Vec<Vec<u64>>,
    pending_words: u64,
    words: Partitions,
}

impl<'s, D: Divide> Collector<'s, D> {
    /// Begins without words; they may take so many bytes of memory.
    pub(crate) fn new(spill: &'s Spill, memory_bytes: u64, divide: D) -> Self {
        Collector { spill, memory_bytes, divide, collected: Mutex::default() }
    }

    /// Adds words, in any order and any number of times. From any thread.
    pub(crate) fn push(&self, words: Vec<u64>) -> Result<(), SpillError> {
        if words.is_empty() {
            return Ok(());
        }
        let mut collected = self.collected.lock().unwrap_or_else(PoisonError::into_inner);
        collected.pending_words += words.len() as u64;
        collected.pending.push(words);
        if collected.pending_words >= PENDING_MAX.min(self.memory_bytes / 32) {
            self.divide(&mut collected);
            if collected.words.memory_bytes() > self.memory_bytes {
                collected.words.spill(self.spill)?;
            }
        }
        Ok(())
    }

    fn divide(&self, collected: &mut Collected) {
        let pending = std::mem::take(&mut collected.pending);
        collected.pending_words = 0;
        let words = pending.iter().flatten().map(|word| (self.divide.partition_of(*word), *word));
        collected.words.push(Run::of(self.divide.partitions(), words));
    }

    /// All words, divided.
    pub(crate) fn finish(self) -> Partitions {
        let mut collected =
            std::mem::take(&mut *self.collected.lock().unwrap_or_else(PoisonError::into_inner));
        self.divide(&mut collected);
        collected.words
    }
}
