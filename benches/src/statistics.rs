//! What is made of samples.

use bench_host::timing::percentile;
use serde::Serialize;
use std::time::Duration;

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
