//! All or nothing.

use crate::refused;
use dynpatch::prelude::*;
use dynpatch_tests::{fixture, isolated, scratch_directory};
use std::sync::atomic::Ordering;

#[test]
fn one_unknown_item_of_five_refuses_all_before_any_code_runs() {
    isolated("transactions::one_unknown_item_of_five_refuses_all_before_any_code_runs", || {
        init().unwrap();
        let marker = scratch_directory("five").join("marker");
        // SAFETY: the only thread of this process's test reads the environment later, in the same thread.
        unsafe { std::env::set_var("DYNPATCH_TEST_MARKER", &marker) };
        let error = refused(fixture("five"));
        assert_eq!((error.code(), error.subject()), (ErrorCode::UnknownItem, "test_app::no_such::version"));
        assert_eq!(error.help(), Some("did you mean `test_app::version`?"));
        assert_eq!((test_app::pair_f(), test_app::pair_g()), (0, 0));
        assert!(!marker.exists(), "no constructor ran");
        assert!(!maps().contains("dynpatch"), "nothing was mapped");
        // The twin that fits shows that the constructor would have left its mark.
        reload(fixture("marker")).unwrap();
        assert_eq!(test_app::version(), 55);
        assert!(marker.exists());
    });
}

fn maps() -> String {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("a Linux process");
    maps.lines().filter(|line| line.contains("memfd")).collect()
}

#[test]
fn an_entry_that_fails_or_panics_changes_nothing() {
    isolated("transactions::an_entry_that_fails_or_panics_changes_nothing", || {
        init().unwrap();
        let error = refused(fixture("entry-error"));
        assert_eq!((error.code(), error.subject()), (ErrorCode::EntryFailed, "entry_error::start"));
        assert_eq!(error.cause(), "failed: the database is not there");
        let error = refused(fixture("entry-panic"));
        assert_eq!((error.code(), error.subject()), (ErrorCode::EntryPanicked, "entry_panic::start"));
        assert_eq!(error.cause(), "panicked: the entry exploded");
        // The same process goes on.
        reload(fixture("hotfix")).unwrap();
        assert_eq!(test_app::process_data("x"), "hotfixed x on v1 101");
    });
}

#[test]
fn entries_run_before_commit_and_teardowns_after_rollback() {
    isolated("transactions::entries_run_before_commit_and_teardowns_after_rollback", || {
        init().unwrap();
        reload(fixture("entry-good")).unwrap();
        assert_eq!(test_app::version(), 88);
        assert_eq!(test_app::HITS.load(Ordering::Relaxed), 101, "both entries ran");
        let back = rollback().unwrap();
        assert_eq!(test_app::version(), 1);
        assert_eq!(test_app::HITS.load(Ordering::Relaxed), 1111, "both teardowns ran");
        assert!(back.warnings.is_empty(), "{:?}", back.warnings);
        assert_eq!(back.items[0].now, Some(dynpatch::Origin::BuiltIn));
    });
}

#[test]
fn of_two_applies_at_once_one_is_busy_and_leaves_no_trace() {
    isolated("transactions::of_two_applies_at_once_one_is_busy_and_leaves_no_trace", || {
        init().unwrap();
        let slow = std::thread::spawn(|| reload(fixture("slow")));
        while test_app::HITS.load(Ordering::Acquire) != 1 {
            std::thread::yield_now();
        }
        let error = refused(fixture("hotfix"));
        assert_eq!(error.code(), ErrorCode::Busy);
        assert_eq!(rollback().unwrap_err().code(), ErrorCode::Busy);
        assert!(history().is_empty(), "what was busy leaves no trace");
        test_app::HITS.store(2, Ordering::Release);
        let applied = slow.join().unwrap().unwrap();
        assert_eq!((test_app::version(), test_app::process_data("x")), (99, "X".to_owned()));
        let names: Vec<_> = applied.items.iter().map(|item| item.name.as_str()).collect();
        assert_eq!(names, ["test_app::version"]);
        assert_eq!(history().len(), 1);
    });
}
