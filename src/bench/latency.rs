//! Latencies as exact sorted samples: some ten thousand calls are 80 kB, so nothing has to be rounded into buckets.

use std::time::{Duration, Instant};

/// The times of many calls.
#[derive(Debug, Clone, Default)]
pub struct Latencies {
    /// Rising once [`Latencies::sort`] was called.
    nanoseconds: Vec<u64>,
}

impl Latencies {
    /// Times one call.
    pub(super) fn time<T>(&mut self, call: impl FnOnce() -> T) -> T {
        let clock = Instant::now();
        let answer = call();
        self.push(clock.elapsed());
        answer
    }

    pub(super) fn push(&mut self, time: Duration) {
        self.nanoseconds.push(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    }

    /// To be called once all times are in.
    pub(super) fn sort(&mut self) {
        self.nanoseconds.sort_unstable();
    }

    /// How many calls were timed.
    pub fn count(&self) -> usize {
        self.nanoseconds.len()
    }

    /// The least time that at least this share of the calls did not exceed (the nearest rank), in microseconds; 0
    /// if there were none.
    pub fn percentile_us(&self, share: f64) -> f64 {
        let rank = (self.nanoseconds.len() as f64 * share).ceil() as usize;
        let at = rank.clamp(1, self.nanoseconds.len().max(1)) - 1;
        self.nanoseconds.get(at).map_or(0.0, |nanoseconds| *nanoseconds as f64 / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let mut latencies = Latencies::default();
        assert_eq!(latencies.percentile_us(0.5), 0.0);
        for us in (1..=1000).rev() {
            latencies.push(Duration::from_micros(us));
        }
        latencies.sort();
        let shares = [0.0, 0.5, 0.99, 0.999, 1.0];
        assert_eq!(shares.map(|share| latencies.percentile_us(share)), [1.0, 500.0, 990.0, 999.0, 1000.0]);
        assert_eq!(latencies.count(), 1000);
    }
}
