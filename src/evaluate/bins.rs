//! Pairs by the range that a value of theirs lies in: what curves, calibrations and histograms are counted from.

/// What lies in one range.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Bin {
    pub(super) true_pairs: u64,
    pub(super) false_pairs: u64,
    /// The sum of the values.
    pub(super) sum: f64,
}

impl Bin {
    pub(super) fn pairs(&self) -> u64 {
        self.true_pairs + self.false_pairs
    }

    pub(super) fn add(&mut self, other: &Bin) {
        self.true_pairs += other.true_pairs;
        self.false_pairs += other.false_pairs;
        self.sum += other.sum;
    }
}

/// Ranges between edges in ascending order. A value that equals an edge lies above it.
#[derive(Debug)]
pub(super) struct Bins {
    edges: Vec<f64>,
    /// One more than there are edges.
    bins: Vec<Bin>,
}

impl Bins {
    pub(super) fn new(edges: Vec<f64>) -> Bins {
        debug_assert!(edges.is_sorted());
        let bins = vec![Bin::default(); edges.len() + 1];
        Bins { edges, bins }
    }

    pub(super) fn count(&mut self, value: f64, is_true: bool) {
        let bin = &mut self.bins[self.edges.partition_point(|edge| *edge <= value)];
        *(if is_true { &mut bin.true_pairs } else { &mut bin.false_pairs }) += 1;
        bin.sum += value;
    }

    pub(super) fn bins(&self) -> &[Bin] {
        &self.bins
    }

    pub(super) fn edges(&self) -> &[f64] {
        &self.edges
    }
}
