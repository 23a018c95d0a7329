//! What is held across swaps: snapshots, futures, services, closures.

use crate::{apply, holds, life, mapped_images, reclaiming, status};
use dynpatch::{GenerationStatus, Hold, Snapshot};
use dynpatch_tests::isolated;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use test_app::life::Speaker as _;

fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn finish<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = poll_once(future.as_mut()) {
            return output;
        }
    }
}

#[test]
fn a_snapshot_keeps_its_generation_for_other_threads() {
    isolated("handles::a_snapshot_keeps_its_generation_for_other_threads", || {
        let directory = reclaiming(0);
        apply(1, &directory);
        let snapshot = Snapshot::current();
        let second = snapshot.clone();
        for number in 2..=4 {
            apply(number, &directory);
        }
        let seen = std::thread::spawn(move || second.enter(life::nested)).join().unwrap();
        assert_eq!((seen, life::nested()), ((1, 1), (4, 4)));
        assert_eq!(holds(1), [Hold::Owners { owners: 1 }]);
        assert_eq!(mapped_images(), 2);
        // Inside of one generation, another is entered and left.
        let newest = Snapshot::current();
        let both = snapshot.enter(|| (life::generation(), newest.enter(life::generation), life::generation()));
        assert_eq!(both, (1, 4, 1));
        drop(snapshot);
        dynpatch::try_reclaim().unwrap();
        assert_eq!((status(1), mapped_images()), (GenerationStatus::Unmapped, 1));
    });
}

#[test]
fn a_future_keeps_its_generation_and_is_dropped_in_it() {
    isolated("handles::a_future_keeps_its_generation_and_is_dropped_in_it", || {
        let directory = reclaiming(0);
        apply(1, &directory);
        let mut begun = Box::pin(life::later(2));
        assert!(poll_once(begun.as_mut()).is_pending());
        let mut dropped = Box::pin(life::later(1000));
        assert!(poll_once(dropped.as_mut()).is_pending());
        let mut by_hand = life::SPEAKER.get().speak_some_time();
        assert!(poll_once(by_hand.as_mut()).is_pending());
        let unpolled = life::later(1);
        apply(2, &directory);
        // The one by hand awaits another.
        assert_eq!(holds(1), [Hold::Owners { owners: 4 }]);
        let answer = std::thread::spawn(move || finish(begun)).join().unwrap();
        assert_eq!(answer, 1, "it ends as the version that began it");
        assert_eq!(finish(by_hand), 1);
        assert_eq!(finish(unpolled), 2, "a call is made at the first poll");
        drop(dropped);
        dynpatch::try_reclaim().unwrap();
        assert_eq!((status(1), mapped_images()), (GenerationStatus::Unmapped, 1));
    });
}

#[test]
fn a_snapshot_future_keeps_its_generation_between_polls() {
    isolated("handles::a_snapshot_future_keeps_its_generation_between_polls", || {
        let directory = reclaiming(0);
        apply(1, &directory);
        let request = dynpatch::snapshot_async(async {
            let before = life::generation();
            life::later(1).await;
            (before, life::generation())
        });
        let mut request = Box::pin(request);
        assert!(poll_once(request.as_mut()).is_pending());
        apply(2, &directory);
        assert!(matches!(holds(1)[..], [Hold::Owners { owners: 1.. }]));
        assert_eq!(finish(request), (1, 1));
        dynpatch::try_reclaim().unwrap();
        assert_eq!(status(1), GenerationStatus::Unmapped);
    });
}

#[test]
fn a_service_is_called_in_what_is_live_however_long_it_is_held() {
    isolated("handles::a_service_is_called_in_what_is_live_however_long_it_is_held", || {
        let directory = reclaiming(0);
        apply(1, &directory);
        let held = life::SPEAKER.get();
        assert_eq!(held.speak(), 1);
        let snapshot = Snapshot::current();
        apply(2, &directory);
        assert_eq!(held.speak(), 2, "what is held is a way to what is live");
        assert_eq!(snapshot.enter(|| held.speak()), 1, "and inside of a snapshot, to that");
        drop(snapshot);
        dynpatch::try_reclaim().unwrap();
        assert_eq!((status(1), held.speak()), (GenerationStatus::Unmapped, 2));
    });
}

#[test]
fn a_thread_in_a_service_method_keeps_its_generation() {
    isolated("handles::a_thread_in_a_service_method_keeps_its_generation", || {
        let directory = reclaiming(0);
        apply(1, &directory);
        let (entered, leave) = (AtomicBool::new(false), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let inside = scope.spawn(|| life::SPEAKER.get().speak_late(&entered, &leave));
            while !entered.load(Ordering::Acquire) {
                std::thread::yield_now();
            }
            apply(2, &directory);
            assert!(matches!(holds(1)[..], [Hold::Thread { .. }]));
            assert_eq!(life::OBJECTS.load(Ordering::Relaxed), 2, "the object it runs on is there");
            leave.store(true, Ordering::Release);
            assert_eq!(inside.join().unwrap(), 1);
        });
        dynpatch::try_reclaim().unwrap();
        assert_eq!((status(1), life::OBJECTS.load(Ordering::Relaxed)), (GenerationStatus::Unmapped, 1));
    });
}

#[test]
fn a_closure_that_a_patch_made_keeps_it() {
    isolated("handles::a_closure_that_a_patch_made_keeps_it", || {
        let directory = reclaiming(0);
        apply(1, &directory);
        let closure = life::closure();
        apply(2, &directory);
        assert_eq!(holds(1), [Hold::HeldValues { values: 1 }]);
        let answer = std::thread::spawn(move || closure.with(|multiply| multiply(10))).join().unwrap();
        assert_eq!(answer, 10, "ten times the first version's number; dropped on that thread");
        dynpatch::try_reclaim().unwrap();
        assert_eq!((status(1), mapped_images()), (GenerationStatus::Unmapped, 1));
        let newer = life::closure();
        assert_eq!(newer.with(|multiply| multiply(10)), 20);
    });
}

#[test]
fn a_future_of_an_addition_keeps_its_generation_for_the_patch_that_holds_it() {
    isolated("handles::a_future_of_an_addition_keeps_its_generation_for_the_patch_that_holds_it", || {
        let _directory = reclaiming(0);
        let said = || life::OBJECTS.load(Ordering::Acquire);
        for fixture in ["async-addition", "async-addition-next"] {
            dynpatch::reload(dynpatch_tests::fixture(fixture)).unwrap();
        }
        let go_on = Arc::new(AtomicBool::new(false));
        life::start_thread(Arc::clone(&go_on));
        while said() != 100 {
            std::thread::yield_now();
        }
        dynpatch::reload(dynpatch_tests::fixture("async-addition-next")).unwrap();
        assert_eq!(holds(2), [Hold::Owners { owners: 1 }], "the thread of the first patch is in no generation");
        go_on.store(true, Ordering::Release);
        while said() == 100 {
            std::thread::yield_now();
        }
        assert_eq!(said(), 202, "the second version has ended what it began");
        dynpatch::try_reclaim().unwrap();
        assert_eq!((status(2), mapped_images()), (GenerationStatus::Unmapped, 2));
    });
}
