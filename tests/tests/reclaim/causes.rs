//! What keeps a patch mapped, one cause a test; and the patch that nothing keeps.

use crate::{apply, holds, life, mapped_images, reclaiming, status};
use dynpatch::prelude::*;
use dynpatch::{GenerationStatus, Hold};
use dynpatch_tests::{fixture, isolated};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[test]
fn an_ordinary_patch_is_unmapped() {
    isolated("causes::an_ordinary_patch_is_unmapped", || {
        let directory = reclaiming(0);
        apply(1, &directory);
        assert_eq!(life::ordinary("a b a"), ["a: 2", "b: 1"]);
        assert_eq!(life::nested(), (1, 1));
        assert_eq!((mapped_images(), life::OBJECTS.load(Ordering::Relaxed)), (1, 1));
        apply(2, &directory);
        assert_eq!(status(1), GenerationStatus::Unmapped);
        assert_eq!(status(2), GenerationStatus::Live);
        assert_eq!((mapped_images(), life::OBJECTS.load(Ordering::Relaxed)), (1, 1), "its object went with it");
        assert_eq!(life::ordinary("c"), ["c: 1"]);
        rollback().unwrap_err();
    });
}

#[test]
fn what_a_rollback_would_need_stays_and_goes_after_it() {
    isolated("causes::what_a_rollback_would_need_stays_and_goes_after_it", || {
        let directory = reclaiming(1);
        apply(1, &directory);
        apply(2, &directory);
        assert_eq!((status(1), status(2)), (GenerationStatus::Standby, GenerationStatus::Live));
        rollback().unwrap();
        assert_eq!(life::generation(), 1);
        assert_eq!((status(1), status(2)), (GenerationStatus::Live, GenerationStatus::Unmapped));
        rollback().unwrap();
        assert_eq!(life::generation(), 0);
        assert_eq!((status(1), mapped_images()), (GenerationStatus::Unmapped, 0));
    });
}

#[test]
fn a_panic_that_has_left_it() {
    isolated("causes::a_panic_that_has_left_it", || {
        let directory = reclaiming(0);
        apply(1, &directory);
        let panic = std::panic::catch_unwind(life::explode).unwrap_err();
        assert_eq!(panic.downcast_ref::<String>().map(String::as_str), Some("boom of 1"));
        apply(2, &directory);
        assert!(holds(1).contains(&Hold::Unwound), "{:?}", holds(1));
        apply(3, &directory);
        assert!(holds(1).contains(&Hold::Unwound), "{:?}", holds(1));
        assert_eq!(status(2), GenerationStatus::Unmapped, "the panic was not of this one");
        assert_eq!(mapped_images(), 2);
    });
}

#[test]
fn a_panic_that_has_left_it_through_a_snapshot() {
    isolated("causes::a_panic_that_has_left_it_through_a_snapshot", || {
        let directory = reclaiming(0);
        apply(1, &directory);
        // On a thread of its own, so that what std does for a panic ends with it.
        std::thread::spawn(|| std::panic::catch_unwind(|| dynpatch::snapshot(life::explode)).unwrap_err())
            .join()
            .unwrap();
        apply(2, &directory);
        assert_eq!(holds(1), [Hold::Unwound]);
    });
}

#[test]
fn a_thread_that_it_started() {
    isolated("causes::a_thread_that_it_started", || {
        let directory = reclaiming(0);
        apply(1, &directory);
        let stop = Arc::new(AtomicBool::new(false));
        // On a thread of its own: to start another, std makes a thread-local variable of the patch's.
        let for_it = Arc::clone(&stop);
        std::thread::spawn(move || life::start_thread(for_it)).join().unwrap();
        apply(2, &directory);
        assert!(holds(1).contains(&Hold::StartedThreads { threads: 1 }), "{:?}", holds(1));
        stop.store(true, Ordering::Release);
        until_unmapped(1);
        assert_eq!(mapped_images(), 1);
    });
}

#[test]
fn a_destructor_of_a_thread_local_variable() {
    isolated("causes::a_destructor_of_a_thread_local_variable", || {
        let directory = reclaiming(0);
        apply(1, &directory);
        let (touched, wait) = std::sync::mpsc::channel();
        let (leave, left) = std::sync::mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            touched.send(life::touch_thread_local()).unwrap();
            left.recv().unwrap_err();
        });
        assert_eq!(wait.recv().unwrap(), 1);
        apply(2, &directory);
        assert!(matches!(holds(1)[..], [Hold::ThreadExitDestructors { destructors: 1.. }]), "{:?}", holds(1));
        drop(leave);
        thread.join().unwrap();
        until_unmapped(1);
        assert_eq!(mapped_images(), 1);
    });
}

#[test]
fn a_type_that_may_lead_into_it() {
    isolated("causes::a_type_that_may_lead_into_it", || {
        let directory = reclaiming(0);
        reload(fixture("escaping")).unwrap();
        assert_eq!(life::word(), "patch");
        rollback().unwrap();
        assert_eq!(life::word(), "host");
        let [Hold::Escapes { item, what }] = &holds(1)[..] else { panic!("{:?}", holds(1)) };
        assert_eq!(item, "test_app::life::word");
        assert!(what.contains("&str"), "{what}");
        drop(directory);
    });
}

#[test]
fn what_it_has_passed_to_an_item_that_it_called() {
    isolated("causes::what_it_has_passed_to_an_item_that_it_called", || {
        let directory = reclaiming(0);
        apply(1, &directory);
        apply(2, &directory);
        assert_eq!(status(1), GenerationStatus::Unmapped, "it could have called the item, and has not");
        life::register_something();
        assert_eq!(life::REGISTERED.load(Ordering::Relaxed), 1, "the host has it");
        apply(3, &directory);
        let [Hold::Escapes { item, what }] = &holds(2)[..] else { panic!("{:?}", holds(2)) };
        assert_eq!(item, "test_app::life::register");
        assert!(what.contains("dyn Fn"), "{what}");
        assert_eq!(mapped_images(), 2);
    });
}

#[test]
fn memory_that_its_constructors_allocated() {
    isolated("causes::memory_that_its_constructors_allocated", || {
        let _directory = reclaiming(0);
        let error = reload(fixture("early")).unwrap_err();
        assert_eq!(error.code(), ErrorCode::AllocatorMismatch);
        let report = dynpatch::reclaim_report().unwrap();
        let [never_live] = &report.generations[..] else { panic!("{report}") };
        assert_eq!(never_live.generation, None);
        assert_eq!(never_live.status, GenerationStatus::Retired(vec![Hold::EarlyAllocations]));
        assert_eq!(mapped_images(), 1);
    });
}

#[test]
fn a_patch_whose_apply_failed_is_unmapped() {
    isolated("causes::a_patch_whose_apply_failed_is_unmapped", || {
        let _directory = reclaiming(0);
        let error = reload(fixture("entry-error")).unwrap_err();
        assert_eq!(error.code(), ErrorCode::EntryFailed);
        assert_eq!(mapped_images(), 0);
    });
}

#[test]
fn an_item_that_it_brought() {
    isolated("causes::an_item_that_it_brought", || {
        let _directory = reclaiming(0);
        reload(fixture("hotfix")).unwrap();
        assert!(test_app::process_data("x").starts_with("hotfixed x"));
        reload(fixture("german")).unwrap();
        assert!(matches!(status(1), GenerationStatus::Live), "the newest generation still leads to it");
        let report = dynpatch::reclaim_report().unwrap();
        assert_eq!(report.mapped().count(), 2, "{report}");
    });
}

/// Attempts until a generation is gone.
fn until_unmapped(generation: u64) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        let report = dynpatch::try_reclaim().unwrap();
        if report.generation(generation).unwrap().status == GenerationStatus::Unmapped {
            return;
        }
        assert!(std::time::Instant::now() < deadline, "{report}");
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}
