//! A pair that must agree, under a thousand reloads.

use dynpatch::prelude::*;
use dynpatch_tests::{copy_numbered, isolated, scratch_directory};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const RELOADS: u64 = 1000;
const THREADS: usize = 8;

/// What a thread saw.
#[derive(Default)]
struct Seen {
    calls: u64,
    mixed: u64,
    generations: BTreeSet<u64>,
}

impl Seen {
    fn pair(&mut self, (f, g): (u64, u64)) {
        self.calls += 2;
        self.mixed += u64::from(f != g);
        self.generations.extend([f, g]);
    }
}

/// Reloads a library that was never mapped before, again and again, while others call. Waits for every caller now and
/// then: on two cores a thread may not run for many reloads.
fn reload_under(turns: &[AtomicU64], stop: &AtomicBool) {
    let directory = scratch_directory("pair");
    let deadline = Instant::now() + Duration::from_secs(120);
    for number in 1..=RELOADS {
        let path = copy_numbered("pair", number, &directory.join("pair.so"));
        let applied = reload(&path).expect("a copy of the pair fits");
        assert_eq!(applied.generation, number);
        if number % 5 == 0 {
            let before: Vec<u64> = turns.iter().map(|turn| turn.load(Ordering::Relaxed)).collect();
            while turns.iter().zip(&before).any(|(turn, before)| turn.load(Ordering::Relaxed) == *before) {
                assert!(Instant::now() < deadline, "the callers stopped calling");
                std::thread::sleep(Duration::from_micros(100));
            }
        }
    }
    stop.store(true, Ordering::Relaxed);
    std::fs::remove_dir_all(directory).expect("what this test wrote");
}

fn run(pair: impl Fn() -> (u64, u64) + Sync) -> Vec<Seen> {
    init().unwrap();
    let turns: Vec<AtomicU64> = (0..THREADS).map(|_| AtomicU64::new(0)).collect();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let callers: Vec<_> = turns
            .iter()
            .map(|turn| {
                let (pair, stop) = (&pair, &stop);
                scope.spawn(move || {
                    let mut seen = Seen::default();
                    while !stop.load(Ordering::Relaxed) {
                        seen.pair(pair());
                        turn.fetch_add(1, Ordering::Relaxed);
                    }
                    seen
                })
            })
            .collect();
        reload_under(&turns, &stop);
        callers.into_iter().map(|caller| caller.join().expect("no call fails")).collect()
    })
}

fn mixed(seen: &[Seen]) -> u64 {
    for (thread, seen) in seen.iter().enumerate() {
        assert!(seen.generations.len() >= 100, "thread {thread} saw {} generations only", seen.generations.len());
    }
    let (calls, mixed) = seen.iter().fold((0, 0), |(calls, mixed), seen| (calls + seen.calls, mixed + seen.mixed));
    println!("{RELOADS} reloads, {THREADS} threads, {calls} calls, {mixed} mixed pairs");
    mixed
}

/// Two calls with room for a reload between them. The pause also leaves the cores to whoever else tests here.
fn two_calls() -> (u64, u64) {
    let f = test_app::pair_f();
    std::thread::sleep(Duration::from_micros(100));
    (f, test_app::pair_g())
}

#[test]
fn slow_a_snapshot_never_mixes_a_pair() {
    isolated("snapshots::slow_a_snapshot_never_mixes_a_pair", || {
        assert_eq!(mixed(&run(|| snapshot(two_calls))), 0);
    });
}

#[test]
fn slow_without_a_snapshot_pairs_are_mixed() {
    isolated("snapshots::slow_without_a_snapshot_pairs_are_mixed", || {
        assert!(mixed(&run(two_calls)) > 0, "then the test of the snapshot could not fail either");
    });
}

#[test]
fn slow_a_snapshot_of_a_future_never_mixes_a_pair() {
    isolated("snapshots::slow_a_snapshot_of_a_future_never_mixes_a_pair", || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_time().build().unwrap();
        let pair = || {
            runtime.block_on(async {
                let request = snapshot_async(async {
                    let f = test_app::pair_f();
                    // The task may go on on another thread, after another reload.
                    tokio::time::sleep(Duration::from_micros(100)).await;
                    (f, test_app::pair_g())
                });
                tokio::spawn(request).await.unwrap()
            })
        };
        assert_eq!(mixed(&run(pair)), 0);
    });
}

#[test]
fn a_snapshot_holds_nests_and_ends() {
    isolated("snapshots::a_snapshot_holds_nests_and_ends", || {
        init().unwrap();
        let directory = scratch_directory("holds");
        let next = |number| reload(copy_numbered("pair", number, &directory.join("pair.so"))).unwrap();
        next(1);
        snapshot(|| {
            next(2);
            assert_eq!((test_app::pair_f(), test_app::pair_both()), (1, (1, 1)));
            snapshot(|| assert_eq!(test_app::pair_g(), 1, "the outer one's generation"));
            assert_eq!(test_app::latest(), 2, "the newest even here");
            assert_eq!(test_app::latest_from_inside(), 2, "and when patch code calls it");
            let elsewhere = std::thread::spawn(test_app::pair_f).join().unwrap();
            assert_eq!(elsewhere, 2, "a snapshot is its thread's");
        });
        assert_eq!(test_app::pair_f(), 2);
        let unwound = std::panic::catch_unwind(|| snapshot(|| panic!("out of a snapshot")));
        assert!(unwound.is_err());
        next(3);
        assert_eq!(test_app::pair_f(), 3, "a panic ends a snapshot too");
    });
}
