//! What is measured, at which sizes.

use super::cold::Cold;
use super::machine;

/// Fewest students that can be measured.
pub const STUDENTS_MIN: u64 = 100;

/// What is measured.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The sizes of the nations, rising.
    pub steps: Vec<u64>,
    /// The seed of the nations.
    pub seed: u64,
    /// Memory for pages, for the registry and for each baseline.
    pub memory_bytes: usize,
    /// How the page cache is emptied.
    pub cold: Cold,
    /// Whether SQLite and redb are measured too.
    pub baselines: bool,
    /// Whether the offline comparison is.
    pub dedupe: bool,
}

impl Plan {
    /// Everything, at the usual sizes up to one, with half of the memory that is free.
    pub fn new(students: u64) -> Plan {
        Plan {
            steps: default_steps(students),
            seed: 7,
            memory_bytes: usize::try_from(machine::memory_available_bytes() / 2).unwrap_or(usize::MAX),
            cold: Cold::Auto,
            baselines: true,
            dedupe: true,
        }
    }
}

/// The sizes of a growth curve that ends at a number of students: 1, 10, 30 and 100 million below it, or a
/// hundredth and a tenth of it where it is a million or less.
pub fn default_steps(students: u64) -> Vec<u64> {
    const MILLION: u64 = 1_000_000;
    let below = match students {
        ..=MILLION => vec![students / 100, students / 10],
        _ => vec![MILLION, 10 * MILLION, 30 * MILLION, 100 * MILLION],
    };
    let mut steps: Vec<u64> =
        below.into_iter().filter(|step| (STUDENTS_MIN..students).contains(step)).collect();
    steps.push(students);
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_end_at_the_size_asked_for() {
        assert_eq!(default_steps(2_000), [200, 2_000]);
        assert_eq!(default_steps(1_000_000), [10_000, 100_000, 1_000_000]);
        assert_eq!(default_steps(20_000_000), [1_000_000, 10_000_000, 20_000_000]);
        assert_eq!(default_steps(100_000_000), [1_000_000, 10_000_000, 30_000_000, 100_000_000]);
        assert_eq!(default_steps(STUDENTS_MIN), [STUDENTS_MIN]);
    }
}
