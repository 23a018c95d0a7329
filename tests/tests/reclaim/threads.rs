//! Threads that are in old code, that end, that were never seen before; and forks.

use crate::{apply, holds, life, mapped_images, reclaiming, status};
use dynpatch::{GenerationStatus, Hold};
use dynpatch_tests::isolated;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

#[test]
fn a_thread_blocked_in_generation_5_holds_5_alone() {
    isolated("threads::a_thread_blocked_in_generation_5_holds_5_alone", || {
        let directory = reclaiming(0);
        for number in 1..=5 {
            apply(number, &directory);
        }
        let (entered, leave) = (AtomicBool::new(false), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let blocked = std::thread::Builder::new().name("blocked".to_owned());
            let blocked = blocked.spawn_scoped(scope, || life::block(&entered, &leave)).unwrap();
            while !entered.load(Ordering::Acquire) {
                std::thread::yield_now();
            }
            for number in 6..=11 {
                apply(number, &directory);
            }
            let report = dynpatch::reclaim_report().unwrap();
            let mapped: Vec<_> = report.mapped().map(|generation| generation.generation).collect();
            assert_eq!(mapped, [Some(5), Some(11)], "{report}");
            let [Hold::Thread { id, name }] = &holds(5)[..] else { panic!("{report}") };
            assert_eq!(name.as_deref(), Some("blocked"));
            assert!(std::fs::exists(format!("/proc/self/task/{id}")).unwrap());
            assert_eq!(mapped_images(), 2, "so says the kernel");
            leave.store(true, Ordering::Release);
            assert_eq!(blocked.join().unwrap(), 5);
        });
        dynpatch::try_reclaim().unwrap();
        assert_eq!((status(5), mapped_images()), (GenerationStatus::Unmapped, 1));
    });
}

#[test]
fn a_call_tree_is_of_one_generation_but_where_it_steps_out() {
    isolated("threads::a_call_tree_is_of_one_generation_but_where_it_steps_out", || {
        let directory = reclaiming(0);
        apply(1, &directory);
        assert_eq!(life::recursive(9), 10);
        let (entered, leave) = (AtomicBool::new(false), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let inside = scope.spawn(|| life::sees_newer(&entered, &leave));
            while !entered.load(Ordering::Acquire) {
                std::thread::yield_now();
            }
            apply(2, &directory);
            leave.store(true, Ordering::Release);
            assert_eq!(inside.join().unwrap(), (1, 2), "inside its own generation, outside the newest");
        });
        dynpatch::try_reclaim().unwrap();
        assert_eq!(status(1), GenerationStatus::Unmapped);
    });
}

#[test]
fn a_panic_leaves_the_thread_outside() {
    isolated("threads::a_panic_leaves_the_thread_outside", || {
        let directory = reclaiming(0);
        apply(1, &directory);
        std::panic::catch_unwind(life::explode).unwrap_err();
        std::panic::catch_unwind(|| dynpatch::snapshot(life::explode)).unwrap_err();
        apply(2, &directory);
        assert_eq!(life::nested(), (2, 2), "the thread is in no generation any more");
        apply(3, &directory);
        assert_eq!(status(2), GenerationStatus::Unmapped, "nor does it keep one");
    });
}

/// Calls when its thread ends.
struct CallsAtTheEnd(&'static AtomicU64);

impl Drop for CallsAtTheEnd {
    fn drop(&mut self) {
        self.0.store(life::generation() * 100 + life::nested().0, Ordering::Release);
    }
}

#[test]
fn a_thread_may_call_from_a_destructor_when_it_ends() {
    isolated("threads::a_thread_may_call_from_a_destructor_when_it_ends", || {
        static SAW: AtomicU64 = AtomicU64::new(0);
        thread_local! {
            static AT_THE_END: CallsAtTheEnd = const { CallsAtTheEnd(&SAW) };
        }
        let directory = reclaiming(0);
        apply(1, &directory);
        for calls_before in [false, true] {
            SAW.store(0, Ordering::Relaxed);
            std::thread::spawn(move || {
                AT_THE_END.with(|_| ());
                if calls_before {
                    assert_eq!(life::generation(), 1);
                }
            })
            .join()
            .unwrap();
            assert_eq!(SAW.load(Ordering::Acquire), 101);
        }
        apply(2, &directory);
        assert_eq!(status(1), GenerationStatus::Unmapped, "ended threads hold nothing");
    });
}

#[test]
fn thousands_of_threads_come_and_go() {
    isolated("threads::thousands_of_threads_come_and_go", || {
        let directory = reclaiming(0);
        let (calls, mut number) = (AtomicU64::new(0), 0);
        for _ in 0..40 {
            number += 1;
            apply(number, &directory);
            std::thread::scope(|scope| {
                for _ in 0..50 {
                    scope.spawn(|| {
                        let (one, other) = life::nested();
                        assert_eq!(one, other);
                        calls.fetch_add(1, Ordering::Relaxed);
                    });
                }
            });
        }
        assert_eq!((calls.load(Ordering::Relaxed), mapped_images()), (2000, 1));
    });
}

#[test]
fn what_another_thread_holds_is_free_in_the_child_of_a_fork() {
    isolated("threads::what_another_thread_holds_is_free_in_the_child_of_a_fork", || {
        let directory = reclaiming(0);
        apply(1, &directory);
        let (entered, leave) = (AtomicBool::new(false), AtomicBool::new(false));
        std::thread::scope(|scope| {
            scope.spawn(|| life::block(&entered, &leave));
            while !entered.load(Ordering::Acquire) {
                std::thread::yield_now();
            }
            apply(2, &directory);
            assert!(matches!(holds(1)[..], [Hold::Thread { .. }]));
            let status_of_child = fork(|| {
                // Only the forking thread is here.
                assert_eq!(life::nested(), (2, 2));
                dynpatch::try_reclaim().unwrap();
                assert_eq!(status(1), GenerationStatus::Unmapped);
                apply(3, &directory);
                assert_eq!(status(2), GenerationStatus::Unmapped);
            });
            assert_eq!(status_of_child, 0);
            assert!(matches!(holds(1)[..], [Hold::Thread { .. }]), "the parent's thread is where it was");
            leave.store(true, Ordering::Release);
        });
        apply(3, &directory);
        assert_eq!((status(1), status(2)), (GenerationStatus::Unmapped, GenerationStatus::Unmapped));
    });
}

/// Runs `child` in a copy of this process, and gives its exit status: zero when it does not panic.
fn fork(child: impl FnOnce()) -> i32 {
    // SAFETY: the child of a process with threads may run what takes no lock that another thread may hold: of this test,
    // whose other thread sleeps and calls nothing.
    match unsafe { libc::fork() } {
        0 => {
            let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(child));
            // SAFETY: ends the process at once.
            unsafe { libc::_exit(i32::from(ended.is_err())) }
        }
        pid => {
            let mut status = 0;
            // SAFETY: writes one number.
            assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
            status
        }
    }
}
