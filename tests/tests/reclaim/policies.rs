//! The three policies, and the limits.

use crate::{apply, holds, life, mapped_images, reclaiming, status};
use dynpatch::prelude::*;
use dynpatch::{GenerationStatus, Hold};
use dynpatch_tests::{copy_numbered, isolated, scratch_directory};
use std::sync::atomic::{AtomicBool, Ordering};

#[test]
fn retain_unmaps_nothing_and_says_so() {
    isolated("policies::retain_unmaps_nothing_and_says_so", || {
        init().unwrap();
        let directory = scratch_directory("retain");
        for number in 1..=3 {
            apply(number, &directory);
        }
        assert_eq!((status(1), status(3)), (GenerationStatus::Standby, GenerationStatus::Live));
        rollback().unwrap();
        assert_eq!((holds(3), life::generation()), (vec![Hold::Policy], 2));
        dynpatch::try_reclaim().unwrap();
        assert_eq!((holds(3), mapped_images()), (vec![Hold::Policy], 3));
        // A call tree mixes generations, if nothing keeps it from that.
        let (entered, leave) = (AtomicBool::new(false), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let inside = scope.spawn(|| life::sees_newer(&entered, &leave));
            while !entered.load(Ordering::Acquire) {
                std::thread::yield_now();
            }
            reload(copy_numbered("life", 4, &directory.join("life.so"))).unwrap();
            leave.store(true, Ordering::Release);
            assert_eq!(inside.join().unwrap(), (4, 4));
        });
    });
}

#[test]
fn quiesce_unmaps_when_every_thread_has_made_a_checkpoint() {
    isolated("policies::quiesce_unmaps_when_every_thread_has_made_a_checkpoint", || {
        // SAFETY: every thread of this test makes a checkpoint before it calls, and what the fixture leaves is seen.
        unsafe { RuntimeBuilder::new().quiesce() }.rollback_depth(0).init().unwrap();
        let directory = scratch_directory("quiesce");
        dynpatch::checkpoint();
        assert_eq!(life::generation(), 0);
        apply(1, &directory);
        let (pause, paused, go_on) = (AtomicBool::new(false), AtomicBool::new(false), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let other = std::thread::Builder::new().name("loop".to_owned());
            let other = other.spawn_scoped(scope, || {
                let mut seen = Vec::new();
                while !go_on.load(Ordering::Acquire) {
                    dynpatch::checkpoint();
                    seen.push(life::generation());
                    if pause.swap(false, Ordering::AcqRel) {
                        // In the middle of its work, with no checkpoint.
                        life::wait(&paused, &go_on);
                        seen.push(life::generation());
                    }
                }
                dynpatch::offline();
                seen
            });
            let other = other.unwrap();
            pause.store(true, Ordering::Release);
            while !paused.load(Ordering::Acquire) {
                std::thread::yield_now();
            }
            apply(2, &directory);
            let by_itself = holds(1);
            assert!(by_itself.iter().all(|hold| matches!(hold, Hold::Thread { .. })), "{by_itself:?}");
            dynpatch::checkpoint();
            let [Hold::Thread { name, .. }] = &holds(1)[..] else { panic!("{:?}", holds(1)) };
            assert_eq!(name.as_deref(), Some("loop"), "this thread has made its checkpoint");
            go_on.store(true, Ordering::Release);
            let seen = other.join().unwrap();
            assert_eq!((seen.first(), seen.last()), (Some(&1), Some(&2)));
        });
        dynpatch::try_reclaim().unwrap();
        assert_eq!((status(1), mapped_images()), (GenerationStatus::Unmapped, 1));
        // A thread that is offline holds nothing.
        dynpatch::offline();
        dynpatch::checkpoint();
        apply(3, &directory);
        dynpatch::offline();
        dynpatch::try_reclaim().unwrap();
        assert_eq!(status(2), GenerationStatus::Unmapped);
    });
}

#[test]
fn generations_that_are_held_use_the_limit_up_and_the_refusal_says_who_holds_them() {
    isolated("policies::generations_that_are_held_use_the_limit_up_and_the_refusal_says_who_holds_them", || {
        let mut limits = dynpatch::Limits::default();
        limits.images = 3;
        // SAFETY: what the fixture leaves behind is what the runtime sees.
        let builder = unsafe { RuntimeBuilder::new().reclaim() }.rollback_depth(0).limits(limits);
        builder.init().unwrap();
        let directory = scratch_directory("limit");
        apply(1, &directory);
        let first = dynpatch::Snapshot::current();
        apply(2, &directory);
        let second = dynpatch::Snapshot::current();
        apply(3, &directory);
        let path = copy_numbered("life", 4, &directory.join("life.so"));
        let error = reload(&path).unwrap_err();
        assert_eq!((error.code(), life::generation()), (ErrorCode::BudgetExhausted, 3));
        let text = error.to_string();
        for part in ["generation 1 ", "generation 2 ", "1 snapshots, futures or frames own it", "limit is 3"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        drop(first);
        assert_eq!(reload(&path).unwrap().generation, 4, "room is made before it is refused");
        assert_eq!(second.enter(life::generation), 2);
    });
}

#[test]
fn a_patch_that_fails_leaves_everything_as_it_was() {
    isolated("policies::a_patch_that_fails_leaves_everything_as_it_was", || {
        let directory = reclaiming(1);
        apply(1, &directory);
        reload(dynpatch_tests::fixture("entry-error")).unwrap_err();
        assert_eq!((life::nested(), mapped_images()), ((1, 1), 1), "what failed is unmapped");
        assert_eq!(status(1), GenerationStatus::Live);
        apply(2, &directory);
        rollback().unwrap();
        assert_eq!(life::nested(), (1, 1));
        // The number of an apply is never given twice.
        let applied = reload(copy_numbered("life", 3, &directory.join("life.so"))).unwrap();
        assert_eq!((applied.generation, life::generation()), (3, 3));
    });
}
