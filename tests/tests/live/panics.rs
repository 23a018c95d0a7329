//! Panics cross in both directions, are reported once, and end nothing.

use crate::applied;
use dynpatch::PatchPanic;
use dynpatch::prelude::*;
use dynpatch_tests::{fixture, isolated};
use std::any::Any;
use std::panic::catch_unwind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

static REPORTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// The host's own hook, set by a program that knows nothing of patches.
fn record_reports() {
    std::panic::set_hook(Box::new(|info| {
        let location = info.location().unwrap();
        let text = text_of(info.payload()).to_owned();
        let report = format!("{text} at {}:{}", location.file(), location.line());
        eprintln!("{report}");
        REPORTS.lock().unwrap().push(report);
    }));
}

fn text_of(payload: &(dyn Any + Send)) -> &str {
    let literal = payload.downcast_ref::<&'static str>().copied();
    literal.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no text")
}

fn reports() -> Vec<String> {
    std::mem::take(&mut REPORTS.lock().unwrap())
}

fn message(payload: Box<dyn Any + Send>) -> String {
    *payload.downcast::<String>().expect("text arrives as text")
}

#[test]
fn a_patchs_panic_arrives_in_the_host_once_with_its_place() {
    isolated("panics::a_patchs_panic_arrives_in_the_host_once_with_its_place", || {
        record_reports();
        applied("same-source");
        for (how, expected) in [("literal", "literal boom"), ("formatted", "formatted boom 2")] {
            assert_eq!(message(catch_unwind(|| test_app::explode(how)).unwrap_err()), expected);
            let [report] = &reports()[..] else { panic!("one panic, one report") };
            assert!(report.starts_with(&format!("{expected} at ")), "{report}");
            assert!(report.contains("tests/app/src/lib.rs:"), "{report}");
        }
        let panic = *catch_unwind(|| test_app::explode("value")).unwrap_err().downcast::<PatchPanic>().unwrap();
        assert!(panic.location.contains("tests/app/src/lib.rs"), "{panic}");
        assert_eq!(reports().len(), 1);
        // The hook may change after a patch was applied.
        std::panic::set_hook(Box::new(|_| REPORTS.lock().unwrap().push("the new hook".to_owned())));
        for _ in 0..2 {
            catch_unwind(|| test_app::explode("literal")).unwrap_err();
        }
        assert_eq!(reports(), ["the new hook", "the new hook"]);
    });
}

#[test]
fn drops_run_on_both_sides_of_a_border() {
    isolated("panics::drops_run_on_both_sides_of_a_border", || {
        record_reports();
        applied("same-source");
        let dropped = AtomicU64::new(0);
        // Patch code calls a patchable function, which panics: host → patch → host → patch, and back.
        let payload = catch_unwind(|| test_app::version_and_explosion("formatted", &dropped)).unwrap_err();
        assert_eq!(message(payload), "formatted boom 2");
        assert_eq!(dropped.load(Ordering::Relaxed), 1);
        assert_eq!(reports().len(), 1);
        assert_eq!(test_app::version_and_explosion("", &dropped), 4);
    });
}

#[test]
fn a_hosts_panic_below_patch_code_arrives_in_the_host() {
    isolated("panics::a_hosts_panic_below_patch_code_arrives_in_the_host", || {
        record_reports();
        applied("same-source");
        // A closure of the host.
        let payload = catch_unwind(|| test_app::each(&|_| panic!("host closure {}", 1), &mut |text| text.len()));
        assert_eq!(message(payload.unwrap_err()), "host closure 1");
        let payload = catch_unwind(|| test_app::each(&|number| number, &mut |_| panic!("host closure mut")));
        assert_eq!(message(payload.unwrap_err()), "host closure mut");
        assert_eq!(reports().len(), 2);
    });
}

#[test]
fn a_hosts_patchable_function_below_patch_code_panics_into_the_host() {
    isolated("panics::a_hosts_patchable_function_below_patch_code_panics_into_the_host", || {
        record_reports();
        init().unwrap();
        reload(fixture("calls-explode")).unwrap();
        let dropped = AtomicU64::new(0);
        // The patch replaces `version_and_explosion` only: `explode` is the host's.
        let payload = catch_unwind(|| test_app::version_and_explosion("formatted", &dropped)).unwrap_err();
        assert_eq!(message(payload), "formatted boom 1");
        assert_eq!(dropped.load(Ordering::Relaxed), 1, "the patch's frame dropped what it held");
        let payload = catch_unwind(|| test_app::version_and_explosion("value", &dropped)).unwrap_err();
        assert!(payload.is::<PatchPanic>(), "neither text nor the same type on the other side");
        // The patch itself catches what the host raised.
        assert_eq!(test_app::version_and_explosion("caught", &dropped), 4711);
        assert_eq!(reports().len(), 3);
    });
}

#[test]
fn a_future_of_a_patch_panics_into_the_host() {
    isolated("panics::a_future_of_a_patch_panics_into_the_host", || {
        record_reports();
        init().unwrap();
        reload(fixture("calls-explode")).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let payload = catch_unwind(|| runtime.block_on(test_app::wait_for(3, "boom"))).unwrap_err();
        assert_eq!(message(payload), "the future of the patch: boom");
        assert_eq!(runtime.block_on(test_app::wait_for(3, "fine")), "fine from the patch");
        assert_eq!(reports().len(), 1);
    });
}

#[test]
fn futures_by_hand_and_dropped_futures_panic_into_the_host() {
    isolated("panics::futures_by_hand_and_dropped_futures_panic_into_the_host", || {
        record_reports();
        applied("same-source");
        assert_eq!(test_app::version(), 2);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        assert_eq!(runtime.block_on(test_app::future_by_hand(false)), 2);
        let payload = catch_unwind(|| runtime.block_on(test_app::future_by_hand(true))).unwrap_err();
        assert_eq!(message(payload), "a future by hand of version 2");
        let payload = catch_unwind(|| {
            runtime.block_on(async {
                let mut future = Box::pin(test_app::panics_when_dropped());
                std::future::poll_fn(|context| std::task::Poll::Ready(future.as_mut().poll(context).is_pending())).await
            })
        });
        assert_eq!(message(payload.unwrap_err()), "dropped in version 2");
        assert_eq!(reports().len(), 2);
    });
}

#[test]
fn a_closure_of_a_service_that_a_patch_made_panics_as_its_own() {
    isolated("panics::a_closure_of_a_service_that_a_patch_made_panics_as_its_own", || {
        record_reports();
        init().unwrap();
        reload(fixture("own-service")).unwrap();
        assert_eq!(test_app::each(&|number| number + 1, &mut |_| 0), 42, "the patch's own service ran the closure");
        let payload = catch_unwind(|| test_app::each(&|_| panic!("through two borders"), &mut |_| 0)).unwrap_err();
        assert_eq!(message(payload), "through two borders");
        assert_eq!(reports().len(), 1);
    });
}

#[test]
fn patch_code_has_no_runtime_of_its_own() {
    isolated("panics::patch_code_has_no_runtime_of_its_own", || {
        applied("same-source");
        let error = test_app::asks_the_runtime().unwrap_err();
        assert!(error.contains("not-initialised") && error.contains("called from patch code"), "{error}");
        rollback().unwrap();
        assert_eq!(test_app::asks_the_runtime(), Ok(2));
    });
}
