//! Shared statics are one object; the others are each image's own.

use crate::applied;
use dynpatch::prelude::*;
use dynpatch_tests::{fixture, isolated};
use std::sync::atomic::Ordering::Relaxed;

#[test]
fn a_marked_static_is_one_object_for_host_and_all_patches() {
    isolated("statics::a_marked_static_is_one_object_for_host_and_all_patches", || {
        assert_eq!(test_app::hit("built-in"), (1, 1));
        applied("same-source");
        assert_eq!(test_app::hit("patched"), (2, 1), "one count is shared, the other is the patch's own");
        assert_eq!(test_app::hit("patched"), (3, 2));
        // The same file once more: an image of its own.
        reload(fixture("same-source")).unwrap();
        assert_eq!(test_app::hit("again"), (4, 1));
        rollback().unwrap();
        assert_eq!(test_app::hit("patched"), (5, 3));
        rollback().unwrap();
        assert_eq!(test_app::hit("built-in"), (6, 2));
        assert_eq!(test_app::HITS.load(Relaxed), 6);
        let names = test_app::NAMES.lock().unwrap();
        let all: Vec<_> = names.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        assert_eq!(all, [("again v2", 1), ("built-in v1", 2), ("patched v2", 3)]);
    });
}

#[test]
fn a_static_of_a_patch_that_was_taken_back_keeps_its_type_and_its_state() {
    isolated("statics::a_static_of_a_patch_that_was_taken_back_keeps_its_type_and_its_state", || {
        applied("static-first");
        assert_eq!((test_app::version(), test_app::version()), (70, 71));
        rollback().unwrap();
        let error = crate::refused(fixture("static-changed"));
        assert!(error.to_string().contains("shared_home::SHARED"), "{error}");
        reload(fixture("static-first")).unwrap();
        assert_eq!(test_app::version(), 72, "it is the one that was there");
    });
}
