//! Trait services.

use crate::applied;
use dynpatch::prelude::*;
use dynpatch_tests::{fixture, isolated};
use test_app::{English, GREETER, Greeter as _};

fn now<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
}

#[test]
fn a_service_switches_with_the_functions_and_back() {
    isolated("services::a_service_switches_with_the_functions_and_back", || {
        let owned: Service<dyn test_app::Greeter> = Service::owned(English);
        assert_eq!(GREETER.get().greet("you"), "hello you v1");
        let report = applied("same-source");
        assert_eq!(test_app::version(), 2);
        assert_eq!(GREETER.get().greet("you"), "hello you v2");
        assert_eq!(owned.get().greet("me"), "hello me v2");
        assert_eq!(GREETER.get().greet_twice("you"), "hello you v2, hello you v2");
        assert_eq!(now(GREETER.get().greet_later("you")), "later you v2");
        assert!(report.items.iter().any(|item| item.name == "test_app::Greeter::greet"));
        rollback().unwrap();
        assert_eq!(owned.get().greet("me"), "hello me v1");
        assert_eq!(now(GREETER.get().greet_later("you")), "later you v1");
    });
}

#[test]
fn another_implementation_takes_over_with_a_service_of_its_own() {
    isolated("services::another_implementation_takes_over_with_a_service_of_its_own", || {
        applied("german");
        // `3` is what the implementation the patch exports for its own, added service says; the built-in one says 0.
        assert_eq!(GREETER.get().greet("du"), "hallo du 3");
        assert_eq!(GREETER.get().greet_twice("du"), "hallo du 3, hallo du 3");
        assert_eq!(GREETER.get().farewell("du"), "after hallo du 3: bye v2", "the default body as the patch knew it");
        assert_eq!(now(GREETER.get().greet_later("du")), "später du");
        let message = std::panic::catch_unwind(|| GREETER.get().greet("panic")).unwrap_err();
        assert_eq!(message.downcast_ref::<String>().unwrap(), "no greeting");
    });
}

#[test]
fn a_patch_without_a_newer_method_falls_back_to_the_default_body() {
    isolated("services::a_patch_without_a_newer_method_falls_back_to_the_default_body", || {
        applied("older-service");
        assert_eq!(GREETER.get().greet("you"), "old you 0");
        assert_eq!(GREETER.get().greet_twice("you"), "old you 1, old you 2", "one object, with its state");
        // `farewell` is not in the patch: the host's default body runs, over the patch's `greet`.
        assert_eq!(GREETER.get().farewell("you"), "after old you 3: bye v1");
        assert_eq!(now(GREETER.get().greet_later("you")), "old later you");
        rollback().unwrap();
        assert_eq!(GREETER.get().farewell("you"), "after hello you v1: bye v1");
    });
}

#[test]
fn what_was_got_stays_with_its_version() {
    isolated("services::what_was_got_stays_with_its_version", || {
        init().unwrap();
        let before = GREETER.get();
        reload(fixture("german")).unwrap();
        let during = GREETER.get();
        assert_eq!(during.greet("du"), "hallo du 3");
        assert_eq!(before.greet("you"), "hello you v1");
        rollback().unwrap();
        // Its own version; what that calls takes the newest code, as every call does.
        assert_eq!(during.greet("du"), "hallo du 0");
        assert_eq!(GREETER.get().greet("you"), "hello you v1");
    });
}
