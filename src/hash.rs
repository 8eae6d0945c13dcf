//! The hashes of the crate: XXH3 of 64 bits over labelled parts, and of 128 for contents.
//!
//! A hash finds candidates; it never decides that two things are equal (`matching` compares whole
//! values). Versioned through [`crate::key::VERSION`]: a change here changes every stored key.

use std::hash::{BuildHasherDefault, Hasher};

use xxhash_rust::xxh3::{Xxh3, xxh3_64_with_seed, xxh3_128};

/// Hashes bytes under a seed that keeps different kinds of keys apart. About 2 ns for 30 bytes.
#[inline]
pub fn hash_bytes(seed: u64, bytes: &[u8]) -> u64 {
    xxh3_64_with_seed(bytes, seed)
}

/// Mixes one more 64-bit value into a hash; the order of the calls matters.
#[inline]
pub fn mix(hash: u64, value: u64) -> u64 {
    // The finaliser of SplitMix64 (Steele, Lea, Flood 2014) over the two halves.
    let mut z = hash.rotate_left(23) ^ value.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// For tables where keys made to collide would cost time and nothing else: no order that depends on a random seed, and
/// a few nanoseconds a probe.
pub(crate) type TableHash = BuildHasherDefault<TableHasher>;

/// See [`TableHash`].
#[derive(Debug, Default)]
pub(crate) struct TableHasher(u64);

impl Hasher for TableHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash_bytes(self.0, bytes);
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = mix(self.0, word);
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(word.into());
    }
}

/// A 128-bit digest of bytes (XXH3-128): for names of contents, not against an adversary.
#[inline]
pub fn digest_bytes(bytes: &[u8]) -> u128 {
    xxh3_128(bytes)
}

/// A digest of bytes that come piece by piece, the same however they are cut (XXH3-64). Some ten gigabytes a
/// second: it tells whether a file has changed, not whether somebody made it look unchanged.
#[derive(Clone, Default)]
pub struct Digest(Box<Xxh3>);

impl Digest {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all bytes so far.
    pub fn get(&self) -> u64 {
        self.0.digest()
    }
}

/// The value of which `hash` is `mix(0, value)`: every step of [`mix`] can be undone.
pub(crate) fn unmix(hash: u64) -> u64 {
    let mut z = hash;
    z ^= z >> 31 ^ z >> 62;
    z = z.wrapping_mul(inverse(0x94D0_49BB_1331_11EB));
    z ^= z >> 27 ^ z >> 54;
    z = z.wrapping_mul(inverse(0xBF58_476D_1CE4_E5B9));
    z ^= z >> 30 ^ z >> 60;
    z.wrapping_mul(inverse(0x9E37_79B9_7F4A_7C15))
}

/// The inverse of an odd number modulo 2^64, by Newton's iteration: each step doubles the bits that are right.
const fn inverse(odd: u64) -> u64 {
    let mut inverse = odd;
    let mut step = 0;
    while step < 5 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(inverse)));
        step += 1;
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_does_not_depend_on_the_pieces() {
        let bytes: Vec<u8> = (0..2000).map(|at| (at % 251) as u8).collect();
        let mut digest = Digest::default();
        bytes.chunks(77).for_each(|piece| digest.update(piece));
        assert_eq!(digest.get(), hash_bytes(0, &bytes));
    }

    #[test]
    fn mixing_can_be_undone() {
        for value in [0, 1, 42, u64::MAX, 0x1234_5678_9ABC_DEF0] {
            assert_eq!(unmix(mix(0, value)), value);
        }
    }
}
