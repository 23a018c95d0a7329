//! Several live patches over each other.

use crate::refused;
use dynpatch::prelude::*;
use dynpatch::{GenerationStatus, Origin, PatchAction, disable, live_patches, rollback_to};
use dynpatch_tests::{fixture, isolated};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

/// What the program answers: `version`, `process_data`, `parse`.
fn answers() -> (u64, String, u64) {
    (test_app::version(), test_app::process_data("x"), test_app::parse("5").unwrap())
}

fn answer(version: u64, data: &str, parsed: u64) -> (u64, String, u64) {
    (version, data.to_owned(), parsed)
}

fn apply(package: &str) -> u64 {
    reload(fixture(package)).unwrap().generation
}

fn live() -> Vec<String> {
    live_patches().into_iter().map(|live| format!("{} {}", live.generation, live.patch.name)).collect()
}

fn hits() -> u64 {
    test_app::HITS.load(Ordering::Relaxed)
}

#[test]
fn any_earlier_patch_can_be_gone_back_to() {
    isolated("stacks::any_earlier_patch_can_be_gone_back_to", || {
        init().unwrap();
        assert_eq!(answers(), answer(1, "X", 5));
        assert_eq!([apply("stack-base"), apply("stack-upper"), apply("hotfix")], [1, 2, 3]);
        assert_eq!(answers(), answer(12, "hotfixed x on v12 101", 5));
        assert_eq!(live(), ["1 stack-base", "2 stack-upper", "3 hotfix"]);
        let error = rollback_to(9).unwrap_err();
        assert_eq!((error.code(), error.subject()), (ErrorCode::NotLive, "generation 9"));
        assert_eq!(error.help(), Some("live generations that can be gone back over: 1, 2, 3"));
        assert!(rollback_to(3).unwrap().is_empty(), "it is there already");
        let back = rollback_to(1).unwrap();
        let names: Vec<_> = back.iter().map(|back| &*back.patch.name).collect();
        assert_eq!(names, ["hotfix", "stack-upper"], "the newest first");
        assert_eq!(answers(), answer(12, "base x", 5));
        assert_eq!((live(), hits()), (vec!["1 stack-base".to_owned()], 1));
        apply("stack-upper");
        assert_eq!(rollback_to(0).unwrap().len(), 2);
        assert_eq!((answers(), hits()), (answer(1, "X", 5), 0));
        assert_eq!(rollback_to(1).unwrap_err().code(), ErrorCode::NotLive);
    });
}

#[test]
fn one_in_the_middle_is_disabled() {
    isolated("stacks::one_in_the_middle_is_disabled", || {
        init().unwrap();
        let base = apply("stack-base");
        let foe = reload(fixture("stack-foe")).expect_err("it conflicts").code();
        assert_eq!(foe, ErrorCode::Conflict);
        let hotfix = apply("hotfix");
        let total = fixture("same-source");
        reload(total).unwrap();
        assert_eq!(test_app::version(), 2);
        let back = disable(hotfix).unwrap();
        assert_eq!((&*back.patch.name, back.warnings.len()), ("hotfix", 0));
        assert!(
            back.items.iter().all(|item| item.name != "test_app::process_data"),
            "it was overlaid: {:?}",
            back.items
        );
        let last = history().pop().unwrap();
        assert_eq!((last.action, last.info.unwrap().name.as_str()), (PatchAction::Disabled, "hotfix"));
        // Now what stands on top goes, and what it stood on shows: without the hotfix.
        rollback().unwrap();
        assert_eq!(answers(), answer(12, "base x", 5));
        let hotfix = apply("hotfix");
        let back = disable(base).unwrap();
        assert_eq!(answers(), answer(1, "hotfixed x on v1 101", 5));
        assert_eq!(hits(), 0, "its teardown ran");
        let items: Vec<String> = back.items.iter().map(ToString::to_string).collect();
        assert_eq!(items, ["test_app::version: stack-base v1.2.0 (generation 1) → built-in"]);
        assert_eq!(live(), [format!("{hotfix} hotfix")]);
        assert_eq!(disable(base).unwrap_err().code(), ErrorCode::NotLive);
        // The newest one is rolled back by it.
        disable(hotfix).unwrap();
        assert_eq!(history().pop().unwrap().action, PatchAction::RolledBack);
        assert_eq!(answers(), answer(1, "X", 5));
    });
}

#[test]
fn what_another_needs_stays() {
    isolated("stacks::what_another_needs_stays", || {
        init().unwrap();
        let (base, hotfix) = (apply("stack-base"), apply("hotfix"));
        let upper = apply("stack-upper");
        let error = disable(base).unwrap_err();
        assert_eq!((error.code(), error.subject()), (ErrorCode::Needed, "stack-base"));
        assert_eq!(error.cause(), "stack-upper v3.0.0 (generation 3) requires stack-base v1.1.0");
        let again = apply("hotfix-again");
        let error = disable(hotfix).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Needed);
        assert_eq!(error.cause(), "hotfix-again v1.2.4 (generation 4) uses what it brought");
        assert_eq!(answers(), answer(12, "upper x on 12", 5), "nothing changed");
        // Another patch of that name and version will do, if it stands below.
        let twin = apply("stack-base");
        assert_eq!(answers(), answer(12, "base x", 5));
        assert_eq!(disable(base).unwrap_err().code(), ErrorCode::Needed);
        disable(upper).unwrap();
        disable(base).unwrap();
        disable(again).unwrap();
        disable(hotfix).unwrap();
        assert_eq!((live(), hits()), (vec![format!("{twin} stack-base")], 1));
        apply("stack-base");
        apply("stack-upper");
        disable(twin).unwrap();
        assert_eq!((answers(), hits()), (answer(12, "upper x on 12", 5), 1));
    });
}

#[test]
fn a_cumulative_patch_takes_the_place_of_all() {
    isolated("stacks::a_cumulative_patch_takes_the_place_of_all", || {
        init().unwrap();
        let base = apply("stack-base");
        apply("stack-upper");
        let applied = reload(fixture("stack-total")).unwrap();
        assert_eq!(answers(), answer(40, "X", 5));
        let now: BTreeMap<_, _> = applied.items.iter().map(|item| (&*item.name, item.now.clone())).collect();
        assert_eq!(now["test_app::process_data"], Some(Origin::BuiltIn), "what it does not bring is built-in again");
        assert!(matches!(&now["test_app::version"], Some(Origin::Patch { generation: 3, .. })));
        // What it took the place of is no neighbour of anybody.
        apply("stack-foe");
        assert_eq!(answers(), answer(40, "X", 36));
        assert_eq!(refused(fixture("stack-upper")).code(), ErrorCode::Requirement);
        // Below it, taking one out changes nothing, until one goes back.
        let error = disable(applied.generation).unwrap_err();
        assert_eq!(error.cause(), "stack-foe v0.3.1 (generation 4) would meet stack-base, and they conflict");
        rollback().unwrap();
        assert_eq!(disable(base).unwrap_err().code(), ErrorCode::Needed, "the one above it in the stack requires it");
        rollback().unwrap();
        assert_eq!(answers(), answer(12, "upper x on 12", 5));
        let plan = dynpatch::plan_for(std::env::current_exe().unwrap(), fixture("stack-total")).unwrap();
        assert!(plan.fits() && plan.pending.is_empty(), "{plan:?}");
    });
}

#[test]
fn requirements_and_conflicts_are_told_by_name() {
    isolated("stacks::requirements_and_conflicts_are_told_by_name", || {
        init().unwrap();
        let error = refused(fixture("stack-upper"));
        assert_eq!((error.code(), error.subject()), (ErrorCode::Requirement, "stack-upper"));
        assert_eq!(error.cause(), "it requires stack-base v1.1.0, which is not live");
        assert_eq!(error.help(), Some("apply stack-base first"));
        apply("stack-base");
        let plan = dynpatch::plan(fixture("stack-needy")).unwrap();
        let causes: Vec<_> = plan.refusals.iter().map(|refusal| &*refusal.cause).collect();
        assert_eq!(
            causes,
            ["it requires stack-base v1.3.0, and v1.2.0 is live", "it requires no-such-patch, which is not live"]
        );
        assert_eq!(refused(fixture("stack-needy")).cause(), causes[0], "an apply says what the plan says first");
        let error = refused(fixture("stack-foe"));
        assert_eq!(error.cause(), "it says that it conflicts with stack-base, and stack-base v1.2.0 is live");
        rollback().unwrap();
        apply("stack-foe");
        let error = refused(fixture("stack-base"));
        assert_eq!((error.code(), error.subject()), (ErrorCode::Conflict, "stack-base"));
        assert_eq!(error.cause(), "stack-foe v0.3.1 is live, which says that it conflicts with stack-base");
        assert_eq!(answers(), answer(1, "X", 36));
        // By the file of a host nobody knows what will be live.
        let plan = dynpatch::plan_for(std::env::current_exe().unwrap(), fixture("stack-upper")).unwrap();
        assert!(plan.fits() && plan.pending == ["requires stack-base v1.1.0 to be live"], "{:?}", plan.pending);
    });
}

/// Under a policy that unmaps: what can be taken back no more is still met, and told of when nothing of it is live.
#[test]
fn what_was_given_up_is_still_a_neighbour() {
    isolated("stacks::what_was_given_up_is_still_a_neighbour", || {
        // SAFETY: the fixtures hand out nothing.
        unsafe { RuntimeBuilder::new().reclaim() }.rollback_depth(1).init().unwrap();
        let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let of_callback = std::sync::Arc::clone(&told);
        let _subscription = dynpatch::subscribe(move |event| {
            if let dynpatch::Event::Retired { patch, generation } = event {
                of_callback.lock().unwrap().push(format!("{generation} {}", patch.name));
            }
        });
        let base = apply("stack-base");
        apply("hotfix");
        let last = apply("same-source");
        assert_eq!(live(), ["2 hotfix", "3 same-source"]);
        // Nothing of the base runs, but it would if the last one went.
        let error = refused(fixture("stack-foe"));
        assert_eq!(error.code(), ErrorCode::Conflict);
        assert_eq!(
            error.help(),
            Some("stack-base can be taken back no more: apply a patch that replaces what it brought")
        );
        let error = disable(base).unwrap_err();
        assert_eq!(error.cause(), "it can be taken back no more, since what it stood on was given up");
        // The oldest that is listed has nothing known below it.
        assert_eq!(disable(2).unwrap_err().code(), ErrorCode::NothingToRollBack);
        let error = rollback_to(0).unwrap_err();
        assert_eq!((error.code(), error.subject()), (ErrorCode::NotLive, "generation 0"));
        assert_eq!(error.cause(), "what ran before the oldest of the live patches was given up");
        assert_eq!(test_app::version(), 2, "what was refused changed nothing");
        disable(last).unwrap();
        assert_eq!(answers(), answer(12, "hotfixed x on v12 101", 5));
        assert_eq!(*told.lock().unwrap(), ["3 same-source"], "the base is live");
        apply("stack-total");
        apply("stack-total");
        assert_eq!(answers(), answer(40, "X", 5));
        assert_eq!(*told.lock().unwrap(), ["3 same-source", "1 stack-base", "2 hotfix"]);
    });
}

/// What a patch brings, and what it says of others.
struct Twin {
    package: &'static str,
    version: Option<u64>,
    data: Option<&'static str>,
    parsed: Option<u64>,
}

const TWINS: [Twin; 4] = [
    Twin { package: "stack-base", version: Some(12), data: Some("base x"), parsed: None },
    Twin { package: "stack-upper", version: None, data: Some("upper"), parsed: None },
    Twin { package: "stack-foe", version: None, data: None, parsed: Some(36) },
    Twin { package: "stack-total", version: Some(40), data: None, parsed: None },
];

/// Whether a patch is live among these, the newest last.
fn has(stack: &[usize], twin: usize) -> bool {
    let first = stack.iter().rposition(|live| *live == 3).unwrap_or(0);
    stack[first..].contains(&twin)
}

/// The same program, thought up: the live patches, each with its generation.
#[derive(Default)]
struct Model {
    stack: Vec<(u64, usize)>,
    generations: u64,
}

impl Model {
    fn first(&self) -> usize {
        self.stack.iter().rposition(|(_, twin)| *twin == 3).unwrap_or(0)
    }

    fn has(&self, twin: usize) -> bool {
        has(&self.stack.iter().map(|(_, live)| *live).collect::<Vec<_>>(), twin)
    }

    fn may_apply(&self, twin: usize) -> bool {
        match twin {
            0 => !self.has(2),
            1 => self.has(0),
            2 => !self.has(0),
            _ => true,
        }
    }

    fn may_disable(&self, place: usize) -> bool {
        (place + 1..self.stack.len()).all(|at| {
            let now: Vec<usize> = self.stack[..at].iter().map(|(_, twin)| *twin).collect();
            let mut then = now.clone();
            then.remove(place);
            let is_lost = |twin| has(&now, twin) && !has(&then, twin);
            let is_met = |twin| has(&then, twin) && !has(&now, twin);
            match self.stack[at].1 {
                0 => !is_met(2),
                1 => !is_lost(0),
                2 => !is_met(0),
                _ => true,
            }
        })
    }

    fn answers(&self) -> (u64, String, u64) {
        let live: Vec<&Twin> = self.stack[self.first()..].iter().map(|(_, twin)| &TWINS[*twin]).collect();
        let version = live.iter().filter_map(|twin| twin.version).next_back().unwrap_or(1);
        let data = match live.iter().filter_map(|twin| twin.data).next_back() {
            Some("upper") => format!("upper x on {version}"),
            Some(data) => data.to_owned(),
            None => "X".to_owned(),
        };
        (version, data, live.iter().filter_map(|twin| twin.parsed).next_back().unwrap_or(5))
    }
}

#[test]
fn a_twin_agrees_after_every_step() {
    isolated("stacks::a_twin_agrees_after_every_step", || {
        init().unwrap();
        walk(400, 20);
    });
}

/// While others call, and what was taken back is unmapped under them as soon as they are out of it.
#[test]
fn a_twin_agrees_where_old_code_is_unmapped() {
    isolated("stacks::a_twin_agrees_where_old_code_is_unmapped", || {
        // SAFETY: the fixtures hand out nothing.
        unsafe { RuntimeBuilder::new().reclaim() }.rollback_depth(1000).init().unwrap();
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let calls = || {
                while !done.load(Ordering::Relaxed) {
                    let (version, data, _) = dynpatch::snapshot(answers);
                    let bare = ["X", "base x"].contains(&&*data);
                    assert!(bare || data == format!("upper x on {version}"), "{data} on {version}");
                }
            };
            let threads = [scope.spawn(calls), scope.spawn(calls)];
            let stopping = Stop(&done);
            walk(200, 7);
            drop(stopping);
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        });
        rollback_to(0).unwrap();
        let report = dynpatch::try_reclaim().unwrap();
        let held: Vec<_> = report.generations.iter().filter(|one| one.status != GenerationStatus::Unmapped).collect();
        assert!(report.generations.len() > 30 && held.is_empty(), "{report}");
    });
}

/// Tells threads to stop, also where a test fails.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Takes random steps, and compares.
fn walk(steps: u64, seed: u64) {
    let (mut model, mut random) = (Model::default(), seed);
    let (mut applied, mut disabled, mut refusals) = (0, 0, 0);
    for step in 0..steps {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let pick = |below: usize| (random >> 33) as usize % below;
        match pick(8) {
            0..4 => {
                let twin = (random >> 40) as usize % 4;
                let outcome = reload(fixture(TWINS[twin].package));
                assert_eq!(outcome.is_ok(), model.may_apply(twin), "step {step}: {outcome:?}");
                if let Ok(outcome) = outcome {
                    model.generations += 1;
                    applied += 1;
                    assert_eq!(outcome.generation, model.generations);
                    model.stack.push((outcome.generation, twin));
                } else {
                    refusals += 1;
                }
            }
            4 => assert_eq!(rollback().is_ok(), model.stack.pop().is_some(), "step {step}"),
            5 if !model.stack.is_empty() => {
                let place = (random >> 40) as usize % model.stack.len();
                rollback_to(model.stack[place].0).unwrap();
                model.stack.truncate(place + 1);
            }
            _ if !model.stack.is_empty() => {
                let place = (random >> 40) as usize % model.stack.len();
                let outcome = disable(model.stack[place].0);
                assert_eq!(outcome.is_ok(), model.may_disable(place), "step {step}: {outcome:?}");
                if outcome.is_ok() {
                    model.stack.remove(place);
                    disabled += 1;
                } else {
                    refusals += 1;
                }
            }
            _ => {}
        }
        assert_eq!(answers(), model.answers(), "step {step}");
        let expected: Vec<u64> = model.stack.iter().map(|(generation, _)| *generation).collect();
        assert_eq!(live_patches().iter().map(|live| live.generation).collect::<Vec<_>>(), expected, "step {step}");
        let bases = model.stack.iter().filter(|(_, twin)| *twin == 0).count() as u64;
        assert_eq!(hits(), bases, "step {step}: an entry that ran ends once");
    }
    let least = steps / 10;
    assert!(applied > least && disabled > least && refusals > least / 2, "{applied} {disabled} {refusals}");
}

/// `hotfix` asks for the version from inside: both are of one moment.
#[test]
fn disabling_is_one_store() {
    isolated("stacks::disabling_is_one_store", || {
        init().unwrap();
        let done = AtomicBool::new(false);
        let seen = std::thread::scope(|scope| {
            let calls = || {
                let mut seen = std::collections::BTreeSet::new();
                while !done.load(Ordering::Relaxed) {
                    seen.insert(dynpatch::snapshot(|| (test_app::version(), test_app::process_data("x"))));
                }
                seen
            };
            let threads = [scope.spawn(calls), scope.spawn(calls)];
            let stopping = Stop(&done);
            for _ in 0..200 {
                let base = apply("stack-base");
                apply("hotfix");
                disable(base).unwrap();
                rollback().unwrap();
            }
            drop(stopping);
            threads.map(|thread| thread.join().unwrap())
        });
        let seen: Vec<(u64, String)> = seen.into_iter().flatten().collect();
        let states = [(1, "X"), (12, "base x"), (12, "hotfixed x on v12 101"), (1, "hotfixed x on v1 101")];
        let foreign: Vec<_> = seen.iter().filter(|(v, data)| !states.contains(&(*v, data.as_str()))).collect();
        assert!(foreign.is_empty(), "{foreign:?}");
        assert!(states.iter().all(|(v, data)| seen.contains(&(*v, (*data).to_owned()))), "each was seen: {seen:?}");
    });
}
