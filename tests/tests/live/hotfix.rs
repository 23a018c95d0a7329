//! A hotfix replaces one function by path, and adds one.

use crate::{applied, refused};
use dynpatch::prelude::*;
use dynpatch_tests::{fixture, isolated};

#[test]
fn a_hotfix_replaces_one_function_and_calls_what_is_live() {
    isolated("hotfix::a_hotfix_replaces_one_function_and_calls_what_is_live", || {
        let report = applied("hotfix");
        assert_eq!(test_app::process_data("x"), "hotfixed x on v1 101");
        assert_eq!(test_app::version(), 1, "nothing else changed");
        let names: Vec<_> = report.items.iter().map(|item| item.name.as_str()).collect();
        assert_eq!(names, ["hotfix::extra", "test_app::process_data", "test_app::wait_for"]);
        assert_eq!(report.items[0].before, None, "an addition ran nothing before");
        assert_eq!(report.patch.description.as_deref(), Some("a hotfix"));
        assert_eq!(report.patch.version, Version::new(1, 2, 3));
    });
}

#[test]
fn an_addition_is_replaced_by_a_later_patch_and_comes_back() {
    isolated("hotfix::an_addition_is_replaced_by_a_later_patch_and_comes_back", || {
        init().unwrap();
        let error = refused(fixture("hotfix-again"));
        assert_eq!((error.code(), error.subject()), (ErrorCode::UnknownItem, "hotfix::extra"));
        reload(fixture("hotfix")).unwrap();
        assert_eq!(test_app::process_data("x"), "hotfixed x on v1 101");
        reload(fixture("hotfix-again")).unwrap();
        assert_eq!(test_app::process_data("x"), "hotfixed x on v1 201", "the first patch calls the second's version");
        rollback().unwrap();
        assert_eq!(test_app::process_data("x"), "hotfixed x on v1 101");
    });
}

#[test]
fn patch_code_reaches_a_version_that_came_after_it() {
    isolated("hotfix::patch_code_reaches_a_version_that_came_after_it", || {
        applied("hotfix");
        reload(fixture("marker")).unwrap();
        assert_eq!(test_app::version(), 55);
        assert_eq!(test_app::process_data("x"), "hotfixed x on v55 101");
    });
}

#[test]
fn code_that_was_rolled_back_still_finds_its_own_additions() {
    isolated("hotfix::code_that_was_rolled_back_still_finds_its_own_additions", || {
        applied("hotfix");
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut future = Box::pin(test_app::wait_for(2, "left over"));
            assert!(
                std::future::poll_fn(|context| std::task::Poll::Ready(future.as_mut().poll(context)))
                    .await
                    .is_pending()
            );
            rollback().unwrap();
            // Another patch with additions of its own, of other types.
            reload(fixture("german")).unwrap();
            assert_eq!(future.await, "left over 101");
        });
        assert_eq!(refused(fixture("hotfix-again")).code(), ErrorCode::UnknownItem, "what it added went with it");
    });
}
