//! Functions and methods, as a patch built from the same source replaces them, and back.

use crate::applied;
use dynpatch::prelude::*;
use dynpatch_tests::isolated;
use test_app::Counter;

#[test]
fn every_form_of_function_switches_and_switches_back() {
    isolated("functions::every_form_of_function_switches_and_switches_back", || {
        let report = applied("same-source");
        check(2);
        let before_and_after: Vec<_> =
            report.items.iter().map(|item| (item.before.clone(), item.now.clone())).collect();
        assert!(report.items.iter().any(|item| item.name == "test_app::process_data"));
        assert!(report.items.iter().any(|item| item.name == "test_app::Counter::add"));
        for (before, now) in before_and_after {
            assert_eq!(before, Some(dynpatch::Origin::BuiltIn));
            assert_eq!(now.unwrap().to_string(), "same-source v2.0.0 (generation 1)");
        }
        rollback().unwrap();
        check(1);
    });
}

/// What every function of the test app answers in the given version.
fn check(version: u64) {
    assert_eq!(test_app::version(), version);
    assert_eq!(test_app::latest(), version);
    assert_eq!(test_app::first_word("a b c"), if version == 1 { "a" } else { "c" });
    assert_eq!(test_app::longest("abc", "b", "longest of all"), if version == 1 { "abc" } else { "b" });
    assert_eq!(test_app::sum(&[1, 2, 3], (2, 5)), (17 + version * 1000, 3));
    assert_eq!(test_app::parse("21"), Ok(21 * version));
    assert!(test_app::parse("x").is_err());
    let mut seen = Vec::new();
    let total = test_app::each(&|number| number * 10, &mut |text| {
        seen.push(text.to_owned());
        text.len()
    });
    assert_eq!((total, seen), (version * 10 + 3, vec!["abc".to_owned()]));
    let expected = if version == 1 { "DATA".to_owned() } else { format!("data v{version}") };
    assert_eq!(test_app::process_data("data"), expected);
    let request = test_app::Request { path: "/".to_owned(), quantity: 21 };
    assert_eq!(test_app::serve(request).quantity, 21 * version as u32);
    check_methods(version);
}

fn check_methods(version: u64) {
    let mut counter = Counter::starting_at(5);
    assert_eq!(counter.count, 5 + version);
    assert_eq!(counter.read(), (5 + version) * version);
    assert_eq!(*counter.borrow("other"), 5 + version);
    assert_eq!(counter.add(3).add(1).count, 5 + version + 4 * version);
    assert_eq!(counter.finish(), 5 + version + 5 * version);
}

#[test]
fn function_pointers_and_other_crates_reach_the_live_version() {
    isolated("functions::function_pointers_and_other_crates_reach_the_live_version", || {
        // Taken before the patch, called after it.
        let pointer: fn() -> u64 = test_app::version;
        let method: fn(&Counter) -> u64 = Counter::read;
        applied("same-source");
        assert_eq!(pointer(), 2);
        assert_eq!(method(&Counter { count: 7 }), 14);
        assert_eq!(["5", "6"].map(test_app::parse), [Ok(10), Ok(12)]);
    });
}

#[test]
fn a_stack_of_patches_rolls_back_one_by_one() {
    isolated("functions::a_stack_of_patches_rolls_back_one_by_one", || {
        applied("same-source");
        reload(dynpatch_tests::fixture("entry-good")).expect_err("its entry asserts that version 1 runs");
        let second = reload(dynpatch_tests::fixture("hotfix")).unwrap();
        let item = second.items.iter().find(|item| item.name == "test_app::process_data").unwrap();
        assert_eq!(item.before.as_ref().unwrap().to_string(), "same-source v2.0.0 (generation 1)");
        assert_eq!(test_app::process_data("x"), "hotfixed x on v2 101");
        assert_eq!(test_app::version(), 2, "what the second does not replace stays the first's");
        assert_eq!(active_patch_info().unwrap().name, "hotfix");
        let back = rollback().unwrap();
        assert_eq!(back.patch.name, "hotfix");
        assert_eq!(test_app::process_data("x"), "x v2");
        assert_eq!(active_patch_info().unwrap().name, "same-source");
        rollback().unwrap();
        assert_eq!(test_app::process_data("x"), "X");
        assert_eq!(active_patch_info(), None);
        assert_eq!(rollback().unwrap_err().code(), ErrorCode::NothingToRollBack);
        let actions: Vec<_> = history().into_iter().map(|record| record.action).collect();
        use dynpatch::PatchAction::{Applied, Refused, RolledBack};
        assert_eq!(actions, [Applied, Refused(ErrorCode::EntryPanicked), Applied, RolledBack, RolledBack]);
    });
}

#[test]
fn a_runtime_of_ones_own_has_the_same_verbs_and_is_the_only_one() {
    isolated("functions::a_runtime_of_ones_own_has_the_same_verbs_and_is_the_only_one", || {
        assert_eq!(reload("x.so").unwrap_err().code(), ErrorCode::NotInitialised);
        let runtime: Runtime = RuntimeBuilder::new().build().unwrap();
        assert_eq!(init().unwrap_err().code(), ErrorCode::AlreadyInitialised);
        assert_eq!(RuntimeBuilder::new().build().unwrap_err().code(), ErrorCode::AlreadyInitialised);
        runtime.reload(dynpatch_tests::fixture("same-source")).unwrap();
        assert_eq!(test_app::version(), 2);
        assert_eq!(runtime.active_patch_info().unwrap().version, Version::new(2, 0, 0));
        assert_eq!(active_patch_info(), None, "the global functions do not know it");
        runtime.rollback().unwrap();
        assert_eq!(test_app::version(), 1);
        assert_eq!(runtime.history().len(), 2);
    });
}
