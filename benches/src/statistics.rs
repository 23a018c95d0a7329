//! What is made of samples.

use serde::Serialize;
use std::time::Duration;

/// The value below which `share` of the samples lie, by nearest rank.
pub(crate) fn percentile(samples: &[f64], share: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

pub(crate) fn median(samples: &[f64]) -> f64 {
    percentile(samples, 0.5)
}

/// A latency in microseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Microseconds {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

impl Microseconds {
    pub(crate) fn of(samples: impl Iterator<Item = Duration>) -> Self {
        let samples: Vec<f64> = samples.map(|sample| sample.as_secs_f64() * 1e6).collect();
        Self { p50: percentile(&samples, 0.5), p99: percentile(&samples, 0.99) }
    }
}

#[cfg(test)]
mod tests {
    use super::{median, percentile};

    #[test]
    fn ranks_are_those_of_the_sorted_samples() {
        let samples = [5.0, 1.0, 4.0, 2.0, 3.0];
        assert_eq!(median(&samples), 3.0);
        assert_eq!(percentile(&samples, 0.99), 5.0);
        assert_eq!(percentile(&samples, 0.2), 1.0);
        assert!(median(&[]).is_nan());
    }
}
