//! Thousands of generations under load.

use crate::{apply, life, mapped_images, reclaiming};
use dynpatch::prelude::*;
use dynpatch_tests::{copy_numbered, isolated};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use test_app::life::Speaker as _;

/// What a process keeps, as the kernel counts it.
#[derive(Debug, Clone, Copy)]
struct Kept {
    resident_kib: u64,
    mappings: usize,
    descriptors: usize,
}

impl Kept {
    fn now() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        Self {
            resident_kib: resident.trim().trim_end_matches(" kB").parse().unwrap(),
            mappings: std::fs::read_to_string("/proc/self/maps").unwrap().lines().count(),
            descriptors: std::fs::read_dir("/proc/self/fd").unwrap().count(),
        }
    }
}

/// Eight threads call, hold snapshots and poll futures while generations come and go. In full: 5,000 generations.
#[test]
fn slow_generations_come_and_go_under_eight_threads() {
    isolated("stress::slow_generations_come_and_go_under_eight_threads", || {
        let generations = std::env::var("DYNPATCH_STRESS_GENERATIONS").map_or(300, |text| text.parse().unwrap());
        let directory = reclaiming(1);
        apply(1, &directory);
        let (stop, calls, wrong) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
        let mut warm = None;
        let mut most_mapped = 0;
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let (stop, calls, wrong) = (&stop, &calls, &wrong);
                scope.spawn(move || call_until(stop, calls, wrong, thread));
            }
            for number in 2..=generations {
                let path = copy_numbered("life", number, &directory.join("life.so"));
                assert_eq!(reload(path).unwrap().generation, number);
                most_mapped = most_mapped.max(mapped_images());
                if number == generations / 4 {
                    warm = Some(Kept::now());
                }
            }
            stop.store(true, Ordering::Relaxed);
        });
        let (warm, end) = (warm.unwrap(), Kept::now());
        dynpatch::try_reclaim().unwrap();
        eprintln!(
            "{} calls, {generations} generations, at most {most_mapped} mapped, {} at the end; {warm:?} → {end:?}",
            calls.load(Ordering::Relaxed),
            mapped_images()
        );
        assert_eq!(wrong.load(Ordering::Relaxed), 0);
        assert_eq!(life::generation(), generations);
        assert_eq!(mapped_images(), 2, "the live one, and the one to go back to");
        assert!(calls.load(Ordering::Relaxed) > generations * 100);
        // Threads that the scheduler leaves inside hold a few images more at one moment than at another.
        assert!(end.mappings < warm.mappings + 200, "mappings: {warm:?} → {end:?}");
        assert!(end.descriptors < warm.descriptors + 20, "descriptors: {warm:?} → {end:?}");
        assert!(end.resident_kib < warm.resident_kib + 16 * 1024, "memory: {warm:?} → {end:?}");
    });
}

/// Calls in every way there is.
fn call_until(stop: &AtomicBool, calls: &AtomicU64, wrong: &AtomicU64, thread: u64) {
    let (mut count, mut mixed, mut newest) = (0, 0, 0);
    while !stop.load(Ordering::Relaxed) {
        let (one, other) = life::nested();
        // Nothing goes back in this test, so no thread sees an older generation after a newer.
        mixed += u64::from(one != other) + u64::from(one < newest);
        newest = one;
        count += 1;
        if count % 64 == thread {
            let snapshot = dynpatch::Snapshot::current();
            let before = snapshot.enter(life::generation);
            std::thread::yield_now();
            mixed += u64::from(snapshot.enter(|| life::SPEAKER.get().speak()) != before);
        }
        if count % 64 == thread + 8 {
            let mut future = Box::pin(life::later(1));
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            while future.as_mut().poll(&mut context).is_pending() {
                std::thread::yield_now();
            }
        }
        if count % 64 == thread + 16 {
            let closure = life::closure();
            std::thread::yield_now();
            mixed += u64::from(closure.with(|multiply| multiply(0)) != 0);
        }
    }
    calls.fetch_add(count, Ordering::Relaxed);
    wrong.fetch_add(mixed, Ordering::Relaxed);
}
