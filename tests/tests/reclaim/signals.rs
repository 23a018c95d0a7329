//! Signal handlers that call patchable items, whatever they interrupt; also as the first call of their thread.

use crate::{apply, life, mapped_images, reclaiming, status};
use dynpatch::GenerationStatus;
use dynpatch_tests::isolated;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Calls of the handler, those that saw two generations in one call tree, and the newest generation it saw.
static CALLS: AtomicU64 = AtomicU64::new(0);
static MIXED: AtomicU64 = AtomicU64::new(0);
static NEWEST: AtomicU64 = AtomicU64::new(0);

extern "C" fn handler(_: i32) {
    let (one, other) = life::nested();
    MIXED.fetch_add(u64::from(one != other), Ordering::Relaxed);
    NEWEST.fetch_max(one, Ordering::Relaxed);
    CALLS.fetch_add(1, Ordering::Release);
}

fn install() {
    // SAFETY: an all-zero `sigaction` is a valid one.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler as extern "C" fn(i32) as usize;
    action.sa_flags = libc::SA_RESTART;
    // SAFETY: the handler takes one number.
    let status = unsafe { libc::sigaction(libc::SIGUSR1, &raw const action, std::ptr::null_mut()) };
    assert_eq!(status, 0);
}

fn interrupt(thread: libc::pthread_t) {
    // SAFETY: the thread has not been joined yet.
    unsafe { libc::pthread_kill(thread, libc::SIGUSR1) };
}

fn this_thread() -> libc::pthread_t {
    // SAFETY: asks for nothing but the calling thread's own handle.
    unsafe { libc::pthread_self() }
}

#[test]
fn a_handler_may_be_the_first_that_a_thread_calls() {
    isolated("signals::a_handler_may_be_the_first_that_a_thread_calls", || {
        install();
        let directory = reclaiming(0);
        apply(1, &directory);
        for round in 1..=200 {
            std::thread::spawn(move || {
                interrupt(this_thread());
                assert_eq!(CALLS.load(Ordering::Acquire), round, "a signal of one's own is taken at once");
            })
            .join()
            .unwrap();
        }
        assert_eq!((MIXED.load(Ordering::Relaxed), NEWEST.load(Ordering::Relaxed)), (0, 1));
        apply(2, &directory);
        assert_eq!(status(1), GenerationStatus::Unmapped, "no thread that has ended holds anything");
    });
}

#[test]
fn handlers_interrupt_calls_everywhere_while_code_goes() {
    isolated("signals::handlers_interrupt_calls_everywhere_while_code_goes", || {
        install();
        let directory = reclaiming(0);
        apply(1, &directory);
        let (stop, quiet) = (AtomicBool::new(false), AtomicBool::new(false));
        let (calls, wrong) = (AtomicU64::new(0), AtomicU64::new(0));
        let mut applied = 1;
        std::thread::scope(|scope| {
            let callers: Vec<_> = (0..2)
                .map(|_| {
                    let (sender, receiver) = std::sync::mpsc::channel();
                    let (stop, calls, wrong) = (&stop, &calls, &wrong);
                    scope.spawn(move || {
                        sender.send(this_thread()).unwrap();
                        let mut count = 0;
                        while !stop.load(Ordering::Relaxed) {
                            let (one, other) = life::nested();
                            wrong.fetch_add(u64::from(one != other), Ordering::Relaxed);
                            count += 1;
                        }
                        calls.fetch_add(count, Ordering::Relaxed);
                    });
                    receiver.recv().unwrap()
                })
                .collect();
            let quiet = &quiet;
            let interrupts = scope.spawn(move || {
                while !quiet.load(Ordering::Relaxed) {
                    callers.iter().for_each(|thread| interrupt(*thread));
                    std::thread::sleep(Duration::from_micros(50));
                }
            });
            let end = Instant::now() + Duration::from_secs(4);
            while Instant::now() < end || CALLS.load(Ordering::Relaxed) < 2000 || applied < 20 {
                applied += 1;
                apply(applied, &directory);
            }
            quiet.store(true, Ordering::Relaxed);
            interrupts.join().unwrap();
            stop.store(true, Ordering::Relaxed);
        });
        let handled = CALLS.load(Ordering::Acquire);
        eprintln!("{} calls, {handled} in handlers, {applied} generations", calls.load(Ordering::Relaxed));
        assert!(handled >= 2000 && applied >= 20, "{handled} handlers ran, {applied} generations were applied");
        assert_eq!(wrong.load(Ordering::Relaxed), 0);
        // A handler that lands on a thread in the very moment of its entering sees at each call what is live.
        assert!(MIXED.load(Ordering::Relaxed) * 100 <= handled, "{} of {handled}", MIXED.load(Ordering::Relaxed));
        dynpatch::try_reclaim().unwrap();
        assert_eq!(mapped_images(), 1);
    });
}
