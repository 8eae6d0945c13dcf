//! When something was written: seconds, UTC. The clock is given to a registry, so that a run can be repeated.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A moment, in seconds since 1970-01-01T00:00:00Z. Printed as RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// A moment from seconds since 1970.
    pub const fn new(seconds: i64) -> Timestamp {
        Timestamp(seconds)
    }

    /// Seconds since 1970.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The moment so much later, or the last there is.
    pub(super) fn later(self, by: std::time::Duration) -> Timestamp {
        Timestamp(self.0.saturating_add_unsigned(by.as_secs()))
    }

    /// The moment of the system's clock.
    pub fn now() -> Timestamp {
        Timestamp(jiff::Timestamp::now().as_second())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.0) {
            Ok(moment) => write!(f, "{moment}"),
            // Stored bytes may hold anything.
            Err(_) => write!(f, "{} s", self.0),
        }
    }
}

/// Where the registry takes its time and its randomness from.
pub trait Surroundings: Send + Sync {
    /// The moment written into the journal.
    fn now(&self) -> Timestamp;
    /// A random value for a temporary number, any of the 64-bit values with equal chance.
    fn random(&self) -> u64;
    /// What tells a registry that is made now from every other; the system's randomness if not given.
    fn nonce(&self) -> [u8; 16] {
        let (high, low) = (SystemSurroundings.random(), SystemSurroundings.random());
        (u128::from(high) << 64 | u128::from(low)).to_be_bytes()
    }
}

/// The system's clock and the system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemSurroundings;

impl Surroundings for SystemSurroundings {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn random(&self) -> u64 {
        // The standard library's hash keys come from the system's random source and differ for each call.
        use std::hash::{BuildHasher, Hasher};
        std::collections::hash_map::RandomState::new().build_hasher().finish()
    }
}

/// A clock that stands still and a sequence that depends on a seed alone: for tests and for runs that are
/// to be repeated.
#[derive(Debug)]
pub struct Repeatable {
    now: Timestamp,
    state: std::sync::atomic::AtomicU64,
}

impl Repeatable {
    /// Begins at a moment, with a seed.
    pub fn new(now: Timestamp, seed: u64) -> Repeatable {
        Repeatable { now, state: std::sync::atomic::AtomicU64::new(seed) }
    }
}

impl Surroundings for Repeatable {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn random(&self) -> u64 {
        let step = self.state.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        crate::hash::mix(0x7265_6E6A_6921, step)
    }

    fn nonce(&self) -> [u8; 16] {
        // Draws nothing, so that the numbers of a run do not depend on it.
        let seed = self.state.load(std::sync::atomic::Ordering::Relaxed);
        let (high, low) = (crate::hash::mix(seed, 1), crate::hash::mix(seed, 2));
        (u128::from(high) << 64 | u128::from(low)).to_be_bytes()
    }
}
