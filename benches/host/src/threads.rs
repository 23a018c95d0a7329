//! The same loop on two cores at once, beside one core alone.
//!
//! On a busy machine one of two threads is often not running, and the other is alone without knowing. So a timing counts only
//! when the other thread was seen to go on meanwhile.

use crate::timing::{Run, calls_in_a_window, median};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

/// Parts of a timing, after each of which a thread shows that it goes on.
const PARTS: usize = 10;
/// Parts that every other thread has to get through meanwhile.
const MEANWHILE: usize = 8;
/// Timings of a thread that have to count, of which the fastest is taken.
const WANTED: usize = 5;
/// Timings of a thread after which it gives up.
const MOST: usize = 200;

/// How far a thread is, on a cache line that no other thread writes.
#[derive(Default)]
#[repr(align(128))]
struct Progress(AtomicUsize);

impl Progress {
    fn step(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn steps(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// Nanoseconds of a call alone, beside another thread that does the same on another core, and the median of the rounds'
/// ratios: no numbers where the two hardly ever ran at the same time. `None` where this process may use one core only.
#[must_use]
pub fn scaling(run: Run<'_>, rounds: usize) -> Option<[f64; 3]> {
    let cores = two_cores()?;
    let part = (calls_in_a_window(run) / PARTS as u64).next_multiple_of(8);
    let mut samples = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..rounds {
        let (one, two) = (on_cores(run, part, &cores[..1]), on_cores(run, part, &cores));
        if let (Some(one), Some(two)) = (one, two) {
            samples.iter_mut().zip([one, two, two / one]).for_each(|(samples, sample)| samples.push(sample));
        }
    }
    let is_enough = samples[0].len() * 2 > rounds;
    Some(if is_enough { samples.map(|samples| median(&samples)) } else { [f64::NAN; 3] })
}

/// The slowest thread's nanoseconds per call, with a thread on each of the cores. `None` when one was alone all the time.
fn on_cores(run: Run<'_>, part: u64, cores: &[usize]) -> Option<f64> {
    let progress: Vec<Progress> = cores.iter().map(|_| Progress::default()).collect();
    let measured = AtomicUsize::new(0);
    let one = |place: usize| {
        stay_on(cores[place]);
        let (mine, others) = (&progress[place], others(&progress, place));
        let timings: Vec<_> = (0..MOST).filter_map(|_| timing(run, part, mine, &others)).take(WANTED).collect();
        measured.fetch_add(1, Ordering::AcqRel);
        // Nobody is left alone before all have measured.
        while measured.load(Ordering::Acquire) < cores.len() {
            black_box(run(part));
            mine.step();
        }
        (timings.len() == WANTED).then(|| timings.into_iter().fold(f64::INFINITY, f64::min))
    };
    let one = &one;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..cores.len()).map(|place| scope.spawn(move || one(place))).collect();
        let samples = threads.into_iter().map(|thread| thread.join().expect("no way to call panics"));
        samples.collect::<Option<Vec<_>>>()?.into_iter().reduce(f64::max)
    })
}

fn others(progress: &[Progress], place: usize) -> Vec<&Progress> {
    progress.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, progress)| progress).collect()
}

/// Nanoseconds per call, if all the others went on meanwhile.
fn timing(run: Run<'_>, part: u64, mine: &Progress, others: &[&Progress]) -> Option<f64> {
    let before: Vec<usize> = others.iter().map(|other| other.steps()).collect();
    let start = Instant::now();
    for _ in 0..PARTS {
        black_box(run(black_box(part)));
        mine.step();
    }
    let nanoseconds = start.elapsed().as_nanos() as f64 / (part * PARTS as u64) as f64;
    let went_on = |(other, before): (&&Progress, usize)| other.steps() - before >= MEANWHILE;
    others.iter().zip(before).all(went_on).then_some(nanoseconds)
}

/// Two cores that this process may use.
fn two_cores() -> Option<[usize; 2]> {
    let allowed = sched_getaffinity(None).ok()?;
    let mut cores = (0..CpuSet::MAX_CPU).filter(|&core| allowed.is_set(core));
    Some([cores.next()?, cores.next()?])
}

/// Keeps the calling thread on a core.
///
/// # Panics
/// When the system refuses: without it nothing is known of two cores.
pub fn stay_on(core: usize) {
    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(None, &set).expect("the core is one that this process may use");
}

/// Keeps the calling thread and another one apart: this one on the first core, the other, by [`stay_on`], on the one that
/// is given. `None` where this process may use one core only.
#[must_use]
pub fn keep_off_a_core() -> Option<usize> {
    let [first, second] = two_cores()?;
    stay_on(first);
    Some(second)
}

#[cfg(test)]
mod tests {
    use super::{PARTS, Progress, timing};

    #[test]
    fn a_timing_beside_a_thread_that_stands_still_does_not_count() {
        let (mine, still, going) = (Progress::default(), Progress::default(), Progress::default());
        let run = |_| {
            going.step();
            1
        };
        assert!(timing(&run, 8, &mine, &[&going]).is_some());
        assert!(timing(&run, 8, &mine, &[&going, &still]).is_none());
        assert_eq!(mine.steps(), 2 * PARTS);
    }
}
