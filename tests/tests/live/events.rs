//! What a runtime tells while it works.

use dynpatch::prelude::*;
use dynpatch::{Event, GenerationStatus, disable, live_patches, rollback_to, subscribe};
use dynpatch_tests::{fixture, isolated};
use metrics::{Key, KeyName, SharedString, Unit};
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// What was told, in words.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    fn subscribed() -> (Self, dynpatch::Subscription) {
        let told = Self::default();
        let of_callback = told.clone();
        let subscription = subscribe(move |event| of_callback.0.lock().unwrap().push(words(event))).unwrap();
        (told, subscription)
    }
}

fn words(event: &Event<'_>) -> String {
    match event {
        Event::Applying { .. } => format!("applying on {}", test_app::version()),
        Event::Phase { phase, took, .. } => {
            assert!(!took.is_zero());
            format!("{phase} on {}", test_app::version())
        }
        Event::Applied(applied) => format!("applied {} on {}", applied.generation, test_app::version()),
        Event::Refused { error, .. } => format!("refused {}", error.code()),
        Event::RollingBack { patch, generation } => {
            format!("rolling back {generation} {} on {}", patch.name, test_app::version())
        }
        Event::RolledBack(back) => format!("rolled back {} on {}", back.patch.name, test_app::version()),
        Event::Disabled(back) => format!("disabled {}", back.patch.name),
        Event::Retired { patch, generation } => format!("retired {generation} {}", patch.name),
        Event::Unmapped { patch, .. } => format!("unmapped {}", patch.name),
        other => panic!("an event nobody knows: {other:?}"),
    }
}

#[test]
fn every_step_is_told_in_order() {
    isolated("events::every_step_is_told_in_order", || {
        init().unwrap();
        let (told, subscription) = Told::subscribed();
        reload(fixture("stack-base")).unwrap();
        assert_eq!(
            told.take(),
            [
                "applying on 1",
                "seal on 1",
                "inspect on 1",
                "map on 1",
                "prepare on 1",
                "commit on 12",
                "applied 1 on 12"
            ],
            "the new code runs from the commit on"
        );
        reload(fixture("stack-foe")).unwrap_err();
        assert_eq!(told.take(), ["applying on 12", "seal on 12", "refused conflict"]);
        reload(fixture("hotfix")).unwrap();
        reload(fixture("same-source")).unwrap();
        told.take();
        disable(2).unwrap();
        assert_eq!(told.take(), ["rolling back 2 hotfix on 2", "disabled hotfix", "retired 2 hotfix"]);
        rollback_to(0).unwrap();
        assert_eq!(
            told.take(),
            [
                "rolling back 3 same-source on 2",
                "rolling back 1 stack-base on 2",
                "rolled back same-source on 1",
                "rolled back stack-base on 1",
                "retired 3 same-source",
                "retired 1 stack-base",
            ]
        );
        drop(subscription);
        reload(fixture("hotfix")).unwrap();
        assert!(told.take().is_empty(), "nobody listens any more");
    });
}

#[test]
fn what_is_unmapped_is_told_when_the_kernel_says_so() {
    isolated("events::what_is_unmapped_is_told_when_the_kernel_says_so", || {
        // SAFETY: the fixture hands out nothing.
        unsafe { RuntimeBuilder::new().reclaim() }.rollback_depth(0).init().unwrap();
        let (told, _subscription) = Told::subscribed();
        reload(fixture("stack-total")).unwrap();
        assert_eq!(test_app::version(), 40);
        reload(fixture("stack-base")).unwrap();
        let told = told.take();
        let after = told.iter().position(|event| event == "applied 2 on 12").unwrap();
        assert_eq!(told[after + 1..], ["retired 1 stack-total", "unmapped stack-total"]);
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        assert_eq!(maps.lines().filter(|line| line.contains("memfd") && line.contains("r-x")).count(), 1, "{maps}");
    });
}

#[test]
fn a_subscriber_harms_nobody() {
    isolated("events::a_subscriber_harms_nobody", || {
        init().unwrap();
        let _panics = subscribe(|event| panic!("told of {event:?}")).unwrap();
        let codes = Arc::new(Mutex::new(Vec::new()));
        let of_callback = Arc::clone(&codes);
        let _calls = subscribe(move |event| {
            if let Event::Applied(_) = event {
                let codes = [rollback().unwrap_err().code(), reload("nothing").unwrap_err().code()];
                of_callback.lock().unwrap().extend(codes.map(|code| code.to_string()));
                of_callback.lock().unwrap().push(format!("{} live", live_patches().len()));
            }
        })
        .unwrap();
        let (told, _subscription) = Told::subscribed();
        // One that ends itself.
        let own = Arc::new(Mutex::new(None));
        let of_callback = Arc::clone(&own);
        let mut times = 0;
        let counted = Told::default();
        let of_counted = counted.clone();
        let ends = subscribe(move |_| {
            times += 1;
            of_counted.0.lock().unwrap().push(times.to_string());
            drop(of_callback.lock().unwrap().take());
        });
        *own.lock().unwrap() = Some(ends.unwrap());
        reload(fixture("stack-base")).unwrap();
        assert_eq!(test_app::version(), 12);
        assert_eq!(told.take().len(), 7, "one that panics does not keep others from hearing");
        assert_eq!(*codes.lock().unwrap(), ["busy", "busy", "1 live"], "what needs no lock answers");
        assert_eq!(counted.take(), ["1"]);
    });
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("at its end");
    }
}

#[test]
fn a_panic_at_the_worst_moment_loses_no_table() {
    isolated("events::a_panic_at_the_worst_moment_loses_no_table", || {
        // SAFETY: the fixtures hand out nothing.
        unsafe { RuntimeBuilder::new().reclaim() }.rollback_depth(9).init().unwrap();
        // The payload of the panic panics when it is dropped.
        let _panics = subscribe(|_| std::panic::panic_any(Bomb)).unwrap();
        // So does what a callback owns that ends its own subscription.
        let own = Arc::new(Mutex::new(None));
        let of_callback = Arc::clone(&own);
        let bomb = Bomb;
        let ends = subscribe(move |event| {
            let _owned = &bomb;
            if let Event::RolledBack(_) = event {
                drop(of_callback.lock().unwrap().take());
            }
        });
        *own.lock().unwrap() = Some(ends.unwrap());
        reload(fixture("stack-base")).unwrap();
        reload(fixture("hotfix")).unwrap();
        let held = dynpatch::Snapshot::current();
        assert_eq!(held.enter(|| test_app::process_data("x")), "hotfixed x on v12 101");
        disable(1).unwrap();
        rollback().unwrap();
        for _ in 0..3 {
            dynpatch::try_reclaim().unwrap();
        }
        assert_eq!(test_app::version(), 1);
        assert_eq!(held.enter(|| test_app::process_data("x")), "hotfixed x on v12 101", "it is still mapped");
        drop(held);
        let report = dynpatch::try_reclaim().unwrap();
        assert!(
            report.generations.iter().all(|generation| generation.status == GenerationStatus::Unmapped),
            "{report}"
        );
    });
}

/// Panics at whatever it is told.
struct Panicking;

impl log::Log for Panicking {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        TOLD.fetch_add(1, Ordering::Relaxed);
        panic!("told {}", record.args());
    }

    fn flush(&self) {}
}

impl metrics::Recorder for Panicking {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &metrics::Metadata<'_>) -> metrics::Counter {
        panic!("counts {key}");
    }

    fn register_gauge(&self, key: &Key, _: &metrics::Metadata<'_>) -> metrics::Gauge {
        // What needs no lock of the runtime's may be asked for.
        TOLD.fetch_add(live_patches().len(), Ordering::Relaxed);
        panic!("measures {key}");
    }

    fn register_histogram(&self, key: &Key, _: &metrics::Metadata<'_>) -> metrics::Histogram {
        panic!("measures {key}");
    }
}

impl tracing::Subscriber for Panicking {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "dynpatch"
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        TOLD.fetch_add(1, Ordering::Relaxed);
        panic!("told of {event:?}");
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {
        TOLD.fetch_add(1, Ordering::Relaxed);
        panic!("a span has ended");
    }
}

/// How often those who panic were told of something.
static TOLD: AtomicUsize = AtomicUsize::new(0);

/// Applies, is refused, and takes back, while somebody panics at each step.
fn all_goes_on() {
    let (told, _subscription) = Told::subscribed();
    reload(fixture("stack-base")).unwrap();
    reload(fixture("hotfix")).unwrap();
    assert_eq!(test_app::process_data("x"), "hotfixed x on v12 101");
    assert_eq!(reload(fixture("stack-foe")).unwrap_err().code(), ErrorCode::Conflict);
    disable(1).unwrap();
    rollback().unwrap();
    assert_eq!((test_app::version(), test_app::process_data("x")), (1, "X".to_owned()));
    assert!(TOLD.load(Ordering::Relaxed) > 10, "they were told, and have panicked");
    assert_eq!(told.take().len(), 7 + 7 + 3 + 3 + 3, "and kept nobody from hearing");
}

#[test]
fn a_logger_and_a_recorder_that_panic_harm_nobody() {
    isolated("events::a_logger_and_a_recorder_that_panic_harm_nobody", || {
        init().unwrap();
        log::set_logger(&Panicking).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
        metrics::set_global_recorder(Panicking).unwrap();
        all_goes_on();
    });
}

#[test]
fn a_subscriber_of_tracing_that_panics_harms_nobody() {
    isolated("events::a_subscriber_of_tracing_that_panics_harms_nobody", || {
        init().unwrap();
        let dispatch = tracing_core::Dispatch::new(Panicking);
        tracing_core::dispatcher::set_global_default(dispatch).unwrap();
        all_goes_on();
    });
}

#[test]
fn who_has_ended_is_told_no_more() {
    isolated("events::who_has_ended_is_told_no_more", || {
        init().unwrap();
        let second = Arc::new(Mutex::new(None));
        let of_callback = Arc::clone(&second);
        let _first = subscribe(move |_| drop(of_callback.lock().unwrap().take())).unwrap();
        let (told, subscription) = Told::subscribed();
        *second.lock().unwrap() = Some(subscription);
        reload(fixture("stack-base")).unwrap();
        assert_eq!(test_app::version(), 12);
        assert!(told.take().is_empty(), "the first has ended it before");
    });
}

/// The figures by name and label.
fn figures(snapshotter: &Snapshotter) -> BTreeMap<String, String> {
    let mut figures = BTreeMap::new();
    for (key, _, _, value) in snapshotter.snapshot().into_vec() {
        let labels: Vec<_> = key.key().labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        let value = match value {
            DebugValue::Counter(count) => count.to_string(),
            DebugValue::Gauge(gauge) => gauge.to_string(),
            DebugValue::Histogram(values) => {
                assert!(values.iter().all(|seconds| seconds.0 > 0.0 && seconds.0 < 60.0), "{values:?}");
                format!("{} values", values.len())
            }
        };
        figures.insert(format!("{} {}", key.key().name(), labels.join(" ")), value);
    }
    figures
}

#[test]
fn figures_reach_a_recorder() {
    isolated("events::figures_reach_a_recorder", || {
        let recorder = DebuggingRecorder::new();
        let snapshotter = recorder.snapshotter();
        recorder.install().unwrap();
        init().unwrap();
        for _ in 0..3 {
            reload(fixture("stack-base")).unwrap();
        }
        for package in ["stack-foe", "stack-foe", "five"] {
            reload(fixture(package)).unwrap_err();
        }
        reload(fixture("hotfix")).unwrap();
        assert_eq!(test_app::process_data("x"), "hotfixed x on v12 101");
        disable(2).unwrap();
        rollback().unwrap();
        let expected = [
            ("dynpatch_applied_total patch=hotfix", "1"),
            ("dynpatch_applied_total patch=stack-base", "3"),
            ("dynpatch_apply_seconds ", "4 values"),
            ("dynpatch_live_generations ", "2"),
            ("dynpatch_refused_total code=conflict", "2"),
            ("dynpatch_refused_total code=unknown-item", "1"),
            ("dynpatch_rolled_back_total reason=asked", "1"),
            ("dynpatch_rolled_back_total reason=disabled", "1"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(figures(&snapshotter), BTreeMap::from(expected));
    });
}
