//! What patches say through `log` and `tracing` reaches the host's logger and subscriber.

use dynpatch::prelude::*;
use dynpatch_tests::{fixture, isolated};
use recorder::{LEVELS, Recorder, number};
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use tracing::Level;
use tracing_core::dispatcher::{set_global_default, with_default};

#[path = "records/recorder.rs"]
mod recorder;

fn patched() {
    assert_eq!(test_app::speak("silence"), 1, "the built-in code runs first");
    init().expect("the first runtime of this process");
    reload(fixture("records")).expect("the fixture fits");
}

fn say(what: &str) {
    assert_eq!(test_app::speak(what), 2, "the patch runs");
}

/// Patches the program and sets its subscriber.
fn patched_and_recorded() -> Recorder {
    patched();
    let recorder = Recorder::default();
    set_global_default(recorder.dispatch()).expect("the first subscriber of this process");
    recorder
}

#[test]
fn records_of_log_reach_the_logger() {
    struct Logger;
    static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());
    impl log::Log for Logger {
        fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
            metadata.target() != "elsewhere" || metadata.level() < log::Level::Warn
        }
        fn log(&self, record: &log::Record<'_>) {
            let (level, target, text) = (record.level(), record.target(), record.args());
            let (module, file) = (record.module_path().unwrap_or("-"), record.file().unwrap_or("-"));
            assert!(target.starts_with("dynpatch") || file.ends_with("records/src/lib.rs") && record.line() > Some(1));
            SEEN.lock().unwrap().push(format!("{level} {target} {module}: {text}"));
        }
        fn flush(&self) {}
    }
    isolated("records_of_log_reach_the_logger", || {
        patched();
        say("log");
        log::set_logger(&Logger).expect("the first logger of this process");
        say("log");
        assert!(SEEN.lock().unwrap().is_empty(), "no level is on yet");
        log::set_max_level(log::LevelFilter::Info);
        say("log");
        assert_eq!(
            *SEEN.lock().unwrap(),
            ["ERROR records records: an error", "INFO records records: some information"]
        );
        log::set_max_level(log::LevelFilter::Debug);
        say("log");
        assert_eq!(SEEN.lock().unwrap().last().map(String::as_str), Some("DEBUG records records: details"));
    });
}

#[test]
fn an_apply_is_a_span_with_its_phases() {
    isolated("an_apply_is_a_span_with_its_phases", || {
        let recorder = patched_and_recorded();
        recorder.0.own.store(true, Ordering::Relaxed);
        rollback().unwrap();
        let lines = recorder.lines();
        let back =
            lines.iter().find(|line| line.contains("message=debug rolled back")).expect("a record of the rollback");
        assert!(back.starts_with("event INFO dynpatch  in -:") && back.contains("patch=str records"), "{back}");
        reload(fixture("records")).unwrap();
        let lines = recorder.lines();
        let inside = |line: &&String| line.starts_with("event DEBUG dynpatch  in (apply):");
        assert!(lines[0].starts_with("new INFO dynpatch apply in -: path=debug /"), "{lines:#?}");
        assert_eq!(lines.iter().filter(inside).count(), 6, "{lines:#?}");
        let applied = lines.iter().find(|line| line.starts_with("event INFO dynpatch  in (apply):"));
        let applied = applied.unwrap_or_else(|| panic!("{lines:#?}"));
        assert!(applied.contains("patch=str records") && applied.contains("generation=u64 2"), "{applied}");
    });
}

#[test]
fn values_keep_their_kinds() {
    isolated("values_keep_their_kinds", || {
        let recorder = patched_and_recorded();
        say("values");
        let wide = format!("wide.signed=i128 {} wide.unsigned=u128 {}", i128::MIN, u128::MAX);
        assert_eq!(
            recorder.lines(),
            [
                format!(
                    "event WARN elsewhere every kind in -: message=debug a message with arguments signed=i64 -1 \
                     small=u64 1 unsigned=u64 18446744073709551615 {wide} float=f64 0.5 truth=bool true text=str text \
                     owned=str owned bytes=bytes [1, 171] debugged=debug Some(\"x\") displayed=debug x \
                     error=error a failure because of Some(\"a cause\")"
                ),
                "event INFO records  in -: message=debug plain".to_owned(),
            ]
        );
        let source = include_str!("../fixtures/records/src/lib.rs");
        let line = 1 + source.lines().position(|line| line.contains("(\"plain\")")).expect("the fixture says it");
        assert_eq!(recorder.0.events.lock().unwrap()[1].line(), Some(line as u32));
        say("wide");
        let lines = recorder.lines();
        assert_eq!(lines.iter().map(|line| line.matches("=i64 1").count()).collect::<Vec<_>>(), [32, 42]);
        assert!(lines[1].ends_with(" ap=i64 1"));
    });
}

#[test]
fn a_span_lives_as_in_the_host() {
    isolated("a_span_lives_as_in_the_host", || {
        let recorder = patched_and_recorded();
        say("life");
        assert_eq!(
            recorder.lines(),
            [
                "new ERROR elsewhere first in -: given=i64 1",
                "record first (1): later=str now",
                "enter first",
                "new INFO records second in (first):",
                "second follows first",
                "enter second",
                "event INFO records  in (second): message=debug inside",
                "exit second",
                "exit first",
                "clone first",
                "close first",
                "close second",
                "close first",
            ]
        );
    });
}

#[test]
fn parents_are_kept() {
    isolated("parents_are_kept", || {
        let recorder = patched_and_recorded();
        say("parents");
        let lines = recorder.lines();
        let of = |start: &str| lines.iter().filter(|line| line.starts_with(start)).cloned().collect::<Vec<_>>();
        assert_eq!(
            of("event"),
            [
                "event INFO records  in (outer): message=debug contextual",
                "event INFO records  in other: message=debug explicit",
                "event INFO records  in root: message=debug root",
            ]
        );
        assert_eq!(
            of("new")[2..],
            [
                "new INFO records contextual in (outer):",
                "new INFO records explicit in other:",
                "new INFO records root in root:",
            ]
        );
    });
}

#[test]
fn the_current_span_is_the_hosts() {
    isolated("the_current_span_is_the_hosts", || {
        let recorder = patched_and_recorded();
        assert_eq!(test_app::speak("current"), 2, "there is none");
        recorder.lines();
        tracing::error_span!("host", from_patch = tracing::field::Empty).in_scope(|| {
            assert_eq!(test_app::speak("current"), 3);
        });
        assert_eq!(
            recorder.lines(),
            [
                "new ERROR records host in -:",
                "enter host",
                "clone host",
                "record host (1): from_patch=i64 7",
                "event INFO records  in host: message=debug current: host",
                "new INFO records own in (host):",
                "enter own",
                "clone own",
                "record own (1): late=bool true",
                "close own",
                "exit own",
                "close own",
                "close host",
                "exit host",
                "close host",
            ]
        );
    });
}

#[test]
fn interest_follows_the_subscriber() {
    isolated("interest_follows_the_subscriber", || {
        patched();
        say("levels");
        assert_eq!(test_app::speak("enabled"), 0b10_0000, "nobody listens");
        let recorder = Recorder::default();
        set_global_default(recorder.dispatch()).expect("the first subscriber of this process");
        for level in LEVELS {
            recorder.set_level(level);
            say("levels");
            assert_eq!(recorder.lines().len() as u64, number(level), "asked each time");
        }
        recorder.set_level(Level::INFO);
        assert_eq!(test_app::speak("enabled"), 0b10_1011);
        let registered = recorder.0.registered.load(Ordering::Relaxed);
        say("levels");
        assert_eq!(recorder.0.registered.load(Ordering::Relaxed), registered, "once for each callsite");
        recorder.lines();

        recorder.0.hint.store(2, Ordering::Relaxed);
        recorder.set_level(Level::TRACE);
        say("levels");
        assert_eq!(recorder.lines().len(), 5, "the hint is news only when the subscriber says so");
        tracing::callsite::rebuild_interest_cache();
        say("levels");
        assert_eq!(recorder.lines().len(), 2);
        recorder.0.never.store(true, Ordering::Relaxed);
        tracing::callsite::rebuild_interest_cache();
        say("levels");
        assert_eq!(recorder.lines().len(), 0);
        recorder.0.never.store(false, Ordering::Relaxed);
        recorder.0.hint.store(5, Ordering::Relaxed);
        tracing::callsite::rebuild_interest_cache();
        say("levels");
        assert_eq!(recorder.lines().len(), 5, "never is not for ever");
    });
}

#[test]
fn without_a_subscriber_nothing_happens() {
    isolated("without_a_subscriber_nothing_happens", || {
        patched();
        for what in ["values", "wide", "levels", "life", "parents", "keep", "use kept", "drop kept", "panic in debug"] {
            say(what);
        }
        assert_eq!(test_app::speak("current"), 2);
    });
}

#[test]
fn a_span_stays_with_its_subscriber() {
    isolated("a_span_stays_with_its_subscriber", || {
        patched();
        let [first, second, third] = [(); 3].map(|()| Recorder::default());
        with_default(&first.dispatch(), || say("keep"));
        with_default(&second.dispatch(), || {
            tracing::info_span!("host", from_patch = tracing::field::Empty).in_scope(|| {
                // Its number is the kept span's.
                say("use kept");
                assert_eq!(test_app::speak("current"), 3);
            });
        });
        // Here it is the number of the patch's own span.
        with_default(&third.dispatch(), || assert_eq!(test_app::speak("current"), 2));
        say("drop kept");
        assert_eq!(
            first.lines(),
            [
                "new INFO records kept in -:",
                "clone kept",
                "record kept (1): turns=i64 1",
                "enter kept",
                "exit kept",
                "close kept",
                "close kept",
            ]
        );
        let second_lines = second.lines();
        assert_eq!(second_lines[2], "event INFO records  in (host): message=debug while in the kept span");
        assert!(second_lines.contains(&"record host (1): from_patch=i64 7".to_owned()));
        assert!(third.lines().contains(&"record own (1): late=bool true".to_owned()));
        // Nothing but the recorders themselves holds a subscriber whose spans are closed.
        assert_eq!([first, second, third].map(|recorder| Arc::strong_count(&recorder.0)), [1; 3]);
    });
}

#[test]
fn panics_on_the_way_are_panics() {
    isolated("panics_on_the_way_are_panics", || {
        let recorder = patched_and_recorded();
        let message = |what: &str| {
            let payload = catch_unwind(AssertUnwindSafe(|| test_app::speak(what))).expect_err("it panics");
            payload.downcast_ref::<String>().cloned().expect("a message")
        };
        assert_eq!(message("panic in debug"), "boom in Debug");
        assert_eq!(message("explode"), "the subscriber explodes");
        recorder.lines();
        say("still there");
        assert_eq!(recorder.lines(), ["event INFO records  in -: message=debug still there"]);
    });
}

#[test]
fn callsites_are_told_apart() {
    isolated("callsites_are_told_apart", || {
        let recorder = patched_and_recorded();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..50).for_each(|_| say("levels")));
            }
        });
        reload(fixture("records")).expect("another copy of the same patch");
        say("levels");
        let events = recorder.0.events.lock().unwrap();
        assert_eq!(events.len(), 8 * 50 * 5 + 5);
        let callsites: HashSet<_> = events.iter().map(|event| event.callsite()).collect();
        assert_eq!(callsites.len(), 2 * 5, "one callsite for each in each image");
    });
}
