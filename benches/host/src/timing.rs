//! Nanoseconds per call. Each way is timed between two timings of the direct call it is compared with, round after
//! round: what disturbs the machine disturbs both, and the ratio stays.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// So many calls.
pub type Run<'a> = &'a (dyn Fn(u64) -> u64 + Sync);

/// How long one timing takes: shorter than a time slice, so that most are not interrupted.
const WINDOW: Duration = Duration::from_micros(200);
/// Timings in a sample, of which the fastest counts.
const WINDOWS: usize = 5;

/// The samples of one way to call.
pub struct Series<'a> {
    run: Run<'a>,
    direct: Run<'a>,
    calls: u64,
    direct_calls: u64,
    nanoseconds: Vec<f64>,
    direct_nanoseconds: Vec<f64>,
    ratios: Vec<f64>,
}

impl std::fmt::Debug for Series<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Series").field("ratios", &self.ratios).finish_non_exhaustive()
    }
}

impl<'a> Series<'a> {
    /// Without samples yet.
    #[must_use]
    pub fn new(run: Run<'a>, direct: Run<'a>) -> Self {
        Self {
            run,
            direct,
            calls: calls_in_a_window(run),
            direct_calls: calls_in_a_window(direct),
            nanoseconds: Vec::new(),
            direct_nanoseconds: Vec::new(),
            ratios: Vec::new(),
        }
    }

    /// One sample more.
    pub fn round(&mut self) {
        let before = sample(self.direct, self.direct_calls);
        let this = sample(self.run, self.calls);
        let after = sample(self.direct, self.direct_calls);
        let direct = before.min(after);
        self.nanoseconds.push(this);
        self.direct_nanoseconds.push(direct);
        self.ratios.push(this / direct);
    }

    /// Of one call with its turn of the loop: the median.
    #[must_use]
    pub fn nanoseconds(&self) -> f64 {
        median(&self.nanoseconds)
    }

    /// Of the direct call beside it.
    #[must_use]
    pub fn direct_nanoseconds(&self) -> f64 {
        median(&self.direct_nanoseconds)
    }

    /// Median of the rounds' ratios.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        median(&self.ratios)
    }
}

/// How many calls fill one timing.
#[must_use]
pub fn calls_in_a_window(run: Run<'_>) -> u64 {
    const TRIAL: u64 = 8_000;
    let calls = WINDOW.as_nanos() as f64 / sample(run, TRIAL);
    (calls as u64).next_multiple_of(8).max(8)
}

/// Nanoseconds per call, of the fastest timing.
#[must_use]
pub fn sample(run: Run<'_>, calls: u64) -> f64 {
    let window = || {
        let start = Instant::now();
        black_box(run(black_box(calls)));
        start.elapsed().as_nanos() as f64 / calls as f64
    };
    (0..WINDOWS).map(|_| window()).fold(f64::INFINITY, f64::min)
}

/// The value below which `share` of the samples lie, by nearest rank.
#[must_use]
pub fn percentile(samples: &[f64], share: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

/// The middle of the samples.
#[must_use]
pub fn median(samples: &[f64]) -> f64 {
    percentile(samples, 0.5)
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
