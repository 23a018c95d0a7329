//! Whether a barrier does anything: the store-buffering litmus test.
//!
//! The reader stores to `x` and loads `y`, with a compiler fence in between; the updater stores to `y`, runs the barrier and
//! loads `x`. If the barrier keeps its promise, at least one of them finds the other's store. Both find nothing when the
//! reader's store waits in its processor's store buffer while the load goes ahead: that is what processors do all the time,
//! and what a barrier that does nothing in the reader lets happen.
//!
//! A barrier that was seen to fail does not hold. One that was not may still not hold.

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering, compiler_fence};
use core::{fmt, hint};
use dynpatch_core::Barrier;
use std::num::NonZero;
use std::thread;
use std::time::{Duration, Instant};

/// What the test found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finding {
    /// In no round did both threads find nothing.
    Held { rounds: u64 },
    /// In this round they did: the barrier does not hold.
    Failed { round: u64 },
    /// The barrier was refused.
    Refused,
    /// The test was not tried, and why.
    NotTried(&'static str),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Held { rounds } => write!(f, "it held in {rounds} rounds of a trial, which proves little"),
            Self::Failed { round } => write!(f, "it failed in round {round} of a trial"),
            Self::Refused => f.write_str("the system refused to run it"),
            Self::NotTried(why) => write!(f, "it was not tried: {why}"),
        }
    }
}

/// Tries `barrier` for about `time`, on this thread and another; less if it fails.
pub(super) fn try_out(barrier: &dyn Barrier, time: Duration) -> Finding {
    if thread::available_parallelism().map_or(1, NonZero::get) < 2 {
        return Finding::NotTried("this process runs on one processor, which sees its own stores in order");
    }
    let stage = Stage::new(time);
    thread::scope(|scope| {
        let reader = thread::Builder::new().name("dynpatch-litmus".to_owned());
        if reader.spawn_scoped(scope, || stage.read()).is_err() {
            return Finding::NotTried("no second thread is to be had");
        }
        let finding = stage.update(barrier);
        stage.is_over.0.store(true, Ordering::Relaxed);
        finding
    })
}

/// A cache line of its own, or two where processors fetch pairs of them.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Line<T>(T);

/// What the reader stores before `x`. The store to `x` waits in the store buffer behind them, and they wait for their
/// lines, which the updater's processor has: long enough for a slow barrier to be found out.
type Queue = [Line<AtomicU64>; 32];

/// How long before a round the reader is told, in nanoseconds: longer than a line takes from processor to processor.
const NOTICE: u64 = 600;

#[derive(Debug)]
struct Stage {
    zero: Instant,
    /// All times are in nanoseconds after `zero`.
    end: u64,
    x: Line<AtomicBool>,
    y: Line<AtomicBool>,
    queue: Queue,
    /// When the reader's next round begins; never twice the same.
    begin: Line<AtomicU64>,
    /// How long after its beginning the reader loaded `y` in its last round.
    lag: Line<AtomicU64>,
    /// When the reader's last round began, shifted by one, plus one if it found the updater's store.
    played: Line<AtomicU64>,
    is_over: Line<AtomicBool>,
}

impl Stage {
    fn new(time: Duration) -> Self {
        Self {
            zero: Instant::now(),
            end: nanoseconds(time),
            x: Line::default(),
            y: Line::default(),
            queue: Queue::default(),
            begin: Line::default(),
            lag: Line::default(),
            played: Line::default(),
            is_over: Line::default(),
        }
    }

    fn now(&self) -> u64 {
        nanoseconds(self.zero.elapsed())
    }

    fn wait_until(&self, time: u64) {
        while self.now() < time {
            hint::spin_loop();
        }
    }

    fn update(&self, barrier: &dyn Barrier) -> Finding {
        let mut rounds = 0;
        while self.now() < self.end {
            let begin = self.announce();
            self.wait_until(begin + self.delay(rounds));
            self.y.0.store(true, Ordering::Relaxed);
            if !barrier.run() {
                return Finding::Refused;
            }
            let has_found = self.x.0.load(Ordering::Relaxed);
            rounds += 1;
            match self.reader_has_found(begin) {
                Some(false) if !has_found => return Finding::Failed { round: rounds },
                Some(_) => {}
                None => break,
            }
        }
        Finding::Held { rounds }
    }

    /// Sets the stage for the next round and says when it begins.
    fn announce(&self) -> u64 {
        self.x.0.store(false, Ordering::Relaxed);
        self.y.0.store(false, Ordering::Relaxed);
        self.fill_queue(0);
        let begin = self.now() + NOTICE;
        self.begin.0.store(begin, Ordering::Release);
        begin
    }

    fn fill_queue(&self, value: u64) {
        for line in &self.queue {
            line.0.store(value, Ordering::Relaxed);
        }
    }

    /// How long after the beginning of a round the updater stores: about when the reader loads, by its last round. What
    /// is to be seen happens when the store comes shortly after the load.
    fn delay(&self, round: u64) -> u64 {
        const EARLIEST: u64 = 60;
        const STEP: u64 = 20;
        const STEPS: u64 = 16;
        (self.lag.0.load(Ordering::Relaxed) + STEP * (round % STEPS)).saturating_sub(EARLIEST)
    }

    /// None when the time is over before the reader has played its round.
    fn reader_has_found(&self, begin: u64) -> Option<bool> {
        let played = wait(
            || Some(self.played.0.load(Ordering::Acquire)).filter(|played| played >> 1 == begin),
            || self.now() >= self.end,
        );
        played.map(|played| played & 1 == 1)
    }

    fn read(&self) {
        let mut last = 0;
        let next = |last| Some(self.begin.0.load(Ordering::Acquire)).filter(|begin| *begin != last);
        while let Some(begin) = wait(|| next(last), || self.is_over.0.load(Ordering::Relaxed)) {
            self.wait_until(begin);
            self.fill_queue(begin);
            self.x.0.store(true, Ordering::Relaxed);
            compiler_fence(Ordering::SeqCst);
            let has_found = self.y.0.load(Ordering::Relaxed);
            self.lag.0.store(self.now() - begin, Ordering::Relaxed);
            self.played.0.store(begin << 1 | u64::from(has_found), Ordering::Release);
            last = begin;
        }
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Waits for an answer. None when it `is_over` first, which is looked at less often.
fn wait<T>(answer: impl Fn() -> Option<T>, is_over: impl Fn() -> bool) -> Option<T> {
    /// Long for a round, short for a turn of the scheduler: the other thread may be waiting for this processor.
    const PATIENCE: u32 = 2000;
    loop {
        for _ in 0..PATIENCE {
            if let Some(answer) = answer() {
                return Some(answer);
            }
            hint::spin_loop();
        }
        if is_over() {
            return None;
        }
        thread::yield_now();
    }
}
