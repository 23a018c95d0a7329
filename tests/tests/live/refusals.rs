//! What does not fit is refused by name, before any of its code runs.

use crate::refused;
use dynpatch::prelude::*;
use dynpatch_tests::{fixture, fixture_in, isolated};

#[test]
fn a_changed_signature_or_type_is_refused() {
    isolated("refusals::a_changed_signature_or_type_is_refused", || {
        init().unwrap();
        for (package, subject, cause) in [
            ("with-changed-signature", "test_app::version, result (u64)", "host u64, patch u32"),
            (
                "with-changed-size",
                "test_app::serve, argument 0 (Request), field more",
                "host none, patch u64 at byte 24",
            ),
            ("with-changed-definition", "test_app::serve, argument 0 (Request), field quantity", "host u32, patch i32"),
            ("with-changed-moved", "test_app::Greeter::greet", "moved within its service: host place 0, patch place 1"),
        ] {
            let error = refused(fixture(package));
            assert_eq!((error.code(), error.subject(), error.cause()), (ErrorCode::Layout, subject, cause));
            assert!(error.help().is_some());
        }
        reload(fixture("same-source")).unwrap();
        assert_eq!(test_app::version(), 2, "the same process still takes what fits");
    });
}

#[test]
fn a_required_method_that_only_one_side_has_is_refused() {
    isolated("refusals::a_required_method_that_only_one_side_has_is_refused", || {
        init().unwrap();
        let error = refused(fixture("with-changed-required"));
        assert_eq!((error.code(), error.subject()), (ErrorCode::Layout, "test_app::Greeter::required"));
        let error = refused(fixture("with-changed-lacking"));
        assert_eq!((error.code(), error.subject()), (ErrorCode::Layout, "test_app::Greeter::greet_later"));
    });
}

#[test]
fn a_function_that_a_patch_left_out_is_named() {
    isolated("refusals::a_function_that_a_patch_left_out_is_named", || {
        init().unwrap();
        let applied = reload(fixture("with-changed-less")).unwrap();
        assert_eq!(test_app::version(), 3);
        let left_out = |item: &str| {
            applied
                .warnings
                .iter()
                .any(|warning| matches!(warning, dynpatch::Warning::NotProvided { item: named } if named == item))
        };
        assert!(left_out("test_app::process_data"));
        assert!(!left_out("test_app::version"));
    });
}

#[test]
fn what_is_provided_twice_is_refused() {
    isolated("refusals::what_is_provided_twice_is_refused", || {
        init().unwrap();
        let error = refused(fixture("duplicate"));
        assert_eq!((error.code(), error.subject()), (ErrorCode::DuplicateItem, "test_app::version"));
        let error = refused(fixture("two-services"));
        assert_eq!((error.code(), error.subject()), (ErrorCode::DuplicateService, "test_app::Greeter"));
    });
}

#[test]
fn a_patch_that_cannot_contain_its_panics_is_refused() {
    isolated("refusals::a_patch_that_cannot_contain_its_panics_is_refused", || {
        init().unwrap();
        assert_eq!(refused(fixture_in("abort", "same-source")).code(), ErrorCode::PanicAbort);
        reload(fixture("same-source")).unwrap();
        assert_eq!(test_app::version(), 2);
    });
}

#[test]
fn an_interface_hash_that_differs_is_refused_and_one_that_matches_is_loaded() {
    isolated("refusals::an_interface_hash_that_differs_is_refused_and_one_that_matches_is_loaded", || {
        RuntimeBuilder::new().type_hash(0x1234567890abcdef).init().unwrap();
        let error = refused(fixture("hash-wrong"));
        assert_eq!((error.code(), error.subject()), (ErrorCode::TypeHash, "hash-wrong"));
        assert_eq!(refused(fixture("same-source")).code(), ErrorCode::TypeHash, "a patch without a hash as well");
        let applied = reload(fixture("hash-right")).unwrap();
        assert_eq!(applied.patch.type_hash, 0x1234567890abcdef);
        assert_eq!(test_app::version(), 2);
    });
}

#[test]
fn a_hash_computed_from_a_type_matches_on_both_sides() {
    isolated("refusals::a_hash_computed_from_a_type_matches_on_both_sides", || {
        RuntimeBuilder::new().type_hash(compute_type_hash_of::<test_app::Request>()).init().unwrap();
        assert_eq!(refused(fixture("hash-right")).code(), ErrorCode::TypeHash);
        reload(fixture("hash-typed")).unwrap();
        assert_eq!(test_app::version(), 2);
    });
}

#[test]
fn a_hash_that_is_not_asked_for_is_not_compared() {
    isolated("refusals::a_hash_that_is_not_asked_for_is_not_compared", || {
        init().unwrap();
        reload(fixture("hash-wrong")).unwrap();
        assert_eq!(test_app::version(), 2);
    });
}

#[test]
fn an_interface_version_that_does_not_go_with_the_hosts_is_refused() {
    isolated("refusals::an_interface_version_that_does_not_go_with_the_hosts_is_refused", || {
        RuntimeBuilder::new().interface_version(Version::new(1, 4, 0)).init().unwrap();
        let error = refused(fixture("hash-wrong"));
        assert_eq!(error.code(), ErrorCode::InterfaceVersion);
        assert_eq!(error.cause(), "written for interface 2.0.0, the host offers 1.4.0");
        reload(fixture("hash-right")).unwrap();
        assert_eq!(test_app::version(), 2);
    });
}

#[test]
fn a_second_runtime_is_named() {
    isolated("refusals::a_second_runtime_is_named", || {
        init().unwrap();
        let applied = reload(fixture("own-runtime")).unwrap();
        assert_eq!(test_app::version(), 123, "its own runtime works");
        let [dynpatch::Warning::SecondRuntime { name }] = &applied.warnings[..] else {
            panic!("{:?}", applied.warnings)
        };
        assert_eq!(name, "tokio");
        assert!(reload(fixture("hotfix")).unwrap().warnings.is_empty());
    });
}

#[test]
fn early_allocations_are_refused_where_they_could_not_be_freed() {
    isolated("refusals::early_allocations_are_refused_where_they_could_not_be_freed", || {
        init().unwrap();
        let error = refused(fixture("early"));
        assert_eq!(error.code(), ErrorCode::AllocatorMismatch, "{error}");
        reload(fixture("hotfix")).unwrap();
        assert_eq!(test_app::process_data("x"), "hotfixed x on v1 101");
    });
}
