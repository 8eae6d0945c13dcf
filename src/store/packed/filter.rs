//! What is certainly not among the recent rows: a Bloom filter (Bloom 1970) over the keys of the delta.
//!
//! Most lookups find nothing in the delta, and asking the database costs more than all the rest. So every key that
//! is written into it is marked here first. A mark is never taken back while the filter lives: readers of an older
//! state are asked to look once too often, and nobody once too seldom.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::hash::mix;

/// Words of the filter: 16 MiB, taken with the first mark. Twelve million marks, the
/// keys of a million students, leave one lookup in fifty to be asked in vain.
const WORDS: usize = 1 << 21;

/// A set that may hold more than was put into it.
#[derive(Default)]
pub(super) struct Filter(OnceLock<Box<[AtomicU64]>>);

impl std::fmt::Debug for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Filter")
    }
}

impl Filter {
    /// The word and the three bits of a key: all of them in one cache line.
    #[inline]
    fn place(table: u64, key: u64) -> (usize, u64) {
        let hash = mix(table, key);
        let bits = 1 << (hash & 63) | 1 << (hash >> 6 & 63) | 1 << (hash >> 12 & 63);
        ((hash >> 32) as usize % WORDS, bits)
    }

    /// Marks a key. Before the commit that makes it visible.
    #[inline]
    pub(super) fn put(&self, table: u64, key: u64) {
        let (word, bits) = Filter::place(table, key);
        // Whoever sees the commit has been handed its state under a lock, and so sees this.
        let words = self.0.get_or_init(|| (0..WORDS).map(|_| AtomicU64::new(0)).collect());
        words[word].fetch_or(bits, Ordering::Relaxed);
    }

    /// Whether a key may have been marked.
    #[inline]
    pub(super) fn may_hold(&self, table: u64, key: u64) -> bool {
        let Some(words) = self.0.get() else { return false };
        let (word, bits) = Filter::place(table, key);
        words[word].load(Ordering::Relaxed) & bits == bits
    }
}
