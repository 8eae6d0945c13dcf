//! The nation's randomness: a small generator of its own, so that a seed means the same file for ever.
//!
//! Nothing here is fit for secrets. Everything in this room draws through [`Rng`]; a stream is named by the
//! seed and a few numbers (chunk, family), so any part of the nation can be made again alone.

/// SplitMix64 (Steele, Lea and Flood, 2014): 64 bits of state, passes BigCrush, seeds in no time.
#[derive(Debug, Clone)]
pub(super) struct Rng(u64);

const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

impl Rng {
    /// The stream of a seed that is named by a purpose and an index.
    pub(super) fn stream(seed: u64, purpose: u64, index: u64) -> Rng {
        let mut rng = Rng(finish(seed ^ finish(purpose.wrapping_mul(GAMMA))));
        rng.0 = finish(rng.0.wrapping_add(index.wrapping_mul(GAMMA)));
        rng
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GAMMA);
        finish(self.0)
    }

    /// A number below `bound`; `bound` is not zero. The bias is below 2⁻³².
    pub(super) fn below(&mut self, bound: usize) -> usize {
        debug_assert!(bound > 0 && bound <= u32::MAX as usize);
        (((self.next() >> 32) * bound as u64) >> 32) as usize
    }

    /// A number from 0 to just below 1.
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True with the given probability.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of the items; there is at least one.
    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// One of the characters; there is at least one.
    pub(super) fn pick_char(&mut self, text: &str) -> char {
        let at = self.below(text.chars().count());
        text.chars().nth(at).expect("below the count")
    }

    /// Shuffles by Fisher and Yates.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

fn finish(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Draws positions in proportion to their weights in constant time (Walker's alias method, in the
/// formulation of Vose 1991).
#[derive(Debug)]
pub(super) struct Weighted {
    /// For each position, the probability of staying there, and where to go otherwise.
    cells: Vec<(f32, u32)>,
}

impl Weighted {
    /// # Panics
    ///
    /// Where no weight is above zero.
    pub(super) fn new(weights: &[f32]) -> Weighted {
        let sum: f64 = weights.iter().map(|&weight| f64::from(weight)).sum();
        assert!(sum > 0.0, "a weight above zero");
        let scale = weights.len() as f64 / sum;
        let mut left: Vec<f64> = weights.iter().map(|&weight| f64::from(weight) * scale).collect();
        let mut cells: Vec<(f32, u32)> = (0..weights.len() as u32).map(|at| (1.0, at)).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) =
            (0..left.len()).partition(|&at| left[at] < 1.0);
        while let (Some(poor), Some(&rich)) = (small.pop(), large.last()) {
            cells[poor] = (left[poor] as f32, rich as u32);
            left[rich] -= 1.0 - left[poor];
            if left[rich] < 1.0 {
                large.pop();
                small.push(rich);
            }
        }
        Weighted { cells }
    }

    pub(super) fn draw(&self, rng: &mut Rng) -> usize {
        let bits = rng.next();
        let at = (((bits >> 32) * self.cells.len() as u64) >> 32) as usize;
        let (stay, other) = self.cells[at];
        if ((bits & 0xFFFF_FFFF) as f32) < stay * 4_294_967_296.0 { at } else { other as usize }
    }
}

/// A permutation of the numbers below `size`, named by a key: four Feistel rounds over a power of four, and
/// again while the result lies outside (Black and Rogaway 2002, "cycle walking"). About 10 ns.
#[derive(Debug, Clone)]
pub(super) struct Permutation {
    key: u64,
    size: u64,
    half_bits: u32,
}

impl Permutation {
    pub(super) fn new(key: u64, size: u64) -> Permutation {
        let bits = u64::BITS - (size - 1).leading_zeros();
        Permutation { key, size, half_bits: bits.div_ceil(2).max(1) }
    }

    /// Where `index` goes; different for every index below the size.
    pub(super) fn apply(&self, index: u64) -> u64 {
        assert!(index < self.size, "the nation is too large for its numbers");
        let mask = (1u64 << self.half_bits) - 1;
        let mut value = index;
        loop {
            let (mut left, mut right) = (value >> self.half_bits, value & mask);
            for round in 1..=4u64 {
                let mixed = finish(self.key ^ right ^ round.wrapping_mul(GAMMA)) & mask;
                (left, right) = (right, left ^ mixed);
            }
            value = left << self.half_bits | right;
            if value < self.size {
                return value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_splitmix64() {
        // The reference output for state 1234567 (Vigna's splitmix64.c).
        let mut rng = Rng(1_234_567);
        assert_eq!(rng.next(), 6_457_827_717_110_365_317);
        assert_eq!(rng.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn weights_are_kept() {
        let weighted = Weighted::new(&[1.0, 0.0, 3.0]);
        let mut rng = Rng::stream(1, 2, 3);
        let mut counts = [0; 3];
        for _ in 0..10_000 {
            counts[weighted.draw(&mut rng)] += 1;
        }
        assert_eq!(counts[1], 0);
        assert!((2_300..2_700).contains(&counts[0]), "{counts:?}");
    }

    #[test]
    fn a_permutation_meets_every_number_once() {
        let permutation = Permutation::new(7, 1_000);
        let mut seen: Vec<u64> = (0..1_000).map(|index| permutation.apply(index)).collect();
        assert!(seen[..10] != [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        seen.sort_unstable();
        assert!(seen.into_iter().eq(0..1_000));
    }
}
